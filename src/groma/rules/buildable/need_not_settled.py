"""Needs that nobody asked for by name, or that nobody can test."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.needs import results
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every need: who accepts it, and whether its figure shows that it is met."""
    return Look(2 * len(subject.model.needs), tuple(_hits(subject)))


def _hits(subject: Subject) -> Iterator[Hit]:
    needs = subject.model.needs
    for name, need in needs.items():
        title = name.replace("_", " ")
        if not need.from_:
            yield Hit(
                f"needs.{name}", f"Who accepts `{title}` isn't stated", "no `from`", need.at, key="from"
            )
    for result in results(subject.context):
        if result.verdict != "met" and result.need in needs:
            missing = subject.context.ledger[result.figure].missing
            yield Hit(
                f"needs.{result.need}",
                f"`{result.need.replace('_', ' ')}` is {result.verdict} by this design",
                result.why or result.verdict,
                needs[result.need].at,
                remedy=f"State {'; '.join(missing[:3])}." if missing else "",
                figures=(result.figure,),
                key="figure",
            )


RULE = Rule(
    id="need-not-settled",
    title="Need that can't be accepted",
    looks_for="Needs without `from`, and needs that the design doesn't meet over the whole range of what is "
    "known.",
    why="A builder who meets the blueprint must have met the need; else each blames the other.",
    source="verifiable requirements: ISO/IEC/IEEE 29148:2018, 5.2.5",
    severity="warning",
    tags=("ambiguity", "needs"),
    consequence="It is tested against a wish.",
    remedy="Name who asks for it, state the facts that are missing, or change the design or the target.",
    phases=("build",),
    check=check,
    good="""\
people: {ana: {}}
needs: {up: {measure: availability/visit, at_least: 99 %, from: ana}}
components: {web: {kind: service, fails: {availability: 99.9 %}, offers: {get: {work: 1 ms}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    bad="""\
needs: {up: {measure: availability/visit, at_least: 99 %}}
components: {web: {kind: service, fails: {availability: 98 %}, offers: {get: {work: 1 ms}}}}
flows: {visit: {starts: {rate: 1/min}, steps: [{call: web.get}]}}
""",
    expected=(
        "need-not-settled:needs.up/figure",
        "need-not-settled:needs.up/from",
    ),
)
