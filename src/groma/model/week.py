"""Hours of the week: `Mon-Fri 09:00-17:00`, as seconds since Monday 0:00 (local time, no clock is ever put forward)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from groma.model.grammar import FAILED, Reader, what
from groma.model.source import Node, Scalar

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 86_400.0
WEEK = 7 * DAY
_DAYS = "|".join(DAYS)
_HOURS = re.compile(rf"({_DAYS})(?:-({_DAYS}))? (\d\d):(\d\d)-(\d\d):(\d\d)")
_MOMENT = re.compile(rf"({_DAYS}) (\d\d):(\d\d)")
SHAPE = "days and hours such as `Mon-Fri 09:00-17:00`"


@dataclass(frozen=True, slots=True)
class Hours:
    """The same hours on one or several days: (from, until) of each day in seconds, in order, none overlapping."""

    spans: tuple[tuple[float, float], ...]
    text: str

    @property
    def length(self) -> float:
        """Seconds a week."""
        return sum(until - start for start, until in self.spans)


def hours_of(text: str) -> Hours | str:
    """Hours as they are written, or what is wrong with them."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return f"expected {SHAPE}, found `{text[:40]}`"
    first = DAYS.index(found[1])
    last = first if found[2] is None else DAYS.index(found[2])
    start, until = _clock(found[3], found[4]), _clock(found[5], found[6])
    if start is None or until is None or start >= DAY:
        return f"a time of day lies between 00:00 and 24:00, found `{text}`"
    if last < first:
        return f"`{text}` goes backwards through the week: write its days apart"
    if until <= start:
        return f"`{text}` ends before it begins: write what is past midnight with the next day"
    return Hours(tuple((d * DAY + start, d * DAY + until) for d in range(first, last + 1)), text)


def moment_of(text: str) -> float | str:
    """A moment of the week (`Tue 10:00`) in seconds since Monday 0:00, or what is wrong with it."""
    found = _MOMENT.fullmatch(text)
    clock = None if found is None else _clock(found[2], found[3])
    if found is None or clock is None or clock >= DAY:
        return f"expected a moment of the week such as `Mon 09:00`, found `{text[:40]}`"
    return DAYS.index(found[1]) * DAY + clock


def overlapping(many: Iterable[Hours]) -> str | None:
    """The text of the first hours that overlap with others; None where none do."""
    spans = sorted((start, until, hours.text) for hours in many for start, until in hours.spans)
    return next((b[2] for a, b in pairwise(spans) if b[0] < a[1]), None)


def pieces(
    valued: Iterable[tuple[Hours, float]], otherwise: float, begins: float = 0.0
) -> tuple[tuple[float, float], ...]:
    """A function of the week as (from, value) from 0 on, the week beginning at the moment `begins`."""
    spans = [(start, until, value) for hours, value in valued for start, until in hours.spans]
    ends = {0.0, *((t - begins) % WEEK for start, until, _ in spans for t in (start, until))}

    def at(time: float) -> float:
        moment = (time + begins) % WEEK
        return next((value for start, until, value in spans if start <= moment < until), otherwise)

    found: list[tuple[float, float]] = []
    for time in sorted(ends):
        value = at(time)
        if not found or found[-1][1] != value:
            found.append((time, value))
    return tuple(found)


def _clock(hours: str, minutes: str) -> float | None:
    seconds = int(hours) * 3600.0 + int(minutes) * 60.0
    return seconds if int(minutes) < 60 and seconds <= DAY else None


@dataclass(frozen=True, slots=True)
class WeekHours:
    """How hours of the week are written."""

    def read(self, node: Node, path: str, reader: Reader) -> Hours:
        found = hours_of(node.value) if isinstance(node, Scalar) else f"expected {SHAPE}, found {what(node)}"
        if isinstance(found, str):
            reader.problem(node.at, f"{path}: {found}")
            return FAILED
        return found

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^{_HOURS.pattern}$"}


@dataclass(frozen=True, slots=True)
class WeekMoment:
    """How a moment of the week is written."""

    def read(self, node: Node, path: str, reader: Reader) -> float:
        found = (
            moment_of(node.value)
            if isinstance(node, Scalar)
            else f"expected a moment of the week such as `Mon 09:00`, found {what(node)}"
        )
        if isinstance(found, str):
            reader.problem(node.at, f"{path}: {found}")
            return FAILED
        return found

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^{_MOMENT.pattern}$"}
