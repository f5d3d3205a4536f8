"""Runs the benchmarks: `python benchmarks/run.py [NAME...] [--json]`, or `make bench`.

Every file in `cases/` has `CASES`, a tuple of `Case`. Prints our time, each peer's, and the ratio between them; ends
with 1 if answers differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from case import Case, Result, measure
from groma.cli.table import Column, render

FOLDER = Path(__file__).parent / "cases"
COLUMNS = [
    Column("job"),
    Column("contender"),
    Column("ms", number=True),
    Column("ratio", number=True),
    Column("quartiles", number=True),
    Column("note"),
]


def cases(names: list[str]) -> list[Case]:
    """The cases of the files called `names` (all, if none is), in the order of the files' names."""
    known = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
    return [
        case for name in known if not names or name in names for case in import_module(f"cases.{name}").CASES
    ]


def row(result: Result) -> list[str]:
    """A result as cells of the table."""
    milliseconds = "" if result.seconds is None else f"{result.seconds * 1000:,.3g}"
    if result.ratio is None:
        return [result.job, result.contender, milliseconds, "", "", result.note]
    low, middle, high = result.ratio
    return [
        result.job,
        result.contender,
        milliseconds,
        f"{middle:.2f}",
        f"{low:.2f} .. {high:.2f}",
        result.note,
    ]


def main() -> int:
    """Measures and prints; gives the exit status."""
    parser = argparse.ArgumentParser(description="Our solvers beside their peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="files of benchmarks/cases (default: all)")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    args = parser.parse_args()
    results = [result for case in cases(args.names) for result in measure(case)]
    if args.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    else:
        print(render(COLUMNS, [row(result) for result in results]))
        print(
            "\nratio: the peer's time over ours, median over rounds in which both took turns; above 1 we are quicker"
        )
    return int(any(result.note.startswith("answers differ") for result in results))


if __name__ == "__main__":
    sys.exit(main())
