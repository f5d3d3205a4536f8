"""Cheap model first: what a cascade costs, how long it takes, how often it is right, and which ones are worth it.

A request goes to the first model; that one is unsure of a share of them and hands these on (FrugalGPT: Chen,
Zaharia and Zou, 2023). Of the accuracies only those over all requests are known, not those over what is kept. With
a kept share
k and accuracy a the share of all requests that are kept and right lies between max(0, a + k - 1) and min(a, k)
(Frechet,
1951), whatever hangs together; the nominal value a k takes being right and being sure as independent, which is too
low for a model that is unsure of what it gets wrong.

All policies of up to three models are enumerated: alone, and every order of two or three. Nothing is searched, so the
frontier is exact.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_STAGES = 3
MOST_MODELS = 12


@dataclass(frozen=True, slots=True)
class Stage:
    """One model: money and seconds a request, share of answers that are right, share of requests it is `unsure` of
    (0 where it never says so: then it can only come last)."""

    name: str
    cost: float
    seconds: float
    accuracy: float
    unsure: float = 0.0

    def __post_init__(self) -> None:
        if (
            not (0.0 <= self.accuracy <= 1.0 and 0.0 <= self.unsure <= 1.0)
            or min(self.cost, self.seconds) < 0
        ):
            raise ValueError(f"{self.name}: expected shares between 0 and 1, money and time of zero or more")


@dataclass(frozen=True, slots=True)
class Policy:
    """Models in the order they are asked, with expected money and seconds a request, and the share right as nominal
    value and as the least and most that hold whatever hangs together; `shares` of requests that each model answers."""

    names: tuple[str, ...]
    cost: float
    seconds: float
    quality: float
    low: float
    high: float
    shares: tuple[float, ...]


def cascade(stages: Sequence[Stage]) -> Policy:
    """Stages in order; the last one keeps all it gets."""
    reach, cost, seconds = 1.0, 0.0, 0.0
    right = low = high = 0.0
    shares: list[float] = []
    for place, stage in enumerate(stages):
        cost += reach * stage.cost
        seconds += reach * stage.seconds
        kept = reach * (1.0 if place == len(stages) - 1 else 1.0 - stage.unsure)
        shares.append(kept)
        right += stage.accuracy * kept
        low += max(0.0, stage.accuracy + kept - 1.0)
        high += min(stage.accuracy, kept)
        reach -= kept
    names = tuple(stage.name for stage in stages)
    return Policy(names, cost, seconds, right, low, min(high, 1.0), tuple(shares))


def policies(stages: Iterable[Stage]) -> tuple[Policy, ...]:
    """Every model alone and every cascade of two and three whose stages before the last are sometimes unsure.

    Raises ValueError with more than 12 models.
    """
    given = sorted(stages, key=lambda stage: stage.name)
    if len(given) > MOST_MODELS:
        raise ValueError(f"expected at most {MOST_MODELS} models, found {len(given)}")
    found = [cascade((stage,)) for stage in given]
    for length in range(2, MOST_STAGES + 1):
        for order in itertools.permutations(given, length):
            if all(stage.unsure > 0.0 for stage in order[:-1]):
                found.append(cascade(order))
    return tuple(found)


def frontier(found: Iterable[Policy]) -> tuple[Policy, ...]:
    """Those that no other beats in money and nominal quality together, cheapest first."""
    kept: list[Policy] = []
    for policy in sorted(found, key=lambda p: (p.cost, -p.quality, p.seconds, p.names)):
        if not kept or policy.quality > kept[-1].quality + 1e-12:
            kept.append(policy)
    return tuple(kept)
