"""Where a product stands and what its provider promises: the regions and service-level tables, looked up for products.

Both are looked up and never guessed: a region that isn't listed has no known jurisdiction, and a service without a row
has no known commitment.
"""

from __future__ import annotations

from groma.catalog.product import Commitment
from groma.catalog.tables import Tables


def jurisdiction(tables: Tables, provider: str, region: str) -> str | None:
    """EU or the ISO 3166-1 country of a cloud region, None when the region isn't listed."""
    found = tables.entries("regions", provider=provider, region=region)
    return found[0].text("jurisdiction") or None if found else None


def commitments(tables: Tables, provider: str, services: tuple[str, ...]) -> tuple[Commitment, ...]:
    """What a provider promises for its services, in the order of the table; recalled figures are withheld."""
    promised: list[Commitment] = []
    for service in services:
        for entry in tables.entries("service-levels", provider=provider, service=service):
            fact = entry.fact("availability_percent")
            share = round(fact.value / 100, 12) if isinstance(fact.value, float) else None
            promised.append(Commitment(share, entry.text("period"), entry.text("condition"), fact))
    return tuple(promised)
