"""Failures and repairs of a model's parts, drawn as a plan of losses.

Each part that says how it fails is up and down in turn, for exponential times, from a state that is as likely as in the
long run. Every cause of a common failure is a part of its own. What is down with a part follows from what stands on
what (`groma.analyses.simulation.outage`). Streams of random numbers are independent for each part, by its name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random

from groma.analyses.simulation.disturbed import Loss
from groma.analyses.structure.crews import few_crews
from groma.model.elements import Component, Failure, Model
from groma.model.quantity import Quantity
from groma.solvers.faulttrees import greek_shares, probability_of_down

MOST_LOSSES = 100_000


@dataclass(frozen=True, slots=True)
class Failing:
    """A plan of losses, and what is lacking for one: with any of it the plan must not be used."""

    losses: tuple[Loss, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    takes: tuple[str, ...]
    lines: tuple[str, ...]
    every: float
    """Mean time from one failure to the next but its repair: time up."""
    repaired_in: float


def failing(model: Model, lasts: float, *, seed: int = 1, replication: int = 0) -> Failing:
    """What fails in so many seconds. ValueError for more than `MOST_LOSSES` losses."""
    missing: list[str] = []
    parts = list(_parts(model, missing))
    if missing:
        return Failing((), tuple(sorted(missing)))
    expected = sum(lasts / (part.every + part.repaired_in) for part in parts)
    crewed = [(c, n) for c in model.components.values() if (n := few_crews(c)) is not None]
    for component, _ in crewed:
        every, repair = _times("", component.fails, []) or (math.inf, 0.0)
        expected += component.replicas * lasts / (every + repair)
    if expected > MOST_LOSSES:
        raise ValueError(f"in {lasts:g} s about {expected:.0f} failures are expected: look for less time")
    losses = [
        loss for part in parts for loss in _losses(part, lasts, Random(f"{seed}/{replication}/{part.name}"))
    ]
    for component, crews in crewed:
        losses += _crewed(
            component, crews, lasts, Random(f"{seed}/{replication}/components.{component.name}")
        )
    return Failing(tuple(sorted(losses, key=lambda loss: (loss.begin, loss.parts, loss.lines))))


def _losses(part: _Part, lasts: float, random: Random) -> Iterator[Loss]:
    time = 0.0
    down = random.random() * (part.every + part.repaired_in) < part.repaired_in
    while time < lasts:
        mean = part.repaired_in if down else part.every
        if mean <= 0.0:
            if not down:
                return
            down = False
            continue
        until = time + random.expovariate(1.0 / mean)
        if down:
            yield Loss(part.takes, time, until, part.lines)
        time, down = until, not down


def _crewed(component: Component, crews: int, lasts: float, random: Random) -> Iterator[Loss]:
    """Replicas that share crews: what is down is repaired in the order in which it failed."""
    every, repair = _times("", component.fails, []) or (math.inf, 0.0)
    n = component.replicas
    if repair <= 0.0:
        return
    chances = probability_of_down(n, 1.0 / every, 1.0 / repair, crews)
    (count,) = random.choices(range(n + 1), chances)
    order = random.sample(range(n), n)
    down, up = order[:count], order[count:]
    began = dict.fromkeys(down, 0.0)
    time = 0.0
    while True:
        fail, mend = len(up) / every, min(len(down), crews) / repair
        time += random.expovariate(fail + mend)
        if time >= lasts:
            break
        if random.random() * (fail + mend) < fail:
            unit = up.pop(random.randrange(len(up)))
            down.append(unit)
            began[unit] = time
        else:
            unit = down.pop(random.randrange(min(len(down), crews)))
            up.append(unit)
            yield Loss((f"{component.name}#{unit + 1}",), began.pop(unit), time, ())
    for unit in down:
        yield Loss((f"{component.name}#{unit + 1}",), began[unit], math.inf, ())


def _parts(model: Model, missing: list[str]) -> Iterator[_Part]:
    for name, component in sorted(model.components.items()):
        if component.fails is not None and few_crews(component) is None:
            yield from _replicas(component, missing)
        if component.takeover is not None or component.noticed is not None:
            missing.append(f"components.{name}.takeover: simulated failures are taken over at once")
    for section, elements in (("places", model.places), ("suppliers", model.suppliers)):
        for name, element in sorted(elements.items()):
            times = _times(f"{section}.{name}", element.fails, missing)
            if times is not None:
                yield _Part(f"{section}.{name}", (name,), (), *times)
    for name, connection in sorted(model.connections.items()):
        times = _times(f"connections.{name}", connection.fails, missing)
        if times is not None:
            yield _Part(f"connections.{name}", (), (name,), *times)


def _replicas(component: Component, missing: list[str]) -> Iterator[_Part]:
    path, n = f"components.{component.name}", component.replicas
    times = _times(path, component.fails, missing)
    if times is None:
        return
    every, repair = times
    letters = [share.mean for share in component.together] or [0.0]
    shares = greek_shares(n, letters[: n - 1])
    for k in range(1, n + 1):
        down = shares[k - 1] * repair / (every + repair)
        if down > 0.0:
            for hit in combinations(range(n), k):
                takes = tuple(f"{component.name}#{i + 1}" for i in hit)
                yield _Part(
                    f"{path}#{'+'.join(str(i + 1) for i in hit)}",
                    takes,
                    (),
                    repair * (1.0 / down - 1.0),
                    repair,
                )


def _times(path: str, fails: Failure | None, missing: list[str]) -> tuple[float, float] | None:
    """(mean time up, mean time to repair); None for what doesn't fail or doesn't say how long it takes."""
    if fails is None:
        return None
    if isinstance(fails.every, Quantity) and isinstance(fails.repaired_in, Quantity):
        return fails.every.mean, fails.repaired_in.mean
    missing.append(f"{path}.fails.every")
    return None
