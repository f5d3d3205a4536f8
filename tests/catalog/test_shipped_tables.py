"""What ships is complete: every row of every table has a date, a source and an evidence, and every cell reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from groma.catalog import EVIDENCE, list_tables, load_catalog, period
from groma.catalog.csv_rows import read_rows
from groma.catalog.tables import SHIPPED

CATALOG = load_catalog()
FACTS = Path(__file__).parents[2] / "../shared/facts"


@pytest.mark.parametrize("name", CATALOG.table_names())
def test_every_row_says_where_and_when_it_is_from(name: str) -> None:
    for entry in CATALOG.table(name).entries():
        assert entry.source.strip(), entry.key
        assert "{" not in entry.source
        first, last = period(entry.as_of)
        assert 1980 <= first.year <= last.year <= 2026
        assert entry.evidence in EVIDENCE


@pytest.mark.parametrize("name", CATALOG.table_names())
def test_every_cell_reads_as_its_type(name: str) -> None:
    declaration = CATALOG.table(name).declaration
    rows = read_rows(SHIPPED / f"{name}.csv", declaration, declaration.origin, every_cell=True)
    assert len(rows) == len(CATALOG.table(name).rows)


@pytest.mark.parametrize("name", CATALOG.table_names())
def test_rows_are_kept_in_the_order_of_the_key(name: str) -> None:
    keys = list(CATALOG.table(name).by_key)
    assert keys == sorted(keys)


def test_recalled_rows_never_give_a_point() -> None:
    seen = 0
    for name in CATALOG.table_names():
        declaration = CATALOG.table(name).declaration
        numbers = [c.name for c in declaration.columns if c.type in ("whole", "number", "money")]
        for entry in CATALOG.table(name).entries():
            if entry.evidence == "recalled":
                seen += 1
                for column in (*numbers, *(band.name for band in declaration.bands)):
                    assert entry.fact(column).value is None
    assert seen > 100


def test_recalled_bands_keep_their_ends() -> None:
    band = CATALOG.entry("failure-rates", ("SSD", "AFR", "Backblaze boot drives, 2022-2023")).fact("figure")
    assert (band.low, band.value, band.high, band.unit) == (0.5, None, 1.1, "%/year")
    assert band.evidence == "recalled"


def test_the_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 6_000_000


def test_the_list_of_tables_says_what_each_is_and_from_when() -> None:
    summaries = {summary.name: summary for summary in list_tables(CATALOG)}
    azure = summaries["cloud-compute-azure"]
    assert (azure.oldest, azure.newest, azure.evidence) == ("2026-06-18", "2026-06-18", (("read", 7581),))
    assert all(summary.title and summary.licence for summary in summaries.values())


def test_nothing_is_loaded_at_import() -> None:
    code = (
        "import sys; import groma.catalog; "
        "print([m for m in ('yaml', 'genai_prices', 'numpy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not FACTS.is_dir(), reason="the fact files aren't beside the checkout")
def test_restating_the_facts_gives_the_shipped_bytes(tmp_path: Path) -> None:
    tool = Path(__file__).parents[2] / "tools/make_catalog.py"
    subprocess.run([sys.executable, str(tool), str(FACTS), str(tmp_path)], check=True, capture_output=True)
    made = sorted(tmp_path.iterdir())
    assert len(made) == 21
    for path in made:
        assert path.read_bytes() == (SHIPPED / path.name).read_bytes(), path.name
