"""A prototype that was put to work as it was."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, flows_at, quoted, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    paths = touched(ground, mine)
    flows = flows_at(ground, paths)
    named = quoted(ground.name_of(path) for path in paths if path.startswith("flows."))
    return Case(
        key=key,
        title=f"A prototype became the product: {named}",
        symptoms=mine,
        flows=flows,
        touches=paths,
        times=max(1, len(flows)),
    )


CAUSE = Cause(
    id="prototype-became-product",
    title="A prototype became the product",
    why="It worked when it was shown, and was put to work before anybody said what must hold.",
    risk="The first outage, wrong answer or large bill is found by a customer.",
    source="Sculley et al., Hidden Technical Debt in Machine Learning Systems, NeurIPS 2015",
    explains=(Explains("prototype-in-use", "what separates it from a demonstration is missing", "likely"),),
    find=by(everywhere, tell),
    remedy=Remedy(
        "State needs, evaluate on your own cases, give calls times and answers to failure, and watch "
        "it; then let it grow.",
        (60.0, 240.0),
        "AI or machine-learning engineer",
        (0.0, 0.5),
        "judgement: one and a half to six weeks for each flow, most of it the evaluation set",
    ),
    structural=True,
    tags=("models",),
    good="""\
needs: {quick: {measure: latency/ask/p95, at_most: 5 s}}
people: {ana: {}}
components:
  brain: {kind: llm, owner: ana, qualities: {accuracy: 91 %}, offers: {say: {work: 1 s}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: brain.say, timeout: 4 s, fallback: [{ask: ana, takes: 2 min}]}]}}
""",
    bad="""\
people: {ana: {}}
components: {brain: {kind: llm, owner: ana, offers: {say: {work: 1 s}}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: brain.say}]}}
""",
    expected=("",),
)
