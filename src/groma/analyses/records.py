"""The audit trail: which steps leave a record of what was done, where it lies, for how long, how large it gets.

A data set with `records` is the record of what it names there: impacts, operations, flows. A step writes it where it
carries the data set to a part that holds it. Bytes follow from demand: how often runs come to those steps
(`visits`) times what one of them hands over (a size of the call in bytes); without such sizes the data set's own
`grows`. What is kept at any time is that times `kept_for` (Little's law); money is the holder's price for what is
`stored`, and nothing more where all that is stated of its price is by the month.

- `records/DATA/month` B taken in, `stored` B kept, `cost` money a month, `kept` s how long each is kept at least
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.cost.prices import prices
from groma.analyses.evidence import Evidence
from groma.analyses.interval import NOTHING_KNOWN, ZERO, Interval, mean_of, total
from groma.analyses.program_inputs import enter_counts, enter_rate
from groma.analyses.visits.counts import Use, sure, uses
from groma.model.elements import Data, Flow, Model
from groma.model.figure import Figure
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import Call, Choose, Do, Group, Hold, Parallel, Repeat, Send, Step, Stop, walk
from groma.model.quantity import Quantity
from groma.model.units import parse_unit

TITLES = {
    "month": "taken in a month",
    "stored": "kept at any time",
    "cost": "what keeping it costs a month",
    "kept": "how long each record is kept",
}
BYTES = parse_unit("B").dimension


def records_of(model: Model, component: str, operation: str, flow: str = "") -> tuple[Data, ...]:
    """Data that say they are the record of an operation: by its impact, its name, or the flow that it is used in."""
    found: list[Data] = []
    for data in model.data.values():
        names = set(data.records)
        impacts = {
            candidate.offers[operation].impact
            for candidate in model.candidates(component)
            if operation in candidate.offers
        }
        own = {
            f"components.{component}.offers.{operation}",
            f"components.{component}.{operation}",
            f"flows.{flow}",
        }
        if names & (own | {impact for impact in impacts if impact}):
            found.append(data)
    return tuple(found)


def writes(model: Model, step: Step, data: Data) -> bool:
    """Whether a step hands the data to a part that holds them."""
    action = step.action
    if not isinstance(action, Call | Send) or data.name not in step.carries:
        return False
    changes = any(
        candidate.offers[action.operation].effect != "none"
        for candidate in model.candidates(action.component)
        if action.operation in candidate.offers
    )
    return action.component in data.held_by and changes


def always_written(
    model: Model, steps: tuple[Step, ...], path: str, names: frozenset[str], caught: bool = False
) -> bool:
    """Whether every run that comes to the step at `path` and ends ok also writes one of these data, before or after.

    Steps around it count, and those before and after these; of a choice all branches, of a parallel with a join of all
    any branch, of a loop what it has around the step itself. A record in a fallback stands for no other run, and where
    a fallback that writes none may step in (`caught`), what comes after doesn't count: the run may not come there.
    """
    for number, step in enumerate(steps):
        if not any(each.path == path for each in _deep(model, (step,))):
            continue
        ends = any(isinstance(each.action, Stop) for each in _deep(model, (step,)))
        later = () if ends or caught else steps[number:]  # after a stop nothing is written
        if any(_surely(model, each, names) for each in (*steps[:number], *later)):
            return True
        fallback = step.policies.fallback
        left = fallback is not None and not any(_surely(model, each, names) for each in fallback)
        return any(
            always_written(model, inner, path, names, caught or (left and inner is not fallback))
            for inner in _inside(model, step)
        )
    return False


def _inside(model: Model, step: Step) -> Iterator[tuple[Step, ...]]:
    match step.action:
        case Choose(branches):
            yield from (branch.steps for branch in branches)
        case Parallel(branches=sequences):
            yield from sequences
        case Repeat(steps=steps) | Hold(steps=steps) | Group(steps=steps):
            yield steps
        case Do(flow):
            yield model.flows[flow].steps
        case Call(component, operation) | Send(component, operation):
            for candidate in model.candidates(component):
                if operation in candidate.offers:
                    yield candidate.offers[operation].steps
        case _:
            pass
    for guard in step.policies.guards:
        yield guard.steps
    yield step.policies.fallback or ()
    yield step.policies.compensate or ()


def _deep(model: Model, steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step in a sequence, those of flows that are done in place and of operations that are called included."""
    seen: set[str] = set()
    todo = list(steps)
    while todo:
        step = todo.pop()
        if step.path in seen:
            continue
        seen.add(step.path)
        yield step
        for inner in _inside(model, step):
            todo.extend(inner)


def _surely(model: Model, step: Step, names: frozenset[str]) -> bool:
    """Whether a step that ended ok has written one of the data."""
    fallback = step.policies.fallback
    if fallback is not None and not any(_surely(model, each, names) for each in fallback):
        return False
    if any(writes(model, step, model.data[name]) for name in names):
        return True

    def some(steps: tuple[Step, ...]) -> bool:
        return any(_surely(model, each, names) for each in steps)

    match step.action:
        case Choose(branches):
            return bool(branches) and all(some(branch.steps) for branch in branches)
        case Parallel(branches=sequences, join=join):
            return sum(not some(each) for each in sequences) < join
        case Repeat(steps=steps, times=times):
            return some(steps) and not (isinstance(times, Quantity) and times.low < 1.0)
        case Hold(steps=steps) | Group(steps=steps):
            return some(steps)
        case Do(flow):
            return some(model.flows[flow].steps)
        case Call(component, operation):
            offered = [c.offers[operation] for c in model.candidates(component) if operation in c.offers]
            return bool(offered) and all(some(each.steps) for each in offered)
        case _:
            return False


def proven(model: Model, flow: Flow, data: Data) -> tuple[Step, ...]:
    """The steps of a flow whose effect surely leaves a record in these data, but those that write it."""
    return tuple(
        step
        for step in sorted(_deep(model, flow.steps), key=lambda each: each.path)
        if isinstance(step.action, Call | Send)
        and data in records_of(model, step.action.component, step.action.operation, flow.name)
        and not writes(model, step, data)
        and always_written(model, flow.steps, step.path, frozenset({data.name}))
    )


def recording(context: Context, name: str) -> list[tuple[str, Use]]:
    """(flow, use) of every step that writes a record, for flows that start by themselves."""
    data = context.model.data[name]
    return [
        (flow, use)
        for flow, known in context.model.flows.items()
        if known.starts is not None
        for use in uses(context, flow)
        if use.kind in ("call", "send") and writes(context.model, use.step, data)
    ]


def recorded_steps(model: Model, name: str) -> list[Step]:
    """The steps that write a record, in the order of the flows."""
    data = model.data[name]
    return [s for flow in model.flows.values() for s in walk(flow.steps) if writes(model, s, data)]


def figure(context: Context, measure: str) -> Figure:
    """`records/DATA/month|stored|cost|kept`."""
    _, name, what = measure.split("/")
    data, evidence = context.model.data[name], Evidence(context)
    unit = {"cost": f"{context.model.currency}/month", "kept": "s"}.get(what, "B")
    found = _kept(evidence, data) if what == "kept" else _amount(context, data, what, evidence)
    known = not evidence.missing
    high = found.high if known and math.isfinite(found.high) else None
    return Figure(
        measure, f"{data.title or name}: {TITLES[what]}", unit, found.value if known else None,
        found.low if found.low > 0 or high is not None else None, high,
        method="as stated" if what == "kept" else "runs times what each leaves",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=evidence.valid, missing=evidence.missing,
        reason="" if known else "how long it is kept, how large a record is or what storage costs isn't stated",
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def _kept(evidence: Evidence, data: Data) -> Interval:
    return evidence.mean(f"data.{data.name}.kept_for", data.kept_for, "state how long it is kept")


def _amount(context: Context, data: Data, what: str, evidence: Evidence) -> Interval:
    rate = _a_second(context, data, evidence)
    if what == "month":
        return rate.scaled(SECONDS_PER_MONTH)
    stored = rate * _kept(evidence, data)
    if what == "stored":
        return stored
    price = ZERO
    for holder in data.held_by:
        price = price + _price_of(context, holder, evidence)
    return ZERO if price == ZERO else stored * price


def _a_second(context: Context, data: Data, evidence: Evidence) -> Interval:
    """Bytes a second: of the calls that write it, else as the data set is said to grow."""
    found: list[Interval] = []
    for flow, use in recording(context, data.name):
        sizes = [
            (size, amount)
            for size, amount in use.sizes.amounts
            if isinstance(amount, Quantity) and amount.unit.dimension == BYTES
        ]
        if not sizes:
            continue
        enter_rate(evidence, flow)
        enter_counts(evidence, flow)
        often = runs(context, flow).scaled(1.0 / SECONDS_PER_MONTH) * sure(use, use.weight)
        for size, amount in sizes:
            evidence.note(f"{use.step.path}.sizes.{size}", amount)
            found.append(often * mean_of(amount))
        evidence.line(f"written at {use.step.path}, a run", f"{use.weight.low:.4g} to {use.weight.high:.4g}")
    if found:
        return total(found)
    if isinstance(data.grows, Quantity):
        return evidence.mean(f"data.{data.name}.grows", data.grows)
    evidence.miss(
        f"data.{data.name}.grows",
        "state how fast it grows, or on the steps that write it how large a record is",
    )
    return NOTHING_KNOWN


def _price_of(context: Context, holder: str, evidence: Evidence) -> Interval:
    """Money a month for a byte kept by one holder; nothing where what is stated of its price is by the month alone."""
    found: list[Interval] = []
    for candidate in context.candidates(holder):
        known = prices(context, candidate)
        terms = [term for term in known.fixed if term.per == "stored"]
        if not terms and candidate.price and not known.missing:
            terms = list(known.fixed)
            paid = candidate.title or candidate.name
            evidence.assume(f"what is kept fits into what the price of {paid} by the month pays for")
            found.append(ZERO)
        else:
            found += [term.amount for term in terms]
        for term in terms:
            term.origin.entered(evidence)
    if not found:
        evidence.miss(f"components.{holder}.price.stored", "state what a size kept a month costs there")
        return NOTHING_KNOWN
    return Interval(
        min(each.low for each in found),
        found[0].value if len(found) == 1 else None,
        max(each.high for each in found),
    )
