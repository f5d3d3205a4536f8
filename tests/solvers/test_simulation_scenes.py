"""Small scenes worked out by hand, alone and beside others in one program: each is as if it were alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pytest

from groma.model.law import Constant, Empirical, Gamma, LogNormal, Triangular, Uniform
from groma.solvers.simulation import Assembler, Capped, Outcome, Program, Settings, Shifted, run, zipf
from solvers import (
    simulation_scenes,
    simulation_scenes_beside,
    simulation_scenes_kept,
    simulation_scenes_own,
    simulation_scenes_policies,
    simulation_scenes_steps,
    simulation_scenes_struck,
)
from solvers.simulation_scenes import UNTIL, Scene, Seen


def random(a: Assembler, p: str) -> Seen:
    """Draws of every law and for everything that draws, each from a stream of its own name."""
    s = a.station(f"{p}s", threads=3, units=4, enough=4)
    laws = (
        Gamma(1.0, 1.0), Gamma(1.0, 0.4), Gamma(1.0, 1.5), LogNormal(1.0, 1.0), Uniform(0.5, 1.5),
        Triangular(0.0, 0.5, 2.0), Empirical((0.5, 1.0, 2.0), (1.0, 2.0, 1.0)),
    )  # fmt: skip
    b = a.station(f"{p}b", units=4, enough=4, discipline="batch", batch=2, most_wait=0.5, batch_laws=laws[:2])
    cache = a.cache(f"{p}c", 3, zipf(8, 0.8))
    first, table = a.register(), a.table([(0.5,), (1.0,), (1.5,)])
    units = [a.unit(s), a.unit(b)]
    a.part(f"{p}part", Gamma(25.0, 25.0), Uniform(1.0, 2.0), units)
    with a.flow(f"{p}f"), a.retry(2, backoff=0.5, jitter=0.5, on=("failed",)):
        for n, law in enumerate(laws):
            with a.hold(s):
                a.work(s, Capped(Shifted(law, 0.1), 1.75) if n % 2 else law)
        a.batch(b)
        with a.cached(cache):
            a.draw_row(first, table)
            a.delay(Gamma(0.5, 0.5), per=[(first, 0.5)])
        with a.loop(times=Uniform(0.0, 3.0), until=0.3):
            a.fails(0.1, "failed")
    a.source(f"{p}f", times=tuple(0.75 * n for n in range(60)))
    return Seen()


def lots(a: Assembler, p: str) -> Seen:
    """Who is hit by the fall of one of four units is drawn from the station's own stream: one customer each."""
    s = a.station(f"{p}s", units=4)
    b = a.station(f"{p}b", units=4, discipline="batch", batch=1, batch_laws=(Constant(5.0),))
    a.part(f"{p}part", Constant(1.5), Constant(0.25), [a.unit(s), a.unit(b)])
    with a.flow(f"{p}f"), a.hold(s):
        a.work(s, Constant(5.0))
    with a.flow(f"{p}g"):
        a.batch(b)
    for name in "fg":
        a.source(f"{p}{name}", gaps=Constant(0.5), customers=1)
    return Seen()


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        *simulation_scenes.SCENES,
        *simulation_scenes_policies.SCENES,
        *simulation_scenes_steps.SCENES,
        *simulation_scenes_kept.SCENES,
        *simulation_scenes_struck.SCENES,
        *simulation_scenes_own.SCENES,
        *simulation_scenes_beside.SCENES,
        random,
        lots,
    )
}
WHOLE = Settings(until=UNTIL, width=1.0, buckets=60, trace=4000)
WARM = Settings(until=UNTIL, warm_up=8.0, width=1.0, buckets=60, samples=3000)


def written(*names: str) -> tuple[Program, dict[str, Seen]]:
    """A program of scenes (the word behind a dash only tells one from another of the same) and what they make."""
    a = Assembler()
    seen = {name: SCENES[name.split("-")[0]](a, f"{name} ") for name in names}
    return a.program(), seen


KINDS = ("ok", "timeout", "unavailable", "throttled", "rejected", "failed")


def ends(program: Program, outcome: Outcome, flow: str) -> list[tuple[float, str]]:
    """When runs of a flow ended, and how, in the order of both."""
    number = program.flow(flow)
    return sorted((t.time, KINDS[t.b]) for t in outcome.trace if (t.what, t.c) == ("end", number))


def by_second(times: Iterable[float]) -> dict[int, int]:
    return dict(Counter(int(time) for time in times if time < UNTIL))


def holds(seen: Seen, program: Program, outcome: Outcome, caches: tuple[tuple[int, int], ...]) -> None:
    """What was worked out is what happened."""
    for flow, told in seen.ends.items():
        found = ends(program, outcome, flow)
        assert [kind for _, kind in found] == [kind for _, kind in sorted(told)], flow
        assert [time for time, _ in found] == pytest.approx([time for time, _ in sorted(told)]), flow
        runs = outcome.flow(flow)
        began = [t.time for t in outcome.trace if (t.what, t.b) == ("run", program.flow(flow))]
        for series, times in (
            (runs.arrivals, began),
            (runs.ok, [time for time, kind in told if kind == "ok"]),
            (runs.failed, [time for time, kind in told if kind != "ok"]),
        ):
            assert {n: count for n, count in enumerate(series) if count} == by_second(times), flow
    for name, figures in seen.stations.items():
        station = outcome.station(name)
        for figure, value in figures.items():
            over = UNTIL if figure in ("busy", "waiting", "servers") else 1.0
            assert getattr(station, figure) * over == pytest.approx(value), (name, figure)
            if figure in ("busy", "waiting"):
                assert sum(getattr(station, f"{figure}_series")) == pytest.approx(value), (name, figure)
    assert {name: outcome.tallies[name] for name in seen.tallies} == pytest.approx(seen.tallies)
    assert not seen.caches or caches == seen.caches
    for (flow, mark), times in seen.marks.items():
        passed = outcome.flow(flow).passed[mark]
        assert (passed.count, passed.least, passed.most) == (len(times), min(times), max(times))
        assert passed.total == pytest.approx(sum(times))
        assert passed.squares == pytest.approx(sum(t * t for t in times))


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_as_worked_out_by_hand(name: str) -> None:
    """Alone, and with a warm-up, which changes nothing of what happens."""
    program, seen = written(name)
    outcome = run(program, WHOLE, interpreted=True)
    holds(seen[name], program, outcome, outcome.caches)
    late = run(program, Settings(until=UNTIL, warm_up=8.0, trace=4000), interpreted=True)
    assert late.trace == outcome.trace


@pytest.mark.parametrize("name", SCENES)
def test_two_of_a_scene_are_each_as_worked_out_by_hand(name: str) -> None:
    twins = (f"{name}-first", f"{name}-second")
    program, seen = written(*twins)
    outcome = run(program, WHOLE, interpreted=True)
    half = len(outcome.caches) // 2
    for twin, caches in zip(twins, (outcome.caches[:half], outcome.caches[half:]), strict=True):
        holds(seen[twin], program, outcome, caches)


def figures(outcome: Outcome, name: str) -> list[dict[str, Any]]:
    """All that is known of a scene's flows and stations."""
    return [
        asdict(thing) for thing in (*outcome.flows, *outcome.stations) if thing.name.startswith(f"{name} ")
    ]


def alike(one: object, other: object) -> bool:
    """The same, but for the last digits of sums."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, abs=1e-9, nan_ok=True)
    return one == other


@pytest.mark.parametrize("settings", [WHOLE, WARM], ids=["whole", "warm"])
@pytest.mark.parametrize("backwards", [False, True])
def test_scenes_beside_each_other_are_as_alone(backwards: bool, settings: Settings) -> None:
    order = list(SCENES)[:: -1 if backwards else 1]
    program, seen = written(*order)
    together = run(program, settings, interpreted=True)
    before = tasks = 0
    for name in order:
        alone, _ = written(name)
        single = run(alone, settings, interpreted=True)
        mine = together.caches[before : before + len(single.caches)]
        before += len(mine)
        tasks += single.tasks
        assert mine == single.caches
        assert {n: x for n, x in together.tallies.items() if n in single.tallies} == single.tallies
        assert alike(figures(together, name), figures(single, name)), name
        if settings is WHOLE:
            holds(seen[name], program, together, mine)
    assert together.tasks == tasks
