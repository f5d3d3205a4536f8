"""Reports that people make, instead of numbers that are read where they arise."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, quoted, touched


def fault(ground: Ground, finding: Finding) -> str | None:
    """A report that is gathered is a case of its own; those that nobody is named for are asked about together."""
    return "" if finding.rule == "report-nobody-needs" else element_in(ground, finding, "flows")


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    flows = tuple(path.partition(".")[2] for path in touched(ground, mine) if path.startswith("flows."))
    steps = tuple(path for path in ground.asks if path.split(".")[1] in flows and path.startswith("flows."))
    what = quoted(ground.name_of(f"flows.{flow}") for flow in flows)
    title = f"{what}: collected from several places" if key else f"Nobody is named who needs {what}"
    called = tuple(dict.fromkeys(f"components.{name}" for flow in flows for name in _read(ground, flow)))
    return Case(
        key=key,
        title=title,
        symptoms=mine,
        parts=tuple(part for path in steps for part in ground.worked(path)),
        flows=flows,
        touches=(*(f"flows.{flow}" for flow in flows), *(called if key else ())),
        worked=steps if key else (),
    )


def _read(ground: Ground, flow: str) -> list[str]:
    from groma.model.program import Call, walk

    return [s.action.component for s in walk(ground.model.flows[flow].steps) if isinstance(s.action, Call)]


CAUSE = Cause(
    id="reports-made",
    title="Reports are made instead of read",
    why="Somebody asked for a number once; since then it is collected every week, whoever looks at it.",
    risk="The number is late, and wrong whenever one of the places has changed.",
    source="DAMA-DMBOK 2, chapter 11; Few, Information Dashboard Design, 2006",
    explains=(
        Explains("report-from-many-places", "its numbers are gathered by hand", "certain"),
        Explains("report-nobody-needs", "nobody is named who uses it", "possible"),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Ask who decides what by it. If nobody does, stop; else let one tool show it from the data where they arise.",
        (4.0, 40.0),
        "data engineer",
        (0.6, 1.0),
        "judgement: stopping takes a talk; a screen over two or three tools takes a week",
        (0.0, 0.5),
    ),
    structural=True,
    good="""\
people: {ana: {rate: 40 EUR/h}}
components: {crm: {kind: tool, owner: ana, offers: {read: {work: 1 s}}}}
flows: {figures: {for: [ana], starts: {rate: 4/month}, steps: [{call: crm.read}]}}
""",
    bad="""\
people: {ana: {rate: 40 EUR/h}}
components:
  crm: {kind: tool, owner: ana, offers: {read: {work: 1 s}}}
  books: {kind: tool, owner: ana, offers: {read: {work: 1 s}}}
  list: {kind: tool, owner: ana, offers: {read: {work: 1 s}}}
flows:
  figures:
    title: Report of the week
    starts: {rate: 4/month}
    steps: [{call: crm.read}, {call: books.read}, {call: list.read}, {ask: ana, takes: 3 h, title: report}]
""",
    expected=("flows.figures",),
)
