"""Renders one document as Markdown (CommonMark 0.31 with GitHub's tables), for repositories, wikis and diffs.

Pictures are linked as files beside it (`picture_files` makes them). Figures link to their derivation at the end. Every
character that could be markup is escaped, so a name reads as it is.
"""

from __future__ import annotations

import re
from typing import assert_never

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
    line,
    pictures,
)
from groma.documents.inlines import plain
from groma.documents.pictures import svg_file
from groma.documents.print_tree import derivation_refs
from groma.documents.printable import anchor, ident, printable, safe_target

_MARKUP = re.compile(r"([\\`*_\[\]<>|~#!&$^{}])")
_LINE_MARKUP = re.compile(r"^(\s*\d+(?=[.)](?:\s|$))|\s*(?=[-+=:]))([-+=:.)])")


def render_markdown(
    content: Document, derivations: tuple[Derivation, ...] = (), folder: str = "pictures"
) -> bytes:
    """The document as UTF-8 Markdown; pictures are linked as `folder`/ID.svg."""
    quoted = derivation_refs(content, derivations)
    maker = _Maker(frozenset(d.ref for d in quoted), folder)
    asked = " ".join(part for part in (content.reader and f"{content.reader}:", content.question) if part)
    parts = [f'<a id="{ident(content.id)}"></a>\n\n# {escaped(content.title)}']
    parts += [f"*{escaped(asked)}*"] if asked else []
    parts += [escaped(content.subtitle)] if content.subtitle else []
    parts += ["\n".join(f"- {escaped(name)}: {maker.inlines(value)}" for name, value in content.meta)]
    parts += [maker.blocks(content.summary), maker.blocks(content.sections)]
    if quoted:
        parts.append('<a id="ledger"></a>\n\n## Derivations')
        parts += [maker.entry(derivation) for derivation in quoted]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def picture_files(content: Document) -> dict[str, bytes]:
    """File name to SVG for every picture of the document."""
    return {f"{ident(picture.id)}.svg": svg_file(picture) for picture in pictures(content)}


def escaped(text: str) -> str:
    """Text that Markdown reads as it is, on one line."""
    return _LINE_MARKUP.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", " ".join(printable(text).split("\n"))))


def _code(text: str) -> str:
    text = printable(text).replace("\n", " ")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{fence}{pad}{text.replace('|', chr(0x2758))}{pad}{fence}"


class _Maker:
    """Blocks and inlines as text, with what the whole document knows: derived ids and where pictures lie."""

    def __init__(self, derived: frozenset[str], folder: str) -> None:
        self._derived = derived
        self._folder = folder

    def inlines(self, parts: Inlines) -> str:
        return "".join(self._inline(part) for part in parts)

    def _inline(self, part: Inline) -> str:
        match part:
            case Text(text):
                return escaped(text)
            case Code(text):
                return _code(text)
            case Quote(ref, text):
                return f"[{escaped(text)}](#{anchor(ref)})" if ref in self._derived else escaped(text)
            case Strong(inner):
                words = self.inlines(inner)
                ends = words.rstrip(" ")  # no mark closes after a space
                return f"**{ends}**{words[len(ends) :]}"
            case Emphasis(inner):
                return f"*{self.inlines(inner)}*"
            case Link(target, inner):
                safe = safe_target(target)
                words = escaped(plain(inner))
                return f"[{words}](<{safe.replace('<', '%3C').replace('>', '%3E')}>)" if safe else words
            case _:
                assert_never(part)

    def _bare(self, parts: Inlines) -> str:
        """Words that stand within a mark of strength already."""
        flat = [inner for part in parts for inner in (part.inlines if isinstance(part, Strong) else (part,))]
        return self.inlines(tuple(flat))

    def blocks(self, parts: Blocks) -> str:
        return "\n\n".join(text for part in parts if (text := self._block(part)))

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(parts):
                return self.inlines(parts)
            case Bullets(items):
                return "\n".join(f"- {self.inlines(item)}" for item in items)
            case Numbered(items):
                return "\n".join(f"{nth}. {self.inlines(item)}" for nth, item in enumerate(items, 1))
            case Table():
                return self._table(block)
            case Picture():
                alt = escaped(plain(block.alt))
                caption = f"**{self._bare(block.caption)}**\n\n" if block.caption else ""
                return f"{caption}![{alt}]({self._folder}/{ident(block.id)}.svg)"
            case Callout(kind, parts, title):
                return f"> **{escaped(title or CALLOUT_WORDS[kind])}.** {self.inlines(parts)}"
            case CodeBlock(language, text, _):
                text = printable(text)
                fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
                return f"{fence}{re.sub(r'[^A-Za-z0-9+-]', '', language)}\n{text}\n{fence}"
            case Definitions(entries):
                return "\n".join(
                    f"- **{self.inlines(term)}**: {self.inlines(meaning)}" for term, meaning in entries
                )
            case Cards(cards):
                rows = [
                    line(Strong(card.value), f" {card.title}", "; " if card.note else "", card.note)
                    for card in cards
                ]
                return "\n".join(f"- {self.inlines(row)}" for row in rows)
            case Columns(columns):
                return "\n\n".join(self.blocks(column) for column in columns)
            case Details(summary, inner):
                return f"**{self.inlines(summary)}**\n\n{self.blocks(inner)}"
            case Dependent(_, inner):
                return self.blocks(inner)
            case Section(name, title, level, inner):
                head = f'<a id="{ident(name)}"></a>\n\n{"#" * min(6, level + 1)} {escaped(title)}'
                return f"{head}\n\n{self.blocks(inner)}"
            case PageBreak():
                return ""
            case _:
                assert_never(block)

    def _table(self, table: Table) -> str:
        heads = [escaped(f"{c.title} ({c.unit})" if c.unit else c.title) for c in table.columns]
        rules = [{"left": "---", "right": "---:", "center": ":---:"}[c.align] for c in table.columns]
        rows = [[self.inlines(cell) for cell in row.cells] for row in table.rows]
        rows = [
            [f"**{cell}**" if row.total and cell else cell for cell in cells]
            for row, cells in zip(table.rows, rows, strict=True)
        ]
        body = "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows))
        caption = f"**{self._bare(table.caption)}**\n\n" if table.caption else ""
        mark = f'<a id="{ident(table.id)}"></a>\n\n' if table.id else ""
        return f"{mark}{caption}{body}"

    def entry(self, derivation: Derivation) -> str:
        mark = f'<a id="{anchor(derivation.ref)}"></a>'
        head = f"**{escaped(derivation.name)}: {escaped(derivation.text)}** {_code(derivation.ref)}"
        used = [
            f"[{escaped(ref)}](#{anchor(ref)})" if ref in self._derived else escaped(ref)
            for ref in derivation.inputs
        ]
        rows = [
            self.inlines(words)
            for words in (derivation.method, *derivation.sources, derivation.note)
            if words
        ]
        rows += [f"From {', '.join(used)}"] if used else []
        return mark + "\n\n" + "\n".join((head, *(f"- {row}" for row in rows)))
