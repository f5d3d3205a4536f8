"""A decision record as a file of its own: Markdown in the form of MADR 4.0 (adr.github.io/madr)."""

from __future__ import annotations

from groma.documents.content import Bullets, Paragraph, Section, Table, plain, walk
from groma.documents.markdown import escaped


def madr(
    record: Section, date: str | None, status: str = "proposed", part: str = "Decision Outcome"
) -> bytes:
    """The record of one decision: its status, then (under the heading `part`) outcome or question, then the options."""
    head = ["---", f"status: {status}", *([f"date: {date}"] if date else []), "---", ""]
    rows = [*head, f"# {escaped(record.title)}", "", f"## {part}", ""]
    for block in walk(record.blocks):
        if isinstance(block, Paragraph):
            rows += [escaped(plain(block.inlines).strip()), ""]
        elif isinstance(block, Bullets):
            rows += [*(f"* {escaped(plain(item))}" for item in block.items), ""]
        elif isinstance(block, Table):
            rows += ["## Considered Options", ""]
            for row in block.rows:
                name, *reasons = (escaped(plain(cell).strip()) for cell in row.cells)
                if len(reasons) > 1:
                    titles = (escaped(column.title) for column in block.columns[1:])
                    reasons = [
                        f"{title}: {cell}" for title, cell in zip(titles, reasons, strict=True) if cell
                    ]
                why = "; ".join(reason for reason in reasons if reason)
                rows.append(f"* {name}: {why}" if why else f"* {name}")
            rows.append("")
    return ("\n".join(rows).rstrip() + "\n").encode()
