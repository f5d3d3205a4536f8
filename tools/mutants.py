"""Mutants: the source changed by a slip of the hand, one at a time, and the tests that run the line changed.

    .venv/bin/python tools/mutants.py --modules solvers/queueing 'analyses/cost*' --sample 25 --seed 1

Each named pattern (a module or folder below src/groma, `*` allowed) gives a sample of its own. Mutants are tried in
a copy of the project under build/mutation, where a map of tests to lines and a journal are kept, too: what was tried
isn't tried again while its module and tests stay the same. docs/mutation.md says more. The exit status is 1 if a
mutant survived that isn't declared in tools/mutation/equal.toml, or if an entry there is stale.

The simulator's kernel is followed and tried as Python; one of its mutants that survives is compiled, where there is a
compiler, and meets the tests that need a compiled kernel.
"""

from __future__ import annotations

import argparse
import fcntl
import fnmatch
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from mutation import declared, journal, operators, told, trial
from mutation.copies import Copy
from mutation.covering import Map

ROOT = Path(__file__).parents[1]
TESTS = ("tests/solvers", "tests/analyses", "tests/rules")
KERNEL = "solvers/simulation/kernel"
TESTS_OF_KERNEL = tuple(
    f"tests/solvers/test_simulation_{name}.py"
    for name in ("rules", "runs", "checks", "equal", "replications")
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

    def __init__(self, folder: Path, tests: Sequence[str], budget: float, patterns: Sequence[str]) -> None:
        self.copy = Copy(ROOT, folder)
        self.journal = journal.Journal(folder / "journal.jsonl", self.copy.root)
        self.declared = declared.read()
        self.folder, self.tests, self.budget, self.patterns = folder, tests, budget, patterns
        self.maps: dict[bool, Map] = {}
        self.known: dict[str, list[operators.Mutant]] = {}
        self.trusted: set[str] = set()

    def mutants(self, module: str) -> list[operators.Mutant]:
        """Of a module; the kernel's without those of what allocates."""
        if module not in self.known:
            found = operators.mutants(self.copy.read(module).decode())
            if module == KERNEL:
                found = [m for m in found if m.where.split(".")[-1] not in SPARED]
            self.known[module] = found
        return self.known[module]

    def matching(self) -> set[str]:
        """Modules that are asked for."""
        return {module for pattern in self.patterns for module in _matching(self, pattern)}

    def map(self, module: str) -> Map:
        """Of the tests for a module."""
        interpreted = module == KERNEL
        if interpreted not in self.maps:
            wanted = TESTS_OF_KERNEL if interpreted else self.tests
            files: list[str] = []
            for name in wanted:
                path = self.copy.root / name
                found = path.rglob("test_*.py") if path.is_dir() else path.parent.glob(path.name)
                files += sorted(str(p.relative_to(self.copy.root)) for p in found)
            made = Map(self.copy, self.folder / "map", files, interpreted, self.matching())
            for name in made.collect():
                print(f"following {name}", file=sys.stderr, flush=True)
            for name in made.failing:
                print(f"fails without a mutant, and is left out: {name}", file=sys.stderr)
            self.maps[interpreted] = made
        return self.maps[interpreted]

    def tried(self, module: str, mutant: operators.Mutant) -> journal.Tried:
        """How a mutant ends, from the journal or by trying it."""
        source = self.copy.read(module)
        tests_of = self.map(module)
        covering, others = tests_of.meeting(module, mutant, self.budget)
        files = sorted({test.split("::")[0] for test in covering})
        known = self.journal.find(source, module, mutant, files, self.budget)
        if known is not None:
            return known
        end, by, seconds = journal.NOT_RUN, "", 0.0
        try:
            if covering:
                tests = [*covering, *others]
                expected = sum(tests_of.files[test.split("::")[0]].seconds[test] for test in tests)
                self.copy.write(module, mutant.applied(source))
                end, by, seconds = _end(trial.meet(self.copy.root, tests, 15 + 4 * expected))
            if module == KERNEL and end in (journal.SURVIVED, journal.NOT_RUN):
                files = sorted({*files, *COMPILED})
                end, by, seconds = self.compiled(mutant.applied(source))
        finally:
            self.copy.restore(module, source)
        if end == journal.CAUGHT:
            self.trust(by)
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
        )
        self.journal.add(tried)
        return tried

    def compiled(self, source: bytes) -> tuple[str, str, float]:
        """How a mutant of the kernel ends that is compiled; it survives where there is no compiler."""
        aside = self.copy.set_aside()
        try:
            self.copy.write(KERNEL, source)
            if not self.copy.build_kernel():
                return journal.SURVIVED, "", 0.0
            return _end(trial.meet(self.copy.root, COMPILED, 180))
        finally:
            self.copy.put_back(aside)

    def untried(self, module: str, mutant: operators.Mutant) -> journal.Tried:
        """One that is declared."""
        of = journal.digest(self.copy.read(module), module, mutant)
        return journal.Tried(module, mutant.line, mutant.where, mutant.what, "declared", "", 0.0, of, "", ())

    def trust(self, test: str) -> None:
        """Makes sure that a test that caught a mutant passes without one."""
        if "::" not in test or test in self.trusted:
            return
        self.trusted.add(test)
        answer = trial.meet(self.copy.root, [test], 120)
        if _end(answer)[0] != journal.SURVIVED:
            sys.exit(f"{test} fails without a mutant, too")


def _end(answer: trial.Answer) -> tuple[str, str, float]:
    if answer.timed_out:
        return journal.TIMED_OUT, "", answer.seconds
    if answer.crashed:
        return journal.CAUGHT, "the process ended", answer.seconds
    failed = str(answer.value["failed"])
    return journal.CAUGHT if failed else journal.SURVIVED, failed, answer.seconds


def main() -> int:
    """Tells what survived, and the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--modules", nargs="+", default=["solvers/*", "analyses/*"], metavar="PATTERN")
    options.add_argument("--sample", type=int, default=25, help="mutants of each pattern (0: all)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=float, default=6, help="of tests that a mutant meets at most")
    options.add_argument("--tests", nargs="+", default=list(TESTS), metavar="PATH", help="files or folders")
    options.add_argument("--folder", type=Path, default=ROOT / "build/mutation")
    options.add_argument("--json", action="store_true", help="mutants with their ends instead of the table")
    options.add_argument("--entries", action="store_true", help="survivors as entries of equal.toml")
    options.add_argument(
        "--page", action="store_true", help="write all that holds of the journal to docs/mutation.md"
    )
    options.add_argument("--stale", action="store_true", help="only look for stale entries of equal.toml")
    asked = options.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    lock = (asked.folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"another run tries mutants in {asked.folder}: wait for it, or name another --folder")
    shop = Workshop(asked.folder.resolve(), asked.tests, asked.seconds, asked.modules)
    stale = [
        line
        for module in sorted(shop.declared.modules())
        for line in shop.declared.stale(module, shop.mutants(module), shop.copy.read(module))
    ]
    for line in stale:
        print(f"stale: {line}", file=sys.stderr)
    if asked.stale:
        return int(bool(stale))
    if asked.page:
        told.put(ROOT / "docs/mutation.md", _whole(shop))
        return int(bool(stale))
    trial.preload()
    ends = _sampled(shop, asked)
    there = _there(shop, {tried.module for tried, _ in ends})
    if asked.json:
        print(json.dumps([{**asdict(tried), "declared": reason} for tried, reason in ends], indent=1))
    else:
        print("\n".join(told.table(((t.module, _told(t, reason)) for t, reason in ends), there)))
    return int(bool(stale) or any(_told(t, r) in (journal.SURVIVED, journal.NOT_RUN) for t, r in ends))


def _sampled(shop: Workshop, asked: argparse.Namespace) -> list[tuple[journal.Tried, str | None]]:
    """Mutants of each pattern, tried; those declared aren't, and have their reason beside them."""
    ends: list[tuple[journal.Tried, str | None]] = []
    for pattern in asked.modules:
        every = [(module, mutant) for module in _matching(shop, pattern) for mutant in shop.mutants(module)]
        if not every:
            sys.exit(f"{pattern}: no module of that name below src/groma, or nothing in it to mutate")
        order = random.Random(f"{asked.seed} {pattern}").sample(range(len(every)), len(every))
        left = asked.sample or len(every)
        for number in order:
            module, mutant = every[number]
            source = shop.copy.read(module)
            if not left:
                break
            if not operators.compiles(source, mutant):
                continue
            left -= 1
            reason = shop.declared.reason(module, mutant, source)
            if reason is not None:
                ends.append((shop.untried(module, mutant), reason))
                continue
            tried = shop.tried(module, mutant)
            ends.append((tried, None))
            if tried.end in (journal.SURVIVED, journal.NOT_RUN):
                where = f"{module}.py:{mutant.line} {mutant.where}"
                print(f"{tried.end}: {where}: {mutant.what}", file=sys.stderr, flush=True)
                if asked.entries:
                    print(declared.entry(module, mutant, source), flush=True)
        caught = Counter(_told(tried, reason) for tried, reason in ends)
        print(f"{pattern}: {dict(caught)} so far", file=sys.stderr, flush=True)
    return ends


def _matching(shop: Workshop, pattern: str) -> list[str]:
    plain = pattern.removesuffix(".py").removesuffix("/")
    return [m for m in shop.copy.modules() if fnmatch.fnmatch(m, plain) or m.startswith(f"{plain}/")]


def _told(tried: journal.Tried, reason: str | None) -> str:
    return "declared" if reason is not None else tried.end


def _there(shop: Workshop, modules: set[str]) -> Counter[str]:
    """How many mutants each group has."""
    groups = {told.group(module) for module in modules}
    there: Counter[str] = Counter()
    for module in shop.copy.modules():
        if told.group(module) in groups:
            there[told.group(module)] += len(shop.mutants(module))
    return there


def _whole(shop: Workshop) -> list[str]:
    """The table of all that is in the journal and still holds."""
    ends: list[tuple[str, str]] = []
    for module in sorted({tried.module for tried in shop.journal.kept.values()} | shop.declared.modules()):
        source = shop.copy.read(module)
        for mutant in shop.mutants(module):
            if shop.declared.reason(module, mutant, source) is not None:
                ends.append((module, "declared"))
                continue
            tried = shop.journal.find(source, module, mutant, ())
            if tried is not None:
                ends.append((module, tried.end))
    return told.table(ends, _there(shop, {module for module, _ in ends}))


if __name__ == "__main__":
    sys.exit(main())
