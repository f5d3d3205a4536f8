"""What enters a model's context window at a call: its parts, the answer, and the loop around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.retrieval.retrieved import retrieved
from groma.model.law import Empirical, Law
from groma.model.model_programs import programs
from groma.model.program import Call, Group, Hold, Prompt, Repeat, Sizes, Step, inner_steps, walk
from groma.model.quantity import Quantity, Unknown

MODELS = frozenset({"llm", "model"})
"""Kinds of component that answer from a context window."""


ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Entering:
    """A call with what enters its window: (part, amount, path), and the loop around it with whether each round
    calls."""

    step: Step
    call: Call
    parts: tuple[tuple[str, Quantity | Unknown | Law, str], ...]
    loop: Repeat | None
    every_round: bool

    @property
    def cut_first(self) -> tuple[str, ...]:
        return () if self.call.context is None else self.call.context.cut_first


def calls_of_models(context: Context) -> Iterator[Entering]:
    """Calls to language models that say what enters their window, in the order written."""
    for _, program in programs(context.model):
        for step in walk(program):
            if not isinstance(step.action, Call):
                continue
            if not any(c.kind.lower() in MODELS for c in context.candidates(step.action.component)):
                continue
            found = entering_at(context, program, step, step.action)
            if found.parts:
                yield found


def entering_at(context: Context, program: tuple[Step, ...], step: Step, call: Call) -> Entering:
    """What enters at a call, with the innermost loop of its program around it."""
    loop, every = None, True
    for outer in reversed(_around(program, step)):
        if isinstance(outer.action, Repeat):
            loop = outer.action
            break
        if not isinstance(outer.action, Group | Hold):
            every = False
    parts = _parts(step, call.sizes, call.context)
    prompt = call.context
    for name, operation in () if prompt is None else prompt.found:
        there = retrieved(context, operation)
        amount = None if there is None else there.tokens(step.at)
        where = f"{step.path}.context.found.{name}"
        parts = (*parts, (name, Unknown(step.at, "not stated") if amount is None else amount, where))
    return Entering(step, call, parts, loop, every)


def _around(program: tuple[Step, ...], step: Step) -> list[Step]:
    """The steps around a step, outermost first."""
    stack: list[tuple[tuple[Step, ...], list[Step]]] = [(program, [])]
    while stack:
        steps, outer = stack.pop()
        for each in steps:
            if each is step:
                return outer
            stack += [(inner, [*outer, each]) for _, inner in inner_steps(each)]
    return []


def _parts(
    step: Step, sizes: Sizes, prompt: Prompt | None
) -> tuple[tuple[str, Quantity | Unknown | Law, str], ...]:
    """Parts of the prompt and the answer; sizes drawn together stay together where no `context` says more."""
    amounts = dict(sizes.amounts)
    names = {part: next((n for n in spelt if n in amounts), None) for part, spelt in _SIZES.items()}
    given = [] if prompt is None else [(n, a, f"{step.path}.context.{n}") for n, a in prompt.parts]
    stated = bool(given) or (prompt is not None and bool(prompt.found))
    if sizes.table is not None:
        columns = [n for n in sizes.table.columns if n in (*_SIZES["input"], *_SIZES[ANSWER])]
        if stated:
            columns = [n for n in columns if n in _SIZES[ANSWER]]
        if columns:
            taken = [sizes.table.column(name) for name in columns]
            sums = [sum(row) for row in zip(*taken, strict=True)]
            label = (
                "prompt and answer"
                if len(columns) > 1
                else ANSWER
                if columns[0] in _SIZES[ANSWER]
                else "prompt"
            )
            return (*given, (label, Empirical.of(sums, sizes.table.weights), f"{step.path}.sizes"))
    found: list[tuple[str, Quantity | Unknown | Law, str]] = [*given]
    for part, name in names.items():
        if name is not None and (part == ANSWER or not stated):
            found.append((part, amounts[name], f"{step.path}.sizes.{name}"))
    return tuple(found)


_SIZES = {"input": ("input", "in"), ANSWER: ("output", "out")}
