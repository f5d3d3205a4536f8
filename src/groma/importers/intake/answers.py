"""Answers of the interview, put where nothing was said: an answer is one more row, said by the interview file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from groma.importers.intake.amounts import money, often, span, work
from groma.importers.intake.cells import Cell, Entry
from groma.importers.intake.draft import Draft, nobody, unsaid
from groma.importers.intake.numbers import RANGE, count, number
from groma.importers.intake.people import People
from groma.importers.intake.records import Records, class_of
from groma.importers.intake.tools import Tools
from groma.importers.intake.work import Flows
from groma.model.grammar import did_you_mean

_TOOL_KEYS = (
    "price",
    "seats",
    "holders",
    "owner",
    "registered_to",
    "used_by",
    "exit",
    "supplier",
    "effort",
    "does",
)


@dataclass(slots=True)
class Answers:
    """Puts each answer into the element that its key names."""

    draft: Draft
    people: People
    tools: Tools
    records: Records
    flows: Flows

    def apply(self, answers: dict[str, Cell]) -> None:
        for key in sorted(answers):
            section, _, rest = key.partition(".")
            cell = answers[key]
            if unsaid(cell.text) or not rest:
                continue
            name, _, field = rest.rpartition(".")
            if section == "exchange":
                self._exchange(rest, cell)
            elif section == "knowledge":
                self.people.knowledge(
                    Entry(
                        "knowledge", cell.at, {"topic": Cell(rest.replace("_", " "), cell.at), "person": cell}
                    )
                )
            elif name not in self.draft.sections.get(section, {}):
                hint = did_you_mean(name, self.draft.sections.get(section, {}))
                self.draft.note(cell.at, f"the answer `{key}` is about nothing that was told{hint}")
            else:
                self._element(section, name, field, cell)

    def _element(self, section: str, name: str, field: str, cell: Cell) -> None:
        known = False
        if section == "people" and field in ("rate", "hours", "knows", "role", "count"):
            title = Cell(self.people.titles[name], self.draft.origins[f"people.{name}"])
            self.people.add(
                Entry("people", self.draft.origins[f"people.{name}"], {"person": title, field: cell})
            )
            known = True
        elif section == "components" and field in _TOOL_KEYS:
            self.tools.says(name, Entry("tools", cell.at, {field: cell}))
            known = True
        elif section == "suppliers" and field in ("renews", "notice", "exit"):
            self.tools.contract(name, Entry("suppliers", cell.at, {field: cell}))
            known = True
        elif section == "flows":
            known = self._flow(name, field, cell)
        elif section == "data":
            known = self._data(name, field, cell)
        elif section in ("connections", "decisions") and field in ("owner", "on_error", "since", "due"):
            self._other(section, name, field, cell)
            known = True
        if not known:
            self.draft.note(cell.at, f"`{section}.{name}` has no `{field}` that can be answered")

    def _flow(self, name: str, field: str, cell: Cell) -> bool:
        body = self.draft.sections["flows"][name]
        if field == "rate":
            told = often(cell.text, "month")
            if told is None:
                self.draft.note(
                    cell.at,
                    f"expected how often such as `2x a week` or `90 a month`, found `{cell.text[:40]}`: left unknown",
                )
            elif body["starts"].get("rate") == "unknown":
                body["starts"]["rate"] = self.draft.rate_fact(f"{name}_rate", told, cell.at)
        elif field == "takes":
            told_span = work(cell.text, "min")[1] or span(cell.text, "min")
            if told_span is None:
                self.draft.note(
                    cell.at, f"expected how long such as `10-15 min`, found `{cell.text[:40]}`: left unknown"
                )
                return True
            open_steps = [step for step in steps_of(body["steps"]) if step.get("takes") == "unknown"]
            reference = self.draft.time_fact(f"{name}_takes", told_span, cell.at) if open_steps else ""
            for step in open_steps:
                step["takes"] = reference
        elif field == "who":
            who = self.people.one(cell.text, cell.at)
            if who is not None and not any("ask" in step for step in steps_of(body["steps"])):
                waits = [step for step in body["steps"] if "wait" in step]
                takes = waits[0]["wait"] if waits else "unknown"
                body["steps"] = [
                    *(s for s in body["steps"] if "wait" not in s),
                    {"ask": who, "takes": takes, "title": body["title"]},
                ]
                self.draft.put("flows", name, "by", who, cell.at)
        elif field == "for":
            if not nobody(cell.text):
                self.draft.join("flows", name, "for", self.people.mentioned(cell.text, cell.at), cell.at)
        elif field == "worth":
            told_money = money(cell.text)
            if told_money is None:
                self.draft.note(
                    cell.at,
                    f"expected what one brings such as `900 EUR`, found `{cell.text[:40]}`: left unknown",
                )
            elif "worth" not in body:
                currency = told_money.currency or self.draft.currency
                fact = self.draft.fact(f"{name}_worth", told_money.amount, currency, cell.at)
                self.draft.put("flows", name, "worth", fact, cell.at)
        elif field == "on_error":
            self.draft.put("flows", name, "on_error", cell.text, cell.at)
        else:
            return False
        return True

    def _data(self, name: str, field: str, cell: Cell) -> bool:
        if field == "owner":
            owner = self.people.one(cell.text, cell.at)
            if owner is not None:
                self.draft.put("data", name, "owner", owner, cell.at)
        elif field == "leading":
            tool = self.tools.known(cell.text)
            held: list[str] = self.draft.sections["data"][name].get("held_by", [])
            if tool is None:
                self.draft.note(cell.at, f"expected a tool that keeps it, found `{cell.text[:40]}`")
            else:
                self.draft.sections["data"][name]["held_by"] = [tool, *(t for t in held if t != tool)]
                self.draft.origins[f"data.{name}.leading"] = cell.at
        elif field == "class":
            self.draft.sections["data"][name]["class"] = class_of(cell.text) or "internal"
        elif field == "backup":
            self.records.backup(name, Entry("data", cell.at, {"backup": cell}))
            if nobody(cell.text):
                self.draft.origins[f"data.{name}.backup"] = cell.at
        else:
            return False
        return True

    def _other(self, section: str, name: str, field: str, cell: Cell) -> None:
        if field == "owner":
            owner = self.people.one(cell.text, cell.at)
            if owner is not None:
                self.draft.put(section, name, "owner", owner, cell.at)
            return
        if field in ("since", "due"):
            from groma.importers.intake.dates import read_date

            read = read_date(cell.text)
            if read is None:
                self.draft.note(
                    cell.at, f"expected a date such as 2026-09-01, found `{cell.text[:40]}`: left unknown"
                )
            else:
                self.draft.put(section, name, field, read[0], cell.at)
            return
        if not nobody(cell.text):
            self.draft.put(section, name, field, cell.text, cell.at)

    def _exchange(self, currency: str, cell: Cell) -> None:
        match = re.search(RANGE, cell.text)
        rate = number(match["low"]) if match else None
        told = count(re.sub(r"[^\d.,]", " ", cell.text).strip()) if rate is None else None
        if (
            not re.fullmatch(r"[A-Z]{3}", currency)
            or match is None
            or (rate is None and told is None)
            or rate == 0
        ):
            self.draft.note(
                cell.at,
                f"expected what one {currency[:3]} is worth such as `0.87 {self.draft.currency}`, "
                f"found `{cell.text[:40]}`",
            )
            return
        from groma.importers.intake.numbers import spread

        worth = spread(match, cell.text)
        if worth is not None:
            self.draft.exchange[currency] = self.draft.fact(
                currency.lower(), worth, self.draft.currency, cell.at
            )


def steps_of(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every step, those inside choices and parallel ways too."""
    for step in steps:
        yield step
        for branch in step.get("choose", ()):
            yield from steps_of(branch["steps"])
        for way in step.get("parallel", ()):
            yield from steps_of(way)
