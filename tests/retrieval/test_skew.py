"""Features to learn from and to be asked with: what differs, and how far apart in age they are."""

from __future__ import annotations

import pytest

from groma.analyses import Context, assess, figure
from groma.analyses.skew import differences, pairs
from groma.documents.content import Table, walk
from groma.documents.deliverables import data_sections
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.position import ModelError

from .given import CATALOG, HEAD

MODEL = """
components: {store: {kind: database}, lake: {kind: storage}, maker: {kind: service}, other: {kind: service}}
data:
  payments: {held_by: store}
  visits: {held_by: store}
  online: {held_by: store, made_from: payments, made_by: maker, refreshed: 1 h, made_in: 5 min, fields: {a: number}}
  offline:
    held_by: lake
    served_as: online
    made_from: payments
    made_by: maker
    refreshed: 1 h
    made_in: 5 min
    fields: {a: number}
"""
LEARNED = MODEL[MODEL.index("  offline:") :]


def context(body: str) -> Context:
    model = loads(HEAD + body)
    return Context(model, CATALOG, Ledger(model.digest))


def kinds(body: str) -> list[tuple[str, bool]]:
    there = context(body)
    (pair,) = pairs(there)
    return [(each.kind, each.sure) for each in differences(there, *pair)]


def changed(old: str, new: str) -> str:
    assert old in LEARNED and LEARNED in MODEL
    return MODEL.replace(LEARNED, LEARNED.replace(old, new))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (MODEL, []),
        (changed("made_by: maker", "made_by: other"), [("makers", True)]),
        (changed("    made_by: maker\n", ""), [("makers", False)]),
        (changed("made_from: payments", "made_from: [payments, visits]"), [("sources", True)]),
        (changed("{a: number}", "{b: number}"), [("fields", True)]),
        (changed("{a: number}", "{a: text}"), [("fields", True)]),
        (changed("refreshed: 1 h", "refreshed: 24 h"), [("age", True)]),
        (changed("refreshed: 1 h", "refreshed: {value: 1 h, known: 1 h .. 2 h}"), []),
        (changed("made_from: payments\n    made_by: maker", "made_from: online\n    made_by: other"), []),
    ],
)
def test_each_thing_in_which_they_differ_is_told(body: str, found: list[tuple[str, bool]]) -> None:
    assert kinds(body) == found


def test_how_far_apart_in_age_at_the_ends() -> None:
    """Refreshed each hour against each two to four: made in five minutes both, so one to three hours apart,
    three at the greatest ages."""
    older = changed("refreshed: 1 h", "refreshed: {value: 3 h, known: 2 h .. 4 h}")
    newer = MODEL.replace(
        "made_by: maker, refreshed: 1 h", "made_by: maker, refreshed: {value: 3 h, known: 2 h .. 4 h}"
    )
    for body in (older, newer):
        found = figure(context(body), "skew/offline")
        assert (found.low, found.value, found.high) == pytest.approx((3600.0, 3 * 3600.0, 3 * 3600.0))
    ragged = changed("refreshed: 1 h", "refreshed: {value: 1 h, known: 1 h .. 2 h}")
    found = figure(context(ragged), "skew/offline")
    assert (found.low, found.value, found.high) == pytest.approx((0.0, 3600.0, 3600.0))
    lost = figure(context(changed("    refreshed: 1 h\n", "")), "skew/offline")
    assert (lost.low, lost.high, bool(lost.reason)) == (None, None, True)


def test_ages_apart_are_the_difference_of_the_longest_ways() -> None:
    apart = figure(context(changed("refreshed: 1 h", "refreshed: 24 h")), "skew/offline")
    assert apart.value == pytest.approx(23 * 3600)
    known = figure(
        context(changed("refreshed: 1 h", "refreshed: {value: 2 h, known: 90 min .. 4 h}")), "skew/offline"
    )
    assert (known.low, known.high) == (pytest.approx(1800), pytest.approx(3 * 3600))
    unknown = figure(context(changed("    refreshed: 1 h\n", "")), "skew/offline")
    assert unknown.value is None and "data.offline.refreshed" in unknown.missing[0]
    assert figure(context(changed("made_from: payments", "made_from: online")), "skew/offline").value == 0.0


def test_a_need_may_ask_for_it() -> None:
    need = "needs: {alike: {measure: skew/offline, at_most: 1 h}}\n"
    body = need + changed("refreshed: 1 h", "refreshed: 24 h")
    ledger = assess(loads(HEAD + body), CATALOG, twice=False)
    assert {r.need: r.verdict for r in ledger.needs} == {"alike": "missed"}


def test_the_data_chapter_tells_them() -> None:
    model = loads(HEAD + changed("made_by: maker", "made_by: other"))
    subject = Subject(model, Quoter(assess(model, CATALOG, twice=False)))
    rows = [
        [plain(cell) for cell in row.cells]
        for block in walk(data_sections.features(subject))
        if isinstance(block, Table)
        for row in block.rows
    ]
    assert [row[:3] for row in rows] == [
        ["offline", "learned from", "other"],
        ["online", "asked with", "maker"],
    ]
    assert "other makes the one, maker the other" in rows[0][-1]
    assert data_sections.features(Subject(loads(HEAD + "data: {a: {}}"), Quoter(Ledger("")))) == ()


def test_nothing_is_served_as_itself() -> None:
    with pytest.raises(ModelError, match="expected another data set"):
        loads(HEAD + MODEL.replace("served_as: online", "served_as: offline"))
