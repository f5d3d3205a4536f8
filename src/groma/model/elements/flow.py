"""What a system does: its flows, with how often they start."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groma.model.arriving import Bursts, Piece, Recorded, RecordedTimes
from groma.model.grammar import Amount, OneOrMany, Program, Record, Reference, Text, key
from groma.model.law import Constant, scaled
from groma.model.position import Position
from groma.model.program import Step
from groma.model.quantity import Quantity, Unknown
from groma.model.units import parse_unit
from groma.model.week import WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How often a flow starts."""

    at: Position
    rate: Quantity | Unknown | None = key(Amount("rate"), "mean over a month (what is paid for)")
    busiest: Quantity | Unknown | None = key(
        Amount("rate"), "in the busiest hour (what must be stood); the mean unless stated"
    )
    arrivals: Quantity | None = key(
        Amount("time"), "law of the time between arrivals, scaled to the rate; Poisson unless stated"
    )
    through_the_week: tuple[Piece, ...] = key(
        OneOrMany(Record("Piece", Piece)),
        "hours of the week that are busier than the rest: `{on: Mon-Fri 09:00-17:00, times: 8}`",
        default=(),
    )
    bursts: Bursts | None = key(Record("Bursts", Bursts), "arrivals in bursts")
    replays: Recorded | None = key(
        RecordedTimes(), "arrivals as they were recorded: `{from: FILE.csv, column: NAME}`, in seconds"
    )
    population: Quantity | None = key(
        Amount("count"),
        "customers who come again, in the busiest hour: each thinks, starts a run, and thinks again when it has ended",
    )
    think: Quantity | None = key(Amount("time"), "how long each of the `population` thinks between two runs")

    @property
    def closed(self) -> bool:
        """Whether its runs are those of a fixed number of customers, so that their rate follows from how it serves."""
        return self.population is not None

    @property
    def customers(self) -> int:
        """How many customers there are, nominally; none where runs just arrive."""
        return 0 if self.population is None else max(1, round(self.population.mean))

    @property
    def at_peak(self) -> Quantity | Unknown | None:
        """The rate of the busiest hour: stated, that of the busiest piece of the week or of the record, or the mean.

        None where it follows from how customers are served.
        """
        if self.closed:
            return None
        if self.busiest is not None:
            return self.busiest
        if self.replays is not None:
            busiest = Constant(self.replays.busiest)
            return Quantity(busiest, parse_unit("1/s"), self.at, f"the busiest hour of {self.replays.text}")
        mean = self.rate
        if not self.through_the_week or not isinstance(mean, Quantity):
            return mean
        most = max(1.0, *(piece.times for piece in self.through_the_week)) / self.weight
        known = None if mean.known is None else (mean.known[0] * most, mean.known[1] * most)
        text = f"{mean.text}, {most:.4g} times as many in its busiest hours"
        return replace(mean, law=scaled(mean.law, most), known=known, most=None, exact=None, text=text)

    @property
    def weight(self) -> float:
        """The mean over the week of how many times as often it starts as in hours that no piece names."""
        return 1.0 + sum((piece.times - 1.0) * piece.on.length for piece in self.through_the_week) / WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A program that the system runs at each arrival."""

    name: str
    at: Position
    title: str = key(Text(), "what it is for", default="")
    starts: Start | None = key(Record("Start"), "how often it starts; none for a flow that others run")
    by: str | None = key(Reference("people", "components"), "who starts it")
    steps: tuple[Step, ...] = key(Program(), "what happens", required=True)
    carries: tuple[str, ...] = key(
        OneOrMany(Reference("data")), "data that all its calls hand over", default=()
    )
    worth: Quantity | Unknown | None = key(Amount("money"), "what one successful run is worth")
    makes: str = key(Text(), "what it makes for somebody to read: a report, a list", default="")
    for_: tuple[str, ...] = key(
        OneOrMany(Reference("people", "components")), "who needs what it makes", default=()
    )
    on_error: str = key(Text(), "what is done when it fails, and by whom", default="")
