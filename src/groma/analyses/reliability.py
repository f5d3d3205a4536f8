"""What stands behind a flow's availability, as figures: importance of its parts, cut sets, what each part spends.

- `importance/FLOW/PART/birnbaum|fussell_vesely|raw|rrw|diagnostic|differential`: see the solver's `importance`
- `spends/FLOW/PART` (seconds a month): the part's share of the downtime; adds up to `downtime/FLOW`, less what the
  program itself does not carry
- `outages/FLOW` (per second): how often it stops for runs on average; `outage/FLOW` (s): how long that lasts
- `error_budget/FLOW[/PART]`: the same as a share of what the tightest need on the availability allows
- `cutset/FLOW/PART+PART`: how much of the time all of a minimal cut set's parts are down; `.../lost`: the share of runs
  lost while just they are; `.../share`: what that is of the flow's unavailability
- `cutsets/FLOW/all|ORDER`: how many minimal cut sets there are, of all orders and of each

FLOW may name a mark, `FLOW@MARK`. All at nominal facts, like every measure of importance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from math import fsum

from groma.analyses.availability.figures import solve
from groma.analyses.context import Context
from groma.analyses.structure.weakness import CutSetsFound, PartWeight, WeakSet, likeliest_sets, weights
from groma.model.figure import Figure, Line
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.month import SECONDS_PER_MONTH
from groma.model.quantity import Quantity

MOST_SETS = 20
MOST_PARTS = 40
STATISTICS = {
    "birnbaum": "How much the unavailability of {flow} grows with that of {part}",
    "fussell_vesely": "Share of the unavailability of {flow} that would go if {part} never failed",
    "raw": "How many times the unavailability of {flow} is, while {part} is down",
    "rrw": "How many times less the unavailability of {flow} would be if {part} never failed",
    "diagnostic": "Share of the time that {flow} is down in which {part} is",
    "differential": "Share of a change in all unavailabilities alike that {flow} has from {part}",
}
"""Measures of importance, by the last part of their name, with their titles."""

NOMINAL = "at nominal facts, parts as `availability` reads them"


def figure(context: Context, measure: str) -> Figure:
    """One of the figures above. Raises ValueError for one there isn't, with what there is."""
    subject = measure.split("/")[1]
    if measure not in context.ledger:
        for found in figures(context, subject):
            context.ledger.write(found)
    if measure not in context.ledger:
        raise ValueError(
            f"`{measure}` isn't known: a part that isn't one of {subject}, or facts that nobody states"
        )
    return context.ledger[measure]


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends(-math.inf)


def subjects(context: Context) -> tuple[str, ...]:
    """The flows that start, and the marks that a need on availability or downtime names."""
    model = context.model
    asked = [parse_measure(need.measure) for need in model.needs.values()]
    marked = [
        f"{m.subject}@{m.mark}" for m in asked if isinstance(m, ParsedMeasure) and _dependable(m) and m.mark
    ]
    started = [name for name, flow in model.flows.items() if flow.starts is not None]
    return tuple(dict.fromkeys((*started, *marked)))


def figures(context: Context, subject: str) -> Iterator[Figure]:
    """Every figure of one `FLOW[@MARK]`, what weighs most first; written once for a context."""
    key = ("reliability", subject, context.narrowed(context.left))
    known: tuple[Figure, ...] | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = tuple(_figures(context, subject))
    yield from known


def standard(context: Context, subject: str) -> Iterator[Figure]:
    """Those that every ledger holds: of the parts, the heaviest; of the cut sets, the likeliest."""
    heaviest = {weight.part for weight in weights(context, subject)[:MOST_PARTS]}
    for found in figures(context, subject):
        kind, _, *rest = found.name.split("/")
        if kind not in ("importance", "spends", "error_budget") or not rest or rest[0] in heaviest:
            yield found


def _figures(context: Context, subject: str) -> Iterator[Figure]:
    if not context.closed:
        return
    allowed = allowance(context, subject)
    whole = solve(context, subject).down
    down = whole.value
    weighed = weights(context, subject)
    yield from _how_often(subject, weighed, down)
    if allowed is not None and down is not None:
        name, share, path = allowed
        text = f"of the {share * SECONDS_PER_MONTH:.6g} s a month that need {name} leaves"
        spent = _point(
            f"error_budget/{subject}",
            f"Share of its error budget that {subject} spends",
            "1",
            down / share if share > 0 else None,
            "unavailability over what the need allows",
            (f"availability/{subject}", path),
            (Line("the unavailability", f"{down:.6g}"), Line("the budget", text, (path,))),
        )
        if share > 0:
            spent = replace(spent, low=whole.low / share, high=whole.high / share, valid=())
        yield spent
    for weight in weighed:
        yield from _of_part(subject, weight, allowed)
    found = likeliest_sets(context, subject, MOST_SETS)
    if found is not None:
        yield from _of_sets(subject, found, down)


def _how_often(subject: str, weighed: tuple[PartWeight, ...], down: float | None) -> Iterator[Figure]:
    if not weighed:
        return
    untold = [w.part for w in weighed if w.stops is None and w.birnbaum > 0.0]
    often = None if untold else fsum(w.stops or 0.0 for w in weighed)
    missing = tuple(
        f"{part.partition('#')[0]}.fails: state how often it fails and how long repair takes"
        for part in untold
    )
    missing = tuple(dict.fromkeys(missing))
    inputs = (f"availability/{subject}",)
    method = "failures of parts, weighed by Birnbaum's measure"
    title = f"How often parts that fail stop {subject}"
    yield replace(_point(f"outages/{subject}", title, "1/s", often, method, inputs), missing=missing)
    lasts = down / often if often and down is not None else None
    title = f"How long {subject} is stopped each time, on average"
    found = _point(
        f"outage/{subject}", title, "s", lasts, "downtime over how often", (f"outages/{subject}", *inputs)
    )
    yield replace(found, missing=missing)


def allowance(context: Context, subject: str) -> tuple[str, float, str] | None:
    """The need that allows `FLOW[@MARK]` the least unavailability, what it allows as a share, and its ledger id."""
    found: list[tuple[float, str, str]] = []
    for name, need in context.model.needs.items():
        measure = parse_measure(need.measure)
        target = need.at_least
        if (
            isinstance(measure, ParsedMeasure)
            and isinstance(target, Quantity)
            and measure.kind == "availability"
        ):
            of = measure.subject if measure.mark is None else f"{measure.subject}@{measure.mark}"
            if of == subject:
                path = context.quantity(f"needs.{name}.at_least", target)
                found.append((max(0.0, 1.0 - target.mean), name, path))
    if not found:
        return None
    share, name, path = min(found)
    return name, share, path


def _dependable(measure: ParsedMeasure) -> bool:
    return measure.kind == "availability"


def _of_part(subject: str, weight: PartWeight, allowed: tuple[str, float, str] | None) -> Iterator[Figure]:
    part, found = weight.part, weight.importance
    inputs = (f"availability/{subject}",)
    own = Line("how much of the time it is down", f"{weight.unavailability:.6g}")
    values = {
        "birnbaum": found.birnbaum,
        "fussell_vesely": found.fussell_vesely,
        "raw": found.risk_achievement,
        "rrw": found.risk_reduction,
        "diagnostic": found.diagnostic,
        "differential": found.differential,
    }
    for statistic, title in STATISTICS.items():
        name = f"importance/{subject}/{part}/{statistic}"
        value = values[statistic]
        made = _point(
            name, title.format(flow=subject, part=part), "1", value, "fault tree (derivative)", inputs, (own,)
        )
        if value is not None and math.isinf(value):
            made = Figure(
                name, made.title, "1", words="nothing would be left", method=made.method, inputs=inputs
            )
        yield made
    if weight.spends > 0.0:
        yield _point(
            f"spends/{subject}/{part}",
            f"Downtime of {subject} in a month spent by {part}",
            "s",
            weight.spends,
            "Aumann-Shapley value of the unavailability",
            inputs,
            (own, Line("what each part adds on the way from never failing; parts add up to the whole")),
        )
    if allowed is not None and allowed[1] > 0.0 and weight.spends > 0.0:
        need, share, path = allowed
        yield _point(
            f"error_budget/{subject}/{part}",
            f"Share of the error budget of {subject} that {part} spends",
            "1",
            weight.spends / (share * SECONDS_PER_MONTH),
            "downtime it spends over what the need allows",
            (f"spends/{subject}/{part}", path),
            (Line(f"what need {need} allows in a month", f"{share * SECONDS_PER_MONTH:.6g} s", (path,)),),
        )


def _of_sets(subject: str, found: CutSetsFound, down: float | None) -> Iterator[Figure]:
    method = "minimal cut sets (zero-suppressed diagrams)"
    total = sum(found.by_order.values())
    yield _point(f"cutsets/{subject}/all", f"Minimal cut sets of {subject}", "1", float(total), method)
    for order, count in found.by_order.items():
        title = f"Minimal cut sets of {subject} of {order} part{'' if order == 1 else 's'}"
        yield _point(f"cutsets/{subject}/{order}", title, "1", float(count), method)
    for weak in found.first:
        yield from _of_set(subject, weak, down)


def _of_set(subject: str, weak: WeakSet, down: float | None) -> Iterator[Figure]:
    alone = len(weak.parts) == 1
    parts = " and ".join(weak.parts)
    name = f"cutset/{subject}/{'+'.join(weak.parts)}"
    inputs = (f"availability/{subject}",)
    both = "product of the parts' unavailabilities"
    yield _point(
        name,
        f"Share of the time that {parts} {'is down' if alone else 'are down together'}",
        "1",
        weak.down,
        both,
        inputs,
    )
    title = f"Share of the runs of {subject} lost while just {parts} {'is' if alone else 'are'} down"
    yield _point(f"{name}/lost", title, "1", weak.lost, "fault tree (binary decision diagram)", inputs)
    if weak.down is not None and weak.lost is not None and down:
        share = weak.down * weak.lost / down
        title = f"What {parts} being down{'' if alone else ' together'} is of the unavailability of {subject}"
        lines = (Line("down together", f"{weak.down:.6g}", (name,)), Line("runs lost", "", (f"{name}/lost",)))
        yield _point(
            f"{name}/share", title, "1", share, "rare-event share of the unavailability", inputs, lines
        )


def _point(
    name: str,
    title: str,
    unit: str,
    value: float | None,
    method: str,
    inputs: tuple[str, ...] = (),
    lines: tuple[Line, ...] = (),
) -> Figure:
    reason = "" if value is not None else "a fact that it needs is missing"
    return Figure(
        name, title, unit, value, value, value, method=method, inputs=inputs, derivation=lines, valid=(NOMINAL,),
        reason=reason,
    )  # fmt: skip
