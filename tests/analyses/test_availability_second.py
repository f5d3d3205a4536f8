"""Two ways to availability: fault trees against states looked at one by one; each against closed forms as well."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from scipy import stats

from analyses.given import context, opened
from analyses.test_availability import random_steps
from groma.analyses import figure
from groma.analyses.availability import figures as availability
from groma.analyses.availability.second import _more_than, availability_second
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.structure.redundancy import role_empty, role_filled
from groma.solvers.faulttrees import Event, Refusal, greek_shares, pair_unavailability


def both_ways(c: Context, subject: str) -> tuple[float, float]:
    solved = availability.solve(c, subject)
    second = availability_second(c, subject)
    assert solved.up.value is not None
    assert second.value is not None
    return solved.up.value, second.value


def random_system(rng: random.Random) -> str:
    """Places fed by power, carriers, spares that take over, common causes, suppliers, connections; a random program."""
    text = (
        "places:\n  r: {fails: {every: 400 h, repaired_in: 4 h}, depends_on: [power]}\n"
        "  p: {in: r, fails: {every: 100 h, repaired_in: 5 h}}\n  q: {in: r}\n"
        "suppliers:\n  s: {fails: {availability: 95 %}}\n"
        "components:\n  power: {kind: feed, replicas: 2, fails: {availability: 90 %}}\n"
        "  host: {kind: host, replicas: 2, place: [p, q], fails: {every: 50 h, repaired_in: 6 h}}\n"
    )
    names = ["a", "b", "c"]
    for name in names:
        replicas = rng.choice([1, 2, 3])
        keys = [
            f"kind: s, replicas: {replicas}, fails: {{every: {rng.choice([20, 60])} h, repaired_in: 3 h}}"
        ]
        if replicas == 3 and rng.random() < 0.5:
            keys.append("enough: 2")
        if rng.random() < 0.5:
            keys.append(rng.choice(["together: 20 %", "together: [30 %, 40 %]", "takeover: 30 min"]))
        if rng.random() < 0.3:
            keys.append("takeover: 20 min, noticed: 80 %" if "takeover" not in keys[-1] else "noticed: 70 %")
        keys.append(
            rng.choice(["runs_on: host", "place: [p, q]", "place: p", "supplier: s", "depends_on: c"])
        )
        text += f"  {name}: {{{', '.join(keys)}, offers: {{x: {{}}}}}}\n"
    text = text.replace("  c: {kind: s", "  c: {kind: s").replace(
        "depends_on: c, offers", "depends_on: a, offers"
    )
    text += "connections:\n  ab: {from: a, to: b, fails: {availability: 97 %}}\n"
    steps = random_steps(rng, 1, names, 3)
    return text + "flows:\n  f: {by: a, starts: {rate: 1/s}, steps: " + steps + "}\n"


@pytest.mark.parametrize("seed", range(120))
def test_fault_trees_and_states_agree_on_random_systems(seed: int) -> None:
    c = context(random_system(random.Random(seed)))
    for subject in ("f", "f@m"):
        solved = availability.solve(c, subject).up
        second = availability_second(c, subject)
        if second.low is None or second.high is None:
            continue
        assert second.low <= (second.value or 0.0) <= second.high
        assert solved.low - 1e-12 <= second.high
        assert second.low <= solved.high + 1e-12
        if solved.value is not None:
            assert second.low - 1e-11 <= solved.value <= second.high + 1e-11


def test_most_random_systems_are_looked_at_whole() -> None:
    methods = [availability_second(context(random_system(random.Random(s))), "f").method for s in range(40)]
    assert sum("all looked at" in method for method in methods) >= 15
    assert sum("likeliest" in method for method in methods) >= 3
    assert sum("not looked at" in method for method in methods) <= 6


def test_many_parts_are_looked_at_by_how_many_are_down() -> None:
    names = [f"n{i}" for i in range(60)]
    text = "components:\n" + "".join(
        f"  {n}: {{kind: s, replicas: 2, fails: {{availability: 99.9 %}}, offers: {{x: {{}}}}}}\n"
        for n in names
    )
    steps = ", ".join(f"{{call: {n}.x}}" for n in names)
    c = context(text + f"flows: {{f: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}\n")
    truth = (1 - 1e-6) ** 60
    found = availability_second(c, "f")
    assert found.level is not None
    assert found.seed == "availability/f"
    assert found.low is not None and found.high is not None
    assert found.low <= truth <= found.high
    assert (1 - (found.value or 0)) == pytest.approx(1 - truth, rel=0.05)
    assert found == availability_second(c, "f")  # same seed, same bytes
    assert found.value - found.low == pytest.approx(found.high - found.value)  # Bernstein's on both sides


def test_how_many_are_down_of_parts_that_are_alike_is_binomial() -> None:
    found = _more_than(np.full(10, 0.3))
    assert found == pytest.approx([*stats.binom.sf(np.arange(-1, 10), 10, 0.3), 0.0], abs=1e-15)
    unlike = _more_than(np.array([0.1, 0.5, 0.9]))
    assert unlike == pytest.approx([1.0, 1 - 0.9 * 0.5 * 0.1, 0.05 + 0.45 + 0.09 - 2 * 0.045, 0.045, 0.0])


def test_a_system_of_few_failures_is_bounded_without_sampling() -> None:
    names = [f"n{i}" for i in range(40)]
    text = "components:\n" + "".join(
        f"  {n}: {{kind: s, fails: {{availability: 99.99999 %}}, offers: {{x: {{}}}}}}\n" for n in names
    )
    steps = ", ".join(f"{{call: {n}.x}}" for n in names)
    found = availability_second(
        context(text + f"flows: {{f: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}\n"), "f"
    )
    assert found.level is None
    assert found.low is not None and found.high is not None
    assert found.low <= (1 - 1e-7) ** 40 <= found.high + 1e-15
    assert found.high - found.low < 1e-11


def test_what_nobody_states_or_decides_is_not_looked_at() -> None:
    silent = context(
        "components: {a: {kind: s, offers: {x: {}}}}\nflows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}\n"
    )
    found = availability_second(silent, "f")
    assert (found.low, found.high, found.value) == (None, None, None)
    assert "components.a.fails isn't stated" in found.method


# --- redundancy, against closed forms --------------------------------------------------------------------------------

PAIR = """
components:
  a: {{kind: s, replicas: {n}, enough: {enough}, fails: {{every: 1000 h, repaired_in: 5 h}}{more}, offers: {{x: {{}}}}}}
flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: a.x}}]}}}}
"""
Q = 5 / 1005


def test_a_share_of_failures_takes_all_replicas_along() -> None:
    # the beta factor of IEC 61508-6 for one of two: 1 - (1 - beta q)(1 - ((1 - beta) q)^2)
    c = context(PAIR.format(n=2, enough=1, more=", together: 10 %"))
    want = (1 - 0.1 * Q) * (1 - (0.9 * Q) ** 2)
    for found in both_ways(c, "f"):
        assert found == pytest.approx(want, rel=1e-14)
    alone = context(PAIR.format(n=1, enough=1, more=", together: 10 %"))
    assert availability.solve(alone, "f").up.value == pytest.approx(1 - Q, rel=1e-14)


def test_the_published_two_of_three_with_a_beta_factor_as_a_model() -> None:
    # shared/cases/fault-trees/closed-forms.csv: q = 0.01, beta = 0.1: 1.241300e-3
    text = PAIR.format(n=3, enough=2, more=", together: 10 %").replace(
        "every: 1000 h, repaired_in: 5 h", "availability: 99 %"
    )
    for found in both_ways(context(text), "f"):
        assert 1 - found == pytest.approx(1.241300e-3, abs=1e-9)


def test_several_shares_are_the_greek_letters() -> None:
    q1, q2, q3 = (share * Q for share in greek_shares(3, [0.2, 0.5]))
    two = [q2] * 3
    up_all = (1 - q3) * math.prod(1 - q for q in two)  # no pair is taken
    own = (1 - q1) ** 3 + 3 * q1 * (1 - q1) ** 2
    c = context(PAIR.format(n=3, enough=2, more=", together: [20 %, 50 %]"))
    for found in both_ways(c, "f"):
        assert found == pytest.approx(up_all * own, rel=1e-13)


@pytest.mark.parametrize(("takeover", "hours"), [("36 s", 0.01), ("6 min", 0.1)])
def test_a_takeover_costs_its_rate_times_its_time_and_is_near_its_markov_chain(
    takeover: str, hours: float
) -> None:
    c = context(PAIR.format(n=2, enough=1, more=f", takeover: {takeover}"))
    exact = pair_unavailability(1000.0, 5.0, hours)
    for found in both_ways(c, "f"):
        assert 1 - found == pytest.approx(hours / (1000 + hours) + Q * Q, rel=1e-4)
        assert 1 - found == pytest.approx(exact, rel=0.03)
    partly = context(PAIR.format(n=2, enough=1, more=f", takeover: {takeover}, noticed: 90 %"))
    for found in both_ways(partly, "f"):
        assert 1 - found == pytest.approx(pair_unavailability(1000.0, 5.0, hours, 0.9), rel=0.03)


def test_nothing_takes_over_where_there_is_no_spare_and_twice_where_two_are_needed() -> None:
    base = PAIR.format(n=2, enough=2, more=", takeover: 6 min")
    assert availability.solve(context(base), "f").up.value == pytest.approx((1 - Q) ** 2, rel=1e-14)
    c = context(PAIR.format(n=3, enough=2, more=", takeover: 6 min"))
    up = (1 - Q) ** 3 + 3 * Q * (1 - Q) ** 2
    for found in both_ways(c, "f"):
        assert found == pytest.approx(up * (1000 / 1000.1) ** 2, rel=1e-12)


def test_a_takeover_follows_what_the_replica_stands_on() -> None:
    text = PAIR.format(n=2, enough=1, more=", takeover: 6 min, place: [z1, z2]")
    zone = "{fails: {every: 500 h, repaired_in: 1 h}}"
    zones = f"places:\n  z1: {zone}\n  z2: {zone}\n"
    lost = 0.1 / 1000 + 0.1 / 500
    unit = (1 - Q) * 500 / 501
    for found in both_ways(context(zones + text), "f"):
        assert found == pytest.approx((1 - (1 - unit) ** 2) / (1 + lost), rel=1e-12)


def test_an_unknown_pace_of_failures_leaves_a_takeover_unknown() -> None:
    text = PAIR.format(n=2, enough=1, more=", takeover: 6 min").replace(
        "every: 1000 h, repaired_in: 5 h", "availability: 99 %"
    )
    found = availability.figure(context(text), "availability/f")
    assert found.value is None
    assert found.high == pytest.approx(1 - 1e-4)
    assert any("each failure is a takeover" in line for line in found.missing)
    untold = availability.figure(
        context(PAIR.format(n=2, enough=1, more=", noticed: 90 %")), "availability/f"
    )
    assert untold.value is None
    assert any(line.startswith("components.a.takeover") for line in untold.missing)


@pytest.mark.parametrize(
    ("fails", "empty"),
    [
        ("every: 1000 h, repaired_in: 5 h", 0.9 * 60 + 0.1 * 5 * 3600),
        ("availability: 99 %, repaired_in: 5 h", None),
        ("availability: 99 %", None),
    ],
)
def test_a_role_is_empty_for_the_takeover_or_the_repair_that_nobody_noticed(
    fails: str, empty: float | None
) -> None:
    text = PAIR.format(n=2, enough=1, more=", takeover: 1 min, noticed: 90 %")
    c = context(text.replace("every: 1000 h, repaired_in: 5 h", fails))
    assert role_empty(c, c.model.components["a"]) == (None if empty is None else pytest.approx(empty))


def test_ranges_of_what_is_shared_and_taken_over_enclose_every_value_in_them() -> None:
    ranged = context(
        PAIR.format(
            n=3,
            enough=2,
            more=", together: [5 % .. 20 %, 10 % .. 40 %], takeover: 1 min .. 10 min, noticed: 80 % .. 100 %",
        )
    )
    whole = availability.solve(ranged, "f").up
    for beta in (5, 12, 20):
        for gamma in (10, 40):
            for minutes, noticed in ((1, 100), (10, 80), (4, 90)):
                more = f", together: [{beta} %, {gamma} %], takeover: {minutes} min, noticed: {noticed} %"
                inside = availability.solve(context(PAIR.format(n=3, enough=2, more=more)), "f").up.value
                assert inside is not None
                assert whole.low <= inside <= whole.high
    assert whole.value is not None and whole.low < whole.value < whole.high


def test_a_range_of_one_share_takes_each_cause_at_its_own_end() -> None:
    """One of three with a beta factor of 5 to 20 %: three single causes at one end, all at once at the other."""
    c = context(PAIR.format(n=3, enough=1, more=", together: 5 % .. 20 %"))
    found = availability.solve(c, "f").up
    assert found.low == pytest.approx((1 - (0.95 * Q) ** 3) * (1 - 0.2 * Q), rel=1e-12)
    assert found.high == pytest.approx((1 - (0.8 * Q) ** 3) * (1 - 0.05 * Q), rel=1e-12)


def test_a_room_is_only_as_good_as_what_feeds_it() -> None:
    text = """
places: {room: {fails: {availability: 99 %}, depends_on: [power, cooling]}, rack: {in: room}}
components:
  power: {kind: feed, replicas: 2, fails: {availability: 90 %}}
  cooling: {kind: cooling, depends_on: [power], fails: {availability: 95 %}}
  a: {kind: s, replicas: 2, place: rack, fails: {availability: 80 %}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}
"""
    for found in both_ways(context(text), "f"):
        assert found == pytest.approx(0.99 * (1 - 0.1**2) * 0.95 * (1 - 0.2**2), rel=1e-14)


@pytest.mark.parametrize("seed", range(30))
def test_open_choices_of_redundancy_are_enclosed(seed: int) -> None:
    rng = random.Random(seed)

    def variant(name: str) -> str:
        more = [
            "",
            ", together: 10 %",
            ", together: [20 %, 30 %]",
            ", takeover: 6 min",
            ", takeover: 1 min, noticed: 60 %",
        ]
        fails = f"fails: {{every: {rng.choice([100, 300])} h, repaired_in: {rng.choice([2, 9])} h}}"
        where = rng.choice(["", ", place: z", ", place: [z, y]"])
        keys = f"replicas: {rng.choice([1, 2, 3])}, {fails}{rng.choice(more)}{where}"
        return f"  {name}: {{kind: s, {keys}, offers: {{x: {{}}}}}}\n"

    text = (
        "places:\n  z: {fails: {every: 500 h, repaired_in: 5 h}, depends_on: [feed]}\n  y: {}\ncomponents:\n"
    )
    text += "  feed: {kind: feed, replicas: 2, fails: {availability: 95 %}}\n"
    text += "".join(variant(name) for name in ("one", "two", "a")) + "  b: {kind: s, offers: {x: {}}}\n"
    text += "flows: {f: {starts: {rate: 1/s}, steps: [{call: b.x}, {call: a.x, fallback: [{call: b.x}]}]}}\n"
    c = opened(text, "b", "role", one="one", two="two")
    whole = availability.solve(c, "f").up
    for choice in ("one", "two"):
        taken = availability.solve(c.with_partial({"role": choice}), "f").up
        closed = context(text.replace("b.x", f"{choice}.x"))
        value = availability.solve(closed, "f").up.value
        assert value is not None
        assert taken.low - 1e-12 <= value <= taken.high + 1e-12
        assert whole.low - 1e-12 <= value <= whole.high + 1e-12


# --- what is looked at, and what isn't -------------------------------------------------------------------------------

DRAWN = "{choose: [{share: 50 %, steps: [{call: a.x}]}, {share: 50 %, steps: [{call: b.x}]}]}"
PARTS = """
components:
  a: {kind: s, fails: {availability: 90 %}, offers: {x: {}}}
  b: {kind: s, fails: {availability: 90 %}, offers: {x: {}}}
  always: {kind: s, fails: {availability: 100 %}, offers: {x: {}}}
  never: {kind: s, fails: {availability: 0 %}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [STEPS]}}
"""


@pytest.mark.parametrize(
    ("steps", "up"),
    [
        ("{call: a.x}, {call: always.x}", 0.9),
        ("{call: a.x}, {call: never.x}", 0.0),
        ("{call: never.x, fallback: [{call: always.x}]}", 1.0),
        ("{call: a.x, retry: {times: 2, on: [unavailable]}}", 0.9),
        (DRAWN, 0.81 + 0.18 / 2),
        (f"{{steps: [{DRAWN}], retry: {{times: 1}}}}", 0.81 + 0.18 * 0.75),
        (f"{{steps: [{DRAWN}], retry: {{times: 2, on: [unavailable, timeout]}}}}", 0.81 + 0.18 * 0.875),
        (f"{{steps: [{DRAWN}], retry: {{times: 2, on: [failed]}}}}", 0.81 + 0.18 / 2),
        (f"{{repeat: {{times: 2, steps: [{DRAWN}]}}}}", 0.81 + 0.18 / 4),
        (f"{{repeat: {{times: 3, at_most: 1, steps: [{DRAWN}]}}}}", 0.81 + 0.18 / 2),
        ("{repeat: {until: 50 %, steps: [{call: a.x}]}}", 0.9),
        ("{repeat: {times: 0, steps: [{call: a.x}]}}", 1.0),
        ("{parallel: [[{call: a.x}], [{call: b.x}]], join: any}", 0.99),
        ("{parallel: [[{call: a.x}], [{call: b.x}]]}", 0.81),
    ],
)
def test_states_of_parts_and_the_tree_of_faults_have_the_chance_by_hand(steps: str, up: float) -> None:
    c = context(PARTS.replace("STEPS", steps))
    found = availability_second(c, "f")
    assert (found.low, found.value, found.high) == pytest.approx((up, up, up))
    assert figure(c, "availability/f").value == pytest.approx(up)


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (f"{{steps: [{DRAWN}], retry: {{times: 1, on: [unavailable]}}}}", "a retry of some kinds of outage"),
        (f"{{repeat: {{until: 50 %, steps: [{DRAWN}]}}}}", "no fixed number of rounds"),
        (f"{{repeat: {{times: 1001, steps: [{DRAWN}]}}}}", "rounds with draws inside"),
        ("{repeat: {times: {value: 1, known: 0 .. 2}, steps: [{call: a.x}]}}", "may have no rounds"),
        (DRAWN.replace("50 %", "unknown"), "a share isn't known"),
    ],
)
def test_what_the_states_of_parts_can_not_tell_says_why(steps: str, why: str) -> None:
    found = availability_second(context(PARTS.replace("STEPS", steps)), "f")
    assert (found.low, found.value, found.high) == (None, None, None)
    assert why in found.method


def test_an_open_choice_is_not_looked_at() -> None:
    c = opened(PARTS.replace("STEPS", "{call: a.x}"), "a", "which", one="b", other="always")
    found = availability_second(c, "f")
    assert found.value is None and "the choice of a is open" in found.method


def test_a_tree_that_is_too_large_has_the_ends_that_the_solver_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Refusal:
        return Refusal("too large", "smaller", 0.25, 0.75)

    monkeypatch.setattr(availability, "probability", refused)
    up, down, reason = availability.chance_of(Event("a"), {"a": Interval(0.5, 0.5, 0.5)})
    assert (up, down, reason) == (Interval(0.25, None, 0.75), Interval(0.25, None, 0.75), "too large")
    monkeypatch.setattr(availability, "probability", lambda *_: Refusal("too large", "smaller"))
    up, down, _ = availability.chance_of(Event("a"), {"a": Interval(0.5, 0.5, 0.5)})
    assert (up, down) == (Interval(0.0, None, 1.0), Interval(0.0, None, 1.0))
    monkeypatch.setattr(availability, "probability", lambda *_: Refusal("too large", "smaller", 0.1, 0.3))
    up, down, _ = availability.chance_of(Event("a"), {"a": Interval(0.5, 0.5, 0.5)})
    assert (down.low, down.high) == pytest.approx((0.7, 0.9))


def test_titles_say_up_to_which_mark() -> None:
    c = context(PARTS.replace("STEPS", "{call: a.x}, {mark: half}, {call: b.x}"))
    assert figure(c, "availability/f").title == "Availability of f"
    assert figure(c, "availability/f@half").title == "Availability of f up to half"
    assert figure(c, "availability/f@half").value == pytest.approx(0.9)
    assert figure(c, "downtime/f@half").title == "Downtime of f up to half in a month"


def test_parts_that_are_never_up_are_no_states_to_look_at() -> None:
    """Sixteen parts have 65 536 states, all of which are looked at; one that is always down makes no more of them."""
    names = [f"n{i}" for i in range(16)]
    parts = "".join(
        f"  {n}: {{kind: s, fails: {{availability: 50 %}}, offers: {{x: {{}}}}}}\n" for n in names
    )
    parts += "  never: {kind: s, fails: {availability: 0 %}, offers: {x: {}}}\n"
    steps = ", ".join(f"{{call: {n}.x}}" for n in names) + ", {call: never.x, fallback: []}"
    found = availability_second(
        context(f"components:\n{parts}flows: {{f: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}\n"), "f"
    )
    assert "all looked at" in found.method
    assert (found.low, found.value, found.high) == pytest.approx((0.5**16, 0.5**16, 0.5**16))


@pytest.mark.parametrize(
    ("fails", "more", "low", "value"),
    [
        # Repaired at once: half of the failures are noticed and take 6 min to take over.
        ("every: 100 h, repaired_in: 0 s", "takeover: 6 min, noticed: 50 %", 100 / 100.05, 100 / 100.05),
        ("every: 100 h, repaired_in: unknown", "takeover: 6 min", 0.0, None),
        ("every: 0 s, repaired_in: 5 h", "takeover: 6 min", 0.0, 0.0),
    ],
)
def test_a_role_is_filled_as_far_as_failures_and_repairs_are_known(
    fails: str, more: str, low: float, value: float | None
) -> None:
    c = context(
        PAIR.format(n=2, enough=1, more=f", {more}").replace("every: 1000 h, repaired_in: 5 h", fails)
    )
    filled = role_filled(c, Evidence(c), c.model.components["a"])
    assert filled is not None
    assert filled.low == pytest.approx(low) and filled.value == (
        value if value is None else pytest.approx(value)
    )
