"""The oracle: probability and cut sets by trying every state. For tests, and for whoever doubts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
from math import fsum, prod

from groma.solvers.faulttrees.formula import (
    And,
    AtLeast,
    Constant,
    Event,
    Formula,
    Not,
    Or,
    bottom_up,
    events_of,
)

MOST_EVENTS = 20


def holds(formula: Formula, true_events: frozenset[str]) -> bool:
    """Whether the formula is true when exactly these events are."""
    value: dict[int, bool] = {}
    for f in bottom_up(formula):
        match f:
            case Event(name):
                value[id(f)] = name in true_events
            case Constant(known):
                value[id(f)] = known
            case Not(part):
                value[id(f)] = not value[id(part)]
            case And(parts):
                value[id(f)] = all(value[id(p)] for p in parts)
            case Or(parts):
                value[id(f)] = any(value[id(p)] for p in parts)
            case AtLeast(k, parts):
                value[id(f)] = sum(value[id(p)] for p in parts) >= k
    return value[id(formula)]


def brute_force(formula: Formula, probabilities: Mapping[str, float]) -> float:
    """P(formula), summed over all 2^n states of its events. ValueError above 20 events."""
    names = _few(formula)
    terms: list[float] = []
    for state in product((False, True), repeat=len(names)):
        if holds(formula, frozenset(n for n, up in zip(names, state, strict=True) if up)):
            terms.append(
                prod(
                    probabilities[n] if up else 1.0 - probabilities[n]
                    for n, up in zip(names, state, strict=True)
                )
            )
    return fsum(terms)


def brute_force_cut_sets(formula: Formula) -> frozenset[frozenset[str]]:
    """The minimal sets of events that make the formula true, by trying all sets, small ones first."""
    names = _few(formula)
    found: list[frozenset[str]] = []
    for size in range(len(names) + 1):
        for chosen in map(frozenset[str], combinations(names, size)):
            if not any(known <= chosen for known in found) and holds(formula, chosen):
                found.append(chosen)
    return frozenset(found)


def _few(formula: Formula) -> tuple[str, ...]:
    names = events_of(formula)
    if len(names) > MOST_EVENTS:
        raise ValueError(
            f"trying all states: at most {MOST_EVENTS} events, found {len(names)}; use probability()"
        )
    return names
