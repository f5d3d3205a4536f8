"""Steps that are the same but for where they stand: what one of them ends in, the others end in.

A pattern that asks for five agents writes five branches that differ in nothing but their place. Readers that work out
what a step does under given queues need to do so for the first of them only.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from groma.analyses.context import Context
from groma.analyses.outcome.algebra import Outcome
from groma.model.law import Law
from groma.model.model_programs import programs
from groma.model.position import Position
from groma.model.program import Step, walk
from groma.model.quantity import JointTable


def first_alike(context: Context, step: Step) -> Step:
    """The first step of the model that does the same; itself where there is none before it."""
    known: dict[int, Step] | None = context.memo.get("alike")
    if known is None:
        found = _Alike()
        known = {id(each): found.first(each) for _, steps in programs(context.model) for each in walk(steps)}
        context.memo["alike"] = known
    return known.get(id(step), step)


def standing_at(here: str, outcome: Outcome, there: str) -> Outcome:
    """The outcome of a step at `there`, as that of one that is the same and stands at `here`."""
    if here == there or not (outcome.missing or outcome.notes):
        return outcome

    def moved(texts: frozenset[str]) -> frozenset[str]:
        inside = (f"{there}.", f"{there}:")
        return frozenset(here + t.removeprefix(there) if t.startswith(inside) else t for t in texts)

    return replace(outcome, missing=moved(outcome.missing), notes=moved(outcome.notes))


class _Alike:
    """Steps by what they do."""

    def __init__(self) -> None:
        self._first: dict[object, Step] = {}
        self._known: dict[int, Step] = {}

    def first(self, step: Step) -> Step:
        known = self._known.get(id(step))
        if known is None:
            known = self._known[id(step)] = self._first.setdefault(self._of_step(step), step)
        return known

    def _of_step(self, step: Step) -> object:
        """Equal for steps that do the same. A rate limit counts the calls of its own step, and a cache whose keys grow
        old is asked as often as its own flow runs."""
        limit, cache = step.policies.limit, step.policies.cache
        if limit is not None or (cache is not None and cache.lives is not None):
            return id(step)
        return self._form(step.action), self._form(step.policies)

    def _form(self, item: Any) -> object:
        if isinstance(item, Step):
            return id(self.first(item))
        if isinstance(item, Position):
            return None
        if isinstance(item, tuple):
            return tuple(self._form(part) for part in cast("tuple[Any, ...]", item))
        if is_dataclass(item) and not isinstance(item, Law | JointTable):
            return type(item), *(self._form(getattr(item, each.name)) for each in fields(item))
        return item
