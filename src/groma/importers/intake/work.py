"""Recurring work, reports and diaries to flows: how often, who is asked for how long, with what, knowing what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import sqrt
from typing import Any

from groma.importers.intake.amounts import Often, Span, money, often, span, work
from groma.importers.intake.cells import Entry
from groma.importers.intake.dates import day_first, of_ordinal, ordinal, read_date
from groma.importers.intake.draft import Draft, unsaid
from groma.importers.intake.names import folded, listed, same, slug
from groma.importers.intake.numbers import Spread, count, rounded
from groma.importers.intake.people import People
from groma.importers.intake.tools import OPERATION, Tools
from groma.importers.intake.types import Origin


@dataclass(slots=True)
class Flows:
    """Finds the flow a task means; what several files say of one task is put together."""

    draft: Draft
    people: People
    tools: Tools
    titles: dict[str, str] = field(default_factory=dict[str, str])

    def known(self, text: str) -> str | None:
        key = folded(text)
        fits = [n for n, title in self.titles.items() if folded(title) == key]
        fits = fits or [n for n, title in self.titles.items() if same(folded(title), key)]
        return fits[0] if len(fits) == 1 else None

    def add(self, entry: Entry) -> None:
        """A row of recurring work or of reports."""
        text = entry.text("report" if entry.topic == "reports" else "task")
        if unsaid(text) or not folded(text):
            return
        if self.known(text) is not None:
            name = self.known(text) or ""
            self.draft.note(
                entry.at,
                f"`{text}` was told before ({self.draft.origins[f'flows.{name}']}): this row isn't counted again",
            )
            return
        rate, takes = self._time(entry)
        tools = "sources" if entry.topic == "reports" else "tools"
        who = self.people.one(entry.text("who"), entry.origin("who")) if entry.text("who") else None
        topics = [word.lower() for word in listed(entry.text("knowledge")) if not unsaid(word)]
        name = self.make(
            text, entry.at, who, rate, takes,
            self.tools.mentioned(entry.text(tools), entry.origin(tools)) if entry.text(tools) else [], topics,
            at_rate=entry.origin("often"), at_takes=entry.origin("takes"), date=entry.text("date"),
        )  # fmt: skip
        if entry.topic == "reports":
            self.draft.reports.add(entry.at)
            self.draft.put("flows", name, "makes", text, entry.origin("report"))
        self._more(name, entry)

    def _time(self, entry: Entry) -> tuple[Often | None, Span | None]:
        """How often and how long, from one cell or two; a cell that says neither is noted."""
        said_often, said_long = entry.text("often"), entry.text("takes")
        unit = _unit(entry.origin("takes").column)
        rate, takes = work(said_long, unit)
        if rate is None and said_often:
            per = _period_of(entry.origin("often").column)
            rate, other = work(said_often)
            rate = rate or often(said_often, per)
            takes = takes or other
        if said_often and rate is None and not unsaid(said_often):
            self.draft.note(
                entry.origin("often"),
                f"expected how often such as `2x a week`, found `{said_often[:40]}`: left unknown",
            )
        if said_long and takes is None and not unsaid(said_long):
            self.draft.note(
                entry.origin("takes"),
                f"expected how long such as `10-15 min`, found `{said_long[:40]}`: left unknown",
            )
        return rate, takes

    def make(
        self, title: str, at: Origin, who: str | None, rate: Often | str | None, takes: Span | str | None,
        tools: Sequence[str], topics: Sequence[str] = (), *, at_rate: Origin | None = None,
        at_takes: Origin | None = None,
        date: str = "", note: str = "", does: str = "",
    ) -> str:  # fmt: skip
        """A flow that calls each tool and asks one person; a rate or time that is text is a reference to a fact."""
        read = read_date(date) if date else None
        when = read[0] if read else ""
        name = slug(title, "work")
        rate_of = rate if isinstance(rate, str) else None
        if isinstance(rate, Often):
            rate_of = self.draft.rate_fact(f"{name}_rate", rate, at_rate or at, date=when, note=note)
        takes_of = takes if isinstance(takes, str) else None
        if isinstance(takes, Span):
            takes_of = self.draft.time_fact(f"{name}_takes", takes, at_takes or at, date=when, note=note)
        steps: list[dict[str, Any]] = [{"call": f"{tool}.{OPERATION}"} for tool in tools]
        if who is not None:
            ask: dict[str, Any] = {"ask": who, "takes": takes_of or "unknown"}
            if topics:
                ask["needs_knowledge"] = list(topics)
            steps.append({**ask, "title": does or title})
        body: dict[str, Any] = {"title": title, "starts": {"rate": rate_of or "unknown"}}
        if who is not None:
            body["by"] = who
        body["steps"] = steps or [{"wait": takes_of or "unknown"}]
        name = self.draft.element("flows", name, at, body)
        self.titles[name] = title
        for number in range(1, len(body["steps"]) + 1):
            self.draft.origins[f"flows.{name}.steps.{number}"] = at
        return name

    def _more(self, name: str, entry: Entry) -> None:
        for reader in listed(entry.text("for_")):
            person = self.people.known(reader) or (
                self.people.meant(reader, entry.origin("for_"))
                if entry.topic == "reports" and not _outsiders(reader)
                else None
            )
            if person is not None:
                self.draft.join("flows", name, "for", [person], entry.origin("for_"))
        if (text := entry.text("on_error")) and not unsaid(text):
            self.draft.put("flows", name, "on_error", text, entry.origin("on_error"))
        told = money(entry.text("worth")) if entry.text("worth") else None
        if told is not None:
            fact = self.draft.fact(
                f"{name}_worth", told.amount, told.currency or self.draft.currency, entry.origin("worth")
            )
            self.draft.put("flows", name, "worth", fact, entry.origin("worth"))


def _outsiders(text: str) -> bool:
    return (
        re.search(
            r"customer|kunde|bank|nobody|niemand|keiner|\?|finanzamt|authority|\ball\b|everyone", text.lower()
        )
        is not None
    )


def _unit(heading: str) -> str:
    """The unit that a heading gives its bare numbers."""
    low = heading.lower()
    if re.search(r"\bmin|minuten|minutes", low):
        return "min"
    return "h" if re.search(r"\bh\b|std|stunden|hours|\bhrs", low) else ""


def _period_of(heading: str) -> str:
    told = often(f"1 {heading.lower().replace('times', '').replace('anzahl', '')}")
    return told.per if told is not None else ""


def read_diaries(entries: Sequence[Entry], flows: Flows, draft: Draft) -> None:
    """A diary: all rows of a task together say how often it happens, how long one takes and how that varies.

    The rate is what was counted over the whole weeks that the diary covers, known within two standard deviations of a
    Poisson count; the mean time within two standard errors.
    """
    files = sorted({(e.at.file, e.at.sheet) for e in entries})
    for key in files:
        mine = [e for e in entries if (e.at.file, e.at.sheet) == key]
        _diary(mine, flows, draft)


@dataclass(slots=True)
class _Task:
    title: str
    at: Origin
    rows: list[tuple[Decimal, Decimal, Entry]] = field(default_factory=list[tuple[Decimal, Decimal, Entry]])


def _diary(entries: list[Entry], flows: Flows, draft: Draft) -> None:
    first = day_first([e.text("date") for e in entries])
    days: list[int] = []
    tasks: dict[str, _Task] = {}
    last = ""
    for entry in entries:
        date = read_date(entry.text("date") or last, day_first=first)
        last = entry.text("date") or last
        day = ordinal(date[0]) if date else None
        takes = span(entry.text("takes"), _unit(entry.origin("takes").column) or "min")
        if day is None:
            draft.note(
                entry.origin("date"),
                f"left out: expected a day such as 2026-10-05, found `{entry.text('date')[:40]}`",
            )
            continue
        days.append(day)
        if takes is None:
            draft.note(
                entry.origin("takes"),
                f"left out: expected a time such as `25 min`, found `{entry.text('takes')[:40]}`",
            )
            continue
        times = count(entry.text("times")) if entry.text("times") else None
        number = times.middle if times is not None and times.low >= 1 else Decimal(1)
        title = entry.text("task")
        key = next((k for k in tasks if same(k, folded(title))), folded(title))
        if key in tasks and folded(tasks[key].title) != folded(title):
            draft.note(entry.at, f"`{title}` taken for `{tasks[key].title}`")
        tasks.setdefault(key, _Task(title, entry.at)).rows.append((number, takes.seconds.middle, entry))
    if not days:
        return
    draft.dates = {**draft.dates, entries[0].at.file: of_ordinal(max(days))}
    weeks = (max(days) - 1) // 7 - (min(days) - 1) // 7 + 1  # ordinal 1 was a Monday
    for task in tasks.values():
        _task(task, weeks, flows, draft)


def _task(task: _Task, weeks: int, flows: Flows, draft: Draft) -> None:
    total = sum((number for number, _, _ in task.rows), Decimal(0))
    seconds = sum((took for _, took, _ in task.rows), Decimal(0))
    spread = Decimal(str(sqrt(total))) * 2
    rate = Often(
        Spread(rounded(max(total - spread, Decimal(0)) / weeks), rounded((total + spread) / weeks)), "week"
    )
    mean = seconds / total
    each = [float(took / number) for number, took, _ in task.rows]
    centre = float(mean)
    variance = sum(float(n) * (e - centre) ** 2 for (n, _, _), e in zip(task.rows, each, strict=True)) / max(
        float(total) - 1, 1
    )
    error = Decimal(str(2 * sqrt(variance / float(total))))
    unit = "h" if mean >= 5400 else "min"
    low, high = rounded(max(mean - error, Decimal(0)), 3), rounded(mean + error, 3)
    takes = Span(Spread(low, high) if error else Spread(mean, mean), unit)
    entries = [e for _, _, e in task.rows]
    found = flows.known(task.title)
    said = f"{int(total)} times in {weeks} week{'s' * (weeks > 1)}"
    table = Origin(task.at.file, task.at.sheet)
    rows = f"{table}, rows {entries[0].at.row} to {entries[-1].at.row}"
    if found is not None:
        draft.note(
            task.at,
            f"diary: {task.title} {said}; it was told before ({draft.origins[f'flows.{found}']}), "
            "and what was said there is used",
        )
        return
    people = [
        p for e in entries if e.text("who") for p in [flows.people.one(e.text("who"), e.origin("who"))] if p
    ]
    counted = sorted({p: people.count(p) for p in people}.items(), key=lambda pair: (-pair[1], pair[0]))
    if len(counted) > 1:
        others = ", ".join(f"{flows.people.titles[p]} {n} times" for p, n in counted)
        draft.note(task.at, f"{task.title}: counted for the one who did it most ({others})")
    tools = list(
        dict.fromkeys(
            t
            for e in entries
            if e.text("tools")
            for t in flows.tools.mentioned(e.text("tools"), e.origin("tools"))
        )
    )
    topics = list(
        dict.fromkeys(w.lower() for e in entries for w in listed(e.text("knowledge")) if not unsaid(w))
    )
    note = f"{said}, {rows}"
    middle = Spread(rounded(total / weeks), rounded(total / weeks))
    name = flows.make(
        task.title, task.at, counted[0][0] if counted else None,
        _fact(draft, f"{slug(task.title, 'work')}_rate", middle, rate.times, "/week", Decimal(1), task.at, note),
        _fact(
            draft, f"{slug(task.title, 'work')}_takes", Spread(mean, mean), takes.seconds, unit,
            Decimal(3600 if unit == "h" else 60), task.at, note,
        ),
        tools, topics,
    )  # fmt: skip
    draft.origins[f"flows.{name}"] = task.at


def _fact(
    draft: Draft, name: str, value: Spread, known: Spread, unit: str, factor: Decimal, at: Origin, note: str
) -> str:
    """A fact with a mean and the range in which it lies."""
    reference = draft.fact(name, value, unit, at, factor=factor, note=note)
    if known.low != known.high:
        from groma.importers.intake.amounts import quantity

        low, high = (quantity(rounded(end / factor, 3), unit) for end in (known.low, known.high))
        body = draft.facts[reference[1:]]
        value_text = body.pop("value")
        rest = {k: v for k, v in body.items() if k != "known"}
        body.clear()
        body.update({"value": value_text, "known": f"{low} .. {high}", **rest})
    return reference
