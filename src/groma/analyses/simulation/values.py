"""Quantities of a model as the simulator draws them: laws at their nominal values, and what is missing.

A simulation is of one system: what isn't known better than to a range is taken at its nominal value. A fact that nobody
knows can't be drawn; its path is kept in `missing`, and nothing is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groma.model.law import Constant, Law
from groma.model.quantity import Quantity, Unknown
from groma.solvers.simulation import Capped

NOTHING = Constant(0.0)


@dataclass(slots=True)
class Values:
    """Reads quantities; collects the paths of those that nobody knows."""

    missing: dict[str, None] = field(default_factory=dict[str, None])

    def mean(self, path: str, quantity: Quantity | Unknown | None, absent: float = 0.0) -> float:
        """The mean of a quantity; `absent` when it isn't stated."""
        if quantity is None:
            return absent
        if isinstance(quantity, Unknown):
            self.missing[path] = None
            return absent
        return quantity.mean

    def share(self, path: str, quantity: Quantity | Unknown | None, absent: float = 0.0) -> float:
        """A probability."""
        return min(max(self.mean(path, quantity, absent), 0.0), 1.0)

    def law(self, path: str, quantity: Quantity | Unknown | None) -> Law | Capped:
        """The law of a quantity, cut off at its stated greatest value; not stated, it is nothing."""
        if isinstance(quantity, Quantity):
            return quantity.law if quantity.most is None else Capped(quantity.law, quantity.most)
        if isinstance(quantity, Unknown):
            self.missing[path] = None
        return NOTHING
