"""Acceptance tests of a design, by what they are about: given, when, then, with the id that a builder quotes."""

from __future__ import annotations

from groma.analyses.acceptance import Acceptance, acceptance
from groma.documents.content import Blocks, Bullets, Column, Details, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.inlines import Code, coded, line
from groma.documents.printable import ident
from groma.model.elements import Model

GROUPS = (
    ("needs", "What was asked for"),
    ("connections", "Hand-overs"),
    ("components", "Rights and ways out"),
    ("data", "What is brought back"),
)
"""Sections of the model that get one group each, after the flows, which get one group for each."""


def acceptance_tests(subject: Subject, document: str) -> Blocks:
    """Every test that follows from the design, by flow and then by kind; what can't be tested is named below."""
    model = subject.model
    derived = acceptance(model)
    if not derived.tests:
        return ()
    number = subject.quoter.count(
        "acceptance/tests", "Acceptance tests", len(derived.tests), "what the design states"
    )
    words = line(number, " tests follow from this design. It is accepted when all of them are seen to hold.")
    blocks: Blocks = (Paragraph(words),)
    for name, title, tests in _grouped(model, derived.tests):
        blocks += part(document, f"tests-{ident(name)}", title, (subject.because(_table(tests)),))
    if derived.gaps:
        gaps = subject.quoter.count(
            "acceptance/gaps", "Tests that can't be derived", len(derived.gaps), "what the design leaves open"
        )
        items = tuple(line(Code(gap.id), ": ", ", ".join(gap.missing)) for gap in derived.gaps)
        more = line(gaps, " further tests can't be written, because something isn't stated.")
        blocks = (*blocks, subject.because(Details(more, (Bullets(items),))))
    return blocks


def _grouped(
    model: Model, tests: tuple[Acceptance, ...]
) -> tuple[tuple[str, str, tuple[Acceptance, ...]], ...]:
    groups = [(f"flows.{name}", flow.title or name.replace("_", " ")) for name, flow in model.flows.items()]
    groups = [*groups, *GROUPS]
    found: list[tuple[str, str, tuple[Acceptance, ...]]] = []
    for name, title in groups:
        own = tuple(t for t in tests if t.element == name or t.element.startswith(f"{name}."))
        if own:
            found.append((name, title, own))
    return tuple(found)


def _table(tests: tuple[Acceptance, ...]) -> Table:
    rows = tuple(
        Row((line(Code(test.id)), line(test.given), coded(test.when), coded(test.then))) for test in tests
    )
    return Table(
        (Column("Test", share=1.6), Column("Given", share=1.3), Column("When"), Column("Then", share=1.6)),
        rows,
    )
