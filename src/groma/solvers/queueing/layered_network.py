"""A layered queueing network: tasks whose threads are held while they call lower tasks, and processors under them.

The terms are those of Franks, Al-Omari, Woodside, Das & Derisavi, Enhanced modeling and solution of layered queueing
networks (IEEE TSE 35(2), 2009). What a request does: it waits for a thread of the task (FIFO), and then holds it
while it runs through the entry's calls in their order, with a slice of host work before each call and one after the
last. Slices are exponential with mean `demand / (1 + mean number of calls)`. A call blocks the thread until the reply.
Times in seconds, rates per second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal

CountLaw = Literal["fixed", "geometric"]
Scheduling = Literal["fifo", "ps"]


@dataclass(frozen=True, slots=True)
class Call:
    """`mean` requests to `entry`: that number (a part of one: with that chance), or a geometric number from zero."""

    entry: str
    mean: float = 1.0
    law: CountLaw = "fixed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One service of a task.

    With `choice`, at most one of `calls` is made, each with its mean as its chance. `sends` don't block.
    `forwards` are chances that the reply is left to another entry: the thread is free, the caller waits on.
    `arrival_rate` are Poisson arrivals from outside.
    """

    name: str
    demand: float = 0.0
    calls: tuple[Call, ...] = ()
    sends: tuple[Call, ...] = ()
    forwards: tuple[Call, ...] = ()
    choice: bool = False
    arrival_rate: float = 0.0

    @property
    def slices(self) -> float:
        """Mean number of visits to the processor."""
        return 1.0 + math.fsum(call.mean for call in self.calls)

    @property
    def slice_mean(self) -> float:
        """Host demand of one visit (seconds at rate one)."""
        return self.demand / self.slices


@dataclass(frozen=True, slots=True)
class Processor:
    """`multiplicity` identical servers (None: no limit) of `rate` seconds of demand per second."""

    name: str
    multiplicity: int | None = 1
    rate: float = 1.0
    scheduling: Scheduling = "fifo"


@dataclass(frozen=True, slots=True)
class Task:
    """`multiplicity` threads (None: no limit). A `reference` task is that many customers who think
    (exponentially, `think_time` seconds) and then run its only entry, for ever."""

    name: str
    processor: str
    entries: tuple[Entry, ...]
    multiplicity: int | None = 1
    reference: bool = False
    think_time: float = 0.0


@dataclass(frozen=True, slots=True)
class LayeredNetwork:
    """ValueError, with everything that is wrong, when the parts don't make a network."""

    processors: tuple[Processor, ...]
    tasks: tuple[Task, ...]

    def __post_init__(self) -> None:
        problems = [*_names(self), *_numbers(self), *_structure(self)]
        if not problems and (cycle := _cycle(self)):
            problems.append(f"calls must not come back to a task that is held: {' -> '.join(cycle)}")
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def task_of(self) -> dict[str, Task]:
        """The task of every entry."""
        return {entry.name: task for task in self.tasks for entry in task.entries}

    @property
    def entry_of(self) -> dict[str, Entry]:
        return {entry.name: entry for task in self.tasks for entry in task.entries}


def _names(network: LayeredNetwork) -> list[str]:
    problems: list[str] = []
    for kind, names in (
        ("processor", [p.name for p in network.processors]),
        ("task", [t.name for t in network.tasks]),
        ("entry", [e.name for t in network.tasks for e in t.entries]),
    ):
        problems += [
            f"two of kind {kind} are called {name}"
            for name in sorted({n for n in names if names.count(n) > 1})
        ]
    processors = {p.name for p in network.processors}
    problems += [
        f"task {t.name} runs on {t.processor}, which isn't there"
        for t in network.tasks
        if t.processor not in processors
    ]
    known = {e.name for t in network.tasks for e in t.entries}
    for entry in (e for t in network.tasks for e in t.entries):
        for call in (*entry.calls, *entry.sends, *entry.forwards):
            if call.entry not in known:
                problems.append(f"entry {entry.name} calls {call.entry}, which isn't there")
    return problems


def _numbers(network: LayeredNetwork) -> list[str]:
    problems: list[str] = []
    for p in network.processors:
        if not (math.isfinite(p.rate) and p.rate > 0.0) or (
            p.multiplicity is not None and p.multiplicity < 1
        ):
            problems.append(f"processor {p.name} needs a rate above zero and at least one server")
    for t in network.tasks:
        if t.multiplicity is not None and t.multiplicity < 1:
            problems.append(f"task {t.name} needs at least one thread")
        if not (math.isfinite(t.think_time) and t.think_time >= 0.0):
            problems.append(f"task {t.name} has a think time that is no time: {t.think_time}")
        for e in t.entries:
            means = [c.mean for c in (*e.calls, *e.sends, *e.forwards)]
            if not all(math.isfinite(v) and v >= 0.0 for v in (e.demand, e.arrival_rate, *means)):
                problems.append(f"entry {e.name} has a number that is negative or not finite")
            elif math.fsum(c.mean for c in e.forwards) > 1.0 + 1e-9:
                problems.append(f"entry {e.name} forwards with chances that sum to more than one")
            elif e.choice and math.fsum(c.mean for c in e.calls) > 1.0 + 1e-9:
                problems.append(f"entry {e.name} chooses among calls whose chances sum to more than one")
    return problems


def _structure(network: LayeredNetwork) -> list[str]:
    problems: list[str] = []
    called = {c.entry for t in network.tasks for e in t.entries for c in (*e.calls, *e.sends, *e.forwards)}
    for t in network.tasks:
        if not t.reference and t.think_time > 0.0:
            problems.append(f"task {t.name} thinks but is no reference task")
        if t.reference:
            if len(t.entries) != 1 or t.multiplicity is None:
                problems.append(f"reference task {t.name} needs one entry and a finite number of customers")
            if any(e.name in called or e.arrival_rate > 0.0 or e.forwards for e in t.entries):
                problems.append(f"reference task {t.name} can't be called, reached from outside, or forward")
    if not any(t.reference or any(e.arrival_rate > 0.0 for e in t.entries) for t in network.tasks):
        problems.append("nothing starts a request: no reference task and no arrivals from outside")
    return problems


def _cycle(network: LayeredNetwork) -> list[str]:
    """A way by calls, sends or forwards from a task back to itself: sends could feed on themselves as well."""
    owner = network.task_of
    below = {
        task.name: sorted(
            {
                owner[call.entry].name
                for entry in task.entries
                for call in (*entry.calls, *entry.sends, *entry.forwards)
                if call.mean > 0.0
            }
        )
        for task in network.tasks
    }
    try:
        tuple(TopologicalSorter(below).static_order())
    except CycleError as found:
        return list(reversed(found.args[1]))
    return []
