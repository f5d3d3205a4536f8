"""Needs that no figure can be held against."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every need; those whose figure isn't shown, with the facts that would show it."""
    needs = list(subject.model.needs.values())
    hits: list[Hit] = []
    for need in needs:
        figure = subject.figure(need.measure)
        if figure.status == "not shown":
            missing = "; ".join(figure.missing[:3])
            hits.append(
                Hit(
                    f"needs.{need.name}",
                    f"Nothing measures the need `{need.name}`",
                    figure.reason or f"missing: {missing}",
                    need.at,
                    remedy=f"State {missing}." if missing else "",
                    figures=(figure.name,),
                )
            )
    return Look(len(needs), tuple(hits))


RULE = Rule(
    id="unmeasured-need",
    title="Need that nothing measures",
    looks_for="Needs whose figure can't be shown from what the model states.",
    why="A need that isn't measured is neither met nor missed: it is forgotten.",
    source="verifiable requirements: ISO/IEC/IEEE 29148:2018, 5.2.5",
    severity="warning",
    tags=("needs",),
    consequence="Nobody can say whether it is met.",
    remedy="State what is missing, or put the need so that it can be measured.",
    check=check,
    good="""\
needs: {up: {measure: availability/visit, at_least: 99 %}}
components: {web: {kind: service, fails: {availability: 99.9 %}, offers: {get: {work: 1 ms}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    bad="""\
needs: {up: {measure: availability/visit, at_least: 99 %}}
components: {web: {kind: service, offers: {get: {work: 1 ms}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    expected=("unmeasured-need:needs.up",),
)
