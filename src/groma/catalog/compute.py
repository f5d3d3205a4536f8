"""Virtual machines of AWS, Azure and GCP as products: `aws/m7g.large@us-east-1`, `azure/Standard_D4s_v5@westeurope`.

Price tables carry the price, size tables the characteristics; each capacity keeps the provenance of its own table.
Where only one region is priced, the region may be left out. GCP's source states no region, so a GCP reference has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from groma.catalog.fact import Fact
from groma.catalog.places import commitments, jurisdiction
from groma.catalog.problems import UnknownEntryError
from groma.catalog.product import Price, Product, Ref
from groma.catalog.table import Entry
from groma.catalog.tables import Tables

GIB = 2**30
_AGREEMENTS = {
    "aws": ("AWS", ("EC2",)),
    "azure": ("Azure", ("Virtual Machines",)),
    "gcp": ("GCP", ("Compute Engine",)),
}
_CAPACITIES = (
    ("vcpu", "vcpu", 1, "vCPU"),
    ("memory", "memory_gib", GIB, "B"),
    ("network", "network_baseline_gbps", 125_000_000, "B/s"),
    ("network_peak", "network_peak_gbps", 125_000_000, "B/s"),
    ("disk_operations", "ebs_baseline_iops", 1, "1/s"),
    ("disk_operations_peak", "ebs_maximum_iops", 1, "1/s"),
    ("disk_throughput", "ebs_baseline_mb_s", 1_000_000, "B/s"),
    ("disk_throughput_peak", "ebs_maximum_mb_s", 1_000_000, "B/s"),
    ("local_storage", "local_storage_gb", 10**9, "B"),
    ("temporary_storage", "temp_disk_gib", GIB, "B"),
    ("gpu", "gpu_count", 1, "GPU"),
    ("gpu_memory", "gpu_memory_gib_each", GIB, "B"),
)
"""Capacity, column, factor to the canonical unit, canonical unit; whichever columns a table has are used."""


def compute_refs(tables: Tables) -> Iterator[str]:
    """Every virtual machine with a price."""
    for entry in tables.entries("cloud-compute-aws"):
        yield f"aws/{entry.text('instance_type')}@{entry.text('region')}"
    for entry in tables.entries("cloud-compute-azure"):
        yield f"azure/{entry.text('sku')}@{entry.text('region')}"
    for entry in tables.entries("cloud-compute-gcp", kind="machine-type", term="on-demand"):
        yield f"gcp/{entry.text('name')}"


def compute_product(tables: Tables, ref: Ref) -> Product | None:
    """The virtual machine of a reference, None when there is none of that name.

    Raises UnknownEntryError when the name is known but not in that region, or in several and none was said.
    """
    if ref.provider == "aws":
        return _priced(tables, ref, tables.entries("cloud-compute-aws", instance_type=ref.name))
    if ref.provider == "azure":
        return _priced(tables, ref, tables.entries("cloud-compute-azure", sku=ref.name))
    if ref.provider == "gcp":
        return _gcp(tables, ref)
    return None


def _priced(tables: Tables, ref: Ref, entries: tuple[Entry, ...]) -> Product | None:
    if not entries:
        return None
    regions = [entry.text("region") for entry in entries]
    if ref.region is None and len(entries) > 1:
        raise UnknownEntryError(
            f"`{ref}` needs a region: priced are {', '.join(f'{ref}@{r}' for r in regions)}"
        )
    fitting = [entry for entry in entries if ref.region in (None, entry.text("region"))]
    if not fitting:
        raise UnknownEntryError(
            f"no price of `{ref.name}` in `{ref.region}`; priced regions: {', '.join(regions)} "
            "(add a row to products.csv in your catalog folder for another one)"
        )
    entry = fitting[0]
    region = entry.text("region")
    sizes = entry if ref.provider == "aws" else _size(tables, ref.name)
    whole = Ref(ref.provider, ref.name, region)
    fact = entry.fact("price_per_hour")
    return Product(
        ref=str(whole),
        kind="compute",
        title=f"{ref.name} in {region}",
        provider=ref.provider,
        region=region,
        jurisdiction=jurisdiction(tables, ref.provider, region),
        prices=(Price("hour", entry.money("price_per_hour"), entry.text("currency"), fact),),
        capacities={} if sizes is None else _capacities(sizes),
        commitments=commitments(tables, *_AGREEMENTS[ref.provider]),
        facts=_described(sizes),
    )


def _gcp(tables: Tables, ref: Ref) -> Product | None:
    entries = tables.entries("cloud-compute-gcp", kind="machine-type", name=ref.name)
    if not any(entry.text("term") == "on-demand" for entry in entries):
        return None
    prices: list[Price] = []
    for entry in entries:
        condition = "" if entry.text("term") == "on-demand" else f"term={entry.text('term')}"
        amount, fact = entry.money("price"), entry.fact("price")
        prices.append(Price("hour", amount, entry.text("currency"), fact, condition=condition))
    notes = ["the source states no region: read as a United States list price"]
    if ref.region is not None:
        notes.append(f"the price isn't known to hold in {ref.region}")
    return Product(
        ref=str(ref),
        kind="compute",
        title=ref.name + (f" in {ref.region}" if ref.region else ""),
        provider="gcp",
        region=ref.region,
        jurisdiction=None if ref.region is None else jurisdiction(tables, "gcp", ref.region),
        prices=tuple(prices),
        capacities=_gcp_capacities(tables, prices[0].fact, ref.name),
        commitments=commitments(tables, *_AGREEMENTS["gcp"]),
        notes=tuple(notes),
    )


def _gcp_capacities(tables: Tables, price: Fact, name: str) -> dict[str, Fact]:
    """What name and price of a predefined machine type tell: `n2-standard-4` has four vCPU, and the rest is memory.

    The source prices a machine as vCPU times one rate plus GiB times another, so the memory is what is left over;
    it is only used where it comes to a multiple of 0.25 GiB a vCPU within 0.5 %. Types with accelerators or local
    disks (other forms of name, families a2 and g2) have more in their price, so nothing is said about them.
    """
    family, _, rest = name.partition("-")
    count = rest.rpartition("-")[2]
    if rest.count("-") != 1 or not count.isdigit() or family in ("a2", "g2"):
        return {}
    vcpu = int(count)
    told = replace(price, evidence="secondary", low=None, high=None, column="name")
    capacities = {"vcpu": replace(told, value=vcpu, unit="vCPU", note="from the name of the machine type")}
    rates = [
        entry.number("price")
        for kind in ("predefined-vcpu", "predefined-memory")
        for entry in tables.entries("cloud-compute-gcp", kind=kind, name=family, term="on-demand")
    ]
    if len(rates) == 2 and isinstance(price.value, Decimal):
        per_vcpu, per_gib = (Decimal(str(rate)) for rate in rates)
        ratio = float((price.value - vcpu * per_vcpu) / per_gib / vcpu)
        whole = round(ratio * 4) / 4
        if whole > 0 and abs(ratio - whole) <= 0.005 * whole:
            note = "from the price of the machine type and the rates of its family"
            capacities["memory"] = replace(
                told, value=whole * vcpu * GIB, unit="B", column="price", note=note
            )
    return capacities


def _size(tables: Tables, sku: str) -> Entry | None:
    found = tables.entries("azure-vm-sizes", sku=sku)
    return found[0] if found else None


def _capacities(entry: Entry) -> dict[str, Fact]:
    columns = {column.name for column in entry.declaration.columns}
    capacities: dict[str, Fact] = {}
    for name, column, factor, unit in _CAPACITIES:
        if column in columns and entry.text(column):
            fact = entry.fact(column)
            capacities[name] = fact.scaled(factor, unit)
    return capacities


def _described(entry: Entry | None) -> tuple[Fact, ...]:
    if entry is None:
        return ()
    columns = {column.name for column in entry.declaration.columns}
    wanted = ("arch", "cpu_manufacturer", "gpu_name", "burstable", "current_generation", "family")
    return tuple(entry.fact(name) for name in wanted if name in columns and entry.text(name))
