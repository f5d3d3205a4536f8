"""What an analysis works on: a model, the catalog behind it, the choices taken so far, and the ledger it writes to.

Every analysis gives intervals. On a closed model they come from what isn't known better (`known` ranges, rounding,
methods that only bound); on an open model they also enclose every way of making the open choices that `partial` leaves
open. So a table entry of the designer, the proof of a proposal and a figure on a page are one computation.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from groma.catalog import Catalog
from groma.model.elements import Component, Model
from groma.model.figure import Figure, Input, Ledger
from groma.model.program import Open, Step
from groma.model.quantity import Quantity

MOST_RECENT = 2_000
"""Outcomes that are kept; on a fine lattice one may hold a megabyte."""


class Recent:
    """The last used of many things; what is dropped is worked out again when it is asked for."""

    def __init__(self, most: int, before: Recent | None = None) -> None:
        """`before`: what is asked for is taken over from there, and nothing else."""
        self._most, self._kept = most, OrderedDict[Any, Any]()
        self._before: Mapping[Any, Any] = {} if before is None else before._kept

    def get(self, key: Any) -> Any:
        """What is kept under a key, or None."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        elif (found := self._before.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: Any, made: Any) -> None:
        """Keep it; beyond the most, what was not asked for longest goes."""
        self._kept[key] = made
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def following(self) -> Recent:
        """What comes after it: as much, and of this what is asked for again."""
        return Recent(self._most, self)

    def clear(self) -> None:
        """Keep nothing of it."""
        self._kept.clear()
        self._before = {}

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kept)


@dataclass(slots=True)
class Context:
    """One model under analysis. `memo` keeps what analyses share (distributions, visit counts), keyed by analysis."""

    model: Model
    catalog: Catalog
    ledger: Ledger
    left: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Open choices narrowed so far: role -> the variants that are left. A choice is taken when one is left."""
    memo: dict[Any, Any] = field(default_factory=dict[Any, Any])
    recent: Recent = field(default_factory=lambda: Recent(MOST_RECENT))
    """What is large and can be worked out again: outcomes of steps on their lattices."""
    taken: frozenset[str] = field(init=False)
    """Roles whose choice is taken."""
    served_times: bool = True
    """Whether calls of models served by oneself get their simulated times where none are stated."""
    _narrowed: dict[frozenset[str], tuple[tuple[str, frozenset[str]], ...]] = field(
        init=False, default_factory=dict[frozenset[str], tuple[tuple[str, frozenset[str]], ...]]
    )

    def __post_init__(self) -> None:
        if self.served_times and any(c.serves is not None for c in self.model.components.values()):
            from groma.analyses.inference.times import with_served_times

            self.model = with_served_times(self.model, self.catalog)
        self.taken = frozenset(role for role, variants in self.left.items() if len(variants) == 1)

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget()

    def forget(self) -> None:
        """Asked for the last time: what it keeps goes now. Its parts refer to one another, and Python would find that
        out much later, looking through all objects there are."""
        self.memo.clear()
        self.recent.clear()

    @property
    def closed(self) -> bool:
        """Whether every choice of the design is made."""
        return not self.model.alternatives

    def with_partial(self, partial: Mapping[str, str | frozenset[str]]) -> Context:
        """The same model (and shared memo) with other choices taken, or narrowed to some variants; figures written go
        to a ledger of its own."""
        left = {role: frozenset({v}) if isinstance(v, str) else v for role, v in partial.items()}
        return Context(
            self.model,
            self.catalog,
            Ledger(self.model.digest),
            left,
            self.memo,
            self.recent,
            served_times=False,
        )

    def with_recent(self, recent: Recent) -> Context:
        """The same (and shared memo and ledger) with outcomes of its own."""
        return replace(self, recent=recent, served_times=False)

    def possible(self, role: str, variant: str) -> bool:
        """Whether an open choice can still become this."""
        left = self.left.get(role)
        return left is None or variant in left

    def narrowed(self, roles: Iterable[str]) -> tuple[tuple[str, frozenset[str]], ...]:
        """What is left of some choices, as a key: all that a figure depends on which depends on no others."""
        asked = frozenset(roles)
        known = self._narrowed.get(asked)
        if known is None:
            found = tuple((role, self.left[role]) for role in sorted(self.left.keys() & asked))
            known = self._narrowed[asked] = found
        return known

    def candidates(self, component: str) -> tuple[Component, ...]:
        """The components that may stand under this name, given the choices taken."""
        known = self.model.components.get(component)
        if known is not None:
            return (known,)
        return tuple(
            a.component
            for a in self.model.alternatives.get(component, ())
            if self.possible(a.role, a.variant)
        )

    def branches(self, choice: Open) -> tuple[tuple[Step, ...], ...]:
        """The alternatives of an open step that are still possible."""
        return tuple(steps for variant, steps in choice.alternatives if self.possible(choice.role, variant))

    def quantity(self, path: str, quantity: Quantity) -> str:
        """Enter a quantity of the model as an input and give its ledger id: facts by name, others by their path."""
        known = quantity.known
        name = f"fact/{quantity.fact}" if quantity.fact else f"model/{path}"
        return self.ledger.enter(
            Input(
                name,
                quantity.text,
                str(quantity.at),
                quantity.source or "",
                quantity.date or "",
                None if known is None else known[0],
                None if known is None else known[1],
            )
        )


class Analysis(Protocol):
    """Computes one figure of a context; the measure's kind chooses the analysis."""

    def __call__(self, context: Context, measure: str) -> Figure: ...
