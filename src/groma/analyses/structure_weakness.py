"""What a flow's availability hangs on: single points of failure, small sets of parts, and what each part costs of it.

Birnbaum importance is the derivative of the flow's unavailability by the part's (Birnbaum 1969); Fussell-Vesely is the
share of the unavailability that would go if the part never failed. Unavailability times Birnbaum is what a part spends
of the error budget, in seconds of downtime a month. Cut sets are those of `structure_every`, each with the share of
runs that is really lost when exactly its parts are down; sets that no run notices are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from groma.analyses.availability import DRAW, SECONDS_PER_MONTH, Reading, chance_of, read
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, point
from groma.analyses.structure_every import Every
from groma.analyses.structure_parts import Parts
from groma.solvers.faulttrees import CutSets, Not, Refusal, importances, minimal_cut_sets, structure

LARGEST_SET = 3
MOST_SETS = 200


@dataclass(frozen=True, slots=True)
class PartWeight:
    """What one part means to a flow; `spends` is in seconds of the flow's downtime a month."""

    part: str
    unavailability: float
    birnbaum: float
    fussell_vesely: float | None
    spends: float


@dataclass(frozen=True, slots=True)
class WeakSet:
    """Parts that together stop `lost` of all runs when just they are down, which they are `down` of the time."""

    parts: tuple[str, ...]
    lost: float | None
    down: float | None


def weights(context: Context, subject: str) -> tuple[PartWeight, ...]:
    """Every part of `FLOW[@MARK]`, what spends most first.

    Empty when some chance isn't known, or when the formula is too large for an exact answer.
    """
    reading = read(context, subject, True, Evidence(context))
    nominal = {name: chance.value for name, chance in reading.chances.items() if chance.value is not None}
    if len(nominal) < len(reading.chances):
        return ()
    found = importances(Not(reading.formula), nominal)
    if isinstance(found, Refusal):
        return ()
    down = chance_of(reading.formula, reading.chances)[1].value
    result: list[PartWeight] = []
    for name, each in found.items():
        if not name.startswith(DRAW):
            spends = -each.birnbaum * (1.0 - nominal[name])
            result.append(
                PartWeight(
                    name,
                    1.0 - nominal[name],
                    -each.birnbaum,
                    spends / down if down else None,
                    spends * SECONDS_PER_MONTH,
                )
            )
    return tuple(sorted(result, key=lambda weight: (-weight.spends, weight.part)))


def weak_sets(
    context: Context, subject: str, largest: int = LARGEST_SET, kind: type[Parts] = Parts
) -> tuple[WeakSet, ...]:
    """Minimal sets of at most `largest` parts that stop some runs of `FLOW[@MARK]`, small sets first, at most 200."""
    flow, _, mark = subject.partition("@")
    parts = kind(context, Evidence(context))
    cut_sets = minimal_cut_sets(structure(Every(context, parts, mark or None).flow(flow)))
    if not isinstance(cut_sets, CutSets):
        return ()
    reading = read(context, subject, True, Evidence(context), kind)
    result: list[WeakSet] = []
    for cut in cut_sets.first(MOST_SETS, by="order"):
        if 0 < len(cut.events) <= largest:
            lost = share_lost(reading, cut.events)
            if lost is None or lost > 1e-12:
                result.append(WeakSet(cut.events, lost, _together(cut.events, parts.chances)))
    return tuple(result)


def single_points(context: Context, subject: str) -> tuple[WeakSet, ...]:
    """The parts whose failure alone stops runs of `FLOW[@MARK]`, those that stop most runs first."""
    alone = weak_sets(context, subject, 1)
    return tuple(sorted(alone, key=lambda weak: (-(1.0 if weak.lost is None else weak.lost), weak.parts)))


def share_lost(reading: Reading, down: tuple[str, ...]) -> float | None:
    """The share of runs that fails while exactly these parts are down and all others up, less what fails anyway."""
    return _difference(_failing(reading, down), _failing(reading, ()))


def _failing(reading: Reading, down: tuple[str, ...]) -> float | None:
    chances = {
        name: chance if name.startswith(DRAW) else point(0.0 if name in down else 1.0)
        for name, chance in reading.chances.items()
    }
    return chance_of(reading.formula, chances)[1].value


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _together(parts: tuple[str, ...], chances: Mapping[str, Interval]) -> float | None:
    """How much of the time all of the parts are down at once."""
    values = [chances[part].value for part in parts]
    return None if None in values else prod(1.0 - value for value in values if value is not None)
