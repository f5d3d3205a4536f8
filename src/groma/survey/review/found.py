"""Which required contents a document has, and where; which are only promised by a heading; which are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groma.importers.designs import Block, Design, Spot
from groma.survey.review.content import Practice, Required, pattern
from groma.survey.review.contents_build import BUILD
from groma.survey.review.contents_run import RUN
from groma.survey.review.contents_safety import SAFETY
from groma.survey.review.passages import Passage, passages

CONTENTS: tuple[Required, ...] = BUILD + SAFETY + RUN
"""Every content, in the order of the deliverables."""
DRAWN = frozenset({"mermaid", "plantuml", "puml", "dot", "graphviz", "d2", "ditaa", "structurizr"})
REFERRAL = re.compile(
    r"\b(?:see (?:above|below|section|chapter|appendix|there|also)\b[^.\n]{0,200}|siehe "
    r"[^.\n]{0,200}|tbd|tba|tbc|todo|n/a|"
    r"to be (?:defined|determined|decided|done|written)|noch offen|wird noch \w+|folgt)\b\.?",
    re.IGNORECASE,
)
"""Words that put something off: they are no evidence of it."""
_LINES = re.compile(
    r"[┌┐└┘│─├┤▶►]|--+>|==+>|\+--|^\s*(?:graph|flowchart|sequenceDiagram|digraph|@startuml)\b", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Present:
    """A content that is there, and the first place that shows it."""

    content: Required
    at: Spot


@dataclass(frozen=True, slots=True)
class Missing:
    """A content that isn't there; `promised` is a heading that speaks of it without showing it."""

    content: Required
    promised: Spot | None = None
    heading: str = ""


def contents(practice: Practice) -> tuple[Required, ...]:
    """What a design of a practice must hold."""
    return tuple(each for each in CONTENTS if practice in each.practices)


def looked_for(design: Design, wanted: Iterable[Required]) -> tuple[tuple[Present, ...], tuple[Missing, ...]]:
    """What of the wanted contents is present and what is missing, those that stop a builder first in front."""
    places = passages(_untitled(design))
    present: list[Present] = []
    missing: list[Missing] = []
    for content in asked(places, wanted):
        place = next((p for p in places if shows(p, content)), None)
        if place is not None:
            present.append(Present(content, place.at))
            continue
        promise = next(
            (p for p in places if p.whole and content.subject.search(p.path.rpartition(" / ")[2])), None
        )
        missing.append(
            Missing(content)
            if promise is None
            else Missing(content, promise.at, promise.path.rpartition(" / ")[2])
        )
    missing.sort(key=lambda each: (not each.content.blocks, each.content.rank))
    return tuple(present), tuple(missing)


def asked(places: tuple[Passage, ...], wanted: Iterable[Required]) -> Iterator[Required]:
    """Those that are asked of this document: of what it nowhere speaks of, not all contents are."""
    for content in wanted:
        sign = pattern(content.only)
        if not content.only or any(
            sign.search(place.path) or sign.search(place.text) for place in places if place.whole
        ):
            yield content


def shows(place: Passage, content: Required) -> bool:
    """Whether a place is about a content's subject and has the evidence for it."""
    if not content.subject.search(place.path):
        own = " | ".join(place.head) if place.head else place.text
        if place.whole or not content.subject.search(own):
            return False
    text = REFERRAL.sub("", place.text)
    if content.shows and all(pattern(sign).search(text) for sign in content.shows):
        return True
    if content.columns and any(_has_columns(block, content.columns) for block in place.blocks):
        return True
    return any(kind_of(block) in content.kinds for block in place.blocks)


def _has_columns(block: Block, columns: tuple[str, ...]) -> bool:
    """Whether a table's head has each of the columns, each in a cell of its own, and a row stands under it."""
    if len(block.rows) < 2:
        return False
    free = list(block.rows[0])
    for column in columns:
        cell = next((cell for cell in free if pattern(column).search(cell)), None)
        if cell is None:
            return False
        free.remove(cell)
    return True


def kind_of(block: Block) -> str:
    """A block's kind; code that draws something is a picture."""
    if block.kind == "code" and (block.language in DRAWN or _LINES.search(block.text[:5000])):
        return "picture"
    return block.kind


def _untitled(design: Design) -> Design:
    """Without the document's title: it names the whole, and would be above every section."""
    first = [
        number for number, block in enumerate(design.blocks) if block.kind == "heading" and block.level == 1
    ]
    if len(first) != 1 or any(block.kind == "heading" for block in design.blocks[: first[0]]):
        return design
    return Design(design.file, tuple(b for n, b in enumerate(design.blocks) if n != first[0]), design.notes)
