"""From a sheet to entries: find the heading row, recognise its topic, leave out what is no entry, and say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groma.importers.intake.cells import Cell, Entry, Sheet
from groma.importers.intake.headings import BY_NAME, Recognised, heading_key, recognise
from groma.importers.intake.names import folded
from groma.importers.intake.types import Note

HEAD_WITHIN = 30
"""Rows from the top among which the headings are looked for."""

EXAMPLE = re.compile(r"^\W*(?:example|beispiel)\b\s*[:\-–]", re.I)
"""How an example row of the blank form begins; it is left out when the form is read."""

_TOTAL = re.compile(
    r"^(?:(?:grand |sub-?)?totals?|(?:zwischen|gesamt)?summen?|gesamt|insgesamt|sum|all in all|Σ)\b.{0,24}$",
    re.I,
)
_MARKS = frozenset({"x", "xx", "✓", "✔", "ja", "yes", "y", "j", "1", "ok", "gut", "kann", "good", "can"})
_HALF_MARKS = frozenset(
    {
        "(x)",
        "o",
        "etwas",
        "bit",
        "bisschen",
        "teilweise",
        "partly",
        "~",
        "grundlagen",
        "basics",
        "half",
        "lernt",
        "learning",
    }
)


def entries_of(sheet: Sheet, notes: list[Note]) -> tuple[Entry, ...]:
    """The entries of a sheet; what is left out or read with a guess is noted."""
    head = _head(sheet)
    if head is None:
        matrix = _matrix(sheet, notes)
        if matrix is not None:
            return matrix
        if any(len(cells) > 1 for _, cells in sheet.rows):
            notes.append(Note(sheet.at(sheet.rows[0][0]), _unrecognised(sheet)))
        return ()
    index, found = head
    number, headings = sheet.rows[index]
    for heading, field in found.slips:
        expected = BY_NAME[found.topic.name].fields[field][0]
        notes.append(
            Note(sheet.at(number, heading), f"heading read as `{expected}`: looks like a slip of the pen")
        )
    return tuple(_entries(sheet, index, headings, found, notes))


def _head(sheet: Sheet) -> tuple[int, Recognised] | None:
    best: tuple[int, Recognised] | None = None
    for index, (_, cells) in enumerate(sheet.rows[:HEAD_WITHIN]):
        found = recognise(cells, sheet.name or sheet.file)
        if found is not None and (best is None or found.score > best[1].score):
            best = index, found
    return best


def _unrecognised(sheet: Sheet) -> str:
    shown = [cell for _, cells in sheet.rows[:3] for cell in cells if cell][:5]
    return (
        "left out: no headings of a table that is known here, such as Tool, Price, Used by or Task, Who, How often; "
        f"found {', '.join(f'`{cell[:30]}`' for cell in shown)}"
    )


def _entries(
    sheet: Sheet, index: int, headings: tuple[str, ...], found: Recognised, notes: list[Note]
) -> Iterator[Entry]:
    topic = found.topic
    first = (
        next(iter(topic.fields))
        if next(iter(topic.fields)) in found.columns
        else min(found.columns, key=lambda f: found.columns[f])
    )
    for number, cells in sheet.rows[index + 1 :]:
        if number in sheet.headings_of_sections:
            notes.append(Note(sheet.at(number), f"left out: `{_first(cells)[:60]}` heads the rows below it"))
            continue
        fields = {
            field: Cell(cells[column], sheet.at(number, headings[column] or f"{column + 1}"))
            for field, column in found.columns.items()
            if column < len(cells) and cells[column]
        }
        if not fields or all(cell.text == headings[found.columns[field]] for field, cell in fields.items()):
            continue  # nothing, or the headings once more
        if any(EXAMPLE.match(cell) for cell in cells[:3]):
            continue
        if _TOTAL.match(_first(cells)):
            notes.append(
                Note(sheet.at(number), f"left out: `{_first(cells)[:40]}` is a total of the rows above")
            )
            continue
        if first not in fields and topic.name not in ("statement",):
            said = ", ".join(f"`{cell[:30]}`" for cell in cells if cell)
            notes.append(
                Note(
                    sheet.at(number),
                    f"left out: nothing under `{headings[found.columns[first]]}`, only {said}",
                )
            )
            continue
        yield Entry(topic.name, sheet.at(number), fields)


def _first(cells: tuple[str, ...]) -> str:
    return next((cell for cell in cells if cell), "")


def _matrix(sheet: Sheet, notes: list[Note]) -> tuple[Entry, ...] | None:
    """Who knows what as a matrix: topics down, people across, marks where they meet."""
    topics = BY_NAME["knowledge"].fields["topic"]
    for index, (_, head) in enumerate(sheet.rows[:HEAD_WITHIN]):
        people = [(column, name) for column, name in enumerate(head) if column and name]
        if len(people) < 2 or (heading_key(head[0]) not in topics and head[0]):
            continue
        below = [
            (n, cells)
            for n, cells in sheet.rows[index + 1 :]
            if cells[0] and n not in sheet.headings_of_sections
        ]
        marks = [cells[c].lower() for _, cells in below for c, _ in people if c < len(cells) and cells[c]]
        known = sum(1 for mark in marks if mark in _MARKS or mark in _HALF_MARKS)
        if not marks or known < 0.6 * len(marks):
            continue
        found: list[Entry] = []
        for row, cells in below:
            if EXAMPLE.match(cells[0]):
                continue
            topic = Cell(cells[0], sheet.at(row, head[0]))
            found.append(Entry("knowledge", sheet.at(row), {"topic": topic}))
            for column, name in people:
                mark = cells[column].lower() if column < len(cells) else ""
                if folded(name) in BY_NAME["knowledge"].fields["notes"] or not mark:
                    continue
                if mark in _MARKS:
                    cell = Cell(name, sheet.at(row, name))
                    found.append(Entry("knowledge", sheet.at(row), {"topic": topic, "person": cell}))
                else:
                    notes.append(
                        Note(
                            sheet.at(row, name), f"`{cells[column][:40]}` isn't counted as knowing {cells[0]}"
                        )
                    )
        return tuple(found)
    return None
