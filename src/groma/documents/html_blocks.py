"""Blocks and inlines as HTML: one case a kind, everything escaped, every mark kept."""

from __future__ import annotations

from dataclasses import dataclass
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
    Details,
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
)
from groma.documents.diagrams.diagram import Diagram, Sequence
from groma.documents.pictures import page_svg
from groma.documents.printable import anchor, ident, safe_target
from groma.documents.svg import quoted, refs_attribute, tag


@dataclass(frozen=True, slots=True)
class Page:
    """What rendering needs to know of the whole page: the ledger ids that have an entry to lead to."""

    derived: frozenset[str]


def inlines(page: Page, parts: Inlines) -> str:
    """Inlines in reading order."""
    return "".join(_inline(page, part) for part in parts)


def _inline(page: Page, part: Inline) -> str:
    match part:
        case Text(text):
            return quoted(text)
        case Code(text):
            return f"<code>{quoted(text)}</code>"
        case Quote(ref, text, elsewhere):
            look = {"class_": "q" if len(text) > 24 else "q whole", "data_figure": refs_attribute((ref,))}
            there = safe_target(f"{elsewhere}#{anchor(ref)}") if elsewhere else None
            if there is not None:
                return tag("a", quoted(text), href=there, **look)
            if ref in page.derived:
                return tag("a", quoted(text), href="#" + anchor(ref), **look)
            return tag("span", quoted(text), **look)
        case Strong(inner):
            return f"<strong>{inlines(page, inner)}</strong>"
        case Emphasis(inner):
            return f"<em>{inlines(page, inner)}</em>"
        case Link(target, inner):
            safe = safe_target(target)
            outward = None if target.startswith("#") else "noopener noreferrer"
            words = inlines(Page(frozenset()), inner)  # a link can't hold another
            return tag("a", words, href=safe, rel=outward) if safe else words
        case _:
            assert_never(part)


def blocks(page: Page, parts: Blocks) -> str:
    """Blocks in reading order."""
    return "".join(_block(page, part) for part in parts)


def _block(page: Page, block: Block) -> str:
    match block:
        case Paragraph(words):
            return f"<p>{inlines(page, words)}</p>"
        case Bullets(items):
            return f"<ul>{_items(page, items)}</ul>"
        case Numbered(items):
            return f"<ol>{_items(page, items)}</ol>"
        case Table():
            return _table(page, block)
        case Picture():
            return _picture(page, block)
        case Callout(kind, words, title):
            name = f'<span class="kind">{quoted(title or CALLOUT_WORDS[kind])}</span>'
            return f'<div class="callout {kind}" role="note">{name}<p>{inlines(page, words)}</p></div>'
        case CodeBlock(_, text, refs):
            return tag("pre", f"<code>{quoted(text)}</code>", data_figure=refs_attribute(refs))
        case Definitions(entries):
            listed = "".join(f"<dt>{inlines(page, t)}</dt><dd>{inlines(page, m)}</dd>" for t, m in entries)
            return f'<dl class="terms">{listed}</dl>'
        case Cards():
            return _cards(page, block)
        case Columns(columns):
            inner = "".join(f'<div class="blocks">{blocks(page, column)}</div>' for column in columns)
            return f'<div class="columns">{inner}</div>'
        case Details(summary, inner):
            folded = f'<div class="blocks">{blocks(page, inner)}</div>'
            return f"<details><summary>{inlines(page, summary)}</summary>{folded}</details>"
        case Dependent(refs, inner):
            return tag("div", blocks(page, inner), class_="blocks", data_figure=refs_attribute(refs))
        case Section(name, title, level, inner):
            rank = min(6, level + 1)
            return f'<section id="{ident(name)}"><h{rank}>{quoted(title)}</h{rank}>{blocks(page, inner)}</section>'
        case PageBreak():
            return ""
        case _:
            assert_never(block)


def _items(page: Page, items: tuple[Inlines, ...]) -> str:
    return "".join(f"<li>{inlines(page, item)}</li>" for item in items)


def _table(page: Page, table: Table) -> str:
    heads: list[str] = []
    for column in table.columns:
        unit = f' <span class="unit">{quoted(column.unit)}</span>' if column.unit else ""
        heads.append(tag("th", quoted(column.title) + unit, scope="col", class_=_align(column.align)))
    rows: list[str] = []
    for row in table.rows:
        cells = "".join(
            f"<td{_class(column.align)}>{inlines(page, cell)}</td>"
            for column, cell in zip(table.columns, row.cells, strict=True)
        )
        rows.append(
            tag("tr", cells, class_="total" if row.total else None, data_figure=refs_attribute(row.refs))
        )
    caption = f"<caption>{inlines(page, table.caption)}</caption>" if table.caption else ""
    inner = f"{caption}<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return tag("div", f"<table>{inner}</table>", class_="table", id=ident(table.id) if table.id else None)


def _align(align: str) -> str | None:
    return None if align == "left" else align


def _class(align: str) -> str:
    return "" if align == "left" else f' class="{align}"'


def _picture(page: Page, picture: Picture) -> str:
    kind = "diagram" if isinstance(picture.source, Diagram | Sequence) else "chart"
    caption = f"<figcaption>{inlines(page, picture.caption)}</figcaption>" if picture.caption else ""
    wide = " wide" if picture.wide or kind == "diagram" else ""
    drawn = page_svg(picture, page.derived)
    return f'<figure class="{kind}{wide}" id="{ident(picture.id)}">{caption}{drawn}</figure>'


def _cards(page: Page, cards: Cards) -> str:
    made: list[str] = []
    for card in cards.cards:
        target = safe_target(card.target) if card.target else None
        name = f'<a href="{quoted(target)}">{quoted(card.title)}</a>' if target else quoted(card.title)
        note = f'<div class="note">{inlines(page, card.note)}</div>' if card.note else ""
        value = f'<div class="value">{inlines(page, card.value)}</div>'
        made.append(f'<div class="card"><div class="name">{name}</div>{value}{note}</div>')
    return f'<div class="cards">{"".join(made)}</div>'
