"""What a model file names as `product:`, whatever sells it: prices, capacities and commitments with their facts.

One shape for a virtual machine, a database by the hour, a queue by the request and a language model by the token, so
that the cost, capacity and residency analyses need not know which is which. Amounts are Decimal in the stated currency
per one unit, list prices without discounts or tax; capacities are in canonical units (bytes, bit/s as B/s, counts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from groma.catalog.fact import Fact


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` for one unit `per` (hour, month, GB, token.input, call, ...); `fact` says where it is from.

    `amount` is None where only a range is known (`fact.low`, `fact.high`). `above`: for prompts of more tokens than
    that, all of them. `condition`: what else must hold ("processing=batch"), empty for the standard price.
    """

    per: str
    amount: Decimal | None
    currency: str
    fact: Fact
    above: int = 0
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Commitment:
    """A provider's promised availability per period; `share` of time (0.999), None when none is published or known."""

    share: float | None
    period: str
    condition: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Product:
    """One thing that can be bought; `jurisdiction` is EU or an ISO 3166-1 country, None when it isn't known."""

    ref: str
    kind: str
    title: str
    provider: str
    region: str | None
    jurisdiction: str | None
    prices: tuple[Price, ...]
    capacities: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    commitments: tuple[Commitment, ...] = ()
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()

    def price(self, per: str, *, prompt: int = 0, condition: str = "") -> Price | None:
        """The price of one unit at a prompt of so many tokens, None when the product isn't billed so."""
        fitting = [
            price
            for price in self.prices
            if price.per == per
            and price.condition == condition
            and (price.above == 0 or prompt > price.above)
        ]
        return max(fitting, key=lambda price: price.above, default=None)

    def known(self, column: str) -> tuple[Fact, ...]:
        """Every fact about one property (`time_to_first_token`, `output_speed`, ...), one for each source."""
        return tuple(fact for fact in self.facts if fact.column == column)


@dataclass(frozen=True, slots=True)
class Ref:
    """A product reference taken apart: `provider/name@region`."""

    provider: str
    name: str
    region: str | None

    def __str__(self) -> str:
        return f"{self.provider}/{self.name}" + (f"@{self.region}" if self.region else "")


def parse_ref(text: str) -> Ref:
    """`provider/name` or `provider/name@region`. Raises ValueError with what was expected."""
    provider, slash, rest = text.strip().partition("/")
    name, at, region = rest.rpartition("@") if "@" in rest and not rest.startswith("@") else (rest, "", "")
    if not provider or not slash or not name or (at and not region):
        raise ValueError(f"expected a product as `provider/name` or `provider/name@region`, found `{text}`")
    return Ref(provider, name, region or None)
