"""Policies and statements that random programs do not reach: greatest values, losses, limits, breakers, budgets."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from groma.analyses.context import Context
from groma.analyses.latency import figure
from groma.analyses.outcome.call import overflow
from groma.analyses.success import figure as success
from groma.analyses.visits.counts import expected, uses
from groma.model.figure import Ledger
from groma.model.load import loads


def context(parts: str, steps: str, more: str = "") -> Context:
    head = "groma: 1\nsystem: x\ncurrency: EUR\n"
    model = loads(
        f"{head}components: {{{parts}}}\n{more}flows: {{main: {{starts: {{rate: 1/s}}, steps: {steps}}}}}\n"
    )
    return Context(model, None, Ledger(model.digest))  # pyright: ignore


def test_a_stated_greatest_value_cuts_the_law_off() -> None:
    given = context("a: {kind: s, offers: {f: {work: {value: 1 s ± 1 s, max: 2 s}}}}", "[{call: a.f}]")
    assert figure(given, "latency/main/p99").value == pytest.approx(2, rel=0.01)
    mean = figure(given, "latency/main/mean")
    assert mean.low is not None and mean.high is not None
    assert (mean.low, mean.high) == (pytest.approx(1 - math.exp(-2)), pytest.approx(1 - math.exp(-2)))


def test_a_lost_message_is_a_timeout_where_the_caller_has_one() -> None:
    wire = "connections: {w: {from: b, to: a, latency: 1 ms, loss: 20 %}}\n"
    parts = "a: {kind: s, offers: {f: {work: 10 ms}}}, b: {kind: s}"
    waiting = success(context(parts, "[{call: a.f}]", wire), "success/main")
    assert waiting.value == pytest.approx(0.8) and any("lost message" in note for note in waiting.valid)
    given = context(parts, "[{call: a.f, timeout: 1 s, retry: {times: 1, on: [timeout]}}]", wire)
    assert success(given, "success/main").value == pytest.approx(0.96)
    assert figure(given, "latency/main/p99").value == pytest.approx(1.011, rel=0.01)


def test_a_token_bucket_turns_away_no_more_than_its_bound() -> None:
    rng = random.Random(5)
    offered, rate, burst, tokens, turned, count = 8.0, 10.0, 5, 5.0, 0, 200_000
    for _ in range(count):
        tokens = min(tokens + rng.expovariate(offered) * rate, burst)
        if tokens >= 1:
            tokens -= 1
        else:
            turned += 1
    most, _ = overflow(offered, rate, burst)
    assert turned / count <= most < 0.5
    assert overflow(12, 10, 5)[0] == 1.0 and overflow(0, 10, 5)[0] == 0.0


def test_a_rate_limit_is_held_against_what_is_offered() -> None:
    parts = "a: {kind: s, offers: {f: {work: 10 ms}}}"
    roomy = success(context(parts, "[{call: a.f, limit: {rate: 10/s, burst: 50}}]"), "success/main")
    tight = success(context(parts, "[{call: a.f, limit: {rate: 0.5/s}}]"), "success/main")
    assert roomy.low == pytest.approx(1, abs=1e-6) and roomy.value is not None
    assert tight.low == 0 and tight.high == 1 and tight.value is None


def test_a_breaker_that_may_open_leaves_only_bounds() -> None:
    parts = "a: {kind: s, offers: {f: {work: 10 ms, fails: 30 %}}}"
    policy = "breaker: {opens_at: %s, window: 10 s, half_open_after: 5 s}"
    closed = success(context(parts, f"[{{call: a.f, {policy % '50 %'}}}]"), "success/main")
    opening = success(context(parts, f"[{{call: a.f, {policy % '20 %'}}}]"), "success/main")
    assert closed.value == pytest.approx(0.7) and any("stays closed" in note for note in closed.valid)
    assert opening.value is None and opening.low == 0 and opening.high == pytest.approx(0.7)


def test_a_retry_budget_bounds_attempts_and_success() -> None:
    parts = "a: {kind: s, offers: {f: {work: 10 ms, fails: 30 %}}}"
    given = context(parts, "[{call: a.f, retry: {times: 2, budget: 10 %}}]")
    attempts = expected(uses(given, "main"), "a")
    assert attempts.low == 1 and attempts.high == pytest.approx(1.1)
    found = success(given, "success/main")
    assert found.low == pytest.approx(0.7) and found.high == pytest.approx(1 - 0.3**3)


def test_a_full_queue_turns_calls_away_as_erlang_says() -> None:
    """M/M/1/1 (no place to wait) at load 0.5: Erlang B = 0.5 / 1.5."""
    given = context(
        "a: {kind: s, threads: 1, queue: 0, offers: {f: {work: 500 ms ± 500 ms}}}", "[{call: a.f}]"
    )
    assert success(given, "success/main").value == pytest.approx(1 - 0.5 / 1.5, rel=1e-6)


def test_a_range_of_failures_keeps_its_mass_through_a_retry() -> None:
    part = "a: {kind: s, offers: {f: {work: 10 ms, fails: {value: 10 %, known: 5 % .. 20 %}}}}"
    found = success(context(part, "[{call: a.f, retry: {times: 1}}]"), "success/main")
    assert (found.low, found.high) == (pytest.approx(0.96, rel=1e-9), pytest.approx(0.9975, rel=1e-9))


def test_a_greatest_value_of_work_leaves_what_sizes_add_as_it_is() -> None:
    """min(X, 2 s) of an exponential law of mean 1 s, and 3 s for what is carried: 1 - exp(-2) + 3."""
    part = "a: {kind: s, offers: {f: {work: {value: 1 s ± 1 s, max: 2 s}, per: {rows: 1 s}}}}"
    given = context(part, "[{call: a.f, sizes: {rows: 3}}]")
    mean = figure(given, "latency/main/mean")
    assert mean.low is not None and mean.high is not None
    assert (mean.low, mean.high) == (pytest.approx(4 - math.exp(-2)), pytest.approx(4 - math.exp(-2)))
    assert figure(given, "latency/main/p99").value == pytest.approx(5, rel=0.01)


def test_a_queue_serves_work_that_is_cut_off_as_pollaczek_and_khinchine_say() -> None:
    """E[min(X, m)] = 1 - exp(-m), E[min(X, m)^2] = 2 (1 - (1 + m) exp(-m)) of the exponential law; m = 2."""
    given = context(
        "a: {kind: s, threads: 1, offers: {f: {work: {value: 1 s ± 1 s, max: 2 s}}}}", "[{call: a.f}]"
    )
    first, second = 1 - math.exp(-2), 2 * (1 - 3 * math.exp(-2))
    mean = figure(given, "latency/main/mean")
    assert mean.low is not None and mean.high is not None
    assert mean.low <= first + second / (2 * (1 - first)) <= mean.high
    assert mean.high < 1.1 * (first + second / (2 * (1 - first)))


def test_how_long_a_person_takes_is_missing_where_nobody_says_it() -> None:
    people = "people: {ana: {role: clerk}}\n"
    found = figure(context("a: {kind: s}", "[{ask: ana}]", people), "latency/main/mean")
    assert found.value is None
    assert any("takes" in name for name in found.missing)


def test_a_queue_that_scales_turns_away_between_what_its_least_and_its_most_do() -> None:
    """No place to wait, load 1/2: Erlang B is 1/3 with one server and 1/13 with two."""
    part = "a: {kind: s, threads: 1, queue: 0, scales: {to: 2, aims: 70 %, every: 10 s, after: 20 s}, "
    found = success(context(part + "offers: {f: {work: 500 ms ± 500 ms}}}", "[{call: a.f}]"), "success/main")
    assert (found.low, found.high) == (pytest.approx(2 / 3, rel=1e-6), pytest.approx(12 / 13, rel=1e-6))
    assert found.value is None


def test_counts_are_followed_to_a_bound_and_no_further() -> None:
    from groma.analyses.outcome.repeat import MOST_ROUNDS, count_law
    from groma.model.law import Constant

    followed = count_law(Constant(float(MOST_ROUNDS)), None)
    assert followed is not None and followed[-1] == 1.0 and followed.sum() == 1.0
    assert count_law(Constant(MOST_ROUNDS + 1.0), None) is None


def test_what_is_given_up_has_ended_by_then_in_every_row() -> None:
    from groma.analyses.outcome.algebra import after, any_end, limited
    from groma.analyses.outcome.law import NOMINAL, Grid
    from groma.analyses.outcome.quantity import time_law

    given = context("a: {kind: s, offers: {f: {work: 1 s ± 1 s}}}", "[{call: a.f}]")
    work = given.model.components["a"].offers["f"].work
    grid = Grid(0.01, 512)
    whole = any_end(grid, limited(grid, after(time_law(grid, work)), 0.7))  # pyright: ignore
    assert whole.cdf[:, 75] == pytest.approx([1.0, 1.0, 1.0])
    assert whole.cdf[NOMINAL, 60] == pytest.approx(1 - math.exp(-0.605), abs=0.005)


def test_two_kinds_of_calls_wait_as_pollaczek_and_khinchine_say_of_their_mixture() -> None:
    """1/s of each: E[S^2] = (0.08 + 0.36) / 2, busy 0.8 of the time, so each waits 2 x 0.22 / 0.4 = 1.1 s."""
    part = "a: {kind: s, threads: 1, offers: {f: {work: 200 ms ± 200 ms}, g: {work: 600 ms}}}"
    more = "  other: {starts: {rate: 1/s}, steps: [{call: a.g}]}\n"
    model = loads(
        f"groma: 1\nsystem: x\ncurrency: EUR\ncomponents: {{{part}}}\n"
        f"flows:\n  main: {{starts: {{rate: 1/s}}, steps: [{{call: a.f}}]}}\n{more}"
    )
    given = Context(model, None, Ledger(model.digest))  # pyright: ignore
    assert figure(given, "latency/main/mean").value == pytest.approx(1.1 + 0.2, rel=1e-6)
    assert figure(given, "latency/other/mean").value == pytest.approx(1.1 + 0.6, rel=1e-6)


def test_a_wait_that_isnt_in_turn_is_not_bounded() -> None:
    for discipline in ("lifo", "sharing"):
        part = (
            f"a: {{kind: s, threads: 1, discipline: {discipline}, offers: {{f: {{work: 500 ms ± 500 ms}}}}}}"
        )
        found = figure(context(part, "[{call: a.f}]"), "latency/main/p95")
        assert found.high is None and found.value is None
        assert "isn't bounded" in found.reason


def test_a_time_limit_that_is_always_kept_leaves_what_follows_it_out() -> None:
    """What the fallback takes isn't known, and doesn't matter: 10 ms never take longer than a second."""
    part = "a: {kind: s, offers: {f: {work: 10 ms}, g: {work: unknown}}}"
    for policy in ("timeout", "deadline"):
        given = context(part, f"[{{call: a.f, {policy}: 1 s, fallback: [{{call: a.g}}]}}]")
        found = figure(given, "latency/main/mean")
        assert found.missing == () and found.value == pytest.approx(0.01)
        tight = figure(
            context(part, f"[{{call: a.f, {policy}: 5 ms, fallback: [{{call: a.g}}]}}]"), "latency/main/mean"
        )
        assert tight.missing == ("components.a.offers.g.work",)


def test_the_mean_wait_at_one_server_is_that_of_pollaczek_and_khinchine_at_both_ends() -> None:
    """E[S] = 0.5, E[S^2] = 0.3125 at 1/s: 0.3125 / (2 x 0.5) of waiting."""
    part = "a: {kind: s, threads: 1, offers: {f: {work: 500 ms ± 250 ms}}}"
    mean = figure(context(part, "[{call: a.f}]"), "latency/main/mean")
    assert (mean.low, mean.value, mean.high) == pytest.approx((0.8125, 0.8125, 0.8125))


def test_two_servers_of_constant_work_wait_as_counted_from_one_work_time_to_the_next() -> None:
    """Crommelin 1932: how many are there a work time later is max(N - 2, 0) and those that come meanwhile."""
    load, most = 1.6, 400
    coming = np.array([math.exp(n * math.log(load) - load - math.lgamma(n + 1)) for n in range(most)])
    there = np.eye(1, most)[0]
    for _ in range(3000):
        left = np.concatenate(([there[:3].sum()], there[3:], [0.0, 0.0]))
        there = np.convolve(left, coming)[:most]
    queue = float(np.maximum(np.arange(most) - 2, 0) @ there)
    part = f"a: {{kind: s, threads: 2, offers: {{f: {{work: {load} s}}}}}}"
    mean = figure(context(part, "[{call: a.f}]"), "latency/main/mean")
    assert mean.low is not None and mean.high is not None
    assert mean.low <= load + queue + 1e-9 and load + queue <= mean.high + 1e-9
    assert mean.value == pytest.approx(load + queue, rel=1e-3)


def test_branches_that_fail_in_several_ways_are_tried_again_as_often_as_they_fail_at_all() -> None:
    """Both end well in 0.9 x (1 - exp(-1)) of cases, whatever keeps them from it."""
    parts = (
        "a: {kind: s, offers: {f: {work: 10 ms, fails: 10 %}}}, b: {kind: s, offers: {g: {work: 1 s ± 1 s}}}"
    )
    steps = (
        "[{parallel: [[{call: a.f}], [{call: b.g, timeout: 1 s}]], retry: {times: 1, on: [failed, timeout]}}]"
    )
    found, once = success(context(parts, steps), "success/main"), 0.9 * (1 - math.exp(-1))
    assert found.low == pytest.approx(1 - (1 - once) ** 2, rel=2e-3)
    assert found.high == pytest.approx(1 - (1 - once) ** 2, rel=2e-3)


def test_the_least_wait_at_servers_is_that_of_the_calls_that_surely_come() -> None:
    """M/M/2 of 1 s: 0.9/s to 1/s, and up to 0.1/s of another kind: at least C(2, 0.9) / 1.1 of waiting."""
    part = "a: {kind: s, threads: 2, offers: {f: {work: 1 s ± 1 s}, g: {work: 1 s}}}"
    shares = "{share: {value: 5 %, known: 0 % .. 10 %}, steps: [{call: a.g}]}"
    shares += ", {share: {value: 95 %, known: 90 % .. 100 %}, steps: [{call: a.f}]}"
    mean = figure(context(part, f"[{{choose: [{shares}]}}]"), "latency/main/mean")
    waits = 0.45**2 * 2 / (1 + 0.45) / 1.1  # Erlang C of two servers: 2 rho^2 / (1 + rho)
    assert mean.low == pytest.approx(1 + waits, rel=0.02)


def test_runs_that_may_come_in_time_or_not_count_in_the_greatest_mean() -> None:
    """How long calls wait isn't known here; in truth none does. 30 % take 0.1 s and then 0.2 s ± 0.2 s and are given up
    after 0.15 s: 1 - exp(-1/4) of them end well."""
    part = "a: {kind: s, threads: 50, discipline: lifo, offers: {f: {work: 200 ms ± 200 ms}}}"
    steps = "[{choose: [{share: 30 %, steps: [{steps: [{wait: 100 ms}, {call: a.f}], timeout: 150 ms}]}, "
    found = figure(context(part, steps + "{share: 70 %, steps: []}]}]"), "latency/main/mean")
    ends = -math.expm1(-0.25)
    more = (0.2 - math.exp(-0.25) * (0.2 + 0.05)) / ends
    truth = 0.3 * ends * (0.1 + more) / (0.7 + 0.3 * ends)
    assert found.low is not None and found.high is not None
    assert found.low <= truth <= found.high


def test_what_may_be_late_or_not_has_no_nominal_share_that_is_in_time() -> None:
    """How long calls wait isn't known here; in truth none does, and 1 - exp(-1.53) of them are in time."""
    parts = "c: {kind: s, threads: 50, discipline: lifo, offers: {g: {work: 100 ms ± 100 ms}}}"
    parts += ", a: {kind: s, threads: 50, offers: {f: {work: 50 ms}}}"
    late = "[{call: a.f}, {wait: 203 ms}]"
    for steps in (
        "[{steps: [{call: c.g}], timeout: 153 ms}]",
        f"[{{parallel: [[{{call: c.g}}], {late}], join: any, timeout: 153 ms}}]",
    ):
        found = success(context(parts, steps), "success/main")
        assert found.value is None and found.low is not None and found.high is not None
        assert found.low <= -math.expm1(-1.53) <= found.high < 0.79
