"""Spreadsheets that are the place where data of several people or programs are kept."""

from __future__ import annotations

from groma.analyses.handed import SHEETS, called, is_sheet
from groma.analyses.seats import users
from groma.model.elements import Component, Data, Model
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Spreadsheets that are the first to hold data; those that several people, flows or components share."""
    model = subject.model
    sheets = {component.name: component for component in subject.components() if is_sheet(component)}
    first = [(data, data.held_by[0]) for data in model.data.values() if data.held_by]
    pairs = [(data, sheets[name]) for data, name in first if name in sheets]
    hits = (_hit(data, sheet, how) for data, sheet in pairs if (how := _shared(model, data, sheet)))
    return Look(len(pairs), tuple(hits))


def _shared(model: Model, data: Data, sheet: Component) -> str:
    people = users(model, sheet).low
    if people > 1.0:
        return "several people work with it"
    flows = [name for name, flow in model.flows.items() if sheet.name in called(flow.steps)]
    if len(flows) > 1:
        return f"{', '.join(flows)} use it"
    ways = [
        c.name
        for c in model.connections.values()
        if data.name in c.carries
        and sheet.name in (c.from_, c.to)
        and {c.from_, c.to} <= model.components.keys()
    ]
    return f"other tools are fed from it or feed it ({', '.join(ways)})" if ways else ""


def _hit(data: Data, sheet: Component, how: str) -> Hit:
    return Hit(
        f"data.{data.name}",
        f"A spreadsheet is the database of {data.title or data.name}: {sheet.title or sheet.name}",
        f"{sheet.name} is the first to hold them, and {how}",
        data.at,
        confidence="certain" if sheet.kind.lower() in SHEETS else "likely",
    )


RULE = Rule(
    id="sheet-as-database",
    title="Spreadsheet used as a database",
    looks_for="Data whose first holder is a spreadsheet that several people, flows or other tools share.",
    why="A spreadsheet checks no entry, keeps no history of who changed what, and is overwritten by the last to save.",
    source="Panko, What We Know About Spreadsheet Errors, 1998 (revised 2008); EuSpRIG, horror stories",
    severity="warning",
    tags=("data",),
    consequence="Rows are overwritten, sorted apart and copied, and nobody can say which copy is right.",
    remedy="Move them to a tool with one record for each thing and a history; keep sheets for calculating.",
    check=check,
    good="""\
people: {ana: {}}
components: {calc: {kind: spreadsheet, used_by: ana}, crm: {kind: tool, used_by: ana}}
data: {estimates: {held_by: calc}, customers: {held_by: [crm, calc]}}
""",
    bad="""\
people: {ana: {}, ben: {}}
components:
  list: {kind: spreadsheet, used_by: [ana, ben]}
  book: {kind: tool, title: Founder's Excel file, offers: {write: {}}}
  plan: {kind: sheet, used_by: ana}
  site: {kind: tool}
connections: {c: {from: plan, to: site, carries: [jobs]}}
data: {customers: {held_by: list}, invoices: {held_by: book}, jobs: {held_by: plan}}
flows: {bill: {steps: [{call: book.write}]}, pay: {steps: [{call: book.write}]}}
""",
    expected=(
        "sheet-as-database:data.customers",
        "sheet-as-database:data.invoices",
        "sheet-as-database:data.jobs",
    ),
)
