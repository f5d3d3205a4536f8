"""Shares of runs between ends that are known in ranges, counted by hand: no wider than they are, and no narrower."""

from __future__ import annotations

import numpy as np
import pytest

from analyses.given import context, loop
from groma.analyses.latency import numbers
from groma.analyses.outcome.algebra import (
    ERRORS,
    JUST_OK,
    OK,
    REACHED,
    STOPPED,
    Outcome,
    after,
    any_end,
    done,
    limited,
    split,
    then,
)
from groma.analyses.outcome.attempts import at_any_time, going_along, named_by, refused
from groma.analyses.outcome.join import joined
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Array, Defective, Grid, added, fixed, scaled
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.outcome.repeat import repeated

GRID = Grid(0.5, 24)
ENDS = [FAST, SLOW]


def share(high: float, low: float) -> Array:
    return GRID.triple(high, low, (high + low) / 2)


def at(time: float, high: float = 1.0, low: float | None = None) -> Defective:
    """So great a share of runs, at one time."""
    return scaled(GRID, fixed(GRID, time), share(high, high if low is None else low))


def failing(time: float, high: float, low: float) -> Outcome:
    """Takes a time, and fails in a share of runs that is known in a range."""
    return split(GRID, after(fixed(GRID, time)), OK, share(high, low), "failed")


def test_a_share_moves_runs_between_ends_and_makes_none() -> None:
    """3 to 5 in ten fail, each after a second: all are over by then, well and badly together."""
    once = failing(1.0, 0.5, 0.3)
    assert once.ends[OK].mass[ENDS] == pytest.approx([0.7, 0.5])
    assert any_end(GRID, once).mass == pytest.approx([1, 1, 1])
    assert any_end(GRID, once).cdf[ENDS, 2] == pytest.approx([1, 1])
    for first, second in ((once, after(fixed(GRID, 1.0))), (after(fixed(GRID, 1.0)), once)):
        assert any_end(GRID, then(GRID, first, JUST_OK, second)).mass == pytest.approx([1, 1, 1])
    late = limited(GRID, once, 2.0)
    assert any_end(GRID, late).mass == pytest.approx([1, 1, 1])
    twice = repeated(GRID, "p", loop("times: 2"), once)
    assert twice.ends[OK].mass[ENDS] == pytest.approx([0.49, 0.25])
    assert any_end(GRID, twice).mass[ENDS] == pytest.approx([1, 1])


def test_what_is_tried_after_some_of_the_ends_is_bounded_by_what_those_that_stay_leave() -> None:
    """3 to 5 in ten fail, and half of them go well after all: with s of all well at first, s + (1 - s) / 2 in the
    end."""
    then_half = split(GRID, after(fixed(GRID, 2.0)), OK, share(0.5, 0.5), "timeout")
    found = then(GRID, failing(1.0, 0.5, 0.3), ERRORS, then_half)
    assert any_end(GRID, found).mass == pytest.approx([1, 1, 1])
    assert found.ends[OK].mass[ENDS] == pytest.approx([0.85, 0.75])
    assert found.ends[OK].cdf[ENDS, 6] == pytest.approx([0.85, 0.75])
    assert found.ends[OK].cdf[ENDS, 5] == pytest.approx([0.7, 0.5])
    assert found.ends["timeout"].mass[ENDS] == pytest.approx([0.25, 0.15])


def test_what_ends_early_and_what_the_total_leaves_late_are_both_followed_up() -> None:
    """Half are well at once and three in ten fail at once, surely; a tenth at most is something else, and all else is
    over by two seconds. What fails goes well at once or three seconds later, as often: at three seconds all but a tenth
    of a tenth are, in the worst case those that failed at two and go well at once or at five."""
    total = added([at(0.0, 0.8), at(2.0, 0.2)])
    ends = {
        OK: at(0.0, 0.5),
        "failed": added([at(0.0, 0.3), at(0.0, 0.2, 0.0)]),
        "timeout": at(0.0, 0.1, 0.0),
    }
    following = after(added([at(0.0, 0.5), at(3.0, 0.5)]))
    found = then(GRID, Outcome(ends, total), frozenset({"failed"}), following)
    assert found.ends[OK].cdf[SLOW, [5, 6, 9, 10]] == pytest.approx([0.7, 0.85, 0.85, 0.9])
    assert found.ends[OK].mass[SLOW] == pytest.approx(0.9)


def test_whatever_follows_at_once_stands_in_place_of_all_ends_that_it_follows() -> None:
    ends = Outcome({OK: at(1.0, 0.5), "failed": at(2.0, 0.3), "timeout": at(3.0, 0.2)})
    for following, time in ((done(GRID), 0), (after(fixed(GRID, 1.0)), 2)):
        found = then(GRID, ends, ERRORS, following)
        assert found.ends.keys() == {OK}
        assert found.ends[OK].cdf[NOMINAL, [2, 4 + time, 6 + time]] == pytest.approx([0.5, 0.8, 1.0])


def test_what_is_missing_and_noted_is_added_to_what_was() -> None:
    found = done(GRID).noting(frozenset({"a"}), frozenset({"x"})).noting(frozenset({"b"}), frozenset({"y"}))
    assert (found.missing, found.notes) == ({"a", "b"}, {"x", "y"})
    one, other = (after(fixed(GRID, 1.0)).noting(frozenset({n}), frozenset({n})) for n in ("a", "b"))
    both = then(GRID, one, JUST_OK, other)
    assert (both.missing, both.notes) == ({"a", "b"}, {"a", "b"})


@pytest.mark.parametrize(("limit", "last"), [(3.0, 6), (3.1, 7), (3.4, 7)])
def test_all_is_over_at_a_limit_and_not_before(limit: float, last: int) -> None:
    """Half of all never end."""
    over = any_end(GRID, limited(GRID, after(at(1.0, 0.5)), limit)).cdf[SLOW]
    assert over[[1, 2, last - 1, last]] == pytest.approx([0, 0.5, 0.5, 1.0])


def test_of_an_attempt_that_surely_ends_so_times_are_those_of_all_that_do() -> None:
    """A tenth after one and a tenth after two seconds: half of them by one. Of up to twice as many, nothing but that
    all are over by two and a half: here a total that rounding left a little below one."""
    twice = added([at(1.0, 0.1), at(2.0, 0.1)])
    sure = refused(GRID, Outcome({"throttled": twice, OK: at(3.0, 0.8)}))
    assert sure.ends["throttled"].cdf[ENDS][:, [1, 2, 4]] == pytest.approx(
        np.array([[0, 0.5, 1], [0, 0.5, 1]])
    )
    assert sure.ends["throttled"].moment[[FAST, SLOW]] == pytest.approx([1.5, 1.5])
    loose = added([at(1.0, 0.2, 0.1), at(2.0, 0.2, 0.1)])
    total = Defective(at(2.5, 1 - 1e-12).cells, np.ones(3), np.full(3, 2.5))
    law = refused(GRID, Outcome({"throttled": loose, OK: at(2.5, 0.8, 0.6)}, total)).ends["throttled"]
    truth = np.array([[0, 1, 1, 1], [0, 0.25, 0.5, 1]])
    assert law.cdf[ENDS][:, [1, 2, 4, 5]] == pytest.approx(truth)
    assert law.moment[SLOW] == pytest.approx(2.5)


def test_an_end_of_which_nothing_is_known_but_by_when_all_is_over() -> None:
    """A tenth to a fifth fail, all is over by two seconds: in the mean no more than two seconds of a fifth."""
    total = Defective(at(2.0, 1 - 1e-12).cells, np.ones(3), np.full(3, 2.0))
    ends = Outcome({"failed": at(1.0, 0.2, 0.1), OK: at(2.0, 0.9, 0.8)}, total)
    law = at_any_time(GRID, ends).ends["failed"]
    assert law.moment[SLOW] == pytest.approx(0.4)
    assert np.cumsum(law.late)[[1, 2, 3, 4]] == pytest.approx([0, 0.1, 0.1, 0.2])


def test_a_bracket_takes_the_nominal_values_of_what_lies_within() -> None:
    ends = Outcome({OK: at(1.0, 0.9, 0.5), "failed": at(2.0, 0.5, 0.1)}, at(2.0))
    named = named_by(GRID, ends, Outcome({OK: at(1.5, 0.6)}))
    assert named.ends[OK].mass == pytest.approx([0.9, 0.5, 0.6])
    assert named.ends[OK].moment == pytest.approx([0.5, 0.9, 0.9])
    assert named.ends["failed"].mass == pytest.approx([0.5, 0.1, 0.0])
    assert any_end(GRID, named).mass == pytest.approx([1, 1, 0.6])
    small = Grid(0.5, 24, 2)
    two = Outcome({OK: fixed(small, 1.0)})
    assert named_by(small, two, Outcome({OK: fixed(small, 2.0)})) is two


def test_what_is_sure_over_all_is_sure_after_any_event() -> None:
    """Frechet: of what is so in nine of ten cases, after an event of at least one half, at least 1 - 0.1 / 0.5."""
    back = Outcome({OK: at(1.0, 0.9), "failed": at(2.0, 0.1)})
    found = going_along(GRID, back, 0.5)
    assert found.ends[OK].mass[ENDS] == pytest.approx([0.9, 0.8])
    assert found.ends[OK].cdf[ENDS, 2] == pytest.approx([0.9, 0.8])
    assert found.ends["failed"].mass[ENDS] == pytest.approx([0.2, 0.0])
    assert found.ends["failed"].cdf[ENDS, 4] == pytest.approx([0.2, 0.0])
    assert any_end(GRID, found).mass[ENDS] == pytest.approx([1.0, 1.0])


def test_branches_that_stop_or_pass_the_mark_end_all() -> None:
    """Whichever comes first, for sure."""
    stops, passes, fine = (
        after(fixed(GRID, t), kind) for t, kind in ((1.0, STOPPED), (2.0, REACHED), (5.0, OK))
    )
    alone = joined(GRID, 2, [stops, fine])
    assert alone.ends.keys() == {STOPPED} and alone.ends[STOPPED].mass[ENDS] == pytest.approx([1, 1])
    first = joined(GRID, 1, [stops, fine])
    assert first.ends[STOPPED].mass[ENDS] == pytest.approx([1, 0])
    later = joined(GRID, 1, [fine, Outcome({STOPPED: at(6.0, 0.3), OK: at(6.0, 0.7)})])
    assert later.ends[OK].cdf[SLOW, 10] == pytest.approx(1.0) and later.ends[OK].mass[SLOW] == pytest.approx(
        0.7
    )
    assert first.ends[OK].mass[SLOW] == 0.0 and first.ends[OK].cdf[SLOW].max() == 0.0
    either = joined(GRID, 2, [stops, passes])
    assert either.ends[REACHED].mass[SLOW] == either.ends[REACHED].cdf[SLOW].max() == 0.0
    half = Outcome({OK: at(2.0, 0.5), STOPPED: at(2.0, 0.5)})
    both = joined(GRID, 2, [after(fixed(GRID, 1.0)), half])
    assert both.ends[OK].mass[ENDS] == pytest.approx([0.5, 0.5])


def test_an_error_that_comes_surely_before_all_others_is_the_one_that_shows() -> None:
    """The first branch fails after a second; the second may be throttled after two."""
    second = Outcome({OK: at(2.0, 0.7), "throttled": at(2.0, 0.3)})
    found = joined(GRID, 2, [after(fixed(GRID, 1.0), "failed"), second])
    assert found.ends["failed"].cdf[ENDS, 2] == pytest.approx([1, 1])
    assert found.ends["failed"].mass[SLOW] == pytest.approx(0.7)
    assert found.ends["throttled"].mass[ENDS] == pytest.approx([0.3, 0])


def test_kinds_of_error_have_the_means_of_what_shows_first() -> None:
    """Half fail after one second; of the others half are late after three."""
    parts = [Outcome({OK: at(t, 0.5), kind: at(t, 0.5)}) for t, kind in ((1.0, "failed"), (3.0, "timeout"))]
    found = joined(GRID, 2, parts).ends
    assert (found["failed"].mass[NOMINAL], found["failed"].moment[NOMINAL]) == pytest.approx((0.5, 0.5))
    assert (found["timeout"].mass[NOMINAL], found["timeout"].moment[NOMINAL]) == pytest.approx((0.25, 0.75))


def test_the_kind_that_decides_is_that_of_the_branch_after_which_too_few_are_left() -> None:
    """Three branches fail after exponential times with speeds 1, 2 and 4, of which the second failure decides: that it
    is the first branch's is the sum over who failed before, each as likely as its speed among those left."""
    grid = Grid(0.01, 2048)
    time = grid.step * np.arange(grid.cells)

    def branch(speed: float, kind: str) -> Outcome:
        cells = np.diff(1 - np.exp(-speed * time), prepend=0.0)
        return Outcome({kind: Defective(np.tile(cells, (3, 1)), np.ones(3), np.full(3, 1 / speed))})

    found = joined(grid, 2, [branch(1, "failed"), branch(2, "timeout"), branch(4, "timeout")])
    truth = 2 / 7 * 1 / 5 + 4 / 7 * 1 / 3
    assert found.ends["failed"].mass[NOMINAL] == pytest.approx(truth, abs=2e-3)
    assert found.ends["timeout"].mass[NOMINAL] == pytest.approx(1 - truth, abs=2e-3)


def test_a_hit_takes_no_more_than_the_look_up() -> None:
    """Four in ten are in the cache."""
    text = """
components: {a: {kind: s, offers: {f: {work: 1 s}}}}
flows: {main: {starts: {rate: 1/h}, steps: [{call: a.f, cache: {hits: 40 %, takes: 500 ms}}]}}
"""
    found = Outcomes(context(text), GRID).flow("main").ends[OK]
    assert found.mass == pytest.approx([1, 1, 1])
    assert found.cdf[:, 1] == pytest.approx([0.4] * 3) and found.cdf[:, 3] == pytest.approx([1.0] * 3)


def test_each_call_has_the_work_of_its_own_sizes() -> None:
    """One and three rows of half a second each."""
    text = """
components: {a: {kind: s, offers: {f: {per: {rows: 500 ms}}}}}
flows: {main: {starts: {rate: 1/h}, steps: [{call: a.f, sizes: {rows: 1}}, {call: a.f, sizes: {rows: 3}}]}}
"""
    assert Outcomes(context(text), GRID).flow("main").ends[OK].moment == pytest.approx([2.0] * 3)


@pytest.mark.parametrize("factor", [1, 2, 0.5])
def test_pauses_between_attempts_grow_from_the_second_on(factor: float) -> None:
    """Two attempts more after pauses of one second, and of one by the factor; what fails takes no time."""
    text = f"""
components: {{a: {{kind: s, offers: {{f: {{work: 0 s, fails: 100 %}}}}}}}}
flows:
  main:
    starts: {{rate: 1/h}}
    steps: [{{call: a.f, retry: {{times: 2, on: [failed], backoff: 1 s, factor: {factor}, jitter: 0}}}}]
"""
    found = Outcomes(context(text), GRID).flow("main").ends["failed"]
    assert found.moment == pytest.approx([1 + factor] * 3)
    assert found.cdf[ENDS][:, round(2 * (1 + factor)) - 1] == pytest.approx([0, 0])
    assert found.cdf[ENDS][:, round(2 * (1 + factor))] == pytest.approx([1, 1])


def test_rounds_in_a_range_have_the_nominal_mean_of_the_stated_number() -> None:
    """One to three rounds of half a second, nominally two; without a nominal row as well."""
    law = repeated(GRID, "p", loop("times: {value: 2, known: 1 .. 3}"), after(fixed(GRID, 0.5))).ends[OK]
    assert law.moment[NOMINAL] == pytest.approx(1.0)
    small = Grid(0.5, 24, 2)
    two = repeated(small, "p", loop("times: {value: 2, known: 1 .. 3}"), after(fixed(small, 0.5))).ends[OK]
    assert two.cdf[:, [0, 1, 2, 3]] == pytest.approx(np.array([[0, 1, 1, 1], [0, 0, 0, 1]]))


@pytest.mark.parametrize(
    ("times", "rounds"),
    [("2.4", 2), ("2.5", 3), ("2.6", 3), ("{value: 2.5, max: 2.5}", 3), ("{value: 4.5, max: 4.5}", 5)],
)
def test_a_number_of_rounds_is_rounded_halves_up(times: str, rounds: int) -> None:
    law = repeated(GRID, "p", loop(f"times: {times}"), after(fixed(GRID, 1.0))).ends[OK]
    assert law.moment == pytest.approx([rounds] * 3)


def test_attempts_after_errors_that_no_queue_causes_keep_their_times() -> None:
    """Up to six in ten fail, and are tried once more; half of those that end well do so within a hundred milliseconds.
    Beside them are attempts that may meet in the queue, which is another matter."""
    text = """
components:
  a: {kind: s, threads: 5, offers: {f: {work: 10 ms ± 10 ms}, g: {work: 10 ms ± 10 ms, fails: 0 % .. 60 %}}}
flows:
  main: {starts: {rate: 20/s}, steps: [{call: a.g, retry: {times: 1, on: [failed]}}]}
  other: {starts: {rate: 20/s}, steps: [{call: a.f, timeout: 10 ms, retry: {times: 1, on: [timeout]}}]}
"""
    low, _, high = numbers(context(text), "latency/main/p50")
    assert low is not None and high is not None and 0.003 < low < 0.007 < high < 0.021
