"""Runs read for their figures: lattices that fit, what is asked of them, and how what is read is told."""

from __future__ import annotations

import math

import pytest

from analyses.given import context
from groma.analyses import figure
from groma.analyses.latency import bounds, curve, numbers
from groma.analyses.outcome.law import Grid
from groma.analyses.runs import searching_grid, success_asked, target_of

ONE = "components: {a: {kind: s, offers: {f: {work: WORK, fails: FAILS}}}}\n"
RUN = "flows: {main: {starts: {rate: 1/day}, steps: [{call: a.f}, {mark: shown}]}}\n"


def text(work: str, fails: str = "0 %", more: str = "") -> str:
    return more + ONE.replace("WORK", work).replace("FAILS", fails) + RUN


@pytest.mark.parametrize("seconds", [2e-6, 3e-3, 0.7, 50.0, 7e4, 2e6])
@pytest.mark.parametrize("fails", [0, 50])
def test_a_lattice_fits_whatever_the_time_is(seconds: float, fails: int) -> None:
    """Percentiles and the mean of an exponential time are those of all runs that end well."""
    c = context(text(f"exponential({seconds:.12f} s)", f"{fails} %"))
    for name, truth in (
        ("mean", 1.0),
        ("p50", math.log(2)),
        ("p95", math.log(20)),
        ("p99.99", math.log(1e4)),
    ):
        found = figure(c, f"latency/main/{name}")
        assert found.low is not None and found.value is not None and found.high is not None
        assert found.low <= truth * seconds * (1 + 1e-9) and truth * seconds * (1 - 1e-9) <= found.high
        assert found.high - found.low < 0.02 * seconds
        assert found.value == pytest.approx(truth * seconds, rel=0.01)


def test_the_nominal_mean_is_that_of_the_runs_that_end_well() -> None:
    """Nominally half of them do, as many as six in ten or as few as four."""
    c = context(text("exponential(1 s)", "{value: 50 %, known: 40 % .. 60 %}"))
    found = figure(c, "latency/main/mean")
    assert found.value == pytest.approx(1.0, rel=1e-3)
    assert (found.low, found.high) == pytest.approx((0.4 / 0.6, 0.6 / 0.4), rel=1e-3)


def test_no_completion_is_quicker_than_what_would_have_to_end_so_well() -> None:
    """Half to all of the runs end well: where nine in ten have to, the 95th percentile is that of 85.5 % of all at the
    least; where nothing is asked, of half of them."""
    c = context(text("exponential(1 s)", "0 % .. 50 %"))
    for needed, share in ((0.9, 0.95 * 0.9), (0.99, 0.95 * 0.99), (0.1, 0.95 * 0.5)):
        low, high = bounds(c, "latency/main/p95", success=needed, cells=4000)
        assert low == pytest.approx(-math.log(1 - share), rel=0.01) and high > math.log(20)
    assert bounds(c, "latency/main/p95") == pytest.approx(bounds(c, "latency/main/p95", success=0.99))


def test_a_lattice_to_search_on_reaches_twice_the_target_or_what_the_model_needs() -> None:
    """A second of work: a twentieth more, up to the next power of the fourth root of two."""
    c = context(text("1 s"))
    assert searching_grid(c, "main", None, 3.0, 100) == Grid(0.06, 100, 2)
    for target in (None, 0.0):
        found = searching_grid(c, "main", None, target, 100)
        assert (found.horizon, found.cells, found.rows) == (pytest.approx(2**0.25), 100, 2)


NEEDS = """
needs:
  a: {measure: latency/main/p95, at_most: 4 s}
  b: {measure: latency/main/p95, at_most: 3 s}
  c: {measure: latency/main/p95, at_least: 1 s}
  d: {measure: latency/main/p99, at_most: 2 s}
  e: {measure: success/main, at_least: 90 %}
  f: {measure: success/main, at_least: 95 %}
  g: {measure: success/main, at_most: 99 %}
  h: {measure: success/main@shown, at_least: 97 %}
"""


def test_the_tightest_needs_are_asked_for() -> None:
    c = context(text("1 s", more=NEEDS))
    assert target_of(c, "latency/main/p95") == 3.0 and target_of(c, "latency/main/p99") == 2.0
    assert target_of(c, "latency/main/p50") is None
    assert success_asked(c, "main", None) == 0.95 and success_asked(c, "main", "shown") == 0.97
    assert success_asked(context(text("1 s")), "main", None) == 0.99


def test_a_curve_has_as_many_points_as_are_asked_for() -> None:
    """From none to nearly all of the runs."""
    c = context(text("exponential(1 s)"))
    assert [share for share, _, _ in curve(c, "main", points=3)] == [0.0, 0.5, 0.9995]
    (middle,) = curve(c, "main", points=1)
    assert middle[0] == 0.5 and middle[1] <= math.log(2) <= middle[2]


def test_a_title_names_the_flow_and_the_mark() -> None:
    c = context(text("1 s"))
    assert figure(c, "latency/main/mean").title == "Mean latency of main"
    assert figure(c, "latency/main@shown/p95").title == "Latency, 95th percentile, of main up to shown"


@pytest.mark.parametrize(
    ("part", "fails", "reason"),
    [
        ("threads: 1, discipline: lifo,", "0 %", "serves by `lifo`: its wait isn't bounded"),
        ("threads: 1, discipline: lifo,", "0 % .. 100 %", "how many runs end well isn't known"),
        ("threads: 1, discipline: lifo,", "100 %", "serves by `lifo`: its wait isn't bounded"),
    ],
)
def test_why_there_is_no_longest_time_is_said(part: str, fails: str, reason: str) -> None:
    """That its wait has no bound, and nothing else of what is noted; where maybe none ends well, that."""
    c = context(text("10 ms", fails).replace("{kind: s,", f"{{kind: s, {part}").replace("1/day", "1/s"))
    found = figure(c, "latency/main/p95")
    assert found.high is None and reason in found.reason
    assert "Poisson" not in found.reason and (";" in found.reason) is False


def test_of_all_that_is_noted_only_what_leaves_the_end_open_is_the_reason() -> None:
    """Up to two hundred calls a second of a hundredth of a second each."""
    rate = "{value: 50/s, known: 10/s .. 200/s}"
    c = context(text("10 ms ± 10 ms").replace("{kind: s,", "{kind: s, threads: 1,").replace("1/day", rate))
    found = figure(c, "latency/main/p95")
    assert found.high is None and len(found.valid) > 3
    assert found.reason == "components.a may saturate: 200 calls/s can't be excluded"


def test_where_a_little_may_never_come_the_grid_holds_what_does() -> None:
    """Behind calls that are tried again when they take too long, the slowest may take any time. Most never wait: of a
    server that is 15 % busy with constant work 85 % are over after it (Pollaczek, Khinchine)."""
    found = context(
        "components: {p: {kind: s, threads: 1, offers: {f: {work: 3.725 ms}}}}\n"
        "flows:\n  main: {starts: {rate: 20/s}, steps: [{call: p.f}]}\n"
        "  other: {starts: {rate: 20/s},"
        " steps: [{call: p.f, timeout: 5.59 ms, retry: {times: 1, on: [timeout]}}]}\n"
    )
    low, _, high = numbers(found, "latency/main/p50")
    assert low == pytest.approx(0.003725, rel=0.01) and high == pytest.approx(0.003725, rel=0.01)
    low, _, high = numbers(found, "latency/main/p95")
    assert low is not None and high is not None and 0.005 < low <= high < 0.008
