"""The compiled kernel and the interpreted one are equal to the bit; what holds of every run of every program."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from groma.model.law import Gamma
from groma.solvers.simulation import Assembler, Outcome, Program, Settings, compiled, run
from groma.solvers.simulation import layout as at
from solvers.simulation_programs import programs

SHORT = Settings(until=12.0, warm_up=2.0, width=1.0, buckets=12, trace=200, samples=50, most_tasks=3000)

needs_both = pytest.mark.skipif(
    not compiled(), reason="the kernel is not compiled here (python hatch_build.py)"
)


def same(a: object, b: object) -> bool:
    """Equal, NaN being equal to itself."""
    return repr(a) == repr(b) and (isinstance(a, float) or str(a) == str(b))


@needs_both
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_compiled_and_interpreted_kernels_are_equal_to_the_bit(program: Program) -> None:
    fast, plain = run(program, SHORT, seed=7), run(program, SHORT, seed=7, interpreted=True)
    for name in Outcome.__dataclass_fields__:
        assert same(getattr(fast, name), getattr(plain, name)), name
    assert [f.latency.bins for f in fast.flows] == [f.latency.bins for f in plain.flows]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_jobs_are_conserved(program: Program) -> None:
    outcome = run(program, Settings(until=15.0, most_tasks=3000), seed=3)
    for flow in outcome.flows:
        assert flow.in_progress >= 0
        assert flow.latency.count == flow.ended["ok"]
        assert sum(count for _, count in flow.latency.bins) == flow.latency.count
        for mark, times in flow.marks.items():
            assert times.count <= min(flow.ended["ok"], flow.passed[mark].count)
    for station in outcome.stations:
        assert station.shed + station.refused + station.done + station.lost <= station.arrived
        assert station.busy >= 0.0
        assert station.waiting >= 0.0
        # Servers taken away by a calendar finish their job, so that busy ones can exceed those there.
        assert (
            math.isinf(station.servers)
            or station.name in {"priority", "lifo"}
            or station.busy <= 2.0 * 3 + 1e-9
        )


def test_all_operations_occur_in_random_programs() -> None:
    seen: set[int] = set()

    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(programs())
    def look(program: Program) -> None:
        seen.update(line[0] for line in program.code)

    look()
    assert seen == set(range(at.OPERATIONS))


@needs_both
def test_bits_are_equal_over_a_long_run() -> None:
    a = Assembler()
    station = a.station("s", threads=2)
    with a.flow("f"), a.retry(1, jitter=0.5, backoff=0.1), a.timeout(3.0), a.hold(station):
        a.work(station, Gamma(0.7, 0.9))
    a.source("f", gaps=Gamma(0.5, 0.5))
    program = a.program()
    fast, plain = (run(program, Settings(runs=20_000), interpreted=i) for i in (False, True))
    assert fast == plain


def test_changing_one_station_leaves_the_draws_of_others_alone() -> None:
    def tandem(mean: float) -> Program:
        a = Assembler()
        first, second = a.station("first"), a.station("second", threads=None)
        with a.flow("f"):
            with a.hold(first):
                a.work(first, Gamma(mean, mean))
            a.mark("half")
            with a.hold(second):
                a.work(second, Gamma(2.0, 1.0))
        a.source("f", times=tuple(0.3 * n for n in range(200)))
        return a.program()

    def later_works(mean: float) -> list[float]:
        """What each run spent at the second station: its end less its mark, which are written one after the other."""
        samples = run(tandem(mean), Settings(until=1000.0, samples=600), seed=9).samples
        pairs = [(a[2], b[2]) for a, b in pairwise(samples) if (a[1], b[1]) == (0, 1)]
        return sorted(end - half for end, half in pairs)

    one, two = later_works(0.3), later_works(0.6)
    assert len(one) == 200
    assert one == pytest.approx(two, abs=1e-9)
    assert one != pytest.approx(later_works(0.3)[::-1])


def test_replications_and_seeds_differ() -> None:
    a = Assembler()
    with a.flow("f"):
        a.delay(Gamma(1.0, 1.0))
    a.source("f", gaps=Gamma(1.0, 1.0))
    program = a.program()
    found = {
        run(program, Settings(until=50.0), seed=s, replication=r).flow("f").latency.total
        for s in (1, 2)
        for r in (0, 1, 2)
    }
    assert len(found) == 6
