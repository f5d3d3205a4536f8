"""Mutants that change nothing anybody could see, each with the reason: `tools/mutation/equal.toml`.

An entry names module, function, the text of the line and the mutation. One that fits no mutant any more is stale and
is told, so that the list never excuses what it wasn't written for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .operators import Mutant

FILE = Path(__file__).with_name("equal.toml")
ANY = "*"
"""Every mutation of a line: numbers that only say how much effort is made."""
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Declared:
    """Entries by module, function, line and mutation."""

    reasons: dict[Key, str]

    def reason(self, module: str, mutant: Mutant, source: bytes) -> str | None:
        """Why the mutant changes nothing; None if nobody says so."""
        name = key(module, mutant, source)
        return self.reasons.get(name) or self.reasons.get((*name[:3], ANY))

    def stale(self, module: str, mutants: Iterable[Mutant], source: bytes) -> list[str]:
        """Entries of a module that fit none of its mutants."""
        there = {key(module, mutant, source) for mutant in mutants}
        there |= {(*name[:3], ANY) for name in there}
        return [f"{k[0]}, {k[1]}: {k[2]}: {k[3]}" for k in self.reasons if k[0] == module and k not in there]

    def modules(self) -> set[str]:
        """Those that entries name."""
        return {k[0] for k in self.reasons}


def key(module: str, mutant: Mutant, source: bytes) -> Key:
    """Of an entry: the line by its text, so that it may move."""
    line = source.decode().splitlines()[mutant.line - 1].strip()
    return module, mutant.where, line, mutant.what


def read(path: Path = FILE) -> Declared:
    """The entries; raises ValueError on one without a reason or told twice."""
    reasons: dict[Key, str] = {}
    for entry in tomllib.loads(path.read_text("utf-8")).get("equal", []):
        name = (entry["module"], entry["function"], entry["line"], entry["mutation"])
        if not entry["reason"].strip() or name in reasons:
            raise ValueError(f"{path.name}: no reason, or told twice: {name}")
        reasons[name] = entry["reason"]
    return Declared(reasons)


def entry(module: str, mutant: Mutant, source: bytes) -> str:
    """As it would stand in the file, its reason still to be written."""
    names = ("module", "function", "line", "mutation")
    lines = [
        f"{name} = {_text(value)}" for name, value in zip(names, key(module, mutant, source), strict=True)
    ]
    return "\n".join(["[[equal]]", *lines, 'reason = ""', ""])


def _text(value: str) -> str:
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
