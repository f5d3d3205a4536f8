"""How much is recorded of a running system, for how long, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import Amount, PriceTable, key
from groma.model.position import Position
from groma.model.quantity import Amounts, Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """Traces, logs and metrics of the system: sizes as measured, what is kept and how long, and its price."""

    at: Position
    keeps: Quantity | None = key(
        Amount("share"),
        "share of ordinary runs whose traces are kept (those that ask a person are kept anyway)",
    )
    span: Quantity | Unknown | None = key(Amount("size"), "how large a span is, as measured")
    lines: Quantity | Unknown | None = key(Amount("count"), "log lines that a run writes")
    line: Quantity | Unknown | None = key(Amount("size"), "how large a log line is, as measured")
    sample: Quantity | Unknown | None = key(
        Amount("size"), "how large a sample of a metric is kept (1 to 2 bytes in Prometheus)"
    )
    every: Quantity | None = key(Amount("time"), "time between two samples of a metric")
    traces_for: Quantity | None = key(Amount("time"), "how long traces are kept")
    logs_for: Quantity | None = key(Amount("time"), "how long logs are kept")
    metrics_for: Quantity | None = key(Amount("time"), "how long metrics are kept")
    price: Amounts = key(
        PriceTable("ingested"),
        "money for a size taken in (`ingested`) and for a size kept a month (`stored`)",
        default={},
    )
