"""An alert before it is known whether it can be watched: what names its figures and is said of it in either case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groma.analyses.interval import Interval, point
from groma.analyses.observability.alert import Alert, Condition, Severity
from groma.analyses.observability.basis import Basis
from groma.model.figure import Figure


@dataclass(frozen=True, slots=True)
class Draft:
    """Ends as an alert that fires, or as one that is refused."""

    name: str
    title: str
    kind: str
    severity: Severity
    runbook: str
    made_of: tuple[str, ...]

    def refused(self, why: str) -> Alert:
        """It can't be watched so."""
        return self._alert(None, "", (), why)

    def fires(self, condition: Condition, says: str, figures: Iterable[Figure]) -> Alert:
        """It fires when the condition holds; `says` is the sentence that people are sent."""
        return self._alert(condition, says, tuple(figures), "")

    def _alert(
        self, condition: Condition | None, says: str, figures: tuple[Figure, ...], refused: str
    ) -> Alert:
        return Alert(
            self.name,
            self.title,
            self.kind,
            self.severity,
            condition,
            says,
            self.runbook,
            self.made_of,
            figures,
            refused,
        )

    def figure(self, what: str) -> str:
        """The name of one of its figures."""
        return f"alerts/{self.name}/{what}"

    def threshold(self, of: str, value: float, unit: str, basis: Basis, *, at: str = "at") -> Figure:
        """What is counted or measured, and the value `at` (or `below`) which it fires."""
        title = f"{of} {at} which {self.name} fires"
        return basis.figure(self.figure("threshold"), title, unit, point(value))

    def window(self, seconds: float, basis: Basis, title: str = "") -> Figure:
        """The time over which it counts."""
        named = title or f"Window of {self.name}"
        return basis.figure(self.figure("window"), named, "s", point(seconds))

    def chance_alarms(self, rates: Iterable[float], basis: Basis) -> Figure:
        """How many times a second it begins with nothing wrong: between the least and the greatest of some rates."""
        ends = sorted(rates)
        found = Interval(ends[0], None, ends[-1])
        return basis.figure(self.figure("false-alarms"), self._by_chance, "1/s", found)

    def unknown_alarms(self, inputs: tuple[str, ...], reason: str, missing: str) -> Figure:
        """The same where nobody can tell, and the fact that would."""
        return Figure(
            self.figure("false-alarms"),
            self._by_chance,
            "1/s",
            method="not worked out",
            inputs=inputs,
            reason=reason,
            missing=(missing,),
        )

    @property
    def _by_chance(self) -> str:
        return f"How often {self.name} begins by chance"

    def detection(self, trouble: str, wait: Interval, basis: Basis) -> Figure:
        """How many seconds some trouble lasts until it fires."""
        title = f"How long {trouble} until {self.name} fires"
        return basis.figure(self.figure("detection"), title, "s", wait)
