"""An engagement: one client, and the doors through which its work is entered.

A door is a brief to be designed, files to be surveyed, or both, with what is handed over beside the blueprint. The file
says what there is to do; `groma deliver` does it. Paths are relative to the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groma.model.grammar import Flag, Reader, Record, Table, Text, bind, key
from groma.model.position import ModelError, Position, Problem
from groma.model.source import Mapping as MappingNode
from groma.model.source import parse, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One job of an engagement: what is looked at, and what is to be designed."""

    name: str
    at: Position
    title: str = key(Text(), "how the client calls it", required=True)
    asks: str = key(Text(), "what the client wants to know", default="")
    survey: str | None = key(Text(), "a folder of raw files or a model to be surveyed")
    design: str | None = key(Text(), "a brief to be designed")
    rfp: bool = key(Flag(), "whether a request for proposals is written from the design", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """A client's jobs, each a door."""

    at: Position
    engagement: str = key(Text(), "the client's name", required=True)
    about: str = key(Text(), "who they are, in a sentence or two", default="")
    date: str | None = key(Text("date"), "the date that the first page carries")
    author: str = key(Text(), "who answers for it", default="")
    doors: Mapping[str, Door] = key(Table(Record("Door", Door)), "the jobs", required=True)


def read_engagement(path: Path) -> Engagement:
    """The engagement of a file. Raises ModelError with every problem, paths that lead nowhere among them."""
    node = parse(read(path, path.name), path.name)
    if not isinstance(node, MappingNode):
        raise ModelError(
            Problem(node.at, "expected an engagement: a mapping with `engagement: NAME` and `doors`")
        )
    reader = Reader(folder=str(path.parent))
    body = MappingNode(tuple(e for e in node.entries if e[0].value != "groma"), node.at, node.end, False)
    found: Engagement | None = bind(Engagement, body, "", reader, name="", at=node.at)
    if found is None or reader.problems:
        raise ModelError(reader.problems)
    problems = [problem for door in found.doors.values() for problem in _wrong(door, path.parent)]
    if problems:
        raise ModelError(problems)
    return found


def _wrong(door: Door, folder: Path) -> list[Problem]:
    problems: list[Problem] = []
    if door.survey is None and door.design is None:
        problems.append(Problem(door.at, f"doors.{door.name}: expected `survey` or `design`, found neither"))
    if door.rfp and door.design is None:
        problems.append(Problem(door.at, f"doors.{door.name}.rfp: a request for proposals needs a `design`"))
    for word, given in (("survey", door.survey), ("design", door.design)):
        if given is None:
            continue
        if Path(given).is_absolute() or ".." in Path(given).parts:
            problems.append(
                Problem(door.at, f"doors.{door.name}.{word}: `{given}` is outside the file's folder")
            )
        elif not (folder / given).exists() or (word == "design" and not (folder / given).is_file()):
            what = "file" if word == "design" else "file or folder"
            problems.append(Problem(door.at, f"doors.{door.name}.{word}: there is no {what} `{given}`"))
    return problems
