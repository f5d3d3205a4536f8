"""What a flow's availability hangs on: single points of failure, small sets of parts, and what each part costs of it.

Importance measures are those of `groma.solvers.faulttrees.importance`, of a part being down. What each part spends of
the error budget is given out so that it adds up to the flow's downtime (`apportioned`): the way from "no part ever
fails" to what they do. Cut sets are those of `structure.every`, each with the share of runs that is really lost when
exactly its parts are down; sets that no run notices are left out. How often a flow fails is the sum over its parts of
their failures, each weighed by Birnbaum's measure (Barlow & Proschan 1975, section 7.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import fsum, prod

from groma.analyses.availability.figures import DRAW, Reading, read
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.structure.every import Every
from groma.analyses.structure.parts import Parts
from groma.model.month import SECONDS_PER_MONTH
from groma.solvers.faulttrees import (
    CutSets,
    Importance,
    Refusal,
    apportioned,
    compile_formula,
    importances,
    minimal_cut_sets,
    probability,
    structure,
)

LARGEST_SET = 3
MOST_SETS = 200
SAME = 1e-12
"""Shares of runs that differ by no more are the same; and one that is no more is none."""


@dataclass(frozen=True, slots=True)
class PartWeight:
    """What one part means to a flow; `spends` is in seconds of the flow's downtime a month, and adds up over parts."""

    part: str
    unavailability: float
    importance: Importance
    spends: float
    stops: float | None = None
    """How often its failing stops runs, per second: its own failures, weighed by Birnbaum's measure."""

    @property
    def birnbaum(self) -> float:
        """How much the flow's unavailability grows with the part's."""
        return self.importance.birnbaum

    @property
    def fussell_vesely(self) -> float | None:
        """The share of the flow's unavailability that would go if the part never failed."""
        return self.importance.fussell_vesely


@dataclass(frozen=True, slots=True)
class WeakSet:
    """Parts that together stop `lost` of all runs when just they are down, which they are `down` of the time.

    `lost` is None where it isn't known: a draw's share isn't, or how often is drawn.
    """

    parts: tuple[str, ...]
    lost: float | None
    down: float | None


def weights(context: Context, subject: str) -> tuple[PartWeight, ...]:
    """Every part of `FLOW[@MARK]`, what spends most first.

    Empty when some chance isn't known, when the program isn't read exactly, or when the formula is too large for an
    exact answer.
    """
    reading = read(context, subject, True, Evidence(context))
    down = {name: 1.0 - chance.value for name, chance in reading.chances.items() if chance.value is not None}
    if len(down) < len(reading.chances) or not reading.exact:
        return ()
    failing = compile_formula(structure(reading.formula))
    found = importances(failing, down)
    never = {name: each if name.startswith(DRAW) else 0.0 for name, each in down.items()}
    spent = apportioned(failing, never, down)
    if isinstance(found, Refusal) or isinstance(spent, Refusal):
        return ()
    parts = [name for name in found if not name.startswith(DRAW)]
    whole = fsum(down[name] * found[name].birnbaum for name in parts)  # draws of a run aren't what changes
    result: list[PartWeight] = []
    for name in parts:
        share = down[name] * found[name].birnbaum / whole if whole else None
        importance = replace(found[name], differential=share)
        lasts = reading.lasts.get(name)
        stops = found[name].birnbaum * down[name] / lasts if lasts else None
        result.append(PartWeight(name, down[name], importance, spent[name] * SECONDS_PER_MONTH, stops))
    return tuple(sorted(result, key=lambda weight: (-weight.spends, weight.part)))


@dataclass(frozen=True, slots=True)
class CutSetsFound:
    """How many minimal cut sets a flow has by order, and the first of them."""

    by_order: Mapping[int, int]
    first: tuple[WeakSet, ...]


def likeliest_sets(context: Context, subject: str, most: int = MOST_SETS) -> CutSetsFound | None:
    """The minimal sets of parts that stop some runs of `FLOW[@MARK]`: how many, and those that stop most of them.

    Ranked by the chance that all of a set's parts are down, or by size where a chance isn't known. None where the
    formula is too large.
    """
    flow, _, mark = subject.partition("@")
    parts = Parts(context, Evidence(context))
    found = minimal_cut_sets(structure(Every(context, parts, mark or None).flow(flow)))
    if not isinstance(found, CutSets):
        return None
    losses = losses_of(context, subject)
    down = {name: 1.0 - chance.value for name, chance in parts.chances.items() if chance.value is not None}
    known = all(name in down for name in found.compiled.net.events)
    ranked = found.first(most, "probability", down) if known else found.first(most, "order")
    sets: list[WeakSet] = []
    for cut in ranked:
        lost = losses.share(cut.events)
        if cut.events and (lost is None or lost > SAME):
            sets.append(WeakSet(cut.events, lost, _together(cut.events, parts.chances)))
    sets.sort(key=lambda weak: -(weak.down or 0.0) * (1.0 if weak.lost is None else weak.lost))
    return CutSetsFound({order: count for order, count in found.by_order().items() if order}, tuple(sets))


def weak_sets(
    context: Context, subject: str, largest: int = LARGEST_SET, kind: type[Parts] = Parts
) -> tuple[WeakSet, ...]:
    """Minimal sets of at most `largest` parts that stop some runs of `FLOW[@MARK]`, small sets first, at most 200."""
    flow, _, mark = subject.partition("@")
    parts = kind(context, Evidence(context))
    cut_sets = minimal_cut_sets(structure(Every(context, parts, mark or None).flow(flow)))
    if not isinstance(cut_sets, CutSets):
        return ()
    losses = losses_of(context, subject, kind)
    result: list[WeakSet] = []
    for cut in cut_sets.first(MOST_SETS, by="order"):
        if 0 < len(cut.events) <= largest:
            lost = losses.share(cut.events)
            if lost is None or lost > SAME:
                result.append(WeakSet(cut.events, lost, _together(cut.events, parts.chances)))
    return tuple(result)


def single_points(context: Context, subject: str) -> tuple[WeakSet, ...]:
    """The parts whose failure alone stops runs of `FLOW[@MARK]`, those that stop most runs first."""
    alone = weak_sets(context, subject, 1)
    return tuple(sorted(alone, key=lambda weak: (-(1.0 if weak.lost is None else weak.lost), weak.parts)))


def losses_of(context: Context, subject: str, kind: type[Parts] = Parts) -> Losses:
    """The losses of `FLOW[@MARK]`, between two bounds where the program isn't read exactly."""
    best = read(context, subject, True, Evidence(context), kind)
    if best.exact or best.roles:
        return Losses(best)
    return Losses(best, read(context, subject, False, Evidence(context), kind))


class Losses:
    """The share of runs that fails while exactly some parts are down and all others up, less what fails anyway.

    By `best`, which fails no more than runs do; `worst`, where it is another reading, fails no less.
    """

    def __init__(self, best: Reading, worst: Reading | None = None) -> None:
        self._best = _Failing(best)
        self._worst = self._best if worst is None else _Failing(worst)

    def share(self, down: tuple[str, ...]) -> float | None:
        """None where a draw's share isn't known, the readings differ, or the formula is too large."""
        least, most = self._best.more(down, self._worst), self._worst.more(down, self._best)
        return least if least is not None and most is not None and most - least <= SAME else None


class _Failing:
    """The share of runs that fails by one reading."""

    def __init__(self, reading: Reading) -> None:
        self._compiled = compile_formula(reading.formula)
        self._chances = {name: reading.chances[name] for name in self._compiled.net.events}
        self.anyway = self.share(())

    def more(self, down: tuple[str, ...], than: _Failing) -> float | None:
        """While just these are down, more than what fails anyway by another reading."""
        here = self.share(down)
        return None if here is None or than.anyway is None else here - than.anyway

    def share(self, down: tuple[str, ...]) -> float | None:
        """While just these are down."""
        points: dict[str, float] = {}
        for name, chance in self._chances.items():
            if not name.startswith(DRAW):
                points[name] = 0.0 if name in down else 1.0
            elif chance.value is None:
                return None
            else:
                points[name] = chance.value
        found = probability(self._compiled, points)
        return None if isinstance(found, Refusal) else found.complement


def _together(parts: tuple[str, ...], chances: Mapping[str, Interval]) -> float | None:
    """How much of the time all of the parts are down at once."""
    values = [chances[part].value for part in parts]
    return None if None in values else prod(1.0 - value for value in values if value is not None)
