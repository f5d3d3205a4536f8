"""The content tree as plain data for the typst template: one case a kind, all text made printable, links resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, assert_never

from groma.documents.content import (
    CALLOUT_WORDS,
    Block,
    Blocks,
    Bullets,
    Callout,
    Cards,
    Code,
    CodeBlock,
    Columns,
    Definitions,
    Dependent,
    Derivation,
    Details,
    Document,
    Emphasis,
    Inline,
    Inlines,
    Link,
    Numbered,
    PageBreak,
    Paragraph,
    Picture,
    Quote,
    Section,
    Strong,
    Table,
    Text,
    plain,
    walk,
)
from groma.documents.diagrams.zoom import by_zoom
from groma.documents.inlines import refs
from groma.documents.pictures import picture_refs
from groma.documents.printable import anchor, breakable, ident, printable, safe_target
from groma.documents.table_widths import WHOLE, column_widths, lines_high, text_size

PAGE_WIDTH = 459.0
"""What an upright A4 page leaves between its margins, pt."""
TURNED_HEIGHT, HEADING_HEIGHT = 400.0, 36.0
"""What a turned page leaves for a picture with its caption and a heading, and what each further heading takes, pt."""
LONG_TERM = 44
"""Letters of a term from which on terms get more of the page's width."""
TABLE_KEPT_TOGETHER, ROW_KEPT_TOGETHER = 14, 20
"""A table, or a row, of at most so many lines of text isn't divided between two pages."""


@dataclass(slots=True)
class PrintTree:
    """What goes into the tree: ids with a derivation, how a picture is placed, and the picture files met so far."""

    derived: frozenset[str]
    place: Callable[[Picture, float], tuple[str, dict[str, Any]]]
    targets: frozenset[str] = frozenset()
    room: float = (
        1.0  # share of the page's width that blocks have here; pages can be turned or broken only at 1
    )
    files: dict[str, str] = field(default_factory=dict[str, str])


def derivation_refs(content: Document, derivations: tuple[Derivation, ...]) -> tuple[Derivation, ...]:
    """The derivations a document needs: of what it quotes, and of what those were worked out from, in their order."""
    known = {derivation.ref: derivation for derivation in derivations}
    wanted: set[str] = set()
    waiting = [ref for ref in document_refs(content) if ref in known]
    while waiting:
        ref = waiting.pop()
        if ref not in wanted:
            wanted.add(ref)
            waiting += [used for used in known[ref].inputs if used in known]
    return tuple(derivation for derivation in derivations if derivation.ref in wanted)


def document_refs(content: Document) -> tuple[str, ...]:
    """Every ledger id a document quotes, in reading order, each once."""
    found = [ref for _, value in content.meta for ref in refs(value)]
    for block in walk((*content.summary, *content.sections)):
        found += _block_refs(block)
    return tuple(dict.fromkeys(found))


def _block_refs(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(words) | Callout(_, words):
            yield from refs(words)
        case Bullets(items) | Numbered(items):
            for item in items:
                yield from refs(item)
        case Table(_, rows, caption):
            yield from refs(caption)
            for row in rows:
                yield from row.refs
                for cell in row.cells:
                    yield from refs(cell)
        case Picture(_, source, caption, alt):
            yield from (*refs(caption), *refs(alt), *picture_refs(source))
        case Definitions(entries):
            for term, meaning in entries:
                yield from (*refs(term), *refs(meaning))
        case Cards(cards):
            for card in cards:
                yield from (*refs(card.value), *refs(card.note))
        case Details(summary, _):
            yield from refs(summary)
        case Dependent(ids, _) | CodeBlock(_, _, ids):
            yield from ids
        case Section() | Columns() | PageBreak():
            return
        case _:
            assert_never(block)


def tree(made: PrintTree, content: Document, derivations: tuple[Derivation, ...]) -> dict[str, Any]:
    """The whole document as JSON data for `print/document.typ`."""
    inside = {content.id, "ledger"} if derivations else {content.id}
    for block in walk((*content.summary, *content.sections)):
        if isinstance(block, Section | Picture | Table) and block.id:
            inside.add(block.id)
    made.targets = frozenset(inside)
    asked = " ".join(part for part in (content.reader and f"{content.reader}:", content.question) if part)
    author = [plain(value) for name, value in content.meta if name.lower() == "author"]
    return {
        "id": ident(content.id),
        "title": breakable(content.title),
        "subtitle": breakable(content.subtitle),
        "question": breakable(asked),
        "author": [printable(name) for name in author],
        "meta": [[breakable(name), _inlines(made, value)] for name, value in content.meta],
        "contents": [[breakable(section.title), ident(section.id)] for section in content.sections],
        "summary": _blocks(made, content.summary),
        "sections": _blocks(made, content.sections),
        "derivations": [_derivation(made, derivation) for derivation in derivations],
    }


def _derivation(made: PrintTree, derivation: Derivation) -> dict[str, Any]:
    return {
        "anchor": anchor(derivation.ref),
        "ref": breakable(derivation.ref),
        "name": breakable(derivation.name),
        "text": breakable(derivation.text),
        "method": _inlines(made, derivation.method),
        "inputs": [
            {"ref": breakable(ref), "target": anchor(ref) if ref in made.derived else None}
            for ref in derivation.inputs
        ],
        "sources": [_inlines(made, source) for source in derivation.sources],
        "note": _inlines(made, derivation.note),
    }


def _inlines(made: PrintTree, parts: Inlines, whole: int = 24) -> list[dict[str, Any]]:
    """Words of more than `whole` letters may be broken."""
    return [_inline(made, part, whole) for part in parts]


def _inline(made: PrintTree, part: Inline, whole: int) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"kind": "text", "text": breakable(text, whole=whole)}
        case Code(text):
            return {"kind": "code", "text": breakable(text, whole=whole)}
        case Quote(ref, text):
            target = anchor(ref) if ref in made.derived else None
            return {"kind": "quote", "text": breakable(text), "target": target, "whole": len(text) <= WHOLE}
        case Strong(inner):
            return {"kind": "strong", "parts": _inlines(made, inner, whole)}
        case Emphasis(inner):
            return {"kind": "emphasis", "parts": _inlines(made, inner, whole)}
        case Link(target, inner):
            safe = safe_target(target)
            inside = target.startswith("#")
            if inside:
                safe = ident(target[1:]) if target[1:] in made.targets else None
            return {"kind": "link", "parts": _inlines(made, inner, whole), "target": safe, "inside": inside}
        case _:
            assert_never(part)


def _blocks(made: PrintTree, parts: Blocks) -> list[dict[str, Any]]:
    """What the parts are; a paragraph before a table stays on its page."""
    blocks = [block for part in parts for block in _block(made, part)]
    for block, following in pairwise(blocks):
        if block["kind"] == "paragraph":
            block["sticks"] = following["kind"] == "table"
    return blocks


def _block(made: PrintTree, block: Block) -> list[dict[str, Any]]:
    match block:
        case Paragraph(words):
            return [{"kind": "paragraph", "parts": _inlines(made, words), "sticks": False}]
        case Bullets(items):
            return [{"kind": "bullets", "items": [_inlines(made, item) for item in items]}]
        case Numbered(items):
            return [{"kind": "numbered", "items": [_inlines(made, item) for item in items]}]
        case Table():
            return [_table(made, block)]
        case Picture():
            return [_picture(made, picture) for picture in by_zoom(block)]
        case Callout(kind, words, title):
            name = breakable(title or CALLOUT_WORDS[kind])
            return [{"kind": "callout", "look": kind, "title": name, "parts": _inlines(made, words)}]
        case CodeBlock(_, text, _):
            return [{"kind": "code", "text": breakable(text, 72)}]
        case Definitions(entries):
            return [
                {
                    "kind": "definitions",
                    "width": 170 if any(len(plain(term)) > LONG_TERM for term, _ in entries) else 95,
                    "entries": [[_inlines(made, t), _inlines(made, m)] for t, m in entries],
                }
            ]
        case Cards(cards):
            listed = [
                {
                    "title": breakable(c.title),
                    "value": _inlines(made, c.value),
                    "note": _inlines(made, c.note),
                }
                for c in cards
            ]
            return [{"kind": "cards", "cards": listed}]
        case Columns(columns):
            share = 0.96 / max(1, len(columns))
            return [{"kind": "columns", "columns": [_within(made, column, share) for column in columns]}]
        case Details(summary, inner):
            return [
                {"kind": "details", "summary": _inlines(made, summary), "blocks": _within(made, inner, 0.97)}
            ]
        case Dependent(_, inner):
            return [{"kind": "group", "blocks": _blocks(made, inner)}]
        case Section(name, title, level, inner):
            heading = {"id": ident(name), "title": breakable(title), "level": level}
            blocks = _blocks(made, inner)
            if (turned := _turned_first(blocks)) is not None:
                _headed(turned, heading)
            return [{"kind": "section", "heading": heading if turned is None else None, "blocks": blocks}]
        case PageBreak():
            return [{"kind": "break"}] if made.room == 1 else []
        case _:
            assert_never(block)


def _turned_first(blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The picture on a turned page that some blocks begin with."""
    if not blocks:
        return None
    if "blocks" in blocks[0] and blocks[0].get("heading") is None:
        return _turned_first(blocks[0]["blocks"])
    return blocks[0] if blocks[0].get("turned") else None


def _headed(picture: dict[str, Any], heading: dict[str, Any]) -> None:
    """Put a heading on the turned page of the picture that follows it: it would stand alone on the page before. There
    is room for one; for any more the picture may have to get smaller."""
    smaller = min(1.0, (TURNED_HEIGHT - HEADING_HEIGHT * len(picture["headings"])) / picture["height"])
    picture["width"], picture["height"] = (round(picture[side] * smaller, 2) for side in ("width", "height"))
    picture["headings"].insert(0, heading)


def _within(made: PrintTree, parts: Blocks, share: float) -> list[dict[str, Any]]:
    """Blocks inside a container that takes a share of the width around it."""
    around, made.room = made.room, made.room * share
    blocks = _blocks(made, parts)
    made.room = around
    return blocks


IN_A_CELL = 14
"""Letters of a word that the narrowest columns have room for."""


def _table(made: PrintTree, table: Table) -> dict[str, Any]:
    widths = column_widths(table, PAGE_WIDTH * made.room)
    high = lines_high(table, widths)
    return {
        "kind": "table",
        "id": ident(table.id) if table.id else None,
        "caption": _inlines(made, table.caption),
        "columns": [
            {"title": breakable(c.title), "unit": breakable(c.unit), "align": c.align, "width": width}
            for c, width in zip(table.columns, widths, strict=True)
        ],
        "size": text_size(table),
        "whole": sum(high) <= TABLE_KEPT_TOGETHER,
        "rows": [
            {
                "cells": [_inlines(made, cell, IN_A_CELL) for cell in row.cells],
                "total": row.total,
                "whole": lines <= ROW_KEPT_TOGETHER,
            }
            for row, lines in zip(table.rows, high, strict=True)
        ],
    }


def _picture(made: PrintTree, picture: Picture) -> dict[str, Any]:
    drawn, size = made.place(picture, made.room)
    file = f"picture-{len(made.files)}.svg"
    made.files[file] = drawn
    words = {"caption": _inlines(made, picture.caption), "alt": printable(plain(picture.alt))}
    return {"kind": "picture", "id": ident(picture.id), "file": file, "headings": [], **words, **size}
