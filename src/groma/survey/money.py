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

from groma.analyses.cost_prices import exchange
from groma.analyses.interval import Interval, mean_of, total
from groma.model.figure import Figure, Input, Line
from groma.model.printed import format_range
from groma.model.quantity import Quantity
from groma.survey.cause import OWN_PEOPLE, Part, Remedy
from groma.survey.ground import Ground

BANDS = "labour-bands"
EAST = frozenset("BG CZ EE HR HU LT LV PL RO SI SK".split())
WEST = frozenset("AT BE CH DE DK ES EU EEA FI FR GB IE IT LU NL NO PT SE UK".split())
PLANNED = "2026"
"""The year in which hours and shares of remedies were judged."""


def cost(ground: Ground, name: str, title: str, parts: Iterable[Part]) -> Figure:
    """The sum of the parts that can be counted, each key once; the others are what is missing."""
    each = {part.key: part for part in parts}
    counted = [part for part in each.values() if part.counted]
    missing = tuple(dict.fromkeys(line for part in each.values() for line in part.missing))
    whole = total(part.amount for part in counted)
    currency = ground.model.currency
    lines = [Line(part.text, _band(part.amount, currency), part.refs) for part in counted]
    lines += [Line(f"{part.text}: not counted, since a fact is missing") for part in each.values() if not part.counted]
    if not counted:
        why = "what it costs isn't stated" if missing else "no fact of the model says what it costs"
        return _write(ground, Figure(
            name, title, f"{currency}/month", method="parts added up", derivation=tuple(lines), missing=missing,
            reason=f"not shown: {why}",
        ))  # fmt: skip
    some = f"{len(counted)} of {len(each)} parts are counted: of the others a fact is missing" if missing else ""
    return _write(ground, Figure(
        name, title, f"{currency}/month", whole.value, whole.low, whole.high if math.isfinite(whole.high) else None,
        method="parts added up", inputs=tuple(dict.fromkeys(ref for part in counted for ref in part.refs)),
        derivation=tuple(lines), missing=missing, reason=some,
        valid=("what may be lost counts from nothing (all is caught up) to all of it",) if any(p.kind == "lost" for p in counted) else (),
    ))  # fmt: skip


def saving(ground: Ground, case: str, remedy: Remedy, whole: Figure) -> Figure:
    """What goes with the remedy: a share of the cost."""
    name, unit = f"survey/{case}/saving", whole.unit
    title = "What the remedy saves in a month"
    if whole.low is None and whole.high is None:
        return _write(ground, Figure(name, title, unit, method="share of the cost", reason="the cost isn't known", missing=whole.missing))
    share = _entered(ground, case, "share", f"{remedy.saves[0] * 100:g} % to {remedy.saves[1] * 100:g} % of the cost", remedy, remedy.saves)
    low = (whole.low or 0.0) * remedy.saves[0]
    high = None if whole.high is None else whole.high * remedy.saves[1]
    value = low if low == high else None
    line = Line("the share of the cost that goes with it", "", (whole.name, share))
    return _write(ground, Figure(
        name, title, unit, value, low, high, method="share of the cost", inputs=(whole.name, share), derivation=(line,),
        missing=whole.missing, reason=whole.reason,
    ))  # fmt: skip


def hours(ground: Ground, case: str, remedy: Remedy, worked: tuple[str, ...] = ()) -> Figure:
    """Hours that the remedy takes, once: its band, and what comes on top for each hour a month of the work concerned."""
    text = f"{remedy.hours[0]:g} h to {remedy.hours[1]:g} h"
    if any(remedy.grows):
        text += f", and {remedy.grows[0]:g} h to {remedy.grows[1]:g} h for each hour a month of the work"
    ref = _entered(ground, case, "hours", text, remedy, remedy.hours)
    amount = total(ground.hours(path) for path in worked)
    low = remedy.hours[0] + remedy.grows[0] * amount.low
    high = remedy.hours[1] + remedy.grows[1] * (amount.high if math.isfinite(amount.high) else amount.low)
    value = low if low == high else None
    name = f"survey/{case}/hours"
    line = Line("a planning band", format_range(low, high, "h"), (ref,))
    return _write(ground, Figure(name, "Work that the remedy takes, once", "h", value, low, high, method="planning band", inputs=(ref,), derivation=(line,)))


def effort(ground: Ground, case: str, remedy: Remedy, worked: Figure) -> Figure:
    """What the remedy costs, once: hours times what an hour of whoever does it costs."""
    rate, refs, missing = hourly(ground, remedy.by)
    name, title, unit = f"survey/{case}/effort", "What the remedy costs, once", ground.model.currency
    if missing or rate is None:
        return _write(ground, Figure(name, title, unit, method="hours times rate", inputs=(worked.name,), missing=missing, reason="what an hour costs isn't known"))
    low, high = (worked.low or 0.0) * rate.low, (worked.high or 0.0) * rate.high
    line = Line(f"hours times what an hour of {remedy.by} costs", _band(rate, f"{unit}/h"), (worked.name, *refs))
    value = low if low == high else None
    return _write(ground, Figure(name, title, unit, value, low, high, method="hours times rate", inputs=(worked.name, *refs), derivation=(line,)))


def payback(ground: Ground, case: str, paid: Figure, saved: Figure) -> Figure:
    """Months until the effort has come back; refused where effort or saving isn't known, without end where nothing may be
    saved."""
    name, title = f"survey/{case}/payback", "Months until the remedy has paid for itself"
    inputs = (paid.name, saved.name)
    if paid.low is None or paid.high is None or saved.high is None or saved.high <= 0.0:
        known = "what the remedy costs" if paid.low is None else "what it saves"
        missing = tuple(dict.fromkeys((*paid.missing, *saved.missing)))
        return _write(ground, Figure(name, title, "month", method="effort by saving", inputs=inputs, missing=missing, reason=f"refused: {known} isn't known"))
    low = paid.low / saved.high
    least = saved.low or 0.0
    high = paid.high / least if least > 0.0 else None
    value = low if low == high else None
    reason = "" if high is not None else "it is a precaution: it may save nothing for years"
    line = Line("effort by saving: the least by the most, the most by the least", "", inputs)
    return _write(ground, Figure(name, title, "month", value, low, high, method="effort by saving", inputs=inputs, derivation=(line,), reason=reason))


def stake(ground: Ground, case: str, flows: tuple[str, ...]) -> Figure | None:
    """What the flows at risk bring in a month; None where none of them starts."""
    whole, refs, missing = ground.stake(flows)
    if not any(ground.model.flows[flow].starts is not None for flow in flows):
        return None
    name, unit = f"survey/{case}/stake", f"{ground.model.currency}/month"
    title = "What the work at risk brings in a month"
    if not refs:
        return _write(ground, Figure(name, title, unit, method="worth times runs", missing=missing, reason="what a run is worth isn't stated"))
    lines = tuple(Line(f"{ground.name_of(f'flows.{flow}')}: runs a month times what one is worth") for flow in flows)
    some = "as far as it is stated" if missing else ""
    return _write(ground, Figure(
        name, title, unit, whole.value, whole.low, whole.high if math.isfinite(whole.high) else None,
        method="worth times runs", inputs=refs, derivation=lines, missing=missing, reason=some,
    ))  # fmt: skip


def hourly(ground: Ground, by: str) -> tuple[Interval | None, tuple[str, ...], tuple[str, ...]]:
    """What an hour of a role costs in the model's currency, with ledger ids, or what is missing."""
    if by == OWN_PEOPLE:
        return _own(ground)
    region = region_of(ground)
    if region is None:
        return None, (), ("people.*.place: state where people work, so that the price of an hour can be looked up",)
    rows = [r for r in ground.context.catalog.entries(BANDS, role=by, region=region, unit="per hour") if "contract" in r.text("engagement")]
    if not rows:
        return None, (), (f"catalog {BANDS}: there is no row for {by} in {region}",)
    band, currency = rows[0].fact("rate"), rows[0].text("currency")
    missing: list[str] = []
    change, _ = exchange(ground.context, currency, missing)
    if missing or band.low is None or band.high is None:
        return None, (), tuple(missing)
    name = ground.context.ledger.enter(
        Input(f"catalog/{BANDS}/{by}, {region}/rate", f"{band.low} to {band.high} {currency}/h", f"{BANDS}[{by}, {region}]", band.source, band.as_of, float(band.low), float(band.high))
    )
    return Interval(float(band.low), None, float(band.high)) * change, (name,), ()


def _own(ground: Ground) -> tuple[Interval | None, tuple[str, ...], tuple[str, ...]]:
    found: list[Interval] = []
    refs: list[str] = []
    for person in ground.model.people.values():
        if isinstance(person.rate, Quantity):
            change, _ = exchange(ground.context, person.rate.unit.currency, [])
            found.append(mean_of(person.rate).scaled(3600.0) * change)
            refs.append(ground.context.quantity(f"people.{person.name}.rate", person.rate))
    if not found:
        return None, (), ("people.*.rate: state what an hour of your people costs",)
    return Interval(min(each.low for each in found), None, max(each.high for each in found)), tuple(refs), ()


def region_of(ground: Ground) -> str | None:
    """The region of the labour bands that the people work in, else that of the currency."""
    countries = {_country(ground, person.place) for person in ground.model.people.values() if person.place}
    countries |= {_country(ground, place) for place in ground.model.places}
    for region, names in (("EU-west", WEST), ("EU-east", EAST), ("US", frozenset({"US"}))):
        if countries & names:
            return region
    return {"EUR": "EU-west", "USD": "US"}.get(ground.model.currency)


def _country(ground: Ground, place: str) -> str:
    seen: set[str] = set()
    while place in ground.model.places and place not in seen:
        seen.add(place)
        place = ground.model.places[place].in_ or place
    return place


def _entered(ground: Ground, case: str, what: str, text: str, remedy: Remedy, band: tuple[float, float]) -> str:
    name = f"assumption/{case.partition(':')[0]}/{what}"
    return ground.context.ledger.enter(
        Input(name, text, "a planning band of the cause, until somebody makes an offer", remedy.basis, PLANNED, *band)
    )


def _band(amount: Interval, unit: str) -> str:
    if amount.value is not None and amount.low == amount.high:
        return f"{amount.value:,.2f} {unit}"
    top = f"{amount.high:,.2f}" if math.isfinite(amount.high) else "no end"
    return f"{amount.low:,.2f} to {top} {unit}"


def _write(ground: Ground, figure: Figure) -> Figure:
    return ground.context.ledger.write(figure)
