"""What a language-model interface charges, from the offline snapshot of the package `genai-prices` (MIT, Pydantic).

The snapshot holds amounts as Decimal in USD per million tokens (thousand calls, hour of audio, ...); here they become
amounts per single unit. Prices that change by prompt length are cliffs, as the providers bill them: above the threshold
every token costs the higher rate. Prices that start on a date are resolved for the day asked about, and the next
announced change is reported. A model without a price (a "free" preview) is refused, since unknown isn't zero.

The package carries no date; the table `model-price-snapshots` gives each version one. It is loaded on first use only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from groma.catalog.nearest import nearest
from groma.catalog.problems import UnknownEntryError
from groma.catalog.tables import Tables

if TYPE_CHECKING:
    from genai_prices import types

CURRENCY = "USD"

_UNITS: dict[str, tuple[str, int]] = {
    "input_mtok": ("token.input", 1_000_000),
    "output_mtok": ("token.output", 1_000_000),
    "cache_read_mtok": ("token.input.cached", 1_000_000),
    "cache_write_mtok": ("token.cache_write", 1_000_000),
    "cache_write_1h_mtok": ("token.cache_write.hour", 1_000_000),
    "input_audio_mtok": ("token.input.audio", 1_000_000),
    "cache_audio_read_mtok": ("token.input.audio.cached", 1_000_000),
    "output_audio_mtok": ("token.output.audio", 1_000_000),
    "input_image_mtok": ("token.input.image", 1_000_000),
    "cache_image_read_mtok": ("token.input.image.cached", 1_000_000),
    "output_image_mtok": ("token.output.image", 1_000_000),
    "input_video_mtok": ("token.input.video", 1_000_000),
    "output_video_mtok": ("token.output.video", 1_000_000),
    "output_reasoning_mtok": ("token.output.reasoning", 1_000_000),
    "output_citation_mtok": ("token.output.citation", 1_000_000),
    "input_mchars": ("character.input", 1_000_000),
    "input_document_kpages": ("page.input", 1000),
    "input_annotated_document_kpages": ("page.input.annotated", 1000),
    "input_text_messages_kcount": ("message.input", 1000),
    "audio_hours": ("hour.audio", 1),
    "input_audio_hours": ("hour.audio.input", 1),
    "requests_kcount": ("call", 1000),
    "web_searches_kcount": ("search.web", 1000),
    "storage_searches_kcount": ("search.storage", 1000),
}
"""The snapshot's price keys: what one unit is called here, and how many of them the amount is for."""

_VERSION = re.compile(r"-v\d+(:\d+)?$")
_DATED = re.compile(r"-?(20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """`amount` USD for one unit, for prompts longer than `above` tokens, in one way of asking (`context`)."""

    per: str
    amount: Decimal
    above: int = 0
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """All prices of one model at one provider on one day; amounts in USD per unit, with source and date."""

    provider: str
    model: str
    title: str
    context_window: int | None
    deprecated: bool
    prices: tuple[UnitPrice, ...]
    next_change: date | None
    pages: tuple[str, ...]
    comment: str
    source: str
    as_of: str
    currency: str = CURRENCY

    def amount(self, per: str, prompt: int = 0, **context: str) -> Decimal | None:
        """USD for one unit at a prompt of so many tokens; None when this model has no such price.

        `context` names a way of asking (`processing="batch"`, `service_tier="flex"`); what it doesn't price costs the
        standard rate, as the snapshot has it. Raises UnknownEntryError for a context this model doesn't know.
        """
        wanted = tuple(sorted(context.items()))
        if wanted and all(price.context != wanted for price in self.prices):
            known = sorted({f"{k}={v}" for price in self.prices for k, v in price.context})
            shown = ", ".join(f"{k}={v}" for k, v in wanted)
            raise UnknownEntryError(
                f"{self.provider}/{self.model} has no prices for {shown}; it has: {', '.join(known) or 'none'}"
            )
        for asked in (wanted, ()):
            fitting = [
                p for p in self.prices if p.per == per and p.context == asked and self._reaches(p, prompt)
            ]
            if fitting:
                return max(fitting, key=lambda price: price.above).amount
        return None

    @staticmethod
    def _reaches(price: UnitPrice, prompt: int) -> bool:
        return price.above == 0 or prompt > price.above

    @property
    def input(self) -> Decimal | None:
        """USD per token of a short prompt."""
        return self.amount("token.input")

    @property
    def output(self) -> Decimal | None:
        """USD per token generated."""
        return self.amount("token.output")

    @property
    def cached_input(self) -> Decimal | None:
        """USD per token of a prompt read from the provider's cache."""
        return self.amount("token.input.cached")


@cache
def _providers() -> dict[str, types.Provider]:
    from genai_prices.data import providers

    return {provider.id: provider for provider in providers}


@cache
def _version() -> str:
    from importlib.metadata import version

    return version("genai-prices")


def providers() -> tuple[str, ...]:
    """Every provider of the snapshot, by the alphabet."""
    return tuple(sorted(_providers()))


def models() -> Iterator[tuple[str, str, str]]:
    """(provider, model, title) of every model that has a price, by the alphabet."""
    for name in providers():
        for model in sorted(_providers()[name].models, key=lambda model: model.id):
            if _priced(model):
                yield name, model.id, model.name or model.id


def snapshot(tables: Tables) -> tuple[str, str]:
    """(source, as_of) of the installed snapshot.

    A version newer than the newest dated one is dated like that one, which can only overstate its age.
    Raises UnknownEntryError for a version older than every dated one.
    """
    installed = _version()
    dated = {entry["version"]: entry.as_of for entry in tables.entries("model-price-snapshots")}
    older = [version for version in dated if _ordered(str(version)) <= _ordered(installed)]
    if not older:
        raise UnknownEntryError(
            f"genai-prices {installed} has no date: install {', '.join(sorted(map(str, dated)))} or later, "
            "or add its date to model-price-snapshots.csv in your catalog folder"
        )
    newest = max(older, key=lambda version: _ordered(str(version)))
    return f"genai-prices {installed}", dated[newest]


def model_price(
    tables: Tables, provider: str, model: str, on: date | None = None, shown: str = ""
) -> ModelPrice:
    """The prices of a model on a day (default: the snapshot's own date).

    `model` is the snapshot's name or one of the exact names it is also known under, either with a date at the end,
    without the interface version (`-v1:0`), or with dots for dashes; `shown` is what the provider is called in
    messages. Raises UnknownEntryError with the nearest known names, and for a model without any price.
    """
    source, as_of = snapshot(tables)
    shown = shown or provider
    known = _providers().get(provider)
    if known is None:
        raise UnknownEntryError(f"no model prices of `{provider}`", nearest(provider, providers()))
    found = _named(known, model)
    if found is None:
        names = (other.id for other in known.models)
        raise UnknownEntryError(f"`{shown}` has no model `{model}`", nearest(model, names))
    day = on or date.fromisoformat(as_of)
    prices = tuple(_unit_prices(found, day))
    if not prices:
        raise UnknownEntryError(f"`{shown}/{model}` has no price in the snapshot: unknown isn't zero")
    return ModelPrice(
        provider,
        found.id,
        found.name or found.id,
        found.context_window,
        bool(found.deprecated),
        prices,
        _next_change(found, day),
        tuple(known.pricing_urls or ()),
        found.price_comments or "",
        source,
        as_of,
    )


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _folded(name: str) -> str:
    return name.lower().replace(".", "-")


def _named(provider: types.Provider, name: str) -> types.ModelInfo | None:
    for wanted in dict.fromkeys((name, _DATED.sub("", name))):
        for model in provider.models:
            if model.id == wanted:
                return model
        folded = _folded(wanted)
        for model in provider.models:
            if folded == _folded(model.id) or folded in {_folded(alias) for alias in _aliases(model.match)}:
                return model
    versions = [model for model in provider.models if _VERSION.sub("", model.id) == name != model.id]
    return versions[0] if len(versions) == 1 else None


def _aliases(clause: Any) -> Iterator[str]:
    """The exact names in a match clause; looser clauses (starts with, contains) would price misspelt names."""
    if hasattr(clause, "equals"):
        yield str(clause.equals)
    for part in getattr(clause, "or_", ()):
        yield from _aliases(part)


def _priced(model: types.ModelInfo) -> bool:
    from genai_prices.types import ModelPrice as Standing

    if isinstance(model.prices, Standing):
        return bool(_amounts(model.prices))
    return any(_amounts(conditional.prices) for conditional in model.prices)


def _amounts(prices: types.ModelPrice) -> dict[str, Decimal | types.TieredPrices]:
    return {key: value for key, value in sorted(vars(prices).items()) if value is not None}


def _unit_prices(model: types.ModelInfo, day: date) -> Iterator[UnitPrice]:
    from genai_prices.types import ModelPrice as Standing
    from genai_prices.types import StartDateConstraint, TimeOfDateConstraint

    noon = datetime.combine(day, time(12))
    if isinstance(model.prices, Standing):
        yield from _per_unit(model.prices, ())
    else:
        standing = model.prices[0].prices
        for conditional in model.prices:
            constraint = conditional.constraint
            if isinstance(constraint, StartDateConstraint) and constraint.active(noon):
                standing = conditional.prices
            elif isinstance(constraint, TimeOfDateConstraint):
                hours = f"{constraint.start_time:%H:%M}-{constraint.end_time:%H:%M} UTC"
                yield from _per_unit(conditional.prices, (("time", hours),))
        yield from _per_unit(standing, ())
    done: set[tuple[tuple[tuple[str, str], ...], str]] = set()
    for variant in model.price_variants or ():
        if isinstance(variant.constraint, StartDateConstraint) and not variant.constraint.active(noon):
            continue
        context = tuple(sorted(variant.when.items()))
        if isinstance(variant.constraint, TimeOfDateConstraint):
            hours = f"{variant.constraint.start_time:%H:%M}-{variant.constraint.end_time:%H:%M} UTC"
            context = tuple(sorted((*context, ("time", hours))))
        for price in _per_unit(variant.prices, context):
            if (context, price.per) not in done:
                yield price
        done |= {(context, _UNITS[key][0]) for key in _amounts(variant.prices)}


def _per_unit(prices: types.ModelPrice, context: tuple[tuple[str, str], ...]) -> Iterator[UnitPrice]:
    for key, value in _amounts(prices).items():
        if key not in _UNITS:
            raise UnknownEntryError(f"the price snapshot bills by `{key}`, which isn't known here")
        per, size = _UNITS[key]
        if isinstance(value, Decimal):
            yield UnitPrice(per, value / size, 0, context)
        else:
            yield UnitPrice(per, value.base / size, 0, context)
            for tier in value.tiers:
                yield UnitPrice(per, tier.price / size, tier.start, context)


def _next_change(model: types.ModelInfo, day: date) -> date | None:
    from genai_prices.types import ModelPrice as Standing
    from genai_prices.types import StartDateConstraint

    if isinstance(model.prices, Standing):
        return None
    starts = [
        conditional.constraint.start_date
        for conditional in model.prices
        if isinstance(conditional.constraint, StartDateConstraint) and conditional.constraint.start_date > day
    ]
    return min(starts, default=None)
