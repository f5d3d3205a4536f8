"""Sentences of a rendered document: what is prose of this system, without headings, definitions and sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

LEAST_WORDS = 6
DEFINED = ("Terms", "What these kinds mean", "What is not part of it, and who does it", "Derivations")
"""Chapters that define words, name neighbours' work, or tell whence a number comes."""
SOURCES = ("Source", "Owner", "Terms of exit")
"""Columns that quote somebody."""
_ENDS = re.compile(r"(?<=[.!?])[\s\"”)*]+(?=[A-Z“(0-9])")
_LINK = re.compile(r"!?\[((?:\\.|[^\]\\])*)\]\([^)]*\)")
_RULE = re.compile(r"\|\s*:?-{3}")


def sentences(markdown: str) -> Iterator[str]:
    """Each sentence of at least six words that ends in a full stop, white space made one."""
    for text in _texts(markdown):
        plain = re.sub(r"\\(.)", r"\1", _LINK.sub(r"\1", text))
        plain = " ".join(re.sub(r"[*`>]|<[^>]*>", "", plain).split())
        for sentence in _ENDS.split(plain):
            if len(sentence.split()) >= LEAST_WORDS and sentence.rstrip('”")')[-1:] in (".", "!", "?"):
                yield sentence.strip("- ")


def _texts(markdown: str) -> Iterator[str]:
    """Lines of prose, and cells of tables one by one."""
    lines = re.sub(r"```.*?```", "", markdown, flags=re.DOTALL).splitlines()
    defined, left_out, head = 0, set[int](), True
    for number, line in enumerate(lines):
        if line.startswith("#"):
            level, title = len(line) - len(line.lstrip("#")), line.strip("# ")
            if not defined or level <= defined:
                defined = level if title in DEFINED else 0
            head = level == 1
        elif (
            defined or not line or (head and line.startswith("*"))
        ):  # under the title: for whom the document is
            continue
        elif line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if number + 1 < len(lines) and _RULE.match(lines[number + 1]):
                left_out = {place for place, title in enumerate(cells) if title in SOURCES}
            elif not _RULE.match(line):
                yield from (cell for place, cell in enumerate(cells) if place not in left_out)
        elif line.startswith("> **"):
            yield line.partition(".** ")[2]  # the heading of a callout stands in bold
        else:
            yield line
