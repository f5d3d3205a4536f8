"""The chapter on losses: its chart adds up, it says who asks, and it lists the restores that are still to be tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groma.analyses import assess
from groma.catalog import load_catalog
from groma.documents.charts.chart import Stacked
from groma.documents.content import Block, Bullets, Dependent, Picture, Table
from groma.documents.deliverables.recovery_sections import recovery
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.patterns import close, library, resolve


def every(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Dependent):
            yield from every(block.blocks)
        else:
            yield block


@pytest.fixture(scope="module")
def told(root: Path) -> tuple[list[Block], Ledger]:
    space = resolve(root / "examples/tier-ladder/brief.yaml", library())
    model = close(space, {"elsewhere.tier": "pilot_light", "elsewhere.copies": "nightly"}).model
    ledger = assess(model, load_catalog())
    return list(every(recovery(Subject(model, Quoter(ledger)), "d"))), ledger


def test_the_stages_of_each_bar_add_up_to_its_recovery_time(told: tuple[list[Block], Ledger]) -> None:
    blocks, ledger = told
    (picture,) = [b for b in blocks if isinstance(b, Picture)]
    assert isinstance(picture.source, Stacked)
    assert len(picture.source.bars) == 3
    for bar in picture.source.bars:
        assert bar.total is not None
        whole = ledger[bar.total.ref].value
        assert whole is not None
        assert sum(part.value for part in bar.parts) * 3600 == pytest.approx(whole)
        assert all(part.ref.startswith(bar.total.ref) for part in bar.parts)
    longest = [bar.total.value for bar in picture.source.bars if bar.total]
    assert longest == sorted(longest, reverse=True)
    assert "copying back takes most" in plain(picture.caption)


def test_it_says_who_asks_and_what_is_still_to_be_tried(told: tuple[list[Block], Ledger]) -> None:
    blocks, _ = told
    tables = [b for b in blocks if isinstance(b, Table)]
    words = [plain(cell) for cell in tables[0].rows[0].cells]
    assert words[0] == "Orders"
    assert words[2].startswith("30 h: “Recent” when place home is lost, through “Take orders”")
    assert words[4].startswith("4 h: “Back soon”")
    assert words[5] == "to be tried before it is relied on"
    (tasks,) = [b for b in blocks if isinstance(b, Bullets)]
    assert plain(tasks.items[0]).startswith("Bring Orders back once")


def test_a_model_without_copies_has_no_such_chapter() -> None:
    model = loads("groma: 1\nsystem: t\ncurrency: EUR\ncomponents: {a: {kind: x}}\ndata: {d: {held_by: a}}\n")
    assert recovery(Subject(model, Quoter(assess(model, load_catalog()))), "d") == ()
