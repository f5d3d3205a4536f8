"""Which jurisdictions a place lies in.

A place's own chain (`in:`) is followed to the outermost; a country code also lies in the unions its country belongs to.
Members of the EU: Treaty on European Union, article 52, as of 2020-02-01 (after the withdrawal of the United Kingdom);
of the EEA: those, and Iceland, Liechtenstein and Norway (EEA Agreement, article 126).
"""

from __future__ import annotations

from groma.model.elements import Model
from groma.model.validate_names import JURISDICTIONS

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
EEA = EU | {"IS", "LI", "NO"}


def is_jurisdiction(name: str) -> bool:
    """Whether a name is a jurisdiction by itself: a union, `world`, or an ISO 3166-1 two-letter code."""
    return name in JURISDICTIONS or (len(name) == 2 and name.isalpha() and name.isupper())


def lies_in(model: Model, place: str) -> tuple[str, ...]:
    """The place, the places around it and the unions its country belongs to, from the inside out."""
    chain: list[str] = []
    current: str | None = place
    while current is not None and current not in chain:
        chain.append(current)
        here = model.places.get(current)
        current = None if here is None else here.in_
    last = chain[-1]
    if last in EU and "EU" not in chain:
        chain.append("EU")
    if (last in EEA or last == "EU") and "EEA" not in chain:
        chain.append("EEA")
    if last in ("GB", "UK"):
        chain += [code for code in ("UK", "GB") if code not in chain]
    return tuple(chain)


def jurisdiction_of(model: Model, place: str) -> str | None:
    """The jurisdiction that a place's chain ends in; None when it ends in a place nobody knows around."""
    return next((name for name in lies_in(model, place) if is_jurisdiction(name)), None)
