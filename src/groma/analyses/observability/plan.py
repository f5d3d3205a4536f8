"""The plan: metrics, indicators, alerts with thresholds that were worked out, and which signal
fires first on each failure.

An alert has a `condition`, which exports put into their language, its figures (`alerts/NAME/...`), what it was made of
and the runbook it opens. What can't be watched is kept with the reason (`refused`), never left out in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groma.analyses.context import Context
from groma.analyses.observability.indicators import Indicator, indicators
from groma.analyses.observability.metrics import Metric, Select, instruments
from groma.model.figure import Figure
from groma.solvers.monitoring import Pair

Severity = Literal["page", "ticket"]
MONTH = 2_628_000.0
"""Seconds of a month, as the rest of the ledger counts it."""

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


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything of the above, in a fixed order."""

    metrics: tuple[Metric, ...]
    indicators: tuple[Indicator, ...]
    alerts: tuple[Alert, ...]
    signals: tuple[FirstSignal, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures of its alerts and signals."""
        own = [figure for alert in self.alerts for figure in alert.figures]
        return (*own, *(signal.figure for signal in self.signals if signal.figure is not None))

    def active(self) -> tuple[Alert, ...]:
        """The alerts that can be watched."""
        return tuple(alert for alert in self.alerts if alert.condition is not None)

    def watched(self) -> dict[str, tuple[str, ...]]:
        """Path of an element or need (`components.writer`, `needs.quick`) -> names of the alerts that watch it."""
        found: dict[str, list[str]] = {}
        for alert in self.active():
            needs = (f"needs.{alert.condition.indicator.need}",) if isinstance(alert.condition, Burn) else ()
            for path in dict.fromkeys((*needs, *alert.made_of)):
                found.setdefault(path, []).append(f"alerts/{alert.name}")
        return {path: tuple(names) for path, names in sorted(found.items())}


def plan(context: Context) -> Plan:
    """How this model is watched; nothing where no flow starts. Worked out once for a context."""
    known: Plan | None = context.memo.get("observability plan")
    if known is None:
        from groma.analyses.observability.burn_alerts import burn_alerts
        from groma.analyses.observability.first_signals import first_signals
        from groma.analyses.observability.part_alerts import part_alerts
        from groma.analyses.observability.work_alerts import work_alerts

        metrics = instruments(context.model) if context.closed else ()
        found = indicators(context) if metrics else ()
        alerts = (
            (*burn_alerts(context, found), *part_alerts(context), *work_alerts(context)) if metrics else ()
        )
        signals = first_signals(context, alerts) if metrics else ()
        known = context.memo["observability plan"] = Plan(metrics, found, alerts, signals)
    return known
