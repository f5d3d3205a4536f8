"""Software of small businesses: enough of it, each with its source; a user's own table comes first."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from groma.catalog import load_catalog
from groma.catalog.business_tools import TABLE, tool_refs

CATALOG = load_catalog()


def test_at_least_forty_were_seen_on_a_page_with_its_date() -> None:
    seen = [e for e in CATALOG.table(TABLE).entries() if e.evidence != "recalled"]
    assert len(seen) >= 40
    for entry in seen:
        assert entry.text("page").startswith("https://"), entry.key
        assert len(entry.as_of) == len("2026-08-21"), entry.key
        assert entry.fact("price").value is not None, entry.key
        assert entry.text("currency") and entry.text("per") in ("month", "seat/month")


def test_every_row_says_what_it_is_for_and_whose_it_is() -> None:
    for entry in CATALOG.table(TABLE).entries():
        assert entry.text("functions") and entry.text("vendor") and entry.text("jurisdiction"), entry.key


def test_recalled_rows_are_ranges() -> None:
    recalled = [e.fact("price") for e in CATALOG.table(TABLE).entries() if e.evidence == "recalled"]
    assert recalled
    assert all(
        f.value is None and f.low is not None and f.high is not None and f.low < f.high for f in recalled
    )


def test_a_tool_is_a_product_with_its_price() -> None:
    product = CATALOG.product("pipedrive/lite")
    price = product.price("seat/month")
    assert price is not None
    assert (price.amount, price.currency, product.jurisdiction) == (Decimal("19.90"), "USD", "EE")
    assert price.fact.evidence == "secondary"
    assert CATALOG.product("lexware/office").prices[0].amount is None


def test_every_tool_is_found_by_its_reference() -> None:
    for ref in tool_refs(CATALOG.tables):
        assert CATALOG.product(ref).ref == ref


def test_a_row_of_your_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / f"{TABLE}.csv").write_text(
        "product,title,vendor,jurisdiction,functions,amount,currency,per,source,as_of,evidence\n"
        "pipedrive/lite,Pipedrive,Pipedrive,EE,customers,14.00,EUR,seat/month,our quote,2026-11-20,read\n"
    )
    price = load_catalog([tmp_path]).product("pipedrive/lite").prices[0]
    assert (price.amount, price.currency, price.fact.source) == (Decimal("14.00"), "EUR", "our quote")
