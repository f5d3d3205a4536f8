"""Parts whose failure alone stops runs: minimal cut sets of order one of each flow's fault tree."""

from __future__ import annotations

from groma.analyses.availability.figures import DRAW, solve
from groma.analyses.single_points import TAKEOVER
from groma.analyses.structure.redundancy import shared
from groma.analyses.structure.weakness import single_points
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every element of every flow that starts; those with a part in a cut set of order one, with the flows it stops."""
    stopped: dict[str, dict[str, set[str]]] = {}
    elements: set[str] = set()
    for flow in subject.started:
        for weak in single_points(subject.context, flow):
            part = weak.parts[0]
            if part.endswith(TAKEOVER):  # short by design; `spends` says what it costs
                continue
            stopped.setdefault(_element(part), {}).setdefault(flow, set()).add(part)
        elements.update(_element(part) for part in _parts(subject, flow))
    hits = (_hit(subject, name, flows) for name, flows in sorted(stopped.items()))
    return Look(len(elements), tuple(hits))


def _element(part: str) -> str:
    """The element of a part: replicas of one component are one."""
    return part.partition("#")[0]


def _parts(subject: Subject, flow: str) -> set[str]:
    return {name for name in solve(subject.context, flow).chances if not name.startswith(DRAW)}


def _hit(subject: Subject, name: str, flows: dict[str, set[str]]) -> Hit:
    section, _, short = name.partition(".")
    element = getattr(subject.model, section).get(short)
    title = getattr(element, "title", "") or short
    members = max(len(parts) for parts in flows.values())
    together = all(shared(part) for parts in flows.values() for part in parts)
    stops = ", ".join(f"`{subject.model.flows[flow].title or flow}`" for flow in flows)
    return Hit(
        name,
        f"Everything hangs on {_which(title, members, together)}",
        f"a cut set of order one of {', '.join(flows)}" + (f", {members} times" if members > 1 else ""),
        getattr(element, "at", None),
        consequence=f"While it is down, runs of {stops} fail.",
        figures=tuple(subject.figure(f"availability/{flow}").name for flow in flows),
    )


def _which(title: str, members: int, together: bool) -> str:
    if together:
        return f"what all of {title} have in common"
    return title if members == 1 else f"each one of {title}"


RULE = Rule(
    id="single-point-of-failure",
    title="Single point of failure",
    looks_for="Parts, places, suppliers and connections whose failure alone stops runs of a flow that starts.",
    why="What stands alone decides how dependable the whole is, whatever is doubled elsewhere.",
    source="minimal cut sets: Vesely et al., Fault Tree Handbook, NUREG-0492, 1981",
    severity="warning",
    tags=("structure", "availability"),
    consequence="While it is down the flow fails.",
    remedy="Double it in another place, give the call a fallback, or accept it and say so in a decision.",
    check=check,
    good="""\
components:
  web: {kind: service, replicas: 2, fails: {availability: 99.9 %}, offers: {get: {work: 1 ms}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    bad="""\
components:
  web: {kind: service, replicas: 2, fails: {availability: 99.9 %}, offers: {get: {work: 1 ms}}}
  db: {kind: database, fails: {availability: 99.9 %}, offers: {read: {work: 1 ms}}}
  shards: {kind: database, replicas: 3, enough: 3, fails: {availability: 99.9 %}, offers: {read: {work: 1 ms}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}, {call: db.read}, {call: shards.read}]}}
""",
    expected=("single-point-of-failure:components.db", "single-point-of-failure:components.shards"),
)
