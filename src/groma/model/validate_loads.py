"""What must hold of how runs arrive, who works when, what scales, and what caches keep."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Component, Model, Person, Start
from groma.model.position import Problem
from groma.model.program import Cache, Step
from groma.model.week import overlapping

MOST_KEYS = 100_000
MOST_SCALED = 100_000
MOST_CUSTOMERS = 100_000


def loads(model: Model) -> Iterator[Problem]:
    """Every problem of arrivals, working hours and scaling."""
    for name, flow in model.flows.items():
        if flow.starts is not None:
            yield from _starts(flow.starts, f"flows.{name}.starts")
    for name, person in model.people.items():
        yield from _works(person, f"people.{name}.works")
    for name in (*model.components, *model.alternatives):
        for component in model.candidates(name):
            yield from _scales(component, f"components.{name}.scales")


def _starts(starts: Start, path: str) -> Iterator[Problem]:
    laws = [w for w in ("arrivals", "bursts", "replays") if getattr(starts, w) is not None]
    if len(laws) > 1:
        both = " and ".join(f"`{law}`" for law in laws)
        yield Problem(starts.at, f"{path}: runs arrive in one way, found {both}")
    if starts.through_the_week:
        other = "replays" if starts.replays is not None else "busiest" if starts.busiest is not None else None
        if other is not None:
            message = f"the rate follows from `{other}` or from `through_the_week`: delete one"
            yield Problem(starts.at, f"{path}: {message}")
        twice = overlapping(piece.on for piece in starts.through_the_week)
        if twice is not None:
            yield Problem(starts.at, f"{path}.through_the_week: `{twice}` overlaps with other hours")
        if starts.weight <= 0.0:
            yield Problem(starts.at, f"{path}.through_the_week: some hours must have a run")
    yield from _customers(starts, path)
    bursts = starts.bursts
    if bursts is not None:
        share = bursts.share.mean
        if not (0.0 < share < 1.0) or bursts.last.mean <= 0.0:
            yield Problem(
                bursts.at, f"{path}.bursts: a burst lasts for a part of the time, and for some time"
            )
        elif bursts.times <= 1.0 or share * bursts.times > 1.0 + 1e-9:
            most = f"{1.0 / share:.4g}"
            message = (
                f"{bursts.share.text} of the time can have more than 1 and up to {most} times the mean rate"
            )
            yield Problem(bursts.at, f"{path}.bursts.times: {message}, found {bursts.times:g}")


def _customers(starts: Start, path: str) -> Iterator[Problem]:
    """A population thinks, and nothing else says how often its runs start; `rate` is what is paid for."""
    population, think = starts.population, starts.think
    if population is None or think is None:
        if population is not think:
            given, lacking = ("population", "think") if think is None else ("think", "population")
            yield Problem(
                starts.at,
                f"{path}: `{given}` without `{lacking}`: customers who come again are so many and think so long",
            )
        return
    others = ("busiest", "arrivals", "through_the_week", "bursts", "replays")
    for other in (w for w in others if getattr(starts, w)):
        message = f"how often runs start follows from `population` or from `{other}`: delete one"
        yield Problem(starts.at, f"{path}: {message}")
    if population.low < 1.0 or population.high > MOST_CUSTOMERS:
        message = f"expected from 1 to {MOST_CUSTOMERS:,} customers, found {population.text}"
        yield Problem(starts.at, f"{path}.population: {message}")
    if population.known is None and population.mean != round(population.mean):
        yield Problem(starts.at, f"{path}.population: expected a whole number, found {population.text}")
    if think.low <= 0.0:
        yield Problem(starts.at, f"{path}.think: expected a time above 0 s, found {think.text}")


def _works(person: Person, path: str) -> Iterator[Problem]:
    twice = overlapping(person.works)
    if twice is not None:
        yield Problem(person.at, f"{path}: `{twice}` overlaps with other hours")
    elif person.works and person.hours is not None:
        week = sum(hours.length for hours in person.works)
        if not person.hours.low * (1 - 1e-9) <= week <= person.hours.high * (1 + 1e-9):
            message = f"these are {week / 3600:g} hours a week, `hours` says {person.hours.text}"
            yield Problem(person.at, f"{path}: {message}")


def _scales(component: Component, path: str) -> Iterator[Problem]:
    scales = component.scales
    if scales is None:
        return
    if component.threads is None:
        yield Problem(scales.at, f"{path}: without `threads` it never waits: there is nothing to scale for")
    if not component.replicas < scales.to <= MOST_SCALED:
        message = f"expected more than its {component.replicas} `replicas`, and {MOST_SCALED:,} at most"
        yield Problem(scales.at, f"{path}.to: {message}, found {scales.to}")
    if scales.aims.mean <= 0.0:
        yield Problem(
            scales.at, f"{path}.aims: a utilisation above 0 % is aimed at, found {scales.aims.text}"
        )
    if scales.every.mean <= 0.0:
        yield Problem(scales.at, f"{path}.every: expected a time above 0 s, found {scales.every.text}")


def cached(step: Step, cache: Cache) -> Iterator[Problem]:
    """A cache states its share of hits, or all that it follows from; how long one is kept goes with either."""
    path = f"{step.path}.cache"
    given = [w for w in ("keys", "holds", "popularity", "lives") if getattr(cache, w) is not None]
    if not cache.keyed:
        follows = [w for w in given if w != "lives"]
        if follows:
            message = f"the share of hits is stated (`hits`) or follows from `{follows[0]}`: delete one"
            yield Problem(step.at, f"{path}: {message}")
        yield from _lives(path, step, cache)
        return
    lacking = [w for w in ("keys", "holds", "popularity") if getattr(cache, w) is None]
    if not given:
        yield Problem(step.at, f"{path}: expected `hits`, or `keys`, `holds` and `popularity`, found neither")
    elif lacking:
        yield Problem(step.at, f"{path}: `{given[0]}` without `{lacking[0]}`: hits can't follow")
    elif cache.keys is not None and cache.keys > MOST_KEYS:
        yield Problem(step.at, f"{path}.keys: expected {MOST_KEYS:,} at most, found {cache.keys}: group them")
    elif cache.popularity is not None and cache.popularity > 10.0:
        yield Problem(step.at, f"{path}.popularity: expected 10 at most, found {cache.popularity:g}")
    yield from _lives(path, step, cache)


def _lives(path: str, step: Step, cache: Cache) -> Iterator[Problem]:
    if cache.lives is not None and cache.lives.mean <= 0.0:
        yield Problem(step.at, f"{path}.lives: expected a time above 0 s, found {cache.lives.text}")
