"""Runs read for their figures: lattices that fit, what is asked of them, and how what is read is told."""

from __future__ import annotations

import math

import pytest

from analyses.given import context
from groma.analyses import Context, figure, runs
from groma.analyses.latency import bounds, curve, numbers
from groma.analyses.outcome.law import Grid
from groma.analyses.outcome.wait import Effort
from groma.analyses.runs import fitted, searching_grid, success_asked, target_of

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


@pytest.mark.parametrize(
    ("work", "fails", "statistic", "low", "high"),
    [
        ("{value: 30 s, known: 1 s .. 1000000 s}", "0 %", "p95", 1.0, 1e6),
        (
            "{value: exponential(30 s), known: 1 s .. 50 s}",
            "0 %",
            "p95",
            math.log(20),
            50.0 * math.log(20),
        ),
        ("exponential(700 ms)", "0 % .. 90 %", "p99.9", 0.7 * -math.log(1 - 0.0999), 0.7 * math.log(1e4)),
    ],
)
def test_a_lattice_holds_both_ends_of_what_is_not_known(
    work: str, fails: str, statistic: str, low: float, high: float
) -> None:
    """The quick end may be a millionth of the slow one; where maybe a tenth of the runs ends well, 99.9 % of those have
    where one in ten thousand of all is left."""
    found = figure(context(text(work, fails)), f"latency/main/{statistic}")
    assert found.high == pytest.approx(high, rel=0.01)
    assert found.low is not None and low * 0.99 - high / 4000 <= found.low <= low * (1 + 1e-9)


TWICE = """
components: {a: {kind: s, threads: 1, offers: {f: {work: 10 ms}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f}, {wait: 1 ms}, {call: a.f}]}}
"""


def test_a_lattice_is_made_longer_where_it_turns_out_too_short() -> None:
    """One call in a hundred waits, for 10 ms at the most: 0.041 s of two calls, and what isn't known."""
    found = figure(context(TWICE), "latency/main/p99")
    assert found.low is not None and found.high is not None
    assert found.low <= 0.021 <= found.high <= 0.045


@pytest.mark.parametrize(
    ("fails", "steps", "horizon"),
    [
        (
            "0 %",
            "{choose: [{share: 90 %, steps: [{wait: 1 s}]}, {share: 10 %, steps: [{wait: 30 s}]}], timeout: 20 s}",
            2**4.75,
        ),
        ("0 % .. 0.2 %", "{call: a.f, timeout: 20 s}", 16.0),
    ],
)
def test_a_lattice_reaches_a_limit_that_decides_how_many_end_well(
    fails: str, steps: str, horizon: float
) -> None:
    """Runs are over after a second, or late at 20 s, and a quarter more, to the next power of the fourth root of two,
    is 2^4.75. Of runs of 2 s all but one in two thousand are over after 15.2 s: how many of the others are late leaves
    less open than that maybe one in five hundred fails."""
    parts = f"components: {{a: {{kind: s, offers: {{f: {{work: exponential(2 s), fails: {fails}}}}}}}}}\n"
    c = context(f"{parts}flows: {{main: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}\n")
    assert fitted(c, "main", None).grid.horizon == pytest.approx(horizon)


@pytest.mark.parametrize(
    ("seconds", "fails", "most"),
    [
        (1e-9, "0 %", 7),
        (2e-6, "50 %", 5),
        (3e-3, "0 %", 4),
        (0.7, "0 %", 2),
        (0.7, "0 % .. 50 %", 4),
        (50.0, "0 %", 4),
        (50.0, "0 % .. 50 %", 4),
        (7e4, "50 %", 7),
        (1e9, "0 %", 12),
        (1e12, "0 %", 14),
        (0.7, "100 %", 2),
    ],
)
def test_a_lattice_is_found_in_few_readings(
    seconds: float, fails: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight times longer or up to 76 times shorter with each, and at most three fine ones."""
    read, seen = runs.read_runs, [0]

    def counting(
        context: Context, flow: str, mark: str | None, grid: Grid, effort: Effort = "proof"
    ) -> runs.Runs:
        seen[0] += 1
        return read(context, flow, mark, grid, effort)

    monkeypatch.setattr(runs, "read_runs", counting)
    fitted(context(text(f"exponential({seconds:.12f} s)", fails)), "main", None)
    assert seen[0] <= most


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
