"""What a run uses and how surely, step by step and by hand: who gives up meanwhile, and what is only begun then."""

from __future__ import annotations

import math

import pytest
from scipy.optimize import brentq

from analyses.given import context
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.visits.counts import Use, checks, uses
from groma.analyses.visits.walk import uses_of

TEXT = """
people: {ana: {role: clerk}}
components:
  a: {kind: s, offers: {f: {work: 0 s, fails: 20 %}, g: {work: 0 s}}}
  b: {kind: s, offers: {f: {work: 0 s, fails: 50 %}, g: {work: 0 s}}}
  c: {kind: s, offers: {f: {work: 1 s ± 1 s, cancels: true, steps: [{call: b.g}, {call: a.g}]}}}
  slow: {kind: s, offers: {f: {work: 1 s ± 1 s}}}
  far: {kind: s, offers: {f: {work: 0 s, throttled: 10 %, steps: [{call: b.g}]}}}
  wide: {kind: s, offers: {f: {work: 0 s, cancels: true}, g: {work: 0 s}}}
  vague: {kind: s, offers: {f: {work: 0 s, fails: unknown, throttled: unknown}}}
  pool: {kind: pool}
  store: {kind: cache}
connections:
  away: {from: ana, to: far, loss: 20 %, gives_up_after: 1 s}
  plain: {from: ana, to: c}
  slowly: {from: ana, to: wide, latency: 100 ms}
flows:
  main: {by: ana, starts: {rate: 1/s}, steps: [STEPS]}
  rest: {steps: [{call: b.g}]}
  checked: {steps: [{call: a.g, guard: [{name: z}]}]}
  limited: {steps: [{call: b.g, limit: {rate: 1000/s, burst: 9}}]}
"""
LATE = "{choose: [{share: 25 %, steps: [{wait: 2 s}]}, {share: 75 %, steps: []}]}"
"""Too late for a limit of 1 s in a quarter of runs."""
SELDOM = LATE.replace("25", "0.02").replace("75", "99.98")
SOON = 1 - math.exp(-1)
"""Chance that exponential work of 1 s is done in 1 s."""
Ends = tuple[float, float | None, float]


def read(steps: str) -> tuple[Use, ...]:
    return uses(context(TEXT.replace("STEPS", steps.replace("LATE", LATE).replace("SELDOM", SELDOM))), "main")


def named(use: Use) -> str:
    return f"{use.name}.{use.operation}" if use.kind == "call" else f"{use.kind} {use.name}"


def exactly(weight: float) -> Ends:
    return weight, weight, weight


CASES: list[tuple[str, dict[str, Ends]]] = [
    # what a time limit around cuts off: never the first thing, and each later one in a quarter of runs at the most
    (
        "{steps: [LATE, {call: a.g}], timeout: 1 s}, {call: b.g}",
        {"a.g": (0.75, None, 1), "b.g": exactly(0.75)},
    ),
    ("{steps: [{call: a.g}, LATE, {call: b.g}], deadline: 1 s}", {"a.g": exactly(1), "b.g": (0.75, None, 1)}),
    (
        "{choose: [{share: 50 %, steps: [{steps: [LATE, {call: a.f}, {call: a.g}], timeout: 1 s}]},"
        " {share: 50 %, steps: []}]}",
        {"a.f": (0.375, None, 0.5), "a.g": (0.275, None, 0.4)},
    ),
    (
        "{steps: [LATE, {call: a.f}], retry: 1, deadline: 1 s}",  # late at once, or late once more after an error
        {"a.f": (1 - (0.25 + 0.75 * 0.2 * 0.25), None, 1.2)},
    ),
    ("{steps: [{call: a.f, retry: 1}, LATE], timeout: 1 s}", {"a.f": (1, None, 1.2)}),
    (
        "{steps: [{call: slow.f}, {call: a.g}], hedge: {after: 1 s}}",
        {"slow.f": exactly(2 - SOON), "a.g": (1, None, 2 - SOON)},
    ),
    ("{call: slow.f, hedge: {after: 1 s}}", {"slow.f": exactly(2 - SOON)}),
    (
        "{steps: [{call: slow.f, hedge: {after: 1 s}}, LATE], deadline: 4 s}",  # that late: e^-2 of a quarter ...
        {"slow.f": (1, None, 2 - SOON)},
    ),
    (
        "{choose: [{share: 50 %, steps: [{steps: [{call: slow.f}, {call: a.g}], hedge: {after: 1 s}}]},"
        " {share: 50 %, steps: []}]}",
        {"slow.f": exactly(1 - SOON / 2), "a.g": (0.5, None, 1 - SOON / 2)},
    ),
    (
        "{choose: [{share: 50 %, steps: [{steps: [LATE, {call: a.g}], deadline: 1 s}]}, {share: 50 %, steps: []}]}",
        {"a.g": (0.375, None, 0.5)},
    ),
    (
        "{choose: [{share: 50 %, steps: [{choose: [{share: 20 %, steps: [{call: a.g, cache: {hits: 30 %}}]},"
        " {share: 80 %, steps: []}]}]}, {share: 50 %, steps: []}]}",
        {"a.g": exactly(0.5 * 0.2 * 0.7)},
    ),
    # rounds, of which all but the first may not be begun
    (
        "{choose: [{share: 50 %, steps: [{repeat: {times: 3, steps: [{call: a.g}]}}]}, {share: 50 %, steps: []}]}",
        {"a.g": exactly(1.5)},
    ),
    ("{steps: [{repeat: {times: 3, steps: [{call: a.g}]}}, SELDOM], timeout: 1 s}", {"a.g": (1, 3, 3)}),
    (
        "{steps: [{repeat: {times: 6, steps: [{call: a.g}]}}, SELDOM], timeout: 1 s}",
        {"a.g": (1, None, 6)},
    ),
    (
        "{steps: [{repeat: {times: 3, steps: [{call: a.g}, LATE]}}], timeout: 1 s}",
        {"a.g": (1, None, 3)},
    ),
    ("{repeat: {times: 3, steps: [{call: a.f}, {call: a.g}]}}", {"a.f": exactly(2.44), "a.g": exactly(1.952)}),
    # branches at the same time
    (
        "{parallel: [[{call: a.g}, {call: b.g}], [{call: a.f}]], join: any}",
        {"a.g": exactly(1), "b.g": (0, None, 1), "a.f": exactly(1)},
    ),
    (
        "{parallel: [[{call: a.f}], [{call: a.g}, {call: b.g}]]}",
        {"a.f": exactly(1), "a.g": exactly(1), "b.g": (0.8, None, 1)},
    ),
    (
        "{parallel: [[{call: a.f}], [{call: a.g}, {call: b.g}]], left_over: run on}",
        {"a.f": exactly(1), "a.g": exactly(1), "b.g": exactly(1)},
    ),
    (
        "{parallel: [[{call: a.f}], [{call: a.g}, {call: b.g}]], retry: 1}",
        {"a.f": exactly(1.2), "a.g": exactly(1.2), "b.g": (0.96, None, 1.2)},
    ),
    # caches, with and without the time of a look-up
    (
        "{steps: [{call: a.g, cache: {hits: 40 %, component: store}}, LATE], timeout: 1 s}",
        {"look up store": exactly(1), "a.g": exactly(0.6)},
    ),
    (
        "{steps: [{call: a.g, cache: {hits: 40 %, component: store, takes: 1 ms}}, LATE], timeout: 1 s}",
        {"look up store": exactly(1), "a.g": (0.35, None, 0.6)},
    ),
    ("{call: a.g, cache: {hits: unknown}}", {"a.g": (0, None, 1)}),
    # what runs after errors
    ("{call: vague.f, retry: 1}", {"vague.f": (0, None, 2)}),
    (
        "{choose: [{share: 50 %, steps: [{call: b.f, fallback: [{call: a.g}]}]}, {share: 50 %, steps: []}]}",
        {"b.f": exactly(0.5), "a.g": exactly(0.25)},
    ),
    (
        "{call: b.f, fallback: [{call: a.g}, {call: b.g}]}",
        {"b.f": exactly(1), "a.g": exactly(0.5), "b.g": exactly(0.5)},
    ),
    (
        "{steps: [{call: b.f, fallback: [{call: a.g}, {call: b.g}]}, LATE], timeout: 1 s}",
        {"b.f": exactly(1), "a.g": (0.25, None, 0.5), "b.g": (0, None, 0.5)},
    ),
    ("{call: a.f, compensate: [{call: b.g}]}", {"a.f": exactly(1), "b.g": (0, None, 0.2)}),
    ("{call: a.g, compensate: [{call: b.g}]}", {"a.g": exactly(1)}),
    (
        "{choose: [{share: 10 %, steps: [{call: a.g, compensate: [{call: b.g}]}]}, {share: 90 %, steps: []}]},"
        " {call: a.f}",
        {"a.g": exactly(0.1), "b.g": (0, None, 0.1), "a.f": exactly(1)},
    ),
    # policies that keep calls back
    (
        "{call: a.f, breaker: {opens_at: 20 %, window: 10 s, half_open_after: 5 s}}",
        {"a.f": (0, None, 1)},
    ),
    ("{call: a.f, breaker: {opens_at: 20.1 %, window: 10 s, half_open_after: 5 s}}", {"a.f": exactly(1)}),
    (
        "{call: a.f, breaker: {opens_at: 10 %, window: 10 s, half_open_after: 5 s, on: timeout}}",
        {"a.f": exactly(1)},
    ),
    # guards are asked about what went well, and about each attempt
    (
        "{call: a.f, retry: 1, guard: [{name: x, steps: [{call: b.f}, {call: b.g}]},"
        " {name: y, steps: [{ask: ana, takes: 0 s}]}]}",
        # an attempt passes the first check in 0.8 * 0.5, fails in 0.6 with a kind that is tried again
        {"a.f": exactly(1.6), "b.f": exactly(1.28), "b.g": exactly(0.64), "ask ana": exactly(0.64)},
    ),
    (
        "{steps: [LATE], timeout: 1 s, guard: [{name: x, steps: [{call: b.g}]}]}",
        {"b.g": (0.75, None, 1)},
    ),
    # holds, flows in place, sends, lines
    (
        "{hold: pool, steps: [{call: a.f}, {call: a.g}]}",
        {"hold pool": exactly(1), "a.f": exactly(1), "a.g": exactly(0.8)},
    ),
    ("{do: rest}, {do: rest}", {"b.g": exactly(2)}),
    ("{call: far.f}", {"far.f": exactly(0.8 * 0.9), "b.g": exactly(0.8 * 0.9)}),
    ("{send: far.f}", {"send far": exactly(0.8 * 0.9), "b.g": exactly(0.8 * 0.9)}),
    (
        "{steps: [{call: c.f}], timeout: 1 s}",
        {"c.f": exactly(1), "b.g": (SOON, None, 1), "a.g": (2 * SOON - 1, None, 1)},
    ),
    (
        "{steps: [{send: c.f}, LATE], timeout: 1 s}",
        {"send c": exactly(1), "b.g": exactly(1), "a.g": exactly(1)},
    ),
    # given up on its way, it never comes: only to what cancels, and only on a line that takes time
    ("{steps: [{call: wide.f}, LATE], timeout: 1 s}", {"wide.f": (0.75, None, 1)}),
    ("{steps: [{call: wide.g}, LATE], timeout: 1 s}", {"wide.g": exactly(1)}),
    ("{steps: [{send: wide.f}, LATE], timeout: 1 s}", {"send wide": exactly(1)}),
    ("{fail: failed}, {call: a.g}", {}),
    ("{stop: ok}, {call: a.g}", {}),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "counted"), CASES)
def test_expected_uses_are_those_counted_by_hand(steps: str, counted: dict[str, Ends]) -> None:
    found: dict[str, Ends] = {}
    for use in read(steps):
        low, value, high = found.get(named(use), (0.0, 0.0, 0.0))
        both = None if value is None or use.weight.value is None else value + use.weight.value
        found[named(use)] = (low + use.weight.low, both, high + use.weight.high)
    assert set(found) == set(counted)
    for name, (low, value, high) in counted.items():
        assert found[name][0] == pytest.approx(low, abs=2e-3), name
        assert found[name][2] == pytest.approx(high, abs=2e-3), name
        assert (found[name][1] is None) is (value is None), name
        assert value is None or found[name][1] == pytest.approx(value, abs=2e-3), name


@pytest.mark.parametrize(
    ("late", "share", "known"), [(0.05, 100, True), (0.3, 100, False), (0.05, 25, True), (0.2, 25, False)]
)
def test_what_gives_up_less_than_once_in_a_thousand_runs_keeps_a_nominal_value(
    late: float, share: float, known: bool
) -> None:
    """Whatever the share of runs that come there at all."""
    wait = f"{{choose: [{{share: {late} %, steps: [{{wait: 2 s}}]}}, {{share: {100 - late} %, steps: []}}]}}"
    body = f"{{steps: [{wait}, {{call: a.g}}], timeout: 1 s}}"
    (use,) = read(
        f"{{choose: [{{share: {share} %, steps: [{body}]}}, {{share: {100 - share} %, steps: []}}]}}"
    )
    weight = share / 100
    assert use.weight.low == pytest.approx(weight * (1 - late / 100), rel=1e-9)
    assert use.weight.value == (pytest.approx(weight) if known else None)


@pytest.mark.parametrize(("share", "late"), [(100, 25), (40, 25)])
def test_the_share_of_uses_that_somebody_further_out_ends(share: float, late: float) -> None:
    """A quarter of them, however often it is called; all of what isn't sure to be called; none of what goes on."""
    body = "{steps: [{call: wide.f}, {hold: pool, steps: []}, {call: wide.g}, LATE], timeout: 1 s}"
    found = read(
        f"{{choose: [{{share: {share} %, steps: [{body}]}}, {{share: {100 - share} %, steps: []}}]}}"
    )
    cut = {(use.kind, use.name, use.operation): use.cut for use in found}
    first = (1 - late / 100) * share / 100  # of these at least so many are begun
    assert cut["call", "wide", "g"] == 0.0
    assert cut["call", "wide", "f"] == pytest.approx(min(late / 100 * share / 100 / first, 1.0))
    assert cut["hold", "pool", ""] == pytest.approx(late / 100 * share / 100 / first)


def test_no_more_than_all_uses_are_ended_by_somebody_further_out() -> None:
    often = LATE.replace("25", "X").replace("75", "25").replace("X", "75")
    found = read(f"{{steps: [{{wait: 1 ms}}, {{hold: pool, steps: []}}, {often}], timeout: 1 s}}")
    assert [(use.weight.low, use.cut) for use in found] == [(0.25, 1.0)]
    unknown = "{share: unknown, steps: [{hold: pool, steps: []}]}"  # where nobody gives up, none are ended
    found = read(f"{{choose: [{unknown}, {unknown}]}}")
    assert [(use.weight.low, use.cut) for use in found] == [(0.0, 0.0), (0.0, 0.0)]


def test_nothing_that_is_sure_is_left_to_end_where_all_may_be_given_up() -> None:
    found = read("{steps: [{wait: 2 s}, {hold: pool, steps: []}], timeout: 1 s}")
    assert [(use.weight.low, use.cut) for use in found] == [(0.0, 1.0)]


def test_results_that_guards_are_asked_about() -> None:
    """Of 1.6 attempts 0.8 end well, and half of these pass the first guard; the way of another step is another key."""
    steps = (
        "{call: a.f, retry: 1, guard: [{name: x, steps: [{call: b.f}]}, {name: y, rejects: 50 %}]},"
        " {call: a.g, guard: [{name: x}]}, {do: checked}, {do: checked}"
    )
    c = context(TEXT.replace("STEPS", steps))
    found = {key: (i.low, i.value, i.high) for key, i in checks(c, "main").items()}
    path, other, *_ = (step.path for step in c.model.flows["main"].steps)
    third, twice = c.model.flows["checked"].steps[0].path, 2 * (0.2 + 0.6 * 0.2)
    expected = {(third, 1): twice, (path, 1): 1.6 * 0.8, (path, 2): 1.6 * 0.4, (other, 1): 0.2 + 0.6 * 0.2}
    assert found == {key: pytest.approx(exactly(count)) for key, count in expected.items()}


@pytest.mark.parametrize(("burst", "times"), [(1, 1), (3, 1), (10, 1), (3, 2)])
def test_a_rate_limit_lets_through_all_but_what_a_bucket_turns_away_at_the_most(
    burst: int, times: int
) -> None:
    """Lundberg's exponent, solved on its own: 10/s offered to 25/s, or 20/s where a run asks again if it was let in."""
    step = f"{{call: a.g, limit: {{rate: 25/s, burst: {burst}}}}}"
    text = TEXT.replace("rate: 1/s", "rate: 10/s")
    c = context(text.replace("STEPS", f"{{repeat: {{times: {times}, steps: [{step}]}}}}"))
    offered = 10.0 * times
    theta = brentq(lambda x: offered * math.expm1(x / 25) - x, 1e-6 * 25, 200.0, xtol=1e-12)
    share = math.exp(-theta * (burst - 1) / 25)
    limits: dict[int, float] = {}
    (use,) = uses_of(queues_on(c, time_grid(c)).outcomes, "main", limits)
    assert use.weight.low == pytest.approx(math.fsum((1 - share) ** n for n in range(1, times + 1)), rel=1e-6)
    assert use.weight.high == pytest.approx(times)
    assert (use.weight.value is None) is (share >= 1e-3)
    assert list(limits.values()) == [pytest.approx(times)]


def test_a_rate_limit_is_asked_at_each_place_where_its_step_is_done() -> None:
    c = context(TEXT.replace("STEPS", "{do: limited}, {do: limited}"))
    limits: dict[int, float] = {}
    uses_of(queues_on(c, time_grid(c)).outcomes, "main", limits)
    assert limits == {id(c.model.flows["limited"].steps[0]): pytest.approx(2.0)}
