"""How runs of a flow arrive in time: through the week, in bursts, or as they were recorded."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import FAILED, Amount, Reader, Real, key, what
from groma.model.position import ModelError, Position
from groma.model.quantity import Quantity
from groma.model.source import Mapping, Node, Scalar
from groma.model.trace import read_columns
from groma.model.week import Hours, WeekHours

HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Hours of the week in which a flow starts more or less often than in all others."""

    at: Position
    on: Hours = key(WeekHours(), "days and hours: `Mon-Fri 09:00-17:00`", required=True)
    times: float = key(Real(), "so many times as often as in hours that no piece names", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Arrivals that come in bursts: Poisson at one of two rates, which change at random (a two-state MMPP)."""

    at: Position
    times: float = key(Real(), "rate within a burst, as so many times the mean", required=True)
    share: Quantity = key(Amount("share"), "share of the time that is within a burst", required=True)
    last: Quantity = key(Amount("time"), "how long a burst lasts in the mean", required=True)

    @property
    def states(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """(rate as so many times the mean, mean stay in seconds) within bursts and outside."""
        share, stay = self.share.mean, self.last.mean
        outside = (1.0 - share * self.times) / (1.0 - share)
        return (self.times, stay), (max(outside, 0.0), stay * (1.0 - share) / share)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Arrivals as they were recorded: seconds from the first one, in order."""

    times: tuple[float, ...]
    text: str

    @property
    def busiest(self) -> float:
        """Starts per second in the busiest hour; over all of it where it is shorter."""
        lasts = self.times[-1]
        if lasts <= HOUR:
            return len(self.times) / lasts
        most = first = 0
        for n, time in enumerate(self.times):
            while self.times[first] <= time - HOUR:
                first += 1
            most = max(most, n - first + 1)
        return most / HOUR


@dataclass(frozen=True, slots=True)
class RecordedTimes:
    """`{from: FILE.csv, column: NAME}`: a column of times in seconds, in any order."""

    def read(self, node: Node, path: str, reader: Reader) -> Recorded:
        shape = "`{from: FILE.csv, column: NAME}`"
        if not isinstance(node, Mapping) or not node.entries:
            reader.problem(node.at, f"{path}: expected {shape}, found {what(node)}")
            return FAILED
        given: dict[str, str] = {}
        for name, value in node.entries:
            if name.value not in ("from", "column") or not isinstance(value, Scalar) or not value.value:
                reader.problem(name.at, f"{path}: expected {shape}, found `{name.value[:40]}`")
                return FAILED
            given[name.value] = value.value
        if len(given) < 2:
            reader.problem(node.at, f"{path}: expected {shape}, found only `{next(iter(given))}`")
            return FAILED
        try:
            rows, _ = read_columns(reader.folder, given["from"], (given["column"],), None, node.at)
        except ModelError as error:
            first = error.problems[0]
            reader.problem(first.position, f"{path}: {first.message}")
            return FAILED
        times = sorted(row[0] for row in rows)
        if times[-1] <= times[0]:
            reader.problem(node.at, f"{path}: a record of arrivals needs two that aren't at the same time")
            return FAILED
        return Recorded(tuple(time - times[0] for time in times), f"{given['from']}: {given['column']}")

    def schema(self) -> dict[str, object]:
        text = {"type": "string"}
        return {
            "type": "object",
            "properties": {"from": text, "column": text},
            "required": ["from", "column"],
            "additionalProperties": False,
        }
