"""The measures that documents show of everything that a model has: counted by hand, the whole list."""

from __future__ import annotations

from analyses.given import CATALOG, HEAD
from groma.analyses.assess import assess, standard
from groma.model.load import loads

TEXT = """
growth: 60 %
people: {ana: {hours: 40 h}, ben: {}}
components:
  own:
    kind: llm
    serves: {model: llama-3.1-8b, accelerator: h100_sxm, instead_of: google/gemini-2.5-flash@eu, committed: 9 EUR/month}
    offers: {generate: {}}
  plain: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}}
  pool: {kind: service, threads: 4}
  store: {kind: index, index: {kind: flat, dimensions: 256}}
  disk: {kind: backup, copies: {orders: {every: 1 h}}}
data:
  orders: {class: personal, held_by: store}
  pages: {class: public, held_by: store, backup: {every: 1 h}}
  parts: {class: internal, held_by: store, made_from: pages, cut: {passage: 300, overlap: 20}}
  online: {class: internal, held_by: store, fields: {a: number}}
  learned: {class: internal, held_by: store, served_as: online, fields: {a: number}}
controls: {off: {title: It stops, against: [rogue], stops: [flows.ask], by: [ana], within: 1 h, test: t, signal: x.y}}
flows:
  ask: {starts: {rate: 1/min}, steps: [{call: own.generate}, {mark: half}]}
  orders: {starts: {rate: 1/min}, steps: [{ask: ana, takes: 1 min}]}
  within: {steps: [{ask: ben, takes: 1 min}]}
"""

TIMES = ("mean", "p50", "p95", "p99")
RECOVERED = ("rpo", "rto", "window", "rpo_required", "rto_required")


def of_flow(flow: str, *subjects: str) -> list[str]:
    """What a flow that starts by itself and its marks are shown with."""
    each = [
        measure
        for subject in subjects
        for measure in (
            *(f"latency/{subject}/{time}" for time in TIMES),
            *(f"{kind}/{subject}" for kind in ("success", "availability", "downtime")),
        )
    ]
    return [f"cost/flow/{flow}", f"cost/{flow}/run", f"cost/{flow}/bound", *each, f"saturation/{flow}"]


def test_the_whole_list_of_a_model_with_a_thing_of_each_kind() -> None:
    """Public data have no residency, flows that only others run have no figures, people without hours no load."""
    assert list(standard(loads(HEAD + TEXT))) == [
        "cost/month", "cost/once",
        *(f"cost/component/{name}" for name in ("own", "plain", "pool", "store", "disk")),
        *of_flow("ask", "ask", "ask@half"), *of_flow("orders", "orders"),
        "throughput/own", "utilisation/pool",
        *(f"serving/own/{part}" for part in ("ttft/p95", "tpot/p95", "throughput", "instances", "users")),
        *(f"inference/own/{part}" for part in ("own", "api", "saves", "breakeven", "always", "when", "commitment")),
        *(f"serving/plain/{part}" for part in ("ttft/p95", "tpot/p95", "throughput", "instances", "users")),
        "people/hours", "people/month", "load/ana", "effort/month",
        "residency/internal", "residency/personal",
        *(f"recovery/{name}/{what}" for name in ("pages", "orders") for what in RECOVERED),
        "recovery/ask/rpo", "recovery/ask/rto", "recovery/flows.orders/rpo", "recovery/flows.orders/rto",
        "passages/parts", "memory/store", "recall/store",
        "deletion/pages", "freshness/parts", "deletion/parts", "skew/learned",
        *(f"stopping/{flow}/{what}" for flow in ("ask", "orders") for what in ("attended", "worst", "effects")),
    ]  # fmt: skip


def test_a_model_without_copies_has_no_recovery_to_show() -> None:
    bare = "components: {a: {kind: s, offers: {x: {}}}}\nflows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}\n"
    assert list(standard(loads(HEAD + bare))) == [
        "cost/month", "cost/once", "cost/component/a", *of_flow("f", "f"), "throughput/a", "effort/month"
    ]  # fmt: skip


def test_a_loaded_figure_comes_with_how_far_its_load_can_grow() -> None:
    """One server of 100 ms at 1/s: its arrivals can grow tenfold until it is always busy."""
    text = "components: {a: {kind: s, replicas: 1, threads: 1, offers: {x: {work: 100 ms}}}}\n"
    text += "flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}\n"
    ledger = assess(loads(HEAD + text), CATALOG, twice=False)
    found = ledger["latency/f/mean"].envelope
    assert found is not None
    assert (found.low, found.limit) == (10.0, "a")
    assert ledger["cost/month"].envelope is None
