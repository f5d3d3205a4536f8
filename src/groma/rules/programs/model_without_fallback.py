"""Language models on whose answer a run hangs, with nothing and nobody behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from groma.analyses.retrieval.entering import MODELS
from groma.model.program import NO_POLICIES, Call, Choose, Do, Parallel, Step, inner_steps, walk
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


@dataclass(frozen=True, slots=True)
class Bare:
    """A call of a model reached on `way` without a fallback around it."""

    step: Step
    way: tuple[str, ...]


def check(subject: Subject) -> Look:
    """Calls to language models; those of started flows that a run reaches with nothing around them for when they
    fail."""
    model = subject.model
    calls = [
        step
        for _, step in subject.steps
        if isinstance(step.action, Call) and _is_model(subject, step.action.component)
    ]
    hits: dict[str, Hit] = {}
    for name in subject.started:
        flow = model.flows[name]
        if any(word in flow.on_error for word in model.people):
            continue
        for bare in _bare(subject, flow.steps, (f"flows.{name}",), set()):
            action = bare.step.action
            assert isinstance(action, Call)
            hits.setdefault(
                bare.step.path,
                Hit(
                    bare.step.path,
                    f"Nothing stands in for {model.components[action.component].title or action.component}",
                    f"{' -> '.join((*bare.way, bare.step.path))} calls {action.component}.{action.operation}: "
                    f"no fallback on "
                    "the way, no other branch that may end it, no person in `on_error`",
                    bare.step.at,
                ),
            )
    return Look(len(calls), tuple(hits.values()))


def _is_model(subject: Subject, component: str) -> bool:
    found = subject.model.components.get(component)
    return found is not None and found.kind.lower() in MODELS


def _bare(
    subject: Subject, steps: tuple[Step, ...], way: tuple[str, ...], seen: set[tuple[str, str]]
) -> Iterator[Bare]:
    """Model calls below some steps that no fallback covers, each program entered once."""
    for step in steps:
        yield from _below(subject, step, way, seen)


def _below(subject: Subject, step: Step, way: tuple[str, ...], seen: set[tuple[str, str]]) -> Iterator[Bare]:
    if step.policies.fallback is not None and not _itself(step, step.policies.fallback):
        return
    match step.action:
        case Call(component, operation):
            if _is_model(subject, component):
                yield Bare(step, way)
            found = subject.model.components.get(component)
            inner = None if found is None else found.offers.get(operation)
            if inner is not None and inner.steps and (component, operation) not in seen:
                seen.add((component, operation))
                yield from _bare(subject, inner.steps, (*way, step.path), seen)
        case Do(flow):
            if ("flows", flow) not in seen:
                seen.add(("flows", flow))
                yield from _bare(subject, subject.model.flows[flow].steps, (*way, step.path), seen)
        case Parallel(branches, join) if join < len(branches):
            return
        case _:
            for _, inner_program in inner_steps(step):
                yield from _bare(
                    subject,
                    inner_program,
                    (*way, step.path) if isinstance(step.action, Choose) else way,
                    seen,
                )


def _itself(step: Step, fallback: tuple[Step, ...]) -> bool:
    """Whether the fallback only asks the same component again: what is down then is down for both."""
    called = {
        s.action.component for s in walk((replace(step, policies=NO_POLICIES),)) if isinstance(s.action, Call)
    }
    steps = list(walk(fallback))
    return bool(steps) and all(isinstance(s.action, Call) and s.action.component in called for s in steps)


RULE = Rule(
    id="model-without-fallback",
    title="Language model with nothing behind it",
    looks_for="Calls to a language model with no fallback around them, no other branch that may end the step, and no "
    "person named in the flow's `on_error`.",
    why="Models behind an interface are down, throttled or withdrawn more often than a database, at a time "
    "that others choose.",
    source="Nygard, Release It!, 2nd ed. 2018, chapter 5; availability commitments of model providers (table "
    "service-levels)",
    severity="warning",
    tags=("programs", "models"),
    consequence="When the model is down, so is what it answers for; nobody has decided what happens instead.",
    remedy="Put a fallback around it: another model, a rule, a queue, or a person (`fallback: [{ask: ...}]`).",
    check=check,
    good="""\
people: {ana: {}}
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
flows: {a: {starts: {rate: 1/min}, steps: [{call: writer.write, fallback: [{ask: ana, takes: 5 min}]}]}}
""",
    bad="""\
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
flows: {a: {starts: {rate: 1/min}, steps: [{call: writer.write}]}}
""",
    expected=("model-without-fallback:flows.a.steps.1",),
)
