"""Runs and their state machines: a machine is a start, work for each state, and a table (state, event) -> state."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar, cast

from .world import (
    THROUGH,
    Caches,
    Clock,
    Data,
    Decider,
    Desk,
    MemoryCaches,
    Option,
    Outbox,
    Question,
    SharesDecider,
    StepError,
    Stopped,
    SystemClock,
    TaskOutbox,
    told,
)

Tools = TypeVar("Tools")
Checks = TypeVar("Checks")


@dataclass
class Ports(Generic[Tools, Checks]):
    """The world that runs share, and what their policies remember: breakers, rate limits, pools."""

    tools: Tools
    checks: Checks
    desk: Desk
    decider: Decider = field(default_factory=SharesDecider)
    clock: Clock = field(default_factory=SystemClock)
    random: random.Random = field(default_factory=random.Random)
    outbox: Outbox = field(default_factory=TaskOutbox)
    caches: Caches | None = None
    through: tuple[type[BaseException], ...] = THROUGH
    """What a desk may raise to suspend a run."""
    kept: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    """What policies remember, by kind and step."""

    def keep(self, kind: str, name: str, make: Callable[[], Any]) -> Any:
        if (kind, name) not in self.kept:
            self.kept[kind, name] = make()
        return self.kept[kind, name]

    def cache(self) -> Caches:
        if self.caches is None:
            self.caches = MemoryCaches(self.clock)
        return self.caches


@dataclass(frozen=True)
class Event:
    """A line of a run's trace."""

    time: float
    what: str
    where: str
    more: str = ""


@dataclass
class Run(Generic[Tools, Checks]):
    """One run of a flow: its data, what a person allowed, what undoes it, and the trace of what happened."""

    id: str
    ports: Ports[Tools, Checks]
    data: Data = field(default_factory=dict[str, Any])
    approved: set[str] = field(default_factory=set[str])
    undo: list[str] = field(default_factory=list[str])
    trace: list[Event] = field(default_factory=list[Event])

    @property
    def tools(self) -> Tools:
        return self.ports.tools

    @property
    def checks(self) -> Checks:
        return self.ports.checks

    def note(self, what: str, where: str, more: str = "") -> None:
        self.trace.append(Event(self.ports.clock.now(), what, where, more))

    async def call(
        self, where: str, operation: Callable[..., Awaitable[Any]], fields: Sequence[str], key: str = ""
    ) -> None:
        """Calls an operation with what the run knows of its request; what it answers is known from then on."""
        self.note("call", where)
        request = {name: self.data[name] for name in fields if name in self.data}
        answer = await told(operation(request, key=key) if key else operation(request), where)
        if isinstance(answer, Mapping):
            self.data.update(cast("Mapping[str, Any]", answer))

    async def send(
        self,
        where: str,
        operation: Callable[..., Awaitable[Any]],
        fields: Sequence[str],
        delivery: str,
        key: str = "",
    ) -> None:
        """Hands work over and goes on."""
        self.note("send", where)
        request = {name: self.data[name] for name in fields if name in self.data}

        async def work() -> None:
            await (operation(request, key=key) if key else operation(request))

        await told(self.ports.outbox.put(where, delivery, work), where)

    async def ask(self, where: str, role: str, title: str = "", approves: Sequence[str] = ()) -> None:
        """Hands the run over to a person and waits for their verdict; a no is `rejected`."""
        self.note("ask", where, role)
        question = Question(self.id, where, role, title, tuple(approves), dict(self.data))
        verdict = await told(self.ports.desk.ask(question), where, self.ports.through)
        if not verdict.approved:
            raise StepError("rejected", where, verdict.note)
        self.approved.update(approves)
        self.data.update(verdict.data)

    def require(self, where: str, impact: str) -> None:
        """The gate before a high-impact effect: nobody's yes, no effect."""
        if impact not in self.approved:
            raise StepError("rejected", where, f"nobody approved {impact}")

    async def choose(self, where: str, options: Sequence[Option]) -> int:
        """Which way the decider takes, counted from 0."""
        way = await told(self.ports.decider.choose(where, options, self.data), where)
        if not 0 <= way < len(options):
            raise StepError("failed", where, f"expected an option from 0 to {len(options) - 1}, found {way}")
        self.note("choose", where, str(way + 1))
        return way

    async def again(self, where: str, rounds: int, expected: float) -> bool:
        """Whether the decider wants another round."""
        return await told(self.ports.decider.again(where, rounds, expected, self.data), where)

    async def check(self, where: str, name: str, passes: Callable[[Data], Awaitable[bool]]) -> None:
        """A guard: what it turns down is `rejected`."""
        self.note("check", where, name)
        if not await told(passes(self.data), where):
            raise StepError("rejected", where, f"{name} said no")

    def holding(self, name: str, places: int | None) -> AbstractAsyncContextManager[Any]:
        """One place of a pool; without a number of places there is nothing to wait for."""
        if places is None:
            return nullcontext()
        return self.ports.keep("pool", name, lambda: asyncio.Semaphore(places))

    def asked(self, fields: Sequence[str] | None) -> str:
        """What a cache is asked for: some of the run's data, or all of it."""
        known = (
            self.data if fields is None else {name: self.data[name] for name in fields if name in self.data}
        )
        return json.dumps(known, sort_keys=True, default=repr)


@dataclass
class Here:
    """Where in a machine a run is: rounds done of each loop. `within` names the place of the machine itself."""

    within: str = ""
    rounds: dict[str, int] = field(default_factory=dict[str, int])

    def key(self, run: Run[Any, Any], state: str) -> str:
        """The same for every attempt at the same work, another one in each round: a key for what may happen once."""
        loops = ",".join(f"{name}={count}" for name, count in sorted(self.rounds.items()))
        return f"{self.within or run.id}/{state}" + (f"[{loops}]" if loops else "")

    def done(self, loop: str) -> int:
        return self.rounds.get(loop, 0)

    def another(self, loop: str) -> str:
        self.rounds[loop] = self.done(loop) + 1
        return "again"

    def leave(self, loop: str) -> str:
        self.rounds.pop(loop, None)
        return "done"


Work = Callable[[Run[Any, Any], Here], Awaitable[str]]


@dataclass(frozen=True)
class Machine:
    """States with their work, and what follows: None is the end."""

    name: str
    start: Enum | None
    work: Mapping[Enum, Work]
    table: Mapping[tuple[Enum, str], Enum | None]


async def play(run: Run[Any, Any], machine: Machine, within: str = "") -> None:
    """Goes through a machine from its start to an end. Raises StepError for an error nobody handled, or Stopped."""
    here = Here(within)
    state = machine.start
    while state is not None:
        run.note("state", str(state.value))
        event = await machine.work[state](run, here)
        state = machine.table[state, event]


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `ok`, or the kind of the error nobody handled, and where."""

    kind: str
    where: str = ""
    why: str = ""


async def compensate(run: Run[Any, Any], undo: Mapping[str, Machine]) -> None:
    """Undoes what was done, the last first; an undoing that goes wrong doesn't keep the others from it."""
    while run.undo:
        name = run.undo.pop()
        run.note("undo", name)
        try:
            await play(run, undo[name], f"{run.id}/undo {len(run.undo)}")
        except StepError as error:
            run.note("not undone", name, error.kind)
        except Stopped:
            pass


async def carry_out(run: Run[Any, Any], machine: Machine, undo: Mapping[str, Machine]) -> Outcome:
    """A whole run: to its end, or to an error, and then back over what undoes it."""
    try:
        await play(run, machine)
    except Stopped:
        return Outcome("ok")
    except StepError as error:
        run.note("error", error.where, error.kind)
        await compensate(run, undo)
        return Outcome(error.kind, error.where, error.why)
    return Outcome("ok")
