"""How figures spread over what isn't known better, and which fact matters most.

The interval of a figure is a guarantee: it holds wherever in their ranges the facts lie. It doesn't say which values
are likely. Here each fact that is only known to a range follows a law over it (see `solvers.sampling.ranges`),
independently of the others, and figures are worked out at scrambled Sobol points: mean, percentiles, the chance that a
need is met. That is as good as those laws, and stands beside the interval, never in its place.

Which fact matters is told in two ways: how far the figure swings when a fact goes from one end of its range to the
other while the rest keep their stated values, and which share of the variance is due to it
(`solvers.sampling.indices`).

A figure that is only bounded at a point is carried as its bounds, and what is estimated from it is bounded too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groma.analyses.context import Context
from groma.analyses.instance import Coordinate, coordinates
from groma.analyses.reads import Reads
from groma.analyses.registry import figure
from groma.analyses.uncertainty.drawn import Effort, Shared, Shares, draw, ends_at
from groma.analyses.uncertainty.points import AtPoints, Ends, point_at
from groma.model.elements import Model
from groma.workers import Done

IN_WORDS = frozenset({"approval", "residency"})
DEAR = frozenset(
    {"budget", "latency", "success", "utilisation", "throughput", "saturation", "bound", "calls"}
)
"""Kinds of measure for which queues and distributions are worked out at each point."""
SEED = "groma"


@dataclass(frozen=True, slots=True)
class Swung:
    """A figure with one fact at the low and at the high end of its range, the others at their stated values."""

    coordinate: Coordinate
    at_low: Ends
    at_high: Ends

    @property
    def width(self) -> float:
        ends = [middle(self.at_low), middle(self.at_high)]
        return abs(ends[1] - ends[0]) if all(map(math.isfinite, ends)) else 0.0


@dataclass(frozen=True, slots=True)
class Uncertain:
    """What is known of one measure over the ranges of its facts.

    `sample` has a row for each scrambling, a column for each point, and the low end, value and high end in the last
    axis: -inf and inf where nothing bounds an end, not a number where there is no value.
    """

    measure: str
    coordinates: tuple[Coordinate, ...]
    base: Ends
    swings: tuple[Swung, ...]
    sample: NDArray[np.float64]
    shares: Mapping[str, Shares] = field(default_factory=dict[str, Shares])
    """By the name of the input."""
    failed: int = 0
    """Points whose figure couldn't be worked out; they count as not bounded."""


def measures_of(model: Model) -> tuple[str, ...]:
    """The measures that needs and wishes ask for and that are numbers, each once."""
    asked = (*(need.measure for need in model.needs.values()), *model.wishes)
    return tuple(m for m in dict.fromkeys(asked) if m.partition("/")[0] not in IN_WORDS)


def dear(measure: str) -> bool:
    """Whether working out a measure at a point takes long."""
    kind, _, rest = measure.partition("/")
    return kind in DEAR or rest.endswith("/run")


def uncertain(
    context: Context, measures: Iterable[str], effort: Effort, shared: Shared, *, seed: str = SEED
) -> tuple[Uncertain, ...]:
    """What is known of each measure that hangs on a fact that is only known to a range.

    `shared` works out points, wherever that may be. A measure's sample depends on the measures that it is asked for
    with (they are worked out at the same points), on `effort` and on `seed`. Raises ValueError on an open model.
    """
    if not context.closed:
        raise ValueError("choices of the design are open: what isn't chosen has no distribution")
    at_points = AtPoints(context.model, context.catalog)
    base, swings = _swings(context, measures, at_points, shared)
    swings = {m: found for m, found in swings.items() if found}
    facts = {
        m: tuple(sorted((s.coordinate for s in found), key=lambda c: c.input)) for m, found in swings.items()
    }
    whole = sorted({c for found in facts.values() for c in found}, key=lambda c: c.input)
    if not whole:
        return ()
    split = sorted(facts, key=lambda m: (-_relative(base[m], swings[m]), m))[: effort.split]
    ranked = {
        m: [s.coordinate for s in found if s.width > 0][: effort.ranked] if m in split else []
        for m, found in swings.items()
    }
    drawn = draw(at_points, facts, whole, ranked, effort, shared, seed)
    return tuple(
        Uncertain(
            m,
            facts[m],
            base[m],
            swings[m],
            drawn.samples[m],
            drawn.shares(m, ranked[m], whole),
            drawn.failed[m],
        )
        for m in facts
    )


def facts_of(
    context: Context, measures: Iterable[str], at_points: AtPoints, shared: Shared
) -> dict[str, tuple[Coordinate, ...]]:
    """For each measure that can be shown, the coordinates that it hangs on: those that its figure names as inputs, and
    those that move it from one end of their range to the other."""
    _, swings = _swings(context, measures, at_points, shared)
    return {
        m: tuple(sorted((s.coordinate for s in found), key=lambda c: c.input)) for m, found in swings.items()
    }


def _read(
    context: Context, measures: Sequence[str], every: Sequence[Coordinate], shared: Shared
) -> dict[str, tuple[Coordinate, ...]]:
    """The coordinates that each measure reads; all of them where it couldn't be worked out."""
    outcomes = shared(Reads(context.model, context.catalog), measures)
    return {
        measure: tuple(c for c in every if not isinstance(outcome, Done) or c.key in outcome.value)
        for measure, outcome in zip(measures, outcomes, strict=True)
    }


def _apart(one: Ends, other: Ends) -> bool:
    """Whether two figures differ by more than the dust of floats."""
    return any(
        (a is None) != (b is None)
        or (a is not None and b is not None and not math.isclose(a, b, rel_tol=1e-9))
        for a, b in zip(one, other, strict=True)
    )


def middle(ends: Ends) -> float:
    """The value, else the middle of the bounds, else not a number."""
    low, value, high = ends
    if value is not None:
        return value
    return (low + high) / 2 if low is not None and high is not None else math.nan


def _relative(base: Ends, swings: Sequence[Swung]) -> float:
    size = abs(middle(base))
    return swings[0].width / size if swings and size > 0 else 0.0


def _swings(
    context: Context, measures: Iterable[str], at_points: AtPoints, shared: Shared
) -> tuple[dict[str, Ends], dict[str, tuple[Swung, ...]]]:
    """Each measure with all facts at their stated values, and with one of the facts that it hangs on at an end; widest
    swing first. What a measure names without reading it doesn't move it."""
    asked = [m for m in dict.fromkeys(measures) if figure(context, m).status != "not shown"]
    every = coordinates(context)
    read = _read(context, asked, every, shared)
    tried = [(c, touched) for c in every if (touched := [m for m in asked if c in read[m]])]
    points = [point_at({}, asked)]
    for coordinate, touched in tried:
        points += [
            point_at({coordinate.key: end}, touched) for end in (coordinate.range.low, coordinate.range.high)
        ]
    answers = [ends_at(p, outcome) for p, outcome in zip(points, shared(at_points, points), strict=True)]
    base = answers[0]
    named = {m: {given.name for given in context.ledger.inputs_of(m)} for m in asked}
    swings = {
        m: [Swung(c, base[m], base[m]) for c in every if c.input in named[m] and c not in read[m]]
        for m in asked
    }
    for n, (coordinate, touched) in enumerate(tried):
        low, high = answers[2 * n + 1], answers[2 * n + 2]
        for m in touched:
            if coordinate.input in named[m] or _apart(base[m], low[m]) or _apart(base[m], high[m]):
                swings[m].append(Swung(coordinate, low[m], high[m]))
    return base, {
        m: tuple(sorted(found, key=lambda s: (-s.width, s.coordinate.input))) for m, found in swings.items()
    }
