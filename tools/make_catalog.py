"""Restate the catalog's tables from a folder of fact files: `python tools/make_catalog.py FACTS [TARGET]`.

Kept outside the package because it runs when the facts are renewed, not when Groma does. A table is the declared
columns of `<table>.yaml` from `<facts>/<table>.csv`, without the rows that its filter drops and without every row that
has no date or no source. Same facts, same bytes. It prints what was left out and why.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from groma.catalog.declaration import PROVENANCE, Declaration, read_declaration

DATA = Path(__file__).resolve().parents[1] / "src/groma/catalog/data"
AZURE_REGIONS = ("eastus", "germanywestcentral", "northeurope", "swedencentral", "westeurope")

Record = dict[str, str]


def plain_virtual_machine(row: Record) -> str:
    if row["kind"] != "vm":
        return "dedicated host"
    if row["region"] not in AZURE_REGIONS:
        return "other region"
    return "price out of line with its series" if row["note"] else ""


def region_resolved(row: Record) -> str:
    return "region not resolved" if row["region"] == "unresolved" else ""


def public_source(row: Record) -> str:
    """A source nobody else can open is none."""
    return "source not public" if row["source"].startswith("seed document") else ""


def one_instance(row: Record) -> str:
    return "" if row["mode"] == "agg" else "prompts and decoding on separate instances"


def every(row: Record) -> str:
    return ""


FILTERS: dict[str, Callable[[Record], str]] = {
    "accelerators": every,
    "ai-crawlers": every,
    "atlas-mitigations": every,
    "atlas-techniques": every,
    "azure-vm-sizes": every,
    "cloud-compute-aws": every,
    "cloud-compute-azure": plain_virtual_machine,
    "cloud-compute-gcp": every,
    "cloud-services-aws": region_resolved,
    "cloud-services-azure": region_resolved,
    "cloud-services-gcp": region_resolved,
    "edge-platforms": every,
    "eu-ai-act": every,
    "failure-rates": every,
    "hardware-and-circuits": every,
    "labour-bands": public_source,
    "llm-models": every,
    "model-apis": every,
    "model-quality": every,
    "nist-800-53-moderate": every,
    "nist-ai-600-1": every,
    "owasp-agentic": every,
    "owasp-llm": every,
    "rich-results": every,
    "schemaorg-properties": every,
    "schemaorg-types": every,
    "service-levels": every,
    "serving-measurements": one_instance,
}
"""For each restated table why a row is left out; an empty reason keeps it."""


def list_price(row: Record) -> Record:
    """GCP's source inflates two prices on purpose and states the list price beside them: take that one."""
    stated = re.search(r"list price ([0-9.]+)", row.get("note", ""))
    return {**row, "price": stated.group(1)} if stated and "price" in row else row


CAMEL = {"supersededBy": "superseded_by", "subPropertyOf": "sub_property_of", "inverseOf": "inverse_of"}


def dump_named(row: Record) -> Record:
    """Which of the source's dumps a measured run comes from, and the router it was sent through if there was one."""
    said = row.get("silicon_data_source", "")
    if not said:
        return row
    dump = said.split(";")[0].removeprefix("source_file=")
    router = re.search(r"dynamo_version=([\w.]+)", said)
    return {
        **row,
        "dump": dump.split("/")[0] if dump.count("/") > 1 else dump,
        "router": f"dynamo {router[1]}" if router else "",
    }


def plainly_named(row: Record) -> Record:
    """Columns under the names a table may have, evidence as one of its three words (an excerpt is second-hand)."""
    row = {CAMEL.get(name, name): text for name, text in row.items()}
    if row.get("evidence", "").startswith(("excerpt", "secondary")):
        row["evidence"] = "secondary"
    return row


def restate(declaration: Declaration, facts: Path, target: Path) -> Counter[str]:
    """Write one table; gives how many rows were left out for each reason."""
    name = declaration.name
    left_out: Counter[str] = Counter()
    kept: list[Record] = []
    with (facts / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        for raw in csv.DictReader(stream):
            row = list_price(plainly_named(dump_named(raw)))
            reason = FILTERS[name](row)
            if not reason and not (row.get("as_of") or declaration.origin.as_of):
                reason = "no date"
            if not reason and not (row.get("source") or declaration.origin.source):
                reason = "no source"
            if reason:
                left_out[reason] += 1
            else:
                kept.append(row)
    present = {column for row in kept for column, text in row.items() if text}
    columns = [
        column.name
        for column in declaration.columns
        if column.name in present
        and not (column.name in ("source", "as_of", "evidence") and getattr(declaration.origin, column.name))
    ]
    missing = [c.name for c in declaration.columns if c.name not in present and c.name not in PROVENANCE]
    if missing:
        raise SystemExit(f"{name}: declared but not in the facts: {', '.join(missing)}")
    kept.sort(key=lambda row: [row[column] for column in declaration.key] + list(row.values()))
    with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row.get(column, "") for column in columns] for row in kept)
    print(f"{name}: {len(kept)} rows; left out: {dict(sorted(left_out.items())) or 'none'}")
    return left_out


def main() -> None:
    if len(sys.argv) not in (2, 3):
        raise SystemExit(f"usage: {Path(sys.argv[0]).name} FACTS [TARGET]")
    facts = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else DATA
    for name in sorted(FILTERS):
        path = DATA / f"{name}.yaml"
        restate(read_declaration(path.read_text(encoding="utf-8"), name, path.name), facts, target)


if __name__ == "__main__":
    main()
