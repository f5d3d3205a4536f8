"""Rows of a table that say the same of several places (branches that do alike, agents of a kind), told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from groma.documents.content import Row
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.inlines import line, plain
from groma.documents.quote import Quoter


def alike(quoter: Quoter, about: str, rows: Iterable[Row], place: int | None = None) -> tuple[Row, ...]:
    """One row for all whose cells are the same but the one that says where (column `place`): the first, in the order
    of the first ones, with how many are like it beside its place (`answer 3.1, and 4 alike`).

    Without `place`, rows are alike whose cells are all the same, and the first cell counts them. `about` names the
    table, once in a set, in the name of the count (`count/alike/ABOUT/...`).
    """
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = tuple(plain(cell) for number, cell in enumerate(row.cells) if number != place)
        found.setdefault(key, []).append(row)
    return tuple(
        _one(quoter, f"alike/{about}/{number}", same, place or 0)
        for number, same in enumerate(found.values(), 1)
    )


def _one(quoter: Quoter, name: str, same: list[Row], place: int) -> Row:
    first = same[0]
    if len(same) == 1:
        return first
    where = plain(first.cells[place])
    more = quoter.count(name, f"Rows like “{where}”", len(same) - 1, "rows of which the same is said")
    cells = list(first.cells)
    cells[place] = line(*first.cells[place], ", and ", more, " alike")
    return replace(first, cells=tuple(cells), refs=unique_refs(ref for row in same for ref in row.refs))
