"""Model prices against the arithmetic of the package they come from (an implementation of its own)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from genai_prices import Usage
from genai_prices.data import providers
from hypothesis import given
from hypothesis import strategies as st

from groma.catalog import UnknownEntryError, load_catalog
from groma.catalog.model_prices import model_price, models, snapshot
from groma.catalog.tables import load_tables

TABLES = load_tables()
CATALOG = load_catalog()
PROVIDERS = {provider.id: provider for provider in providers}
NAMES = [(provider, model) for provider, model, _ in models()]
DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 1))
TOKENS = st.integers(0, 400_000)


def upstream(
    provider: str, model: str, prompt: int, cached: int, answer: int, on: date, **context: str
) -> Decimal:
    info = next(info for info in PROVIDERS[provider].models if info.id == model)
    usage = Usage(input_tokens=prompt, cache_read_tokens=cached, output_tokens=answer)
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    found = info.calc_price(
        usage, PROVIDERS[provider], genai_request_timestamp=at, price_context=context or None
    )
    return found.total_price


@given(st.sampled_from(NAMES), TOKENS, TOKENS, TOKENS, DAYS)
def test_a_request_costs_what_the_package_says(
    name: tuple[str, str], fresh: int, cached: int, answer: int, on: date
) -> None:
    price = model_price(TABLES, *name, on)
    if any(context == "time" for unit in price.prices for context, _ in unit.context):
        return
    prompt = fresh + cached
    rates = {
        per: price.amount(per, prompt)
        for per in ("token.input", "token.input.cached", "token.output", "call")
    }
    read = rates["token.input.cached"]
    cost = fresh * (rates["token.input"] or 0) + answer * (rates["token.output"] or 0) + (rates["call"] or 0)
    cost += cached * ((rates["token.input"] or 0) if read is None else read)
    assert float(cost) == pytest.approx(float(upstream(*name, prompt, cached, answer, on)), rel=1e-12)


@pytest.mark.parametrize(
    ("provider", "model", "context"),
    [
        ("anthropic", "claude-sonnet-5-5", {"processing": "batch"}),
        ("openai", "gpt-5.4", {"service_tier": "flex"}),
        ("openai", "gpt-5.4", {"processing": "batch"}),
        ("mistral", "mistral-large-4", {"processing": "batch"}),
        ("google", "gemini-4-argon", {"processing": "batch"}),
        ("openrouter", "mistralai/mistral-large-4-0", {"route": "mistral/eu"}),
    ],
)
@pytest.mark.parametrize("on", [date(2026, 10, 16), date(2026, 11, 21), date(2027, 2, 1)])
@pytest.mark.parametrize("prompt", [1000, 300_000])
def test_ways_of_asking_cost_what_the_package_says(
    provider: str, model: str, context: dict[str, str], on: date, prompt: int
) -> None:
    price = model_price(TABLES, provider, model, on)
    cost = prompt * (price.amount("token.input", prompt, **context) or 0)
    cost += 200 * (price.amount("token.output", prompt, **context) or 0)
    assert float(cost) == pytest.approx(
        float(upstream(provider, model, prompt, 0, 200, on, **context)), rel=1e-12
    )


def test_prices_are_exact_per_token_with_source_and_date() -> None:
    """Anthropic's list: Claude Sonnet 4.6 at 3 and 15 USD per million tokens, cache reads at a tenth."""
    price = CATALOG.model_price("anthropic", "claude-sonnet-4-6")
    assert (price.input, price.output, price.cached_input) == (
        Decimal("0.000003"),
        Decimal("0.000015"),
        Decimal("0.0000003"),
    )
    assert price.currency == "USD"
    assert price.source.startswith("genai-prices ")
    assert price.as_of >= "2026-11-09"


def test_a_long_prompt_costs_the_higher_rate_for_every_token() -> None:
    """OpenAI's list: GPT-5.4 at 2.50 USD per million tokens, 5 USD for prompts above 272,000 tokens."""
    price = CATALOG.model_price("openai", "gpt-5.4")
    assert price.amount("token.input", 272_000) == Decimal("0.0000025")
    assert price.amount("token.input", 272_001) == Decimal("0.000005")


def test_an_announced_change_is_used_from_its_day_and_told_before() -> None:
    before = model_price(TABLES, "google", "gemini-4-argon", date(2026, 11, 30))
    after = model_price(TABLES, "google", "gemini-4-argon", date(2026, 12, 1))
    assert before.next_change == date(2026, 12, 1)
    assert (before.input, after.input) == (Decimal("0.000002"), Decimal("0.000004"))
    product = load_catalog(on=date(2026, 11, 21)).product("google/gemini-4-argon")
    assert "the price changes on 2026-12-01" in product.notes


@pytest.mark.parametrize(
    ("provider", "written", "meant"),
    [
        ("anthropic", "claude-sonnet-4.6", "claude-sonnet-4-6"),
        ("openai", "gpt-5.4-2026-03-05", "gpt-5.4"),
        ("openai", "gpt-5-4", "gpt-5.4"),
        ("bedrock", "eu.anthropic.claude-sonnet-5-5", "regional.anthropic.claude-sonnet-5-5"),
        ("anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5"),
    ],
)
def test_other_exact_names_of_a_model_are_understood(provider: str, written: str, meant: str) -> None:
    assert CATALOG.model_price(provider, written).model == meant


@pytest.mark.parametrize("wrong", ["gpt-5.4-mni", "gpt-5.4-", "gpt", "GPT 5.4 please"])
def test_a_misspelt_model_is_not_priced_as_another(wrong: str) -> None:
    with pytest.raises(UnknownEntryError):
        CATALOG.model_price("openai", wrong)


def test_a_model_without_a_price_is_refused() -> None:
    with pytest.raises(UnknownEntryError, match="unknown isn't zero"):
        CATALOG.model_price("google", "gemma-3")


def test_a_way_of_asking_that_is_not_priced_is_refused() -> None:
    price = CATALOG.model_price("anthropic", "claude-sonnet-4-6")
    with pytest.raises(UnknownEntryError, match="it has: processing=batch"):
        price.amount("token.input", speed="ludicrous")


def test_the_snapshot_is_dated_by_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    from groma.catalog import model_prices

    monkeypatch.setattr(model_prices, "_version", lambda: "0.2.3")
    assert snapshot(TABLES) == ("genai-prices 0.2.3", "2026-11-09")
    monkeypatch.setattr(model_prices, "_version", lambda: "9.1")
    assert snapshot(TABLES) == ("genai-prices 9.1", "2026-11-09")
    monkeypatch.setattr(model_prices, "_version", lambda: "0.1.9")
    with pytest.raises(UnknownEntryError, match=r"genai-prices 0\.1\.9 has no date"):
        snapshot(TABLES)


def test_the_stated_date_is_a_price_change_of_the_snapshot() -> None:
    """The table's date against the package's own data: the newest start of a price that was not announced ahead."""
    from importlib.metadata import version

    if version("genai-prices") != "0.2.3":
        pytest.skip("the date is that of 0.2.3")
    starts = {
        conditional.constraint.start_date
        for provider in providers
        for model in provider.models
        if isinstance(model.prices, list)
        for conditional in model.prices
        if conditional.constraint is not None and hasattr(conditional.constraint, "start_date")
    }
    variants = {
        variant.constraint.start_date
        for provider in providers
        for model in provider.models
        for variant in model.price_variants or ()
        if variant.constraint is not None and hasattr(variant.constraint, "start_date")
    }
    assert date(2026, 11, 9) in starts | variants
    assert not {day for day in starts | variants if date(2026, 11, 9) < day <= date(2026, 11, 21)}
