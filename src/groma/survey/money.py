"""What a cause costs, what its remedy takes, when that has come back: figures of the ledger, added up from parts.

- `survey/CASE/cost`: money a month, the sum of the parts that can be counted; what isn't stated is named
- `survey/CASE/saving`: the share of it that goes with the remedy
- `survey/CASE/hours`, `survey/CASE/effort`: the remedy, in hours and in money
- `survey/CASE/payback`: effort / saving, in months; refused where one of them isn't known
- `survey/CASE/stake`: what the flows at risk bring in a month
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from groma.analyses.interval import Interval, total
from groma.model.figure import Figure, Input, Line
from groma.model.printed import format_range
from groma.survey.cause import Part, Remedy
from groma.survey.ground import Ground
from groma.survey.rates import hourly

PLANNED = "2026"
"""The year in which hours and shares of remedies were judged."""


def cost(ground: Ground, name: str, title: str, parts: Iterable[Part]) -> Figure:
    """The sum of the parts that can be counted, each key once; the others are what is missing."""
    each: dict[str, Part] = {}
    for part in parts:
        if part.key not in each or part.amount.low > each[part.key].amount.low:
            each[part.key] = part
    counted = [part for part in each.values() if part.counted]
    missing = tuple(dict.fromkeys(line for part in each.values() for line in part.missing))
    whole = total(part.amount for part in counted)
    currency = ground.model.currency
    lines = [Line(part.text, _band(part.amount, currency), part.refs) for part in counted]
    lines += [
        Line(f"{part.text}: not counted, since a fact is missing")
        for part in each.values()
        if not part.counted
    ]
    if not counted:
        why = "what it costs isn't stated" if missing else "no fact of the model says what it costs"
        return _write(
            ground,
            Figure(
                name,
                title,
                f"{currency}/month",
                method="parts added up",
                derivation=tuple(lines),
                missing=missing,
                reason=f"not shown: {why}",
            ),
        )
    some = (
        f"{len(counted)} of {len(each)} parts are counted: of the others a fact is missing" if missing else ""
    )
    return _write(
        ground,
        Figure(
            name,
            title,
            f"{currency}/month",
            whole.value,
            whole.low,
            whole.high if math.isfinite(whole.high) else None,
            method="parts added up",
            inputs=tuple(dict.fromkeys(ref for part in counted for ref in part.refs)),
            derivation=tuple(lines),
            missing=missing,
            reason=some,
            valid=("what may be lost counts from nothing (all is caught up) to all of it",)
            if any(p.kind == "lost" for p in counted)
            else (),
        ),
    )


def saving(ground: Ground, case: str, remedy: Remedy, whole: Figure) -> Figure:
    """What goes with the remedy: a share of the cost."""
    name, unit = f"survey/{case}/saving", whole.unit
    title = "What the remedy saves in a month"
    if whole.low is None and whole.high is None:
        return _write(
            ground,
            Figure(
                name,
                title,
                unit,
                method="share of the cost",
                reason="the cost isn't known",
                missing=whole.missing,
            ),
        )
    share = _entered(
        ground,
        case,
        "share",
        f"{remedy.saves[0] * 100:g} % to {remedy.saves[1] * 100:g} % of the cost",
        remedy,
        remedy.saves,
    )
    low = (whole.low or 0.0) * remedy.saves[0]
    high = None if whole.high is None else whole.high * remedy.saves[1]
    value = low if low == high else None
    line = Line("the share of the cost that goes with it", "", (whole.name, share))
    return _write(
        ground,
        Figure(
            name,
            title,
            unit,
            value,
            low,
            high,
            method="share of the cost",
            inputs=(whole.name, share),
            derivation=(line,),
            missing=whole.missing,
            reason=whole.reason,
        ),
    )


def hours(ground: Ground, case: str, remedy: Remedy, worked: tuple[str, ...] = (), times: int = 1) -> Figure:
    """Hours that the remedy takes, once: its band, and what comes on top for each hour a month of the work."""
    text = f"{remedy.hours[0]:g} h to {remedy.hours[1]:g} h"
    if any(remedy.grows):
        text += f", and {remedy.grows[0]:g} h to {remedy.grows[1]:g} h for each hour a month of the work"
    ref = _entered(ground, case, "hours", text, remedy, remedy.hours)
    amount = total(ground.hours(path) for path in worked)
    low = times * remedy.hours[0] + remedy.grows[0] * amount.low
    high = times * remedy.hours[1] + remedy.grows[1] * (
        amount.high if math.isfinite(amount.high) else amount.low
    )
    value = low if low == high else None
    name = f"survey/{case}/hours"
    line = Line(
        "a planning band" + (f", for each of {times} parts" if times > 1 else ""),
        format_range(low, high, "h"),
        (ref,),
    )
    return _write(
        ground,
        Figure(
            name,
            "Work that the remedy takes, once",
            "h",
            value,
            low,
            high,
            method="planning band",
            inputs=(ref,),
            derivation=(line,),
        ),
    )


def effort(ground: Ground, case: str, remedy: Remedy, worked: Figure) -> Figure:
    """What the remedy costs, once: hours times what an hour of whoever does it costs."""
    rate, refs, missing = hourly(ground, remedy.by)
    name, title, unit = f"survey/{case}/effort", "What the remedy costs, once", ground.model.currency
    if missing or rate is None:
        return _write(
            ground,
            Figure(
                name,
                title,
                unit,
                method="hours times rate",
                inputs=(worked.name,),
                missing=missing,
                reason="what an hour costs isn't known",
            ),
        )
    low, high = (worked.low or 0.0) * rate.low, (worked.high or 0.0) * rate.high
    line = Line(
        f"hours times what an hour of {remedy.by} costs", _band(rate, f"{unit}/h"), (worked.name, *refs)
    )
    value = low if low == high else None
    return _write(
        ground,
        Figure(
            name,
            title,
            unit,
            value,
            low,
            high,
            method="hours times rate",
            inputs=(worked.name, *refs),
            derivation=(line,),
        ),
    )


def payback(ground: Ground, case: str, paid: Figure, saved: Figure) -> Figure:
    """Months until the effort has come back; refused where effort or saving isn't known, without end where nothing may
    be saved."""
    name, title = f"survey/{case}/payback", "Months until the remedy has paid for itself"
    inputs = (paid.name, saved.name)
    if paid.low is None or paid.high is None or saved.high is None or saved.high <= 0.0:
        known = "what the remedy costs" if paid.low is None else "what it saves"
        missing = tuple(dict.fromkeys((*paid.missing, *saved.missing)))
        return _write(
            ground,
            Figure(
                name,
                title,
                "month",
                method="effort by saving",
                inputs=inputs,
                missing=missing,
                reason=f"refused: {known} isn't known",
            ),
        )
    low = paid.low / saved.high
    least = saved.low or 0.0
    high = paid.high / least if least > 0.0 else None
    value = low if low == high else None
    reason = "" if high is not None else "it is a precaution: it may save nothing for years"
    line = Line("effort by saving: the least by the most, the most by the least", "", inputs)
    return _write(
        ground,
        Figure(
            name,
            title,
            "month",
            value,
            low,
            high,
            method="effort by saving",
            inputs=inputs,
            derivation=(line,),
            reason=reason,
        ),
    )


def stake(ground: Ground, case: str, flows: tuple[str, ...]) -> Figure | None:
    """What the flows at risk bring in a month; None where none of them starts."""
    whole, refs, missing = ground.stake(flows)
    if not any(ground.model.flows[flow].starts is not None for flow in flows):
        return None
    name, unit = f"survey/{case}/stake", f"{ground.model.currency}/month"
    title = "What the work at risk brings in a month"
    if not refs:
        return _write(
            ground,
            Figure(
                name,
                title,
                unit,
                method="worth times runs",
                missing=missing,
                reason="what a run is worth isn't stated",
            ),
        )
    lines = tuple(
        Line(f"{ground.name_of(f'flows.{flow}')}: runs a month times what one is worth") for flow in flows
    )
    some = "as far as it is stated" if missing else ""
    return _write(
        ground,
        Figure(
            name,
            title,
            unit,
            whole.value,
            whole.low,
            whole.high if math.isfinite(whole.high) else None,
            method="worth times runs",
            inputs=refs,
            derivation=lines,
            missing=missing,
            reason=some,
        ),
    )


def _entered(
    ground: Ground, case: str, what: str, text: str, remedy: Remedy, band: tuple[float, float]
) -> str:
    name = f"assumption/{case.partition(':')[0]}/{what}"
    return ground.context.ledger.enter(
        Input(
            name,
            text,
            "a planning band of the cause, until somebody makes an offer",
            remedy.basis,
            PLANNED,
            *band,
        )
    )


def _band(amount: Interval, unit: str) -> str:
    if amount.value is not None and amount.low == amount.high:
        return f"{amount.value:,.2f} {unit}"
    top = f"{amount.high:,.2f}" if math.isfinite(amount.high) else "no end"
    return f"{amount.low:,.2f} to {top} {unit}"


def _write(ground: Ground, figure: Figure) -> Figure:
    return ground.context.ledger.write(figure)
