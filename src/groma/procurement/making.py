"""From a model with its figures to a request: what is asked for, in which numbers, and how points are given."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from groma.analyses import Context
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.grammar import did_you_mean
from groma.model.quantity import Quantity
from groma.procurement.asked import amount_text, asked_of, requirement
from groma.procurement.contract import CUSTOMARY, amount, contract, in_unit
from groma.procurement.derived import carried, gates, interfaces, moved
from groma.procurement.lines import estimate, lines_of, lot_of, numbered, numbers
from groma.procurement.request import Line, Request, RequestError, Requirement, Scale, Threshold
from groma.procurement.terms import LONGEST_CONTRACT, Terms

PRICE_SHARE = Fraction(3, 5)
"""Of all points, unless the terms say otherwise."""
JUDGED_SHARE = Fraction(3, 20)
"""For each criterion that people judge, unless the terms say otherwise."""
USUAL_MONTHS = 36
LEAVE_AT = (12, 24, 36)
CHAPTER_ORDER = (
    "Service levels",
    "Capacity",
    "Recovery",
    "Data and where they are",
    "Interfaces",
    "Dependability of parts",
    "Delivery",
    "Effort of the buyer's people",
    "Price",
    "Support",
    "Exit",
    "The offer",
    "Judged by people",
)


def request_of(
    model: Model,
    ledger: Ledger,
    catalog: Catalog,
    terms: Terms,
    *,
    file: str,
    lot: Iterable[str] = (),
    before: Request | None = None,
) -> Request:
    """The request. `lot` names components (all that are bought unless told); `before` is an earlier edition, whose
    numbers stay what they are.

    Raises RequestError for a lot or terms that name what isn't there, and for a model with nothing to buy.
    """
    context = Context(model, catalog, ledger.extended(()))
    chosen = _lot(context, tuple(lot))
    found = lines_of(context, chosen)
    if not found:
        raise RequestError(
            f"{file}: nothing is asked for: no part that isn't there yet has a price. Name parts with --lot"
        )
    asked_by = [line.key for line in found]
    wrong = [path for path in terms.bears if path not in asked_by]
    if wrong:
        hint = did_you_mean(wrong[0], asked_by) or f"; the prices are {', '.join(asked_by)}"
        raise RequestError(f"terms: bears: there is no price `{wrong[0]}`{hint}")
    lines = tuple(replace(line, bears=line.key in terms.bears) for line in found)
    lines = numbered(lines, {} if before is None else {line.key: line.id for line in before.lines})
    months = _months(model, terms, chosen)
    asked = _ordered(
        (
            *gates(model, ledger, chosen),
            *_capacity(model, chosen),
            *_numbers(model, chosen),
            *interfaces(model, chosen),
            *contract(model, terms, chosen),
        )
    )
    known = {} if before is None else {each.key: each.id for each in before.requirements}
    given = numbers("R", [each.key for each in asked], known)
    requirements = tuple(replace(each, id=number) for each, number in zip(asked, given, strict=True))
    scales = _scales(model, ledger, terms, requirements, lines, months, chosen)
    leave = terms.leave_at or tuple(m for m in LEAVE_AT if m <= months) or (months,)
    return Request(
        model.system,
        model.digest,
        file,
        model.currency,
        model.date or "",
        months,
        chosen,
        requirements,
        lines,
        scales,
        tuple(sorted({m for m in leave if m <= months} or {months})),
        _defaults(terms),
        terms.text,
    )


def _lot(context: Context, named: tuple[str, ...]) -> tuple[str, ...]:
    known = context.model.components
    for name in named:
        if name not in known:
            hint = did_you_mean(name, known) or f"; the model has {', '.join(known)}"
            raise RequestError(f"--lot: there is no part or question `{name}`{hint}")
    return tuple(name for name in known if name in named) if named else lot_of(context)


def _months(model: Model, terms: Terms, lot: tuple[str, ...]) -> int:
    if terms.contract is not None:
        months = in_unit(terms.contract, "month")
    else:
        lasts = [c.lasts for name in lot if isinstance((c := model.components[name]).lasts, Quantity)]
        months = max((in_unit(each, "month") for each in lasts), default=float(USUAL_MONTHS))
    whole = round(months)
    if not 1 <= whole <= LONGEST_CONTRACT:
        raise RequestError(f"terms: contract: expected 1 to {LONGEST_CONTRACT} months, found {months:g}")
    return whole


def _capacity(model: Model, lot: tuple[str, ...]) -> Iterator[Requirement]:
    for name, resource, takers, whole in carried(model, lot):
        component = model.components[name]
        unit = takers[0][1].unit
        worst = sum(each.high for _, each in takers) / float(unit.factor / unit.canonical.factor)
        asked = Threshold(
            f"at least {amount_text(worst, unit.symbol)}",
            f"rfp/demand/{name}/{resource}",
            "at_least",
            round(worst, 9),
        )
        more = "" if whole else " More runs on it that doesn't say yet what it takes, so this is the least."
        title = component.title or name
        text = f"{title}: {resource} for what runs on all of it together, in use at the same time.{more}"
        yield Requirement(
            "",
            f"capacity.{name}.{resource}",
            "Capacity",
            "gate",
            text,
            "yes or no",
            "",
            asked,
            "data sheet, and seen at acceptance",
            (f"components.{name}", *(".".join(path.split(".")[:2]) for path, _ in takers)),
        )


def _numbers(model: Model, lot: tuple[str, ...]) -> Iterator[Requirement]:
    for name in lot:
        for each in asked_of(model, model.components[name]):
            yield requirement(each)


def _ordered(found: Iterable[Requirement]) -> list[Requirement]:
    return sorted(found, key=lambda each: CHAPTER_ORDER.index(each.chapter))


def _scales(
    model: Model,
    ledger: Ledger,
    terms: Terms,
    requirements: tuple[Requirement, ...],
    lines: tuple[Line, ...],
    months: int,
    lot: tuple[str, ...],
) -> tuple[Scale, ...]:
    price = _price(terms, lines, months, model.currency)
    scored = [scale for each in requirements if (scale := _of_need(model, ledger, each, lot)) is not None]
    judged = [
        Scale(
            f"judged.{name}",
            name.replace("_", " ").capitalize(),
            Fraction(0),
            requirement=_id(requirements, f"judged.{name}"),
            good=each.good,
        )
        for name, each in terms.judged.items()
    ]
    known = {"price", *(scale.key.partition(".")[2] for scale in scored)}
    wrong = [name for name in terms.weights if name not in known]
    if wrong:
        hint = (
            did_you_mean(wrong[0], sorted(known)) or f"; points can be given for {', '.join(sorted(known))}"
        )
        raise RequestError(f"terms: weights: no points can be given for `{wrong[0]}`{hint}")
    return _weighed(terms, price, scored, judged)


def _price(terms: Terms, lines: tuple[Line, ...], months: int, currency: str) -> Scale:
    own = estimate(lines, months)
    full = _money(terms.full_points_at, currency) or (None if own is None else _round(own.low))
    none = _money(terms.no_points_at, currency) or (None if own is None else _round(own.high))
    if full is not None and none is not None and full >= none:
        if terms.full_points_at is not None or terms.no_points_at is not None:
            raise RequestError(
                f"terms: expected full_points_at below no_points_at, found {full} and {none} {currency}"
            )
        full, none = full * Fraction(3, 4), none * Fraction(5, 4)  # known exactly: a quarter to either side
    return Scale("price", "Price over the contract", Fraction(0), none, full, currency)


def _money(given: Quantity | None, currency: str) -> Fraction | None:
    if given is None:
        return None
    if given.unit.currency != currency:
        raise RequestError(f"terms: expected money in {currency}, found {given.text}")
    return Fraction(Decimal(repr(given.mean)))


def _round(value: float) -> Fraction:
    """To three digits: a stated end of a scale is a round number."""
    return Fraction(Decimal(f"{value:.2e}"))


def _of_need(model: Model, ledger: Ledger, each: Requirement, lot: tuple[str, ...]) -> Scale | None:
    """Points for being better than a need asks: none at the target, all at the best end of the reference design."""
    target = each.threshold
    result = next((r for r in ledger.needs if r.need == each.need), None)
    if (
        not each.need
        or result is None
        or target is None
        or target.value is None
        or result.figure.startswith("cost/")
    ):
        return None
    figure = ledger.figures.get(result.figure)
    best = None if figure is None else figure.high if target.sense == "at_least" else figure.low
    if (
        figure is None
        or best is None
        or not math.isfinite(best)
        or not moved(model, ledger, figure.name, lot)
    ):
        return None
    better = best > target.value if target.sense == "at_least" else best < target.value
    if not better:
        return None
    return Scale(
        each.key,
        figure.title,
        Fraction(0),
        Fraction(Decimal(repr(target.value))),
        Fraction(Decimal(f"{best:.12g}")),
        figure.unit,
        each.id,
    )


def _weighed(terms: Terms, price: Scale, scored: list[Scale], judged: list[Scale]) -> tuple[Scale, ...]:
    """Weights that add up to one: those that are stated, the rest shared by the criteria without any."""
    whole: dict[str, Fraction | None] = {"price": _share(terms.weights.get("price"))}
    whole |= {scale.key: _share(terms.weights.get(scale.key.partition(".")[2])) for scale in scored}
    whole |= {scale.key: _share(terms.judged[scale.key.partition(".")[2]].weight) for scale in judged}
    if not terms.weights and all(value is None for value in whole.values()):
        whole["price"] = PRICE_SHARE if len(whole) > 1 else Fraction(1)
        for scale in judged:
            whole[scale.key] = JUDGED_SHARE if JUDGED_SHARE * len(judged) <= 1 - PRICE_SHARE else None
    open_ones = [key for key, value in whole.items() if value is None]
    stated = sum((value for value in whole.values() if value is not None), Fraction(0))
    if stated > 1 or (not open_ones and stated != 1):
        raise RequestError(f"terms: weights: expected shares that add up to 100 %, found {float(stated):.4%}")
    rest = (1 - stated) / len(open_ones) if open_ones else Fraction(0)
    return tuple(
        replace(scale, weight=rest if (own := whole[scale.key]) is None else own)
        for scale in (price, *scored, *judged)
    )


def _share(given: Quantity | None) -> Fraction | None:
    return None if given is None else Fraction(Decimal(f"{given.mean:.12g}"))


def _id(requirements: tuple[Requirement, ...], key: str) -> str:
    return next((each.id for each in requirements if each.key == key), "")


def _defaults(terms: Terms) -> tuple[str, ...]:
    stated = terms.stated
    return tuple(
        name
        for name in (
            "contract",
            "weights",
            "full_points_at",
            "no_points_at",
            *CUSTOMARY,
            "formats",
            "hours",
            "leave_at",
            "schedule",
            "contact",
        )
        if name not in stated
    )


def thresholds(terms: Terms) -> Mapping[str, tuple[str, bool]]:
    """The terms that thresholds are taken from: as written, and whether somebody stated them."""
    return {name: (given.text, stated) for name in CUSTOMARY for given, stated in (amount(terms, name),)}
