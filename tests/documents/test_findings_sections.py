"""Findings of a kind are told together: what they share once, what every such finding means as a definition."""

from __future__ import annotations

import pytest

from groma.documents.content import Definitions, Table, walk
from groma.documents.deliverables.findings_sections import findings_table, together
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Code, coded, plain
from groma.documents.quote import Quoter
from groma.model.figure import Ledger
from groma.model.finding import Evidence, Finding
from groma.model.load import loads
from groma.rules import rules


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        (["Nobody answers for A", "Nobody answers for B of C"], "Nobody answers for A; B of C"),
        (["No copy of A is kept", "No copy of B is kept"], "No copy of A; B is kept"),
        (["X 1: nothing stands there", "Y: nothing stands there"], "X 1; Y: nothing stands there"),
        (["one thing", "another"], "one thing; another"),
        (["alone it stands"], "alone it stands"),
        (["a b c", "a b c d"], "a b c; c d"),
    ],
)
def test_what_titles_share_is_said_once(titles: list[str], told: str) -> None:
    assert together(titles) == told


def test_words_between_backticks_are_the_models() -> None:
    assert coded("State `kept_for`, soon.") == (*coded("State "), Code("kept_for"), *coded(", soon."))


def test_a_row_a_kind_and_its_meaning_once() -> None:
    rule = rules()["component-without-owner"]

    def finding(name: str, consequence: str = rule.consequence) -> Finding:
        evidence = (Evidence(f"components.{name}", "no `owner`"),)
        return Finding(
            rule.id, f"{rule.id}:components.{name}", f"Nobody answers for {name}", "note", evidence, consequence,
            rule.remedy,
        )  # fmt: skip

    model = loads("groma: 1\nsystem: S\ncurrency: EUR\ncomponents: {a: {kind: tool}, b: {kind: tool}}\n")
    subject = Subject(model, Quoter(Ledger(model.digest)))
    found = (finding("a"), finding("b", "nothing is renewed"))
    blocks = list(walk(findings_table(subject, found, "architecture")))
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert [[plain(cell) for cell in row.cells] for row in table.rows] == [
        ["Component without an owner", "Nobody answers for a; b. Nothing is renewed."]
    ]
    (meant,) = [block for block in blocks if isinstance(block, Definitions)]
    ((title, meaning),) = meant.entries
    assert plain(title) == rule.title
    assert plain(meaning) == f"{rule.consequence} {rule.remedy}"


def test_findings_that_lead_to_different_things_are_told_apart() -> None:
    """Which part stops which work: said together, nobody could tell."""
    rule = rules()["single-point-of-failure"]

    def finding(name: str, stops: str) -> Finding:
        evidence = (Evidence(f"components.{name}", "a cut set"),)
        return Finding(
            rule.id, f"{rule.id}:{name}", f"Everything hangs on {name}", "note", evidence, stops, rule.remedy
        )

    model = loads("groma: 1\nsystem: S\ncurrency: EUR\n")
    subject = Subject(model, Quoter(Ledger(model.digest)))
    found = (finding("a", "Mail stops."), finding("b", "Plans stop."), finding("c", "Mail stops."))
    (table,) = [b for b in walk(findings_table(subject, found, "architecture")) if isinstance(b, Table)]
    assert plain(table.rows[0].cells[1]) == (
        "Everything hangs on a; c. Mail stops. Everything hangs on b. Plans stop."
    )
