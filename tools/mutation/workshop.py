"""All that trying a mutant needs: the copy, the map, the journal, and the tests that stand ready."""

from __future__ import annotations

import fnmatch
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from . import constants, declared, journal, operators, trial
from .copies import SOURCES, Copy
from .covering import INTERPRETED, Map
from .ready import Asked, Ready

ROOT = Path(__file__).parents[2]
TESTS = ("tests/solvers", "tests/analyses", "tests/rules", "tests/serving")
KERNEL = "solvers/simulation/kernel"
TESTS_OF_KERNEL = tuple(
    f"tests/solvers/test_simulation_{name}.py"
    for name in (
        "rules",
        "runs",
        "scenes",
        "chances",
        "notes",
        "checks",
        "equal",
        "replications",
        "heap",
        "draws",
        "chosen",
        "warm",
        "outcome",
        "beside",
    )
)
"""Runs by hand and small ones: quick as Python."""
COMPILED = (
    *(f"tests/solvers/test_simulation_{name}.py" for name in ("rules", "policies", "exact", "layered")),
    *(f"tests/analyses/test_simulation_{name}.py" for name in ("loads", "programs")),
)
"""What simulates much, met by mutants that the first don't catch."""
SPARED = ("__init__", "grown", "kept", "keep", "keep_reals", "doubles", "integers", "unsigned")
"""Functions of the kernel that allocate: a mutant there writes where it shouldn't."""


class Workshop:
    """All that trying a mutant needs."""

    def __init__(
        self, folder: Path, tests: Sequence[str], budget: float, patterns: Sequence[str], anew: bool
    ) -> None:
        self.copy = Copy(ROOT, folder)
        self.journal = journal.Journal(folder / "journal.jsonl", self.copy.root)
        self.declared = declared.read()
        self.folder, self.tests, self.budget, self.patterns, self.anew = folder, tests, budget, patterns, anew
        self.known: dict[str, list[operators.Mutant]] = {}
        self.trusted: set[str] = set()
        self.catching: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        """Tests that caught mutants of a function, and how many."""

    def mutants(self, module: str) -> list[operators.Mutant]:
        """Of a module; the kernel's without those of what allocates."""
        if module not in self.known:
            source = self.copy.read(module).decode()
            found = operators.mutants(source, constants.zeros(source, self.copy.read))
            if module == KERNEL:
                found = [m for m in found if m.where.split(".")[-1] not in SPARED]
            self.known[module] = found
        return self.known[module]

    def matching(self) -> set[str]:
        """Modules that are asked for."""
        return {module for pattern in self.patterns for module in self.named(pattern)}

    def map(self, module: str) -> Map:
        """Of the tests for a module."""
        return self.map_of_kernel if module == KERNEL else self.map_of_others

    @cached_property
    def map_of_kernel(self) -> Map:
        """Of its tests, which run it as Python."""
        return self.collected(TESTS_OF_KERNEL, interpreted=True)

    @cached_property
    def map_of_others(self) -> Map:
        """Of the tests for all modules but the kernel."""
        return self.collected(self.tests, interpreted=False)

    def collected(self, paths: Sequence[str], *, interpreted: bool) -> Map:
        """A map of the tests in files and folders; says what it follows, and what it leaves out."""
        files: list[str] = []
        for name in paths:
            path = self.copy.root / name
            found = path.rglob("test_*.py") if path.is_dir() else path.parent.glob(path.name)
            files += sorted(str(p.relative_to(self.copy.root)) for p in found)
        made = Map(self.copy, self.folder / "map", files, interpreted, self.matching())
        for name in made.collect():
            print(f"following {name}", file=sys.stderr, flush=True)
        for name in made.failing:
            print(f"fails without a mutant, and is left out: {name}", file=sys.stderr)
        return made

    @cached_property
    def ready(self) -> Ready:
        """The tests that run anything of the modules asked for, but for the kernel's."""
        return Ready(self.copy.root, self.map_of_others.running(self.matching() - {KERNEL}))

    @cached_property
    def ready_for_kernel(self) -> Ready:
        """The tests of the kernel, which is imported as Python."""
        name = f"groma.{KERNEL.replace('/', '.')}"
        return Ready(self.copy.root, self.map_of_kernel.running({KERNEL}), [name], INTERPRETED)

    def tried(self, module: str, mutant: operators.Mutant) -> journal.Tried:
        """How a mutant ends, from the journal or by trying it."""
        source = self.copy.read(module)
        tests = self.map(module).meeting(module, mutant, self.budget)
        files = sorted({test.split("::")[0] for test in tests})
        known = self.journal.find(source, module, mutant, files, self.budget)
        if known is not None:
            return known
        counted = self.catching[module, mutant.where]
        tests.sort(key=lambda test: -counted[test])
        end, by, seconds, placed = journal.NOT_RUN, "", 0.0, False
        if tests:
            answer, placed = self.met(module, mutant, source, tests)
            end, by, seconds = _ended(answer)
        if module == KERNEL and end in (journal.SURVIVED, journal.NOT_RUN):
            files = sorted({*files, *COMPILED})
            end, by, seconds = self.compiled(source, mutant)
        if end == journal.CAUGHT and "::" in by:
            counted[by] += 1
            self.trust(module, by)
        decided = [by.split("::")[0]] if "::" in by else files
        tried = journal.Tried(
            module,
            mutant.line,
            mutant.where,
            mutant.what,
            end,
            by,
            round(seconds, 2),
            journal.digest(source, module, mutant),
            self.journal.digest(decided),
            tuple(decided),
            self.budget,
            placed,
        )
        self.journal.add(tried)
        return tried

    def met(
        self, module: str, mutant: operators.Mutant, source: bytes, tests: Sequence[str]
    ) -> tuple[trial.Answer, bool]:
        """What tests say of a mutant, and whether it was put in place; else the project is imported anew with it."""
        mutated = mutant.applied(source)
        answer = (
            None if self.must_import(module, mutant, tests) else self.asked(module, source, mutated, tests)
        )
        if answer is not None:
            return answer, True
        try:
            self.copy.write(module, mutated)
            return trial.meet(self.copy.root, tests, self.longest(module, tests)), False
        finally:
            self.copy.restore(module, source)

    def must_import(self, module: str, mutant: operators.Mutant, tests: Sequence[str]) -> bool:
        """Whether what is loaded can't be changed, hangs on the mutant already, or is loaded again by a test."""
        if self.anew:
            return True
        first, last = mutant.statement
        lines = {*range(first, last + 1), *range(mutant.line, mutant.last + 1)}
        known = self.map(module)
        return not lines.isdisjoint(known.imported(module)) or known.elsewhere(tests)

    def asked(self, module: str, source: bytes, mutated: bytes, tests: Sequence[str]) -> trial.Answer | None:
        """What the tests that stand ready say; None if the mutant can't be put in place."""
        path = str(self.copy.root / SOURCES / f"{module}.py")
        times = {test: self.map(module).seconds(test) for test in tests}
        ready = self.ready_for_kernel if module == KERNEL else self.ready
        return ready.meet(Asked(path, source.decode(), mutated.decode(), times, self.longest(module, tests)))

    def longest(self, module: str, tests: Sequence[str]) -> float:
        """Seconds that tests may take together."""
        return 15 + 4 * sum(map(self.map(module).seconds, tests))

    def compiled(self, source: bytes, mutant: operators.Mutant) -> tuple[str, str, float]:
        """How a mutant of the kernel ends that is compiled; it survives where there is no compiler."""
        aside = self.copy.set_aside()
        try:
            self.copy.write(KERNEL, mutant.applied(source))
            if not self.copy.build_kernel():
                return journal.SURVIVED, "", 0.0
            return _ended(trial.meet(self.copy.root, COMPILED, 180))
        finally:
            self.copy.restore(KERNEL, source)
            self.copy.put_back(aside)

    def untried(self, module: str, mutant: operators.Mutant) -> journal.Tried:
        """One that is declared."""
        of = journal.digest(self.copy.read(module), module, mutant)
        return journal.Tried(module, mutant.line, mutant.where, mutant.what, "declared", "", 0.0, of, "", ())

    def trust(self, module: str, test: str) -> None:
        """Makes sure that a test that caught a mutant passes without one."""
        if test in self.trusted:
            return
        self.trusted.add(test)
        source = self.copy.read(module)
        ready = not self.anew and test.split("::", maxsplit=1)[0] in self.map(module).files
        answer = self.asked(module, source, source, [test]) if ready else None
        if _ended(answer or trial.meet(self.copy.root, [test], 120))[0] != journal.SURVIVED:
            sys.exit(f"{test} fails without a mutant, too")

    def named(self, pattern: str) -> list[str]:
        """Modules of a pattern."""
        plain = pattern.removesuffix(".py").removesuffix("/")
        return [m for m in self.copy.modules() if fnmatch.fnmatch(m, plain) or m.startswith(f"{plain}/")]


def _ended(answer: trial.Answer) -> tuple[str, str, float]:
    """How a mutant ended, what caught it, and the seconds that took."""
    if answer.timed_out:
        return journal.TIMED_OUT, "", answer.seconds
    if answer.crashed:
        return journal.CAUGHT, "the process ended", answer.seconds
    failed = str(answer.value["failed"])
    return journal.CAUGHT if failed else journal.SURVIVED, failed, answer.seconds
