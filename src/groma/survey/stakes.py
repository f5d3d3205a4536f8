"""The least that has to be away for more than half of the value to stop: sets of people, suppliers, credentials.

Value is what runs a month bring (`worth` times runs), of flows that state it; where none does, flows are counted alike.
Sets come from the minimal sets of absences of each flow (`dependence.absences`) and from credentials without which a
flow stops; they are joined by exhaustive search up to `LARGEST` elements, which is exact for sets of that size.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from groma.analyses.dependence import worth_of
from groma.model.figure import Figure, Line
from groma.survey.ground import Ground

HALF = 0.5
LARGEST = 3
MOST_PARTS = 40
"""Elements that are combined; of more, those that stop most alone."""


@dataclass(frozen=True, slots=True)
class StopSet:
    """Elements whose absence together stops `share` of the value (a ledger figure); `flows` are those that stop."""

    parts: tuple[str, ...]
    flows: tuple[str, ...]
    figure: str


def value_of(ground: Ground) -> tuple[dict[str, float], bool]:
    """Flow that starts -> its part of the value, and whether it is money (else flows are counted alike)."""
    worth = {
        flow: worth_of(ground.context, ground.model.flows[flow]).value for flow in ground.subject.started
    }
    known = {flow: value for flow, value in worth.items() if value}
    return (known, True) if known else (dict.fromkeys(ground.subject.started, 1.0), False)


def stop_sets(ground: Ground) -> tuple[StopSet, ...]:
    """All smallest sets that stop more than half of the value, what stops most first; empty where none does."""
    value, money = value_of(ground)
    whole = sum(value.values())
    stops = _stops(ground)
    if not whole:
        return ()
    parts = sorted(
        {part for each, _ in stops for part in each},
        key=lambda part: (-_stopped(value, stops, (part,)), part),
    )
    for size in range(1, LARGEST + 1):
        found = [
            (chosen, stopped)
            for chosen in combinations(parts[:MOST_PARTS], size)
            if (stopped := _stopped(value, stops, chosen)) > HALF * whole
        ]
        if found:
            found.sort(key=lambda each: (-each[1], each[0]))
            return tuple(
                _told(ground, value, stops, chosen, stopped / whole, money) for chosen, stopped in found
            )
    return ()


Stops = list[tuple[tuple[str, ...], dict[str, float]]]


def _stops(ground: Ground) -> Stops:
    """Minimal absences with the share of runs of each flow that they stop."""
    found: Stops = [(each.parts, {stop.flow: stop.share for stop in each.stops}) for each in ground.absences]
    for point in ground.alone:
        if point.kind == "credential":
            flows = {
                stop.flow: 1.0 if stop.lost is None else stop.lost for stop in point.stops if stop.at_once
            }
            if flows:
                found.append(((point.element,), flows))
    return found


def _stopped(value: dict[str, float], stops: Stops, chosen: tuple[str, ...]) -> float:
    """Value that stops when all of these are away: of each flow the largest share that a set within them stops."""
    shares: dict[str, float] = {}
    for parts, flows in stops:
        if set(parts) <= set(chosen):
            for flow, share in flows.items():
                shares[flow] = max(share, shares.get(flow, 0.0))
    return sum(value.get(flow, 0.0) * share for flow, share in shares.items())


def _told(
    ground: Ground, value: dict[str, float], stops: Stops, chosen: tuple[str, ...], share: float, money: bool
) -> StopSet:
    flows = tuple(
        dict.fromkeys(
            flow for parts, known in stops if set(parts) <= set(chosen) for flow in known if flow in value
        )
    )
    name = f"survey/stops/{'+'.join(chosen)}/share"
    what = (
        "of what runs bring in a month, as far as it is stated"
        if money
        else "of the flows, each counted alike"
    )
    lines = tuple(Line(f"{ground.name_of(f'flows.{flow}')} stops") for flow in flows)
    title = f"Share {what} that stops without {' and '.join(ground.name_of(part) for part in chosen)}"
    ground.context.ledger.write(
        Figure(
            name,
            title,
            "%",
            share * 100,
            share * 100,
            share * 100,
            method="minimal sets of absences",
            derivation=lines,
        )
    )
    return StopSet(chosen, flows, name)
