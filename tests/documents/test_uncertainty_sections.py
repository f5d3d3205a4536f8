"""The chapter on which facts matter most, and the load that needs stand: from the ledger, marked, in every edition."""

from __future__ import annotations

from functools import cache

import pytest

from groma.analyses import assess
from groma.catalog import load_catalog
from groma.documents.charts.chart import Tornado
from groma.documents.content import Bullets, Document, Section, Table, pictures, walk
from groma.documents.html import render_html
from groma.documents.inlines import plain
from groma.documents.marks import changed_outside_marks
from groma.documents.write import Written, files, write_model
from groma.model.load import loads

TEXT = """
groma: 1
system: Shop
currency: EUR
needs:
  quick: {measure: latency/order/mean, at_most: 400 ms}
  affordable: {measure: cost/month, at_most: LIMIT EUR/month}
facts:
  hosting: {value: 50 EUR/month, known: 40 EUR/month .. HIGH EUR/month, source: a list, date: 2026-11}
  support: {value: 20 EUR/month, known: 15 EUR/month .. 25 EUR/month, source: a list, date: 2026-11}
  work: {value: 100 ms ± 100 ms, known: 90 ms .. 125 ms, source: a list, date: 2026-11}
components:
  api: {kind: service, title: Shop, threads: 1, price: $hosting, offers: {take: {work: $work}}}
  help: {kind: service, title: Support, price: $support}
flows:
  order: {title: Buy something, starts: {rate: 30/min}, steps: [{call: api.take}]}
"""


@cache
def written(limit: int = 80, high: int = 70) -> Written:
    model = loads(TEXT.replace("LIMIT", str(limit)).replace("HIGH", str(high)))
    catalog = load_catalog()
    return write_model(model, assess(model, catalog), (), catalog)


def found(name: str, document: str = "assessment") -> Section:
    (whole,) = [d for d in written().documents.documents if d.id == document]
    assert isinstance(whole, Document)
    (section,) = [b for b in walk(whole.sections) if isinstance(b, Section) and b.id == f"{document}-{name}"]
    return section


def test_the_facts_stand_in_the_order_of_their_swings() -> None:
    (chart,) = [p for p in pictures(written().documents.documents[0]) if isinstance(p.source, Tornado)]
    assert isinstance(chart.source, Tornado)
    swings = chart.source.swings
    assert [plain(s.label) for s in swings] == ["hosting", "support"]
    assert [(s.low.value, s.high.value) for s in swings] == [(60, 90), (65, 75)]
    assert chart.source.base.value == 70
    assert plain(chart.caption) == (
        "Bill of a month: “hosting” moves it most, to 60 EUR a month at the low end of its range and to 90 EUR a month "
        "at the high end."
    )


def test_what_is_guaranteed_stands_beside_what_is_likely() -> None:
    (table,) = [b for b in walk((found("quality-facts"),)) if isinstance(b, Table)]
    bill = next(row for row in table.rows if plain(row.cells[0]) == "Bill of a month")
    assert plain(bill.cells[1]) == "55 to 95 EUR a month"
    likely = plain(bill.cells[2])
    assert likely.endswith(" EUR a month") and " to " in likely
    low, high = (float(word) for word in likely.removesuffix(" EUR a month").split(" to "))
    assert 55 <= low < 65 and 80 < high <= 95
    assert plain(bill.cells[4]) == "hosting"


def test_the_load_that_is_stood_is_told() -> None:
    """M/M/1 with work of 125 ms at worst: a mean of 0.4 s is reached at 8 - 2.5 = 5.5 starts a second, 11 times 0.5."""
    (bullets,) = [b for b in walk((found("quality-load"),)) if isinstance(b, Bullets)]
    quick, success = (plain(item) for item in bullets.items)
    assert quick.startswith("Quick stays met up to 5.")
    assert " times the load of the busiest hour; its figure can be shown up to 7." in quick
    assert success.startswith("Quick without failing stays met up to 7.")
    ledger = written().ledger
    assert ledger["envelope/quick/met"].value == pytest.approx(11, rel=0.02)
    assert ledger["envelope/quick/shown"].value == pytest.approx(16, rel=0.03)


@pytest.mark.parametrize("other", [(90, 70), (80, 78)])
def test_every_number_of_it_lies_in_its_mark(other: tuple[int, int]) -> None:
    first, second = render_html(written().documents), render_html(written(*other).documents)
    assert first != second
    assert changed_outside_marks(first, second) == ()


def test_every_quote_of_it_has_its_derivation() -> None:
    refs = {entry.ref: entry for entry in written().documents.derivations}
    for name in (
        "spread/cost/month/most",
        "chance/affordable",
        "envelope/quick/met",
        "swing/cost/month/fact/hosting/low",
    ):
        assert refs[name].text != "not shown"
        assert "cost/month" in refs[name].inputs or "latency/order/mean" in refs[name].inputs
    assert "triangular about a stated value" in repr(refs["chance/affordable"].sources)


def test_the_same_bytes_again_and_the_chart_as_a_file() -> None:
    one = files(written(), ["html", "md"])
    written.cache_clear()
    assert files(written(), ["html", "md"]) == one
    assert "diagrams/assessment-facts-1.svg" in one


def test_a_model_without_ranges_has_no_such_chapter() -> None:
    text = TEXT.replace("LIMIT", "80").replace(", known: 40 EUR/month .. HIGH EUR/month", "")
    text = text.replace(", known: 15 EUR/month .. 25 EUR/month", "").replace(", known: 90 ms .. 125 ms", "")
    model, catalog = loads(text), load_catalog()
    made = write_model(model, assess(model, catalog), (), catalog)
    assert "Which facts matter most" not in render_html(made.documents).decode()
