"""Where patterns come from: those shipped with Groma, a `patterns` folder beside the brief, and installed packages.

A package offers patterns through the entry point group `groma.patterns`: a callable that gives paths of YAML files. In
each of the three a file `facts.yaml` says what the facts are that patterns refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

from groma.model.grammar import Reader, bind
from groma.model.position import ModelError, Problem
from groma.model.source import Mapping, parse, read
from groma.patterns.described import FILE, FactForm, facts_described, wrong
from groma.patterns.needed import uses
from groma.patterns.pattern import Pattern

SHIPPED = Path(__file__).parent / "data"
ENTRY_POINTS = "groma.patterns"


def read_pattern(path: Path, name: str | None = None) -> Pattern:
    """The pattern of a file. Raises ModelError with every problem found."""
    file = name or path.name
    return pattern_of(read(path, file), file)


def pattern_of(text: str, file: str) -> Pattern:
    """The pattern of a text."""
    node = parse(text, file)
    if not isinstance(node, Mapping):
        raise ModelError(Problem(node.at, "expected a pattern: a mapping that begins with `pattern: name`"))
    reader = Reader()
    pattern: Pattern = bind(Pattern, node, "", reader, name="", at=node.at)
    if reader.problems:
        raise ModelError(reader.problems)
    _check(pattern)
    return pattern


def _check(pattern: Pattern) -> None:
    """Conditions of a pattern refer to its own roles and options, and what it says of facts holds together."""
    problems: list[Problem] = wrong(pattern.facts)

    def check(conditions: dict[str, tuple[str, ...]], owner: str, at_problem: Pattern | object) -> None:
        at = getattr(at_problem, "at", pattern.at)
        for role, options in conditions.items():
            if role not in pattern.roles:
                problems.append(Problem(at, f"{owner}: there is no role `{role}` in this pattern"))
                continue
            for option in options:
                if option not in pattern.roles[role].options:
                    problems.append(Problem(at, f"{owner}: role `{role}` has no option `{option}`"))

    for name, role in pattern.roles.items():
        if not role.options:
            problems.append(Problem(role.at, f"roles.{name}: a role needs options"))
        check(dict(role.when), f"roles.{name}.when", role)
        for label, option in role.options.items():
            check(dict(option.when), f"roles.{name}.options.{label}.when", option)
            check(dict(option.not_with), f"roles.{name}.options.{label}.not_with", option)
            for given in option.given:
                if given not in pattern.inputs:
                    problems.append(
                        Problem(option.at, f"roles.{name}.options.{label}.given: there is no input `{given}`")
                    )
    for name, mode in pattern.failure_modes.items():
        check(dict(mode.mitigated_by), f"failure_modes.{name}.mitigated_by", mode)
        check(dict(mode.only_with), f"failure_modes.{name}.only_with", mode)
    if problems:
        raise ModelError(problems)


def library(folders: Iterable[Path] = ()) -> dict[str, Pattern]:
    """All patterns by name: shipped, then installed, then those of the folders; later ones replace earlier ones.

    Each has what is said of its facts, by itself or else by the last `facts.yaml` that says it.
    """
    found: dict[str, Pattern] = {}
    forms: dict[str, FactForm] = {}
    for path, name in _files(folders):
        if path.name == FILE:
            forms |= facts_described(path, name)
        else:
            pattern = read_pattern(path, name)
            found[pattern.pattern] = pattern
    return {name: _described(pattern, forms) for name, pattern in found.items()}


def _files(folders: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Every file of patterns with the name that positions call it."""
    for path in sorted(SHIPPED.rglob("*.yaml")):
        yield path, f"patterns/{path.relative_to(SHIPPED).as_posix()}"
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda p: p.name):
        for path in map(Path, point.load()()):
            yield path, f"{point.name}/{path.name}"
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            yield path, f"{folder.name}/{path.name}"


def _described(pattern: Pattern, forms: dict[str, FactForm]) -> Pattern:
    shared = {fact: forms[fact] for fact in uses(pattern) if fact in forms}
    return replace(pattern, facts=shared | dict(pattern.facts))
