"""Conditions and indicators as PromQL (prometheus.io/docs/prometheus/latest/querying)."""

from __future__ import annotations

from groma.analyses.observability.alert import Burn, Condition, Count, Level
from groma.analyses.observability.indicators import Indicator
from groma.analyses.observability.metrics import Select

UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def duration(seconds: float) -> str:
    """Whole seconds as PromQL writes them: `6h`, `90m`; parts of a second are rounded up."""
    left, text = max(1, round(seconds)), ""
    for size, unit in UNITS:
        if left % size == 0:
            return f"{left // size}{unit}"
    return text


def number(value: float) -> str:
    """Twelve digits, so that what rounding of floats added isn't written."""
    return f"{value:.12g}"


def quoted(text: str) -> str:
    """A string of PromQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def pattern(words: tuple[str, ...]) -> str:
    """A regular expression (RE2) for one of some words."""
    return "|".join("".join(c if c.isalnum() or c in "_-" else f"\\{c}" for c in word) for word in words)


def selector(of: Select) -> str:
    """`metric{label="value",other=~"a|b"}`."""
    parts = [
        f"{label}={quoted(values[0])}" if len(values) == 1 else f"{label}=~{quoted(pattern(values))}"
        for label, values in of.where
    ]
    return of.series + ("{" + ",".join(parts) + "}" if parts else "")


def bad_share(of: Indicator, window: str) -> str:
    """The share of bad events within a window; no value without any event."""
    total = f"sum(rate({selector(of.total)}[{window}]))"
    if of.good is not None:
        return f"clamp_min(1 - (sum(rate({selector(of.good)}[{window}])) or vector(0)) / {total}, 0)"
    assert of.bad is not None
    return f"(sum(rate({selector(of.bad)}[{window}])) or vector(0)) / {total}"


def share_record(window: str) -> str:
    """The name under which the bad share of a window is recorded, by need."""
    return f"need:bad_share:rate{window}"


def expression(condition: Condition) -> str:
    """When an alert fires."""
    match condition:
        case Burn(of, ratio, windows):
            need = f"{{need={quoted(of.need)}}}"
            sides = [
                f"{share_record(duration(w))}{need} >= {number(ratio)}" for w in (windows.long, windows.short)
            ]
            return " and ".join(sides)
        case Count(of, window, limit, below):
            seen = f"sum(increase({selector(of)}[{duration(window)}]))"
            if below:
                return f"round({seen} or vector(0)) <= {number(limit)}"
            return (
                f"round({seen}) >= {number(limit)}" if limit == int(limit) else f"{seen} >= {number(limit)}"
            )
        case Level(of, limit):
            return f"max({selector(of)}) >= {number(limit)}"
