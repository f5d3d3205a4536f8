"""Parts whose failure alone stops runs: minimal cut sets of order one of each flow's fault tree."""

from __future__ import annotations

from groma.analyses.structure_weakness import single_points
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every part of every flow that starts; those in a cut set of order one, with all the flows that they stop."""
    stopped: dict[str, list[str]] = {}
    parts: set[str] = set()
    for flow in subject.started:
        for weak in single_points(subject.context, flow):
            stopped.setdefault(weak.parts[0], []).append(flow)
        parts.update(_parts(subject, flow))
    hits = (_hit(subject, part, flows) for part, flows in sorted(stopped.items()))
    return Look(len(parts | set(stopped)), tuple(hits))


def _parts(subject: Subject, flow: str) -> set[str]:
    from groma.analyses.availability import DRAW, solve

    return {name for name in solve(subject.context, flow).chances if not name.startswith(DRAW)}


def _hit(subject: Subject, part: str, flows: list[str]) -> Hit:
    section, _, name = part.partition(".")
    element = getattr(subject.model, section).get(name.partition("#")[0])
    title = getattr(element, "title", "") or name
    stops = ", ".join(f"`{subject.model.flows[flow].title or flow}`" for flow in flows)
    return Hit(
        part,
        f"Everything hangs on {title}",
        f"a cut set of order one of {', '.join(flows)}",
        getattr(element, "at", None),
        consequence=f"While it is down, runs of {stops} fail.",
        figures=tuple(subject.figure(f"availability/{flow}").name for flow in flows),
    )


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
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}, {call: db.read}]}}
""",
    expected=("single-point-of-failure:components.db",),
)
