"""Language models behind an interface as products: `anthropic/claude-sonnet-4-6`, `bedrock/eu.anthropic.claude-...`.

Price by the token from the snapshot; speed and rate limits from the rows about the same provider, one fact for each
source, never mixed; benchmark scores by the model's name whoever serves it. The jurisdiction is only said where a
table says it for this way of asking, or where the reference names a region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from groma.catalog.fact import Fact
from groma.catalog.model_prices import ModelPrice, UnitPrice, model_price, models, providers
from groma.catalog.places import commitments, jurisdiction
from groma.catalog.product import Price, Product, Ref
from groma.catalog.tables import Tables

SELLERS = {"bedrock": "aws", "azure-openai": "azure", "vertex": "google"}
"""Names of interfaces whose seller's name means a cloud here: `aws/` is EC2, `bedrock/` the models AWS serves."""

_SHOWN = {seller: name for name, seller in SELLERS.items() if seller in ("aws", "azure")}
_SPEAKERS = {
    "anthropic": ("Anthropic",),
    "deepseek": ("DeepSeek",),
    "google": ("Google", "Google Vertex AI"),
    "mistral": ("Mistral",),
    "openai": ("OpenAI",),
    "x-ai": ("xAI",),
    "aws": ("AWS Bedrock",),
    "azure": ("Azure OpenAI",),
}
_AGREEMENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "anthropic": ("Anthropic", ("API",)),
    "aws": ("AWS", ("Bedrock",)),
    "azure": ("Azure", ("OpenAI Service",)),
    "google": ("GCP", ("Vertex AI Gemini online prediction",)),
    "mistral": ("Mistral", ("La Plateforme",)),
    "openai": ("OpenAI", ("API",)),
}
_CLOUDS = {"aws": "aws", "azure": "azure", "google": "gcp"}
_SPEED = ("time_to_first_token", "output_speed")
_LIMITS = ("requests_per_min", "input_tokens_per_min", "output_tokens_per_min", "eu_residency")


def llm_refs() -> Iterator[str]:
    """Every model with a price, as a reference."""
    for provider, model, _ in models():
        yield f"{_SHOWN.get(provider, provider)}/{model}"


def llm_titles() -> Iterator[tuple[str, str]]:
    """(reference, title) of every model with a price."""
    for provider, model, title in models():
        yield f"{_SHOWN.get(provider, provider)}/{model}", title


def sells_models(provider: str) -> bool:
    return provider in SELLERS or (provider not in _SHOWN and provider in providers())


def llm_product(tables: Tables, ref: Ref, on: date | None = None) -> Product:
    """The model of a reference with its prices on a day. Raises UnknownEntryError with the nearest known models."""
    seller = SELLERS.get(ref.provider, ref.provider)
    shown = _SHOWN.get(seller, seller)
    prefix = _geography(tables, seller, ref.name)
    if prefix:
        priced = model_price(tables, seller, f"regional.{ref.name.removeprefix(prefix)}", on, shown)
        name = prefix + priced.model.removeprefix("regional.")
    else:
        priced = model_price(tables, seller, ref.name, on, shown)
        name = priced.model
    notes: list[str] = []
    if priced.next_change:
        notes.append(f"the price changes on {priced.next_change.isoformat()}")
    if priced.deprecated:
        notes.append("deprecated by the provider")
    if seller == "azure":
        notes.append("price of the global deployment: regional and data-zone deployments often cost more")
    if ref.region is not None:
        notes.append(f"whether the model is offered in {ref.region} isn't checked")
    return Product(
        ref=str(Ref(shown, name, ref.region)),
        kind="model",
        title=priced.title,
        provider=shown,
        region=ref.region,
        jurisdiction=_jurisdiction(tables, seller, ref),
        prices=tuple(_price(price, priced) for price in priced.prices),
        capacities=_capacities(priced),
        commitments=commitments(tables, *_AGREEMENTS[seller]) if seller in _AGREEMENTS else (),
        facts=(*_speed(tables, seller, priced.model), *_quality(tables, priced.model)),
        notes=tuple(notes),
    )


def same_model(name: str, other: str) -> bool:
    """Two names mean one model: the same own name, and no two different release dates."""
    (own, date_of_one), (others, date_of_other) = own_name(name), own_name(other)
    return own == others and (not date_of_one or not date_of_other or date_of_one == date_of_other)


def own_name(model: str) -> tuple[str, str]:
    """A model's own name and release date (YYYYMMDD, empty without one).

    Left out are the vendor, the geography, the interface version and what stands in brackets; dots, blanks and
    underscores become dashes.
    """
    name = re.sub(r"\([^)]*\)", "", model.lower()).strip().rsplit("/", 1)[-1]
    name = re.sub(r"^(regional|global|us-gov|us|eu|apac|au|jp|in)\.", "", name)
    name = re.sub(r"^(anthropic|openai|mistral|meta|amazon|google|moonshotai|deepseek|qwen)\.", "", name)
    name = re.sub(r"-v\d+(:\d+)?$", "", name)
    dated = re.search(r"[-@](20\d{2})-?(\d{2})-?(\d{2})$", name)
    if dated:
        name = name[: dated.start()]
    return re.sub(r"[\s._]+", "-", name), "".join(dated.groups()) if dated else ""


def _price(price: UnitPrice, model: ModelPrice) -> Price:
    fact = Fact(
        price.amount, f"{model.currency}/{price.per}", None, None, model.source, model.as_of, "secondary",
        "model-prices", f"{model.provider}/{model.model}", price.per, model.comment,
    )  # fmt: skip
    condition = ", ".join(f"{name}={value}" for name, value in price.context)
    return Price(price.per, price.amount, model.currency, fact, price.above, condition)


def _capacities(model: ModelPrice) -> dict[str, Fact]:
    if model.context_window is None:
        return {}
    fact = Fact(
        model.context_window, "token", None, None, model.source, model.as_of, "secondary",
        "model-prices", f"{model.provider}/{model.model}", "context_window",
    )  # fmt: skip
    return {"context": fact}


def _geography(tables: Tables, seller: str, name: str) -> str:
    """The geographic prefix of a model's name (`eu.`), which is priced like the regional entry; empty without one."""
    prefixes = (entry.text("prefix") for entry in tables.entries("model-residency", provider=seller))
    return next((prefix for prefix in prefixes if prefix and name.startswith(prefix)), "")


def _jurisdiction(tables: Tables, seller: str, ref: Ref) -> str | None:
    if ref.region is not None:
        cloud = _CLOUDS.get(seller)
        return None if cloud is None else jurisdiction(tables, cloud, ref.region)
    for entry in tables.entries("model-residency", provider=seller):
        if entry.evidence != "recalled" and ref.name.startswith(entry.text("prefix")):
            return entry.text("jurisdiction") or None
    return None


def _speed(tables: Tables, seller: str, model: str) -> Iterator[Fact]:
    for speaker in _SPEAKERS.get(seller, ()):
        for entry in tables.entries("model-apis", provider=speaker):
            if same_model(entry.text("model"), model):
                for column in (*_SPEED, *_LIMITS):
                    fact = entry.fact(column)
                    if fact.known:
                        yield fact


def _quality(tables: Tables, model: str) -> Iterator[Fact]:
    for entry in tables.entries("model-quality"):
        if same_model(entry.text("model"), model):
            fact = entry.fact("score")
            if fact.known:
                yield fact
