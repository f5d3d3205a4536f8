"""What dependants ask of the recovery of data: the strictest of them wins.

A need on data asks it of them, a need on a flow of all data that the flow uses, and of data that must be back before
others no more than is asked of those (`after`): nothing can be later than what waits for it. A need about one loss asks
it for that loss; the strictest over all losses is what is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.recovery.events import event_of
from groma.analyses.recovery.flow import uses
from groma.analyses.recovery.losses import subject_of
from groma.model.figure import Figure
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.printed import format_quantity
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Demand:
    """A need that asks data to be back, or no older, within `seconds`; `through`: the flow or data that pass it on."""

    need: str
    data: str
    what: str
    seconds: float
    event: str | None
    through: str = ""


def demands(context: Context, data: str, what: str) -> tuple[Demand, ...]:
    """Everything that asks for the `rpo` or `rto` of data, the strictest first; of equals the first by name of need."""
    found = {d for d in _all(context, what) if d.data == data}
    return tuple(sorted(found, key=lambda d: (d.seconds, d.need, d.through)))


def strictest(context: Context, data: str, what: str) -> Demand | None:
    """The demand that wins; None where nobody asks."""
    return next(iter(demands(context, data, what)), None)


def _all(context: Context, what: str) -> Iterator[Demand]:
    direct = list(_direct(context, what))
    yield from direct
    if what == "rto":
        for demand in direct:
            for first in _before(context, demand.data):
                yield Demand(demand.need, first, what, demand.seconds, demand.event, f"data.{demand.data}")


def _direct(context: Context, what: str) -> Iterator[Demand]:
    for name, need in context.model.needs.items():
        of = parse_measure(need.measure)
        if not isinstance(of, ParsedMeasure) or of.kind != "recovery" or of.statistic != what:
            continue
        if not isinstance(need.at_most, Quantity):
            continue
        asked = need.at_most.mean
        subject = subject_of(context, of.subject)
        if not subject.is_flow:
            yield Demand(name, subject.name, what, asked, of.mark)
            continue
        for data in sorted(uses(context, subject.name)[1]):
            yield Demand(name, data, what, asked, of.mark, f"flows.{subject.name}")


def _before(context: Context, data: str) -> tuple[str, ...]:
    """Data that must be back before these, near and far."""
    found: dict[str, None] = {}
    todo = list(context.model.data[data].after)
    while todo:
        here = todo.pop(0)
        if here not in found:
            found[here] = None
            todo += context.model.data[here].after
    return tuple(found)


def figure(context: Context, measure: str) -> Figure:
    """`recovery/DATA/rpo_required` or `rto_required`, in seconds."""
    _, data, statistic = measure.split("/")
    what = statistic.removesuffix("_required")
    evidence = Evidence(context)
    found = demands(context, data, what)
    title = (
        f"Asked of the {'age of copies' if what == 'rpo' else 'return'} of {data} by the strictest dependant"
    )
    for demand in found:
        need = context.model.needs[demand.need].at_most
        assert isinstance(need, Quantity)
        ref = context.quantity(f"needs.{demand.need}.at_most", need)
        evidence.use(ref)
        through = f", through {demand.through}" if demand.through else ""
        after = f" when {event_of(context, demand.event).words}" if demand.event else ""
        evidence.line(f"need `{demand.need}`{after}{through}", format_quantity(demand.seconds, "s"), ref)
    if not found:
        return Figure(measure, title, "s", method="least of what is asked", reason="no need asks for it")
    least = found[0].seconds
    return Figure(
        measure,
        title,
        "s",
        value=least,
        low=least,
        high=least,
        method="least of what is asked",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
    )
