"""Proves that a page shows nothing of the design outside its marks.

Render a set twice with one input changed: what the two pages show outside every element with `data-figure` must be the
same. A picture's root carries the ids of its whole geometry, so only its text is asked for more: text in a picture
must lie in a mark of its own within the picture. What is compared is what a reader gets: words, and the attributes
that show.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "wbr", "source", "col"})


class _Unmarked(HTMLParser):
    """Collects what stands outside marks: words, and start tags with their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []  # name, begins a mark, begins a picture

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        picture = tag == "svg"
        marked = "data-figure" in facts and not picture
        shown = not self._marked() and not marked
        if shown and not picture and not self._within_picture():
            self.tokens.append(f"<{tag}{''.join(f' {key}={value}' for key, value in attrs)}>")
        if tag not in _VOID:
            self._open.append((tag, marked, picture))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _, _ = self._open.pop()
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._marked():
            self.tokens += data.split()

    def _marked(self) -> bool:
        return any(marked for _, marked, _ in self._open)

    def _within_picture(self) -> bool:
        return any(picture for _, _, picture in self._open)


def unmarked(page: bytes) -> tuple[str, ...]:
    """Everything an HTML page shows outside its marks, as tokens in order."""
    reader = _Unmarked()
    reader.feed(page.decode())
    reader.close()
    return tuple(reader.tokens)


def changed_outside_marks(before: bytes, after: bytes) -> tuple[str, ...]:
    """What differs between two HTML pages outside their marks, as `old -> new`; empty is the proof."""
    one, other = unmarked(before), unmarked(after)
    if one == other:
        return ()
    return tuple(
        f"{' '.join(one[a:b]) or '(nothing)'} -> {' '.join(other[c:d]) or '(nothing)'}"
        for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        if kind != "equal"
    )
