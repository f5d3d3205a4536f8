"""What only one person knows or may do: the work waits when they are away, and goes with them when they leave."""

from __future__ import annotations

from groma.analyses.dependence_hours import Need, only_one
from groma.model.finding import Finding
from groma.model.program import Ask
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, flows_at, said, touched


def fault(ground: Ground, finding: Finding) -> str | None:
    """The one person: named by the finding's figures, its evidence, the step that asks them, or as the one holder."""
    if finding.rule == "manual-work" and not _alone(ground, finding):
        return None
    for name in finding.figures:
        kind, _, rest = name.partition("/")
        person = rest.rpartition("/")[2]
        if kind in ("dependence", "load") and person in ground.model.people:
            return f"people.{person}"
    named = element_in(ground, finding, "people")
    if named:
        return named
    for evidence in finding.evidence:
        step = ground.asks.get(evidence.element)
        if step is not None and isinstance(step.action, Ask):
            return f"people.{step.action.person}"
        component = ground.model.components.get(ground.element(evidence.element).partition(".")[2])
        if component is not None and (component.holders or component.owner):
            return f"people.{(*component.holders, component.owner or '')[0]}"
    return None


def _alone(ground: Ground, finding: Finding) -> bool:
    """Whether a step of manual work asks for what one person alone knows."""
    for evidence in finding.evidence:
        step = ground.asks.get(evidence.element)
        if step is not None and isinstance(step.action, Ask) and step.action.needs_knowledge:
            need = Need(step.path, step.action.needs_knowledge, step.at, step.action.person)
            return only_one(ground.model, need) is not None
    return False


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    person = key.partition(".")[2]
    who = ground.name_of(key)
    parts = ground.away(person)
    topics = [t for f in mine if f.rule == "only-one-person" for t in _topics(f)]
    stopped = [stop.flow for each in ground.absences if each.parts == (key,) for stop in each.stops]
    kept = [path for path in touched(ground, mine) if path.startswith("flows.")]
    what = f"{who} alone knows {said(topics, 4)}" if topics else f"Too much hangs on {who}"
    return Case(
        key=key,
        title=what,
        symptoms=mine,
        parts=parts,
        people=(person,),
        touches=touched(ground, mine),
        flows=tuple(dict.fromkeys((*stopped, *flows_at(ground, kept)))),
    )


def _topics(finding: Finding) -> list[str]:
    return finding.id.rpartition("/")[2].split("+") if "/" in finding.id else []


CAUSE = Cause(
    id="knowledge-in-one-head",
    title="Knowledge lives in one head",
    why="What is known by one person is never written down as long as they are there; each day makes it more.",
    risk="The work stops in holidays and illness, and leaves with the person.",
    source="truck factor: Avelino et al., ICPC 2016; ISO 30401:2018, 4.4; ISO 22301:2019, 8.2.2",
    explains=(
        Explains("only-one-person", "nobody else has what must be known for it", "certain"),
        Explains("one-person-approves-all", "only one person is allowed to say yes"),
        Explains("one-holder", "one person alone can sign in", "possible"),
        Explains("overloaded-person", "what only one can do piles up with them"),
        Explains("long-wait-for-person", "everybody waits for the one who can"),
        Explains("value-hangs-on-few", "most of what is earned stops with one person", "possible"),
        Explains(
            "manual-work", "it is done by hand because the rules for it were never written down", "possible"
        ),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Write down how it is done, then have a second person do it once a month until they no longer ask.",
        (24.0, 80.0),
        OWN_PEOPLE,
        (0.5, 0.9),
        "judgement: one to three days of writing down, four to ten rounds side by side; rare cases stay with the first",
    ),
    good="""\
people: {ana: {rate: 60 EUR/h, knows: [pricing]}, ben: {rate: 40 EUR/h, knows: [pricing]}}
flows: {quote: {worth: 500 EUR, starts: {rate: 20/month}, steps: [{ask: ana, takes: 2 h, needs_knowledge: [pricing]}]}}
""",
    bad="""\
people: {ana: {rate: 60 EUR/h, knows: [pricing]}, ben: {rate: 40 EUR/h}}
flows: {quote: {worth: 500 EUR, starts: {rate: 20/month}, steps: [{ask: ana, takes: 2 h, needs_knowledge: [pricing]}]}}
""",
    expected=("people.ana",),
)
