"""The audit: plain words in front, every number a quote, what must be in it is in it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from groma import api
from groma.documents.content import Callout, Document, Section, pictures, walk
from groma.documents.diagrams.diagram import Diagram, check
from groma.documents.html import render_html
from groma.documents.inlines import plain
from groma.documents.marks import changed_outside_marks
from groma.documents.print_tree import document_refs
from groma.documents.write import write_survey
from groma.survey import Diagnosis, take_in

EXAMPLES = (
    "eight-people/today.yaml",
    "two-sites/brief.yaml",
    "escalation-desk/brief.yaml",
    "retry-storm/model.yaml",
)
TECHNICAL = re.compile(
    r"\b(percentiles?|pareto|intervals?|p95|p99|SLOs?|MTBF|cut sets?|utilisation|quantiles?)\b", re.I
)


@cache
def found(root: Path, example: str) -> Diagnosis:
    return api.survey(root / "examples" / example)


def audit(root: Path, example: str) -> Document:
    (document,) = write_survey(found(root, example)).documents.documents
    return document


def words(blocks: tuple[object, ...]) -> str:
    return re.sub(r"\s+", " ", str(blocks))


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_first_page_is_in_plain_words_and_holds_problem_cause_and_verdict(
    root: Path, example: str
) -> None:
    document = audit(root, example)
    boxes = [block for block in walk(document.summary) if isinstance(block, Callout)]
    assert [box.title for box in boxes] == ["What you told us", "What we found", "What you need"]
    survey = found(root, example)
    assert plain(boxes[0].inlines) == survey.model.problem.strip()
    assert survey.found[0].cause.title in plain(boxes[1].inlines)
    shown = render_html(write_survey(survey).documents).decode()
    first = re.sub(r"<[^>]+>", " ", shown.partition('id="audit-cost"')[0].partition("<body")[2])
    first = first.replace(survey.model.problem.strip(), "")
    assert not TECHNICAL.search(re.sub(r"(?s)<style.*?</style>|<script.*?</script>", "", first)), (
        TECHNICAL.search(first)
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_quote_has_a_derivation_and_pictures_hold(root: Path, example: str) -> None:
    documents = write_survey(found(root, example)).documents
    known = [derivation.ref for derivation in documents.derivations]
    assert len(known) == len(set(known))
    quoted = {ref for document in documents.documents for ref in document_refs(document)}
    assert quoted <= set(known)
    for picture in pictures(documents.documents[0]):
        assert plain(picture.caption).strip()
        if isinstance(picture.source, Diagram):
            assert check(picture.source) == ()


@pytest.mark.parametrize("example", EXAMPLES)
def test_links_hold(root: Path, example: str) -> None:
    made = render_html(write_survey(found(root, example)).documents).decode()
    ids = re.findall(r' id="([^"]+)"', made)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', made)) <= set(ids)


def test_the_whole_set_is_there(root: Path) -> None:
    document = audit(root, "eight-people/today.yaml")
    names = [section.id.removeprefix("audit-") for section in document.sections]
    assert names == [
        "cost",
        "causes",
        "graph",
        "stops",
        "work",
        "fine",
        "unseen",
        "map",
        "days",
        "verdict",
        "needed",
        "scope",
    ]
    survey = found(root, "eight-people/today.yaml")
    kinds = Counter(each.cause.id for each in survey.found)
    several = {each.cause.title for each in survey.found if kinds[each.cause.id] > 1}
    told = [b.title for b in walk(document.sections) if isinstance(b, Section) and b.level > 1]
    assert sorted(told) == sorted([*several, *(each.case.title for each in survey.found)])


def test_a_changed_fact_changes_nothing_outside_marks(root: Path, tmp_path: Path) -> None:
    def page(folder: Path) -> bytes:
        return render_html(write_survey(api.survey(folder / "today.yaml")).documents)

    for name in ("brief.yaml", "facts.yaml", "today.yaml"):
        text = (root / "examples/eight-people" / name).read_text(encoding="utf-8")
        text = text.replace(
            "value: 85 EUR/h, known: 70 EUR/h .. 100 EUR/h", "value: 86 EUR/h, known: 72 EUR/h .. 101 EUR/h"
        )
        (tmp_path / name).write_text(text, encoding="utf-8")
    before, after = page(root / "examples/eight-people"), page(tmp_path)
    assert before != after
    assert changed_outside_marks(before, after) == ()


def test_the_same_survey_gives_the_same_files(root: Path) -> None:
    path = root / "examples/retry-storm/model.yaml"
    one, other = (api.write(api.survey(take_in(path)), formats=("html", "docx", "md")) for _ in range(2))
    assert one == other
    assert {"index.html", "audit.docx", "audit.md", "ledger.json"} <= one.keys()


def test_an_audit_is_no_part_of_a_designs_set() -> None:
    from groma.documents.deliverables import ALL, SETS, Subject
    from groma.documents.quote import Quoter
    from survey.surveyed import surveyed

    assert [name for name, documents in SETS.items() if "audit" in documents] == ["survey"]
    nothing = surveyed("")
    assert ALL["audit"].write(Subject(nothing.model, Quoter(nothing.ledger))) is None


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (None, None, "not known"),
        (0.2, None, "1 month at best"),
        (2.6, None, "2 months at best"),
        (0.2, 0.9, "up to 1 month"),
        (0.2, 14.1, "up to 15 months"),
        (3.2, 8.1, "3 months to 9 months"),
        (24.0, 37.0, "2 years to 4 years"),
        (30.0, 500.0, "2 years to more than 10 years"),
    ],
)
def test_months_are_told_outwards(low: float | None, high: float | None, said: str) -> None:
    from groma.documents.deliverables.audit_causes import payback_text
    from groma.documents.quote import Quoter
    from groma.model.figure import Figure, Ledger

    ledger = Ledger("x")
    ledger.write(Figure("survey/x/payback", "", "month", low=low, high=high))
    assert payback_text(Quoter(ledger), "survey/x/payback").text == said
