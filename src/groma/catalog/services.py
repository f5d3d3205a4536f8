"""Databases, queues, search and other cloud services as products: `aws/rds/database-instance-on-demand-...@us-east-1`.

A reference is made of the service and the usage type as the price line prints them, in lower case with dashes. Several
lines may share one reference because the attribute that sets their price (engine, edition, tier) isn't printed; such a
reference is refused, since choosing one would be a guess, and each price has a longer reference instead that ends in
the name of the resource it was printed for (`.../as-fifo-sqs-queue`).

The printed lines are monthly: a price per GB is for a GB moved, or for a GB stored for a month; every other unit but
the hour counts what is used in the month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from groma.catalog.places import commitments, jurisdiction
from groma.catalog.problems import UnknownEntryError
from groma.catalog.product import Price, Product, Ref
from groma.catalog.table import Entry
from groma.catalog.tables import Tables

PROVIDERS = {"aws": "AWS", "azure": "Azure", "gcp": "GCP"}
_NOWHERE = ("", "not stated", "global")
_AGREEMENTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("aws", "RDS"): ("RDS",),
    ("aws", "RDS / Aurora"): ("Aurora",),
    ("aws", "ECS / Fargate"): ("ECS", "Fargate"),
    ("aws", "OpenSearch"): ("OpenSearch Service",),
    ("aws", "SQS"): ("SQS and SNS",),
    ("aws", "SNS"): ("SQS and SNS",),
    ("aws", "Amazon MQ"): ("MQ",),
    ("aws", "VPC NAT gateway"): ("NAT Gateway",),
    ("aws", "VPC endpoint"): ("PrivateLink",),
    ("aws", "VPN"): ("Site-to-Site VPN",),
    ("azure", "search service"): ("AI Search (Cognitive Search)",),
    ("azure", "kubernetes cluster"): ("AKS",),
    ("azure", "postgresql flexible server"): ("Database for PostgreSQL",),
    ("azure", "mysql flexible server"): ("Database for MySQL",),
    ("azure", "mssql database"): ("SQL Database",),
    ("azure", "mssql managed instance"): ("SQL Managed Instance",),
    ("azure", "redis cache"): ("Cache for Redis",),
    ("azure", "servicebus namespace"): ("Service Bus",),
    ("azure", "eventhub namespace"): ("Event Hubs",),
    ("azure", "storage account"): ("Storage",),
    ("azure", "api management"): ("API Management",),
    ("azure", "app service plan"): ("App Service",),
    ("azure", "service plan"): ("App Service",),
    ("azure", "function app"): ("Functions",),
    ("azure", "frontdoor"): ("Front Door",),
    ("azure", "application gateway"): ("Application Gateway",),
    ("gcp", "sql database instance"): ("Cloud SQL",),
    ("gcp", "storage bucket"): ("Cloud Storage",),
    ("gcp", "cloud run v2 service"): ("Cloud Run",),
    ("gcp", "cloud run service"): ("Cloud Run",),
    ("gcp", "container cluster"): ("GKE",),
    ("gcp", "pubsub topic"): ("Pub/Sub",),
    ("gcp", "pubsub subscription"): ("Pub/Sub",),
    ("gcp", "bigquery table"): ("BigQuery",),
    ("gcp", "redis instance"): ("Memorystore",),
}
"""Which commitments of service-levels hold for a priced service whose name differs there."""


def slug(text: str) -> str:
    """Lower case, words joined by dashes: `Database instance (on-demand)` is `database-instance-on-demand`."""
    return re.sub(r"[^a-z0-9.+]+", "-", text.lower()).strip("-")


@dataclass(frozen=True)
class Services:
    """The priced services of some tables, by reference."""

    tables: Tables

    @cached_property
    def by_ref(self) -> dict[str, tuple[Entry, ...]]:
        """The price lines of each reference; those of a short reference that is refused are not one price."""
        found: dict[str, list[Entry]] = {}
        for provider in PROVIDERS:
            for entry in self.tables.entries(f"cloud-services-{provider}"):
                found.setdefault(str(_ref(provider, entry)), []).append(entry)
        for ref, entries in list(found.items()):
            if not _agree(entries):
                for entry in entries:
                    found.setdefault(_longer(ref, entry), []).append(entry)
        return {ref: tuple(entries) for ref, entries in sorted(found.items())}

    def refs(self) -> Iterator[str]:
        """Every service reference that means one price."""
        for ref, entries in self.by_ref.items():
            if _agree(entries):
                yield ref

    def product(self, ref: Ref) -> Product | None:
        """The priced service of a reference, None when there is none of that name.

        Raises UnknownEntryError when the reference could mean several prices, or is priced in other regions only.
        """
        if ref.provider not in PROVIDERS:
            return None
        full, entries = self._entries(ref)
        if not entries:
            return None
        if not _agree(entries):
            longer = sorted({_longer(full, entry) for entry in entries} - {full})
            meant = [name for name in longer if _agree(self.by_ref.get(name, entries))]
            prices = sorted({entry.text("unit_price") for entry in entries}, key=float)
            raise UnknownEntryError(
                f"`{full}` could mean {len(prices)} prices ({', '.join(prices)} {entries[0].text('currency')} per "
                f"{entries[0].text('unit')}), by an attribute that isn't printed: name the one you mean "
                f"({', '.join(meant[:8]) or 'no reference tells them apart'}), or price it in your own products.csv"
            )
        newest = max(entry.as_of for entry in entries)
        best = min((entry for entry in entries if entry.as_of == newest), key=_margin)
        return _made(self.tables, full, ref.provider, best)

    def _entries(self, ref: Ref) -> tuple[str, tuple[Entry, ...]]:
        """The full reference (with its region, when only one is priced) and its price lines."""
        entries = self.by_ref.get(str(ref), ())
        if entries:
            return str(ref), entries
        elsewhere = [known for known in self.by_ref if known.startswith(f"{ref.provider}/{ref.name}@")]
        if ref.region is not None and f"{ref.provider}/{ref.name}" in self.by_ref:
            elsewhere.append(f"{ref.provider}/{ref.name}")
        if not elsewhere:
            return str(ref), ()
        if ref.region is not None or len(elsewhere) > 1:
            raise UnknownEntryError(f"`{ref}` isn't priced; priced are: {', '.join(elsewhere)}")
        return elsewhere[0], self.by_ref[elsewhere[0]]


def _margin(entry: Entry) -> float:
    return float(entry.number("max_rounding_error") or 0)


def _agree(entries: Sequence[Entry]) -> bool:
    """Some price lies within the rounding of every line."""
    prices = [float(entry.number("unit_price") or 0) for entry in entries]
    margins = [_margin(entry) for entry in entries]
    low = max(price - margin for price, margin in zip(prices, margins, strict=True))
    high = min(price + margin for price, margin in zip(prices, margins, strict=True))
    return low <= high


def _longer(ref: str, entry: Entry) -> str:
    """The reference with the name of the resource in the example (`aws_sqs_queue.fifo_sqs_queue`)."""
    name, at, region = ref.partition("@")
    example = slug(entry.text("example_resource").rpartition(".")[2].replace("_", "-"))
    return f"{name}/as-{example}{at}{region}"


def _made(tables: Tables, ref: str, provider: str, entry: Entry) -> Product:
    region = None if entry.text("region") in _NOWHERE else entry.text("region")
    service = entry.text("service")
    fact = entry.fact("unit_price")
    return Product(
        ref=ref,
        kind="service",
        title=f"{service}: {entry.text('usage_type')}" + (f" in {region}" if region else ""),
        provider=provider,
        region=region,
        jurisdiction=None if region is None else jurisdiction(tables, provider, region),
        prices=(Price(unit(entry.text("unit")), entry.money("unit_price"), entry.text("currency"), fact),),
        commitments=commitments(
            tables, PROVIDERS[provider], _AGREEMENTS.get((provider, service), (service,))
        ),
        notes=() if region else ("the price line states no region",),
    )


def unit(printed: str) -> str:
    """A printed unit in the singular: `months` is `month`, `1M requests` stays as it is printed."""
    return (
        printed[:-1]
        if printed in ("months", "hours", "days", "years", "users", "minutes", "seconds")
        else printed
    )


def _ref(provider: str, entry: Entry) -> Ref:
    region = entry.text("region")
    parts = [slug(entry.text("service")), slug(entry.text("usage_type"))]
    if entry.text("sub_resource"):
        parts.append(slug(entry.text("sub_resource")))
    if entry.text("unit") not in ("hour", "GB"):
        parts.append("per-" + slug(entry.text("unit")))
    return Ref(provider, "/".join(parts), None if region in _NOWHERE else region)
