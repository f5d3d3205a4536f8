"""Steps of a program in words: one by who does what, several as a clause, and where one stands as a short path."""

from __future__ import annotations

from groma.documents.facts_of_model import call_words, name_of
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


def step_words(model: Model, step: Step) -> str:
    """What a step is called, in a few words: its title, else who does what; a group by its first and last step."""
    if step.title:
        return step.title
    action = step.action
    match action:
        case Ask(person=person):
            return f"ask {name_of(model, person)}"
        case Repeat(steps=steps) | Hold(steps=steps) | Group(steps=steps):
            said = [step_words(model, each) for each in (*steps[:1], *steps[-1:])]
            if not said:
                return step.path
            return said[0] if len(steps) == 1 else f"from “{said[0]}” to “{said[1]}”"
        case Choose():
            return "the choice"
        case Parallel():
            return "what is done at once"
        case Mark(name):
            return name.replace("_", " ")
        case _:
            return clause(model, (step,))


def clause(model: Model, steps: tuple[Step, ...]) -> str:
    """A sequence as a clause: `Zendesk: assign, then Support agents: take over`; empty where nothing is done."""
    return ", then ".join(words for step in steps if (words := _said(model, step)))


def _said(model: Model, step: Step) -> str:
    match step.action:
        case Call(component, operation) | Send(component, operation):
            return f"{name_of(model, component)}: {call_words(model, component, operation, step.title)}"
        case Ask(person=person):
            return f"{name_of(model, person)}: {step.title or 'take over'}"
        case Choose(branches):
            return " or ".join(words for branch in branches if (words := clause(model, branch.steps)))
        case Parallel(branches=branches):
            return " and ".join(words for each in branches if (words := clause(model, each)))
        case Repeat(steps=steps) | Hold(steps=steps) | Group(steps=steps):
            return clause(model, steps)
        case Wait():
            return "wait"
        case Fail(error=error):
            return f"the run ends as {error}"
        case Do(flow=flow):
            return name_of(model, f"flow:{flow}")
        case Stop():
            return "the run ends well"
        case Mark():
            return step.title
        case _:
            return ""


def short_path(path: str) -> str:
    """`flows.answer.steps.3.steps.5` as `answer 3.5`: where to look, short enough for a cell."""
    parts = path.split(".")
    if parts[0] not in ("flows", "components") or len(parts) < 3:
        return path
    skip = {"steps", "offers", "parallel", "choose", "repeat"}
    return f"{parts[1]} " + ".".join(each for each in parts[2:] if each not in skip)
