"""Retries, hedges and deliveries that come twice, around effects that must happen once."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.model.model_programs import programs
from groma.model.program import Call, Do, Send, Step, inner_steps
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every call of an operation with effect `once`; those that a retry, a hedge or a delivery may repeat."""
    found: dict[str, tuple[Step, str]] = {}
    every: set[str] = set()
    for _, steps in programs(subject.model):
        for call, target, repeated in _once(subject.model, steps, ""):
            every.add(call.path)
            if repeated:
                found.setdefault(call.path, (call, f"{target} is repeated by {repeated}"))
    hits = (
        Hit(path, f"Something that must happen once is repeated: {text.partition(' ')[0]}", text, call.at)
        for path, (call, text) in sorted(found.items())
    )
    return Look(len(every), tuple(hits))


def _once(model: Model, steps: tuple[Step, ...], repeated: str) -> Iterator[tuple[Step, str, str]]:
    """Calls with effect `once` that a program reaches, nested ones included: (call, target, what repeats it).

    No program goes in a circle: the reader of models refuses that.
    """
    for step in steps:
        policies = step.policies
        again = repeated
        if policies.retry is not None and policies.retry.times > 0:
            again = again or f"a retry at {step.path}"
        if policies.hedge is not None:
            again = again or f"a hedge at {step.path}"
        if isinstance(step.action, Send) and step.action.delivery == "at least once":
            again = again or f"its delivery, at least once, at {step.path}"
        match step.action:
            case Call(component, operation) | Send(component, operation):
                called = model.components.get(component)
                if called is not None:
                    offered = called.offers[operation]
                    if offered.effect == "once":
                        yield step, f"{component}.{operation}", again
                    if again:
                        yield from _once(model, offered.steps, again)
            case Do(flow) if again:
                yield from _once(model, model.flows[flow].steps, again)
            case _:
                pass
        for word, inner in inner_steps(step):
            yield from _once(model, inner, repeated if word in ("fallback", "compensate") else again)


RULE = Rule(
    id="retry-of-once",
    title="Retry of an effect that must happen once",
    looks_for="Calls of operations with `effect: once` inside a retry or hedge, or sent with delivery "
    "`at least once`, through nested operations and flows.",
    why="A lost answer looks like a lost request. Whoever asks again pays twice, sends twice, books twice.",
    source="Helland, Idempotence Is Not a Medical Condition, ACM Queue 10(4), 2012",
    severity="error",
    tags=("programs", "consistency"),
    consequence="When an answer is lost the effect happens twice.",
    remedy="Give the operation a key that it remembers (`effect: keyed`), or ask for its state before repeating.",
    check=check,
    good="""\
components: {books: {kind: tool, offers: {enter: {work: 1 s, effect: keyed}}}}
flows: {pay: {steps: [{call: books.enter, retry: 2}]}}
""",
    bad="""\
components:
  books: {kind: tool, offers: {enter: {work: 1 s, effect: once}}}
  desk: {kind: service, offers: {close: {work: 1 s, steps: [{call: books.enter}]}}}
flows:
  pay: {steps: [{call: books.enter, retry: 2}]}
  close: {steps: [{steps: [{call: desk.close}], retry: 1}]}
""",
    expected=("retry-of-once:components.desk.offers.close.steps.1", "retry-of-once:flows.pay.steps.1"),
)
