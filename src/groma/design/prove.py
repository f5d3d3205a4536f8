"""The proof of a design: its model is written, read again, and judged by the analyses alone.

Nothing of the search is trusted here: not the tables, not the open model. A design meets a need only if the whole
interval of the figure lies on the right side; a figure that can't be shown meets nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from groma.analyses.context import Context
from groma.analyses.registry import figure, numbers
from groma.catalog import Catalog
from groma.design.corner import nominal
from groma.design.journal import Journal
from groma.design.problem import HELD, Held, Task, loss, parsed, success_with
from groma.design.tables import answers_of
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger
from groma.model.position import ModelError
from groma.patterns import Closed, Space, close
from groma.solvers.optimisation import Assignment, Verdict

Ends: TypeAlias = tuple[float | None, float | None, float | None]
"""The low end, the value and the high end of a figure, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known about a design: the loss of each wish and of each need's measure; why it can't be built, if so.
    Not `whole`: as much as it took to see that one of them lies above a limit."""

    answers: Mapping[str, str]
    losses: Mapping[str, float]
    ends: Mapping[str, Ends] = field(default_factory=dict[str, Ends])
    """By wish: the low end, the value and the high end of its figure."""
    far: Mapping[str, float] = field(default_factory=dict[str, float])
    """The loss of each wish at the far end of its interval."""
    fault: str = ""
    whole: bool = True

    def meets(self, held: Held) -> bool:
        return self.losses[held.name] <= held.limit * (1 + 1e-12)

    def breaks(self, limits: Mapping[str, float]) -> bool:
        """Whether a loss that is known lies above its limit."""
        return any(lost > limits.get(name, math.inf) for name, lost in self.losses.items())


class Begun:
    """A design whose proof has begun; what is worked out for one measure serves the next."""

    def __init__(self, model: Model, catalog: Catalog) -> None:
        self._model, self._catalog = model, catalog
        self._open: list[Context] = []

    @cached_property
    def stated(self) -> Context:
        """The model with its facts as they are stated."""
        return self._of(self._model)

    @cached_property
    def middle(self) -> Context:
        """The model at the nominal corner of its facts."""
        at_nominal = nominal(self._model)
        return self.stated if at_nominal is self._model else self._of(at_nominal)

    def forget(self) -> None:
        """Asked for the last time."""
        for context in self._open:
            context.forget()

    def _of(self, model: Model) -> Context:
        self._open.append(Context(model, self._catalog, Ledger(model.digest)))
        return self._open[-1]


class Prover:
    """Proves designs of one space, each once. `told` is called after each new proof with their number."""

    def __init__(
        self,
        space: Space,
        catalog: Catalog,
        task: Task,
        journal: Journal,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self.space, self.catalog, self.task = space, catalog, task
        self.journal, self._told = journal, told
        self._known: dict[frozenset[tuple[str, str]], Proof] = {}
        self._at: tuple[Mapping[str, str], Begun] | None = None

    def __call__(self, assignment: Assignment, limits: Mapping[str, float]) -> Verdict:
        """The optimiser's oracle."""
        return Verdict(dict(self.judged(answers_of(assignment), limits).losses))

    def proof(self, answers: Mapping[str, str]) -> Proof:
        """All that is known about a design."""
        return self.judged(answers, {})

    def judged(self, answers: Mapping[str, str], limits: Mapping[str, float]) -> Proof:
        """All about a design, or as much as it takes to see that it breaks one of the limits (on losses)."""
        key = frozenset(answers.items())
        known = self._known.get(key)
        if known is not None and (known.whole or known.breaks(limits)):
            return known
        found = self._known[key] = self._prove(dict(sorted(answers.items())), limits)
        if known is None:
            self.journal.proofs += 1
            if self._told is not None:
                self._told(self.journal.proofs)
        return found

    def at_least(self, answers: Mapping[str, str], wish: str) -> float:
        """What a design loses of a wish at the least, from the analyses of its own model at the nominal corner: the
        first part of its proof, which goes on from there if it is asked for next."""
        try:
            low, _, high = numbers(self._begun(dict(sorted(answers.items()))).middle, wish)
        except ModelError:
            return -math.inf
        better = low if parsed(wish).less_is_better else high
        return -math.inf if better is None else loss(wish, better)

    def far_ends(self, answers: Mapping[str, str]) -> Mapping[str, float]:
        """The losses of a design's wishes at the far ends of their intervals, as far as they are known."""
        return self._known[frozenset(answers.items())].far

    def forget(self) -> None:
        """No proof goes on: what was worked out of the last design goes."""
        if self._at is not None:
            self._at[1].forget()
        self._at = None

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Everything proven so far, in the order in which it was."""
        return tuple(self._known.values())

    def closed(self, answers: Mapping[str, str]) -> Closed:
        """The model of a design, written out."""
        return close(self.space, answers)

    def figures(self, answers: Mapping[str, str], measures: Iterable[str]) -> dict[str, Figure]:
        """Figures of a design with all that they are made from."""
        model = self.closed(answers).model
        with Context(model, self.catalog, Ledger(model.digest)) as context:
            return {measure: figure(context, measure) for measure in measures}

    def _begun(self, answers: dict[str, str]) -> Begun:
        if self._at is None or self._at[0] != answers:
            self.forget()
            self._at = (answers, Begun(self.closed(answers).model, self.catalog))
        return self._at[1]

    def _prove(self, answers: dict[str, str], limits: Mapping[str, float]) -> Proof:
        try:
            begun = self._begun(answers)
        except ModelError as error:
            fault = "; ".join(str(problem) for problem in error.problems)
            self.journal.say(f"these answers make no valid model: {fault}")
            return Proof(answers, dict.fromkeys(self.task.names, math.inf), fault=fault)
        found = _proven(answers, begun, self.task, limits)
        self.forget()
        return found


def proven(answers: Mapping[str, str], model: Model, catalog: Catalog, task: Task) -> Proof:
    """The losses of the closed model that some answers make."""
    begun = Begun(model, catalog)
    try:
        return _proven(answers, begun, task, {})
    finally:
        begun.forget()


LATE = ("success", "latency", "cost")
"""Kinds of measures that take longest to work out: they are asked for last, in this order, in which each rests on what
was worked out for the ones before."""


def _proven(answers: Mapping[str, str], begun: Begun, task: Task, limits: Mapping[str, float]) -> Proof:
    held = {h.name: h for h in task.held}
    losses: dict[str, float] = {}
    ends: dict[str, Ends] = {}
    far: dict[str, float] = {}
    for name in sorted(task.names, key=_how_late):
        if name in held:
            losses[name] = held_loss(held[name], begun.stated)
        else:
            ends[name] = numbers(begun.stated, name)
            losses[name] = traded(name, ends[name], lambda: begun.middle)
            far[name] = far_end(name, ends[name])
        if _gives_up(name, losses, held):
            losses[name] = math.inf
            if name in far:
                far[name] = math.inf
        if losses[name] > limits.get(name, math.inf):
            break
    return Proof(answers, losses, ends, far, whole=len(losses) == len(task.names))


def _how_late(name: str) -> tuple[bool, int]:
    """Wishes come after what is held: they may take another corner of the facts as well."""
    kind = parsed(name).kind
    return not name.endswith(HELD), 1 + LATE.index(kind) if kind in LATE else 0


def _gives_up(name: str, losses: Mapping[str, float], held: Mapping[str, Held]) -> bool:
    """Whether a latency doesn't count because too few runs end well: giving up early is never fast. (The optimistic
    bounds of latency are those of designs with enough success, so this keeps them bounds of every design.)"""
    success = success_with(name)
    return success is not None and losses[success + HELD] > held[success + HELD].limit


def traded(measure: str, ends: Ends, at_nominal: Callable[[], Context]) -> float:
    """The loss by which designs are compared: of the nominal value; where the method only bounds, of the far end at
    the nominal corner (so that what isn't known better doesn't blur the difference between designs); +inf if unknown.
    """
    low, value, high = ends
    if value is None and (low is not None or high is not None):
        low, value, high = numbers(at_nominal(), measure)
    return far_end(measure, (low, value, high)) if value is None else loss(measure, value)


def far_end(measure: str, ends: Ends) -> float:
    """The loss at the worse end of an interval; +inf where nothing bounds it."""
    worse = ends[2] if parsed(measure).less_is_better else ends[0]
    return math.inf if worse is None else loss(measure, worse)


def held_loss(held: Held, context: Context) -> float:
    """The loss that a need's limit is held against; +inf for a figure that isn't shown."""
    if not held.words:
        return far_end(held.measure, numbers(context, held.measure))
    words = figure(context, held.measure).words
    if words is None:
        return math.inf
    kind, _, subject = held.measure.partition("/")
    if kind == "residency":
        from groma.analyses.residency import outside

        surely, perhaps = outside(context, subject, held.words)
        return 1.0 if surely else math.inf if perhaps else 0.0
    return 0.0 if words in held.words else 1.0
