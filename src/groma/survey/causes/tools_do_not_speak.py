"""People carry data from tool to tool, because the tools aren't connected."""

from __future__ import annotations

from groma.analyses.interval import NOTHING_KNOWN
from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Part, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, elements, flows_at, quoted, touched


def fault(ground: Ground, finding: Finding) -> str | None:
    """The connection that a person carries: named by the finding, or the one that its step or data is carried over."""
    link = element_in(ground, finding, "connections")
    if link is not None:
        return link
    for evidence in finding.evidence:
        if evidence.element in ground.carried:
            return f"connections.{ground.carried[evidence.element]}"
        data = ground.element(evidence.element).removeprefix("data.")
        by_hand = [c.name for c in ground.model.connections.values() if c.by_hand and data in c.carries]
        if by_hand:
            return f"connections.{by_hand[0]}"
    if finding.rule in ("manual-work", "held-twice"):
        return None
    return next((path for path in elements(ground, finding) if ground.there(path)), None)


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    name = key.partition(".")[2]
    link = ground.model.connections.get(name) if key.startswith("connections.") else None
    if link is None:
        paths = [e.element for f in mine for e in f.evidence if e.element in ground.asks]
        rules = {finding.rule for finding in mine}
        parts: tuple[Part, ...] = tuple(part for path in dict.fromkeys(paths) for part in ground.worked(path))
        title = f"“{ground.name_of(key)}”: its tools aren't joined, so people carry it on"
        if rules <= {"lost-between-steps"}:
            title = f"“{ground.name_of(key)}”: something is lost between its tools"
        return Case(
            key=key,
            title=title,
            symptoms=mine,
            parts=parts,
            touches=touched(ground, mine),
            flows=flows_at(ground, touched(ground, mine)),
        )
    people = ground.model.people
    ends = [f"{'people' if end in people else 'components'}.{end}" for end in (link.from_, link.to)]
    works = ground.hand_work(link.from_, link.to)
    parts = tuple(part for path in works for part in ground.worked(path))
    if not parts:
        missing = f"{key}: state who carries it over, how often and how long it takes"
        parts = (Part(f"carried/{key}", "carrying it over", NOTHING_KNOWN, "paid", (), (missing,)),)
    steps = tuple(path.split(".")[1] for path in works)
    return Case(
        key=key,
        title=_between(ground, ends, link.carries),
        symptoms=mine,
        parts=parts,
        worked=works,
        data=link.carries,
        flows=tuple(dict.fromkeys(steps)),
        touches=tuple(dict.fromkeys((key, *ends, *(f"data.{data}" for data in link.carries)))),
    )


def _between(ground: Ground, ends: list[str], carries: tuple[str, ...]) -> str:
    """What goes between two by hand; of two tools, that they don't speak with each other."""
    both = quoted(ground.name_of(end) for end in ends)
    if all(end.startswith("components.") for end in ends):
        return f"{both} don't speak with each other: people carry it over"
    what = f"“{ground.name_of(f'data.{carries[0]}')}”" if carries else "What one of them has"
    return f"{what} goes between {both} by hand"


CAUSE = Cause(
    id="tools-do-not-speak",
    title="Work is a person's because tools don't speak with each other",
    why="Each tool was chosen for itself; what has to pass between two of them is typed by somebody.",
    risk="Two tools say different things until somebody notices; what isn't typed is lost.",
    source="Hohpe and Woolf, Enterprise Integration Patterns, 2003, chapter 1; HEART, Williams 1986 (errors of typing)",
    explains=(
        Explains("by-hand-hand-over", "a person is the connection", "certain"),
        Explains(
            "tools-not-connected", "both are used in one piece of work and nothing joins them", "certain"
        ),
        Explains("entered-twice", "what one tool knows is typed into the next"),
        Explains("lost-between-steps", "what nobody types is lost between the tools"),
        Explains("held-twice", "copies drift apart since nothing but hands carries changes over"),
        Explains("manual-work", "the work is carrying data from tool to tool"),
        Explains(
            "hand-over-without-error-path", "nobody notices when typing it over is forgotten", "possible"
        ),
        Explains(
            "report-from-many-places",
            "numbers are collected by hand because no tool has them all",
            "possible",
        ),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Let the two exchange it themselves: an import, an interface, or one tool for both; field by field.",
        (12.0, 60.0),
        "software engineer",
        (0.5, 0.9),
        "judgement: one interface of a few fields with its error path; what needs a decision stays with a person",
        (0.05, 0.5),
    ),
    structural=True,
    tags=("integration",),
    good="""\
people: {ana: {rate: 40 EUR/h}}
components:
  mail: {kind: tool, owner: ana, offers: {read: {work: 1 s}}}
  books: {kind: tool, owner: ana, offers: {write: {work: 1 s}}}
connections: {typed: {from: mail, to: books}}
flows: {book: {starts: {rate: 100/month}, steps: [{call: mail.read}, {ask: ana, takes: 5 min}, {call: books.write}]}}
""",
    bad="""\
people: {ana: {rate: 40 EUR/h}}
components:
  mail: {kind: tool, owner: ana, offers: {read: {work: 1 s}}}
  books: {kind: tool, owner: ana, offers: {write: {work: 1 s}}}
connections: {typed: {from: mail, to: books, by_hand: true}}
flows: {book: {starts: {rate: 100/month}, steps: [{call: mail.read}, {ask: ana, takes: 15 min}, {call: books.write}]}}
""",
    expected=("connections.typed",),
)
