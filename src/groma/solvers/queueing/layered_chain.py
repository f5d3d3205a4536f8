"""A small layered network solved exactly, as a Markov chain of every request's place in its program.

Each customer is somewhere in the calls of its run: in a queue for a thread, in a queue for the processor, served, or
thinking; queues are kept in their order. States are found by following the network from the start; the balance
equations are solved sparsely. Exact, by the semantics of `layered_network`, for closed networks without sends,
forwards and arrivals from outside. It is the truth that the approximation is held against, and an answer where states
are few (`MOST_STATES`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
import scipy.sparse.linalg  # pyright: ignore[reportMissingTypeStubs]

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_network import Entry
from groma.solvers.queueing.layered_tree import Tree
from groma.solvers.queueing.reachable import reachable

_sparse = cast(Any, scipy.sparse)
_linear = cast(Any, scipy.sparse.linalg)
MOST_STATES = 12_000

THINKING, FOR_THREAD, AT_PROCESSOR = 0, 1, 2
State = tuple[tuple[tuple[Any, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A customer: its stack of (node, call, made), the innermost last, and what the innermost one does."""

    root: int
    stack: tuple[tuple[int, int, int], ...]
    doing: int


@dataclass(frozen=True, eq=False)
class ChainMeans:
    """Per node: rate and mean number that wait for a thread, and that hold one; per closed root: throughput."""

    throughput: Floats
    rate: Floats
    waiting: Floats
    holding: Floats
    states: int


def solve_chain(tree: Tree) -> ChainMeans:
    """`TooManyStates`; ValueError for networks with sends, forwards or arrivals from outside."""
    if len(tree.root_entries) > tree.closed or any(entry.forwards for entry in tree.entries):
        raise ValueError("the exact solution takes no sends, forwards or arrivals from outside")
    if any(task.reference and task.think_time <= 0.0 for task in tree.network.tasks):
        raise ValueError("the exact solution needs customers who think")
    return _Explorer(tree).solve()


class _Explorer:
    """States: one queue of jobs per task that has a limit, one per processor, and the thinking counted.

    A queue of a task holds the jobs that wait (threads in use are counted from the stacks); that of a FIFO processor
    all that are there, the first `multiplicity` being served. At delays and shared processors order doesn't matter,
    and jobs are sorted, so that states that differ in nothing are one.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree, self.network = tree, tree.network
        self.references = [task for task in self.network.tasks if task.reference]
        self.child: dict[tuple[int, int], int] = {}
        for parent, entry in enumerate(tree.entries):
            for c, call in enumerate(entry.calls):
                if call.mean > 0.0:  # calls of one entry may share a node: it has the same below it
                    self.child[(parent, c)] = next(
                        n for n, m in enumerate(tree.nodes) if m.parent == parent and m.entry == call.entry
                    )

    def start(self) -> State:
        """Everybody thinks."""
        places: list[list[Job]] = [
            [] for _ in range(1 + len(self.network.tasks) + len(self.network.processors))
        ]
        for r, task in enumerate(self.references):
            places[0] += [Job(r, (), THINKING)] * (task.multiplicity or 0)
        return self._frozen(places)

    def _frozen(self, places: list[list[Job]]) -> State:
        result: list[tuple[tuple[Any, ...], ...]] = []
        first = 1 + len(self.network.tasks)
        for i, jobs in enumerate(places):
            keys = [(j.root, j.stack, j.doing) for j in jobs]
            unordered = i == 0 or (
                i >= first
                and (
                    self.network.processors[i - first].multiplicity is None
                    or self.network.processors[i - first].scheduling == "ps"
                )
            )
            result.append(tuple(sorted(keys) if unordered else keys))
        return tuple(result)

    def moves(self, state: State) -> Iterator[tuple[State, float]]:
        """Where the state goes, and how fast."""
        first = 1 + len(self.network.tasks)
        for i, jobs in enumerate(state):
            if not jobs or 1 <= i < first:
                continue
            if i == 0:
                seen: dict[Any, int] = {}
                for key in jobs:
                    seen[key] = seen.get(key, 0) + 1
                served = [(jobs.index(key), float(count)) for key, count in seen.items()]
            else:
                processor = self.network.processors[i - first]
                many = processor.multiplicity
                if many is None or processor.scheduling == "ps":
                    speed = 1.0 if many is None else min(1.0, many / len(jobs))
                    served = [(k, speed) for k in range(len(jobs))]
                else:
                    served = [(k, 1.0) for k in range(min(many, len(jobs)))]
            for k, speed in served:
                job = Job(*jobs[k])
                if job.doing == THINKING:
                    think = self.references[job.root].think_time
                    rate = speed / think
                else:
                    rate = speed / float(self.tree.slice_mean[job.stack[-1][0]])
                places = [[Job(*key) for key in q] for q in state]
                del places[i][k]
                for after, chance in self.ended(job, places):
                    yield after, rate * chance

    def ended(self, job: Job, places: list[list[Job]]) -> Iterator[tuple[State, float]]:
        """A think or a slice has ended: what comes next, until somebody takes time again."""
        if job.doing == THINKING:
            root = next(n for n in range(len(self.tree.nodes)) if self.tree.root[n] == job.root)
            yield from self.request(Job(job.root, ((root, -1, 0),), FOR_THREAD), places)
            return
        yield from self.onward(job, places)

    def request(self, job: Job, places: list[list[Job]]) -> Iterator[tuple[State, float]]:
        """Ask for a thread of the innermost node's task."""
        task = int(self.tree.task[job.stack[-1][0]])
        limit = self.network.tasks[task].multiplicity
        if limit is not None:
            asked = sum(
                self.tree.task[node] == task for q in places for other in q for node, _, _ in other.stack
            )
            if asked >= limit:
                places[1 + task].append(job)
                yield self._frozen(places), 1.0
                return
        yield from self.begin(job, places)

    def begin(self, job: Job, places: list[list[Job]]) -> Iterator[tuple[State, float]]:
        """The thread is there: the first slice of work."""
        node, _, made = job.stack[-1]
        entry = self.tree.entries[node]
        for call, chance in _chosen(entry):
            here = Job(job.root, (*job.stack[:-1], (node, call, made)), AT_PROCESSOR)
            yield from _times(chance, self.work(here, [list(q) for q in places]))

    def work(self, job: Job, places: list[list[Job]]) -> Iterator[tuple[State, float]]:
        """A slice on the processor; of no length, it is over at once."""
        node = job.stack[-1][0]
        if self.tree.slice_mean[node] <= 0.0:
            yield from self.onward(job, places)
            return
        places[1 + len(self.network.tasks) + int(self.tree.processor[node])].append(job)
        yield self._frozen(places), 1.0

    def onward(self, job: Job, places: list[list[Job]]) -> Iterator[tuple[State, float]]:
        """After a slice: the next request of the program, or the reply."""
        node, call, made = job.stack[-1]
        for next_call, next_made, chance in _after(self.tree.entries[node], call, made):
            copy = [list(q) for q in places]
            if next_call is None:
                yield from _times(chance, self.reply(job, copy))
            else:
                stack = (
                    *job.stack[:-1],
                    (node, next_call, next_made),
                    (self.child[(node, next_call)], -1, 0),
                )
                yield from _times(chance, self.request(Job(job.root, stack, FOR_THREAD), copy))

    def reply(self, job: Job, places: list[list[Job]]) -> Iterator[tuple[State, float]]:
        """The thread goes to who waits for it, before the caller goes on and may ask for it again."""
        queue = places[1 + int(self.tree.task[job.stack[-1][0]])]
        stack = job.stack[:-1]
        caller = Job(job.root, stack, AT_PROCESSOR if stack else THINKING)
        if not queue:
            yield from self.go_on(caller, places)
            return
        waiting = queue.pop(0)
        places[0].append(caller)  # meanwhile, so that the threads it holds are counted
        for after, chance in self.begin(waiting, places):
            jobs = [[Job(*key) for key in q] for q in after]
            jobs[0].remove(caller)
            yield from _times(chance, self.go_on(caller, jobs))

    def go_on(self, caller: Job, places: list[list[Job]]) -> Iterator[tuple[State, float]]:
        """After a reply: the next slice of who asked; the customer thinks."""
        if caller.stack:
            yield from self.work(caller, places)
            return
        places[0].append(caller)
        yield self._frozen(places), 1.0

    def solve(self) -> ChainMeans:
        """Explore, then balance."""
        chain = reachable([self.start()], self.moves, MOST_STATES, "use the approximation")
        chance = _balance(len(chain.states), chain.rows, chain.columns, chain.rates)
        return self._means(chain.states, chance)

    def _means(self, states: list[State], chance: Floats) -> ChainMeans:
        tree = self.tree
        count = len(tree.nodes)
        waiting, holding = np.zeros(count), np.zeros(count)
        thinking = np.zeros(tree.closed)
        for state, p in zip(states, chance.tolist(), strict=True):
            for i, q in enumerate(state):
                for root, stack, _ in q:
                    if not stack:
                        thinking[root] += p
                        continue
                    queued = 1 <= i <= len(self.network.tasks)
                    for depth, (node, _, _) in enumerate(stack):
                        if queued and depth == len(stack) - 1:
                            waiting[node] += p
                        else:
                            holding[node] += p
        throughput = thinking / np.array([task.think_time for task in self.references])
        return ChainMeans(throughput, throughput[tree.root] * tree.visits, waiting, holding, len(states))


def _times(chance: float, moves: Iterator[tuple[State, float]]) -> Iterator[tuple[State, float]]:
    for after, further in moves:
        yield after, chance * further


def _chosen(entry: Entry) -> list[tuple[int, float]]:
    """Before the first slice: with a choice, which call will be made (its index; len(calls): none); else -1."""
    if not entry.choice:
        return [(0, 1.0)]
    found = [(c, call.mean) for c, call in enumerate(entry.calls) if call.mean > 0.0]
    rest = 1.0 - math.fsum(chance for _, chance in found)
    return found if rest <= 1e-12 else [*found, (len(entry.calls), rest)]


def _after(entry: Entry, call: int, made: int) -> list[tuple[int | None, int, float]]:
    """After a slice: (call, requests of it made with this one, chance); None: the entry is done."""
    if entry.choice:
        return [(call, 1, 1.0)] if call < len(entry.calls) and made == 0 else [(None, 0, 1.0)]
    result: list[tuple[int | None, int, float]] = []
    left = 1.0
    while call < len(entry.calls) and left > 0.0:
        wanted = entry.calls[call]
        if wanted.law == "geometric":
            more = wanted.mean / (1.0 + wanted.mean)
        else:
            more = min(max(wanted.mean - made, 0.0), 1.0)
            more = 0.0 if more < 1e-12 else more
        if more > 0.0:
            result.append((call, 0 if wanted.law == "geometric" else made + 1, left * more))
        left *= 1.0 - more
        call, made = call + 1, 0
    if left > 0.0:
        result.append((None, 0, left))
    return result


def _balance(size: int, rows: Any, columns: Any, rates: Floats) -> Floats:
    out = np.bincount(rows, weights=rates, minlength=size)
    data = np.concatenate((rates, -out)) / float(out.max())
    at = (np.concatenate((columns, np.arange(size))), np.concatenate((rows, np.arange(size))))
    whole = _sparse.csc_matrix((data, at), shape=(size, size))
    rest = _linear.spsolve(whole[1:, 1:], -whole[1:, 0].toarray().ravel())
    chance = np.maximum(np.concatenate(([1.0], np.atleast_1d(rest))), 0.0)
    return chance / chance.sum()
