"""Small scenes worked out by hand, alone and beside all the others in one program: each is as if it were alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from groma.solvers.simulation import Assembler, Outcome, Program, Settings, run
from solvers import simulation_scenes, simulation_scenes_steps
from solvers.simulation_scenes import UNTIL, Scene, Seen

SCENES: dict[str, Scene] = {
    s.__name__: s for s in (*simulation_scenes.SCENES, *simulation_scenes_steps.SCENES)
}
WHOLE = Settings(until=UNTIL, width=1.0, buckets=60, trace=4000)
WARM = Settings(until=UNTIL, warm_up=5.25, width=1.0, buckets=60, samples=3000)


def written(*names: str) -> tuple[Program, dict[str, Seen]]:
    a = Assembler()
    seen = {name: SCENES[name](a, f"{name} ") for name in names}
    return a.program(), seen


def holds(seen: Seen, program: Program, outcome: Outcome, caches: tuple[tuple[int, int], ...]) -> None:
    """What was worked out is what happened."""
    for flow, ends in seen.ends.items():
        number = program.flow(flow)
        found = [(t.time, KINDS[t.b]) for t in outcome.trace if (t.what, t.c) == ("end", number)]
        assert sorted(kind for _, kind in found) == sorted(kind for _, kind in ends), flow
        expected = sorted(ends)
        assert [t for t, _ in sorted(found)] == pytest.approx([t for t, _ in expected]), flow
        assert [k for _, k in sorted(found)] == [k for _, k in expected], flow
    for name, figures in seen.stations.items():
        station = outcome.station(name)
        for figure, value in figures.items():
            over = UNTIL if figure in ("busy", "waiting", "servers") else 1.0
            assert getattr(station, figure) * over == pytest.approx(value), (name, figure)
    assert {name: outcome.tallies[name] for name in seen.tallies} == pytest.approx(seen.tallies)
    assert caches == seen.caches
    for (flow, mark), times in seen.marks.items():
        passed = outcome.flow(flow).passed[mark]
        assert (passed.count, passed.least, passed.most) == (len(times), min(times), max(times))
        assert passed.total == pytest.approx(sum(times))
        assert passed.squares == pytest.approx(sum(t * t for t in times))


KINDS = ("ok", "timeout", "unavailable", "throttled", "rejected", "failed")


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_as_worked_out_by_hand(name: str) -> None:
    program, seen = written(name)
    outcome = run(program, WHOLE, interpreted=True)
    holds(seen[name], program, outcome, outcome.caches)


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
