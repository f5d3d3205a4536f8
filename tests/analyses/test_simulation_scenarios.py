"""Scenarios against published thresholds, the structure of what stands on what, and arithmetic of lost runs."""

from __future__ import annotations

import random

import pytest

from analyses.given import on
from groma.analyses.evidence import Evidence
from groma.analyses.simulation import built_in, edge, savings, watch
from groma.analyses.simulation.outage import lost
from groma.analyses.structure.parts import Parts
from groma.model.load import load_scenarios, loads
from groma.model.position import ModelError
from groma.solvers.faulttrees import And, AtLeast, Constant, Event, Formula, Or

pytestmark = pytest.mark.compiled

STORM = """groma: 1
system: storm
currency: EUR
components:
  db: {kind: database, threads: 27, offers: {query: {work: 90 ms}}}
flows:
  main:
    starts: {rate: %s/s}
    steps: [{call: db.query, timeout: 1 s%s}]
scenarios:
  out:
    lasts: %s s
    events: {from: 20 s, for: 10 s, stalled: db}
"""
"""Bronson et al. (2021), 2.1: a database that answers in less than 100 ms below 300 queries a second."""


def storm(rate: float, attempts: int, lasts: float) -> str:
    return STORM % (rate, "" if attempts == 1 else f", retry: {{times: {attempts - 1}}}", lasts)


@pytest.mark.parametrize(
    ("rate", "attempts", "lasts", "back"),
    [
        (280, 1, 200, True), (280, 2, 200, False), (140, 2, 400, True), (145, 2, 500, True),
        (155, 2, 400, False), (160, 2, 400, False), (97, 3, 600, True), (103, 3, 600, False),
    ],
)  # fmt: skip
def test_a_storm_of_retries_ends_as_published(rate: float, attempts: int, lasts: float, back: bool) -> None:
    model = loads(storm(rate, attempts, lasts))
    seen = watch(model, model.scenarios["out"], replications=2)
    assert seen.comes_back is back
    assert seen.metastable is not back


@pytest.mark.parametrize(("attempts", "published"), [(2, 150.0), (3, 100.0)])
def test_the_threshold_of_the_storm_is_found_within_two_percent(attempts: int, published: float) -> None:
    model = loads(storm(120, attempts, 900))
    found = edge(model, model.scenarios["out"], tolerance=0.01, replications=1)
    assert found.safe is not None
    assert found.lost is not None
    assert found.safe * 120 == pytest.approx(published, rel=0.02)
    assert found.lost * 120 == pytest.approx(published, rel=0.02)


def test_what_saves_a_system_from_the_storm() -> None:
    model = loads(storm(280, 2, 200))
    saves = {s.policy: s.comes_back for s in savings(model, model.scenarios["out"], replications=1)}
    assert saves["no retries"]
    assert saves["a circuit breaker at 50 % over 10 s"]
    assert saves["queues no longer than the servers, then turn away"]
    assert not saves["backoff with full jitter"]


def test_runs_lost_in_an_outage_are_those_that_started_in_it() -> None:
    text = storm(50, 1, 100).replace("stalled: db", "down: db")
    model = loads(text)
    (course,) = watch(model, model.scenarios["out"]).courses
    assert course.lost_low <= 500 + 10 <= course.lost_high + 10  # and a few that were there when it failed
    assert course.lost == pytest.approx(503, rel=0.03)
    assert course.back_after == 0.0
    assert sum(course.offered) / len(course.offered) == pytest.approx(
        50, rel=0.03
    )  # a second, in one replication
    assert sum(course.good) / len(course.good) == pytest.approx(45, rel=0.03)
    assert course.worst < 0.05


def test_more_load_than_there_is_capacity_loses_what_is_too_much() -> None:
    text = (
        storm(200, 1, 60)
        .replace("stalled: db", "load: main, times: 3")
        .replace("timeout: 1 s", "timeout: 100 ms")
    )
    model = loads(text)
    (course,) = watch(model, model.scenarios["out"]).courses
    assert course.lost >= 10 * (600 - 300)


def test_a_cache_that_is_lost_answers_nothing_and_what_it_stands_before_is_asked() -> None:
    text = (
        storm(50, 1, 100)
        .replace("components:", "components:\n  memory: {kind: cache}")
        .replace("timeout: 1 s", "cache: {hits: 100 %, component: memory}")
    )
    model = loads(text.replace("stalled: db", "down: [memory, db]"))
    assert watch(model, model.scenarios["out"]).courses[0].lost == pytest.approx(500, rel=0.05)
    kept = loads(text.replace("stalled: db", "down: db"))
    assert watch(kept, kept.scenarios["out"]).courses[0].lost == 0.0


def test_disturbed_runs_share_the_random_numbers_of_the_calm_ones() -> None:
    model = loads(storm(50, 1, 100))
    (course,) = watch(model, model.scenarios["out"], replications=1).courses
    assert course.good[:20] == course.undisturbed[:20]


def _systems(seed: int) -> str:
    """A random system of replicas, places, carriers, suppliers and dependencies."""
    draw = random.Random(seed)
    lines = ["groma: 1", "system: s", "currency: EUR", "suppliers:"]
    lines += [f"  s{n}: {{fails: {{availability: 99 %}}}}" for n in range(2)]
    lines += ["places:", "  region: {kind: region, fails: {availability: 99 %}}"]
    lines += [f"  z{n}: {{kind: zone, in: region, fails: {{availability: 99 %}}}}" for n in range(2)]
    lines.append("components:")
    for n in range(4):
        replicas = draw.choice((1, 2, 3))
        keys = [f"kind: service, replicas: {replicas}, fails: {{availability: 90 %}}"]
        if replicas > 1 and draw.random() < 0.4:
            keys.append(f"enough: {draw.randint(1, replicas)}")
        if draw.random() < 0.6:
            keys.append("place: [z0, z1]" if draw.random() < 0.5 else f"place: z{draw.randint(0, 1)}")
        if draw.random() < 0.5:
            keys.append(f"supplier: s{draw.randint(0, 1)}")
        if n and draw.random() < 0.6:
            keys.append(f"runs_on: c{draw.randrange(n)}")
        if n and draw.random() < 0.5:
            keys.append(f"depends_on: c{draw.randrange(n)}")
        lines.append(f"  c{n}: {{{', '.join(keys)}}}")
    return "\n".join(lines) + "\n"


def _true(formula: Formula, down: frozenset[str]) -> bool:
    match formula:
        case Constant(value):
            return value
        case Event(name):
            return name not in down
        case And(parts):
            return all(_true(part, down) for part in parts)
        case Or(parts):
            return any(_true(part, down) for part in parts)
        case AtLeast(k, parts):
            return sum(_true(part, down) for part in parts) >= k
        case _:
            raise NotImplementedError(formula)


@pytest.mark.parametrize("seed", range(60))
def test_what_an_outage_takes_is_what_availability_hangs_on(seed: int) -> None:
    model = loads(_systems(seed))
    context = on(model)
    parts = Parts(context, Evidence(context))
    for name in ("region", "z0", "z1", "s0", "s1", "c0", "c1", "c2", "c3"):
        kind = (
            "components" if name in model.components else "suppliers" if name in model.suppliers else "places"
        )
        events = {f"{kind}.{name}"}
        if kind == "components" and model.components[name].replicas > 1:
            events = {f"components.{name}#{i + 1}" for i in range(model.components[name].replicas)}
        if name == "region":
            events |= {"places.z0", "places.z1"}
        taken = lost(model, frozenset({name}))
        for other, component in model.components.items():
            down = len(taken.get(other, ())) > component.replicas - (component.enough or 1)
            assert down is not _true(parts.up(other), frozenset(events)), (name, other)


def test_every_model_gets_its_scenarios() -> None:
    names = [s.name for s in built_in(loads(storm(100, 2, 60)))]
    assert names == ["lost-db", "slow-db", "stalled-db", "load-2", "load-10"]


def test_mistakes_in_a_file_of_scenarios_are_told_all_at_once(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "storms.yaml"
    path.write_text(
        "groma: 1\nscenarios:\n  a: {events: {from: 1 s, down: nothing}}\n"
        "  b: {events: {from: 1 s, slow: db}}\n  c: {events: {from: 1 s}}\n"
    )
    with pytest.raises(ModelError) as told:
        load_scenarios(path, loads(storm(100, 2, 60)))
    text = str(told.value)
    assert "storms.yaml:3:15: scenarios.a.events.1.down: there is no `nothing`" in text
    assert "`slow` needs `times`" in text
    assert "nothing happens" in text
