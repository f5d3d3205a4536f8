"""CSV as programs and people leave it: RFC 4180 with other encodings, delimiters and quoted line breaks.

The encoding is that of the byte-order mark, else UTF-8 if it fits, else Windows-1252 (what German spreadsheets save).
The delimiter is the one that gives the most columns in the most alike way over the first lines; `sep=;` decides.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

from groma.importers.intake.cells import Sheet, clean
from groma.importers.intake.types import IntakeError, Mistake, Note, Origin

MOST_ROWS = 10_000
MOST_COLUMNS = 100
DELIMITERS = (";", ",", "\t", "|")
_SAMPLE = 60

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_csv(data: bytes, file: str) -> tuple[Sheet, list[Note]]:
    """The table of a CSV file; raises IntakeError for what isn't text."""
    notes: list[Note] = []
    text = decoded(data, file, notes)
    first, _, rest = text.partition("\n")
    stated = first.strip().lower()
    skipped = 0
    if stated.startswith("sep=") and len(first.strip("\r\n")) == 5:
        text, delimiter, skipped = rest, first.strip("\r\n")[4], 1
    else:
        delimiter = _delimiter(text)
    return Sheet(file, "", _rows(text, delimiter, file, skipped, notes)), notes


def decoded(data: bytes, file: str, notes: list[Note]) -> str:
    """The text of a file of unknown encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, file)
    if b"\0" in data[:4000]:
        even, odd = data[:4000:2].count(0), data[1:4000:2].count(0)
        return _strictly(data, "utf-16-le" if odd > even else "utf-16-be", file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        notes.append(
            Note(Origin(file), "it isn't UTF-8: read as Windows-1252; look whether umlauts are right")
        )
        return data.decode("cp1252", errors="replace")


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        message = f"expected text, found bytes that are no {encoding.upper()}: save it as CSV (UTF-8)"
        raise IntakeError(Mistake(Origin(file), message)) from None


def _delimiter(text: str) -> str:
    """The delimiter under which most of the first records have the same number of columns, at least two."""
    best: tuple[float, str] = (0.0, ",")
    sample = "\n".join(text[:200_000].splitlines()[:_SAMPLE])
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if any(row)]
        except csv.Error:
            continue
        if not widths:
            continue
        width, alike = Counter(widths).most_common(1)[0]
        if width > 1:
            best = max(best, (alike / len(widths) * min(width, 12), delimiter), key=lambda pair: pair[0])
    return best[1]


def _rows(
    text: str, delimiter: str, file: str, skipped: int, notes: list[Note]
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, tuple[str, ...]]] = []
    number = skipped
    try:
        for row in reader:
            number += 1
            if len(rows) >= MOST_ROWS:
                notes.append(
                    Note(Origin(file, "", number), f"rows after the first {MOST_ROWS:,} were not read")
                )
                break
            cells = tuple(clean(cell) for cell in row[:MOST_COLUMNS])
            if any(cells):
                rows.append((number, cells))
    except csv.Error as error:
        message = f"expected a table of cells, found something a CSV reader can't follow ({error})"
        raise IntakeError(Mistake(Origin(file, "", number + 1), message)) from None
    return tuple(rows)
