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
EVERYBODYS = frozenset({"public", "internal"})
"""Classes of data that are told only where there are no others."""


def within_reach(subject: Subject, safety: Safety, answers: Iterable[Answer]) -> tuple[str, ...]:
    """What a threat could get at where it stands: effects of operations, and data handed to parts or shown to people
    there, those that aren't everybody's first."""
    model = subject.model
    effects: dict[str, None] = {}
    data: set[str] = set()
    for answer in answers:
        for (_, path, _), seen in safety.seen.spreading.asked.items():
            if path == answer.place.element:
                data |= {each.data for each in seen}
        for use in safety.seen.uses:
            if answer.place.element not in (use.path, f"components.{use.component}", f"flows.{use.flow}"):
                continue
            operation = safety.seen.operation(use)
            if operation is not None and operation.impact:
                effects[f"the {operation.impact.replace('_', ' ')}"] = None
            data |= {each.data for each in use.handed}
    known = [each for name, each in model.data.items() if name in data]
    close = [each for each in known if each.class_ not in EVERYBODYS] or known
    return (*effects, *(name_of(model, each.name) for each in close))


def few_of(names: tuple[str, ...]) -> str:
    """The first of several names, and how many more there are."""
    more = len(names) - MOST_WITHIN_REACH
    return "; ".join(names[:MOST_WITHIN_REACH]) + (f" and {more} more" if more > 0 else "")
