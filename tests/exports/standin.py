"""A stand-in for DBOS in virtual time: steps are kept, and a process can be killed after any of them."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, ClassVar


class Killed(BaseException):
    """The process ends here."""


class DBOS:
    """What the exported code asks of DBOS. `kept` outlives a process; `kill_after` steps of this one, it ends."""

    workflow_id = "run"
    kept: ClassVar[list[tuple[str, bytes]]] = []
    letters: ClassVar[dict[str, asyncio.Queue[Any]]] = {}
    at, kill_after = 0, -1

    @classmethod
    def begin(cls, kill_after: int = -1, fresh: bool = True) -> None:
        if fresh:
            cls.kept, cls.letters = [], {}
        cls.at, cls.kill_after = 0, kill_after

    @staticmethod
    def workflow(name: str) -> Callable[[Any], Any]:
        return lambda function: function

    @classmethod
    async def _once(cls, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        if cls.at == len(cls.kept):
            if cls.at == cls.kill_after and name.startswith("recv"):
                raise Killed  # a message is taken and kept in one transaction: both or neither
            made = await work()
            if cls.at == cls.kill_after:
                raise Killed
            cls.kept.append((name, pickle.dumps(made)))
        known, made = cls.kept[cls.at]
        assert known == name, "another way than before the crash"
        cls.at += 1
        return pickle.loads(made)

    @classmethod
    async def run_step_async(cls, options: dict[str, str], function: Any, *given: Any) -> Any:
        copies = pickle.loads(pickle.dumps([g for g in given if not callable(g) and not hasattr(g, "table")]))
        fresh = iter(copies)
        again = [g if callable(g) or hasattr(g, "table") else next(fresh) for g in given]
        return await cls._once(options["name"], lambda: function(*again))

    @classmethod
    async def sleep_async(cls, seconds: float) -> None:
        await cls._once("sleep", lambda: asyncio.sleep(seconds))

    @classmethod
    async def recv_async(cls, topic: str, timeout_seconds: float) -> Any:
        assert timeout_seconds == 31_536_000, "a question stays open for a year at a time"
        box = cls.letters.setdefault(topic, asyncio.Queue())

        async def first() -> Any:
            try:
                return await asyncio.wait_for(box.get(), timeout_seconds)
            except TimeoutError:
                return None

        return await cls._once(f"recv {topic}", first)

    @classmethod
    async def send_async(cls, run: str, message: Any, topic: str) -> None:
        assert run == cls.workflow_id
        cls.letters.setdefault(topic, asyncio.Queue()).put_nowait(message)


@contextmanager
def in_place() -> Iterator[None]:
    """Imports of `dbos` find the stand-in."""
    module, before = ModuleType("dbos"), sys.modules.get("dbos")
    module.DBOS = DBOS  # pyright: ignore[reportAttributeAccessIssue]
    sys.modules["dbos"] = module
    try:
        yield
    finally:
        del sys.modules["dbos"]
        if before is not None:
            sys.modules["dbos"] = before
