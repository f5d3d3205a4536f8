"""Threats that the structure makes possible, against which nothing stands."""

from __future__ import annotations

from groma.analyses.threats import safety_of
from groma.analyses.threats.seen import whereabouts
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every threat that applies; those with a place at which nothing stands."""
    safety = safety_of(subject.context)
    hits: list[Hit] = []
    for threat in safety.threats:
        bare = [answer for answer in safety.of(threat) if answer.gap]
        if bare:
            first = bare[0].place
            more = f" (and {len(bare) - 1} more)" if len(bare) > 1 else ""
            text = f"{first.text}{more}; none of: {', '.join(threat.controls)}"
            hits.append(
                Hit(
                    first.element,
                    f"{threat.title}: nothing stands against it {whereabouts(subject.model, first)}",
                    text,
                    first.at,
                    f"{threat.effect[:1].upper()}{threat.effect[1:]}: {first.text}.",
                    key=threat.id,
                )
            )
    return Look(len(safety.threats), tuple(hits))


RULE = Rule(
    id="threat-without-control",
    title="Threat without a control",
    looks_for=(
        "Threats (OWASP LLM and agentic, MITRE ATLAS) that the structure makes possible, with a place at "
        "which none of their controls stands."
    ),
    why="What can go wrong and isn't answered is accepted, whether somebody decided so or not.",
    source="ISO/IEC 27005:2022 (risk treatment); NIST AI RMF 1.0, Manage 1.3",
    severity="warning",
    tags=("safety", "ai"),
    consequence="The risk is carried by nobody.",
    remedy="Put one of the controls there, or state under `controls` what is done and who owns it.",
    check=check,
    good="""\
components: {bot: {kind: llm, offers: {write: {work: 1 s}}}}
people: {ana: {}}
flows: {care: {steps: [{call: bot.write, timeout: 9 s}]}}
""",
    bad="""\
components: {bot: {kind: llm, offers: {write: {work: 1 s}}}}
flows: {care: {steps: [{call: bot.write, limit: {rate: 9/min}}]}}
""",
    expected=("threat-without-control:flows.care.steps.1/cascade",),
)
