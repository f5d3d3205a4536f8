"""Steps of a program in the words of a runbook."""

from __future__ import annotations

from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of, operation_of
from groma.documents.inlines import Inlines, line
from groma.model.elements import Model
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Parallel,
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
)


def calls_in(step: Step) -> tuple[str, ...]:
    """The part that a step itself calls."""
    match step.action:
        case Call(component=component) | Send(component=component):
            return (component,)
        case _:
            return ()


def said(model: Model, steps: tuple[Step, ...]) -> str:
    """A sequence as a clause: `Zendesk: assign, then Support agents take over`."""
    return ", then ".join(words for step in steps if (words := _one(model, step)))


def _one(model: Model, step: Step) -> str:
    match step.action:
        case Call(component, operation) | Send(component, operation):
            known = operation_of(model, component, operation)
            what = step.title or (known.title if known else "") or operation.replace("_", " ")
            return f"{name_of(model, component)}: {what}"
        case Ask(person=person):
            return f"{name_of(model, person)}: {step.title or 'take over'}"
        case Choose(branches):
            return " or ".join(words for branch in branches if (words := said(model, branch.steps)))
        case Parallel(branches=branches):
            return " and ".join(words for each in branches if (words := said(model, each)))
        case Repeat(steps=steps) | Hold(steps=steps) | Group(steps=steps):
            return said(model, steps)
        case Wait():
            return "wait"
        case Fail(error=error):
            return f"the run ends as {error}"
        case Do(flow=flow):
            return name_of(model, f"flow:{flow}")
        case Stop():
            return "the run ends well"
        case Mark(name=name):
            return "" if step.title == "" else step.title or name
        case _:
            return ""


def attempts(subject: Subject, step: Step) -> Inlines:
    """How long and how often the first way is tried, as far as the step itself says."""
    policies, parts = step.policies, list[Inlines]()
    if policies.timeout is not None:
        parts.append(line("after ", *subject.quoter.amount(f"{step.path}.timeout", policies.timeout)))
    if policies.deadline is not None:
        parts.append(
            line("after ", *subject.quoter.amount(f"{step.path}.deadline", policies.deadline), " in all")
        )
    if policies.retry is not None:
        parts.append(line(f"after {policies.retry.times + 1} attempts"))
    if not parts:
        return ()
    words: Inlines = parts[0]
    for each in parts[1:]:
        words = line(*words, ", ", *each)
    return line(", ", *words)
