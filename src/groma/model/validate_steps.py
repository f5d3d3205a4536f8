"""What must hold of the steps of programs: what they name is there, shares sum to one, they can go on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from groma.model import program
from groma.model.elements import Model
from groma.model.grammar import did_you_mean
from groma.model.model_programs import programs
from groma.model.position import Problem
from groma.model.program import Step, walk
from groma.model.quantity import Quantity, Unknown
from groma.model.validate_loads import cached
from groma.model.validate_names import missing


def steps(model: Model) -> Iterator[Problem]:
    """Every problem of the steps of flows and of operations that call others."""
    for _, written in programs(model):
        for step in walk(written):
            yield from _step(model, step)


def _step(model: Model, step: Step) -> Iterator[Problem]:
    for name in step.carries:
        message = missing(model, ("data",), name)
        if message:
            yield Problem(step.at, f"{step.path}.carries: {message}")
    cache = step.policies.cache
    if cache is not None:
        yield from cached(step, cache)
    if cache is not None and cache.component is not None:
        message = missing(model, ("components",), cache.component)
        if message:
            yield Problem(step.at, f"{step.path}.cache.component: {message}")
    match step.action:
        case program.Call(component, operation) | program.Send(component, operation):
            yield from _operation(model, step, component, operation)
            if isinstance(step.action, program.Call) and step.action.context is not None:
                yield from _found(model, step, step.action.context)
        case program.Choose(branches):
            yield from _shares(step, branches)
        case program.Parallel(branches, join, _):
            if not branches:
                yield Problem(
                    step.at, f"{step.path}: nothing to do in parallel: the list of branches is empty"
                )
            elif join > len(branches):
                yield Problem(
                    step.at,
                    f"{step.path}: waits for {join} of {len(branches)} branches: it would never go on",
                )
        case program.Repeat(_, times, until, _):
            if (times is None) == (until is None):
                yield Problem(step.at, f"{step.path}: a repeat needs either `times` or `until`")
        case program.Ask(person=person):
            message = missing(model, ("people",), person)
            if message:
                yield Problem(step.at, f"{step.path}: {message}")
        case program.Hold(component=component):
            message = missing(model, ("components",), component)
            if message:
                yield Problem(step.at, f"{step.path}: {message}")
        case program.Do(flow):
            message = missing(model, ("flows",), flow)
            if message:
                yield Problem(step.at, f"{step.path}: {message}")
        case (
            program.Wait()
            | program.Fail()
            | program.Stop()
            | program.Mark()
            | program.Group()
            | program.Open()
        ):
            pass


def _found(model: Model, step: Step, prompt: program.Prompt) -> Iterator[Problem]:
    """Parts of a prompt that are found: an operation that is there and says how many passages it finds."""
    for part, target in prompt.found:
        component, _, operation = target.partition(".")
        offered = [c.offers[operation] for c in model.candidates(component) if operation in c.offers]
        path = f"{step.path}.context.found.{part}"
        if not offered:
            known = [
                f"{name}.{each}"
                for name in (*model.components, *model.alternatives)
                for candidate in model.candidates(name)
                for each in candidate.offers
            ]
            message = f"{path}: expected an operation such as `search.find`, found `{target}`"
            yield Problem(step.at, message + did_you_mean(target, known))
        elif any(each.finds is None for each in offered):
            message = f"{path}: say on `{target}` how many passages one answer of it holds (`finds`)"
            yield Problem(step.at, message)


def _operation(model: Model, step: Step, component: str, operation: str) -> Iterator[Problem]:
    candidates = model.candidates(component)
    if not candidates:
        message = missing(model, ("components",), component)
        yield Problem(step.at, f"{step.path}: {message}")
        return
    for candidate in candidates:
        if operation not in candidate.offers:
            hint = did_you_mean(operation, candidate.offers)
            offered = (
                ""
                if hint or not candidate.offers
                else f": it offers {', '.join(f'`{o}`' for o in candidate.offers)}"
            )
            yield Problem(step.at, f"{step.path}: `{component}` does not offer `{operation}`{hint}{offered}")
            return


def _shares(step: Step, branches: tuple[program.Branch, ...]) -> Iterator[Problem]:
    if not branches:
        yield Problem(step.at, f"{step.path}: nothing to choose from: the list of branches is empty")
        return
    shares = [branch.share for branch in branches]
    if any(isinstance(share, Unknown) for share in shares):
        return
    total = math.fsum(share.mean for share in shares if isinstance(share, Quantity))
    if abs(total - 1) > 1e-9:
        written = " + ".join(share.text for share in shares if isinstance(share, Quantity))
        yield Problem(
            step.at,
            f"{step.path}: shares of a choice must sum to 100 %, found {written} = {total * 100:.6g} %",
        )
