"""Questions that have been open for long, while other things wait for the answer."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, flows_at, quoted, where


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    decision = ground.model.decisions[key.partition(".")[2]]
    waits = tuple(path for path in decision.waits if ground.there(path))
    behind = (
        f"; {quoted(ground.name_of(path) for path in waits)} wait{'s' if len(waits) == 1 else ''} for it"
        if waits
        else ""
    )
    title = f"“{ground.name_of(key)}” isn't decided{behind}"
    people = (decision.owner,) if decision.owner else ()
    return Case(
        key=key,
        title=title,
        symptoms=mine,
        people=people,
        touches=(key, *waits),
        flows=flows_at(ground, waits),
    )


CAUSE = Cause(
    id="decisions-not-made",
    title="Decisions aren't made",
    why="Nobody is named who decides, or what it costs to wait was never told.",
    risk="What waits is built around the gap, and costs more to change with each month.",
    source="ISO/IEC/IEEE 42010:2022 (decisions); Reinertsen, The Principles of Product Development Flow, 2009 (delay)",
    explains=(
        Explains("stalled-decision", "it is open, and something waits for it", "certain"),
        Explains("decision-without-owner", "nobody is named who decides", "certain"),
    ),
    find=by(where("decisions"), tell),
    remedy=Remedy(
        "Write options and what each costs on one page, name who decides and the day.",
        (2.0, 12.0),
        OWN_PEOPLE,
        (0.0, 1.0),
        "judgement: one memo, one meeting",
    ),
    good="decisions: {books: {title: Which books?, status: accepted, chosen: ours}}\n",
    bad="""\
date: "2026-11-21"
people: {ana: {}}
flows: {invoice: {starts: {rate: 1/month}, steps: []}}
decisions:
  books: {title: Which books?, status: open, since: 2025-01, due: 2026-01, owner: ana, waits: [flows.invoice]}
""",
    expected=("decisions.books",),
)
