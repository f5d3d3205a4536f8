"""Calls after a time limit that meet the same queue again: bounds against chains, closed forms and the simulator."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analyses.given import CATALOG, HEAD, context
from groma.analyses import assess, figure
from groma.analyses.context import Context
from groma.analyses.loads.ends import ceilings
from groma.analyses.outcome.algebra import Outcome
from groma.analyses.outcome.attempts import at_any_time, going_along, named_by, refused
from groma.analyses.outcome.late import NEVER, behind, blocked
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective, Grid, fixed, scaled
from groma.analyses.reach import comes_late
from groma.analyses.visits.most import MostVisits
from groma.model.load import loads
from groma.solvers.queueing import mmck

TEXT = """
components:
  desk: {{kind: s, threads: {threads}, {more} offers: {{f: {{work: {work}}}}}}}
  shop: {{kind: s, threads: 4, offers: {{g: {{work: 10 ms, steps: [{step}]}},
    h: {{work: 10 ms, steps: [{{call: desk.f}}]}}}}}}
flows:
  main: {{starts: {{rate: {rate:g}/s}}, steps: [{step}]}}
"""


def text(step: str, rate: float = 0.3, threads: int = 1, work: str = "1 s ± 1 s", more: str = "") -> str:
    return TEXT.format(step=step, rate=rate, threads=threads, work=work, more=more)


def crowds(rate: float, servers: int, crowd: float, size: int, room: int = 600) -> tuple[np.ndarray, float]:
    """The law of the number at a station of exponential work of 1 s, to which calls come in a Poisson stream and, with
    this rate, `size` more at once; and the servers that all of them keep busy."""
    moves = np.zeros((room + 1, room + 1))
    for n in range(room + 1):
        moves[n, min(n + 1, room)] += rate
        moves[n, min(n + size, room)] += crowd
        if n:
            moves[n, n - 1] += min(n, servers)
    np.fill_diagonal(moves, 0.0)
    generator = moves - np.diag(moves.sum(axis=1))
    generator[:, 0] = 1.0
    law = np.linalg.solve(generator.T, np.eye(1, room + 1)[0])
    return law, float(np.minimum(np.arange(room + 1), servers) @ law)


@pytest.mark.parametrize("servers", [1, 2, 5])
@pytest.mark.parametrize(("crowd", "size"), [(0.1, 1), (0.05, 4), (0.004, 40), (0.0005, 150)])
def test_crowds_never_make_more_calls_wait_than_is_told(servers: int, crowd: float, size: int) -> None:
    """The least favourable are seldom and large: one crowd of 150 comes within a fifth of the bound."""
    rate = 0.5 * servers
    law, busy = crowds(rate, servers, crowd, size)
    alone, _ = crowds(rate, servers, 0.0, 1)
    most = blocked(servers, rate, crowd * size)
    assert busy == pytest.approx(rate + crowd * size, rel=1e-5)
    for n in range(servers, 40):
        assert law[: n + 1].sum() >= (1.0 - most) * alone[: n + 1].sum() - 1e-12
    if size == 150:
        waiting = 1.0 - law[:servers].sum()
        told = 1.0 - (1.0 - most) * alone[:servers].sum()
        assert waiting < told < waiting + 0.2 * most


@pytest.mark.parametrize(("rate", "limit"), [(0.3, 4.0), (0.3, 10.0), (0.1, 2.0), (0.4, 30.0)])
def test_one_attempt_more_at_one_server_in_closed_form(rate: float, limit: float) -> None:
    """Of M/M/1 calls alone a share p = exp(-(1 - rate) limit) is late. With q the most that is, rate q servers more
    are asked for: q = 1 - (1 - rate q / (1 - rate)) (1 - p). At best attempts are independent: p^2 fail."""
    alone = math.exp(-(1.0 - rate) * limit)
    worst = alone / (1.0 - (1.0 - alone) * rate / (1.0 - rate))
    step = f"{{call: desk.f, timeout: {limit:g} s, retry: {{times: 1}}}}"
    c = context(text(step, rate))
    shown, calls = figure(c, "success/main"), figure(c, "throughput/desk")
    assert shown.low == pytest.approx(1.0 - worst, abs=0.012 * worst + 5e-4)
    assert shown.high == pytest.approx(1.0 - alone**2, abs=0.05 * alone**2 + 1e-9)
    assert calls.low == pytest.approx(rate * (1.0 + alone), rel=1e-2)
    assert calls.high == pytest.approx(rate * (1.0 + worst), rel=1e-2)
    assert (shown.value is None) is (worst > 1e-3)
    assert any("also all at once" in note for note in shown.valid)


CASES = [
    text("{call: desk.f, timeout: 2 s, retry: {times: 1}}"),
    text("{call: desk.f, timeout: 2 s, retry: {times: 2, backoff: 100 ms}}"),
    text("{call: desk.f, timeout: 4 s, retry: {times: 2}}", work="1 s"),
    text("{call: desk.f, timeout: 3 s, retry: {times: 1}}", work="500 ms ± 1 s"),
    text("{call: desk.f, timeout: 2 s, retry: {times: 1}}", 0.9, 3),
    text("{call: desk.f, timeout: 2 s, retry: {times: 1}}", 1.2, 3, "1 s"),
    text("{call: desk.f, timeout: 3 s, hedge: {after: 1500 ms}}", 0.6, 2, "1 s ± 2 s"),
    text("{call: desk.f, timeout: 2 s, fallback: [{call: desk.f}]}", 0.6, 2),
    text("{call: desk.f, timeout: 2 s, fallback: [{call: desk.f, timeout: 2 s}]}"),
    text("{call: desk.f, deadline: 2 s, fallback: [{wait: 1 s}, {call: desk.f, timeout: 2 s}]}", 0.4),
    text("{call: desk.f, timeout: 2 s, fallback: [{call: shop.h, timeout: 2 s}]}", 0.9, 3),
    text("{call: desk.f, fallback: [{call: desk.f}]}", 0.6, 1, "1 s", "queue: 2,"),
    text("{call: desk.f, timeout: 2 s, retry: {times: 2, backoff: 1 s}, deadline: 5 s}"),
    text("{call: desk.f, timeout: 2 s, retry: {times: 1, on: timeout}}", more="queue: 2,"),
    text("{call: desk.f, timeout: 2 s, retry: {times: 1}}", work="1 s", more="queue: 2,"),
]


@pytest.mark.compiled
@pytest.mark.parametrize("model", CASES)
def test_the_simulation_lies_between_the_ends(model: str) -> None:
    ledger = assess(loads(HEAD + model), CATALOG)
    for name in (
        "success/main",
        "throughput/desk",
        "utilisation/desk",
        "latency/main/mean",
        "latency/main/p95",
    ):
        shown = ledger[name]
        assert shown.second is not None, name
        assert not shown.disputed, (name, shown.low, shown.high, shown.second)
        if shown.second.low is not None and shown.second.high is not None:
            assert shown.low is not None and shown.second.high >= shown.low * 0.99
            assert shown.high is None or shown.second.low <= shown.high * 1.01


def test_attempts_that_hardly_wait_stay_nearly_independent() -> None:
    """Twenty servers, one call a second: late by their work alone with chance e^-2, so that e^-4 fail twice."""
    shown = figure(context(text("{call: desk.f, timeout: 2 s, retry: {times: 1}}", 1.0, 20)), "success/main")
    assert shown.low is not None and shown.high is not None
    assert shown.low == pytest.approx(1 - math.exp(-4.0), abs=2e-3)
    assert shown.high == pytest.approx(1 - math.exp(-4.0), abs=1e-4)
    calm = figure(
        context(text("{call: desk.f, timeout: 6 s, retry: {times: 1}}", 1.0, 20)), "throughput/desk"
    )
    assert calm.value == pytest.approx(1 + math.exp(-6.0), rel=1e-4)


def test_without_any_queue_attempts_are_independent() -> None:
    c = context(text("{call: desk.f, timeout: 2 s, retry: {times: 1}}").replace("threads: 1, ", ""))
    assert figure(c, "success/main").value == pytest.approx(1 - math.exp(-4.0), rel=1e-4)


def test_where_all_attempts_would_ask_for_more_than_there_is_nothing_is_sure() -> None:
    shown = figure(context(text("{call: desk.f, timeout: 2 s, retry: {times: 1}}", 0.6)), "success/main")
    assert shown.low == 0.0 and any("may saturate" in note for note in shown.valid)


def test_the_wait_behind_crowds() -> None:
    """Two servers, one kept busy by others and a quarter by crowds: a quarter of the time they may block; of all calls
    at most five eighths find both busy; no mean is known."""
    grid = Grid(1.0, 8)
    cells = np.zeros((3, 8))
    cells[:, 0], cells[:, 2] = 0.5, 0.5
    found = behind(grid, Defective(cells, np.ones(3), np.ones(3)), 2, 1.0, 0.25, math.inf)
    assert blocked(2, 1.0, 0.25) == 0.25 and blocked(2, 2.0, 0.1) == 1.0 and blocked(1, 0.5, 2.0) == 1.0
    assert found.cdf[SLOW, [0, 1, 2, 7]] == pytest.approx([0.375, 0.375, 0.75, 0.75])
    assert found.cdf[FAST, [0, 2]] == pytest.approx([0.5, 1.0]) and found.moment[SLOW] == math.inf
    freer = behind(grid, Defective(cells, np.ones(3), np.ones(3)), 4, 0.5, 0.75, 3.0)
    assert freer.cdf[SLOW, 0] == pytest.approx(1 - 1.25 / 4) and freer.moment[SLOW] == 3.0


def test_how_many_come_late_is_carried_through_what_stands_inside() -> None:
    once = NEVER.among(2.0, 1.5, 0.9, 3.0)
    both = once.among(4.0, 3.0, 0.5, 2.0, 1e-4)
    assert (once.share, once.calm, once.tries, once.alone) == (0.25, 0.9, 3.0, False)
    assert both.share == pytest.approx(0.25 + 0.75 * 0.25) and both.calm == pytest.approx(0.45)
    assert both.tries == 6.0 and not both.seldom and NEVER.among(2.0, 1.0, 1.0, 2.0, 1e-4).seldom
    assert not NEVER.matters and once.matters and NEVER.among(0.0, 0.0, 1.0, 2.0).share == 0.0


def test_of_an_end_at_any_time_only_the_last_moment_of_all_is_known() -> None:
    grid = Grid(1.0, 8)
    ok = scaled(grid, fixed(grid, 1.0), grid.triple(0.9, 0.5, 0.7))
    late = scaled(grid, fixed(grid, 4.0), grid.triple(0.5, 0.1, 0.3))
    total = Defective(
        np.array([np.eye(1, 8, 1)[0], np.eye(1, 8, 4)[0], np.eye(1, 8, 4)[0]]), np.ones(3), np.ones(3) * 4
    )
    found = at_any_time(grid, Outcome({"ok": ok, "timeout": late}, total)).ends["ok"]
    assert np.cumsum(found.late)[[0, 1, 3, 4]] == pytest.approx([0.0, 0.5, 0.5, 0.9])
    assert found.moment[SLOW] == pytest.approx(0.9 * 4.0) and found.cdf[SLOW, 7] == pytest.approx(0.5)
    named = named_by(grid, Outcome({"ok": found}), Outcome({"ok": ok}))
    assert named.ends["ok"].mass[NOMINAL] == pytest.approx(0.7) and named.ends["ok"].mass[SLOW] == 0.5
    sure = refused(grid, Outcome({"ok": ok, "timeout": late}, total), "timeout").ends["timeout"]
    assert sure.cdf[SLOW, [3, 4]] == pytest.approx([0.0, 1.0]) and sure.moment[SLOW] == pytest.approx(4.0)
    beyond = refused(grid, Outcome({"ok": ok, "timeout": late}), "timeout", 6.0).ends["timeout"]
    assert beyond.moment[SLOW] == 6.0


@pytest.mark.parametrize(
    ("step", "late"),
    [
        ("{call: desk.f, timeout: 2 s}", True),
        ("{call: desk.f, deadline: 2 s}", False),  # the limit is around all of its attempts
        ("{steps: [{call: desk.f, deadline: 2 s}]}", True),
        ("{steps: [{call: desk.f}], fallback: [{call: desk.f, timeout: 2 s}]}", False),
        ("{call: desk.f}", False),
        ("{fail: timeout}", True),
        ("{do: other}", True),
        ("{call: back.h}", True),
    ],
)
def test_which_attempts_may_come_late(step: str, late: bool) -> None:
    more = (
        "  back: {kind: s, offers: {h: {work: 1 s, steps: [{call: desk.f, timeout: 1 s}]}}}\nflows:\n"
        "  other: {steps: [{call: desk.f, timeout: 1 s}]}"
    )
    c = context(text(step).replace("flows:", more).replace("  shop", "  spare"))
    assert comes_late(c, c.model.flows["main"].steps[0]) is late


def _visits(c: Context) -> tuple[float, float, float]:
    every, calm, tries = MostVisits(c, "all"), MostVisits(c, "calm"), MostVisits(c, "tries")
    counted = [most.flow("main").get("components.desk", 0.0) for most in (every, calm, tries)]
    return counted[0], counted[1], counted[2]


@pytest.mark.parametrize(
    ("step", "counts"),
    [
        ("{call: desk.f, retry: 2}", (3.0, 3.0, 1.0)),
        ("{call: desk.f, timeout: 1 s, retry: 2}", (3.0, 1.0, 3.0)),
        ("{call: desk.f, timeout: 1 s, retry: {times: 2, on: failed}}", (3.0, 3.0, 1.0)),
        ("{call: desk.f, hedge: {after: 1 s}}", (2.0, 1.0, 2.0)),
        ("{repeat: {times: 2, steps: [{call: desk.f, timeout: 1 s, retry: 1}]}}", (4.0, 2.0, 2.0)),
        ("{call: desk.f, timeout: 1 s, fallback: [{call: desk.f}]}", (2.0, 1.0, 1.0)),
        ("{call: desk.f, deadline: 1 s, fallback: [{call: desk.f}]}", (2.0, 1.0, 1.0)),
        ("{call: desk.f, fallback: [{call: desk.f}]}", (2.0, 2.0, 1.0)),
    ],
)
def test_how_often_a_station_is_come_to_at_the_most_and_how_much_of_it_is_late(
    step: str, counts: tuple[float, float, float]
) -> None:
    c = context(text(step).replace("  shop", "  spare"))
    assert _visits(c) == counts
    late = ceilings(c).late.get("components.desk", NEVER)
    assert late.share == pytest.approx(1.0 - counts[1] / counts[0])


def test_a_last_place_beside_attempts_that_come_late() -> None:
    """First calls alone find M/M/1/3 full as often as Erlang says; with all attempts of all calls it is no more than
    the same at the load of both, blocked besides."""
    c = context(text("{call: desk.f, timeout: 5 s, retry: {times: 1, on: timeout}}", 0.3, more="queue: 2,"))
    shown = figure(c, "success/main")
    lost, most = mmck(0.3, 1.0, 1, 3).lost, 0.3 / 0.7
    assert shown.low is not None and shown.high is not None
    assert 1.0 - lost - most < shown.low < 1.0 - lost
    assert shown.high < 1.0 - lost + 1e-6


def test_a_fallback_that_is_one_attempt_more_is_read_as_one() -> None:
    """The same program written in two ways; the first was told from 0.867, and the simulation finds 0.732."""
    ways = ("retry: {times: 1, on: timeout}", "fallback: [{call: desk.f, timeout: 2 s}]")
    shown = [figure(context(text(f"{{call: desk.f, timeout: 2 s, {way}}}")), "success/main") for way in ways]
    assert shown[1].low == pytest.approx(shown[0].low, abs=2e-3)
    assert shown[1].high == pytest.approx(shown[0].high, abs=2e-3)
    assert shown[1].low is not None and shown[1].low < 0.732 < (shown[1].high or 0.0)
    assert any("may meet the queue that made it fail" in note for note in shown[1].valid)


@pytest.mark.parametrize(
    ("step", "note"),
    [
        ("{call: desk.f, timeout: 2 s, fallback: [{wait: 1 s}]}", False),  # comes to no queue
        ("{call: desk.f, fallback: [{call: desk.f}]}", False),  # never too late, never turned away
        ("{call: desk.f, timeout: 2 s, fallback: [{call: shop.h}]}", True),  # further in
    ],
)
def test_a_fallback_hangs_on_a_step_through_a_queue_alone(step: str, note: bool) -> None:
    shown = figure(context(text(step)), "success/main")
    assert any("may meet the queue" in each for each in shown.valid) is note


@pytest.mark.parametrize("seed", range(20))
def test_what_goes_along_with_an_event_lies_between_its_bounds(seed: int) -> None:
    """Every way that eight equally likely runs may end and when, and every event of at least so many of them after
    which no more end well: by counting."""
    chance = np.random.default_rng(seed)
    grid, runs = Grid(1.0, 6), 8
    kinds = chance.choice(["ok", "timeout", "failed"], runs)
    times = chance.integers(0, 6, runs)

    def law(of: np.ndarray) -> Defective:
        cells = np.bincount(times[of], minlength=6) / runs
        return Defective(
            np.tile(cells, (3, 1)), np.full(3, of.sum() / runs), np.full(3, times[of].sum() / runs)
        )

    back = Outcome({kind: law(kinds == kind) for kind in sorted(set(kinds.tolist()))})
    for least in (2, 5, 8):
        found = going_along(grid, back, least / runs)
        for chosen in range(1, 1 << runs):
            event = np.array([bool(chosen >> n & 1) for n in range(runs)])
            if event.sum() < least or (kinds[event] == "ok").mean() > (kinds == "ok").mean():
                continue
            for kind, told in found.ends.items():
                inside = event & (kinds == kind)
                share, mean = inside.sum() / event.sum(), times[inside].sum() / event.sum()
                true = np.cumsum(np.bincount(times[inside], minlength=6)) / event.sum()
                assert told.mass[SLOW] - 1e-12 <= share <= told.mass[FAST] + 1e-12
                assert told.moment[FAST] - 1e-12 <= mean <= told.moment[SLOW] + 1e-12
                assert (told.cdf[SLOW] - 1e-12 <= true).all() and (true <= told.cdf[FAST] + 1e-12).all()
            ended = np.cumsum(np.bincount(times[event], minlength=6)) / event.sum()
            assert found.total is not None and (found.total.cdf[SLOW] - 1e-12 <= ended).all()
            assert (ended <= found.total.cdf[FAST] + 1e-12).all()
