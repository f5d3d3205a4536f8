"""What a design is held to and traded on: the needs of a brief as limits, its wishes as objectives.

The optimiser minimises, so every measure gets a *loss*: the measure itself where less is better, `1 - x` for shares of
which more is better, `1/x` for rates and qualities, 0 or 1 for needs in words. A need is kept by the *far* end of the
figure's interval, because a need counts as met only if the whole interval lies on its side; wishes are compared by
the nominal value (by the far end where a figure has only bounds). So one measure may appear twice: as `m`, traded,
and as `m!`, held to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from groma.model.elements import Model, Need
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.month import HOURS_PER_MONTH, SECONDS_PER_MONTH
from groma.model.quantity import Quantity

SHARES = frozenset({"availability", "success", "headroom"})
IN_WORDS = frozenset({"residency", "approval"})
SUCCESS_WITH_LATENCY = 0.99
"""Share of runs that must end ok beside a latency need that says nothing about it (see docs/programs.md)."""
HELD = "!"
"""Ends the name of a measure that a need holds."""
MOST_WISHES = 3
FIRST_TOLERANCE = 0.005
"""Designs whose first wish is closer than this share of the least possible count as equal: the one with better other
wishes, then with fewer parts, is preferred to a bill that is a few cents lower."""
WISH_TOLERANCE = 0.03
"""Wishes beside the first closer than this share of each other count as equal, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Held:
    """A need as a limit on a loss: `name` of the measure in the optimiser, `limit` of its loss."""

    need: str
    measure: str
    limit: float
    at_most: float | None = None
    at_least: float | None = None
    """The target in the unit of the measure's figure."""
    words: tuple[str, ...] = ()
    accompanies: str = ""

    @property
    def name(self) -> str:
        return self.measure + HELD


@dataclass(frozen=True, slots=True)
class Task:
    """The needs and wishes of a brief; the first wish is what is made least, the rest span the front with it."""

    held: tuple[Held, ...]
    wishes: tuple[str, ...]
    currency: str

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a proof must give a loss of: wishes, then needs."""
        return (*self.wishes, *(h.name for h in self.held))

    def of(self, need: str) -> Held:
        return next(h for h in self.held if h.need == need)


def parsed(measure: str) -> ParsedMeasure:
    """A measure of a checked model."""
    found = parse_measure(measure.removesuffix(HELD))
    if isinstance(found, str):
        raise ValueError(found)
    return found


def loss(measure: str, value: float) -> float:
    """What is lost by this value of the measure: less is better, never negative but for overfull pools."""
    kind = parsed(measure).kind
    if kind in SHARES:
        return 1.0 - value
    if parsed(measure).less_is_better or kind in IN_WORDS:
        return value
    return 1.0 / value if value > 0.0 else math.inf


def value_of(measure: str, lost: float) -> float:
    """The value of the measure with this loss."""
    kind = parsed(measure).kind
    if kind in SHARES:
        return 1.0 - lost
    if parsed(measure).less_is_better or kind in IN_WORDS:
        return lost
    return 1.0 / lost if lost > 0.0 else math.inf


def task_of(model: Model) -> Task:
    """The needs and wishes of a brief. Of two needs on one measure the harder one is kept by the optimiser."""
    held: dict[str, Held] = {}
    for need in model.needs.values():
        limit = held_by(need, model.currency)
        if limit is not None and (limit.name not in held or limit.limit < held[limit.name].limit):
            held[limit.name] = limit
    wishes = tuple(dict.fromkeys(model.wishes))[:MOST_WISHES] or ("cost/month",)
    for measure in (*(h.measure for h in list(held.values())), *wishes):
        brought = _brought(measure, held, model)
        if brought is not None:
            held[brought.name] = brought
    return Task(tuple(held.values()), wishes, model.currency)


def held_by(need: Need, currency: str) -> Held | None:
    """The limit that a need sets; None for a need without a target."""
    if isinstance(need.at_most, Quantity):
        target = in_unit(need.at_most, need.measure, currency)
        return Held(need.name, need.measure, loss(need.measure, target), at_most=target)
    if isinstance(need.at_least, Quantity):
        target = in_unit(need.at_least, need.measure, currency)
        return Held(need.name, need.measure, loss(need.measure, target), at_least=target)
    if need.is_ is not None or need.within:
        return Held(need.name, need.measure, 0.5, words=need.within or (need.is_ or "",))
    return None


def in_unit(target: Quantity, measure: str, currency: str) -> float:
    """A target in the unit of its figure; money and time for a month may be stated without saying so."""
    unit, factor = unit_of(measure, currency)
    if target.unit.is_a("time") and unit == "h/month":
        return target.mean / 3600.0
    if target.unit.is_a("money") and unit.endswith("/month"):
        return target.mean
    return target.mean * factor


def unit_of(measure: str, currency: str) -> tuple[str, float]:
    """The unit in which a measure's figure and its bounds are, and how many of it one canonical unit is."""
    of = parsed(measure)
    if of.kind == "effort" or (of.kind in ("people", "dependence") and measure.endswith("/hours")):
        return "h/month", HOURS_PER_MONTH
    if of.kind in ("cost", "people", "dependence"):
        return (f"{currency}/month", SECONDS_PER_MONTH) if measure.endswith("/month") else (currency, 1.0)
    if of.kind in ("latency", "recovery"):
        return "s", 1.0
    if of.kind in ("saturation", "throughput"):
        return "1/s", 1.0
    return "1", 1.0


def success_with(measure: str) -> str | None:
    """The measure of success that a latency counts with; None for other measures."""
    of = parsed(measure)
    if of.kind != "latency":
        return None
    return f"success/{of.subject}" + (f"@{of.mark}" if of.mark else "")


def _brought(measure: str, held: Mapping[str, Held], model: Model) -> Held | None:
    """The success need that a measure of latency brings with it, unless the brief states its own."""
    success = success_with(measure)
    if success is None or success + HELD in held:
        return None
    need = next((n.name for n in model.needs.values() if n.measure == measure), measure)
    return Held(
        f"{need} (success)",
        success,
        1.0 - SUCCESS_WITH_LATENCY,
        at_least=SUCCESS_WITH_LATENCY,
        accompanies=need,
    )
