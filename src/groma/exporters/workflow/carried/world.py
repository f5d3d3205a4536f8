"""What a flow needs from the world around it: time, decisions, caches, a way to send; and how work ends."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

Data = dict[str, Any]
T = TypeVar("T")


class StepError(Exception):
    """Work that ended in an error: `timeout`, `unavailable`, `throttled`, `rejected` or `failed`.

    A tool raises it to say the kind; TimeoutError is a `timeout`, ConnectionError `unavailable`, all else `failed`.
    """

    def __init__(self, kind: str, where: str = "", why: str = "") -> None:
        super().__init__(kind, where, why)
        self.kind, self.where, self.why = kind, where, why


class Stopped(Exception):
    """The flow ends here, ok."""


class Clock(Protocol):
    """Time: replace it in tests."""

    def now(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The computer's."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Option(NamedTuple):
    """A way out of a choice: what is looked at, in words, and how often the design expects it."""

    when: str
    share: float


class Decider(Protocol):
    """Who decides: rules, a model, a person. `where` is the path of the step in the design."""

    async def choose(self, where: str, options: Sequence[Option], data: Data) -> int:
        """Which option is taken, counted from 0."""
        ...

    async def again(self, where: str, rounds: int, expected: float, data: Data) -> bool:
        """Whether there is another round after so many; `expected` is the chance that the design sees."""
        ...


class SharesDecider:
    """Draws as often as the design expects: to try a flow out, not to run a business."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)

    async def choose(self, where: str, options: Sequence[Option], data: Data) -> int:
        return self.random.choices(range(len(options)), [option.share for option in options])[0]

    async def again(self, where: str, rounds: int, expected: float, data: Data) -> bool:
        return self.random.random() < expected


class Caches(Protocol):
    """Answers kept, by the step and by what was asked."""

    async def get(self, where: str, asked: str) -> Data | None: ...
    async def put(
        self, where: str, asked: str, answer: Data, lives: float | None, holds: int | None
    ) -> None: ...


class MemoryCaches:
    """In this process; of a full cache the one used longest ago goes first."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept: dict[str, OrderedDict[str, tuple[float, Data]]] = {}

    async def get(self, where: str, asked: str) -> Data | None:
        kept = self.kept.get(where, OrderedDict())
        if asked not in kept:
            return None
        until, answer = kept[asked]
        if self.clock.now() >= until:
            del kept[asked]
            return None
        kept.move_to_end(asked)
        return answer

    async def put(self, where: str, asked: str, answer: Data, lives: float | None, holds: int | None) -> None:
        kept = self.kept.setdefault(where, OrderedDict())
        kept[asked] = (float("inf") if lives is None else self.clock.now() + lives, answer)
        kept.move_to_end(asked)
        while holds is not None and len(kept) > holds:
            kept.popitem(last=False)


class Outbox(Protocol):
    """Work that is sent off: the flow goes on at once."""

    async def put(self, where: str, delivery: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None: ...


class TaskOutbox:
    """Tasks of this process: lost with it. Put a queue here where `at least once` has to hold."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()

    async def put(self, where: str, delivery: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        task = asyncio.ensure_future(work())
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()


@dataclass(frozen=True)
class Question:
    """What a person is asked. Their yes allows what `approves` names."""

    run: str
    where: str
    role: str
    title: str
    approves: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What a person said; `data` is added to the run's."""

    approved: bool
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    note: str = ""


class Desk(Protocol):
    """People."""

    async def ask(self, question: Question) -> Verdict: ...


THROUGH: tuple[type[BaseException], ...] = (StepError, Stopped)
"""What isn't turned into another error on its way."""


async def told(work: Awaitable[T], where: str, through: tuple[type[BaseException], ...] = THROUGH) -> T:
    """What work gives; whatever goes wrong in it becomes a StepError of its kind."""
    try:
        return await work
    except through:
        raise
    except TimeoutError as error:
        raise StepError("timeout", where, str(error)) from error
    except ConnectionError as error:
        raise StepError("unavailable", where, str(error)) from error
    except Exception as error:
        raise StepError("failed", where, f"{type(error).__name__}: {error}") from error
