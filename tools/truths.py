"""How many of the checks in docs/validation.md compare with truths from outside the project.

    .venv/bin/python tools/truths.py

In its tables the column `held against` lists truths apart by semicolons. One from outside the project stands in
italics: published values, closed forms of the literature, tables of a standard, other implementations. All else comes
from inside: simulations, enumerations and matrices of our own, what was worked out by hand. What isn't marked counts
as inside, so that a new row has to say where its truth comes from. The exit status is 1 when less than half of the
truths of one of the tables of `HALF`, or of its methods, are from outside.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/validation.md"
HALF = ("Mathematics", "Two methods and scenarios", "Serving language models", "Economics of model calls")
"""The tables of which at least half is from outside, in methods and in truths."""


@dataclass(frozen=True, slots=True)
class Method:
    """A row: a method and the truths that it is held against."""

    section: str
    name: str
    outside: tuple[str, ...]
    inside: tuple[str, ...]


def methods(page: str) -> Iterator[Method]:
    """The rows of all tables; one without a name goes on with the method above."""
    section, name = "", ""
    for line in page.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        if not line.startswith("| ") or line.startswith("| method "):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        name = cells[0] or name
        truths = [part.strip() for part in re.split(r";(?![^(]*\))", cells[1])]
        outside = tuple(t for t in truths if re.fullmatch(r"\*[^*]+\*", t))
        yield Method(section, name, outside, tuple(t for t in truths if t not in outside))


def shares(found: list[Method]) -> tuple[int, int, int, int]:
    """Methods held against a truth from outside, methods, truths from outside, truths."""
    of: dict[str, bool] = {}
    for method in found:
        of[method.name] = of.get(method.name, False) or bool(method.outside)
    outside = sum(len(method.outside) for method in found)
    return sum(of.values()), len(of), outside, outside + sum(len(method.inside) for method in found)


def short(found: list[Method]) -> list[str]:
    """The tables of `HALF` of which less than half is from outside."""
    told: list[str] = []
    for section in HALF:
        held, rows, outside, truths = shares([m for m in found if m.section == section])
        if not rows or 2 * held < rows or 2 * outside < truths:
            told.append(section)
    return told


def main() -> int:
    """Prints a row for each table that marks truths, and the methods of `HALF` without one from outside."""
    found = list(methods(PAGE.read_text("utf-8")))
    print("| table | methods | held against a truth from outside | truths | from outside |")
    print("|---|---:|---:|---:|---:|")
    for section in dict.fromkeys(method.section for method in found):
        held, rows, outside, truths = shares([m for m in found if m.section == section])
        if outside:
            print(
                f"| {section} | {rows} | {held} ({held / rows:.0%}) | {truths} | {outside} ({outside / truths:.0%}) |"
            )
    marked = [m for m in found if m.section in HALF]
    held_by_name = {(m.section, m.name) for m in marked if m.outside}
    alone = dict.fromkeys((m.section, m.name) for m in marked if (m.section, m.name) not in held_by_name)
    print("\nHeld only against truths of our own:\n")
    print("\n".join(f"- {section}: {name}" for section, name in alone))
    return int(bool(short(found)))


if __name__ == "__main__":
    sys.exit(main())
