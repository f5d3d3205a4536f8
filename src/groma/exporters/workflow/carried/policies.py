"""Policies, each put around work: timeout, hedge, limit, breaker, retry, deadline, cache; and branches side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from .machine import Machine, Run, play
from .world import StepError

Work = Callable[[], Awaitable[None]]


def within(seconds: float, where: str, work: Work) -> Work:
    """Work that may take so long: a `timeout` after that."""

    async def limited() -> None:
        try:
            async with asyncio.timeout(seconds):
                await work()
        except TimeoutError:
            raise StepError("timeout", where) from None

    return limited


def retried(
    run: Run[Any, Any],
    where: str,
    work: Work,
    *,
    times: int,
    backoff: float,
    factor: float,
    jitter: float,
    on: Sequence[str],
    budget: float | None = None,
) -> Work:
    """Up to `times` attempts more, each after a pause that grows. A budget saves up to ten retries."""

    async def retrying() -> None:
        saved: list[float] = run.ports.keep("budget", where, lambda: [10.0])
        saved[0] = min(10.0, saved[0] + (budget or 0.0))
        for attempt in range(times + 1):
            try:
                return await work()
            except StepError as error:
                if attempt == times or error.kind not in on or (budget is not None and saved[0] < 1.0):
                    raise
                run.note("retry", where, error.kind)
            saved[0] -= 0.0 if budget is None else 1.0
            pause = backoff * factor**attempt
            if jitter:
                pause *= run.ports.random.uniform(1.0 - jitter, 1.0 + jitter)
            if pause > 0.0:
                await run.ports.clock.sleep(pause)

    return retrying


class Breaker:
    """Opens when `opens_at` of at least ten calls in the window ended badly; the window turns in tenths."""

    SLOTS, LEAST = 10, 10

    def __init__(self, opens_at: float, window: float) -> None:
        self.opens_at, self.window = opens_at, window
        self.counts: dict[int, list[int]] = {}
        self.until: float | None = None
        self.probing = False

    def enters(self, now: float) -> bool:
        """Whether this call is the probe of a half-open breaker. Raises StepError when it may not pass."""
        if self.until is None:
            return False
        if now < self.until or self.probing:
            raise StepError("unavailable", "", "the breaker is open")
        self.probing = True
        return True

    def ended(self, now: float, probe: bool, bad: bool, half_open_after: float) -> None:
        if probe:
            self.probing = False
            self.until = now + half_open_after if bad else None
            self.counts.clear()
            return
        if self.until is not None:
            return
        slot = int(now * self.SLOTS / self.window)
        self.counts = {at: count for at, count in self.counts.items() if at > slot - self.SLOTS}
        self.counts.setdefault(slot, [0, 0])[bad] += 1
        calls = sum(map(sum, self.counts.values()))
        failed = sum(count[1] for count in self.counts.values())
        if bad and calls >= self.LEAST and failed >= self.opens_at * calls:
            self.until = now + half_open_after


def broken(
    run: Run[Any, Any],
    where: str,
    work: Work,
    *,
    opens_at: float,
    window: float,
    half_open_after: float,
    on: Sequence[str],
) -> Work:
    """A circuit breaker: while it is open, `unavailable` at once."""

    async def guarded() -> None:
        breaker: Breaker = run.ports.keep("breaker", where, lambda: Breaker(opens_at, window))
        clock = run.ports.clock
        probe = breaker.enters(clock.now())
        try:
            await work()
        except StepError as error:
            breaker.ended(clock.now(), probe, error.kind in on, half_open_after)
            raise
        except asyncio.CancelledError:
            breaker.probing = breaker.probing and not probe
            raise
        breaker.ended(clock.now(), probe, False, half_open_after)

    return guarded


def limited(run: Run[Any, Any], where: str, work: Work, *, rate: float, burst: int) -> Work:
    """A rate limit with a burst: over it `throttled`."""

    async def metered() -> None:
        now = run.ports.clock.now()
        tokens: list[float] = run.ports.keep("limit", where, lambda: [float(burst), now])
        tokens[0] = min(float(burst), tokens[0] + (now - tokens[1]) * rate)
        tokens[1] = now
        if tokens[0] < 1.0:
            raise StepError("throttled", where)
        tokens[0] -= 1.0
        await work()

    return metered


async def first_of(
    tasks: Sequence[asyncio.Future[None]], seconds: float | None = None
) -> tuple[list[asyncio.Future[None]], list[asyncio.Future[None]]]:
    """Those that ended and those that didn't, once one has or the time is over; always in the order of the tasks."""
    loop = asyncio.get_running_loop()
    turned: asyncio.Future[None] = loop.create_future()

    def turn(_: object = None) -> None:
        if not turned.done():
            turned.set_result(None)

    timer = None if seconds is None else loop.call_later(seconds, turn)
    for task in tasks:
        task.add_done_callback(turn)
    try:
        await turned
    finally:
        for task in tasks:
            task.remove_done_callback(turn)
        if timer is not None:
            timer.cancel()
    return [task for task in tasks if task.done()], [task for task in tasks if not task.done()]


def hedged(run: Run[Any, Any], where: str, work: Work, *, after: float, at_most: int) -> Work:
    """Another attempt beside one that is slow, up to `at_most` more; the first that ends well counts."""

    async def racing() -> None:
        running = [asyncio.ensure_future(work())]
        clock, left = run.ports.clock, at_most
        next_one = clock.now() + after
        try:
            while True:
                pause = max(0.0, next_one - clock.now()) if left else None
                done, running = await first_of(running, pause)
                if not done:
                    run.note("hedge", where)
                    left -= 1
                    next_one = clock.now() + after
                    running.append(asyncio.ensure_future(work()))
                    continue
                errors = [error for task in done if (error := task.exception()) is not None]
                other = [error for error in errors if not isinstance(error, StepError)]
                if len(errors) < len(done) and not other:
                    return
                if other or not running:
                    raise (other or errors)[0]
        finally:
            _give_up(running)

    return racing


def cached(
    run: Run[Any, Any],
    where: str,
    work: Work,
    *,
    fields: Sequence[str] | None,
    lives: float | None = None,
    holds: int | None = None,
) -> Work:
    """What was asked before isn't done again; kept is what the work added to the run's data."""

    async def remembered() -> None:
        caches = run.ports.cache()
        asked = run.asked(fields)
        found = await caches.get(where, asked)
        if found is not None:
            run.note("hit", where)
            run.data.update(found)
            return
        before = dict(run.data)
        await work()
        made = {name: value for name, value in run.data.items() if before.get(name, asked) is not value}
        await caches.put(where, asked, made, lives, holds)

    return remembered


async def joined(
    run: Run[Any, Any], branches: Iterable[Machine], place: str, *, join: int, run_on: bool
) -> None:
    """Branches side by side: goes on when `join` of them ended ok, in error once that can't be any more."""
    tasks = [asyncio.ensure_future(play(run, branch, f"{place}/{n}")) for n, branch in enumerate(branches, 1)]
    waiting, good, left = tasks, 0, False
    try:
        while good < join:
            done, waiting = await first_of(waiting)
            last: BaseException | None = None
            for task in done:
                error = task.exception()
                if error is not None and not isinstance(error, StepError):
                    raise error
                good, last = good + (error is None), error or last
            if good + len(waiting) < join:
                left = run_on
                raise last or StepError("failed")
        left = run_on
    finally:
        if left:
            kept: set[Any] = run.ports.keep("tasks", "run on", set)
            kept.update(waiting)
            for task in waiting:
                task.add_done_callback(kept.discard)
                task.add_done_callback(_heard)
        else:
            _give_up(waiting)


def _give_up(tasks: Iterable[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.add_done_callback(_heard)
        task.cancel()


def _heard(task: asyncio.Future[None]) -> None:
    with suppress(asyncio.CancelledError):
        task.exception()
