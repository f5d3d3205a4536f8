"""From what was told to one model text: elements in the order of the language, every stated quantity a fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groma.importers.intake.answers import Answers
from groma.importers.intake.cells import Cell
from groma.importers.intake.dates import read_date
from groma.importers.intake.draft import Draft, unsaid
from groma.importers.intake.gaps import growth_of
from groma.importers.intake.graphs import add_graphs
from groma.importers.intake.links import add_handover
from groma.importers.intake.people import People
from groma.importers.intake.records import Records, add_decision, add_volume
from groma.importers.intake.statement import read_statement
from groma.importers.intake.told import Told
from groma.importers.intake.tools import Tools
from groma.importers.intake.work import Flows, read_diaries
from groma.importers.intake.workflows import add_workflow
from groma.model.formatting import formatted
from groma.model.grammar import CURRENCY
from groma.model.schema import order_at
from groma.model.yamltext import dump

FILE = "as-is.yaml"


def assemble(told: Told, answers: Mapping[str, Cell]) -> tuple[Draft, str]:
    """The draft and its text. Order matters: lists first, so that mentions find them."""
    draft = Draft(currency=_currency(told, answers), dates=_dates(told, answers), answers=answers)
    people = People(draft)
    tools = Tools(draft, people)
    records = Records(draft, people, tools)
    flows = Flows(draft, people, tools)

    def element(text: str) -> str | None:
        for section, name in (
            ("flows", flows.known(text)),
            ("components", tools.known(text)),
            ("data", records.known(text)),
        ):
            if name is not None:
                return f"{section}.{name}"
        return None

    by: dict[str, list[Any]] = {}
    for entry in told.entries:
        by.setdefault(entry.topic, []).append(entry)
    for entry in by.get("people", []):
        people.add(entry)
    for entry in by.get("knowledge", []):
        people.knowledge(entry)
    for topic in ("tools", "subscriptions"):
        for entry in by.get(topic, []):
            tools.add(entry)
    for entry in by.get("suppliers", []):
        tools.add_supplier(entry)
    read_statement(by.get("statement", []), tools, draft)
    for entry in by.get("data", []):
        records.add(entry)
    for topic in ("work", "reports"):
        for entry in by.get(topic, []):
            flows.add(entry)
    read_diaries(by.get("diary", []), flows, draft)
    for entry in by.get("handovers", []):
        add_handover(entry, draft, people, tools, records, flows)
    for entry in by.get("decisions", []):
        add_decision(entry, draft, people, element)
    for entry in by.get("volumes", []):
        add_volume(entry, draft)
    for workflow in told.workflows:
        add_workflow(workflow, draft, people, tools, records, flows)
    for graphs in told.graphs:
        add_graphs(list(graphs), draft)
    Answers(draft, people, tools, records, flows).apply(dict(answers))
    return draft, text_of(draft, told, answers)


def _currency(told: Told, answers: Mapping[str, Cell]) -> str:
    said = answers.get("currency")
    return said.text if said is not None and CURRENCY.fullmatch(said.text) else "EUR"


def _dates(told: Told, answers: Mapping[str, Cell]) -> dict[str, str]:
    """The date of each file, and under the empty name that of the whole.

    A file's own date counts, then the day that the interview is of; the file system is believed only where neither is
    there, since copying a file changes it.
    """
    said = answers.get("date")
    read = read_date(said.text) if said is not None else None
    if read is not None:
        return {**told.modified, "": read[0]}
    latest = max(told.modified.values(), default=max(told.stamps.values(), default="1970"))
    return {**told.stamps, **told.modified, "": latest}


def text_of(draft: Draft, told: Told, answers: Mapping[str, Cell]) -> str:
    """The model file."""
    root: dict[str, Any] = {"groma": 1, "system": _said(answers, "system") or "The company as it is"}
    root |= {"currency": draft.currency, "date": draft.dates[""]}
    root["practice"] = "ai" if told.graphs and not told.entries else "business"
    for key in ("author", "problem"):
        if text := _said(answers, key):
            root[key] = text
    background = [
        text for text in (_said(answers, "background"), *(cell.text for cell in told.remarks)) if text
    ]
    if background:
        root["background"] = " ".join(background)
    root |= growth_of(answers)
    if draft.exchange:
        root["exchange"] = dict(sorted(draft.exchange.items()))
    if draft.facts:
        root["facts"] = draft.facts
    for section in ("people", "suppliers", "components", "connections", "data", "flows", "decisions"):
        if draft.sections[section]:
            root[section] = draft.sections[section]
    return formatted(dump(root), FILE, order_at)


def _said(answers: Mapping[str, Cell], key: str) -> str:
    cell = answers.get(key)
    return "" if cell is None or unsaid(cell.text) else cell.text
