"""A flow program read into its state machine, from the end to the start: each step is given where its outcomes lead.

The policies of a step are states around its action, in the order that they nest (`groma.model.program`). An outcome
leads to the innermost policy that answers it, else out of the step; at the top an error ends the run as failed, after
what was done is undone. A limit of time is a transition out of every state inside it in which time passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from groma.analyses.context import Context
from groma.analyses.happens import happens
from groma.analyses.orchestration.draft import Draft, To, Ways
from groma.analyses.orchestration.faults import can_be_down, loses
from groma.analyses.orchestration.machine import DONE, FAILED, UNDO, Machine, State, StateKind
from groma.analyses.orchestration.paths import reached_ways
from groma.analyses.orchestration.policies import around
from groma.model.program import (
    ERROR_KINDS,
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
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
)
from groma.model.quantity import Quantity, Unknown


@dataclass(slots=True)
class _Reading:
    context: Context
    nested: bool
    draft: Draft = field(default_factory=Draft)

    # --- programs

    def steps(self, steps: tuple[Step, ...], ways: Ways, prefix: str, caller: str | None) -> To:
        """The entry of a program."""
        entry = ways.ok
        for step in reversed(steps):
            entry = self.step(step, replace(ways, ok=entry), prefix, caller)
        return entry

    def step(self, step: Step, ways: Ways, prefix: str, caller: str | None) -> To:
        """The entry of a step with its policies."""
        policies = step.policies
        name = prefix + step.path
        inner = ways
        if policies.compensate is not None:
            inner = replace(inner, undone_by=step.path)
            self._compensation(step, policies.compensate, prefix, caller)
        if policies.fallback is not None:
            other = self.steps(policies.fallback, ways, prefix, caller)
            to = replace(other, by=f"fallback at {step.path}")
            inner = replace(inner, errors=dict.fromkeys(ERROR_KINDS, to))

        def attempt(ways: Ways) -> To:
            return self._guarded(step, ways, name, prefix, caller)

        return around(self.draft, step, name, inner, attempt)

    def _guarded(self, step: Step, ways: Ways, name: str, prefix: str, caller: str | None) -> To:
        after = ways.ok
        for guard in reversed(step.policies.guards):
            does = f"check: {guard.name}"
            check = self.draft.add(State(f"{name} guard {guard.name}", "guard", step.path, does, at=step.at))
            sure = isinstance(guard.rejects, Quantity) and guard.rejects.low >= 1
            self.draft.way(check, after, "passes", possible=not sure)
            share = guard.rejects.text if isinstance(guard.rejects, Quantity) else ""
            self.draft.way(
                check,
                ways.errors["rejected"],
                f"turned down: {guard.name}",
                "rejected",
                stated=happens(guard.rejects),
                share=share,
            )
            self.draft.limited(check, ways)
            after = self.steps(guard.steps, replace(ways, ok=To(check)), prefix, caller)
        return self._action(step, replace(ways, ok=after), name, prefix, caller)

    def _compensation(self, step: Step, steps: tuple[Step, ...], prefix: str, caller: str | None) -> None:
        if step.path in self.draft.compensations:
            return
        back = To(UNDO)
        ways = Ways(back, dict.fromkeys(ERROR_KINDS, To(UNDO, "the undoing failed")), back)
        self.draft.compensations[step.path] = self.steps(steps, ways, f"{prefix}undo > ", caller).target

    # --- actions

    def _state(self, step: Step, kind: StateKind, name: str, ways: Ways, **given: object) -> str:
        does = str(given.pop("does", "")) or step.title
        state = State(name, kind, step.path, does, at=step.at, undone_by=ways.undone_by, holds=ways.holds)
        return self.draft.add(replace(state, **given))

    def _action(self, step: Step, ways: Ways, name: str, prefix: str, caller: str | None) -> To:
        action = step.action
        match action:
            case Call():
                return self._call(step, action, ways, name, caller)
            case Send(component, operation):
                target = {"component": component, "operation": operation}
                sent = self._state(step, "send", name, ways, **target)
                self.draft.way(sent, ways.ok, f"sent, {action.delivery}")
                self.draft.apart[f"{component}.{operation}"] = None
                return To(sent)
            case Choose(branches):
                choice = self._state(step, "choose", name, ways, does=step.title or "which case is it?")
                for number, branch in enumerate(branches, 1):
                    entry = self.steps(branch.steps, ways, prefix, caller)
                    share = branch.share.text if isinstance(branch.share, Quantity) else "not known"
                    words = branch.when or f"branch {number}"
                    self.draft.way(choice, entry, words, possible=happens(branch.share), share=share)
                return To(choice)
            case Parallel(branches, join, left_over):
                return self._parallel(step, branches, join, left_over, ways, name, prefix, caller)
            case Repeat():
                return self._repeat(step, action, ways, name, prefix, caller)
            case Ask(person, _, rejects, approves):
                does = step.title or ("approve " + ", ".join(approves) if approves else "take it over")
                asked = self._state(step, "ask", name, ways, does=does, person=person, approves=approves)
                sure = isinstance(rejects, Quantity) and rejects.low >= 1
                self.draft.way(asked, ways.ok, "yes" if approves or rejects else "done", possible=not sure)
                share = rejects.text if isinstance(rejects, Quantity) else ""
                stated = happens(rejects)
                self.draft.way(
                    asked, ways.errors["rejected"], "says no", "rejected", stated=stated, share=share
                )
                self.draft.limited(asked, ways)
                return To(asked)
            case Wait(time):
                text = time.text if isinstance(time, Quantity) else "a time nobody knows"
                wait = self._state(step, "wait", name, ways, does=f"wait {text}")
                self.draft.way(wait, ways.ok, f"after {text}", after=text)
                self.draft.limited(wait, ways)
                return To(wait)
            case Hold(component, steps):
                held = self._state(
                    step, "hold", name, ways, component=component, does="wait for it, then hold"
                )
                inner = replace(ways, holds=(*ways.holds, component))
                self.draft.way(held, self.steps(steps, inner, prefix, caller), "held")
                self.draft.limited(held, ways)
                return To(held)
            case Fail(error):
                failing = self._state(step, "fail", name, ways, does=f"end as {error}")
                self.draft.way(failing, ways.errors[error], error, error)
                return To(failing)
            case Stop():
                stop = self._state(step, "stop", name, ways, does="end here, ok")
                self.draft.way(stop, ways.stop, "ended", "stop")
                return To(stop)
            case Do(flow):
                there = self.context.model.flows[flow]
                return self.steps(there.steps, ways, f"{name} > ", there.by or caller)
            case Mark(mark):
                at = self._state(step, "mark", name, ways, does=mark)
                self.draft.way(at, ways.ok, "passed")
                return To(at)
            case Group(steps):
                return self.steps(steps, ways, prefix, caller)
            case Open(role):
                choice = self._state(step, "open", name, ways, does=f"not decided yet: {role}")
                alternatives = self.context.branches(action)
                for number, steps in enumerate(alternatives, 1):
                    self.draft.way(
                        choice, self.steps(steps, ways, prefix, caller), f"design alternative {number}"
                    )
                if not alternatives:
                    self.draft.way(choice, ways.ok, "nothing fills it yet")
                return To(choice)
            case _:
                assert_never(action)

    def _call(self, step: Step, action: Call, ways: Ways, name: str, caller: str | None) -> To:
        component, operation = action.component, action.operation
        call = self._state(step, "call", name, ways, component=component, operation=operation)
        offered = [
            (c, c.offers[operation]) for c in self.context.candidates(component) if operation in c.offers
        ]
        for number, (_, each) in enumerate(offered, 1):
            words = "answered" if len(offered) == 1 else f"answered, as design alternative {number}"
            sure = isinstance(each.fails, Quantity) and each.fails.low >= 1
            entry = ways.ok
            if each.steps and each.answers == "at once":
                self.draft.apart[f"{component}.{operation}"] = None
            elif each.steps:
                entry = self._inside(each.steps, ways, f"{name} > ", component)
                words = "does its own work, then calls on"
            self.draft.way(call, entry, words, possible=not sure or bool(each.steps))
        if not offered:
            self.draft.way(call, ways.ok, "answered")
        down = any(can_be_down(self.context.model, c.name) for c, _ in offered)
        lost = loses(self.context, caller, component)
        words = "down, or its answer is lost" if lost else "down"
        self.draft.way(call, ways.errors["unavailable"], words, "unavailable", stated=down or lost)
        queue = any(c.queue is not None for c, _ in offered)
        full = queue or any(happens(o.throttled) for _, o in offered)
        words = "queue is full" if queue else "turned away by a rate limit"
        self.draft.way(call, ways.errors["throttled"], words, "throttled", stated=full)
        self.draft.way(
            call,
            ways.errors["failed"],
            "its work goes wrong",
            "failed",
            stated=any(happens(o.fails) for _, o in offered),
        )
        self.draft.limited(call, ways)
        return To(call)

    def _inside(self, steps: tuple[Step, ...], ways: Ways, prefix: str, component: str) -> To:
        """Nested steps of an operation: states of their own, or only the errors that come out of them."""
        inner = replace(ways, stop=ways.ok)
        if self.nested:
            return self.steps(steps, inner, prefix, component)
        apart = _Reading(self.context, True)
        entry = apart.steps(steps, _OUT, prefix, component)
        machine = apart.draft.finish("", entry)
        for kind in ERROR_KINDS:
            hit = any(
                t.target in (FAILED, UNDO) and t.outcome == kind and not t.by for t in reached_ways(machine)
            )
            if hit:
                source = prefix.removesuffix(" > ")
                self.draft.way(source, ways.errors[kind], f"what it calls on ends as {kind}", kind)
        for name in machine.apart:
            self.draft.apart[name] = None
        return ways.ok

    def _parallel(
        self,
        step: Step,
        branches: tuple[tuple[Step, ...], ...],
        join: int,
        left_over: str,
        ways: Ways,
        name: str,
        prefix: str,
        caller: str | None,
    ) -> To:
        fork = self._state(step, "fork", name, ways, does=step.title or "at the same time")
        what = "all are done" if join >= len(branches) else f"{join} of {len(branches)} are done"
        given = {"does": f"until {what}", "join": join, "branches": len(branches)}
        meet = self._state(step, "join", f"{name} join", ways, **given)
        for number, steps in enumerate(branches, 1):
            end = To(meet, "", number)
            bad = To(meet, "", number, well=False)
            inner = replace(ways, ok=end, errors=dict.fromkeys(ERROR_KINDS, bad))
            self.draft.way(fork, self.steps(steps, inner, prefix, caller), f"branch {number}")
        rest = "" if join >= len(branches) else f"; the others are {_LEFT[left_over]}"
        self.draft.way(meet, ways.ok, what + rest)
        spare = len(branches) - join
        for kind in ERROR_KINDS:
            words = (
                f"{kind} in a branch" if not spare else f"{kind}, more than {spare} branches without success"
            )
            self.draft.way(meet, ways.errors[kind], words, kind)
        self.draft.limited(meet, ways)
        return To(fork)

    def _repeat(self, step: Step, loop: Repeat, ways: Ways, name: str, prefix: str, caller: str | None) -> To:
        most = f"at most {loop.at_most} rounds" if loop.at_most is not None else ""
        times = f"{loop.times.text} rounds" if isinstance(loop.times, Quantity) else ""
        does = ", ".join(part for part in (times, most) if part) or "rounds without a bound"
        turn = self._state(step, "loop", f"{name} loop", ways, does=does)
        body = self.steps(loop.steps, replace(ways, ok=To(turn)), prefix, caller)
        surely = isinstance(loop.until, Quantity) and loop.until.low >= 1
        only_one = loop.at_most == 1 and loop.until is not None
        self.draft.way(turn, body, "another round", possible=not surely and not only_one)
        ends = loop.at_most is not None or loop.times is not None
        until = loop.until.text if isinstance(loop.until, Quantity) else ""
        words = "done" if loop.until is not None else "enough rounds"
        bound = f", or after {loop.at_most} rounds" if loop.at_most is not None else ""
        self.draft.way(turn, ways.ok, words + bound, possible=ends or happens(loop.until), share=until)
        return To(turn) if may_be_skipped(loop) else body


_LEFT = {"cancel": "cancelled", "run on": "left to run on"}
_END = To(DONE)
_OUT = Ways(_END, dict.fromkeys(ERROR_KINDS, To(UNDO)), _END)


def may_be_skipped(loop: Repeat) -> bool:
    """Whether a loop may have no round at all."""
    if loop.times is None:
        return False
    if isinstance(loop.times, Unknown):
        return True
    times = loop.times
    least = times.low if times.constant else 0.0 if times.known is not None else times.law.least
    return least < 0.5


def machine_of(context: Context, flow: str, *, nested: bool = True) -> Machine:
    """The machine of a flow; with `nested`, steps inside operations are states too.

    Raises TooLarge for a program whose machine nobody could read.
    """
    key = ("machine", flow, nested)
    known: Machine | None = context.memo.get(key)
    if known is None:
        there = context.model.flows[flow]
        reading = _Reading(context, nested)
        entry = reading.steps(there.steps, _OUT, "", there.by)
        known = context.memo[key] = reading.draft.finish(flow, entry)
    return known


def operation_machine(context: Context, component: str, operation: str, *, nested: bool = True) -> Machine:
    """The machine of the nested steps of an operation: what a `send` of it, or one that answers at once, starts."""
    offered = next(c.offers[operation] for c in context.candidates(component) if operation in c.offers)
    reading = _Reading(context, nested)
    entry = reading.steps(offered.steps, _OUT, "", component)
    return reading.draft.finish(f"{component}.{operation}", entry)
