"""What a partial design can be at best: the analyses of the open model, asked for numbers only.

A brief with patterns is an open model; an analysis of it under some answers gives an interval around every completion.
The optimistic end is what tables and cuts are made from. Wishes are estimated at the nominal corner of the facts,
held measures at the nominal and at a cautious corner, whichever says more (see `corner`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from groma.analyses.context import Context
from groma.catalog import Catalog
from groma.design.corner import cautious, nominal
from groma.design.problem import HELD, loss
from groma.model.elements import Model
from groma.model.figure import Ledger


@dataclass(frozen=True, slots=True)
class Line:
    """One summand of an additive measure: its least loss, and the roles that it depends on."""

    name: str
    low: float
    roles: frozenset[str]


class Estimate(Protocol):
    """Bounds of partial designs; every number is at most the true loss of each completion."""

    def at_best(self, name: str, partial: Mapping[str, str]) -> float:
        """The least loss of a measure (`m` or `m!`) among the completions of some answers."""
        ...

    def lines(self, name: str, partial: Mapping[str, str]) -> tuple[Line, ...]:
        """The summands of a measure that adds up, in a fixed order; none for the others."""
        ...


class Estimator:
    """The analyses of one open model; remembers what it has worked out."""

    def __init__(self, model: Model, catalog: Catalog) -> None:
        at_nominal, at_worse = nominal(model), cautious(model)
        self._nominal = Context(at_nominal, catalog, Ledger(""))
        self._cautious = (
            self._nominal
            if at_nominal is at_worse or at_worse == at_nominal
            else Context(at_worse, catalog, Ledger(""))
        )
        self._known: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
        self.asked = 0

    def at_best(self, name: str, partial: Mapping[str, str]) -> float:
        key = (name, frozenset(partial.items()))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = max(
                self._bound(context, name, partial) for context in self._corners(name)
            )
        return known

    def lines(self, name: str, partial: Mapping[str, str]) -> tuple[Line, ...]:
        if name.removesuffix(HELD) != "cost/month":
            return ()
        from groma.analyses.cost import lines as cost_lines

        several = [cost_lines(context.with_partial(partial)) for context in self._corners(name)]
        if any([line.name for line in lines] != [line.name for line in several[0]] for lines in several):
            several = several[:1]
        return tuple(
            Line(lines[0].name, max(line.low for line in lines), frozenset(lines[0].roles))
            for lines in zip(*several, strict=True)
        )

    def _corners(self, name: str) -> tuple[Context, ...]:
        if not name.endswith(HELD) or self._cautious is self._nominal:
            return (self._nominal,)
        return (self._nominal, self._cautious)

    def _bound(self, context: Context, name: str, partial: Mapping[str, str]) -> float:
        from groma.analyses import bounds

        self.asked += 1
        measure = name.removesuffix(HELD)
        lost = loss(measure, bounds(context.with_partial(partial), measure)[0])
        return 0.0 if math.isnan(lost) else lost
