"""Calibration on made timelines whose scales are known, how close one is, and sizes, all by hand."""

from __future__ import annotations

import math
import warnings
from dataclasses import fields, replace
from importlib import import_module

import numpy as np
import pytest

from groma.solvers.serving import (
    Costs,
    Observed,
    Policy,
    Requests,
    Scales,
    ServingError,
    Targets,
    Timeline,
    at_rate,
    calibrate_on,
    closeness,
    held_out_reach,
    largest_rate,
    poisson,
    scaled,
    simulate,
    sizing,
)

PRICED = Costs(tuple(0.010 + 1e-4 * n for n in range(257)), 2e-6, 1e-7, 5e-4, 1.0, 0.05, 1e-4, 1.0)
POLICY = Policy(256, 64)


def test_scales_are_put_on_what_they_name() -> None:
    found = Scales(2.0, 3.0, 5.0, 7.0, 11.0).on(replace(PRICED, lag=0.5, prompt=1.5))
    assert found.tokens == pytest.approx([2 * v for v in PRICED.tokens])
    assert (found.cached, found.pair, found.sequence) == pytest.approx((6e-6, 1e-7, 2.5e-3))
    assert (found.prompt, found.start, found.start_token, found.lag) == pytest.approx(
        (10.5, 0.55, 1.1e-3, 5.5)
    )
    assert Scales().on(PRICED) == PRICED


def test_every_iteration_and_what_is_outside_by_a_factor() -> None:
    found = scaled(replace(PRICED, lag=0.5), 2.0)
    names = ("cached", "pair", "sequence", "start", "start_token")
    assert [getattr(found, n) for n in names] == pytest.approx([2 * getattr(PRICED, n) for n in names])
    assert found.tokens == pytest.approx([2 * v for v in PRICED.tokens])
    assert (found.prompt, found.lag) == (1.0, 0.5)  # factors on times that are scaled already


def made(scales: Scales, count: int = 60) -> tuple[Requests, Observed]:
    """A timeline of an engine with known scales, busy enough for all of them to show."""
    dice = np.random.default_rng(3)
    inputs, outputs = dice.integers(20, 400, count), dice.integers(1, 60, count)
    requests = poisson(tuple(inputs.tolist()), tuple(outputs.tolist()), 8.0)
    run = simulate(requests, scales.on(PRICED), POLICY, 100_000)
    return requests, Observed(run.first, run.last)


@pytest.mark.parametrize("scales", [Scales(1.5, 0.8, 1.2, 1.1, 2.0), Scales(0.7, 1.3, 1.0, 1.4, 0.6)])
def test_a_calibration_brings_made_times_back(scales: Scales) -> None:
    """Drawn a little towards one, as the prior says; times of requests it never saw come within parts in a hundred."""
    requests, observed = made(scales)
    found = calibrate_on(requests, observed, PRICED, POLICY, 100_000, 40)
    assert math.log(found.outside / scales.outside) == pytest.approx(0.0, abs=0.1)
    held = closeness(requests, observed, simulate(requests, found.on(PRICED), POLICY, 100_000), 40)
    before = closeness(requests, observed, simulate(requests, PRICED, POLICY, 100_000), 40)
    for name in ("tpot", "ttft", "tpot_of_mean", "ttft_of_mean", "latency_of_mean"):
        most = 0.06 if name == "tpot" else 0.03
        assert abs(getattr(held, name)) < most < 0.15 < abs(getattr(before, name))


def test_a_calibration_needs_ten_requests_with_times() -> None:
    requests, observed = made(Scales())
    assert calibrate_on(requests, observed, PRICED, POLICY, 100_000, 10).tokens == pytest.approx(
        1.0, abs=1e-3
    )
    assert calibrate_on(requests, observed, PRICED, POLICY, 100_000, 600) == calibrate_on(
        requests, observed, PRICED, POLICY, 100_000
    )
    short = Observed(observed.first[1:], observed.last[1:])
    closed = replace(requests, arrivals=())
    for asked, seen, count in ((requests, observed, 9), (requests, short, 10), (closed, observed, 10)):
        with pytest.raises(ServingError, match="at least 10"):
            calibrate_on(asked, seen, PRICED, POLICY, 100_000, count)
    with pytest.raises(ServingError, match="in this order"):
        Observed((2.0,), (1.9,))
    with pytest.raises(ServingError, match="in this order"):
        Observed((2.0,), (2.1, 2.2))
    assert Observed((2.0,), (2.0,)).last == (2.0,)


def line(first: tuple[float, ...], last: tuple[float, ...], arrivals: tuple[float, ...]) -> Timeline:
    return Timeline(arrivals, arrivals, first, last, (1,) * len(first), 0, 0, 0.0, ())


def test_how_close_a_run_is_by_hand() -> None:
    """The first of three is left out; the last writes one token alone."""
    requests = Requests((0.0, 10.0, 20.0), (1, 1, 1), (2, 5, 1))
    observed = Observed(
        (9.0, 12.0, 24.0), (9.5, 20.0, 24.0)
    )  # 2 and 4 seconds, 2 between tokens, 10 and 4 in all
    run = line((1.0, 13.0, 23.0), (1.0, 23.0, 23.0), requests.arrivals)  # 3 and 3, 2.5 between, 13 and 3
    found = closeness(requests, observed, run, 1)
    assert found.requests == 2
    told = {f.name: getattr(found, f.name) for f in fields(found)}
    assert told == pytest.approx(
        {
            "requests": 2,
            "tpot": 0.25,
            "tpot_of_mean": 0.25,
            "ttft_of_mean": 0.0,
            "ttft": 1 / 3,
            "latency_of_mean": 2 / 14,
        }
    )
    whole = closeness(requests, observed, run)
    assert whole.tpot == pytest.approx((1.0 + 0.25) / 2) and whole.tpot_of_mean == pytest.approx(
        0.0, abs=1e-12
    )
    assert whole.ttft_of_mean == pytest.approx(7 / 15 - 1)


def test_the_reach_on_stretches_that_a_calibration_never_saw() -> None:
    """Of 130 requests 30 are left out; ten stretches of ten, measured 1.1 to 2 times as long; one more counts as
    outside and nine tenths leave no other there: the largest. Between tokens short answers take as long as simulated
    and long ones three times, alike many but for one stretch (five and three of ten; some write one token alone)."""
    arrivals = tuple(map(float, range(0, 1300, 10)))
    outputs = (3,) * 5 + (11,) * 4 + (1,)
    requests = Requests(arrivals, (1,) * 130, outputs * 12 + (3,) * 4 + (11,) * 4 + (1,) * 2)
    factors = [9.0] * 30 + [1.1 + 0.1 * (i // 10) for i in range(100)]
    first = tuple(a + 2 * f for a, f in zip(arrivals, factors, strict=True))
    steps = [n - 1 for n in requests.outputs]
    observed = Observed(first, tuple(f + (3 * n if n > 2 else n) for f, n in zip(first, steps, strict=True)))
    simulated = tuple(a + 2 for a in arrivals)
    run = line(simulated, tuple(f + n for f, n in zip(simulated, steps, strict=True)), arrivals)
    found = held_out_reach(requests, observed, run, 30)
    assert found is not None
    assert found["ttft"] == pytest.approx((1 / 2.0, 2.0)) and found["tpot"] == pytest.approx(
        (1 / 2, 2.0)
    )  # (4 + 12) / 8
    lower = held_out_reach(requests, observed, run, 30, 0.8)
    assert lower is not None and lower["ttft"] == pytest.approx((1 / 1.9, 1.9))
    assert held_out_reach(requests, observed, run, 31) is None
    alone = replace(requests, outputs=(1,) * 130)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert held_out_reach(alone, observed, run, 30) is None  # nothing between tokens


def test_more_requests_make_no_more_than_twenty_stretches() -> None:
    """Thirty of 400 requests as stretches of twenty: one miss of twenty is beyond what nine tenths of 21 leave."""
    arrivals = tuple(map(float, range(0, 4000, 10)))
    requests, simulated = Requests(arrivals, (1,) * 400, (2,) * 400), tuple(a + 1 for a in arrivals)
    late = tuple(a + (3.0 if i >= 380 else 2.0 if i >= 360 else 1.0) for i, a in enumerate(arrivals))
    observed = Observed(late, tuple(f + 1.0 for f in late))
    run = line(simulated, tuple(f + 1.0 for f in simulated), arrivals)
    found = held_out_reach(requests, observed, run, 0)
    assert found is not None and found["ttft"] == pytest.approx((1 / 2, 2.0))


STEADY = Costs((1.0,) * 257, 0.0, 0.0, 0.0)
"""An iteration takes a second whatever it works on."""


def test_arrivals_on_another_clock() -> None:
    slow = at_rate(Requests((5.0, 6.0, 9.0), (1, 2, 3), (1, 1, 1)), 0.25)
    assert slow.arrivals == pytest.approx((0.0, 2.0, 8.0)) and slow.inputs == (1, 2, 3)
    with pytest.raises(ServingError, match="over some time"):
        at_rate(Requests((5.0, 5.0), (1, 1), (1, 1)), 1.0)
    gaps = np.diff(poisson((1,) * 20001, (1,) * 20001, 4.0).arrivals)
    assert gaps.mean() == pytest.approx(0.25, rel=0.02) and gaps.std() == pytest.approx(0.25, rel=0.02)
    assert poisson((1,), (1,), 4.0) != poisson((1,), (1,), 4.0, 2)


def regular(count: int) -> Requests:
    return Requests(tuple(map(float, range(count))), (1,) * count, (4,) * count)


def test_a_demand_of_three_rates_needs_three_however_it_is_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """2.1 / 0.7 is a little more than three."""
    monkeypatch.setattr(import_module("groma.solvers.serving.sizing"), "largest_rate", lambda *_: 0.7)
    found = sizing(regular(9), STEADY, Policy(64, 1), 1000, Targets(ttft=9.0), 2.1, 2)
    assert (found.instances.value, found.accelerators.value) == (3, 6)


def test_sizes_of_a_regular_stream_by_hand() -> None:
    """One at a time for four seconds, evenly spaced: nobody waits up to a rate of 1/4; beyond, the last of 41 waits
    40 (4 - 1/rate), so that 8 seconds are kept up to 1/3.8."""
    alone = Policy(64, 1)
    found = sizing(regular(41), STEADY, alone, 1000, Targets(ttft=9.0, share=0.999), 9.9, 2)
    assert found.rate.value == pytest.approx(1 / 3.8, rel=0.004) and found.rate.low is found.rate.high is None
    assert (found.instances.value, found.accelerators.value) == (38, 76)
    assert found.in_flight.value == pytest.approx((4 + 4) / 3.8 / 2, rel=0.01)
    off = sizing(regular(41), STEADY, alone, 1000, Targets(ttft=9.0, share=0.999), 9.9, 2, (0.5, 1.25))
    # Slower by a quarter: 5 seconds each, the first token after 1.25, so waits of 7.75; faster by half: 8.5.
    assert (off.rate.low, off.rate.high) == pytest.approx(
        (1 / (5 - 7.75 / 40), 1 / (2 - 8.5 / 40)), rel=0.004
    )
    assert (off.instances.low, off.instances.value, off.instances.high) == (18, 38, 48)
    assert (off.accelerators.low, off.accelerators.value, off.accelerators.high) == (36, 76, 96)
    flights = (8 / 3.8 / 2, (5 + 7.75 / 2) / (5 - 7.75 / 40) / 2, (2 + 8.5 / 2) / (2 - 8.5 / 40) / 2)
    assert (off.in_flight.low, off.in_flight.high) == pytest.approx((min(flights), max(flights)), rel=0.01)


def test_where_the_slower_end_keeps_no_target_there_is_no_number_that_does() -> None:
    found = sizing(regular(41), STEADY, Policy(64, 1), 1000, Targets(ttft=1.1), 10.0, 1, (0.5, 1.25))
    assert (found.rate.low, found.instances.high, found.accelerators.high) == (0.0, math.inf, math.inf)
    assert found.in_flight.low == 0.0 and found.rate.value > 0


def test_no_rate_keeps_what_one_alone_does_not() -> None:
    with pytest.raises(
        ServingError, match=r"a request alone takes 1 s to the first token and 1e[+]03 ms between"
    ):
        sizing(regular(9), STEADY, Policy(64, 1), 1000, Targets(tpot=0.9), 1.0)
    single = replace(regular(9), outputs=(1,) * 9)
    with pytest.raises(ServingError, match=r"a request alone takes 1 s to the first token$"):
        sizing(single, STEADY, Policy(64, 1), 1000, Targets(ttft=0.9), 1.0)
    for demand in (0.0, math.inf, math.nan):
        with pytest.raises(ServingError, match="demand above zero"):
            sizing(regular(9), STEADY, Policy(64, 1), 1000, Targets(ttft=9.0), demand)


def test_the_rate_of_many_at_a_time_is_found_however_quick_they_are() -> None:
    """Sixteen at a time for four thousandths of a second; the last but one wave begins at 36 of them. By default an
    instance is one accelerator, and as many are needed as the demand is times the rate, however that is rounded."""
    quick, crowd, targets = (
        Costs((1e-3,) * 257, 0.0, 0.0, 0.0),
        Policy(64, 16),
        Targets(ttft=2.1e-3, share=0.999),
    )
    found = sizing(regular(160), quick, crowd, 1000, targets, 1.0)
    assert found.rate.value == pytest.approx(4000.0, rel=0.05)
    assert found.accelerators.value == 1
    for times in range(1, 60):
        again = sizing(regular(2), STEADY, Policy(64, 1), 1000, Targets(ttft=9.0), times * found.rate.value)
        assert again.instances.value == math.ceil(times * found.rate.value / again.rate.value - 1e-6)


def test_the_last_token_of_those_that_write_one_alone_says_nothing() -> None:
    requests, observed = made(Scales(tokens=1.3))
    late = [b + (5.0 if n == 1 else 0.0) for b, n in zip(observed.last, requests.outputs, strict=True)]
    assert 1 in requests.outputs
    found = (
        calibrate_on(requests, Observed(observed.first, tuple(b)), PRICED, POLICY, 100_000)
        for b in (observed.last, late)
    )
    assert len(set(found)) == 1


def test_a_first_token_at_once_or_an_engine_that_takes_no_time_is_no_error() -> None:
    requests, observed = made(Scales())
    first = (requests.arrivals[0], *observed.first[1:])
    assert calibrate_on(requests, replace(observed, first=first), PRICED, POLICY, 100_000).tokens < 2.0
    nothing = Costs((0.0,) * 257, 0.0, 0.0, 0.0)
    assert largest_rate(regular(9), nothing, Policy(64, 1), 1000, Targets(ttft=1.0)) > 1e6


def test_a_request_whose_tokens_came_at_once_does_not_break_a_calibration() -> None:
    requests, observed = made(Scales())
    last = (observed.first[0], *observed.last[1:])
    assert requests.outputs[0] > 1
    found = calibrate_on(requests, replace(observed, last=last), PRICED, POLICY, 100_000)
    assert found.tokens == pytest.approx(1.0, abs=0.05)


def test_targets_are_kept_up_to_their_ends() -> None:
    run = Timeline((0.0, 0.0), (0.0, 0.0), (1.0, 2.0), (3.0, 2.0), (3, 1), 0, 0, 0.0, ())
    assert (
        Targets(ttft=2.0).kept(run)
        and not Targets(ttft=1.9).kept(run)
        and Targets(ttft=1.0, share=0.5).kept(run)
    )
    assert Targets(tpot=1.0).kept(run) and not Targets(tpot=0.9).kept(run)
    assert not Targets(ttft=2.0, tpot=0.9).kept(run) and not Targets(ttft=1.9, tpot=1.0).kept(run)
    assert Targets(tpot=0.1).kept(replace(run, outputs=(1, 1)))
