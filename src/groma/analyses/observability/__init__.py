"""How a system in operation is watched: what is measured, what wakes somebody and at which threshold, and
what is evaluated.

Made of a model and its figures: `plan(context)` gives the `Plan` (metrics, indicators, alerts, failure modes with the
signal that fires first), `tracing.spans` the spans, `evaluating.evaluations` what is held against data sets. Exports
and documents read these; every number in them is a figure (`alerts/NAME/threshold`, ...).
"""

from groma.analyses.observability.alert import Alert, FirstSignal
from groma.analyses.observability.indicators import Indicator, indicators
from groma.analyses.observability.metrics import Metric, Select, instruments
from groma.analyses.observability.plan import Plan, plan

__all__ = [
    "Alert",
    "FirstSignal",
    "Indicator",
    "Metric",
    "Plan",
    "Select",
    "indicators",
    "instruments",
    "plan",
]
