"""Markdown as people write designs in it: CommonMark's headings, lists, fences and quotes, and GitHub's tables.

Only what is needed to know what is said where: inline marks are taken off, links keep their words, HTML comments and
front matter are left out. Each line is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groma.importers.designs.blocks import Block, Spot, table, uncommented

LONGEST_LINE = 10_000
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$")
_UNDER = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([\w+.#-]*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+(.*)$")
_RULER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_BREAK = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_PICTURE = re.compile(r"!\[([^\]]{0,500})\]\([^)]{0,2000}\)")
_LINK = re.compile(r"\[([^\]]{0,500})\]\([^)]{0,2000}\)")
_MARKS = re.compile(r"\*\*|__|~~|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|</?[a-zA-Z][^>]{0,200}>")


def plain(text: str) -> str:
    """The words of a piece of Markdown, without its marks."""
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", _PICTURE.sub(r"\1", text))).split())


def blocks(text: str, file: str) -> Iterator[Block]:
    """The blocks of a Markdown text, in order."""
    lines = [line[:LONGEST_LINE] for line in uncommented(text).split("\n")]
    at = _after_front_matter(lines)
    gathered: list[str] = []
    kind, began = "paragraph", 0

    def flush() -> Iterator[Block]:
        if gathered:
            whole = "\n".join(gathered)
            for picture in _PICTURE.finditer(whole):
                yield Block("picture", plain(picture.group(1)), Spot(file, began + 1))
            words = plain(_PICTURE.sub(" ", whole))
            if words:
                yield Block("item" if kind == "item" else "paragraph", words, Spot(file, began + 1))
            gathered.clear()

    while at < len(lines):
        line = re.sub(r"^(?: {0,3}> ?)+", "", lines[at])
        fence, heading, item = _FENCE.match(line), _HEADING.match(line), _ITEM.match(line)
        if fence:
            yield from flush()
            end = _closing(lines, at + 1, fence.group(1))
            body = "\n".join(lines[at + 1 : end])
            yield Block("code", body, Spot(file, at + 1), language=fence.group(2).casefold())
            at = end + 1
        elif heading:
            yield from flush()
            yield Block("heading", plain(heading.group(2) or ""), Spot(file, at + 1), len(heading.group(1)))
            at += 1
        elif gathered and kind == "paragraph" and _UNDER.match(line) and "|" not in gathered[0]:
            level = 1 if line.strip().startswith("=") else 2
            words = plain(" ".join(gathered))
            gathered.clear()
            yield Block("heading", words, Spot(file, began + 1), level)
            at += 1
        elif "|" in line and at + 1 < len(lines) and "|" in lines[at + 1] and _RULER.match(lines[at + 1]):
            yield from flush()
            end = at + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [_cells(lines[at]), *(_cells(row) for row in lines[at + 2 : end])]
            yield table(rows, Spot(file, at + 1))
            at = end
        elif not line.strip() or _BREAK.match(line):
            yield from flush()
            at += 1
        else:
            if item or not gathered:
                yield from flush()
                kind, began = ("item" if item else "paragraph"), at
            gathered.append(item.group(1) if item else line)
            at += 1
    yield from flush()


def _closing(lines: list[str], start: int, mark: str) -> int:
    """The line that closes a fence; the end of the text where none does."""
    for number in range(start, len(lines)):
        line = lines[number].strip()
        if line.startswith(mark) and not line.strip(mark[0]):
            return number
    return len(lines)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [plain(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", inner)]


def _after_front_matter(lines: list[str]) -> int:
    if lines[0].strip() != "---":
        return 0
    end = next((n for n, line in enumerate(lines[1:200], 1) if line.strip() in ("---", "...")), None)
    return 0 if end is None else end + 1
