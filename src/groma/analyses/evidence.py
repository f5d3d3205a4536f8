"""What a figure is made from, gathered as it is worked out: inputs with their provenance, and facts that are missing.

One collector for all analyses, so that "unknown isn't zero" is kept in one place: asking for a quantity that nobody
knows gives bounds of nothing and a line about what to state, never a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groma.analyses.context import Context
from groma.analyses.interval import Interval, mean_of, share_of
from groma.catalog import Fact
from groma.model.figure import Input, Line
from groma.model.quantity import Quantity, Unknown


@dataclass(slots=True)
class Evidence:
    """Inputs (ledger ids), lines of the derivation and missing facts of one figure, in the order they were met."""

    context: Context
    _inputs: dict[str, None] = field(default_factory=dict[str, None])
    _missing: dict[str, None] = field(default_factory=dict[str, None])
    _valid: dict[str, None] = field(default_factory=dict[str, None])
    lines: list[Line] = field(default_factory=list[Line])

    def mean(self, path: str, quantity: Quantity | Unknown | None, state: str = "") -> Interval:
        """The mean of the quantity at `path`; when it isn't known, `path` joins what is missing."""
        self.note(path, quantity, state)
        return mean_of(quantity)

    def share(self, path: str, quantity: Quantity | Unknown | None, state: str = "") -> Interval:
        """A share at `path`, between 0 and 1."""
        self.note(path, quantity, state)
        return share_of(quantity)

    def note(self, path: str, quantity: Quantity | Unknown | None, state: str = "") -> str | None:
        """Enter a quantity as an input, or its path as missing; gives the ledger id of an input."""
        if not isinstance(quantity, Quantity):
            self.miss(path, state)
            return None
        name = self.context.quantity(path, quantity)
        self._inputs[name] = None
        return name

    def catalog(self, ref: str, column: str, fact: Fact) -> str:
        """Enter a fact of the catalog as an input."""
        name = self.context.ledger.enter(
            Input(
                f"catalog/{ref}/{column}",
                f"{fact.value if fact.value is not None else f'{fact.low} .. {fact.high}'} {fact.unit}".strip(),
                f"{fact.table}[{fact.key}].{fact.column}",
                fact.source,
                fact.as_of,
                None if fact.low is None else float(fact.low),
                None if fact.high is None else float(fact.high),
            )
        )
        self._inputs[name] = None
        return name

    def use(self, name: str) -> None:
        """Name a figure or an input that this figure is made from."""
        self._inputs[name] = None

    def miss(self, path: str, state: str = "") -> None:
        """A fact that would show or narrow the figure, and what to state."""
        self._missing[f"{path}: {state}" if state else path] = None

    def assume(self, text: str) -> None:
        """Something the figure is valid under."""
        self._valid[text] = None

    def line(self, text: str, value: str = "", *refs: str | None) -> None:
        """One line of the derivation."""
        self.lines.append(Line(text, value, tuple(ref for ref in refs if ref)))

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(self._inputs)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(self._missing)

    @property
    def valid(self) -> tuple[str, ...]:
        return tuple(self._valid)
