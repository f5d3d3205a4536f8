"""The plan: metrics, indicators, alerts with thresholds that were worked out, and which signal fires first on each
failure.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.observability.alert import Alert, Burn, FirstSignal
from groma.analyses.observability.burn_alerts import burn_alerts
from groma.analyses.observability.control_alerts import control_alerts
from groma.analyses.observability.first_signals import first_signals
from groma.analyses.observability.indicators import Indicator, indicators
from groma.analyses.observability.metrics import Metric, instruments
from groma.analyses.observability.part_alerts import part_alerts
from groma.analyses.observability.work_alerts import work_alerts
from groma.model.figure import Figure


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
        metrics = instruments(context.model) if context.closed else ()
        found = indicators(context) if metrics else ()
        alerts = (
            (
                *burn_alerts(context, found),
                *part_alerts(context),
                *work_alerts(context),
                *control_alerts(context),
            )
            if metrics
            else ()
        )
        signals = first_signals(context, alerts) if metrics else ()
        known = context.memo["observability plan"] = Plan(metrics, found, alerts, signals)
    return known
