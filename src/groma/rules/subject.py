"""What a rule looks at: a model, the ledger of its figures, and the analyses for what the ledger doesn't hold yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from groma.analyses.context import Context
from groma.catalog import Catalog, load_catalog
from groma.model.elements import Component, Model
from groma.model.figure import Figure, Ledger
from groma.model.model_programs import programs
from groma.model.program import Step, walk


@dataclass(frozen=True)
class Subject:
    """A closed model with its ledger; figures that a rule asks for are entered there, so that they can be quoted."""

    model: Model
    ledger: Ledger
    catalog: Catalog | None = None

    @cached_property
    def context(self) -> Context:
        """The model under analysis; all rules share what was worked out."""
        return Context(self.model, self.catalog or load_catalog(), self.ledger)

    def figure(self, measure: str) -> Figure:
        """A figure of the ledger, worked out if it isn't there. Raises ValueError for a measure no analysis knows."""
        if measure in self.ledger:
            return self.ledger[measure]
        from groma.analyses import figure

        return figure(self.context, measure)

    @cached_property
    def steps(self) -> tuple[tuple[str, Step], ...]:
        """Every step of every program: (path of the program, step), in the order written."""
        return tuple((path, step) for path, program in programs(self.model) for step in walk(program))

    @cached_property
    def started(self) -> tuple[str, ...]:
        """Names of the flows that start by themselves."""
        return tuple(name for name, flow in self.model.flows.items() if flow.starts is not None)

    def components(self, *kinds: str) -> Iterator[Component]:
        """Components of these kinds (all of them when none is named)."""
        return (c for c in self.model.components.values() if not kinds or c.kind in kinds)
