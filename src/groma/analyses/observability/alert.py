"""Alerts and signals as the plan tells them.

An alert has a `condition`, which exports put into their language, its figures (`alerts/NAME/...`), what it was made of
and the runbook it opens. What can't be watched is kept with the reason (`refused`), never left out in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groma.analyses.observability.indicators import Indicator
from groma.analyses.observability.metrics import Select
from groma.model.figure import Figure
from groma.solvers.monitoring import Pair

Severity = Literal["page", "ticket"]
ALARMS_A_MONTH = 1.0
"""How many false alarms a month one alert may give: what the free thresholds are set for."""


@dataclass(frozen=True, slots=True)
class Burn:
    """The share of bad events reaches `ratio` within both windows."""

    indicator: Indicator
    ratio: float
    windows: Pair
    rate: float
    """The burn rate, in budgets a period."""
    share: float
    """The share of the budget that went when it fires."""


@dataclass(frozen=True, slots=True)
class Count:
    """At least `limit` events within `window` (`below`: at most)."""

    of: Select
    window: float
    limit: float
    below: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A gauge at or above a level for so long."""

    of: Select
    limit: float
    lasting: float


Condition = Burn | Count | Level


@dataclass(frozen=True, slots=True)
class Alert:
    """`condition` None: it can't be watched so, for the reason in `refused`."""

    name: str
    title: str
    kind: str
    severity: Severity
    condition: Condition | None
    says: str
    runbook: str
    made_of: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    refused: str = ""

    def figure(self, what: str) -> str:
        """The name of one of its figures."""
        return f"alerts/{self.name}/{what}"


@dataclass(frozen=True, slots=True)
class FirstSignal:
    """A way to fail, the alert that fires first on it (None: nothing does) and the figure of how long that takes."""

    mode: str
    title: str
    element: str
    alert: str | None
    figure: Figure | None
    others: tuple[str, ...] = ()
