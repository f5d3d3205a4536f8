"""Work that stands on a language model and lacks what makes a prototype a product."""

from __future__ import annotations

from groma.model.program import Ask, Step, walk
from groma.rules.models import calls_of_models
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

MANY = 3
"""So many of the five missing make it a prototype: one or two are gaps."""


def check(subject: Subject) -> Look:
    """Flows that start and call a language model; what each lacks."""
    hits: list[Hit] = []
    looked = 0
    for name in subject.started:
        calls = list(calls_of_models(subject.model, name))
        if not calls:
            continue
        looked += 1
        lacks = _lacks(subject, name, calls)
        if len(lacks) >= MANY:
            flow = subject.model.flows[name]
            hits.append(
                Hit(
                    f"flows.{name}",
                    f"{named(flow, name)} runs as a prototype does",
                    f"{len(lacks)} of 5 are missing: {'; '.join(lacks)}",
                    flow.at,
                )
            )
    return Look(looked, tuple(hits))


def _lacks(subject: Subject, flow: str, calls: list[tuple[Step, str]]) -> list[str]:
    model = subject.model
    used = sorted({component for _, component in calls})
    asks = any(isinstance(step.action, Ask) for step in walk(model.flows[flow].steps))
    measures = [str(need.measure) for need in model.needs.values()]
    judged = any(each.qualities for name in used for each in model.candidates(name))
    missing = {
        "no need is stated for it": not any(flow in measure for measure in measures),
        f"no quality of the answers of {', '.join(used)} is stated": not judged
        and not any(measure.startswith("quality") for measure in measures),
        "no call of a model has a timeout": all(
            step.policies.timeout is None and step.policies.deadline is None for step, _ in calls
        ),
        "nothing else is done, and nobody asked, when a model fails": not asks
        and all(step.policies.fallback is None for step, _ in calls),
        "nothing watches it": not any(c.kind == "telemetry" for c in model.components.values()),
    }
    return [words for words, lacking in missing.items() if lacking]


RULE = Rule(
    id="prototype-in-use",
    title="Prototype in use",
    looks_for="Flows that start and call a language model, of which at least three of these are missing: a "
    "need, a stated "
    "quality of the answers, a timeout, something to do when the model fails, telemetry.",
    why="A demonstration answers when all goes well. In use it meets load, failures and wrong answers, "
    "each unanswered.",
    source="Sculley et al., Hidden Technical Debt in Machine Learning Systems, NeurIPS 2015; Breck et al., "
    "The ML Test Score, IEEE Big Data 2017",
    severity="warning",
    tags=("programs", "models"),
    consequence="Nobody can say whether it works, and nobody notices when it stops.",
    remedy="State what must hold, evaluate answers on cases of your own, give each call a time and an "
    "answer to failure, watch it.",
    phases=("assess",),
    check=check,
    good="""\
needs: {quick: {measure: latency/ask/p95, at_most: 5 s}}
people: {ana: {}}
components:
  brain: {kind: llm, qualities: {accuracy: 91 %}, offers: {say: {work: 1 s}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: brain.say, timeout: 4 s, fallback: [{ask: ana, takes: 2 min}]}]}}
""",
    bad="""\
components: {brain: {kind: llm, offers: {say: {work: 1 s}}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: brain.say}]}}
""",
    expected=("prototype-in-use:flows.ask",),
)
