"""How often loops go round and retries try, on their own and by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analyses.given import context
from groma.analyses.interval import Interval, point
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.visits.counts import expected, uses
from groma.analyses.visits.rounds import attempts, attempts_that_hang_together, reached, rounds
from groma.analyses.visits.walk import uses_of
from groma.model.load import loads
from groma.model.program import Repeat, Retry, Step

HEAD = "groma: 1\nsystem: t\ncurrency: EUR\ncomponents: {a: {kind: s, offers: {f: {}}}}\n"


def step(written: str) -> Step:
    return loads(HEAD + f"flows: {{main: {{steps: [{written}]}}}}\n").flows["main"].steps[0]


def loop(written: str) -> Repeat:
    action = step(f"{{repeat: {{steps: [{{call: a.f}}], {written}}}}}").action
    assert isinstance(action, Repeat)
    return action


def retry(written: str) -> Retry:
    found = step(f"{{call: a.f, retry: {{{written}}}}}").policies.retry
    assert found is not None
    return found


def test_chances_that_rounds_are_begun() -> None:
    assert reached(loop("until: 50 %, at_most: 3"), 0.5, "nominal") == [1.0, 0.25, 0.0625]
    endless = reached(loop("until: 50 %"), 1.0, "most")
    assert (
        endless is not None and endless[:3] == [1.0, 0.5, 0.25] and len(endless) == math.ceil(math.log2(1e12))
    )
    assert reached(loop("until: 0.000001 %"), 1.0, "nominal") is None  # more rounds than are followed
    assert reached(loop("until: unknown, at_most: 3"), 1.0, "nominal") is None
    assert reached(loop("times: 3"), 0.5, "least") == pytest.approx([1.0, 0.5, 0.25])
    assert reached(loop("times: unknown, at_most: 3"), 1.0, "least") == [1.0]
    assert reached(loop("times: unknown, at_most: 3"), 1.0, "most") == [1.0, 1.0, 1.0]
    assert reached(loop("times: unknown, at_most: 3"), 1.0, "nominal") is None
    ranged = loop("until: {value: 50 %, known: 40 % .. 80 %}, at_most: 2")
    least, most = reached(ranged, 1.0, "least"), reached(ranged, 1.0, "most")
    assert least == pytest.approx([1.0, 0.2]) and most == pytest.approx([1.0, 0.6])


def test_no_chance_is_left_out_that_the_next_round_is_begun() -> None:
    assert reached(loop("until: 100 %, at_most: 3"), 1.0, "nominal") == [1.0]
    assert reached(loop("until: unknown, at_most: 2"), 0.5, "most") == [1.0, 0.5]
    assert reached(loop("until: unknown, at_most: 2"), 0.5, "least") == [1.0]
    assert (
        reached(loop("times: unknown"), 1.0, "most") is None
        and reached(loop("until: 0 %"), 1.0, "most") is None
    )
    assert reached(loop("until: 0 %, at_most: 2"), 1e-13, "nominal") == [1.0, 1e-13]
    long = reached(loop("until: 0 %, at_most: 100000"), 1.0, "most")
    assert long == [1.0] * 100_000  # as many as are followed; of more nothing is said
    assert reached(loop("times: unknown, at_most: 100000"), 1.0, "most") == long
    assert reached(loop("until: 0 %, at_most: 100001"), 1.0, "most") is None
    assert reached(loop("times: unknown, at_most: 100001"), 1.0, "most") is None
    assert reached(loop("until: 50 %, at_most: 100001"), 1.0, "most") == reached(
        loop("until: 50 %, at_most: 100000"), 1.0, "most"
    )
    ranged = loop("times: {value: 2, known: 1 .. 3}")
    assert [reached(ranged, 0.5, end) for end in ("least", "nominal", "most")] == [
        pytest.approx([1.0]), pytest.approx([1.0, 0.5]), pytest.approx([1.0, 0.5, 0.25]),
    ]  # fmt: skip
    assert reached(loop("times: 1000000"), 1.0, "most") is None


def test_rounds_of_a_number_that_is_drawn() -> None:
    """Uniform on 1 to 4, rounded: 1 and 4 with a sixth each, 2 and 3 with a third; with `at_most` 3 that is 3 instead.
    The second round is begun in 5/6 of cases, the third in 1/2, the fourth in 1/6, as far as each one before is ok."""
    drawn, capped = loop("times: 'uniform(1, 4)'"), loop("times: 'uniform(1, 4)', at_most: 3")
    for ok in (1.0, 0.5, 0.25):
        three = 1 + ok * 5 / 6 + ok**2 / 2
        assert rounds(capped, point(ok)).value == pytest.approx(three)
        found = rounds(drawn, Interval(ok, None, ok))
        assert found.low == found.high == pytest.approx(three + ok**3 / 6) and found.value is None
    assert reached(drawn, 0.5, "nominal") == pytest.approx([1, 5 / 12, 1 / 8, 1 / 48])


def test_expected_rounds() -> None:
    assert rounds(loop("until: 50 %"), point(1.0)) == Interval(2.0, 2.0, 2.0)
    assert rounds(loop("until: 50 %, at_most: 2"), point(1.0)) == Interval(1.5, 1.5, 1.5)
    assert rounds(loop("until: 50 %, at_most: 5000"), point(1.0)).value == pytest.approx(2.0)
    assert rounds(loop("until: 0 %, at_most: 5000"), point(1.0)).value == pytest.approx(5000.0)
    assert rounds(loop("until: 0 %, at_most: 4000"), point(1.0)).value == pytest.approx(4000.0)
    for ok in (0.9999, 0.5, 0.0):  # one after the other, however many there may be
        begun = math.fsum(ok**n for n in range(5000))
        assert rounds(loop("until: 0 %, at_most: 5000"), point(ok)).value == pytest.approx(begun, rel=1e-12)
    assert rounds(loop("times: 3"), Interval(0.5, None, 1.0)) == Interval(1.75, None, 3.0)
    assert rounds(loop("times: unknown, at_most: 7"), point(1.0)) == Interval(0.0, None, 7.0)
    far = "times: {value: 100, known: 10 .. 1000}"  # too many to be followed at one end
    assert rounds(loop(far), point(1.0)) == Interval(0.0, None, 1000.5)
    assert rounds(loop("until: {value: 50 %, known: 25 % .. 100 %}"), Interval(0.5, 0.8, 1.0)) == Interval(
        1.0, 1 / 0.6, 4.0
    )
    assert rounds(loop("until: unknown, at_most: 3"), point(1.0)) == Interval(1.0, None, 3.0)
    assert rounds(loop("until: 50 %"), Interval(0.5, None, 1.0)) == Interval(1 / 0.75, None, 2.0)
    assert rounds(loop("until: 0 %"), point(1.0)).high == math.inf
    assert rounds(loop("times: unknown"), point(1.0)).high == math.inf
    assert rounds(loop("until: 0 %, at_most: 4096"), point(0.5)) == point(2.0)


def test_expected_attempts() -> None:
    """1 + e + e^2, at most a tenth more with a budget of a tenth."""
    assert attempts(retry("times: 2"), point(0.5)) == point(1.75)
    assert attempts(retry("times: 2, budget: 10 %"), point(0.5)) == Interval(1.0, None, 1.1)
    assert attempts(retry("times: 2, budget: 100 %"), point(0.5)) == point(1.75)
    assert attempts(retry("times: 2, budget: 75 %"), point(0.5)) == point(1.75)  # just as many as it allows
    budget = "budget: {value: 20 %, known: 10 % .. 50 %}"  # it may bite, or allow for half as many more
    assert attempts(retry(f"times: 1, {budget}"), Interval(0.0, 0.25, 0.25)) == Interval(1.0, None, 1.25)
    assert attempts(retry(f"times: 1, {budget}"), point(0.75)) == Interval(1.0, None, 1.5)
    assert attempts(retry("times: 2"), Interval(0.0, None, 0.5)) == Interval(1.0, None, 1.75)


def test_expected_attempts_that_hang_together() -> None:
    """Others 0.5, turned away 0.25: the second is made in 3/4, the third in 1/4 + 1/4 (1 + 1/2) of cases."""
    told = retry("times: 2")
    assert attempts_that_hang_together(told, point(0.5), point(0.25), True) == point(1 + 0.75 + 0.625)
    assert attempts_that_hang_together(told, point(0.5), point(0.25), False) == Interval(1.75, None, 2.375)
    assert attempts_that_hang_together(told, point(0.0), point(0.25), True) == point(1.5)
    loose = attempts_that_hang_together(told, Interval(0.0, None, 0.5), Interval(0.125, None, 0.25), True)
    assert loose == Interval(1.25, None, 2.375)
    assert attempts_that_hang_together(told, point(0.0), Interval(0.125, None, 0.25), True).value is None
    short = retry("times: 2, budget: 10 %")
    assert attempts_that_hang_together(short, point(0.5), point(0.25), True) == Interval(1.0, None, 1.1)
    often = Interval(0.9, 0.9, 0.9)  # more than surely no attempt is made
    assert attempts_that_hang_together(told, often, often, True) == point(3.0)
    ranged = retry("times: 1, budget: {value: 20 %, known: 10 % .. 50 %}")
    assert attempts_that_hang_together(ranged, point(0.0), point(0.25), True) == Interval(1.0, None, 1.25)
    assert attempts_that_hang_together(ranged, point(0.5), point(0.25), True) == Interval(1.0, None, 1.5)
    just = retry("times: 1, budget: 25 %")  # as many as it allows
    assert attempts_that_hang_together(just, point(0.0), point(0.25), True) == point(1.25)
    unknown = attempts_that_hang_together(told, Interval(0.5, None, 0.5), point(0.25), True)
    assert unknown == Interval(2.375, None, 2.375)
    wide = retry("times: 2, budget: 100 %")
    assert attempts_that_hang_together(wide, point(0.25), point(0.25), True) == point(1.875)


def test_hedges_whose_delay_is_only_known_by_its_ends_are_between_one_and_all() -> None:
    text = """
components: {a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f, hedge: {after: AFTER, at_most: 2}}]}}
"""
    ranged = context(text.replace("AFTER", "{value: 1 s, known: 500 ms .. 2 s}"))
    assert expected(uses(ranged, "main"), "a") == Interval(1.0, None, 3.0)
    sharp = expected(uses(context(text.replace("AFTER", "1 s")), "main"), "a")
    assert 1.0 + math.exp(-1) == pytest.approx(sharp.low, rel=1e-3) and sharp.high < 1.8


CALLED = """
components:
  a: {kind: s, offers: {f: {work: 0 s}}}
  c: {kind: s, offers: {f: {CANCELSwork: 1 s ± 1 s, steps: [{call: a.f}]}}}
flows: {main: {starts: {rate: 1/s}, steps: [{KIND: c.f, timeout: 1 s}]}}
"""


@pytest.mark.parametrize(("cancels", "kind"), [("", "call"), ("cancels: true, ", "send")])
def test_what_goes_on_after_its_caller_gave_up_calls_all_it_calls(cancels: str, kind: str) -> None:
    c = context(CALLED.replace("CANCELS", cancels).replace("KIND", kind))
    assert expected(uses(c, "main"), "a") == point(1.0) == expected(uses(c, "main"), "c")


def test_what_is_cancelled_before_its_own_work_is_done_calls_no_more() -> None:
    """Exponential work of 1 s is done within 1 s in 1 - 1/e of cases."""
    c = context(CALLED.replace("CANCELS", "cancels: true, ").replace("KIND", "call"))
    found = expected(uses(c, "main"), "a")
    assert (
        found.low == pytest.approx(1 - math.exp(-1), rel=1e-3) and found.value is None and found.high == 1.0
    )


def test_who_gives_up_in_a_queue_for_a_pool_never_does_what_it_is_held_for() -> None:
    """Held for 1 s each, at 0.5/s: half of all wait at the most, though all give up after 0.9 s."""
    text = """
components:
  pool: {kind: pool, threads: 1, offers: {}}
  a: {kind: s, offers: {f: {work: 1 s}}}
flows: {main: {starts: {rate: 0.5/s}, steps: [{hold: pool, POLICY steps: [{call: a.f}]}]}}
"""
    hurried = expected(uses(context(text.replace("POLICY", "timeout: 900 ms,")), "main"), "a")
    assert 0.45 < hurried.low <= 0.5 + 1e-9 and hurried.value is None and hurried.high == 1.0
    assert expected(uses(context(text.replace("POLICY", "")), "main"), "a") == point(1.0)


def test_a_flow_done_in_place_is_called_by_whoever_does_it_unless_it_says_by_whom() -> None:
    text = """
people: {near: {role: clerk}, far: {role: clerk}}
components: {a: {kind: s, offers: {f: {work: 1 s}}}}
connections: {line: {from: near, to: a, loss: 20 %}, other: {from: far, to: a, loss: 50 %}}
flows:
  main: {by: near, starts: {rate: 1/s}, steps: [{do: rest}]}
  rest: {BYsteps: [{call: a.f}]}
"""
    for by, kept in (("", 0.8), ("by: far, ", 0.5)):
        assert expected(uses(context(text.replace("BY", by)), "main"), "a").value == pytest.approx(kept)


def test_uses_are_remembered_for_what_is_offered_to_limits_alone() -> None:
    """10/s stand a limit of 50/s with a burst of 20, and nothing is known of it where nobody knows what is offered."""
    text = """
components: {a: {kind: s, offers: {f: {work: 1 ms}}}}
flows: {main: {starts: {rate: 10/s}, steps: [{call: a.f, limit: {rate: 50/s, burst: 20}}]}}
"""
    c = context(text)
    known = queues_on(c, time_grid(c)).outcomes
    unknown = replace(known, offered=None)
    assert expected(uses_of(unknown, "main"), "a") == Interval(0.0, None, 1.0)
    assert expected(uses_of(known, "main"), "a").low == pytest.approx(1.0, abs=1e-6)
