"""Which tests run which lines: a map, collected once for each file of tests and again when something of it changed."""

from __future__ import annotations

import hashlib
import json
import signal
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from .copies import SOURCES, Copy
from .operators import Mutant
from .trial import forked, move_to

INTERPRETED = {"GROMA_INTERPRETED": "1"}
"""The simulator's kernel as Python, whose lines can be followed."""
LEFT = "not slow and not browser"
LONGEST = 600.0
"""Seconds a file of tests may take while it is followed."""
FOLLOWED, FOLLOWED_INTERPRETED = 60.0, 8.0
"""Seconds of the processor that a test may take while it is followed; with the kernel interpreted."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What a file of tests runs."""

    digests: dict[str, str]
    """Of the files that decide it, by path in the project."""
    seconds: dict[str, float]
    """Of each test that passed; others are of no use."""
    lines: dict[str, dict[str, list[int]]]
    """Test -> module -> lines; under the empty name those run when modules are imported."""


class Follower:
    """A plugin of pytest: one context of coverage a test."""

    def __init__(self, coverage: Any, longest: float) -> None:
        self.coverage, self.longest = coverage, longest
        signal.signal(signal.SIGPROF, _too_long)
        self.seconds: dict[str, float] = defaultdict(float)
        self.not_passed: set[str] = set()
        self.failed: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Its set-up and end included."""
        self.coverage.switch_context(item.nodeid)
        begun = time.perf_counter()
        signal.setitimer(signal.ITIMER_PROF, self.longest, 1.0)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0.0)
            self.seconds[item.nodeid] = time.perf_counter() - begun
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Skipped and failing tests catch nothing."""
        if not report.passed:
            self.not_passed.add(report.nodeid)
        if report.failed:
            self.failed.append(report.nodeid)


def _too_long(number: int, frame: FrameType | None) -> None:
    pytest.skip("too long to be followed")


class Map:
    """Of the tests of some folders."""

    def __init__(
        self, copy: Copy, folder: Path, files: Sequence[str], interpreted: bool, modules: Collection[str]
    ) -> None:
        self.copy = copy
        self.sources = {str(SOURCES / f"{module}.py") for module in modules}
        """Of the modules under trial: which tests run them doesn't hang on what changed elsewhere."""
        self.folder = folder / ("interpreted" if interpreted else "usual")
        self.interpreted = interpreted
        self.folder.mkdir(parents=True, exist_ok=True)
        self.files: dict[str, Covered] = {}
        self.asked = list(files)
        self.failing: list[str] = []
        """Tests that fail without any mutant: they are left out."""

    def collect(self) -> Iterator[str]:
        """Follows the files that changed; yields the name of each before it runs."""
        for name in self.asked:
            kept = self.folder / f"{name.replace('/', '.')}.json"
            covered = _read(kept)
            if covered is None or any(
                self._digest(path) != was
                for path, was in covered.digests.items()
                if path in self.sources or not path.startswith(f"{SOURCES}/")
            ):
                yield name
                covered = self._follow(name)
                if covered.seconds:
                    kept.write_text(json.dumps([covered.digests, covered.seconds, covered.lines]), "utf-8")
            self.files[name] = covered

    def _digest(self, name: str) -> str:
        try:
            return hashlib.sha256((self.copy.root / name).read_bytes()).hexdigest()
        except OSError:
            return ""

    def _follow(self, name: str) -> Covered:
        root = self.copy.root

        def work() -> Any:
            import coverage

            move_to(root, INTERPRETED if self.interpreted else {}, keeps_bytecode=True)
            followed = coverage.Coverage(data_file=None, source=[str(root / SOURCES)], config_file=False)
            follower = Follower(followed, FOLLOWED_INTERPRETED if self.interpreted else FOLLOWED)
            followed.start()
            followed.switch_context("")
            pytest.main(
                ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", LEFT, name], plugins=[follower]
            )
            followed.stop()
            passed = {t: s for t, s in follower.seconds.items() if t not in follower.not_passed}
            lines: dict[str, dict[str, list[int]]] = defaultdict(dict)
            data = followed.get_data()
            for path in data.measured_files():
                module = str(Path(path).relative_to(root / SOURCES).with_suffix(""))
                for line, contexts in data.contexts_by_lineno(path).items():
                    for test in contexts:
                        if test in passed or not test:
                            lines[test].setdefault(module, []).append(line)
            return [passed, lines, follower.failed]

        answer = forked(work, LONGEST)
        passed, lines, failed = answer.value or ({}, {}, [f"{name} (took too long, or ended its process)"])
        self.failing += failed
        modules = {module for of_test in lines.values() for module in of_test}
        needed = [name, "tests/conftest.py", *(str(SOURCES / f"{module}.py") for module in sorted(modules))]
        return Covered({path: self._digest(path) for path in needed}, passed, lines)

    def imported(self, module: str) -> set[int]:
        """Lines run when modules and tests are imported."""
        return {line for c in self.files.values() for line in c.lines.get("", {}).get(module, ())}

    def running(self, modules: Collection[str]) -> list[str]:
        """Files of tests that import or run anything of some modules."""
        return [
            name
            for name, c in self.files.items()
            if c.seconds and any(m in ran for ran in c.lines.values() for m in modules)
        ]

    def elsewhere(self, tests: Collection[str]) -> bool:
        """Whether files of tests start processes of their own, which import the project anew."""
        texts = ((self.copy.root / name).read_text("utf-8") for name in {t.split("::")[0] for t in tests})
        return any("subprocess" in text or "multiprocessing" in text for text in texts)

    def seconds(self, test: str) -> float:
        """That it took while it was followed."""
        return self.files[test.split("::", maxsplit=1)[0]].seconds[test]

    def meeting(self, module: str, mutant: Mutant, budget: float) -> list[str]:
        """Tests that run the mutant's lines, quickest first, then others of their files; `budget` seconds together.

        What is computed once and kept is run by the first test alone and may be held by others of its file: hence
        the others, for which a third is left. Lines run on import are met by tests that run anything of the module,
        those first that run much of it in their time: whichever of them imported it first says nothing.
        """
        first, second = set(range(mutant.line, mutant.last + 1)), set(range(*mutant.statement))
        second.add(mutant.statement[1])
        covering: dict[str, float] = {}
        most: dict[str, float] = {}
        at_import = self.imported(module)
        for lines in (first, second, None):
            if lines and not lines.isdisjoint(at_import):
                continue
            for covered in self.files.values():
                imported = covered.lines.get("", {}).get(module)
                for test, seconds in covered.seconds.items():
                    ran = covered.lines.get(test, {}).get(module)
                    if (lines is None and (ran or imported)) or (lines and ran and not lines.isdisjoint(ran)):
                        covering[test] = seconds
                        most[test] = 0.0 if lines else seconds / (len(ran) if ran else 1e-9)
            if covering:
                break
            if lines is second:
                return []
        files = {test.split("::")[0] for test in covering}
        others = {t: s for name in files for t, s in self.files[name].seconds.items() if t not in covering}
        chosen = _within(covering, budget * 2 / 3, most) or [min(covering, key=covering.__getitem__)]
        return chosen + _within(others, budget - sum(covering[test] for test in chosen), {})


def _within(tests: dict[str, float], budget: float, before: dict[str, float]) -> list[str]:
    """The quickest that take `budget` seconds together."""
    chosen: list[str] = []
    total = 0.0
    for test, seconds in sorted(tests.items(), key=lambda pair: (before.get(pair[0], 0), pair[1])):
        total += seconds
        if total > budget:
            break
        chosen.append(test)
    return chosen


def _read(kept: Path) -> Covered | None:
    try:
        return Covered(*json.loads(kept.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
