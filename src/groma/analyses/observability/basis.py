"""What figures of watching rest on, said once for the several figures that rest on the same."""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses.interval import Interval
from groma.model.figure import Figure, Line


@dataclass(frozen=True, slots=True)
class Basis:
    """The method, the ledger ids of what went in, the derivation, and under what it is valid."""

    method: str
    inputs: tuple[str, ...]
    derivation: tuple[Line, ...] = ()
    valid: tuple[str, ...] = ()

    def figure(self, name: str, title: str, unit: str, found: Interval) -> Figure:
        """A figure that rests on this."""
        return Figure(
            name,
            title,
            unit,
            found.value,
            found.low,
            found.high,
            method=self.method,
            inputs=self.inputs,
            derivation=self.derivation,
            valid=self.valid,
        )
