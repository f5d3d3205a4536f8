"""The smallest parts of a document: runs of text, and the mark that carries every number of a design.

`Quote` is the one way a number, verdict or chosen name of the design reaches a page. It carries the ledger id of
what it shows, so a reader can go from any number to its derivation, and a machine can prove that a page shows
nothing else that depends on the design: render twice with one input changed, and every token that differs lies
inside a mark. Plain words are `Text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words. Escaped by every renderer, so names may hold anything."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name or a few words in the model's or a machine's own spelling."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What the ledger says about `ref`, as `text`; the only way something of the design is printed."""

    ref: str
    text: str
    page: str = ""
    """The page beside this one whose ledger says it; empty for this set's own ledger."""


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that carry the sentence."""

    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words set apart: a term at its definition, a title."""

    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Link:
    """To an id within the set (`#id` of a document, section, table or picture), an http(s) or a mailto address."""

    target: str
    inlines: Inlines


Inline = Text | Code | Quote | Strong | Emphasis | Link
Inlines = tuple[Inline, ...]


def line(*parts: str | Inline | Inlines) -> Inlines:
    """Inlines from words and marks in reading order: `line("p95 is ", Quote(ref, "5.1 s"), ".")`."""
    made: list[Inline] = []
    for part in parts:
        if isinstance(part, str):
            made.append(Text(part))
        elif isinstance(part, tuple):
            made.extend(part)
        else:
            made.append(part)
    return tuple(made)


def coded(text: str) -> Inlines:
    """Text in which words of the model stand between backticks."""
    parts = text.split("`")
    return line(*(Code(part) if number % 2 else part for number, part in enumerate(parts) if part))


def sentence(text: str) -> str:
    """Words as a sentence: with a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".?!" else ".")


def plain(inlines: Iterable[Inline]) -> str:
    """The words alone, without marks: for bookmarks, alternative text, widths and file names."""
    return "".join(
        plain(part.inlines) if isinstance(part, Strong | Emphasis | Link) else part.text for part in inlines
    )


def quotes(inlines: Iterable[Inline]) -> Iterator[Quote]:
    """The marks in reading order, at any depth."""
    for part in inlines:
        if isinstance(part, Quote):
            yield part
        elif isinstance(part, Strong | Emphasis | Link):
            yield from quotes(part.inlines)


def refs(inlines: Iterable[Inline]) -> tuple[str, ...]:
    """The ledger ids quoted, each once, in reading order."""
    return tuple(dict.fromkeys(quote.ref for quote in quotes(inlines)))
