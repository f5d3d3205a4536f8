"""A flow as messages in time: every node type and policy of a program drawn, with the time each step is given.

The words under a message say what is done when it fails, in the order in which policies take effect.
"""

from __future__ import annotations

from typing import assert_never

from groma.analyses.caching import hits_of
from groma.documents.diagrams.diagram import Fragment, Message, Node, Sequence
from groma.documents.facts_of_model import call_words, name_of, operation_of, starter
from groma.documents.inlines import Inlines, line
from groma.documents.quote import DESIGN, Quoter
from groma.documents.views import part_node
from groma.model.elements import Flow, Model
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Policies,
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
)

REFS = (DESIGN,)
Steps = tuple[Message | Fragment, ...]


def sequence_view(model: Model, flow: Flow, quoter: Quoter) -> Sequence:
    """The flow between its participants, in the order in which they are met."""
    drawing = _Drawing(model, flow, quoter)
    caller = starter(flow)
    drawing.meet(caller)
    steps = drawing.steps(flow.steps, caller, frozenset())
    return Sequence(flow.title or flow.name, tuple(drawing.met.values()), steps)


class _Drawing:
    def __init__(self, model: Model, flow: Flow, quoter: Quoter) -> None:
        self.model, self.flow, self.quoter = model, flow, quoter
        self.met: dict[str, Node] = {}

    def meet(self, name: str) -> None:
        if name not in self.met:
            self.met[name] = part_node(self.model, name, self.quoter)

    def steps(self, steps: tuple[Step, ...], caller: str, inside: frozenset[str]) -> Steps:
        return tuple(drawn for step in steps for drawn in self.step(step, caller, inside))

    def step(self, step: Step, caller: str, inside: frozenset[str]) -> Steps:
        """The action with its policies around it, the cache outermost but for the fallback."""
        drawn = self.action(step, caller, inside)
        policies = step.policies
        for guard in policies.guards:
            words = line(f"checks: {guard.name}")
            drawn = (
                *drawn,
                Message(caller, caller, words, "note", refs=REFS),
                *self.steps(guard.steps, caller, inside),
            )
        words = self.policy_words(step, policies)
        if words:
            drawn = (Message(caller, caller, words, "note", refs=REFS), *drawn)
        if policies.cache is not None:
            share = self.amount(f"{step.path}.cache.hits", hits_of(self.model, step))
            hit = line(*share, " found in the cache")
            if policies.cache.component:
                self.meet(policies.cache.component)
                found: Steps = (Message(caller, policies.cache.component, line("look up"), refs=REFS),)
            else:
                found = (Message(caller, caller, line("takes it from the cache"), "note", refs=REFS),)
            drawn = (Fragment("alternative", ((hit, found), (line("not found"), drawn)), REFS),)
        if policies.fallback is not None:
            instead = self.steps(policies.fallback, caller, inside)
            drawn = (*drawn, Fragment("option", ((line("when that gives no answer"), instead),), REFS))
        if policies.compensate is not None:
            undo = self.steps(policies.compensate, caller, inside)
            drawn = (*drawn, Fragment("option", ((line("when a later step fails, undo"), undo),), REFS))
        return drawn

    def action(self, step: Step, caller: str, inside: frozenset[str]) -> Steps:
        action = step.action
        match action:
            case Call(component, operation):
                return self.call(step, caller, component, operation, "call", inside)
            case Send(component, operation):
                return self.call(step, caller, component, operation, "send", inside)
            case Choose(branches):
                parts = tuple(
                    (
                        line(
                            *self.amount(f"{step.path}.{n}.share", branch.share), f" {branch.when}".rstrip()
                        ),
                        self.steps(branch.steps, caller, inside),
                    )
                    for n, branch in enumerate(branches, 1)
                )
                return (Fragment("alternative", parts, REFS),)
            case Parallel(branches, join):
                until = "" if join >= len(branches) else f", until {join} of {len(branches)} are done"
                parts = tuple(
                    (line(f"at once{until}" if n == 0 else ""), self.steps(branch, caller, inside))
                    for n, branch in enumerate(branches)
                )
                return (Fragment("parallel", parts, REFS),)
            case Repeat(steps, times, until, at_most):
                words = line(
                    *((*self.amount(f"{step.path}.times", times), " times") if times else ()),
                    *(
                        ("done after each round with ", *self.amount(f"{step.path}.until", until))
                        if until
                        else ()
                    ),
                    f", at most {at_most} rounds" if at_most else "",
                )
                return (Fragment("loop", ((words, self.steps(steps, caller, inside)),), REFS),)
            case Ask(person, takes):
                self.meet(person)
                words = line(step.title or "asks")
                if person == caller:  # their own work, not a question to somebody
                    took = line(", ", *self.amount(f"{step.path}.takes", takes)) if takes else ()
                    return (Message(caller, caller, line(words, took), "call", self.budget(step), REFS),)
                answer = line(
                    "answers", *((" after ", *self.amount(f"{step.path}.takes", takes)) if takes else ())
                )
                return (
                    Message(caller, person, words, "call", self.budget(step), REFS),
                    Message(person, caller, answer, "return", refs=REFS),
                )
            case Wait(time):
                return (self.note(caller, line("waits ", *self.amount(f"{step.path}.wait", time))),)
            case Hold(component, steps):
                self.meet(component)
                return (
                    Message(caller, component, line("takes one"), "call", refs=REFS),
                    *self.steps(steps, caller, inside),
                    Message(caller, component, line("gives it back"), "send", refs=REFS),
                )
            case Fail(error):
                return (self.note(caller, line(f"ends as {error}")),)
            case Stop():
                return (self.note(caller, line("ends here")),)
            case Do(flow):
                return self.do(flow, caller, inside)
            case Mark(name):
                return (self.note(caller, self.mark(name)),)
            case Group(steps):
                return self.steps(steps, caller, inside)
            case Open(role, alternatives):
                parts = tuple(
                    (line(variant), self.steps(steps, caller, inside)) for variant, steps in alternatives
                )
                return (
                    (Fragment("alternative", parts, REFS),)
                    if parts
                    else (self.note(caller, line(f"open: {role}")),)
                )
            case _:
                assert_never(action)

    def do(self, flow: str, caller: str, inside: frozenset[str]) -> Steps:
        found = self.model.flows.get(flow)
        key = f"flow:{flow}"
        if found is None or key in inside:
            return (self.note(caller, line(f"goes on with {name_of(self.model, key)}")),)
        return (
            self.note(caller, line(name_of(self.model, key))),
            *self.steps(found.steps, caller, inside | {key}),
        )

    def call(
        self, step: Step, caller: str, component: str, operation: str, style: str, inside: frozenset[str]
    ) -> Steps:
        self.meet(component)
        known = operation_of(self.model, component, operation)
        words = call_words(self.model, component, operation, step.title)
        message = Message(
            caller, component, line(words), "send" if style == "send" else "call", self.budget(step), REFS
        )
        key = f"{component}.{operation}"
        if known is None or not known.steps or key in inside:
            return (message,)
        return (message, *self.steps(known.steps, component, inside | {key}))

    def budget(self, step: Step) -> Inlines:
        """What the step takes in the mean, where the latency analysis says so."""
        name = f"budget/{self.flow.name}/{step.path}/mean"
        return line(self.quoter.figure(name)) if self.quoter.shown(name) else ()

    def mark(self, name: str) -> Inlines:
        known = [
            f.name for f in self.quoter.named(f"latency/{self.flow.name}@{name}/") if f.status != "not shown"
        ]
        if not known:
            return line(name)
        return line(f"{name}: {known[0].rpartition('/')[2]} ", self.quoter.figure(known[0]))

    def note(self, over: str, words: Inlines) -> Message:
        return Message(over, over, words, "note", refs=REFS)

    def amount(self, path: str, amount: object) -> Inlines:
        from groma.model.quantity import Quantity, Unknown

        return self.quoter.amount(path, amount) if isinstance(amount, Quantity | Unknown) else ()

    def policy_words(self, step: Step, policies: Policies) -> Inlines:
        """`4 s each, 1 attempt more`: time limits, retries, hedges, limits and breakers of a step."""
        parts: list[Inlines] = []
        if policies.deadline:
            parts.append(line("all within ", *self.amount(f"{step.path}.deadline", policies.deadline)))
        if policies.timeout:
            parts.append(line("gives up after ", *self.amount(f"{step.path}.timeout", policies.timeout)))
        if policies.retry and policies.retry.times:
            more = self.quoter.say(DESIGN, str(policies.retry.times))
            parts.append(line("tries ", more, " more time" + ("s" if policies.retry.times > 1 else "")))
        if policies.hedge:
            parts.append(
                line("asks twice after ", *self.amount(f"{step.path}.hedge.after", policies.hedge.after))
            )
        if policies.limit:
            parts.append(line("at most ", *self.amount(f"{step.path}.limit.rate", policies.limit.rate)))
        if policies.breaker:
            opens = self.amount(f"{step.path}.breaker.opens_at", policies.breaker.opens_at)
            parts.append(line("stops calling at ", *opens, " bad ends"))
        joined: list[Inlines] = []
        for part in parts:
            joined.append(line("; " if joined else "", part))
        return line(*joined)
