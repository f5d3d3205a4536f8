"""Policies and control flow: `with` blocks around steps, which open a scope and close it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager

from groma.model.law import Constant
from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import AnyLaw, Ending, Retry
from groma.solvers.simulation.steps import Steps
from groma.solvers.simulation.writing import ERRORS, error_number, mask

RETRIED: tuple[Ending, ...] = ("timeout", "unavailable", "throttled", "failed")


class Scopes(Steps):
    """Writes the blocks around steps."""

    @contextmanager
    def by_itself(self, takes_hold: bool = False) -> Generator[None]:
        """Steps that go on by themselves while the task goes on after them (an operation that answers at once).

        With `takes_hold` they take over the server held by the scope on top, and must give it back: then write this
        as the last thing in `seized`, not in `hold`.
        """
        spawn = self._emit(at.OP_SPAWN, 0, -1, int(takes_hold), 0)
        skip = self._emit(at.OP_JUMP)
        self._code[spawn][1] = self._here()
        depth = self._depth
        self._depth = 1 if takes_hold else 0
        self._deep(self._depth)
        yield
        if takes_hold:
            self._emit(at.OP_LEAVE, self._here() + at.WIDTH)
        self._emit(at.OP_END)
        self._depth = depth
        self._code[skip][1] = self._here()

    @contextmanager
    def hold(self, station: int, level: int = -1) -> Generator[None]:
        """Holds a server of a station around steps."""
        self._emit(at.OP_SEIZE, station, level)
        with self._scope():
            yield

    @contextmanager
    def seized(self, station: int, level: int = -1) -> Generator[None]:
        """As `hold`, but what is inside ends with `by_itself(takes_hold=True)`, which gives the server back."""
        self._emit(at.OP_SEIZE, station, level)
        self._depth += 1
        self._deep(self._depth)
        yield
        self._depth -= 1

    @contextmanager
    def timeout(self, seconds: float, kind: Ending = "timeout") -> Generator[None]:
        """Gives up on steps after a time; a deadline is the same around a retry."""
        number = self._durations.setdefault(float(seconds), len(self._durations))
        self._emit(at.OP_LIMIT, number, error_number(kind))
        with self._scope():
            yield

    @contextmanager
    def retry(
        self,
        times: int,
        backoff: float = 0.0,
        factor: float = 2.0,
        jitter: float = 0.0,
        on: Sequence[Ending] = RETRIED,
        budget: float | None = None,
        reserve: float = 10.0,
        longest: float = math.inf,
        stream: str | None = None,
    ) -> Generator[None]:
        """Up to `times` attempts more. `budget`: retries as a share of calls, with up to `reserve` saved."""
        place = self._site(stream or f"retry/{self._where}", stream)
        self._retries.append(Retry(times, mask(on), backoff, factor, jitter, longest, budget, reserve, place))
        self._emit(at.OP_RETRY, len(self._retries) - 1)
        with self._scope():
            yield

    @contextmanager
    def through(self, breaker: int) -> Generator[None]:
        """Steps behind a breaker."""
        self._emit(at.OP_BREAKER, breaker)
        with self._scope():
            yield

    @contextmanager
    def cached(self, cache: int) -> Generator[Callable[[], AbstractContextManager[None]]]:
        """Steps behind a keyed cache; what is in the block `with hit():` written first runs at a hit instead."""
        get = self._emit(at.OP_CACHE, cache, 0)
        skip: list[int] = []

        @contextmanager
        def hit() -> Generator[None]:
            self._code[get][2] = self._here()
            depth, self._depth = self._depth, self._depth - 1
            yield
            skip.append(self._emit(at.OP_JUMP))
            self._depth = depth
            # A miss goes on behind: the cache jumps there through this address.
            self._code[enter][1] = self._here()

        enter = self._emit(at.OP_JUMP, self._here() + at.WIDTH)
        with self._scope():
            yield hit
        if not skip:
            self._code[get][2] = self._here()
        for jump in skip:
            self._code[jump][1] = self._here()

    @contextmanager
    def if_up(self, station: int) -> Generator[Callable[[], AbstractContextManager[None]]]:
        """Steps for when a station is up: `with a.if_up(s) as down: ...; with down(): ...` inside, at its end, for when
        it isn't."""
        start = self._emit(at.OP_TRY, 0, mask(("unavailable",)))
        self._deep(self._depth + 1)
        self._emit(at.OP_GATE, station)
        self._emit(at.OP_LEAVE, self._here() + at.WIDTH)
        ends: list[int] = []

        @contextmanager
        def down() -> Generator[None]:
            ends.append(self._emit(at.OP_JUMP, 0))
            self._code[start][1] = self._here()
            yield

        yield down
        if not ends:
            self._code[start][1] = self._here()
        for end in ends:
            self._code[end][1] = self._here()

    @contextmanager
    def choose(
        self, shares: Sequence[float], stream: str | None = None
    ) -> Generator[Callable[[int], AbstractContextManager[None]]]:
        """One of several ways, by share: `with a.choose((0.9, 0.1)) as way: with way(0): ...`; others do nothing."""
        if (
            not shares
            or any(not 0.0 <= s <= 1.0 for s in shares)
            or not math.isclose(sum(shares), 1.0, abs_tol=1e-9)
        ):
            raise ValueError(f"Shares of a choice lie in 0 .. 1 and sum to one; these are {tuple(shares)}.")
        first = len(self._branches)
        total = 0.0
        for share in shares:
            total += share
            self._branches.append((total, 0))
        last = max(n for n, share in enumerate(shares) if share > 0.0)
        for n in range(last, len(shares)):
            self._branches[first + n] = (2.0, 0)
        self._emit(at.OP_CHOOSE, self._site(stream or f"choose/{self._where}", stream), first, len(shares))
        ends: list[int] = []
        written: set[int] = set()

        @contextmanager
        def way(number: int) -> Generator[None]:
            self._branches[first + number] = (self._branches[first + number][0], self._here())
            written.add(number)
            yield
            ends.append(self._emit(at.OP_JUMP))

        yield way
        for end in ends:
            self._code[end][1] = self._here()
        for n in range(len(shares)):
            if n not in written:
                self._branches[first + n] = (self._branches[first + n][0], self._here())

    def fails(self, share: float, kind: Ending, stream: str | None = None) -> None:
        """An error of a kind, with this chance."""
        if share > 0.0:
            with self.choose((share, 1.0 - share), stream=stream) as branch, branch(0):
                self.fail(kind)

    @contextmanager
    def parallel(
        self, count: int, join: int | None = None, run_on: bool = False
    ) -> Generator[Callable[[int], AbstractContextManager[None]]]:
        """Branches that start together; goes on when `join` (all) are ok; the rest is given up, or runs on."""
        if count < 1:
            raise ValueError("Steps in parallel need at least one branch.")
        join = count if join is None else join
        if not 1 <= join <= count:
            raise ValueError(f"Of {count} branches 1 to {count} can be waited for, not {join}.")
        first = len(self._branches)
        self._branches.extend([(0.0, 0)] * count)
        fork = self._emit(at.OP_FORK, count, join, int(run_on), first, 0)
        self._deep(self._depth + 1)
        written: set[int] = set()

        @contextmanager
        def branch(number: int) -> Generator[None]:
            self._branches[first + number] = (0.0, self._here())
            written.add(number)
            depth, self._depth = self._depth, 0
            yield
            self._emit(at.OP_END)
            self._depth = depth

        yield branch
        if len(written) < count:
            empty = self._here()
            self._emit(at.OP_END)
            for n in set(range(count)) - written:
                self._branches[first + n] = (0.0, empty)
        self._code[fork][5] = self._here()

    @contextmanager
    def hedge(self, after: float, more: int = 1) -> Generator[None]:
        """Starts the steps again, `more` times at most, each time that nothing has come `after` so many seconds."""
        number = self._durations.setdefault(float(after), len(self._durations))
        start = self._emit(at.OP_HEDGE, number, more, 0)
        self._deep(self._depth + 1)
        depth, self._depth = self._depth, 0
        yield
        self._emit(at.OP_END)
        self._depth = depth
        self._code[start][3] = self._here()

    @contextmanager
    def loop(
        self,
        times: AnyLaw | float | None = None,
        until: float | None = None,
        at_most: int | None = None,
        stream: str | None = None,
    ) -> Generator[None]:
        """Rounds: so many `times` (a law is rounded to the nearest), or until one is the last with chance `until`."""
        law = (
            Constant(4e18)
            if times is None
            else Constant(float(times))
            if isinstance(times, (int, float))
            else times
        )
        if times is None and until is None:
            raise ValueError("A loop needs a count or a chance that a round is the last.")
        place = self._site(stream or f"loop/{self._where}", stream)
        start = self._emit(at.OP_LOOP, self._law(law), place, 0, -1 if at_most is None else at_most)
        self._depth += 1
        self._deep(self._depth)
        yield
        self._depth -= 1
        share = -1 if until is None else self._reals.setdefault(float(until), len(self._reals))
        self._emit(at.OP_AGAIN, share, place)
        self._code[start][3] = self._here()

    @contextmanager
    def ending_at_stop(self) -> Generator[None]:
        """Steps that a stop ends, and nothing but them."""
        start = self._emit(at.OP_TRY, 0, 1 << at.STOP)
        with self._scope():
            yield
        self._code[start][1] = self._here()

    @contextmanager
    def catching(
        self, on: Sequence[Ending] = ERRORS
    ) -> Generator[Callable[[], AbstractContextManager[None]]]:
        """Steps whose errors are handled: `with a.catching() as caught: ...; with caught(): ...` inside, at its end."""
        start = self._emit(at.OP_TRY, 0, mask(on))
        ends: list[int] = []
        self._depth += 1
        self._deep(self._depth)

        @contextmanager
        def caught() -> Generator[None]:
            ends.append(self._emit(at.OP_LEAVE, 0))
            self._code[start][1] = self._here()
            self._depth -= 1
            yield
            self._depth += 1

        yield caught
        self._depth -= 1
        if not ends:
            ends.append(self._emit(at.OP_LEAVE, 0))
            self._code[start][1] = self._here()
        for end in ends:
            self._code[end][1] = self._here()
