"""Gates and points of one bid, from its answers, its prices and its own ledger; no other bid is looked at.

A gate is passed, failed or open: open where nothing was answered or where a figure can't be shown to lie on one side of
its target. What people haven't judged yet isn't scored: it counts neither as zero nor as anything else, and the total
is told as the range that is left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from groma.analyses.jurisdictions import lies_in
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.procurement.asked import amount_text
from groma.procurement.bid import Answer, Bid
from groma.procurement.lines import estimate, over
from groma.procurement.request import Request, Requirement, Scale
from groma.solvers.scoring import between

BEST_MARK = 5
"""People judge from 0 to 5."""

Verdict = Literal["passed", "failed", "open"]
Marks = Mapping[str, Mapping[str, tuple[Fraction, ...]]]
"""Bid -> criterion -> marks of the evaluators who gave one."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A requirement that must be met, and whether it is."""

    requirement: Requirement
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a bid for one criterion, 0 to 1: `value` None where they aren't given yet."""

    scale: Scale
    value: Fraction | None
    low: Fraction
    high: Fraction
    why: str
    amount: Fraction | None = None
    """What the points were given for: the price, or the figure in its unit."""


def gates(bid: Bid, request: Request, model: Model, ledger: Ledger) -> tuple[Gate, ...]:
    """Every gate of the request."""
    verdicts = {result.need: result for result in ledger.needs}
    made: list[Gate] = []
    for requirement in request.requirements:
        if requirement.kind != "gate":
            continue
        answer = bid.answers.get(requirement.key)
        if answer is not None and answer.yes is False:
            made.append(Gate(requirement, "failed", f"the bid says no{_more(answer)}"))
        elif requirement.need:
            result = verdicts.get(requirement.need)
            made.append(_need(requirement, None if result is None else (result.verdict, result.why)))
        elif answer is None:
            made.append(Gate(requirement, "open", "not answered"))
        else:
            made.append(_answered(requirement, answer, bid, model))
    return tuple(made)


def _more(answer: Answer) -> str:
    return f": {answer.deviation}" if answer.deviation else ""


def _need(requirement: Requirement, found: tuple[str, str] | None) -> Gate:
    if found is None:
        return Gate(requirement, "open", "the model has no such need any more")
    verdict, why = found
    if verdict == "met":
        return Gate(requirement, "passed", why)
    return Gate(requirement, "failed" if verdict == "missed" else "open", f"{verdict}: {why}")


def _answered(requirement: Requirement, answer: Answer, bid: Bid, model: Model) -> Gate:
    asked = requirement.threshold
    if requirement.form == "countries" and asked is not None:
        outside = [code for code in answer.countries if not set(lies_in(model, code)) & set(asked.words)]
        if outside:
            return Gate(requirement, "failed", f"{', '.join(outside)}: not {asked.text}")
        return Gate(requirement, "passed", f"{answer.text}: {asked.text}")
    if (
        requirement.form == "number"
        and asked is not None
        and asked.value is not None
        and answer.number is not None
    ):
        good = answer.number <= asked.value if asked.sense == "at_most" else answer.number >= asked.value
        return Gate(requirement, "passed" if good else "failed", f"{answer.text}, asked {asked.text}")
    if requirement.key.startswith("capacity.") and asked is not None and asked.value is not None:
        return _capacity(requirement, bid, model, asked.value)
    return Gate(requirement, "passed", answer.text[:80])


def _capacity(requirement: Requirement, bid: Bid, model: Model, asked: float) -> Gate:
    """What is offered for one, times how many there are, against what runs on it."""
    _, name, resource = requirement.key.split(".", 2)
    one = bid.answers.get(f"components.{name}.provides.{resource}")
    component = model.components.get(name)
    if one is None or one.number is None or component is None:
        return Gate(requirement, "passed", "yes; the size of one isn't stated")
    unit = one.text.partition(" ")[2]
    whole = one.number * component.replicas
    words = f"{component.replicas} times {one.text} is {amount_text(whole, unit)}"
    return Gate(requirement, "passed" if whole >= asked else "failed", words)


def points(bid: Bid, request: Request, ledger: Ledger, marks: Marks) -> tuple[Points, ...]:
    """The points of every criterion."""
    return tuple(_points(scale, bid, request, ledger, marks) for scale in request.scales)


def _points(scale: Scale, bid: Bid, request: Request, ledger: Ledger, marks: Marks) -> Points:
    if scale.judged:
        return _judged(scale, marks.get(bid.name, {}).get(scale.key, ()))
    ends = scored_price(bid, request) if scale.key == "price" else _figure(scale, request, ledger)
    if ends is None or scale.none_at is None or scale.full_at is None:
        return Points(
            scale, None, Fraction(0), Fraction(1), "not scored: an amount that it hangs on isn't known"
        )
    given = [between(end, scale.none_at, scale.full_at) for end in ends]
    return Points(scale, given[1], min(given), max(given), "", ends[1])


def scored_price(bid: Bid, request: Request) -> tuple[Fraction, Fraction, Fraction] | None:
    """Least, nominal and most: what the bidder is paid over the contract, and what the buyer pays others for
    beside it."""
    own = bid.price(request)
    borne = borne_cost(request)
    if own is None or borne is None:
        return None
    return own[0] + borne[0], own[1] + borne[1], own[2] + borne[2]


def borne_cost(request: Request) -> tuple[Fraction, Fraction, Fraction] | None:
    """What the buyer pays others for over the contract, by its own estimate; the same for every bid."""
    mine = [line for line in request.lines if line.bears]
    if estimate(mine, request.months) is None:
        return None
    ends = [(line.low or Fraction(0), line.value or Fraction(0), line.high or Fraction(0)) for line in mine]
    low, value, high = (
        sum(
            (over(line, request.months, three[nth]) for line, three in zip(mine, ends, strict=True)),
            Fraction(0),
        )
        for nth in range(3)
    )
    return low, value, high


def _figure(scale: Scale, request: Request, ledger: Ledger) -> tuple[Fraction, Fraction, Fraction] | None:
    result = next((r for r in ledger.needs if f"needs.{r.need}" == scale.key), None)
    figure = None if result is None else ledger.figures.get(result.figure)
    if figure is None or figure.value is None or figure.low is None or figure.high is None or figure.disputed:
        return None
    if not all(math.isfinite(end) for end in (figure.low, figure.value, figure.high)):
        return None
    low, value, high = (Fraction(Decimal(f"{end:.12g}")) for end in (figure.low, figure.value, figure.high))
    return low, value, high


def _judged(scale: Scale, given: tuple[Fraction, ...]) -> Points:
    if not given:
        return Points(scale, None, Fraction(0), Fraction(1), "not judged yet")
    mean = sum(given, Fraction(0)) / len(given) / BEST_MARK
    each = ", ".join(f"{float(mark):g}" for mark in given)
    return Points(scale, mean, min(given) / BEST_MARK, max(given) / BEST_MARK, f"marks {each} of {BEST_MARK}")
