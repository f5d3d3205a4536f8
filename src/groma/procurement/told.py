"""An evaluation as figures: every number of it with what it was made from, for documents to quote.

Figures of a bid are `bid/NAME/...`: `price`, `scored_price`, `points/CRITERION`, `total`, `leave/MONTH`, `whole`, and
the figures of its own ledger under that name. Prices and answers are inputs with file, sheet and row.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from groma.model.figure import Figure, Input, Ledger, Line
from groma.procurement.evaluation import Evaluated, Evaluation
from groma.procurement.request import Request


def told(evaluation: Evaluation, ledger: Ledger) -> Ledger:
    """The request's ledger (`request_ledger`) with all figures of the evaluation."""
    made = ledger.extended(())
    for each in evaluation.bids:
        for given in _inputs(each):
            made.enter(given)
        _own(each, made)
        for figure in _figures(evaluation.request, each):
            made.write(figure)
    return made


def scales(request: Request, ledger: Ledger, *, disclosed: bool = True) -> None:
    """The ends of the scales, the quantities and the terms of a request. Not `disclosed`: the ends of the price without
    the estimate that they come from, since a document for bidders doesn't show it."""
    for scale in request.scales:
        name = f"rfp/weight/{scale.key}"
        ledger.write(
            _number(
                name, f"Weight of {scale.title}", "1", scale.weight, "stated in the terms, or shared evenly"
            )
        )
        for end, value in (("none", scale.none_at), ("all", scale.full_at)):
            if value is None:
                continue
            own = "own estimate of the buyer" + ("" if disclosed else ", which it keeps to itself")
            how = (
                own
                if scale.key == "price"
                else ("target of the need" if end == "none" else "best end of the reference design")
            )
            refs = () if scale.key == "price" and not disclosed else _behind(scale.key, end, ledger)
            figure = _number(
                f"rfp/{end}_at/{scale.key}",
                f"{'No' if end == 'none' else 'All'} points for {scale.title}",
                scale.unit,
                value,
                how,
            )
            ledger.write(replace(figure, inputs=refs))
    ledger.write(
        _number(
            "rfp/months",
            "Months of the contract",
            "month",
            Fraction(request.months),
            "terms, or how long what is bought is used",
        )
    )
    for line in request.lines:
        ledger.write(
            _number(
                f"rfp/quantity/{line.id}",
                f"Quantity of {line.title}: {line.item}",
                "1",
                line.quantity,
                "counted in the model",
            )
        )


def _behind(key: str, end: str, ledger: Ledger) -> tuple[str, ...]:
    if key == "price":
        return ("cost/month",) if "cost/month" in ledger else ()
    need = key.partition(".")[2]
    if end == "none":
        return (f"need/{need}/target",)
    return tuple(r.figure for r in ledger.needs if r.need == need)


def _number(name: str, title: str, unit: str, value: Fraction, method: str) -> Figure:
    plain = float(value)
    return Figure(name, title, unit, plain, plain, plain, method=method)


def _inputs(each: Evaluated) -> Iterator[Input]:
    bid = each.bid
    source = f"bid of {bid.bidder}"
    for key, offer in (*bid.prices.items(), *bid.leaving.items()):
        shown = f"{float(offer.value):,.2f}" + (
            "" if offer.firm else f" ({float(offer.low):,.2f} .. {float(offer.high):,.2f})"
        )
        yield Input(
            f"bid/{bid.name}/said/{key}",
            shown,
            f"{bid.name}.xlsx, sheet {offer.where}",
            source,
            bid.date,
            float(offer.low),
            float(offer.high),
        )
    for key, answer in bid.answers.items():
        yield Input(
            f"bid/{bid.name}/said/{key}",
            answer.text[:200],
            f"{bid.name}.xlsx, sheet {answer.where}",
            source,
            bid.date,
        )


def _own(each: Evaluated, made: Ledger) -> None:
    """The figures of a bid's own ledger that its needs are held against, with all that lies behind them, under
    its name."""
    own, prefix = each.offered.ledger, f"bid/{each.bid.name}/"
    waiting = [result.figure for result in own.needs] + [n for n in ("people/month", "cost/once") if n in own]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in own.inputs:
            made.enter(replace(own.inputs[name], name=prefix + name))
        elif name in own:
            figure = own[name]
            refs = (*figure.inputs, *(ref for line in figure.derivation for ref in line.refs))
            waiting += refs
            lines = tuple(
                Line(line.text, line.value, tuple(prefix + ref for ref in line.refs))
                for line in figure.derivation
            )
            made.write(
                replace(
                    figure,
                    name=prefix + name,
                    inputs=tuple(prefix + ref for ref in figure.inputs),
                    derivation=lines,
                )
            )


def _figures(request: Request, each: Evaluated) -> Iterator[Figure]:
    bid, prefix = each.bid, f"bid/{each.bid.name}/"
    said = tuple(f"{prefix}said/{line.key}" for line in request.asked if line.key in bid.prices)
    if each.paid is not None:
        low, value, high = (float(end) for end in each.paid)
        yield Figure(
            f"{prefix}price",
            f"{bid.bidder}: price over the contract",
            request.currency,
            value,
            low,
            high,
            method="quantities times prices, added up again",
            inputs=(*said, "rfp/months"),
        )
    for points in each.points:
        key = points.scale.key
        if key == "price" and points.amount is not None:
            yield Figure(
                f"{prefix}scored_price",
                f"{bid.bidder}: price with what is paid to others",
                request.currency,
                float(points.amount),
                float(points.amount),
                float(points.amount),
                method="price over the contract, and the buyer's estimate of what it pays others",
                inputs=(f"{prefix}price",),
            )
        behind = _scored_from(request, each, key, prefix)
        inputs = (
            *behind,
            f"rfp/weight/{key}",
            *(
                f"rfp/{end}_at/{key}"
                for end, at in (("none", points.scale.none_at), ("all", points.scale.full_at))
                if at is not None
            ),
        )
        given = None if points.value is None else float(points.value * points.scale.weight * 100)
        weight = float(points.scale.weight * 100)
        yield Figure(
            f"{prefix}points/{key}",
            f"{bid.bidder}: points for {points.scale.title}",
            "1",
            given,
            given if given is not None else 0.0,
            given if given is not None else weight,
            method="weight times (amount - none at) / (all at - none at), between 0 and 1"
            if not points.scale.judged
            else "weight times mean mark / 5",
            inputs=inputs,
            reason=points.why,
        )
    least, most = (float(end) * 100 for end in each.reach)
    whole = None if each.total is None else float(each.total) * 100
    yield Figure(
        f"{prefix}total",
        f"{bid.bidder}: points of 100",
        "1",
        whole,
        least,
        most,
        method="sum of the points",
        inputs=tuple(f"{prefix}points/{p.scale.key}" for p in each.points),
        reason="" if whole is not None else "a criterion isn't scored yet",
    )
    for leave in each.leaving:
        cost = None if leave.cost is None else float(leave.cost)
        inputs = tuple(
            f"{prefix}said/{key}"
            for key in (f"fee.{leave.month}", "help", "exit.notice", "exit.bound")
            if key in bid.leaving or key in bid.answers
        )
        yield Figure(
            f"{prefix}leave/{leave.month}",
            f"{bid.bidder}: cost of leaving after month {leave.month}",
            request.currency,
            cost,
            cost,
            cost,
            method="fee, months still paid, help",
            inputs=(*inputs, *said),
            missing=leave.missing,
        )
    if each.whole is not None:
        whole_cost = each.whole
        high = whole_cost.high if math.isfinite(whole_cost.high) else None
        behind = (
            f"{prefix}price",
            f"{prefix}leave/{each.leaving[-1].month}",
            *((f"{prefix}people/month",) if "people/month" in each.offered.ledger else ()),
        )
        yield Figure(
            f"{prefix}whole",
            f"{bid.bidder}: cost over the contract",
            request.currency,
            whole_cost.value,
            whole_cost.low,
            high,
            method="price, what is paid to others, own people's time, leaving at the end",
            inputs=behind,
        )


def _scored_from(request: Request, each: Evaluated, key: str, prefix: str) -> tuple[str, ...]:
    if key == "price":
        return (f"{prefix}scored_price",) if each.paid is not None else ()
    if key.startswith("needs."):
        return tuple(prefix + r.figure for r in each.offered.ledger.needs if f"needs.{r.need}" == key)
    return (f"{prefix}said/{key}",) if key in each.bid.answers else ()
