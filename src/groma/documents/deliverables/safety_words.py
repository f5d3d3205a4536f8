"""How the safety specification names places of programs: by what happens there, with the path beside it."""

from __future__ import annotations

from groma.analyses.threats import Safety
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, line
from groma.model.program import Ask, Call, Choose, Do, Group, Hold, Parallel, Repeat, Send, Step


def spot(subject: Subject, safety: Safety, element: str) -> Inlines:
    """An element in words, with its path where it is a step."""
    return (
        line(words(subject, safety, element), " ", Code(short(element)))
        if ".steps." in element or ".fallback." in element
        else line(words(subject, safety, element))
    )


def words(subject: Subject, safety: Safety, element: str) -> str:
    """An element in words."""
    steps = safety.seen.around.get(element)
    if steps:
        return step_words(subject, steps[-1])
    section, _, rest = element.partition(".")
    name, _, more = rest.partition(".")
    if not name:
        return section
    operation = more.removeprefix("offers.").replace("_", " ") if more.startswith("offers.") else ""
    shown = name_of(subject.model, f"flow:{name}" if section == "flows" else name)
    return f"{shown}: {operation}" if operation else shown


def step_words(subject: Subject, step: Step) -> str:
    """What a step does, in a few words."""
    if step.title:
        return step.title
    action = step.action
    match action:
        case Call(component, operation) | Send(component, operation):
            return f"{name_of(subject.model, component)}: {operation.replace('_', ' ')}"
        case Ask(person=person):
            return f"{name_of(subject.model, person)} are asked"
        case Do(flow):
            return name_of(subject.model, f"flow:{flow}")
        case Repeat(steps=steps) | Hold(steps=steps) | Group(steps=steps):
            return (
                f"from “{step_words(subject, steps[0])}” to “{step_words(subject, steps[-1])}”"
                if steps
                else step.path
            )
        case Choose():
            return "the choice"
        case Parallel():
            return "what is done at once"
        case _:
            return step.path.rpartition(".")[2]


def short(path: str) -> str:
    """`flows.answer.steps.3.steps.5` as `answer 3.5`: where to look, short enough for a cell."""
    parts = path.split(".")
    if parts[0] not in ("flows", "components") or len(parts) < 3:
        return path
    skip = {"steps", "offers"}
    return f"{parts[1]} " + ".".join(each for each in parts[2:] if each not in skip)
