"""From a flow program to machines of states. What has no meaning for running code is refused, all of it at once."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

import numpy as np

from groma.exporters.export import NotExportable
from groma.exporters.workflow.form import (
    END,
    Around,
    Attempts,
    Breaks,
    Check,
    Decide,
    Does,
    Fork,
    Form,
    Halt,
    Inner,
    Keeps,
    Loop,
    Machine,
    Note,
    Pause,
    Person,
    Post,
    Raise,
    Remember,
    State,
    Tool,
    asks,
)
from groma.exporters.workflow.names import Names, identifier
from groma.model import program as p
from groma.model.elements import Flow, Model
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown
from groma.solvers.distributions import cdf_and_sf

MOST_STATES = 2_000
MOST_ROUNDS = 1_000_000
MOST_TABLED = 1_000
"""Rounds of a loop with a spread count that can be told one by one."""
_DIGITS = re.compile(r"(?:^|\.)(\d+|fallback|compensate|guard)(?=\.|$)")


def forms(model: Model) -> tuple[Form, ...]:
    """Every flow that starts by itself (all flows, where none does). Raises NotExportable with every problem."""
    begun = [flow for flow in model.flows.values() if flow.starts is not None] or list(model.flows.values())
    names, problems = Names(), list[str]()
    made: list[Form] = []
    for flow in begun:
        lowering = _Lowering(model, problems)
        try:
            machine = lowering.machine(flow.steps, f"flows.{flow.name}", (flow.name,))
        except _TooLarge:
            continue
        made.append(Form(flow.name, names.new(identifier(flow.name, "flow")), flow.title, machine))
    if problems:
        raise NotExportable(*dict.fromkeys(problems))
    return tuple(made)


class _TooLarge(Exception):
    pass


class _Lowering:
    """One flow."""

    def __init__(self, model: Model, problems: list[str]) -> None:
        self.model, self.problems = model, problems
        self.names, self.machine_names = Names(), Names()
        self.gated = {
            need.measure.split("/")[1]
            for need in model.needs.values()
            if need.measure.startswith("approval/")
        }
        self.made = 0
        self.loops: tuple[str, ...] = ()
        """The heads of the loops around, in the machine that is made."""
        self.catcher: tuple[str, int] | None = None
        """Where an error goes in the machine that is made, and how many of the loops around stay."""

    def refuse(self, at: Position, what: str) -> None:
        self.problems.append(f"{at}: {what}")

    def amount(self, path: str, quantity: Quantity | Unknown | None, at: Position) -> float:
        if isinstance(quantity, Quantity) and math.isfinite(quantity.mean):
            return quantity.mean
        self.refuse(at, f"{path} is unknown, and code that runs needs it: state it")
        return 0.0

    # Machines

    def machine(self, steps: tuple[p.Step, ...], path: str, done: tuple[str, ...]) -> Machine:
        """Steps as a machine of their own; `done` are the flows around, so that none runs itself."""
        found: dict[str, State] = {}
        name = self.machine_names.new(identifier(path.replace(".", " "), "part"))
        around = self.loops, self.catcher
        self.loops, self.catcher = (), None
        start = self.sequence(steps, END, found, done)
        self.loops, self.catcher = around
        order: dict[str, None] = {}
        todo = [start]
        while todo:
            at = todo.pop()
            if at != END and at not in order:
                order[at] = None
                todo += reversed([target for _, target in found[at].next])
        return Machine(name, path, start, tuple(found[at] for at in order))

    def sequence(
        self, steps: tuple[p.Step, ...], then: str, found: dict[str, State], done: tuple[str, ...]
    ) -> str:
        """Adds the states of steps that go on with `then`; gives the first one's name."""
        for step in reversed(steps):
            then = self.step(step, then, found, done)
        return then

    def step(self, step: p.Step, then: str, found: dict[str, State], done: tuple[str, ...]) -> str:
        policies = step.policies
        if policies.compensate is not None:
            undo = self.machine(policies.compensate, f"{step.path}.compensate", done)
            name = self.name(step, "remember")
            title = "what undoes it is known from here on"
            found[name] = State(name, undo.path, step.at, title, Remember(undo), (("ok", then),))
            then = name
        caught = self.catcher
        if policies.fallback is not None:
            caught = self.sequence(policies.fallback, then, found, done), len(self.loops)
        if policies == p.Policies(compensate=policies.compensate, fallback=policies.fallback):
            before, self.catcher = self.catcher, caught
            flat = self.flat(step, then, found, done)
            self.catcher = before
            if flat is not None:
                return flat
        does, around = self.does(step, done), self.around(step, done)
        ends = isinstance(does, Raise | Halt) and around == Around()
        events: tuple[tuple[str, str], ...] = () if ends else (("ok", then),)
        quiet = isinstance(does, Halt | Note) and around == Around()
        name = self.name(step, _word(step.action))
        found[name] = self.caught(
            State(name, step.path, step.at, step.title, does, events, around), None if quiet else caught
        )
        return name

    def caught(self, state: State, catcher: tuple[str, int] | None) -> State:
        """The state with the way that its error takes, and the loops that are left so."""
        if catcher is None:
            return state
        target, stay = catcher
        return replace(state, next=(*state.next, ("error", target)), leaves=self.loops[stay:])

    def name(self, step: p.Step, word: str) -> str:
        self.made += 1
        if self.made > MOST_STATES:
            if self.made == MOST_STATES + 1:
                self.refuse(step.at, f"more than {MOST_STATES} states: split the flow into several")
            raise _TooLarge
        place = "_".join(part[:1] if part.isalpha() else part for part in _DIGITS.findall(step.path))
        return self.names.new(f"s{place}_{identifier(word)}")

    # Actions that are edges, not states

    def flat(self, step: p.Step, then: str, found: dict[str, State], done: tuple[str, ...]) -> str | None:
        """A compound without policies beside a fallback, as states and edges of the machine around it; None for all
        else."""
        match step.action:
            case p.Group(steps):
                return self.sequence(steps, then, found, done)
            case p.Do(flow):
                there = self.called(step, flow, done)
                return then if there is None else self.sequence(there.steps, then, found, (*done, flow))
            case p.Choose(branches):
                name = self.name(step, "choose")
                ways = tuple(
                    (str(n), self.sequence(branch.steps, then, found, done))
                    for n, branch in enumerate(branches, 1)
                )
                state = State(name, step.path, step.at, step.title, self.decide(step, branches), ways)
                found[name] = self.caught(state, self.catcher)
                return name
            case p.Repeat():
                name = self.name(step, "repeat")
                around, self.loops = self.loops, (*self.loops, name)
                body = self.sequence(step.action.steps, name, found, done)
                ways = (("again", body), ("done", then))
                loop = self.loop(step, step.action)
                state = State(name, step.path, step.at, step.title, loop, ways)
                found[name] = self.caught(state, self.catcher if asks(loop) else None)
                self.loops = around
                return name
            case _:
                return None

    def called(self, step: p.Step, name: str, done: tuple[str, ...]) -> Flow | None:
        if name in done:
            self.refuse(step.at, f"flow {name} runs itself: use `repeat` with `at_most`")
            return None
        return self.model.flows[name]

    def decide(self, step: p.Step, branches: tuple[p.Branch, ...]) -> Decide:
        shares = [
            branch.share.mean if isinstance(branch.share, Quantity) else math.nan for branch in branches
        ]
        if any(math.isnan(share) for share in shares):
            known = math.fsum(share for share in shares if not math.isnan(share))
            open_ones = sum(math.isnan(share) for share in shares)
            shares = [max(0.0, 1.0 - known) / open_ones if math.isnan(s) else s for s in shares]
        return Decide(tuple((branch.when, share) for branch, share in zip(branches, shares, strict=True)))

    def loop(self, step: p.Step, repeat: p.Repeat) -> Loop:
        count = repeat.times
        if isinstance(count, Quantity):
            most = math.inf if count.most is None else count.most
            bound = min(most, count.law.most, repeat.at_most or math.inf)
            if not math.isfinite(bound):
                self.refuse(step.at, f"{step.path}: how often it is repeated has no end: state `at_most`")
                return Loop(1)
            rounds = min(p.whole_rounds(bound), MOST_ROUNDS)
            if count.constant:
                return Loop(rounds)
            if rounds > MOST_TABLED:
                self.refuse(
                    step.at,
                    f"{step.path}: up to {rounds:,} rounds with a spread; state `at_most` of {MOST_TABLED:,} or less",
                )
                return Loop(1)
            left = [1.0, *map(float, cdf_and_sf(count.law, np.arange(rounds, dtype=np.float64) + 0.5)[1])]
            chances = tuple(
                round(after / before, 9) if before > 0 else 0.0 for before, after in pairwise(left)
            )
            return Loop(rounds, chances)
        if repeat.at_most is None:
            self.refuse(step.at, f"{step.path}: a loop without a bound: state `at_most`")
            return Loop(1)
        if repeat.until is None:
            if isinstance(count, Unknown):
                self.refuse(step.at, f"{step.path}: how often it is repeated is unknown: state `times`")
            return Loop(min(repeat.at_most, MOST_ROUNDS))
        again = 1.0 - (repeat.until.mean if isinstance(repeat.until, Quantity) else 0.5)
        return Loop(min(repeat.at_most, MOST_ROUNDS), (1.0, again))

    # Actions that are states

    def does(self, step: p.Step, done: tuple[str, ...]) -> Does:
        match step.action:
            case p.Call(component, operation):
                return Tool(component, operation, self.gate(component, operation))
            case p.Send(component, operation, _, delivery):
                return Post(component, operation, delivery, self.gate(component, operation))
            case p.Choose() | p.Repeat() | p.Do() | p.Group():
                plain = p.Step(step.action, step.at, step.path, p.NO_POLICIES, step.carries, step.title)
                return Inner(self.machine((plain,), step.path, done))
            case p.Hold(component, steps):
                pool = self.model.components[component]
                places = None if pool.threads is None else pool.threads * pool.replicas
                return Inner(self.machine(steps, step.path, done), component, places)
            case p.Parallel(branches, join, left_over):
                made = tuple(
                    self.machine(steps, f"{step.path}.parallel.{n}", done)
                    for n, steps in enumerate(branches, 1)
                )
                return Fork(made, join, left_over == "run on")
            case p.Ask(person, _, _, approves):
                return Person(person, approves)
            case p.Wait(time):
                return Pause(self.amount(f"{step.path}.wait", time, step.at))
            case p.Fail(kind):
                return Raise(kind)
            case p.Stop():
                return Halt()
            case p.Mark(name):
                return Note(name)
            case p.Open(role):
                self.refuse(step.at, f"{step.path}: the choice `{role}` is open: export a finished design")
                return Halt()
            case _:
                assert_never(step.action)

    def gate(self, component: str, operation: str) -> str | None:
        impact = self.model.components[component].offers[operation].impact
        return impact if impact in self.gated else None

    def around(self, step: p.Step, done: tuple[str, ...]) -> Around:
        policies = step.policies

        def amount(what: str, quantity: Quantity | Unknown | None) -> float:
            return self.amount(f"{step.path}.{what}", quantity, step.at)

        retry, breaker, cache = policies.retry, policies.breaker, policies.cache
        return Around(
            None if cache is None else Keeps(None if cache.lives is None else cache.lives.mean, cache.holds),
            None if policies.deadline is None else amount("deadline", policies.deadline),
            None if retry is None else Attempts(
                retry.times, 0.0 if retry.backoff is None else amount("retry.backoff", retry.backoff),
                retry.factor, retry.jitter, retry.on, None if retry.budget is None else retry.budget.mean,
            ),
            None if breaker is None else Breaks(
                breaker.opens_at.mean, breaker.window.mean, breaker.half_open_after.mean, breaker.on
            ),
            None if policies.limit is None else (amount("limit.rate", policies.limit.rate), policies.limit.burst),
            None if policies.hedge is None else (amount("hedge.after", policies.hedge.after), policies.hedge.at_most),
            None if policies.timeout is None else amount("timeout", policies.timeout),
            tuple(
                Check(guard.name, self.machine(guard.steps, f"{step.path}.guard", done) if guard.steps else None)
                for guard in policies.guards
            ),
        )  # fmt: skip


def _word(action: p.Action) -> str:
    """A short word for what a step does."""
    match action:
        case p.Call(component, operation):
            return f"{component} {operation}"
        case p.Send(component, operation):
            return f"send {component} {operation}"
        case p.Ask(person):
            return f"ask {person}"
        case p.Mark(name):
            return f"mark {name}"
        case p.Hold(component):
            return f"hold {component}"
        case _:
            return type(action).__name__
