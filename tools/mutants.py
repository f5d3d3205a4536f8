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
import json
import random
import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from mutation import declared, journal, operators, told, trial, workshop

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Tells what survived, and the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--modules", nargs="+", default=["solvers/*", "analyses/*"], metavar="PATTERN")
    options.add_argument("--sample", type=int, default=25, help="mutants of each pattern (0: all)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--seconds", type=float, default=6, help="that all tests a mutant meets take together"
    )
    options.add_argument(
        "--kinds",
        nargs="+",
        choices=operators.KINDS,
        default=list(operators.KINDS),
        metavar="KIND",
        help=f"only these of {', '.join(operators.KINDS)}",
    )
    options.add_argument(
        "--tests", nargs="+", default=list(workshop.TESTS), metavar="PATH", help="files or folders"
    )
    options.add_argument("--folder", type=Path, default=ROOT / "build/mutation")
    options.add_argument("--anew", action="store_true", help="import the project anew for every mutant")
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
    shop = workshop.Workshop(asked.folder.resolve(), asked.tests, asked.seconds, asked.modules, asked.anew)
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
        told.put(ROOT / "docs/mutation.md", _whole(shop, asked.kinds))
        return int(bool(stale))
    trial.preload()
    ends = _sampled(shop, asked)
    there = _there(shop, {tried.module for tried, _ in ends}, asked.kinds)
    if asked.json:
        print(json.dumps([{**asdict(tried), "declared": reason} for tried, reason in ends], indent=1))
    else:
        print("\n".join(told.table(((t.module, _told(t, reason)) for t, reason in ends), there)))
    return int(bool(stale) or any(_told(t, r) in (journal.SURVIVED, journal.NOT_RUN) for t, r in ends))


def _sampled(shop: workshop.Workshop, asked: argparse.Namespace) -> list[tuple[journal.Tried, str | None]]:
    """Mutants of each pattern, tried; those declared aren't, and have their reason beside them."""
    ends: list[tuple[journal.Tried, str | None]] = []
    for pattern in asked.modules:
        every = [
            (module, mutant)
            for module in shop.named(pattern)
            for mutant in shop.mutants(module)
            if mutant.kind in asked.kinds
        ]
        if not every:
            sys.exit(
                f"{pattern}: no module of that name below src/groma, or nothing of these kinds to mutate in it"
            )
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


def _told(tried: journal.Tried, reason: str | None) -> str:
    return "declared" if reason is not None else tried.end


def _made(shop: workshop.Workshop, module: str, kinds: Collection[str]) -> list[operators.Mutant]:
    """Mutants of a module of these kinds that are Python."""
    source = shop.copy.read(module)
    return [m for m in shop.mutants(module) if m.kind in kinds and operators.compiles(source, m)]


def _there(shop: workshop.Workshop, modules: set[str], kinds: Collection[str]) -> Counter[str]:
    """How many mutants each group has."""
    groups = {told.group(module) for module in modules}
    there: Counter[str] = Counter()
    for module in shop.copy.modules():
        if told.group(module) in groups:
            there[told.group(module)] += len(_made(shop, module, kinds))
    return there


def _whole(shop: workshop.Workshop, kinds: Collection[str]) -> list[str]:
    """The table of all that is in the journal and still holds."""
    ends: list[tuple[str, str]] = []
    for module in sorted({tried.module for tried in shop.journal.kept.values()} | shop.declared.modules()):
        source = shop.copy.read(module)
        for mutant in _made(shop, module, kinds):
            if shop.declared.reason(module, mutant, source) is not None:
                ends.append((module, "declared"))
                continue
            tried = shop.journal.find(source, module, mutant, ())
            if tried is not None:
                ends.append((module, tried.end))
    return told.table(ends, _there(shop, {module for module, _ in ends}, kinds))


if __name__ == "__main__":
    sys.exit(main())
