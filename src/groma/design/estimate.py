"""What a partial design can be at best: the analyses of the open model, asked for numbers only.

A brief with patterns is an open model; an analysis of it under some answers gives an interval around every completion.
The optimistic end is what tables and cuts are made from. Wishes are estimated at the nominal corner of the facts,
held measures at a cautious corner (see `corner`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from groma.analyses.context import Context, Recent
from groma.analyses.standing import Line as AnalysisLine
from groma.catalog import Catalog
from groma.design.corner import cautious, nominal
from groma.design.problem import HELD, Task, loss
from groma.model.elements import Model
from groma.model.figure import Ledger

FINE = 512
"""Lattice points on which latencies are bounded when more than one question is answered: bounds that are coarser than
the differences between designs would have them proven one by one."""

MOST_RECENT = 20_000
"""Outcomes that are kept of one corner of the facts, each of some tens of kilobytes: a search asks for many more, and
again for what is gone."""

Alone: TypeAlias = Mapping[str, Mapping[str, float]]
"""Role -> answer -> the least loss with it, everything else at its best."""
Narrowed: TypeAlias = Mapping[str, str | frozenset[str]]
"""Some roles with their answer, or with the answers that are left."""


@dataclass(frozen=True, slots=True)
class Line:
    """One summand of an additive measure, by name: its least loss, and the open roles that it depends on."""

    name: str
    low: float
    roles: frozenset[str]


class Estimate(Protocol):
    """Bounds of partial designs; every number is at most the true loss of each completion."""

    def at_best(self, name: str, partial: Narrowed) -> float:
        """The least loss of a measure (`m` or `m!`) among the completions of some answers."""
        ...

    def lines(self, name: str, partial: Mapping[str, str], *, quick: bool = True) -> tuple[Line, ...]:
        """The summands of a measure that adds up, in a fixed order; none for the others. `quick`: in a fraction of the
        time, and less tightly."""
        ...

    def forget(self) -> None:
        """No more is asked: what was remembered goes."""
        ...


class Estimator:
    """The analyses of one open model; remembers what it has worked out. Success is bounded at two cautious corners,
    since either end of a choice may be the worse one for it; where one answer at most is given, which says little by
    itself, at the first of them."""

    def __init__(
        self,
        model: Model,
        catalog: Catalog,
        task: Task,
        elsewhere: Mapping[str, Callable[[], Alone]] | None = None,
    ) -> None:
        """`elsewhere`: what another estimator of the same model finds for single answers of some measures; it is taken
        over when such a measure is asked for."""
        worlds: list[tuple[Model, Context]] = []
        for at_end in (nominal(model), cautious(model), cautious(model, "last")):
            same = next((context for world, context in worlds if world == at_end), None)
            worlds.append((at_end, same or Context(at_end, catalog, Ledger(""), recent=Recent(MOST_RECENT))))
        self._nominal, self._cautious, self._cautious_too = (context for _, context in worlds)
        self._known: dict[tuple[str, frozenset[tuple[str, str | frozenset[str]]]], float] = {}
        self._words = {h.measure: h.words for h in task.held if h.words}
        self._elsewhere = dict(elsewhere or {})
        self.asked = 0

    def at_best(self, name: str, partial: Narrowed) -> float:
        if name in self._elsewhere:
            self._learn(name, self._elsewhere.pop(name)())
        key = (name, frozenset(partial.items()))
        known = self._known.get(key)
        if known is None:
            self.asked += 1
            measure = name.removesuffix(HELD)
            known = self._bound(self._corner(name).with_partial(partial), measure)
            if name.startswith("success/") and name.endswith(HELD) and len(partial) > 1:
                known = max(known, self._bound(self._cautious_too.with_partial(partial), measure))
            self._known[key] = known
        return known

    def lines(self, name: str, partial: Mapping[str, str], *, quick: bool = True) -> tuple[Line, ...]:
        of = _LINES.get(name.removesuffix(HELD))
        if of is None:
            return ()
        self.asked += 1
        least: dict[str, float] = {}
        roles: dict[str, frozenset[str]] = {}
        for line in of(self._corner(name).with_partial(partial), "quick" if quick else "least"):
            least[line.name] = least.get(line.name, 0.0) + line.low
            roles[line.name] = roles.get(line.name, frozenset()) | line.roles
        return tuple(Line(line, low, roles[line]) for line, low in least.items())

    def forget(self) -> None:
        for context in (self._nominal, self._cautious, self._cautious_too):
            context.forget()

    def _learn(self, name: str, alone: Alone) -> None:
        """Remember what was found elsewhere, as if it had been asked here."""
        for role, losses in alone.items():
            for answer, lost in losses.items():
                self._known[name, frozenset({(role, answer)})] = lost
                self.asked += 1

    def _corner(self, name: str) -> Context:
        return self._cautious if name.endswith(HELD) else self._nominal

    def _bound(self, context: Context, measure: str) -> float:
        from groma.analyses import bounds

        if measure in _LINES:
            return math.fsum(line.low for line in _LINES[measure](context, "least"))
        if measure in self._words:
            return 1.0 if _breaks(context, measure, self._words[measure]) else 0.0
        if measure.startswith("latency/") and len(context.left) > 1:
            from groma.analyses.latency import bounds as of_latency

            return loss(measure, of_latency(context, measure, cells=FINE)[0])
        lost = loss(measure, bounds(context, measure)[0])
        return 0.0 if math.isnan(lost) else lost


def _breaks(context: Context, measure: str, words: tuple[str, ...]) -> bool:
    """Whether every completion breaks a need in words."""
    kind, _, subject = measure.partition("/")
    if kind == "residency":
        from groma.analyses.residency import outside

        return bool(outside(context, subject, words)[0])
    from groma.analyses import bounds

    return bounds(context, measure)[0] > 0.0


def _cost_lines(context: Context, ends: Literal["least", "quick"]) -> Iterable[AnalysisLine]:
    from groma.analyses.cost.lines import lines

    return lines(context, ends=ends)


def _effort_lines(context: Context, ends: Literal["least", "quick"]) -> Iterable[AnalysisLine]:
    from groma.analyses.effort import lines

    del ends
    return lines(context)


_LINES = {"cost/month": _cost_lines, "effort/month": _effort_lines}
"""Measures that add up."""
