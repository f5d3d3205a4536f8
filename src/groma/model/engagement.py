"""An engagement: one client, and the doors through which its work is entered.

A door is a brief to be designed, files to be surveyed, or both, with what is handed over beside the blueprint. The file
says what there is to do; `groma deliver` does it. Paths are relative to the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groma.model.grammar import Flag, OneOrMany, Reader, Record, Table, Text, bind, key
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
class Website:
    """The client's website: how it is, what it is to be, and whose survey its causes join."""

    at: Position
    title: str = key(Text(), "how the client calls it", default="The website")
    asks: str = key(Text(), "what the client wants to know", default="")
    audit: str = key(Text(), "the website as it is: a folder, or answers kept by an audit", required=True)
    base: str = key(Text(), "the address that the folder is published at", default="")
    plan: str | None = key(Text(), "a file that says what the website is to be; it is built")
    joins: str | None = key(Text(), "the door whose survey the website's causes join")
    enquiries: tuple[str, ...] = key(
        OneOrMany(Text()),
        "the flow of that survey that takes enquiries in, then those that follow from it",
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """A client's jobs, each a door."""

    at: Position
    engagement: str = key(Text(), "the client's name", required=True)
    about: str = key(Text(), "who they are, in a sentence or two", default="")
    date: str | None = key(Text("date"), "the date that the first page carries")
    author: str = key(Text(), "who answers for it", default="")
    site: Website | None = key(Record("Website", Website), "the client's website")
    doors: Mapping[str, Door] = key(Table(Record("Door", Door)), "the jobs", required=True)


def read_engagement(path: Path) -> Engagement:
    """The engagement of a file. Raises ModelError with every problem, paths that lead nowhere among them."""
    node = parse(read(path, path.name), path.name)
    if not isinstance(node, MappingNode):
        raise ModelError(
            Problem(node.at, "expected an engagement: a mapping with `engagement: NAME` and `doors`")
        )
    keys = {key.value for key, _ in node.entries}
    if not keys & {"engagement", "doors"} and {"system", "needs", "components"} & keys:
        told = "expected an engagement (`engagement: NAME` and `doors`), found one model or brief: a door's `design`"
        raise ModelError(Problem(node.at, told))
    reader = Reader(folder=str(path.parent))
    body = MappingNode(tuple(e for e in node.entries if e[0].value != "groma"), node.at, node.end, False)
    found: Engagement | None = bind(Engagement, body, "", reader, name="", at=node.at)
    if found is None or reader.problems:
        raise ModelError(reader.problems)
    problems = [problem for door in found.doors.values() for problem in _wrong(door, path.parent)]
    if found.site is not None:
        problems += _wrong_site(found.site, found.doors, path.parent)
    if problems:
        raise ModelError(problems)
    return found


def _wrong(door: Door, folder: Path) -> list[Problem]:
    problems: list[Problem] = []
    if door.survey is None and door.design is None:
        problems.append(Problem(door.at, f"doors.{door.name}: expected `survey` or `design`, found neither"))
    if door.rfp and door.design is None:
        problems.append(Problem(door.at, f"doors.{door.name}.rfp: a request for proposals needs a `design`"))
    problems += _wrong_paths(
        f"doors.{door.name}", door.at, folder, (("survey", door.survey, True), ("design", door.design, False))
    )
    return problems


SITE = "site"
"""The folder of what is handed over about the website, which no door may be called."""


def _wrong_site(site: Website, doors: Mapping[str, Door], folder: Path) -> list[Problem]:
    problems = _wrong_paths(SITE, site.at, folder, (("audit", site.audit, True), ("plan", site.plan, False)))
    if SITE in doors:
        problems.append(
            Problem(doors[SITE].at, "doors.site: `site` is the website's; give the door another name")
        )
    if site.joins is not None and (site.joins not in doors or doors[site.joins].survey is None):
        there = ", ".join(name for name, door in doors.items() if door.survey is not None) or "none"
        problems.append(
            Problem(site.at, f"site.joins: expected a door with a `survey` ({there}), found `{site.joins}`")
        )
    if site.enquiries and site.joins is None:
        problems.append(
            Problem(site.at, "site.enquiries: flows are those of a survey; say which door with `joins`")
        )
    return problems


def _wrong_paths(
    where: str, at: Position, folder: Path, paths: Sequence[tuple[str, str | None, bool]]
) -> list[Problem]:
    """Paths that lead out of the folder or nowhere; each with its key and whether it may be a folder."""
    problems: list[Problem] = []
    for word, given, may_be_folder in paths:
        if given is None:
            continue
        if Path(given).is_absolute() or ".." in Path(given).parts:
            problems.append(Problem(at, f"{where}.{word}: `{given}` is outside the file's folder"))
        elif not (folder / given).exists() or not (may_be_folder or (folder / given).is_file()):
            what = "file or folder" if may_be_folder else "file"
            problems.append(Problem(at, f"{where}.{word}: there is no {what} `{given}`"))
    return problems
