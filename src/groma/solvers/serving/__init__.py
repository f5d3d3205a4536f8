"""Serving of language models: how fast one instance answers, how many requests it holds, how many are needed.

- `Shape`, `Accelerator`, `Format`, `FORMATS`, `Layout`: what is served on what; `kv_capacity`, `fewest`: what fits
- `Coefficients`, `costs(...)`: the calibrated roofline as the `Costs` of every iteration
- `Requests`, `Policy`, `POLICIES`, `simulate(...) -> Timeline`: continuous batching, open or closed loop
- `Targets`, `sizing(...) -> Sized`, `largest_rate`: rates within targets and accelerators, with intervals
- `Measurement`, `Load`, `fit`, `expected`: the shared calibration; `schedule`: what a closed loop works on
- `Observed`, `calibrate_on`, `closeness`, `held_out_reach`: one's own
"""

from groma.solvers.serving.calibrate import Measurement, expected, fit
from groma.solvers.serving.closed_loop import Load, Schedule, schedule
from groma.solvers.serving.intervals import grouped_reach
from groma.solvers.serving.iteration import BASE, Coefficients, Costs, costs
from groma.solvers.serving.own import Closeness, Observed, Scales, calibrate_on, closeness, held_out_reach
from groma.solvers.serving.policy import POLICIES, Policy
from groma.solvers.serving.requests import Requests
from groma.solvers.serving.scheduler import simulate
from groma.solvers.serving.shape import (
    FORMATS,
    Accelerator,
    Format,
    Layout,
    ServingError,
    Shape,
    fewest,
    kv_bytes,
    kv_capacity,
    weight_bytes,
)
from groma.solvers.serving.sizing import Range, Sized, Targets, at_rate, largest_rate, poisson, scaled, sizing
from groma.solvers.serving.timeline import State, Timeline, percentile

__all__ = [
    "BASE",
    "FORMATS",
    "POLICIES",
    "Accelerator",
    "Closeness",
    "Coefficients",
    "Costs",
    "Format",
    "Layout",
    "Load",
    "Measurement",
    "Observed",
    "Policy",
    "Range",
    "Requests",
    "Scales",
    "Schedule",
    "ServingError",
    "Shape",
    "Sized",
    "State",
    "Targets",
    "Timeline",
    "at_rate",
    "calibrate_on",
    "closeness",
    "costs",
    "expected",
    "fewest",
    "fit",
    "grouped_reach",
    "held_out_reach",
    "kv_bytes",
    "kv_capacity",
    "largest_rate",
    "percentile",
    "poisson",
    "scaled",
    "schedule",
    "simulate",
    "sizing",
    "weight_bytes",
]
