"""A second model or agent came, and what both need was never decided."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, flows_at, quoted, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    paths = touched(ground, mine)
    return Case(
        key=key,
        title=f"The second model came without a plan: {quoted(ground.name_of(path) for path in paths)}",
        symptoms=mine,
        flows=flows_at(ground, paths),
        touches=paths,
    )


CAUSE = Cause(
    id="second-model-unplanned",
    title="The second model came without a plan",
    why="One model is a call; with two, routing, keys, limits and contracts are a design that nobody made.",
    risk="Costs can't be told apart, one model's outage is answered in as many ways as there are callers.",
    source="OWASP Top 10 for LLM Applications 2025, LLM10; Nygard, Release It!, 2nd ed. 2018",
    explains=(Explains("models-each-their-way", "each call has policies of its own, or none", "likely"),),
    find=by(everywhere, tell),
    remedy=Remedy(
        "Decide once how models are called: one gateway, one contract for answers and errors, limits "
        "for each caller, one log.",
        (24.0, 120.0),
        "AI or machine-learning engineer",
        (0.0, 0.3),
        "judgement: a gateway set up in three days, callers moved over in up to three weeks",
    ),
    structural=True,
    good="""\
people: {ana: {}}
components:
  small: {kind: llm, owner: ana, offers: {say: {work: 1 s}}}
  large: {kind: llm, owner: ana, offers: {say: {work: 2 s}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: small.say, timeout: 3 s}, {call: large.say, timeout: 6 s}]}}
""",
    bad="""\
people: {ana: {}}
components:
  small: {kind: llm, owner: ana, offers: {say: {work: 1 s}}}
  large: {kind: llm, owner: ana, offers: {say: {work: 2 s}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: small.say, timeout: 3 s}, {call: large.say}]}}
""",
    expected=("",),
)
