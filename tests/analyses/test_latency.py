"""Latency and success against closed forms: sums, queues, retries, order statistics; known ranges, unknowns."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats  # pyright: ignore

from groma.analyses.context import Context
from groma.analyses.latency import bounds, curve, figure
from groma.analyses.registry import figure as entered
from groma.analyses.registry import numbers
from groma.analyses.success import figure as success
from groma.model.figure import Figure, Ledger
from groma.model.load import loads

HEAD = "groma: 1\nsystem: x\ncurrency: EUR\n"


def context(parts: str, steps: str, rate: str = "1/s", more: str = "") -> Context:
    flows = f"flows: {{main: {{starts: {{rate: {rate}}}, steps: {steps}}}}}\n"
    model = loads(f"{HEAD}{more}components: {{{parts}}}\n{flows}")
    return Context(model, None, Ledger(model.digest))  # pyright: ignore


def assert_close(found: Figure, true: float, width: float = 0.01) -> None:
    """The truth lies in the interval, the interval is narrow, and the nominal value near."""
    assert found.low is not None and found.high is not None, found
    assert found.low <= true * (1 + 1e-9) and found.high >= true * (1 - 1e-9), (found.low, true, found.high)
    assert found.high - found.low <= width * true
    assert found.value == pytest.approx(true, rel=width)


def test_a_sum_of_exponential_steps_is_an_erlang_law() -> None:
    given = context(
        "a: {kind: s, offers: {f: {work: 10 ms ± 10 ms}}}", "[{call: a.f}, {call: a.f}, {call: a.f}]"
    )
    for p in (50, 95, 99):
        assert_close(figure(given, f"latency/main/p{p}"), stats.gamma.ppf(p / 100, 3, scale=0.01))
    mean = figure(given, "latency/main/mean")
    assert mean.low == pytest.approx(0.03, rel=1e-12) and mean.high == pytest.approx(0.03, rel=1e-12)


def test_one_queue_of_three_servers_has_its_closed_form() -> None:
    """M/M/3 at 2.4/s with 1 s of work: mean 2.078652 s, p50 1.578807 s, p95 5.729218 s, p99 8.455477 s (Erlang C)."""
    given = context("a: {kind: s, threads: 3, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f}]", "2.4/s")
    assert figure(given, "latency/main/mean").value == pytest.approx(2.078652, rel=1e-6)
    for p, true in (("p50", 1.578807), ("p95", 5.729218), ("p99", 8.455477), ("p99.9", 12.31025)):
        assert_close(figure(given, f"latency/main/{p}"), true)
        assert figure(given, f"latency/main/{p}").value == pytest.approx(true, rel=5e-4)


def test_what_is_most_likely_of_a_known_range_is_its_closed_form() -> None:
    """M/M/3 at 2.4/s, somewhere between 2.3/s and 2.5/s; two kinds of work at one server (Pollaczek-Khinchine)."""
    rate = "{value: 2.4/s, known: 2.3/s .. 2.5/s}"
    given = context("a: {kind: s, threads: 3, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f}]", rate)
    found = figure(given, "latency/main/mean")
    assert found.value == pytest.approx(2.078652, rel=1e-6)
    assert found.low < found.value - 0.1 < found.value + 0.1 < found.high
    pair = context(
        "a: {kind: s, threads: 2, offers: {f: {work: 1 s ± 1 s}}}",
        "[{call: a.f}]",
        "{value: 1.5/s, known: 1.4/s .. 1.6/s}",
    )
    assert figure(pair, "latency/main/mean").value == pytest.approx(1 / (1 - 0.75**2), rel=1e-9)
    part = "a: {kind: s, threads: 1, offers: {f: {work: 1 s}, g: {work: 'uniform(0 s, 4 s)'}}}"
    model = loads(
        f"{HEAD}components: {{{part}}}\nflows:\n"
        "  main: {starts: {rate: {value: 0.3/s, known: 0.28/s .. 0.32/s}}, steps: [{call: a.f}]}\n"
        "  other: {starts: {rate: 0.2/s}, steps: [{call: a.g}]}\n"
    )
    both = Context(model, None, Ledger(model.digest))  # pyright: ignore
    found = figure(both, "latency/main/mean")
    second = 0.3 * 1.0 + 0.2 * 16.0 / 3.0
    assert found.value == pytest.approx(1.0 + second / (2 * (1 - 0.3 - 0.4)), rel=1e-9)


def test_a_server_held_across_a_call_has_the_middle_of_its_bounds() -> None:
    """M/G/1 whose service is 1 s and a nested call of a uniform law, 0 to 2 s: E[S] = 2, E[S^2] = 4 1/3."""
    nested = "a: {kind: s, threads: 1, offers: {f: {work: 1 s, steps: [{call: b.g}]}}}"
    given = context(
        f"{nested}, b: {{kind: s, offers: {{g: {{work: 'uniform(0 s, 2 s)'}}}}}}", "[{call: a.f}]", "0.3/s"
    )
    truth = 2.0 + 0.3 * (4 + 1 / 3) / (2 * (1 - 0.6))
    found = figure(given, "latency/main/mean")
    assert_close(found, truth, 0.02)
    assert found.value == pytest.approx(truth, rel=1e-3)


def test_a_wait_that_is_only_bounded_says_so() -> None:
    def told(work: str) -> list[str]:
        given = context(
            f"a: {{kind: s, threads: 2, offers: {{f: {{work: {work}}}}}}}", "[{call: a.f}]", "1/s"
        )
        return [note for note in figure(given, "latency/main/mean").valid if "bounded" in note]

    assert told("1 s ± 1 s") == told("1 s") == []
    assert ["a: the wait is bounded (" in note for note in told("'uniform(0 s, 2 s)'")] == [True]


def test_five_stations_with_feedback_are_a_jackson_network() -> None:
    """Five M/M/2 stations, 2/s from outside, 1.5/s each server, repeated with probability 0.1: 8.206687 s."""
    parts = ", ".join(
        f"s{n}: {{kind: s, threads: 2, offers: {{f: {{work: 0.6666666667 s ± 0.6666666667 s}}}}}}"
        for n in range(5)
    )
    steps = ", ".join(f"{{repeat: {{until: 90 %, steps: [{{call: s{n}.f}}]}}}}" for n in range(5))
    given = context(parts, f"[{steps}]", "2/s")
    assert figure(given, "latency/main/mean").value == pytest.approx(8.206687, rel=1e-6)


def test_a_retry_until_ok_within_its_timeout_is_a_truncated_geometric_sum() -> None:
    """Exponential attempts of mean 1 s, cut at 2 s: q = exp(-2); one retry; P(ok by t) in closed form."""
    given = context(
        "a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f, timeout: 2 s, retry: {times: 1}}]"
    )
    q = math.exp(-2)
    assert_close(success(given, "success/main"), 1 - q * q, 0.002)
    for p in (0.5, 0.95):
        level = p * (1 - q * q)
        true = -math.log(1 - level) if level <= 1 - q else 2 - math.log(1 - (level - (1 - q)) / q)
        assert_close(figure(given, f"latency/main/p{p * 100:g}"), true)


def test_a_deadline_caps_and_a_fallback_answers() -> None:
    parts = "a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}, b: {kind: s, offers: {f: {work: 100 ms}}}"
    given = context(parts, "[{call: a.f, deadline: 2 s, fallback: [{call: b.f}]}]")
    assert success(given, "success/main").value == pytest.approx(1, abs=1e-9)
    assert_close(figure(given, "latency/main/p95"), 2.1)
    assert_close(figure(given, "latency/main/mean"), 1 - math.exp(-2) + 0.1 * math.exp(-2), 0.002)


def test_parallel_branches_are_order_statistics() -> None:
    parts = "a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}"
    for join, mean in (("all", 1 + 1 / 2 + 1 / 3), ("2", 1 / 3 + 1 / 2), ("any", 1 / 3)):
        given = context(
            parts, f"[{{parallel: [[{{call: a.f}}], [{{call: a.f}}], [{{call: a.f}}]], join: {join}}}]"
        )
        assert_close(figure(given, "latency/main/mean"), mean)


def test_a_hundred_servers_at_a_percentile_of_one() -> None:
    """The tail at scale (Dean and Barroso 2013): 100 parallel calls, 1 % of them slow: 63 % of runs are."""
    slow = "{choose: [{share: 1 %, steps: [{wait: 2 s}]}, {share: 99 %, steps: [{wait: 10 ms}]}]}"
    branches = ", ".join([f"[{slow}]"] * 100)
    given = context("a: {kind: s, offers: {f: {work: 1 s}}}", f"[{{parallel: [{branches}]}}]")
    assert pytest.approx(0.634, abs=1e-3) == 1 - 0.99**100
    assert_close(figure(given, "latency/main/p36"), 0.01, 0.1)
    assert_close(figure(given, "latency/main/p37"), 2.0)


def test_a_hedge_of_exponential_calls_has_its_closed_form() -> None:
    """P(T > t) = exp(-t) before s, exp(-t) exp(-(t - s)) after."""
    given = context("a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f, hedge: {after: 1 s}}]")
    assert_close(figure(given, "latency/main/p95"), (1 - math.log(0.05)) / 2)


def test_time_to_a_mark_is_that_of_runs_that_pass_it() -> None:
    parts = "a: {kind: s, offers: {f: {work: 10 ms, fails: 10 %}, g: {work: 90 ms, fails: 50 %}}}"
    given = context(parts, "[{call: a.f}, {mark: seen}, {call: a.g}]")
    assert_close(figure(given, "latency/main@seen/p99"), 0.01)
    assert_close(figure(given, "latency/main/p99"), 0.1)
    assert success(given, "success/main@seen").value == pytest.approx(0.9, rel=1e-12)
    assert success(given, "success/main").value == pytest.approx(0.45, rel=1e-12)


def test_sizes_that_vary_make_the_time_of_a_call() -> None:
    parts = "m: {kind: llm, offers: {f: {work: 500 ms, per: {output: 10 ms}}}}"
    given = context(parts, "[{call: m.f, sizes: {output: 200 ± 100}}]")
    shape = 4
    assert_close(figure(given, "latency/main/p95"), 0.5 + stats.gamma.ppf(0.95, shape, scale=2 / shape))
    assert_close(figure(given, "latency/main/mean"), 2.5)


def test_a_known_range_moves_the_interval_not_the_law() -> None:
    parts = "a: {kind: s, offers: {f: {work: {value: 100 ms ± 100 ms, known: 80 ms .. 150 ms}}}}"
    found = figure(context(parts, "[{call: a.f}]"), "latency/main/p95")
    ratio = -math.log(0.05)
    assert found.low == pytest.approx(0.08 * ratio, rel=0.01) and found.low <= 0.08 * ratio
    assert found.high == pytest.approx(0.15 * ratio, rel=0.01) and found.high >= 0.15 * ratio
    assert found.value == pytest.approx(0.1 * ratio, rel=0.01)


def test_unknown_work_is_not_zero() -> None:
    parts = "a: {kind: s, offers: {f: {work: 10 ms}, g: {work: unknown}, h: {}}}"
    for operation in ("g", "h"):
        found = figure(context(parts, f"[{{call: a.f}}, {{call: a.{operation}}}]"), "latency/main/p95")
        assert found.value is None and found.high is None and found.low == pytest.approx(0.01, rel=0.01)
        assert found.missing == (f"components.a.offers.{operation}.work",)
    assert figure(context(parts, "[{call: a.g}]"), "latency/main/p95").status == "not shown"


def test_an_unstated_rate_leaves_a_queue_unbounded_and_says_so() -> None:
    found = figure(
        context("a: {kind: s, threads: 2, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f}]", "unknown"),
        "latency/main/p95",
    )
    assert found.value is None and found.high is None and found.missing == ("flows.main.starts.rate",)


def test_a_saturated_station_refuses_and_is_named() -> None:
    found = figure(
        context("a: {kind: s, threads: 2, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f}]", "3/s"),
        "latency/main/p95",
    )
    assert found.status == "not shown" and "components.a is saturated" in found.reason


def test_what_comes_after_a_mark_neither_delays_nor_saturates_it() -> None:
    parts = (
        "a: {kind: s, offers: {f: {work: 10 ms}}}, b: {kind: s, threads: 2, offers: {f: {work: 1 s ± 1 s}}}"
    )
    given = context(parts, "[{call: a.f}, {mark: seen}, {call: b.f}]", "3/s")
    assert_close(figure(given, "latency/main@seen/p99"), 0.01)
    assert bounds(given, "latency/main@seen/p99")[0] <= 0.01
    assert figure(given, "latency/main/p99").status == "not shown"
    assert bounds(given, "latency/main/p99") == (math.inf, math.inf)


def test_numbers_are_those_of_the_figure() -> None:
    """A retry behind a queue (a bracket), a mark, an unknown, a saturated station."""
    a = "a: {kind: s, threads: 3, offers: {f: {work: 1 s ± 2 s, fails: 1 % .. 4 %}}}"
    steps = "[{call: a.f, timeout: 9 s, retry: {times: 2}}, {mark: seen}, {call: b.f}]"
    for work, rate in (("10 ms", "1/s"), ("unknown", "1/s"), ("10 ms", "4/s")):
        given = context(f"{a}, b: {{kind: s, offers: {{f: {{work: {work}}}}}}}", steps, rate)
        for measure in ("latency/main/p95", "latency/main/mean", "latency/main@seen/p99", "success/main"):
            found = numbers(given, measure)
            full = entered(given, measure)
            assert found == (full.low, full.value, full.high), measure
            assert found == numbers(given, measure)


def test_many_servers_with_any_law_are_bounded_and_never_a_point() -> None:
    found = figure(
        context("a: {kind: s, threads: 2, offers: {f: {work: 1 s ± 0.5 s}}}", "[{call: a.f}]", "1/s"),
        "latency/main/p95",
    )
    assert found.value is None and found.low is not None and found.high is not None
    rng = np.random.default_rng(3)
    count = 200_000
    arrive, work = np.cumsum(rng.exponential(1, count)), rng.gamma(4, 0.25, count)
    free, times = [0.0, 0.0], np.empty(count)
    for n in range(count):
        k = 0 if free[0] <= free[1] else 1
        free[k] = max(free[k], arrive[n]) + work[n]
        times[n] = free[k] - arrive[n]
    assert found.low <= float(np.quantile(times, 0.95)) <= found.high


def test_the_curve_rises_and_holds_the_percentiles() -> None:
    given = context("a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f}]")
    drawn = curve(given, "main", points=50)
    assert all(a[1] <= b[1] and a[2] <= b[2] for a, b in itertools.pairwise(drawn))
    for share, low, high in drawn[1:]:
        assert low - 1e-9 <= -math.log(1 - share) <= high + 1e-9


def test_bounds_of_a_closed_model_hold_its_figure() -> None:
    given = context(
        "a: {kind: s, offers: {f: {work: 1 s ± 1 s, fails: 5 %}}}", "[{call: a.f, retry: {times: 1}}]"
    )
    low, high = bounds(given, "latency/main/p95")
    found = figure(given, "latency/main/p95")
    assert found.value is not None and low <= found.value <= high


def test_every_figure_says_what_it_was_made_from() -> None:
    given = context("a: {kind: s, threads: 9, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f, timeout: 9 s}]")
    found = figure(given, "latency/main/p95")
    assert {"model/components.a.offers.f.work", "model/flows.main.steps.1.timeout"} <= set(found.inputs)
    assert "utilisation/a" in found.inputs and found.derivation and found.valid


def test_the_mean_of_the_first_of_two_branches_is_not_moved_by_the_slower_one() -> None:
    """50 ms always, though the lattice ends before the other branch does."""
    given = context("a: {kind: s}", "[{parallel: [[{wait: 50 ms}], [{wait: 200 ms}]], join: any}]")
    assert_close(figure(given, "latency/main/mean"), 0.05)


def test_what_never_ends_in_time_has_no_success() -> None:
    """200 ms of work under a limit of 153 ms: what the numerics leave of it is no success to fit a lattice to."""
    given = context(
        "c: {kind: s, threads: 50, offers: {f: {work: 200 ms}}}", "[{call: c.f, timeout: 153 ms}]", "2/s"
    )
    found = success(given, "success/main")
    assert found.value == pytest.approx(0.0, abs=1e-9) and found.high == pytest.approx(0.0, abs=1e-9)


def test_a_limit_that_few_runs_come_to_decides_how_many_end_well() -> None:
    """A twentieth gives up at 250 ms and then waits for 200 ms more, under a limit of 407 ms; all others take 20 ms."""
    more = "connections: {x: {from: z, to: a, loss: 5 %, gives_up_after: 250 ms}}\n"
    parts = "z: {kind: s}, a: {kind: s, offers: {f: {work: 20 ms ± 2 ms}}}"
    once = "{steps: [{call: a.f, fallback: [{wait: 200 ms}]}], timeout: 407 ms}"
    model = loads(
        f"{HEAD}{more}components: {{{parts}}}\nflows: {{main: {{by: z, starts: {{rate: 1/s}}, steps: [{once}]}}}}\n"
    )
    given = Context(model, None, Ledger(model.digest))  # pyright: ignore
    assert_close(success(given, "success/main"), 0.95, 1e-3)
    assert_close(figure(given, "latency/main/mean"), 0.02, 0.02)
    assert_close(figure(given, "latency/main/p99"), stats.gamma.ppf(0.99, 100, scale=2e-4), 0.02)


def test_what_may_come_at_any_time_keeps_the_lattice_as_fine_as_the_rest_needs() -> None:
    """9 ms and 4 ms at servers that few calls wait for; of attempts at a busy part elsewhere the last may never end."""
    parts = """
  a: {kind: s, threads: 4, offers: {f: {work: 4 ms}, g: {work: 9 ms, fails: 25 %}}}
  b:
    kind: s
    threads: 6
    offers: {f: {work: exponential(7 ms), throttled: 10 %}, g: {work: 2 ms, steps: [{call: a.g}]}}
  c: {kind: s, threads: 2, offers: {f: {work: 'exponential(15 ms)', fails: 30 %}, g: {work: 1 ms, per: {rows: 2 ms}}}}
"""
    again = "{steps: [{call: b.g}, {call: c.f}], cache: {hits: 30 %, takes: 1 ms}, hedge: {after: 30 ms}}"
    limited = "{steps: [{call: c.g, sizes: {rows: 3}, timeout: 25 ms}, {call: b.f}]}"
    flows = f"""
  main: {{starts: {{rate: 10/s}}, steps: [{{call: a.g, hedge: {{after: 30 ms}}}}, {{call: a.f}}]}}
  other: {{starts: {{rate: 20/s}}, steps: [{again}, {limited}]}}
"""
    model = loads(f"{HEAD}components:{parts}flows:{flows}")
    low, _, high = numbers(Context(model, None, Ledger("")), "latency/main/p50")  # pyright: ignore
    assert low is not None and high is not None and low <= 0.013 <= high <= 0.0132
