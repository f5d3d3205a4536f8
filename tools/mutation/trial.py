"""Tests that meet what stands in the copy: each time in a process forked from one that holds the heavy libraries.

Nothing of the project is imported before the fork, so that each process imports the mutant: the way of those mutants
that can't be put in place (`placing`, `ready`).
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HEAVY = (
    "numpy",
    "scipy.stats",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.special",
    "scipy.integrate",
    "scipy.signal",
    "scipy.linalg",
    "hypothesis",
    "hypothesis.strategies",
    "yaml",
    "oxidd",
)
MOST_DATA = 6 << 30
"""Bytes a trial may hold: a mutant that grows for ever fails."""
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "--no-header")
"""Of pytest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forked process told, or why it told nothing."""

    value: Any = None
    timed_out: bool = False
    crashed: bool = False
    seconds: float = 0.0


@dataclass(eq=False)
class Picked:
    """A plugin of pytest: runs the tests named (a file: all of its), in their order, and keeps the first that fails."""

    wanted: Sequence[str]
    failed: str = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Those named, in their order."""
        place = {name: index for index, name in enumerate(self.wanted)}
        placed = [(place.get(i.nodeid, place.get(i.nodeid.split("::")[0], -1)), i) for i in items]
        items[:] = [i for at, i in sorted(placed, key=lambda pair: pair[0]) if at >= 0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remembers."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that can't be read with the mutant has noticed it."""
        if report.failed:
            self.failed = self.failed or f"{report.nodeid} (import)"


def preload() -> None:
    """The libraries that take long to import."""
    for name in HEAVY:
        with suppress(ImportError):
            importlib.import_module(name)


def forked(work: Callable[[], Any], seconds: float) -> Answer:
    """Does the work in a process of its own group; killed with its own after `seconds`."""
    begun = time.monotonic()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(work, writing)
    os.close(writing)
    told, timed_out = b"", False
    while True:
        left = begun + seconds - time.monotonic()
        ready, _, _ = select.select([reading], [], [], max(0.0, left))
        if not ready:
            timed_out = True
            break
        piece = os.read(reading, 1 << 20)
        if not piece:
            break
        told += piece
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    timed_out = timed_out or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF)
    took = time.monotonic() - begun
    try:
        return Answer(json.loads(told), seconds=took)
    except ValueError:
        return Answer(timed_out=timed_out, crashed=not timed_out, seconds=took)


def _child(work: Callable[[], Any], writing: int) -> None:
    status = 1
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_DATA, MOST_DATA))
        write(writing, work())
        status = 0
    finally:
        os._exit(status)


def write(pipe: int, told: Any) -> None:
    """Writes a line of JSON, all of it."""
    left = json.dumps(told).encode() + b"\n"
    while left:
        left = left[os.write(pipe, left) :]


def move_to(
    root: Path, environment: Mapping[str, str] | None = None, *, keeps_bytecode: bool = False
) -> None:
    """Makes `root` the project of this process, and silences it; what it imports is kept compiled if asked."""
    os.environ.update(environment or {}, PYTHONPATH=str(root / "src"), PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = not keeps_bytecode
    sys.path[:] = [str(root / "src"), *(p for p in sys.path if p and not p.endswith("/tools"))]
    os.chdir(root)
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)


def meet(root: Path, tests: Sequence[str], seconds: float) -> Answer:
    """Runs tests in their order until one fails; value: the one that `failed` (none: "") and the `status` of pytest.

    Where pytest itself fails, the mutant isn't caught: RuntimeError.
    """
    files = list(dict.fromkeys(test.split("::")[0] for test in tests))

    def work() -> Any:
        move_to(root)
        picked = Picked(tests)
        status = pytest.main([*OPTIONS, *files], plugins=[picked])
        return {"failed": picked.failed, "status": int(status)}

    answer = forked(work, seconds)
    if answer.value and not answer.value["failed"] and answer.value["status"] not in (0, 5):
        raise RuntimeError(f"pytest itself failed with {answer.value['status']} on {' '.join(files)}")
    return answer
