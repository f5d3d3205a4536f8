"""Other processes of this machine that stay, for pure work beside one's own: what is asked for early is there later.

`spread` starts processes for many items and lets them go; a command with several such stages, and with large work that
can go on beside another, keeps a crew instead. Whatever a helper can't do (it died, or hasn't begun by the time the
answer is needed) is done here, so the answers are the same with any number of helpers, none included.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pickle import dumps
from threading import RLock
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from groma.workers.outcome import Outcome, batches, read, run_batch

T = TypeVar("T")
SHARES = 6
"""Batches for each process, the own one included."""
SELDOM = (200_000, 20, 100)
"""How often Python looks for circles among objects (`gc.set_threshold`). Analyses keep millions that live to the end
and make few circles: looking as often as Python does by itself took a quarter of a designer's time."""


class Asked(Generic[T]):
    """Work that was asked for; `result` gives what it came to, and raises what it raised."""

    def __init__(self, work: Callable[[], T], future: Future[T] | None) -> None:
        self._work, self._future = work, future
        self._known: list[T] = []

    def result(self) -> T:
        """The answer: a helper's, or worked out here, once, where none has begun."""
        if not self._known:
            self._known.append(self._worked_out())
        return self._known[0]

    @property
    def ready(self) -> bool:
        """Whether the answer is there."""
        if self._known or self._future is None:
            return bool(self._known)
        return self._future.done() and not self._future.cancelled() and self._future.exception() is None

    def _worked_out(self) -> T:
        if self._future is None or self._future.cancel():
            return self._work()
        try:
            return self._future.result()
        except BrokenProcessPool:
            return self._work()


class Crew:
    """At most so many helpers, started when the first work is asked of them; a context manager, at whose end they are
    gone (at once, whatever they are at: by then nobody needs it). While it lasts, Python looks `SELDOM` for circles."""

    def __init__(self, helpers: int = 0) -> None:
        self.helpers = max(helpers, 0)
        self._pool: ProcessPoolExecutor | None = None
        self._before: set[Any] = set()
        self._asked: list[Future[Any]] = []
        self._pending: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._busy = 0
        self._lock = RLock()
        self._looked = gc.get_threshold()

    def __enter__(self) -> Crew:
        self._looked = gc.get_threshold()
        gc.set_threshold(*SELDOM)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.set_threshold(*self._looked)
        with self._lock:
            self._pending.clear()
            pool, self._pool = self._pool, None
        if pool is None:
            return
        if all(future.done() for future in self._asked):
            pool.shutdown(wait=True)
            return
        pool.shutdown(wait=False, cancel_futures=True)
        mine = set(multiprocessing.active_children()) - self._before
        for child in mine:
            child.terminate()
        for child in mine:
            child.join()

    def ask(self, function: Callable[..., T], *args: Any) -> Asked[T]:
        """Work for a helper: `function`, its arguments and its answer must be picklable, and importable there. In place
        of an argument that is itself asked for stands its answer, once it is there."""
        return Asked(lambda: function(*_answered(args)), self._submitted(function, *args))

    def share(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Outcome]:
        """What `function` gives for each item, in their order, as `spread` does; this process works along."""
        pickled = dumps(function)
        numbered = list(enumerate(items))
        several = batches(numbered, max(len(items) // ((self.helpers + 1) * SHARES), 1))
        asked = [self.ask(run_batch, pickled, batch) for batch in several]
        told: list[list[tuple[int, str]]] = [each.result() for each in reversed(asked)]
        texts = dict(answer for batch in told for answer in batch)
        return [read(texts[place]) for place in range(len(items))]

    def _submitted(self, function: Callable[..., T], *args: Any) -> Future[T] | None:
        if self.helpers == 0:
            return None
        if self._pool is None:
            self._before = set(multiprocessing.active_children())
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.helpers, mp_context=context, initializer=_started)
        future: Future[T] = Future()
        self._asked.append(future)
        with self._lock:
            self._pending.append((future, function, args))
        self._feed()
        return future

    def _feed(self) -> None:
        """Give helpers that are free what waits. A pool takes more than it can begin, and that can't be taken back."""
        with self._lock:
            waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
            while self._pending and self._busy < self.helpers and self._pool is not None:
                mine, function, args = self._pending.popleft()
                if not all(arg.ready for arg in args if isinstance(arg, Asked)):
                    waiting.append((mine, function, args))
                    continue
                if not mine.set_running_or_notify_cancel():
                    continue
                try:
                    theirs = self._pool.submit(function, *_answered(args))
                except RuntimeError as error:  # broken, or gone
                    mine.set_exception(BrokenProcessPool(str(error)))
                    continue
                self._busy += 1
                theirs.add_done_callback(partial(self._done, mine))
            self._pending.extendleft(reversed(waiting))

    def _done(self, mine: Future[Any], theirs: Future[Any]) -> None:
        """A helper is free again."""
        with self._lock:
            self._busy -= 1
        error = BrokenProcessPool("gone") if theirs.cancelled() else theirs.exception()
        if error is not None:
            mine.set_exception(error)
        else:
            mine.set_result(theirs.result())
        self._feed()


def _answered(args: Sequence[Any]) -> list[Any]:
    """Arguments, with answers in place of what was asked for."""
    return [cast("Asked[Any]", arg).result() if isinstance(arg, Asked) else arg for arg in args]


ALONE = Crew()
"""Nobody: all is done here, when its answer is needed."""


def _started() -> None:
    """Ctrl-C reaches every process of a terminal; the parent alone answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*SELDOM)
