"""Retries within retries: attempts multiply through the layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.model.elements import Model
from groma.model.model_programs import programs
from groma.model.program import Call, Do, Send, Step, inner_steps
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

MOST_ATTEMPTS = 4
LAYERS = 2


@dataclass(frozen=True, slots=True)
class Layered:
    """A call with the attempts that it may come to, and the retries that multiply to it."""

    step: Step
    target: str
    attempts: int
    layers: tuple[str, ...]
    """Each with its attempts: `3 at flows.show.steps.1`."""
    way: tuple[str, ...] = ()
    """Operations and flows it is reached through, outermost first."""


def check(subject: Subject) -> Look:
    """Every call that retries surround; those whose attempts multiply above four through two layers or more."""
    worst: dict[str, Layered] = {}
    for _, steps in programs(subject.model):
        for call in _calls(subject.model, steps, 1, (), ()):
            if call.layers and (
                call.step.path not in worst or call.attempts > worst[call.step.path].attempts
            ):
                worst[call.step.path] = call
    hits = (
        _hit(call)
        for _, call in sorted(worst.items())
        if len(call.layers) >= LAYERS and call.attempts > MOST_ATTEMPTS
    )
    return Look(len(worst), tuple(hits))


def _hit(call: Layered) -> Hit:
    way = f", through {' > '.join(call.way)}" if call.way else ""
    return Hit(
        call.step.path,
        f"One request may become {call.attempts} calls of {call.target}",
        f"attempts multiply: {' x '.join(call.layers)} = {call.attempts}" + way,
        call.step.at,
    )


def _calls(
    model: Model, steps: tuple[Step, ...], attempts: int, layers: tuple[str, ...], way: tuple[str, ...]
) -> Iterator[Layered]:
    """Calls that a program comes to, once a retry is around them through operations and flows, which never circle."""
    for step in steps:
        retry = step.policies.retry
        inside = attempts * (1 + retry.times) if retry is not None else attempts
        around = (
            (*layers, f"{1 + retry.times} at {step.path}")
            if retry is not None and retry.times > 0
            else layers
        )
        match step.action:
            case Call(component, operation) | Send(component, operation):
                target = f"{component}.{operation}"
                yield Layered(step, target, inside, around, way)
                called = model.components.get(component)
                if around and called is not None:
                    yield from _calls(model, called.offers[operation].steps, inside, around, (*way, target))
            case Do(flow) if around:
                yield from _calls(model, model.flows[flow].steps, inside, around, (*way, flow))
            case _:
                pass
        for word, inner in inner_steps(step):
            outside = word in ("fallback", "compensate")
            yield from _calls(model, inner, *((attempts, layers) if outside else (inside, around)), way)


RULE = Rule(
    id="retry-amplification",
    title="Retries that multiply through layers",
    looks_for="Calls inside two or more layers of retries whose attempts multiply above four.",
    why="When the innermost part is slow, each layer asks again, and the load rises just when it can't be carried.",
    source="Beyer et al., Site Reliability Engineering, chapter 22 (cascading failures), 2016",
    severity="warning",
    tags=("programs", "capacity"),
    consequence="A short stutter becomes an overload that doesn't end by itself.",
    remedy="Retry in one layer only (the one nearest the user that can still change something), with a budget.",
    check=check,
    good="""\
components:
  db: {kind: database, offers: {read: {work: 1 ms}}}
  app: {kind: service, offers: {get: {work: 1 ms, steps: [{call: db.read}]}}}
flows: {show: {steps: [{call: app.get, retry: 2}]}}
""",
    bad="""\
components:
  db: {kind: database, offers: {read: {work: 1 ms}}}
  app: {kind: service, offers: {get: {work: 1 ms, steps: [{call: db.read, retry: 2}]}}}
flows: {show: {steps: [{call: app.get, retry: 2}]}}
""",
    expected=("retry-amplification:components.app.offers.get.steps.1",),
)
