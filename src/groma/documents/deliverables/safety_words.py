"""How the safety specification names places of programs: by what happens there, with the path beside it."""

from __future__ import annotations

from groma.analyses.threats import Safety
from groma.documents.content import Column
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import call_words, name_of
from groma.documents.inlines import Code, Inlines, line
from groma.documents.steps_in_words import short_path, step_words


def spot(subject: Subject, safety: Safety, element: str) -> tuple[Inlines, Inlines]:
    """An element in words, and its path where it is a step: two cells of a row."""
    step = ".steps." in element or ".fallback." in element
    return line(words(subject, safety, element)), line(Code(short_path(element))) if step else line()


STEP = Column("Step", share=0.9)
"""The column for paths beside words of `spot`."""


def words(subject: Subject, safety: Safety, element: str) -> str:
    """An element in words."""
    steps = safety.seen.around.get(element)
    if steps:
        return step_words(subject.model, steps[-1])
    section, _, rest = element.partition(".")
    name, _, more = rest.partition(".")
    if not name:
        return section
    offered = more.removeprefix("offers.") if more.startswith("offers.") else ""
    operation = call_words(subject.model, name, offered) if offered else ""
    shown = name_of(subject.model, f"flow:{name}" if section == "flows" else name)
    return f"{shown}: {operation}" if operation else shown
