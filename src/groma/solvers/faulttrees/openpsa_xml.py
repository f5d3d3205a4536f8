"""XML for the Open-PSA reader: elements with their lines, bounded, with document types and entities refused.

A fault tree comes from outside, so the file is treated as hostile: expat is told to stop at any document
type (which is where entity bombs and external files live), and size, depth and number of elements are capped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

MOST_BYTES = 100_000_000
MOST_ELEMENTS = 3_000_000
MOST_DEPTH = 100
MOST_DIGITS = 18


class OpenPsaError(ValueError):
    """The file isn't a fault tree this reader takes; the message says where and why."""


@dataclass(slots=True)
class Element:
    """An XML element: tag, attributes, children in order, the line it starts on (1-based)."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list["Element"])
    text: str = ""

    def error(self, message: str) -> OpenPsaError:
        """An error at this element."""
        return OpenPsaError(f"line {self.line}: <{self.tag}>: {message}")

    def attribute(self, name: str) -> str:
        """An attribute that must be there."""
        if name not in self.attributes:
            raise self.error(f"expected an attribute {name!r}")
        return self.attributes[name]

    def count(self, name: str) -> int:
        """An attribute that must be a whole number, not longer than counts are."""
        text = self.attribute(name)
        if not text.isdecimal() or len(text) > MOST_DIGITS:
            raise self.error(f"expected a whole number for {name!r}, found {text[:40]!r}")
        return int(text)


def parse(source: bytes | str) -> Element:
    """The root element. OpenPsaError for malformed, oversized or entity-carrying files."""
    data = source.encode() if isinstance(source, str) else source
    if len(data) > MOST_BYTES:
        raise OpenPsaError(f"expected at most {MOST_BYTES} bytes, found {len(data)}")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    roots: list[Element] = []
    open_: list[Element] = []
    count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        element = Element(tag, attributes, parser.CurrentLineNumber)
        if count > MOST_ELEMENTS or len(open_) >= MOST_DEPTH:
            raise element.error(f"expected at most {MOST_ELEMENTS} elements, {MOST_DEPTH} deep")
        (open_[-1].children if open_ else roots).append(element)
        open_.append(element)

    def end(tag: str) -> None:
        open_.pop()

    def text(data: str) -> None:
        if open_:
            open_[-1].text += data

    def refuse(*_: object) -> None:
        raise OpenPsaError(
            f"line {parser.CurrentLineNumber}: document types and entities aren't accepted; remove them"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise OpenPsaError(f"line {error.lineno}: not well-formed XML ({error})") from None
    return roots[0]
