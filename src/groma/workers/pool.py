"""Work on all cores of this machine, in processes that are started anew (`spawn`: no locks or threads are inherited).

A process that dies takes the whole pool of `concurrent.futures` with it, and nobody is told which item did it. So what
is left is tried once more in a new pool, and what is left then one item at a time, where the culprit is known; it is
told as lost and the others are done.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pickle import dumps
from typing import Any

from groma.workers.outcome import LOST, Numbered, Told, batches, run_batch

ROUNDS = 2
"""Times that all of what is left is tried together."""
SHARES = 8
"""Batches for each process: few enough that sending them costs little, enough that none waits long at the end."""
LARGEST = 64


def in_pool(function: Callable[[Any], Any], todo: Sequence[Numbered], jobs: int) -> Iterator[list[Told]]:
    """Outcomes of items as they are finished, some at a time; `function` and items must be picklable."""
    pickled = dumps(function)
    size = min(max(len(todo) // (jobs * SHARES), 1), LARGEST)
    left = batches(todo, size)
    for _ in range(ROUNDS):
        if not left:
            return
        left = yield from _round(pickled, left, jobs)
    yield from _one_by_one(pickled, [item for batch in left for item in batch])


def _round(
    pickled: bytes, todo: list[list[Numbered]], jobs: int
) -> Generator[list[Told], None, list[list[Numbered]]]:
    """Yields what is finished and gives the batches that a death of a process left undone."""
    left: list[list[Numbered]] = []
    with _pool(min(jobs, len(todo))) as pool:
        waiting: dict[Future[list[Told]], list[Numbered]] = {}
        for batch in todo:
            try:
                waiting[pool.submit(run_batch, pickled, batch)] = batch
            except BrokenProcessPool:
                left.append(batch)
        for future in as_completed(waiting):
            try:
                finished = future.result()
            except BrokenProcessPool:
                left.append(waiting[future])
                continue
            yield finished
    return left


def _one_by_one(pickled: bytes, todo: list[Numbered]) -> Iterator[list[Told]]:
    while todo:
        with _pool(1) as pool:
            while todo:
                place, item = todo.pop(0)
                try:
                    yield pool.submit(run_batch, pickled, [(place, item)]).result()
                except BrokenProcessPool:
                    yield [(place, LOST)]
                    break


@contextmanager
def _pool(jobs: int) -> Generator[ProcessPoolExecutor]:
    """A pool whose processes are gone at the end, at once if it is left by an exception such as Ctrl-C."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_deaf)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _deaf() -> None:
    """Ctrl-C reaches every process of a terminal; the parent alone answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
