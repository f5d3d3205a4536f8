"""A sheet of recorded citations: which questions were asked of which engine on which day, and what page it cited.

Columns date, engine, question, cited (an address of the site, or empty). One row is one answer; the same question
asked again is another trial. Shares come with Wilson's interval (E. B. Wilson, "Probable inference, the law of
succession, and statistical inference", JASA 22, 1927), which holds for few trials and for shares of 0 and 1. It speaks
of the questions on the sheet, not of all that people ask.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from groma.site.address import normal
from groma.site.measured import MeasuredError

COLUMNS = ("date", "engine", "question", "cited")
MOST_ROWS = 100_000
NOBODY = frozenset({"", "none", "no", "-"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an engine; `cited` is an address of the site, or empty."""

    date: str
    engine: str
    question: str
    cited: str


@dataclass(frozen=True, slots=True)
class Share:
    """Of `asked` answers of an engine, `cited` name the site; between `low` and `high` with 95 % confidence. `pages`
    are those cited, the most often cited first."""

    engine: str
    asked: int
    cited: int
    low: float
    high: float
    pages: tuple[tuple[str, int], ...]
    since: str
    until: str


def read_citations(text: str) -> tuple[Answer, ...]:
    """The answers of a sheet. Raises MeasuredError with every row that is wrong."""
    from groma.site.pipeline import is_date

    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    names = [name.strip().lower() for name in next(rows, list[str]())]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise MeasuredError(f"expected columns {', '.join(COLUMNS)}; {', '.join(missing)} isn't there")
    places = [names.index(name) for name in COLUMNS]
    found: list[Answer] = []
    wrong: list[str] = []
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        date, engine, question, cited = (row[n].strip() if n < len(row) else "" for n in places)
        url = "" if cited.lower() in NOBODY else normal(cited)
        if not is_date(date):
            wrong.append(f"row {number}: expected a date such as 2026-11-28, found `{date[:40]}`")
        elif not engine or not question:
            wrong.append(f"row {number}: names no engine or no question")
        elif url is None:
            wrong.append(f"row {number}: expected an address or `none`, found `{cited[:80]}`")
        else:
            found.append(Answer(date, engine, question, url))
        if len(found) > MOST_ROWS or len(wrong) > 20:
            wrong.append("and perhaps more")
            break
    if wrong or not found:
        raise MeasuredError("; ".join(wrong) or "holds no answer")
    return tuple(found)


def shares(answers: Iterable[Answer], allows: Iterable[str]) -> tuple[Share, ...]:
    """The share of answers that cite one of the hosts, by engine in the order of the alphabet."""
    # Not above: its room takes most of a second, and few audits have a sheet.
    from groma.solvers.monitoring import wilson

    hosts = frozenset(allows)
    by_engine: dict[str, list[Answer]] = {}
    for answer in answers:
        by_engine.setdefault(answer.engine, []).append(answer)
    found: list[Share] = []
    for engine, mine in sorted(by_engine.items()):
        pages: dict[str, int] = {}
        for answer in mine:
            if answer.cited and answer.cited.split("/", 3)[2] in hosts:
                pages[answer.cited] = pages.get(answer.cited, 0) + 1
        cited = sum(pages.values())
        low, high = wilson(cited, len(mine))
        dates = sorted(answer.date for answer in mine)
        ordered = tuple(sorted(pages.items(), key=lambda page: (-page[1], page[0])))
        found.append(Share(engine, len(mine), cited, low, high, ordered, dates[0], dates[-1]))
    return tuple(found)
