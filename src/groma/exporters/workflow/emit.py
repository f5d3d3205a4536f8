"""A flow as a Python module: an enumeration of its states, work for each of them, and its tables of transitions."""

from __future__ import annotations

import re
from typing import assert_never

from groma.exporters.workflow.form import (
    END,
    Around,
    Decide,
    Does,
    Fork,
    Form,
    Halt,
    Inner,
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
    machines,
)
from groma.exporters.workflow.names import comment
from groma.exporters.workflow.ports import Ports
from groma.model.elements import Model

HEAD = '''"""{title}

Made by `groma export` from flow `{flow}`: change the model, not this file. `S` names the states, `MAIN` is the machine
of a whole run; machines inside a state have a table of their own, and `UNDO` has those that compensate.
"""

from __future__ import annotations

from enum import Enum

from .checks import Checks
{imports}from .tools import Tools
{more}
Run = AnyRun[Tools, Checks]
'''


POLICIES = ("broken", "cached", "hedged", "joined", "limited", "retried", "within")
WORLD = ("Option", "StepError", "Stopped")


def flow_module(model: Model, form: Form, known: Ports) -> str:
    """The text of a flow's module."""
    writer = _Writer(model, known)
    every = list(machines(form.machine))
    all_states = [state for machine in reversed(every) for state in machine.states]
    title = comment(form.title or f"Flow {form.flow}").replace("\\", "/").replace('"', "'")
    parts: list[str] = []
    rows = "".join(f"    {s.name.upper()} = {f'{s.path}#{s.name}'!r}\n" for s in all_states)
    parts.append(
        f"\nclass S(Enum):\n    # Every state: the path of its element, and its name.\n\n{rows or '    pass'}\n"
    )
    undo: list[Machine] = []
    for machine in every:
        for state in machine.states:
            parts.append(writer.state(state))
            if isinstance(state.does, Remember):
                undo.append(state.does.undo)
        parts.append(_machine(machine, "MAIN" if machine is form.machine else _constant(machine)))
    table = "".join(f"    {m.name!r}: {_constant(m)},\n" for m in undo)
    parts.append(f"\n# What undoes finished steps, by name.\nUNDO: dict[str, Machine] = {{\n{table}}}\n")
    body = "\n".join(parts)
    words = set(re.findall(r"\w+", re.sub(r"'[^'\n]*'|#.*", "", body)))
    played = ", play" if "play" in words else ""
    imports = f"from .machine import Here, Machine{played}\nfrom .machine import Run as AnyRun\n"
    for module, names in (("policies", POLICIES), ("world", WORLD)):
        used = ", ".join(name for name in names if name in words)
        line = f"from .{module} import {used}\n" if used else ""
        if module == "policies":
            imports += line
    flow = comment(form.flow).replace("\\", "/").replace('"', "'")
    return HEAD.format(title=title, flow=flow, imports=imports, more=line) + body


def _constant(machine: Machine) -> str:
    return f"M_{machine.name.upper()}"


def _machine(machine: Machine, name: str) -> str:
    def target(state: str) -> str:
        return "None" if state == END else f"S.{state.upper()}"

    work = "".join(f"        S.{s.name.upper()}: {s.name},\n" for s in machine.states)
    table = "".join(
        f"        (S.{s.name.upper()}, {event!r}): {target(then)},\n"
        for s in machine.states
        for event, then in s.next
    )
    return (
        f"\n# {comment(machine.path)}\n{name} = Machine(\n    {machine.name!r},\n    {target(machine.start)},\n"
        f"    {{\n{work}    }},\n    {{\n{table}    }},\n)\n"
    )


class _Writer:
    def __init__(self, model: Model, known: Ports) -> None:
        self.model, self.known = model, known

    def state(self, state: State) -> str:
        """One async function: its work with its policies, and the event it ends with."""
        about = f"# {comment(state.path)}" + (f": {comment(state.title)}" if state.title else "")
        head = f"\nasync def {state.name}(run: Run, here: Here) -> str:\n    {about}\n"
        events = dict(state.next)
        if isinstance(state.does, Decide | Loop) and state.around == Around():
            return head + self.caught(state, self.turn(state, state.does), "")
        lines = self.work(state, state.does)
        plain = state.around == Around()
        if plain:
            body = "".join(f"    {line}\n" for line in lines)
            call = body
        else:
            guards = self.guards(state)
            inner = "".join(f"        {line}\n" for line in [*lines, *guards])
            body = f"    async def step() -> None:\n{inner}\n" + "".join(
                f"    {line}\n" for line in self.wrapped(state)
            )
            call = f"{body}    await work()\n"
        ends = "    return 'ok'\n" if "ok" in events else ""
        return head + self.caught(state, call, ends)

    def caught(self, state: State, text: str, after: str) -> str:
        """Lines, with the error of theirs that a fallback takes."""
        if "error" not in dict(state.next):
            return text + after
        tried = "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
        left = "".join(f"        here.leave({loop!r})\n" for loop in state.leaves)
        return (
            f"    try:\n{tried}    except StepError as error:\n"
            f"        run.note('fallback', error.where, error.kind)\n{left}"
            f"        return 'error'\n{after}"
        )

    def turn(self, state: State, does: Decide | Loop) -> str:
        """A decision or the head of a loop: what it ends with is the event."""
        path = repr(state.path)
        if isinstance(does, Decide):
            options = "".join(f"        Option({when!r}, {share!r}),\n" for when, share in does.options)
            return (
                f"    options = [\n{options}    ]\n"
                f"    way = await run.choose({path}, options)\n    return str(way + 1)\n"
            )
        name = repr(state.name)
        text = f"    done = here.done({name})\n    if done >= {does.at_most}:\n        return here.leave({name})\n"
        if asks(does):
            text += (
                f"    chances = {does.chances!r}\n    expected = chances[min(done, {len(does.chances) - 1})]\n"
                f"    if expected < 1.0 and not await run.again({path}, done, expected):\n"
                f"        return here.leave({name})\n"
            )
        return text + f"    return here.another({name})\n"

    def work(self, state: State, does: Does) -> list[str]:
        """The lines of what a state does, without its policies."""
        path = repr(state.path)
        match does:
            case Tool(component, operation, approval) | Post(component, operation, _, approval):
                offered = self.model.components[component].offers[operation]
                method = f"run.tools.{self.known.components[component]}.{self.known.operations[component, operation]}"
                fields = repr(tuple(offered.request or ()))
                key = f", here.key(run, {state.name!r})" if offered.effect == "keyed" else ""
                gate = [f"run.require({path}, {approval!r})"] if approval is not None else []
                if isinstance(does, Post):
                    return [*gate, f"await run.send({path}, {method}, {fields}, {does.delivery!r}{key})"]
                return [*gate, f"await run.call({path}, {method}, {fields}{key})"]
            case Fork(branches, join, run_on):
                parts = ", ".join(_constant(branch) for branch in branches)
                place = f"here.key(run, {state.name!r})"
                return [f"await joined(run, [{parts}], {place}, join={join}, run_on={run_on})"]
            case Person(role, approves):
                return [f"await run.ask({path}, {role!r}, {state.title!r}, {approves!r})"]
            case Pause(seconds):
                return [f"await run.ports.clock.sleep({seconds!r})"]
            case Raise(kind):
                return [f"raise StepError({kind!r}, {path})"]
            case Halt():
                return ["raise Stopped"]
            case Note(name):
                return [f"run.note('mark', {path}, {name!r})"]
            case Inner(machine, pool, places):
                played = f"await play(run, {_constant(machine)}, here.key(run, {state.name!r}))"
                if pool is None:
                    return [played]
                return [f"async with run.holding({pool!r}, {places}):", f"    {played}"]
            case Remember(undo):
                return [f"run.undo.append({undo.name!r})"]
            case Decide() | Loop():
                raise TypeError(f"{state.path}: a decision has no policies of its own")
            case _:
                assert_never(does)

    def guards(self, state: State) -> list[str]:
        lines: list[str] = []
        for guard in state.around.guards:
            if guard.machine is not None:
                lines.append(
                    f"await play(run, {_constant(guard.machine)}, here.key(run, {guard.machine.name!r}))"
                )
            method = f"run.checks.{self.known.checks[guard.name]}"
            lines.append(f"await run.check({state.path!r}, {guard.name!r}, {method})")
        return lines

    def wrapped(self, state: State) -> list[str]:
        """Policies around `step`, the innermost first."""
        around, path = state.around, repr(state.path)
        lines = ["work = step"]
        if around.timeout is not None:
            lines.append(f"work = within({around.timeout!r}, {path}, work)")
        if around.hedge is not None:
            after, most = around.hedge
            lines.append(f"work = hedged(run, {path}, work, after={after!r}, at_most={most})")
        if around.limit is not None:
            rate, burst = around.limit
            lines.append(f"work = limited(run, {path}, work, rate={rate!r}, burst={burst})")
        if around.breaker is not None:
            b = around.breaker
            lines += [
                f"work = broken(run, {path}, work, opens_at={b.opens_at!r}, window={b.window!r},",
                f"              half_open_after={b.half_open_after!r}, on={b.on!r})",
            ]
        if around.retry is not None:
            r = around.retry
            lines += [
                f"work = retried(run, {path}, work, times={r.times}, backoff={r.backoff!r}, factor={r.factor!r},",
                f"               jitter={r.jitter!r}, on={r.on!r}, budget={r.budget!r})",
            ]
        if around.deadline is not None:
            lines.append(f"work = within({around.deadline!r}, {path}, work)")
        if around.cache is not None:
            cache, fields = around.cache, None
            if isinstance(state.does, Tool):
                given = self.model.components[state.does.component].offers[state.does.operation].request
                fields = None if given is None else tuple(given)
            lines.append(
                f"work = cached(run, {path}, work, fields={fields!r}, lives={cache.lives!r}, holds={cache.holds!r})"
            )
        return lines
