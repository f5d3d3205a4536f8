"""Which file works out which kind of measure: the one table that the doors of this room go through.

Each has `figure(context, measure) -> Figure` and `bounds(context, measure) -> (optimistic, pessimistic)`. Files are
imported when their first measure is asked for, so that a cost doesn't wait for numerical libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from groma.analyses.context import Context
from groma.model.figure import Figure

FILES = {
    "alerts": "observability.figures",
    "allotted": "time_budgets",
    "alone": "alone",
    "approval": "approval",
    "asked_of": "asked_of",
    "availability": "availability.figures",
    "bound": "bound",
    "brings": "brings",
    "budget": "budget",
    "budgeted": "time_budgets",
    "calls": "spending.figures",
    "content": "content",
    "context": "retrieval.windows",
    "copies": "recovery.lines",
    "cost": "cost.bill",
    "cutset": "reliability",
    "cutsets": "reliability",
    "deletion": "retrieval.refresh",
    "dependence": "dependence_hours",
    "downtime": "availability.figures",
    "effort": "effort",
    "error_budget": "reliability",
    "evaluated": "observability.sets",
    "exposure": "information",
    "first": "observability.figures",
    "freshness": "retrieval.refresh",
    "full": "growth",
    "hangs": "hanging",
    "headroom": "headroom",
    "importance": "reliability",
    "inference": "inference.economics",
    "latency": "latency",
    "load": "people",
    "memory": "retrieval.vector_index",
    "outage": "reliability",
    "outages": "reliability",
    "passages": "retrieval.passages",
    "people": "people",
    "quality": "quality",
    "recall": "retrieval.vector_index",
    "records": "records",
    "recovery": "recovery.figures",
    "renewal": "renewal",
    "residency": "residency",
    "saturation": "capacity",
    "seats": "seats",
    "serving": "inference.serving",
    "single_points": "alone",
    "skew": "skew",
    "spends": "reliability",
    "stopping": "stopping",
    "success": "success",
    "telemetry": "observability.storage",
    "throughput": "capacity",
    "trifecta": "information",
    "unblocked": "unblocked",
    "utilisation": "capacity",
    "waits": "waits",
    "work": "work_of_flow",
}
"""Kind of measure -> the file of this room that works it out."""


def figure(context: Context, measure: str) -> Figure:
    """The figure of a measure, worked out once for a context and entered into its ledger.

    Raises ValueError for a kind that no analysis knows.
    """
    if measure in context.ledger:
        return context.ledger[measure]
    found: Figure = _file(measure).figure(context, measure)
    return context.ledger.write(found)


def numbers(context: Context, measure: str) -> tuple[float | None, float | None, float | None]:
    """(low end, value, high end) of the figure of a measure, without its derivation where that takes time.

    For comparing many designs: what isn't quoted needs no evidence.
    """
    if measure not in context.ledger and hasattr(_file(measure), "numbers"):
        return _file(measure).numbers(context, measure)
    found = figure(context, measure)
    return found.low, found.value, found.high


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """The optimistic and the pessimistic end of a measure in its canonical unit, infinite where nothing bounds it."""
    low, high = _file(measure).bounds(context, measure)
    return float(low), float(high)


def _file(measure: str) -> Any:
    kind = measure.partition("/")[0]
    if kind not in FILES:
        raise ValueError(f"`{kind}` isn't worked out by any analysis ({', '.join(sorted(FILES))})")
    return import_module(f"groma.analyses.{FILES[kind]}")
