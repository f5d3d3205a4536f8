"""The instrumentation plan: every metric that the system has to produce, with its labels and what it was made of.

Names as Prometheus spells them; those of generative AI are OpenTelemetry's (`gen_ai.client.token.usage` ->
`gen_ai_client_token_usage`), whose suffixes follow its rules (`_total`, `_seconds`, `_bucket`, `_sum`, `_count`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groma.analyses.records import proven
from groma.analyses.stopping import switches
from groma.model.elements import Flow, Model
from groma.model.measure import parse_measure
from groma.model.program import Ask, Call, Mark, Send, Step, walk
from groma.model.quantity import Quantity

Kind = Literal["counter", "gauge", "histogram"]
SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
TOKENS = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0)
"""Bucket boundaries that OpenTelemetry advises for token usage, cut at what a prompt can be."""

BAD_CALL = ("failed", "throttled", "timeout", "unavailable")
RUNS, REACHED, CALLS, CALL_TIME = (
    "flow_runs_total",
    "flow_reached_seconds",
    "component_calls_total",
    "component_call_seconds",
)
GUARDS, LOOKUPS, FALLBACKS = "guard_results_total", "cache_lookups_total", "fallbacks_total"
TOKEN_USAGE, LLM_TIME = "gen_ai_client_token_usage", "gen_ai_client_operation_duration_seconds"
SWITCHED, MISSING = "switch_used", "record_missing_total"
SPENT, WORK, WAITING, AGE = "spent_total", "person_work_seconds_total", "person_waiting", "copy_age_seconds"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric to be produced. `buckets` are a histogram's boundaries; `made_of` the elements that ask for it."""

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...]
    help: str
    made_of: tuple[str, ...]
    buckets: tuple[float, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """Names under which a query finds it."""
        if self.kind == "histogram":
            return (f"{self.name}_bucket", f"{self.name}_count", f"{self.name}_sum")
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Select:
    """Series of a metric: those whose labels equal the values given (several: one of them)."""

    series: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


def select(series: str, **where: str | tuple[str, ...]) -> Select:
    """A `Select` with labels in the order given."""
    return Select(
        series,
        tuple((label, (value,) if isinstance(value, str) else value) for label, value in where.items()),
    )


def started(model: Model) -> tuple[Flow, ...]:
    """The flows that start by themselves."""
    return tuple(flow for flow in model.flows.values() if flow.starts is not None)


def steps_of(model: Model, flow: Flow) -> tuple[Step, ...]:
    """Every step of a flow, those of flows that it runs included, each once."""
    from groma.model.program import Do

    found: list[Step] = []
    seen, todo = {flow.name}, [flow]
    while todo:
        for step in walk(todo.pop(0).steps):
            found.append(step)
            if (
                isinstance(step.action, Do)
                and step.action.flow not in seen
                and step.action.flow in model.flows
            ):
                seen.add(step.action.flow)
                todo.append(model.flows[step.action.flow])
    return tuple(found)


def language_models(model: Model) -> tuple[str, ...]:
    """Components that OpenTelemetry's GenAI conventions speak of: of kind `llm`, and those paid or timed by tokens."""
    return tuple(
        name
        for name, part in model.components.items()
        if part.kind in ("llm", "embedding", "model")
        or any(size in ("input", "output") for op in part.offers.values() for size in (*op.per, *op.price))
    )


def latency_targets(model: Model, flow: str) -> tuple[float, ...]:
    """Seconds that needs name for this flow: each has to be a bucket boundary, else its share can't be told."""
    found: set[float] = set()
    for need in model.needs.values():
        measure = parse_measure(need.measure)
        if isinstance(measure, str) or measure.kind != "latency" or measure.subject != flow:
            continue
        if isinstance(need.at_most, Quantity):
            found.add(need.at_most.mean)
    return tuple(sorted(found))


def instruments(model: Model) -> tuple[Metric, ...]:
    """Every metric that the model's flows, parts and people ask for, in a fixed order."""
    flows = started(model)
    if not flows:
        return ()
    steps = {flow.name: steps_of(model, flow) for flow in flows}
    every = [step for flow in flows for step in steps[flow.name]]
    of_flows = tuple(f"flows.{flow.name}" for flow in flows)
    called = sorted(
        {s.action.component for s in every if isinstance(s.action, Call | Send)} & set(model.components)
    )
    parts = tuple(f"components.{name}" for name in called)
    found = [
        Metric(RUNS, "counter", "1", ("flow", "outcome"), "Runs that ended, by how they ended", of_flows),
        Metric(
            REACHED,
            "histogram",
            "s",
            ("flow", "mark"),
            "Time from arrival to a mark, or to the end, of runs that got there",
            of_flows,
            tuple(sorted({*SECONDS, *(t for flow in flows for t in latency_targets(model, flow.name))})),
        ),
    ]
    if parts:
        found += [
            Metric(
                CALLS, "counter", "1", ("component", "operation", "outcome"), "Calls by how they ended", parts
            ),
            Metric(
                CALL_TIME,
                "histogram",
                "s",
                ("component", "operation"),
                "Time that calls took",
                parts,
                SECONDS,
            ),
        ]
    if guarded := tuple(s.path for s in every if s.policies.guards):
        found.append(
            Metric(
                GUARDS, "counter", "1", ("flow", "guard", "result"), "Results by what a guard said", guarded
            )
        )
    if cached := tuple(s.path for s in every if s.policies.cache is not None):
        found.append(
            Metric(
                LOOKUPS,
                "counter",
                "1",
                ("flow", "step", "result"),
                "Look-ups in a cache: hit or miss",
                cached,
            )
        )
    if falling := tuple(s.path for s in every if s.policies.fallback is not None):
        found.append(
            Metric(FALLBACKS, "counter", "1", ("flow", "step"), "Steps that ended in their fallback", falling)
        )
    if llms := tuple(f"components.{name}" for name in language_models(model) if name in called):
        labels = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "component")
        found += [
            Metric(
                TOKEN_USAGE,
                "histogram",
                "token",
                (*labels, "gen_ai_token_type"),
                "Tokens in and out",
                llms,
                TOKENS,
            ),
            Metric(LLM_TIME, "histogram", "s", labels, "Time that calls of models took", llms, SECONDS),
        ]
    found.append(
        Metric(
            SPENT,
            "counter",
            model.currency,
            ("component",),
            "Money spent on use, from usage and price",
            parts or of_flows,
        )
    )
    if asked := tuple(dict.fromkeys(f"people.{s.action.person}" for s in every if isinstance(s.action, Ask))):
        found += [
            Metric(
                WORK, "counter", "s", ("person",), "Time that people worked on what they were asked", asked
            ),
            Metric(WAITING, "gauge", "{case}", ("person",), "Cases that wait for a person", asked),
        ]
    if copied := tuple(f"data.{name}" for name, data in model.data.items() if data.backup is not None):
        found.append(
            Metric(AGE, "gauge", "s", ("data",), "Age of the newest copy that can be restored", copied)
        )
    found += _of_controls(model, flows)
    return tuple(found)


def _of_controls(model: Model, flows: tuple[Flow, ...]) -> list[Metric]:
    """Of switches, and of records that every run leaves which ends well."""
    found: list[Metric] = []
    if switched := tuple(f"controls.{each.name}" for each in switches(model)):
        says = "1 while a switch is in use, 0 while it isn't"
        found.append(Metric(SWITCHED, "gauge", "{switch}", ("switch",), says, switched))
    recorded = tuple(
        f"data.{data.name}"
        for data in model.data.values()
        if data.records and any(proven(model, flow, data) for flow in flows)
    )
    if recorded:
        says = "Effects of runs that ended well which left no record, from 0 on"
        found.append(Metric(MISSING, "counter", "1", ("data",), says, recorded))
    return found


def marks(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The marks of some steps, each once, in order."""
    return tuple(dict.fromkeys(s.action.name for s in steps if isinstance(s.action, Mark)))


def slug(text: str) -> str:
    """A name of letters, digits and dashes."""
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
