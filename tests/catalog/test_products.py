"""Anything a model names as `product:`: virtual machines, services, language models, and what isn't known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.catalog import UnknownEntryError, load_catalog, show_entry, show_product
from groma.catalog.llm import same_model
from groma.catalog.product import parse_ref
from groma.catalog.services import slug, unit

CATALOG = load_catalog(on=date(2026, 11, 21))
REFS = sorted(CATALOG.refs())
TODAY = date(2026, 11, 21)


def test_a_virtual_machine_of_aws() -> None:
    product = CATALOG.product("aws/m7g.large@us-east-1")
    assert (product.kind, product.region, product.jurisdiction) == ("compute", "us-east-1", "US")
    assert product.capacities["vcpu"].value == 2
    assert product.capacities["memory"].value == 8 * 2**30
    assert product.capacities["memory"].unit == "B"
    assert product.capacities["network_peak"].value == 12.5e9 / 8
    single = [promise for promise in product.commitments if promise.condition == "single instance"]
    assert [promise.share for promise in single] == [0.995]


def test_a_virtual_machine_of_azure_joins_price_and_size() -> None:
    product = CATALOG.product("azure/Standard_D4s_v5@westeurope")
    assert product.jurisdiction == "EU"
    assert product.prices[0].amount == Decimal("0.230000")
    assert product.capacities["memory"].value == 16 * 2**30
    assert product.prices[0].fact.table == "cloud-compute-azure"
    assert product.capacities["memory"].table == "azure-vm-sizes"


@pytest.mark.parametrize(
    ("name", "vcpu", "gib"),
    [  # Google's machine families: standard 4 GiB a vCPU (n1 3.75), highmem 8, highcpu 1 (c2d and c3 2)
        ("n2-standard-4", 4, 16),
        ("n2-highmem-8", 8, 64),
        ("n2-highcpu-16", 16, 16),
        ("n1-standard-2", 2, 7.5),
        ("c2d-highcpu-8", 8, 16),
        ("c3-highmem-22", 22, 176),
        ("e2-standard-8", 8, 32),
        ("t2d-standard-4", 4, 16),
    ],
)
def test_memory_of_google_machines_follows_from_their_price(name: str, vcpu: int, gib: float) -> None:
    product = CATALOG.product(f"gcp/{name}")
    assert product.capacities["vcpu"].value == vcpu
    assert product.capacities["memory"].value == gib * 2**30
    assert product.capacities["memory"].evidence == "secondary"


@pytest.mark.parametrize("name", ["a2-highgpu-1g", "g2-standard-4", "e2-micro", "z3-highmem-8-highlssd"])
def test_machines_with_more_in_their_price_say_no_memory(name: str) -> None:
    assert "memory" not in CATALOG.product(f"gcp/{name}").capacities


def test_google_prices_state_no_region() -> None:
    product = CATALOG.product("gcp/n2-standard-4")
    assert (product.region, product.jurisdiction) == (None, None)
    assert product.price("hour", condition="term=preemptible") is not None
    placed = CATALOG.product("gcp/n2-standard-4@europe-west3")
    assert placed.jurisdiction == "EU"
    assert "the price isn't known to hold in europe-west3" in placed.notes


def test_a_region_may_be_left_out_only_where_one_is_priced() -> None:
    assert CATALOG.product("aws/m7g.large").ref == "aws/m7g.large@us-east-1"
    with pytest.raises(UnknownEntryError, match="needs a region: priced are azure/Standard_D4s_v5@eastus"):
        CATALOG.product("azure/Standard_D4s_v5")
    with pytest.raises(UnknownEntryError, match="priced regions: us-east-1"):
        CATALOG.product("aws/m7g.large@eu-central-1")


def test_a_short_reference_of_several_prices_is_refused_with_the_longer_ones() -> None:
    with pytest.raises(UnknownEntryError, match=r"2 prices \(0\.4, 0\.5 USD per 1M requests\)") as caught:
        CATALOG.product("aws/sqs/requests/per-1m-requests@us-east-1")
    assert "as-fifo-sqs-queue@us-east-1" in str(caught.value)
    fifo = CATALOG.product("aws/sqs/requests/per-1m-requests/as-fifo-sqs-queue@us-east-1")
    assert fifo.prices[0].amount == Decimal("0.5")
    assert fifo.commitments[0].share == pytest.approx(0.999)


def test_model_products_say_prices_context_speed_and_quality() -> None:
    product = CATALOG.product("anthropic/claude-sonnet-4-6")
    prompt, answer = product.price("token.input"), product.price("token.output")
    assert prompt is not None and answer is not None
    assert (prompt.amount, answer.amount) == (Decimal("0.000003"), Decimal("0.000015"))
    assert product.capacities["context"].value == 1_000_000
    seconds = {fact.value for fact in product.known("time_to_first_token")}
    assert seconds == {0.74, 1.293, 2.12}, "three sources that measure differently stay apart"
    assert any(fact.value == 82.5 for fact in product.known("score"))


@pytest.mark.parametrize(
    ("ref", "jurisdiction"),
    [
        ("bedrock/eu.anthropic.claude-sonnet-4-6", "EU"),
        ("bedrock/global.anthropic.claude-sonnet-4-6-v1:0", None),
        ("bedrock/us.anthropic.claude-sonnet-5-5", "US"),
        ("mistral/mistral-large-2512", "EU"),
        ("anthropic/claude-sonnet-4-6", None),
        ("openai/gpt-5.4", None),
        ("google/gemini-2.5-flash", None),
        ("google/gemini-2.5-flash@europe-west4", "EU"),
        ("google/gemini-2.5-flash@eu", "EU"),
        ("google/gemini-2.5-flash@europe-west2", "GB"),
        ("azure-openai/text-embedding-3-large@swedencentral", "EU"),
        ("azure-openai/text-embedding-3-large@mars", None),
    ],
)
def test_a_jurisdiction_is_said_only_where_it_is_known(ref: str, jurisdiction: str | None) -> None:
    assert CATALOG.product(ref).jurisdiction == jurisdiction


def test_a_geographic_profile_costs_the_regional_price() -> None:
    """AWS charges regional endpoints and geographic profiles 10 % more than the global endpoint."""
    regional = CATALOG.product("bedrock/eu.anthropic.claude-sonnet-5-5")
    whole = CATALOG.product("bedrock/global.anthropic.claude-sonnet-5-5")
    for price in whole.prices:
        other = regional.price(price.per)
        assert other is not None and other.amount is not None and price.amount is not None
        assert other.amount == price.amount * Decimal("1.1")
    assert regional.ref == "bedrock/eu.anthropic.claude-sonnet-5-5"


@given(st.sampled_from(REFS))
def test_every_listed_reference_is_a_product_with_a_dated_price(ref: str) -> None:
    product = CATALOG.product(ref)
    assert product.prices
    assert product.ref == ref
    for price in product.prices:
        assert price.amount is None or (isinstance(price.amount, Decimal) and price.amount >= 0)
        assert len(price.currency) == 3
        assert price.fact.source and price.fact.as_of


def test_references_are_listed_once_and_always_alike() -> None:
    assert len(REFS) == len(set(REFS)) > 10_000
    assert list(load_catalog().refs()) == list(load_catalog().refs())


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("aws/m7g.larg", "aws/m7g.large@us-east-1"),
        ("openai/gpt-5.44", "gpt-5.4"),
        ("anthropc/claude-opus-5", "anthropic/claude-opus-5"),
        ("azure/Standard_D4_v55@westeurope", "azure/Standard_D4_v5@westeurope"),
    ],
)
def test_a_reference_that_misses_names_its_neighbours(wrong: str, near: str) -> None:
    with pytest.raises(UnknownEntryError) as caught:
        CATALOG.product(wrong)
    assert near in caught.value.nearest


@pytest.mark.parametrize("wrong", ["", "m7g.large", "aws/", "/x", "aws/m7g.large@"])
def test_what_is_not_a_reference_is_told_how_one_looks(wrong: str) -> None:
    with pytest.raises(UnknownEntryError, match="expected a product as `provider/name`"):
        CATALOG.product(wrong)


@given(st.text("ab/@.-", max_size=12))
def test_references_read_back_as_they_are_written(text: str) -> None:
    try:
        ref = parse_ref(text)
    except ValueError:
        return
    assert parse_ref(str(ref)) == ref


def test_shown_products_and_rows_carry_the_age_of_each_figure() -> None:
    shown = show_product(CATALOG, "azure/Standard_D4s_v5@westeurope", TODAY)
    assert (shown.prices[0].age.least, shown.prices[0].age.most) == (156, 156)
    memory = next(dated for dated in shown.capacities if dated.name == "memory")
    assert memory.age.least == 249
    row = show_entry(CATALOG, "accelerators", "l4", TODAY)
    assert {dated.name: dated.fact.value for dated in row.facts}["memory_gib"] == 24.0
    assert all(dated.fact.known for dated in row.facts)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Claude Sonnet 4.6", "claude-sonnet-4-6", True),
        ("claude-sonnet-4.6", "regional.anthropic.claude-sonnet-4-6-v1:0", True),
        ("Claude Haiku 4.5 (FC)", "global.anthropic.claude-haiku-4-5-20251001-v1:0", True),
        ("gpt-4o-2024-11-20 (FC)", "gpt-4o", True),
        ("gpt-4o-2024-11-20 (FC)", "gpt-4o-2024-05-13", False),
        ("claude-3-5-sonnet-20241022", "regional.anthropic.claude-3-5-sonnet-20240620-v1:0", False),
        ("GPT-5.2 Thinking", "gpt-5.2", False),
        ("gpt-5.4", "gpt-5.4-mini", False),
    ],
)
def test_scores_of_another_release_are_not_this_models(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same


def test_words_of_references() -> None:
    assert (
        slug("Database instance (on-demand, Multi-AZ, db.t3.large)")
        == "database-instance-on-demand-multi-az-db.t3.large"
    )
    assert (unit("months"), unit("hour"), unit("1M requests")) == ("month", "hour", "1M requests")
