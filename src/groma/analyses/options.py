"""What each option of an open decision gives: the needs' figures of the state of the model that shows it, side by side.

An option is shown by the model as it is (`now`) or by one of its stages; both are assessed by the same analyses. What a
month of waiting costs is what the model costs now less what it would cost with the option: bill and people's time, less
what successful runs are worth where flows say so. The two are bounded apart from one another, so a fact that is in both
widens the range; the true difference lies inside.

Figures: `option/DECISION/N/MEASURE`, `option/DECISION/N/verdict/NEED` (words), `option/DECISION/N/waiting`
(money/month), `option/DECISION/waited` (months), N being the option's number in the order written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groma.analyses.context import Context
from groma.analyses.interval import Interval
from groma.analyses.needs import results
from groma.analyses.registry import figure
from groma.model.elements import Decision, Model
from groma.model.figure import Figure, Ledger, Line
from groma.model.month import SECONDS_PER_MONTH
from groma.model.quantity import Quantity
from groma.model.validate_decisions import NOW, stage_of

SIDE_BY_SIDE = ("cost/month", "people/month", "people/hours")
"""Measures that are shown of every option, whatever the needs are; those of people where there are any."""


def named(decision: str, number: int, what: str) -> str:
    """The ledger id of a figure of an option."""
    return f"option/{decision}/{number}/{what}"


def measures(model: Model) -> tuple[str, ...]:
    """What is compared: the measures of the needs, then bill and people's time."""
    more = SIDE_BY_SIDE if model.people else SIDE_BY_SIDE[:1]
    return tuple(dict.fromkeys((*(need.measure for need in model.needs.values()), *more)))


def option_figures(context: Context) -> Iterator[Figure]:
    """The figures of all options of open decisions that `now` or a stage shows; inputs are entered in the ledger."""
    now = _State(context)
    for decision in context.model.decisions.values():
        if decision.status != "open":
            continue
        waited = _waited(context.model, decision)
        if waited is not None:
            yield waited
        for number, option in enumerate(decision.options, 1):
            model = _shown(context.model, decision.shown_by.get(option, ()))
            if model is None:
                continue
            state = (
                now
                if model is context.model
                else _State(Context(model, context.catalog, Ledger(model.digest)))
            )
            yield from _copied(context, state, decision, number, option)
            if state is not now:
                yield _waiting(context.model, decision, number, option, now.running(), state.running())


@dataclass(slots=True)
class _State:
    """One state of the model, with what it costs to run it a month, worked out once."""

    context: Context
    known: Interval | None = None

    def running(self) -> Interval:
        """Bill and people's time less what successful runs are worth, in money a month; ends may be infinite."""
        if self.known is None:
            self.known = self._running()
        return self.known

    def _running(self) -> Interval:
        model = self.context.model
        parts = [_interval(figure(self.context, "cost/month"))]
        if model.people:
            parts.append(_interval(figure(self.context, "people/month")))
        spent = Interval(sum(p.low for p in parts), _sum(parts), sum(p.high for p in parts))
        earned = [self._earned(name) for name, flow in model.flows.items() if flow.worth is not None]
        low, high = spent.low - sum(e.high for e in earned), spent.high - sum(e.low for e in earned)
        whole = _sum(earned)
        value = None if spent.value is None or whole is None else spent.value - whole
        return Interval(low, value, high)

    def _earned(self, name: str) -> Interval:
        flow = self.context.model.flows[name]
        rate = None if flow.starts is None else flow.starts.rate
        if not isinstance(flow.worth, Quantity) or not isinstance(rate, Quantity):
            return Interval(0.0, None, math.inf)
        success = _interval(figure(self.context, f"success/{name}"))
        worth = _of(flow.worth)
        return (_of(rate).scaled(SECONDS_PER_MONTH) * worth) * Interval(
            success.low, success.value, min(success.high, 1.0)
        )


def _sum(parts: list[Interval]) -> float | None:
    values = [part.value for part in parts]
    return None if any(value is None for value in values) else math.fsum(v for v in values if v is not None)


def _of(quantity: Quantity) -> Interval:
    low, high = quantity.known or (quantity.mean, quantity.mean)
    return Interval(low, quantity.mean, high)


def _interval(found: Figure) -> Interval:
    low = found.low if found.low is not None else 0.0
    high = found.high if found.high is not None else math.inf
    return Interval(low, found.value, high)


def _shown(model: Model, shown_by: tuple[str, ...]) -> Model | None:
    """The state of the model that shows an option; None where nothing here does."""
    if shown_by == (NOW,):
        return model
    stage = stage_of(shown_by) if shown_by else None
    return None if stage is None else model.states.get(stage)


def _copied(
    context: Context, state: _State, decision: Decision, number: int, option: str
) -> Iterator[Figure]:
    prefix = named(decision.name, number, "")
    done: set[str] = set()
    for measure in measures(context.model):
        try:
            found = figure(state.context, measure)
        except (KeyError, ValueError) as error:
            yield Figure(prefix + measure, measure, "1", reason=f"not with this option: {error}")
            continue
        yield from _under(prefix, option, state.context.ledger, context.ledger, found, done)
    for result in results(state.context):
        if not result.accompanies:
            yield Figure(
                f"{prefix}verdict/{result.need}",
                f"{result.need.replace('_', ' ')} with: {option}",
                "",
                words=result.verdict,
                method="the need held against its figure of this option",
                derivation=(Line(result.why, "", (prefix + result.figure,)),),
            )


def _under(
    prefix: str, option: str, own: Ledger, ledger: Ledger, found: Figure, done: set[str]
) -> Iterator[Figure]:
    """A figure of another state and all that it was made from, under names of the option."""
    waiting = [found]
    while waiting:
        current = waiting.pop()
        if prefix + current.name in done:
            continue
        done.add(prefix + current.name)
        refs = {*current.inputs, *(ref for line in current.derivation for ref in line.refs)}
        names: dict[str, str] = {}
        for ref in sorted(refs):
            if ref in own.figures:
                names[ref] = prefix + ref
                waiting.append(own.figures[ref])
            elif ref in own.inputs:
                given = own.inputs[ref]
                same = ledger.inputs.get(ref, given) == given
                names[ref] = ledger.enter(given if same else replace(given, name=prefix + ref))
        yield replace(
            current,
            name=prefix + current.name,
            title=f"{current.title}, with: {option}",
            inputs=tuple(names[ref] for ref in current.inputs if ref in names),
            derivation=tuple(
                replace(line, refs=tuple(names[ref] for ref in line.refs if ref in names))
                for line in current.derivation
            ),
        )


def _waiting(
    model: Model, decision: Decision, number: int, option: str, now: Interval, then: Interval
) -> Figure:
    low, high = now.low - then.high, now.high - then.low
    value = None if now.value is None or then.value is None else now.value - then.value
    bounded = math.isfinite(low) or math.isfinite(high)
    prefix = named(decision.name, number, "")
    refs = tuple(f"{prefix}{m}" for m in SIDE_BY_SIDE[:2] if m in measures(model))
    return Figure(
        prefix + "waiting",
        f"What a month of waiting costs, if it is decided for: {option}",
        f"{model.currency}/month",
        value,
        low if math.isfinite(low) else None,
        high if math.isfinite(high) else None,
        method="what a month costs now, less what it costs with the option: bill, people's time, worth of runs",
        derivation=(Line("with the option", "", refs),),
        valid=("ranges of the two are taken apart, so the true range is within this one",),
        reason="" if bounded else "not everything that is paid is known",
    )


def _waited(model: Model, decision: Decision) -> Figure | None:
    """How many months a decision has been open on the day of the model; None where either day isn't stated."""
    if decision.since is None or model.date is None:
        return None
    months = _months(model.date) - _months(decision.since)
    if months < 0:
        return None
    return Figure(
        f"option/{decision.name}/waited",
        f"Months since which it is open: {decision.title or decision.name}",
        "1",
        months,
        months,
        months,
        method="from the day since when it is open to the day of the model",
    )


def _months(date: str) -> float:
    """Months since the year 0 of YYYY, YYYY-MM or YYYY-MM-DD; the middle where a part isn't stated."""
    parts = [int(part) for part in date.split("-")]
    month = parts[1] - 1 if len(parts) > 1 else 6.0
    day = (parts[2] - 1) / 30.44 if len(parts) > 2 else (0.5 if len(parts) == 2 else 0.0)
    return parts[0] * 12 + month + day
