"""A design as data, tables and briefs: what `groma site design` writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from groma.site.plan.design import SiteDesign
from groma.site.plan.inventory import Old
from groma.site.plan.structure import language_of

Row = Sequence[object]


def as_data(design: SiteDesign, olds: Sequence[Old] = (), others: Sequence[Row] = ()) -> dict[str, Any]:
    """The design for machines."""
    found = design.structure
    return {
        "site": str(design.plan.site),
        "base": str(design.plan.base),
        "links": {
            "plain": found.plain, "value": found.value, "bound": found.bound, "all_menus_tried": found.is_best,
        },
        "menus": {language: list(names) for language, names in found.menus.items()},
        "pages": [
            {
                "page": name,
                "url": found.urls[name],
                "language": language_of(design.plan, page),
                "priority": page.priority,
                "rank_plain": found.before[name],
                "rank": found.after[name],
                "related": list(found.related[name]),
            }
            for name, page in design.plan.pages.items()
        ],
        "redirects": [{"from": m.old, "to": m.new, "steps_joined": m.steps} for m in found.moves],
        "existing": [
            {"path": o.path, "title": o.title, "words": o.words, "may_be_indexed": o.is_indexable, "fate": o.fate,
             "to": o.to}
            for o in olds
        ],
        "existing_says_otherwise": [list(row) for row in others],
        "remarks": [str(problem) for problem in design.remarks],
        "left_out": list(design.left_out),
    }  # fmt: skip


def table(head: Row, rows: Iterable[Row]) -> str:
    """Rows as CSV; a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return stream.getvalue()


def _cell(value: object) -> object:
    text = str(value)
    return "'" + text if text[:1] in "=+-@\t\r" and not isinstance(value, (int, float)) else value


def pages_table(design: SiteDesign) -> str:
    found = design.structure
    return table(
        ("page", "url", "kind", "priority", "PageRank, plain menu", "PageRank", "links to it", "words", "from", "to"),
        (
            (
                name, found.urls[name], page.kind, page.priority, f"{found.before[name]:.4f}",
                f"{found.after[name]:.4f}", len(brief.by), brief.words, *brief.band,
            )
            for name, page, brief in ((n, p, design.briefs[n]) for n, p in design.plan.pages.items())
        ),
    )  # fmt: skip


def redirects_table(design: SiteDesign) -> str:
    moves = design.structure.moves
    return table(("from", "to", "steps of the plan joined"), ((m.old, m.new, m.steps) for m in moves))


def inventory_table(olds: Sequence[Old]) -> str:
    return table(
        ("path", "title", "words", "may be indexed", "fate", "leads to, or the nearest page if lost"),
        ((o.path, o.title, o.words, "yes" if o.is_indexable else "no", o.fate, o.to) for o in olds),
    )


def brief_text(design: SiteDesign, name: str) -> str:
    """The brief of a page, as Markdown."""
    page, brief = design.plan.pages[name], design.briefs[name]
    found, least, most = design.structure, *design.briefs[name].band
    lines = [f"# {page.title}", "", f"- Address: {found.urls[name]}", f"- Title: {brief.title}"]
    lines += [f"- Description: {page.lead}", f"- Priority: {page.priority:g}"]
    lines += [f"- Internal PageRank: {found.after[name]:.4f} ({found.before[name]:.4f} with the plain menu)"]
    lines += [f"- Length: {least} to {most} words (a rule of thumb); the plan says {brief.words}", ""]
    for asks, answer in brief.questions:
        lines += [f"## {asks}", "", f"Answer first: {answer}", ""]
    for title, items in (
        ("Headings, in this order", brief.headings),
        ("Facts rest on", brief.sources),
        ("Links to", [found.paths[one] for one in brief.to]),
        ("Is linked from", [found.paths[one] for one in brief.by]),
    ):
        if items:
            lines += [f"## {title}", "", *(f"- {item}" for item in items), ""]
    return "\n".join(lines)


def design_files(design: SiteDesign, olds: Sequence[Old] = (), others: Sequence[Row] = ()) -> dict[str, str]:
    """Path -> text of everything that a design leaves."""
    import json

    files = {
        "design.json": json.dumps(as_data(design, olds, others), ensure_ascii=False, indent=2) + "\n",
        "pages.csv": pages_table(design),
        "redirects.csv": redirects_table(design),
        "inventory.csv": inventory_table(olds),
    }
    return files | {f"briefs/{name}.md": brief_text(design, name) for name in design.plan.pages}
