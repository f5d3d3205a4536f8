"""Parts, places and lines that everything hangs on and that nothing stands in for."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, flows_at, quoted


def fault(ground: Ground, finding: Finding) -> str | None:
    """All such parts are one case: which of them to double is one decision, by what each outage costs."""
    return None if _part(ground, finding) is None else ""


def _part(ground: Ground, finding: Finding) -> str | None:
    return element_in(ground, finding, "components", "places", "connections")


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    parts = tuple(dict.fromkeys(part for finding in mine if (part := _part(ground, finding))))
    what = quoted(ground.name_of(path) for path in parts)
    title = f"Nothing stands in for {what}"
    if all(finding.rule == "no-reserve" for finding in mine):
        title = f"No reserve for the loss of one: {what}"
    stops = [stop.flow for point in ground.alone if point.element in parts for stop in point.stops]
    return Case(
        key=key,
        title=title,
        symptoms=mine,
        parts=tuple(part for path in parts for part in ground.down(path)),
        touches=parts,
        flows=tuple(dict.fromkeys((*stops, *flows_at(ground, parts)))),
        times=len(parts),
    )


CAUSE = Cause(
    id="no-spare",
    title="There is no spare where it matters",
    why="One was enough to begin with; since then more and more came to stand on it.",
    risk="While it is down the work stops, and how long that lasts is up to whoever mends it.",
    source="cut sets: Vesely et al., NUREG-0492, 1981; N + 1: Barroso et al., The Datacenter as a Computer, 2018",
    explains=(
        Explains("single-point-of-failure", "its failure alone stops the work", "certain"),
        Explains("no-reserve", "what is left after losing one isn't enough", "certain"),
        Explains("hot-station", "there is nothing left for a busy hour", "possible"),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Double it elsewhere, give its callers a way around it, or accept its outages and write that down.",
        (2.0, 60.0),
        "DevOps or site reliability engineer",
        (0.5, 0.95),
        "judgement: from two hours to accept it and say so, to a second one and a trial; running that is extra",
    ),
    structural=True,
    tags=("availability",),
    good="""\
components: {web: {kind: service, replicas: 2, fails: {availability: 99.9 %}, offers: {get: {work: 1 ms}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    bad="""\
components: {db: {kind: database, fails: {availability: 99.9 %}, offers: {read: {work: 1 ms}}}}
flows: {visit: {worth: 2 EUR, starts: {rate: 1/min}, steps: [{call: db.read}]}}
""",
    expected=("",),
)
