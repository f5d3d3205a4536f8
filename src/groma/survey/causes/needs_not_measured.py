"""Needs that nobody can say are met."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, quoted, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    paths = touched(ground, mine)
    title = f"Nobody measures what was asked: {quoted(ground.name_of(path) for path in paths)}"
    return Case(key=key, title=title, symptoms=mine, touches=paths)


CAUSE = Cause(
    id="needs-not-measured",
    title="What is asked is measured by nobody",
    why="It was agreed in words; who counts it, and from what, was left open.",
    risk="It is neither met nor missed: it is forgotten until somebody complains.",
    source="ISO/IEC/IEEE 29148:2018, 5.2.5 (verifiable requirements)",
    explains=(
        Explains("unmeasured-need", "no figure can be held against it", "certain"),
        Explains("evaluation-too-small", "too few cases are looked at to see it", "likely"),
        Explains("evaluation-stale", "what is looked at is no longer what is asked", "likely"),
    ),
    find=by(everywhere, tell),
    remedy=Remedy(
        "State what is missing, or ask it so that it can be counted.",
        (1.0, 8.0),
        OWN_PEOPLE,
        (0.0, 1.0),
        "judgement: an hour for each need",
    ),
    tags=("needs",),
    good="""\
people: {ana: {}}
needs: {up: {measure: availability/visit, at_least: 99 %}}
components: {web: {kind: service, owner: ana, replicas: 2, fails: {availability: 99.9 %}, offers: {get: {work: 1 ms}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    bad="""\
people: {ana: {}}
needs: {up: {measure: availability/visit, at_least: 99 %}}
components: {web: {kind: service, owner: ana, replicas: 2, offers: {get: {work: 1 ms}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    expected=("",),
)
