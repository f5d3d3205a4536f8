"""Tables whose columns have no names."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Tables of data (two rows or more) of every page that may be indexed."""
    page = sight.page
    tables = [t for t in page.tables if t.rows >= 2 and not t.is_layout]
    if not sight.is_indexable or not tables:
        return None
    bare = sum(not table.headers for table in tables)
    return [Hit(page.url, f"{bare} of {len(tables)} tables have no th")] if bare else []


AUDIT = Audit(
    id="table-header",
    title="Tables have no header cells",
    group="passages",
    tier="ranking",
    severity="note",
    looks_for="Tables of two rows or more without a `th`.",
    why="Without names of columns a cell is a number of nothing, to screen readers and to whoever "
    "extracts the table.",
    source="WCAG 2.2, 1.3.1 (technique H51)",
    as_of="2026-11-28",
    consequence="The figures can't be quoted with their meaning.",
    remedy="Make the first row th cells.",
    page=check,
    bad="<table><tr><td>Lamp</td><td>90</td></tr><tr><td>Shade</td><td>20</td></tr></table>",
    good="<table><tr><th>Thing</th><th>EUR</th></tr><tr><td>Lamp</td><td>90</td></tr></table>",
)
