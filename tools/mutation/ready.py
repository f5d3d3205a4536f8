"""Tests that stand ready: a process that imported the project and collected files of tests, and runs none itself.

For each mutant it forks; in the child the mutant is put in place (`placing`) and meets its tests. So nothing is kept
that an earlier mutant or test computed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from . import placing
from .trial import OPTIONS, Answer, forked, move_to, write

LONGEST = 3.0
"""Seconds of the processor that a test may take beside four times what it takes without a mutant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A mutant and the tests that it meets."""

    path: str
    """Of the module."""
    source: str
    mutated: str
    tests: Mapping[str, float]
    """Seconds that each takes without a mutant, in their order."""
    seconds: float
    """All of them may take."""


class Ready:
    """The process, as seen by the one that asks it."""

    def __init__(
        self,
        root: Path,
        files: Sequence[str],
        modules: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`modules` are imported beside what the tests import themselves."""
        asked, self.asking = os.pipe()
        told, telling = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            try:
                os.close(self.asking)
                os.close(told)
                move_to(root, environment)
                standing = _Standing(root, asked, telling, modules)
                pytest.main([*OPTIONS, "-s", *files], plugins=[standing])
            finally:
                os._exit(1)
        os.close(asked)
        os.close(telling)
        self.answers = os.fdopen(told, "rb")
        if not self.answers.readline():
            raise RuntimeError(f"pytest can't collect {' '.join(files)}")

    def meet(self, asked: Asked) -> Answer | None:
        """Runs the tests in their order until one fails, as `trial.meet` does; None if it can't be put in place."""
        write(self.asking, asdict(asked))
        line = self.answers.readline()
        if not line:
            raise RuntimeError("the process in which tests stand ready has ended")
        answer = json.loads(line)
        return Answer(**answer) if answer else None

    def close(self) -> None:
        """Ends the process."""
        os.close(self.asking)
        self.answers.close()
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)


@dataclass(eq=False)
class _Standing:
    """A plugin of pytest, which answers what is asked in place of running each test once."""

    root: Path
    asked: int
    telling: int
    modules: Sequence[str]
    items: dict[str, pytest.Item] = field(default_factory=dict[str, pytest.Item])

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        self.items = {item.nodeid: item for item in session.items}
        for module in self.modules:
            importlib.import_module(module)
        gc.collect()
        known = placing.living(str(self.root / "src"))
        gc.freeze()
        write(self.telling, {})
        with os.fdopen(self.asked, "rb") as lines:
            for line in lines:
                write(self.telling, self._answer(Asked(**json.loads(line)), known))
        return True

    def _answer(self, asked: Asked, known: dict[placing.Key, list[Any]]) -> dict[str, Any]:
        source, mutated = asked.source.encode(), asked.mutated.encode()
        try:
            changes = placing.swaps(asked.path, source, mutated, known) if source != mutated else []
        except placing.NotPlaced:
            return {}
        items = [self.items[test] for test in asked.tests]

        def work() -> Any:
            for function, code in changes:
                function.__code__ = code
            for item, following in zip(items, [*items[1:], None], strict=True):
                signal.setitimer(signal.ITIMER_PROF, LONGEST + 4 * asked.tests[item.nodeid])
                reports = runtestprotocol(item, nextitem=following, log=False)
                if any(report.failed for report in reports):
                    return {"failed": item.nodeid}
            return {"failed": ""}

        return asdict(forked(work, asked.seconds))
