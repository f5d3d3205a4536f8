"""What availability hangs on, against models written anew, states looked at one by one, and arithmetic by hand."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from analyses.given import context
from analyses.test_availability_second import random_system
from groma.analyses import figure
from groma.analyses.availability import figures as availability
from groma.analyses.availability.state_parts import Plant, States
from groma.analyses.availability.state_runs import Runs, parts_of
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ONE
from groma.analyses.reliability import figures, subjects
from groma.analyses.single_points import SinglePoint, single_points
from groma.analyses.structure.weakness import likeliest_sets, weights
from groma.documents.write import files, write_model

MONTH = 730 * 3600.0


def down(c: Context, subject: str = "f") -> float:
    value = availability.solve(c, subject).down.value
    assert value is not None
    return value


def component(name: str, share: float, more: str = "") -> str:
    return f"  {name}: {{kind: s, fails: {{availability: {share:.6g} %}}{more}, offers: {{x: {{}}}}}}\n"


def plant(a: float = 99, b: float = 98, c: float = 90) -> str:
    text = "needs: {up: {measure: availability/f, at_least: 97 %}, rough: {measure: availability/f, at_least: 90 %}}\n"
    text += "components:\n" + component("a", a) + component("b", b) + component("c", c) + component("d", 95)
    return text + (
        "flows:\n  f:\n    starts: {rate: 1/s}\n    steps:\n"
        "      - call: a.x\n"
        "      - {call: c.x, fallback: [{call: d.x}]}\n"
        "      - choose: [{share: 25 %, steps: [{call: b.x}]}, {share: 75 %, steps: []}]\n"
    )


def test_importance_is_what_the_model_written_anew_says() -> None:
    c = context(plant())
    now = down(c)
    for part, better, worse in (
        ("a", plant(a=100), plant(a=0)),
        ("b", plant(b=100), plant(b=0)),
        ("c", plant(c=100), plant(c=0)),
    ):
        base = f"importance/f/components.{part}"
        never, always = down(context(better)), down(context(worse))
        assert figure(c, f"{base}/birnbaum").value == pytest.approx(always - never, rel=1e-9)
        assert figure(c, f"{base}/fussell_vesely").value == pytest.approx(1 - never / now, rel=1e-9)
        assert figure(c, f"{base}/raw").value == pytest.approx(always / now, rel=1e-9)
        assert figure(c, f"{base}/rrw").value == pytest.approx(now / never, rel=1e-9)
        own = {"a": 0.01, "b": 0.02, "c": 0.1}[part]
        assert figure(c, f"{base}/diagnostic").value == pytest.approx(own * always / now, rel=1e-9)
    shares = [figure(c, f"importance/f/components.{part}/differential").value or 0.0 for part in "abcd"]
    assert sum(shares) == pytest.approx(1.0, rel=1e-12)


def test_a_part_that_is_all_there_is_has_no_finite_reduction_worth() -> None:
    c = context(
        "components:\n" + component("a", 99) + "flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}\n"
    )
    found = figure(c, "importance/f/components.a/rrw")
    assert found.value is None
    assert found.words == "nothing would be left"


def test_the_error_budget_is_that_of_the_tightest_need_and_parts_add_up_to_it() -> None:
    c = context(plant())
    whole = figure(c, "error_budget/f").value
    assert whole == pytest.approx(down(c) / 0.03, rel=1e-9)
    parts = [figure(c, f"error_budget/f/components.{part}").value or 0.0 for part in "abcd"]
    assert sum(parts) == pytest.approx(whole, rel=1e-9)
    spends = [figure(c, f"spends/f/components.{part}").value or 0.0 for part in "abcd"]
    assert sum(spends) == pytest.approx(down(c) * MONTH, rel=1e-9)
    assert spends[2] == pytest.approx(spends[3], rel=0.02)  # c and d only count together: half each, nearly
    ranged = context(plant().replace("availability: 98 %", "availability: 96 % .. 99 %"))
    found = figure(ranged, "error_budget/f")
    solved = availability.solve(ranged, "f").down
    assert (found.low, found.high) == pytest.approx((solved.low / 0.03, solved.high / 0.03))
    assert found.low < found.value < found.high  # type: ignore[operator]
    assert "needs.up.at_least" in " ".join(figure(c, "error_budget/f").inputs)


@pytest.mark.parametrize("seed", range(40))
def test_what_parts_spend_adds_up_on_random_systems(seed: int) -> None:
    c = context(random_system(random.Random(seed)))
    found = weights(c, "f")
    solved = availability.solve(c, "f")
    if not found or solved.down.value is None or not availability.read(c, "f", True, Evidence(c)).exact:
        return
    names = [name for name in solved.chances if not name.startswith(availability.DRAW)]
    perfect = {n: v for n, v in solved.chances.items() if n not in names}
    by_design = availability.chance_of(solved.formula, {**perfect, **dict.fromkeys(names, ONE)})[1].value
    assert sum(w.spends for w in found) == pytest.approx(
        (solved.down.value - (by_design or 0.0)) * MONTH, rel=1e-9, abs=1e-9
    )


@pytest.mark.parametrize("seed", range(30))
def test_cut_sets_are_the_smallest_sets_of_parts_that_stop_runs(seed: int) -> None:
    rng = random.Random(seed)
    text = random_system(rng)
    calls = [f"{{call: {rng.choice('abc')}.x}}" for _ in range(2)]
    calls.append(f"{{call: {rng.choice('abc')}.x, fallback: [{{call: {rng.choice('abc')}.x}}]}}")
    branches = f"[{{share: 40 %, steps: [{{call: {rng.choice('abc')}.x}}]}}, {{share: 60 %, steps: []}}]"
    calls.append(f"{{choose: {branches}}}")
    program = text.partition("steps: ")[0] + f"steps: [{', '.join(rng.sample(calls, 3))}]}}\n"
    c = context(program)
    names = [name for name, up in parts_of(c, "f") if up < 1.0]
    if len(names) > 14:
        return
    found = likeliest_sets(c, "f", 100_000)
    assert found is not None
    states = np.array(list(itertools.product((False, True), repeat=len(names))))
    rows = {name: ~states[:, i] for i, name in enumerate(names)}
    lost = Runs(c, Plant(c.model, States(len(states), rows))).flow("f").outage
    stopping = [
        frozenset(np.flatnonzero(state)) for state, share in zip(states, lost, strict=True) if share > 1e-9
    ]
    minimal = {s for s in stopping if not any(other < s for other in stopping)}
    by_order: dict[int, int] = {}
    for s in minimal:
        by_order[len(s)] = by_order.get(len(s), 0) + 1
    assert dict(sorted(by_order.items())) == dict(found.by_order)
    assert len(found.first) == len(minimal)


def test_a_cut_set_says_how_often_how_much_and_what_share() -> None:
    c = context(plant())
    both = "cutset/f/components.c+components.d"
    assert figure(c, both).value == pytest.approx(0.1 * 0.05)
    assert figure(c, f"{both}/lost").value == pytest.approx(1.0)
    assert figure(c, f"{both}/share").value == pytest.approx(0.1 * 0.05 / down(c))
    assert figure(c, "cutset/f/components.b/lost").value == pytest.approx(0.25)
    assert [figure(c, f"cutsets/f/{n}").value for n in ("all", "1", "2")] == [3, 2, 1]
    names = [f.name for f in figures(c, "f") if f.name.startswith("cutset/") and f.name.count("/") == 2]
    assert (
        names == ["cutset/f/components.a", "cutset/f/components.b", both]
        or names[0] == "cutset/f/components.a"
    )
    shares = [figure(c, f"{name}/share").value or 0.0 for name in names]
    assert shares == sorted(shares, reverse=True)


def test_what_isnt_there_is_named() -> None:
    c = context(plant())
    for measure in ("importance/f/components.z/raw", "cutset/f/components.d", "alone/components.d"):
        with pytest.raises(ValueError, match="isn't known"):
            figure(c, measure)


def test_marks_that_needs_name_are_looked_at_too() -> None:
    text = plant().replace("      - call: a.x\n", "      - call: a.x\n      - mark: m\n")
    c = context(text.replace("rough: {measure: availability/f,", "rough: {measure: availability/f@m,"))
    assert subjects(c) == ("f", "f@m")
    assert figure(c, "error_budget/f@m").value == pytest.approx(0.01 / 0.1)


# --- single points of failure ----------------------------------------------------------------------------------------

SHOP = """
people:
  ana: {role: founder, knows: [billing, dns]}
  ben: {role: clerk, count: 2, knows: [returns]}
places:
  de: {kind: jurisdiction}
  room: {in: de, kind: room, depends_on: [ups], fails: {every: 1000 h, repaired_in: 2 h}}
suppliers: {acme: {}, sure: {fails: {availability: 100 %}}}
components:
  ups: {kind: feed, replicas: 2, fails: {availability: 99 %}}
  domain: {kind: domain, title: The domain, owner: ana, fails: {every: 2 years, repaired_in: 1 day}}
  web: {kind: service, replicas: 2, place: room, depends_on: domain, supplier: sure, takeover: 1 min, together: 10 %,
    fails: {every: 720 h, repaired_in: 1 h}, offers: {get: {}}}
  db: {kind: database, supplier: acme, needs_knowledge: billing, offers: {q: {}},
    fails: {every: 7200 h, repaired_in: 8 h}}
  shards: {kind: database, replicas: 2, enough: 2, fails: {availability: 99.9 %}, offers: {q: {}}}
  spare: {kind: database, fails: {availability: 90 %}, offers: {q: {}}}
  old: {kind: database, fails: {availability: 90 %}}
connections: {wd: {from: web, to: db}}
data:
  orders: {held_by: db}
  prices: {held_by: db, class: public}
  saved: {held_by: db, backup: {every: 1 h}}
  stale: {held_by: old}
  twice: {held_by: [db, spare]}
flows:
  buy:
    starts: {rate: 10/h}
    worth: 20 EUR
    by: web
    steps:
      - call: web.get
      - choose: [{share: 30 %, steps: [{call: db.q}, {ask: ana, takes: 5 min}]}, {share: 70 %, steps: []}]
      - {call: shards.q, fallback: [{call: spare.q}]}
  back: {starts: {rate: 1/h}, steps: [{ask: ben, takes: 5 min}, {call: shards.q}]}
  part: {steps: [{call: spare.q}]}
"""


def shop() -> Context:
    return context(SHOP)


def listed(c: Context) -> dict[str, SinglePoint]:
    return {point.element: point for point in single_points(c)}


def test_what_stands_alone_is_one_list_of_every_kind() -> None:
    found = listed(shop())
    assert {name: point.kind for name, point in found.items()} == {
        "components.domain": "credential",
        "components.db": "part",
        "components.web": "part",
        "components.shards": "part",
        "places.room": "place",
        "suppliers.acme": "supplier",
        "connections.wd": "connection",
        "people.ana": "person",
        "data.orders": "data",
    }
    assert all(point.at is not None for point in found.values())
    assert found["components.web"].why == "a common cause takes all replicas"
    assert found["components.shards"].why == "each of its 2 replicas is needed"
    assert found["suppliers.acme"].why == "nobody says how often it fails"
    assert found["people.ana"].why == "nobody else is able; alone knows billing; alone holds The domain"
    assert found["components.db"].outage is not None
    assert found["components.db"].outage[1].text == "8 h"


def test_what_stands_alone_says_what_it_stops_and_what_that_costs() -> None:
    c = shop()
    found = listed(c)
    stops = {name: [(s.flow, s.lost, s.at_once) for s in point.stops] for name, point in found.items()}
    assert stops["places.room"] == [("buy", pytest.approx(1.0), True)]
    assert stops["components.db"] == [("buy", pytest.approx(0.3), True)]
    assert stops["people.ana"] == [("buy", pytest.approx(0.3), True)]
    assert stops["components.shards"] == [("back", pytest.approx(1.0), True)]
    assert stops["data.orders"] == [("buy", None, False)]
    room = 2 / 1002
    assert figure(c, "alone/places.room/buy/downtime").value == pytest.approx(room * MONTH)
    worth = 10 * 730 * 20.0
    assert figure(c, "alone/places.room").value == pytest.approx(room * worth)
    assert figure(c, "alone/components.db").value == pytest.approx(0.3 * 8 / 7208 * worth)
    assert figure(c, "alone/components.shards/back/downtime").value == pytest.approx(2 * 0.001 * MONTH)
    assert figure(c, "alone/suppliers.acme/buy/downtime").missing == (
        "suppliers.acme.fails: state how often it fails",
    )
    assert figure(c, "alone/suppliers.acme/buy").value == pytest.approx(0.3)
    stated = figure(c, "alone/places.room/buy")
    assert (stated.low, stated.value, stated.high, stated.reason) == (1.0, 1.0, 1.0, "")
    assert stated.derivation[0].value == f"stated at {found['places.room'].at}"
    unknown = figure(c, "alone/suppliers.acme/buy/downtime")
    assert (unknown.low, unknown.high, unknown.reason) == (None, None, "a fact that it needs is missing")
    counts = {
        kind: figure(c, f"single_points/{kind}").value for kind in ("all", "part", "person", "buy", "back")
    }
    assert counts == {"all": 9, "part": 3, "person": 1, "buy": 8, "back": 1}
    ranked = [point.element for point in single_points(c)]
    assert ranked[0] == "places.room"


def test_the_share_lost_is_what_a_model_with_the_part_down_loses() -> None:
    c = shop()
    gone = SHOP.replace("fails: {every: 7200 h, repaired_in: 8 h}", "fails: {availability: 0 %}")
    perfect = SHOP.replace("fails: {every: 7200 h, repaired_in: 8 h}", "fails: {availability: 100 %}")
    rest = 1 - down(context(perfect), "buy")
    assert down(context(gone), "buy") == pytest.approx(1 - rest + 0.3 * rest, rel=1e-9)
    assert figure(c, "alone/components.db/buy").value == pytest.approx(0.3, rel=1e-12)


def test_a_second_of_anything_takes_it_off_the_list() -> None:
    text = SHOP
    for before, after, gone in (
        ("suppliers: {acme: {},", "suppliers: {acme: {fails: {availability: 100 %}},", "suppliers.acme"),
        (
            "  ben: {role: clerk, count: 2, knows: [returns]}",
            "  ben: {role: clerk, count: 2, knows: [billing]}",
            "",
        ),
        ("held_by: db}\n  prices", "held_by: db, backup: {every: 1 h}}\n  prices", "data.orders"),
        ("{call: db.q}, ", "{call: db.q, fallback: [{call: spare.q}]}, ", "connections.wd"),
        ("together: 10 %,", "", "components.web"),
        (", enough: 2", "", "components.shards"),
    ):
        assert before in text
        found = listed(context(text.replace(before, after)))
        assert gone not in found
    two = listed(context(text.replace("knows: [returns]", "knows: [billing]")))
    assert two["people.ana"].why == "nobody else is able; alone holds The domain"


def test_every_row_of_the_list_and_every_cut_set_appears_in_the_documents() -> None:
    from groma.analyses import assess

    c = shop()
    ledger = assess(c.model, c.catalog)
    text = files(write_model(c.model, ledger, (), c.catalog), ["md"])
    for document in ("architecture.md", "infrastructure-specification.md"):
        page = text[document].decode()
        section = page.partition("stand alone")[2]
        for point in single_points(c):
            assert f"`{point.at}`" in section, (document, point.element)
        assert section.count("(credential)") == 1
        assert section.count("(set of data)") == 1
        assert "minimal cut sets" in section
        assert "The domain" in section


# --- how often, and how long -----------------------------------------------------------------------------------------


def test_a_pair_is_down_for_half_a_repair_and_a_series_as_its_parts_say() -> None:
    each = "fails: {every: 1000 h, repaired_in: 4 h}, offers: {x: {}}"
    pair = context(f"components: {{a: {{kind: s, replicas: 2, {each}}}}}\n" + FLOW.format("{call: a.x}"))
    assert figure(pair, "outage/f").value == pytest.approx(2 * 3600)
    q = 4 / 1004
    assert figure(pair, "outages/f").value == pytest.approx(2 * q * q / (4 * 3600))
    text = f"components: {{a: {{kind: s, {each}}}, b: {{kind: s, {each.replace('1000 h', '500 h')}}}}}\n"
    series = context(text + FLOW.format("{call: a.x}, {call: b.x}"))
    up = 1000 / 1004 * 500 / 504
    often = up * (1 / 1000 + 1 / 500) / 3600
    assert figure(series, "outages/f").value == pytest.approx(often)
    assert figure(series, "outage/f").value == pytest.approx((1 - up) / often)
    taken = context(
        f"components: {{a: {{kind: s, replicas: 2, takeover: 1 min, {each}}}}}\n" + FLOW.format("{call: a.x}")
    )
    assert figure(taken, "outages/f").value == pytest.approx(
        1 / 1000 / 3600, rel=0.02
    )  # each failure of who serves
    assert figure(taken, "outage/f").value == pytest.approx(120, rel=0.1)  # a minute, and rarely two hours


FLOW = "flows: {{f: {{starts: {{rate: 1/s}}, steps: [{}]}}}}\n"


@pytest.mark.parametrize("seed", range(25))
def test_how_often_is_the_flow_between_states_that_carry_runs_and_those_that_do_not(seed: int) -> None:
    text = random_system(random.Random(seed))
    for stated in ("availability: 95 %", "availability: 90 %", "availability: 97 %"):
        text = text.replace(stated, "every: 90 h, repaired_in: 6 h")
    text = (
        text.replace("takeover: 30 min", "enough: 1")
        .replace("takeover: 20 min, ", "")
        .replace(", noticed: 80 %", "")
    )
    text = text.replace(", noticed: 70 %", "").replace("enough: 2, enough: 1", "enough: 2")
    program = text.partition("steps: ")[0] + "steps: [{call: a.x}, {call: b.x, fallback: [{call: c.x}]}]}\n"
    c = context(program)
    parts = [(name, up) for name, up in parts_of(c, "f") if up < 1.0]
    if len(parts) > 12:
        pytest.skip("too many states")
    solved = figure(c, "outages/f")
    assert solved.value is not None, solved.missing
    names = [name for name, _ in parts]
    repair = {name: repair_of(c, name) for name in names}
    states = np.array(list(itertools.product((False, True), repeat=len(names))))
    rows = {name: ~states[:, i] for i, name in enumerate(names)}
    lost = Runs(c, Plant(c.model, States(len(states), rows))).flow("f").outage
    down = np.array([1.0 - up for _, up in parts])
    weight = np.where(states, down, 1.0 - down).prod(axis=1)
    index = {tuple(state): i for i, state in enumerate(states.tolist())}
    often = 0.0
    for i, state in enumerate(states.tolist()):
        for j, name in enumerate(names):
            if not state[j]:
                fails = down[j] / (1.0 - down[j]) / repair[name]  # its rate while up
                after = index[tuple(True if k == j else x for k, x in enumerate(state))]
                often += weight[i] * fails * (lost[after] - lost[i])
    assert solved.value == pytest.approx(often, rel=1e-9)


def repair_of(c: Context, name: str) -> float:
    section, _, rest = name.partition(".")
    fails = getattr(c.model, section)[rest.split(" ")[0]].fails
    return fails.repaired_in.mean
