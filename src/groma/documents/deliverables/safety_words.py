"""How the safety specification names places of programs: by what happens there, with the path beside it."""

from __future__ import annotations

from collections.abc import Iterable

from groma.analyses.threats import Answer, Safety
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


MOST_WITHIN_REACH = 3


def within_reach(subject: Subject, safety: Safety, answers: Iterable[Answer]) -> str:
    """What a threat could get at where it stands: data handed to the parts there, and effects of their operations."""
    model = subject.model
    found: dict[str, None] = {}
    for answer in answers:
        for (_, path, _), seen in sorted(safety.seen.spreading.asked.items()):
            if path == answer.place.element:
                found |= {name_of(model, each.data): None for each in sorted(seen) if each.data in model.data}
        for use in safety.seen.uses:
            if answer.place.element not in (use.path, f"components.{use.component}", f"flows.{use.flow}"):
                continue
            operation = safety.seen.operation(use)
            if operation is not None and operation.impact:
                found[f"the {operation.impact.replace('_', ' ')}"] = None
            found |= {
                name_of(model, each.data): None for each in sorted(use.handed) if each.data in model.data
            }
    names = tuple(found)
    more = len(names) - MOST_WITHIN_REACH
    told = ", ".join(names[:MOST_WITHIN_REACH]) + (f" and {more} more" if more > 0 else "")
    return f" (within reach: {told})" if told else ""
