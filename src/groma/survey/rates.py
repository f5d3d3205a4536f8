"""What an hour of a role costs: of one's own people what the model states, of others the catalog's labour bands."""

from __future__ import annotations

from groma.analyses.cost.prices import exchange
from groma.analyses.interval import Interval, mean_of
from groma.model.figure import Input
from groma.model.quantity import Quantity
from groma.survey.cause import OWN_PEOPLE
from groma.survey.ground import Ground

BANDS = "labour-bands"
EAST = frozenset(["BG", "CZ", "EE", "HR", "HU", "LT", "LV", "PL", "RO", "SI", "SK"])
WEST = frozenset(
    [
        "AT",
        "BE",
        "CH",
        "DE",
        "DK",
        "ES",
        "EU",
        "EEA",
        "FI",
        "FR",
        "GB",
        "IE",
        "IT",
        "LU",
        "NL",
        "NO",
        "PT",
        "SE",
        "UK",
    ]
)


def hourly(ground: Ground, by: str) -> tuple[Interval | None, tuple[str, ...], tuple[str, ...]]:
    """What an hour of a role costs in the model's currency, with ledger ids, or what is missing."""
    if by == OWN_PEOPLE:
        return _own(ground)
    region = region_of(ground)
    if region is None:
        return (
            None,
            (),
            ("people.*.place: state where people work, so that the price of an hour can be looked up",),
        )
    rows = [
        r
        for r in ground.context.catalog.entries(BANDS, role=by, region=region, unit="per hour")
        if "contract" in r.text("engagement")
    ]
    if not rows:
        return None, (), (f"catalog {BANDS}: there is no row for {by} in {region}",)
    band, currency = rows[0].fact("rate"), rows[0].text("currency")
    missing: list[str] = []
    change, _ = exchange(ground.context, currency, missing)
    if missing or band.low is None or band.high is None:
        return None, (), tuple(missing)
    name = ground.context.ledger.enter(
        Input(
            f"catalog/{BANDS}/{by}, {region}/rate",
            f"{band.low} to {band.high} {currency}/h",
            f"{BANDS}[{by}, {region}]",
            band.source,
            band.as_of,
            float(band.low),
            float(band.high),
        )
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
