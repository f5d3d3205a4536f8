"""Audits in a pipeline: what is new against a baseline, and what changed from one audit to the next.

A baseline holds the keys of known problems; only others fail the check. A history is a file of JSON lines, one an
audit, that is only added to. A problem moved when it went from one page and turned up, the same, on another.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from groma.model.finding import Evidence, Finding
from groma.model.position import Position
from groma.site.audit import FAILING, Hit
from groma.site.proof.keys import Key, key_of, keys_of
from groma.site.run import Audited

FORMAT = "groma site keys 1"
MOST_LINE = 200_000_000
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


class KeysError(ValueError):
    """The file isn't what it should be; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Changed:
    """From one audit to the next: problems that came, that went, and that moved (from, to)."""

    since: str
    new: tuple[Key, ...]
    gone: tuple[Key, ...]
    moved: tuple[tuple[Key, Key], ...]


def baseline_text(audited: Audited) -> str:
    """The keys of everything that was found, as a file to keep beside the site."""
    keys = keys_of(audited)
    data = {
        "format": FORMAT,
        "start": audited.site.gathered.start,
        "known": [[*key, count] for key, count in sorted(keys.items())],
    }
    rows = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in data["known"])
    head = json.dumps({"format": FORMAT, "start": data["start"]}, ensure_ascii=False)[:-1]
    return f'{head},\n  "known": [\n    {rows}\n  ]\n}}\n' if rows else f'{head}, "known": []}}\n'


def read_baseline(text: str) -> Counter[Key]:
    """The keys of a baseline. Raises KeysError."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise KeysError("expected a baseline written with --write-baseline, found no JSON") from None
    told = cast(dict[str, Any], data) if isinstance(data, dict) else {}
    if told.get("format") != FORMAT:
        raise KeysError("expected a baseline written with --write-baseline")
    return _keys(told.get("known"))


def _keys(rows: Any) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for row in cast(list[Any], rows) if isinstance(rows, list) else [None]:
        match row:
            case [str(audit), str(url), str(mark), int(count)] if count > 0:
                found[Key(audit, url, mark)] += count
            case _:
                raise KeysError("its list of keys is damaged; write it anew")
    return found


def history_line(audited: Audited, date: str) -> str:
    """One line of a history: the audit of a day (ISO date)."""
    site = audited.site
    data = {
        "format": FORMAT, "date": date, "start": site.gathered.start, "complete": site.is_complete,
        "pages": len(site.pages), "indexable": len(site.indexable),
        "known": [[*key, count] for key, count in sorted(keys_of(audited).items())],
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False) + "\n"


def changed_since(lines: Iterable[str], audited: Audited, date: str) -> Changed | None:
    """What changed since the last audit of the same site in a history; None where there is none. Raises KeysError."""
    if not is_date(date):
        raise KeysError(f"expected a date such as 2026-11-28, found `{date}`")
    last: tuple[str, Counter[Key]] | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data: Any = json.loads(line)
            said = data["date"]
            if data["format"] != FORMAT or not is_date(said):
                raise KeyError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise KeysError(f"line {number}: expected an audit written with --history") from None
        if data.get("start") == audited.site.gathered.start:
            if last and said < last[0]:
                raise KeysError(
                    f"line {number}: {said} comes after {last[0]}; a history is in the order of its dates"
                )
            last = said, _keys(data.get("known"))
    if last is None:
        return None
    if date < last[0]:
        raise KeysError(f"the last audit is of {last[0]}, after {date}")
    return compared_keys(last[0], last[1], keys_of(audited))


def is_date(text: Any) -> bool:
    return isinstance(text, str) and _DATE.fullmatch(text) is not None


def compared_keys(since: str, before: Counter[Key], after: Counter[Key]) -> Changed:
    """What came, went and moved between two sets of keys."""
    came, went = sorted((after - before).elements()), sorted((before - after).elements())
    waiting: dict[tuple[str, str], list[Key]] = {}
    for key in went:
        waiting.setdefault((key.audit, key.mark), []).append(key)
    new: list[Key] = []
    moved: list[tuple[Key, Key]] = []
    for key in came:
        others = waiting.get((key.audit, key.mark))
        if others:
            moved.append((others.pop(0), key))
        else:
            new.append(key)
    gone = sorted(key for keys in waiting.values() for key in keys)
    return Changed(since, tuple(new), tuple(gone), tuple(moved))


def new_hits(audited: Audited, known: Counter[Key]) -> list[tuple[str, Hit, Key]]:
    """Hits that a baseline doesn't hold, by audit and page: of several alike those beyond its count."""
    left = Counter(known)
    found: list[tuple[str, Hit, Key]] = []
    for name, look in audited.looks.items():
        for hit in sorted(look.hits, key=lambda hit: (hit.url, hit.text)):
            key = key_of(name, hit)
            if left[key] > 0:
                left[key] -= 1
            else:
                found.append((name, hit, key))
    return found


def fails(
    audited: Audited, hits: Iterable[tuple[str, Hit, Key]], fails_on: str
) -> list[tuple[str, Hit, Key]]:
    """Those of a severity that fails the check."""
    failing = FAILING[: FAILING.index(fails_on) + 1]
    return [row for row in hits if (row[1].severity or audited.audits[row[0]].severity) in failing]


def as_findings(audited: Audited, hits: Iterable[tuple[str, Hit, Key]], place: Any = None) -> list[Finding]:
    """A finding for each hit, for reports that show one place each; `place(hit)` gives its position in a file."""
    found: list[Finding] = []
    for name, hit, key in hits:
        audit = audited.audits[name]
        at: Position | None = place(hit) if place else None
        text = f"{hit.text}: {hit.quote}" if hit.quote and hit.quote not in hit.text else hit.text
        found.append(
            Finding(
                rule=name,
                id=f"{key.audit}/{key.url}/{key.mark}",
                title=f"{audit.title}: {hit.url} {text}",
                severity=hit.severity or audit.severity,
                evidence=(Evidence(hit.url, text, at),),
                consequence=f"{audit.title}: {text}. {audit.consequence}",
                remedy=audit.remedy,
                confidence=hit.confidence,
            )
        )
    return found
