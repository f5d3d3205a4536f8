"""An audit of an AI system tells what its models cost and why, and who is needed, from the same ledger as all else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from groma import api
from groma.analyses.usage import Bill, Call, looked_at
from groma.documents.content import Document, Section, walk
from groma.documents.markdown import render_markdown
from groma.documents.write import write_survey
from groma.survey import Diagnosis

DAY = 86_400.0
MODEL = """\
groma: 1
system: Answering desk
currency: EUR
practice: ai
people: {ana: {role: founder, rate: 60 EUR/h}}
data: {case: {class: personal, trust: untrusted, fields: {text: text}}}
components:
  writer: {kind: llm, title: Writer, offers: {write: {work: 2 s}}}
  shop: {kind: tool, offers: {refund: {work: 1 s, effect: once, impact: refund, reaches_out: true}}}
flows:
  answer:
    starts: {rate: 2/min}
    carries: [case]
    steps: [{call: writer.write}, {call: shop.refund}]
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    path = tmp_path_factory.mktemp("desk") / "model.yaml"
    path.write_text(MODEL, encoding="utf-8")
    return api.survey(path)


def log(longer: int) -> list[Call]:
    """Sixty calls on even days; the second half is `longer` times as long and as dear."""
    return [
        Call(
            f"c{n}", n * DAY / 2, "gpt-4o", 900 * (longer if n >= 30 else 1), 100 * (longer if n >= 30 else 1),
            Decimal("0.01") * (longer if n >= 30 else 1), team="support" if n % 3 else "sales", talk=f"t{n // 4}",
        )
        for n in range(60)
    ]  # fmt: skip


def audit(found: Diagnosis, calls: list[Call]) -> Document:
    ledger = found.ledger.extended(())
    told = looked_at(
        calls, [Bill("2026-01", Decimal(10), "USD"), Bill("2026-02", Decimal(15), "USD")], ledger
    )
    (document,) = write_survey(replace(found, ledger=ledger, usage=told)).documents.documents
    return document


def chapter(document: Document, name: str) -> str:
    """The text of a chapter; empty where there is none."""
    chapters = [s for s in document.sections if s.id == f"audit-{name}"]
    return (
        ""
        if not chapters
        else render_markdown(replace(document, sections=tuple(chapters), summary=())).decode()
    )


def test_cost_that_grows_by_structure_is_told_as_that(found: Diagnosis) -> None:
    text = chapter(audit(found, log(3)), "usage")
    assert "Cost grows faster than use" in text
    assert "**longer or shorter requests** | structure |" in text
    assert "**Conversations that carry all of their past along**" in text
    assert "1.50 times" in text and "support" in text and "sales" in text
    assert "What the log can't say" in text  # nothing was logged of what was sent


def test_cost_that_grows_with_use_alone_is_no_structure(found: Diagnosis) -> None:
    text = chapter(audit(found, log(1)), "usage")
    assert "Cost doesn't grow faster than use" in text
    assert "Conversations that carry" not in text


def test_without_a_log_there_is_no_chapter_on_it(found: Diagnosis) -> None:
    (document,) = write_survey(found).documents.documents
    assert chapter(document, "usage") == ""


def test_who_is_needed_is_told_with_the_arithmetic_and_who_does_what(found: Diagnosis) -> None:
    (document,) = write_survey(found).documents.documents
    assert found.staffing is not None
    text = chapter(document, "needed")
    assert found.staffing.word.lower() in text.lower()
    assert all(role in text for role, _ in found.staffing.roles)
    for role in (
        "AI systems architect",
        "machine-learning engineer",
        "data scientist",
        "solutions architect",
    ):
        assert f"**{role}**" in text
    assert "Running models" not in text  # no model is served by itself
    ids = [block.id for block in walk(document.sections) if isinstance(block, Section)]
    assert len(ids) == len(set(ids))


def test_a_company_without_models_isnt_told_of_their_roles(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(MODEL.replace("kind: llm", "kind: tool"), encoding="utf-8")
    (document,) = write_survey(api.survey(path)).documents.documents
    assert "machine-learning engineer" not in chapter(document, "needed")
