"""An independent oracle for layered networks: a small event simulation that follows every request, with a seed.

It shares nothing with the solver but the description of the network. Requests are Python generators that ask for a
thread, for the processor, or for time; the kernel is one heap of events.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass

from groma.solvers.queueing import Call, Entry, LayeredNetwork

Asked = tuple[str, object, float]


class Fifo:
    """Servers behind one queue; used for threads (work None) and processors alike."""

    def __init__(self, servers: int | None) -> None:
        self.free = math.inf if servers is None else servers
        self.queue: deque[tuple[Generator, float]] = deque()


class Sharing:
    """Processor sharing: `passed` is the work every present job has had."""

    def __init__(self, servers: int) -> None:
        self.servers, self.passed, self.since, self.version = servers, 0.0, 0.0, 0
        self.jobs: list[tuple[float, int, Generator]] = []

    def speed(self) -> float:
        return min(1.0, self.servers / len(self.jobs)) if self.jobs else 0.0


@dataclass(frozen=True)
class Seen:
    """Per reference task: completions per second, in batches; per entry: mean time from request to reply."""

    batches: dict[str, list[float]]
    response: dict[str, float]

    def throughput(self, task: str) -> tuple[float, float]:
        """Mean and 95 % half width."""
        values = self.batches[task]
        mean = math.fsum(values) / len(values)
        spread = math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)
        return mean, 2.1 * math.sqrt(spread / len(values))


def simulate(network: LayeredNetwork, events: int, seed: int, batches: int = 20) -> Seen:
    """About `events` events, after a tenth of them to settle."""
    return _Run(network, seed).run(events, batches)


class _Run:
    def __init__(self, network: LayeredNetwork, seed: int) -> None:
        self.random = random.Random(seed)
        self.entries, self.task_of = network.entry_of, network.task_of
        self.threads = {
            task.name: Fifo(None if task.reference else task.multiplicity) for task in network.tasks
        }
        self.processors: dict[str, Fifo | Sharing] = {
            p.name: Sharing(p.multiplicity)
            if p.scheduling == "ps" and p.multiplicity
            else Fifo(p.multiplicity)
            for p in network.processors
        }
        self.rate = {p.name: p.rate for p in network.processors}
        self.network, self.now, self.events, self.ticket = network, 0.0, [], itertools.count()
        self.done: dict[str, int] = {task.name: 0 for task in network.tasks if task.reference}
        self.times: dict[str, tuple[int, float]] = {}

    def run(self, events: int, batches: int) -> Seen:
        for task in self.network.tasks:
            if task.reference:
                for _ in range(task.multiplicity or 0):
                    self.advance(self.customer(task.name, task.entries[0], task.think_time))
            for entry in task.entries:
                if entry.arrival_rate > 0.0:
                    self.advance(self.arrivals(entry))
        self.loop(events // 10)
        found: dict[str, list[float]] = {name: [] for name in self.done}
        self.times = {}
        for _ in range(batches):
            start, before = self.now, dict(self.done)
            self.loop(events // batches)
            for name, values in found.items():
                values.append((self.done[name] - before[name]) / (self.now - start))
        return Seen(found, {name: total / count for name, (count, total) in self.times.items()})

    def loop(self, events: int) -> None:
        for _ in range(events):
            self.now, _, job, place, version = heapq.heappop(self.events)
            if job is None:
                if place.version == version:
                    self.shared_end(place)
                continue
            if isinstance(place, Fifo):
                self.give_back(place)
            self.advance(job)

    def at(self, time: float, job: Generator | None, place: object = None, version: int = 0) -> None:
        heapq.heappush(self.events, (time, next(self.ticket), job, place, version))

    def advance(self, job: Generator) -> None:
        for kind, where, amount in job:
            if kind == "return":
                self.give_back(where)
                continue
            if kind == "wait":
                self.at(self.now + amount, job)
                return
            if isinstance(where, Sharing):
                self.catch_up(where)
                heapq.heappush(where.jobs, (where.passed + amount, next(self.ticket), job))
                self.plan(where)
                return
            if where.free > 0:
                where.free -= 1
                if kind == "work":
                    self.at(self.now + amount, job, where)
                    return
                continue
            where.queue.append((job, amount if kind == "work" else -1.0))
            return

    def give_back(self, place: Fifo) -> None:
        if not place.queue:
            place.free += 1
            return
        job, amount = place.queue.popleft()
        if amount >= 0.0:
            self.at(self.now + amount, job, place)
        else:
            self.at(self.now, job)

    def catch_up(self, place: Sharing) -> None:
        place.passed += (self.now - place.since) * place.speed()
        place.since = self.now

    def plan(self, place: Sharing) -> None:
        place.version += 1
        if place.jobs:
            self.at(self.now + (place.jobs[0][0] - place.passed) / place.speed(), None, place, place.version)

    def shared_end(self, place: Sharing) -> None:
        self.catch_up(place)
        _, _, job = heapq.heappop(place.jobs)
        self.plan(place)
        self.advance(job)

    def customer(self, task: str, entry: Entry, think: float) -> Generator[Asked, None, None]:
        while True:
            if think > 0.0:
                yield ("wait", None, self.random.expovariate(1.0 / think))
            yield from self.request(entry)
            self.done[task] += 1

    def arrivals(self, entry: Entry) -> Generator[Asked, None, None]:
        while True:
            yield ("wait", None, self.random.expovariate(entry.arrival_rate))
            self.at(self.now, self.request(entry))

    def request(self, entry: Entry) -> Generator[Asked, None, None]:
        """From asking for a thread to the reply; what is forwarded is waited for after the thread is given back."""
        asked = self.now
        first = entry
        while True:
            task = self.task_of[entry.name]
            threads = self.threads[task.name]
            yield ("thread", threads, 0.0)
            mean = entry.demand / (1.0 + sum(call.mean for call in entry.calls)) / self.rate[task.processor]
            place = self.processors[task.processor]
            for target in self.targets(entry):
                if mean > 0.0:
                    yield ("work", place, self.random.expovariate(1.0 / mean))
                yield from self.request(target)
            if mean > 0.0:
                yield ("work", place, self.random.expovariate(1.0 / mean))
            for call in entry.sends:
                for _ in range(self.count(call)):
                    self.at(self.now, self.request(self.entries[call.entry]))
            yield ("return", threads, 0.0)
            forwarded = self.one_of(entry.forwards)
            if forwarded is None:
                break
            entry = self.entries[forwarded.entry]
        count, total = self.times.get(first.name, (0, 0.0))
        self.times[first.name] = (count + 1, total + self.now - asked)

    def targets(self, entry: Entry) -> list[Entry]:
        if entry.choice:
            chosen = self.one_of(entry.calls)
            return [] if chosen is None else [self.entries[chosen.entry]]
        return [self.entries[call.entry] for call in entry.calls for _ in range(self.count(call))]

    def count(self, call: Call) -> int:
        if call.law == "geometric":
            number = 0
            while self.random.random() < call.mean / (1.0 + call.mean):
                number += 1
            return number
        return math.floor(call.mean) + (self.random.random() < call.mean - math.floor(call.mean))

    def one_of(self, calls: tuple[Call, ...]) -> Call | None:
        mark = self.random.random()
        for call in calls:
            mark -= call.mean
            if mark < 0.0:
                return call
        return None
