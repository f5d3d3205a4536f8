"""What the facts are that patterns refer to: in the words of a question, as they are written, and what is usual.

A file `facts.yaml` beside patterns describes the facts of all of them; a pattern may describe its own under `facts:`.
What is usual stands only where somebody outside any one client says so, with source and date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groma.model.grammar import Amount, Reader, Record, Table, Text, bind, key
from groma.model.position import ModelError, Position, Problem
from groma.model.quantity import Quantity
from groma.model.source import Mapping as MappingNode
from groma.model.source import parse, read

FILE = "facts.yaml"
"""The name of the file in a folder of patterns that describes their facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactForm:
    """A fact that patterns ask for."""

    name: str
    at: Position
    title: str = key(Text(), "what it is, in words that a client can answer", required=True)
    like: Quantity = key(
        Amount("any", stated=True), "how it is written; shows form and unit, claims nothing", required=True
    )
    ask: str = key(Text(), "who knows it, or how it is worked out", default="")
    usual: Quantity | None = key(
        Amount("any", stated=True),
        "the range in which it usually lies; needs a source and a date",
    )
    source: str = key(Text(), "who says what is usual", default="")
    date: str | None = key(Text("date"), "when that was read or measured")
    note: str = key(Text(), "what else matters about what is usual", default="")

    @property
    def called(self) -> str:
        """The title as it goes on in a sentence."""
        return self.title[:1].lower() + self.title[1:] if self.title[1:2].islower() else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class _FactFile:
    at: Position
    facts: Mapping[str, FactForm] = key(
        Table(Record("FactForm", FactForm)), "what each fact is", required=True
    )


def facts_described(path: Path, name: str | None = None) -> dict[str, FactForm]:
    """The facts that a file describes. Raises ModelError with every problem found."""
    file = name or path.name
    node = parse(read(path, file), file)
    if not isinstance(node, MappingNode):
        raise ModelError(Problem(node.at, "expected `facts:` with what each fact is"))
    reader = Reader()
    found: Any = bind(_FactFile, node, "", reader, name="", at=node.at)
    if not reader.problems:
        reader.problems.extend(wrong(found.facts))
    if reader.problems:
        raise ModelError(reader.problems)
    return dict(found.facts)


def wrong(facts: Mapping[str, FactForm]) -> list[Problem]:
    """What is usual has a source and a date, the unit of its example, and the example in it."""
    problems: list[Problem] = []
    for name, form in facts.items():
        if form.usual is None:
            continue
        if not form.source or form.date is None:
            problems.append(Problem(form.at, f"facts.{name}: what is `usual` needs a `source` and a `date`"))
        if form.usual.unit.dimension != form.like.unit.dimension:
            problems.append(
                Problem(form.usual.at, f"facts.{name}.usual: expected a unit as in `{form.like.text}`")
            )
        elif not form.usual.low <= form.like.mean <= form.usual.high:
            problems.append(
                Problem(
                    form.like.at, f"facts.{name}.like: `{form.like.text}` isn't within `{form.usual.text}`"
                )
            )
    return problems
