"""Model calls that are paid for more than what is asked of them: the hardest question sets the price of all."""

from __future__ import annotations

from groma.survey.cause import Cause, Explains, Remedy
from groma.survey.grouping import by, first_there, told

CAUSE = Cause(
    id="paid-more-than-needed",
    title="Models are paid for more than is asked of them",
    why="The first model that worked was kept for everything; how it is bought was never worked out again.",
    risk="The bill grows with use, and faster than what the use brings.",
    source="Chen et al., FrugalGPT, 2023 (cascades); price lists of the catalog",
    explains=(
        Explains("cheaper-model-first", "most of what is asked a cheaper one answers", "certain"),
        Explains("batch-price-unused", "what can wait is paid as if it could not", "certain"),
        Explains("shared-start-paid-in-full", "the same words are paid anew each time", "certain"),
        Explains("cache-loses-money", "a wrong hit costs more than a right one saves", "certain"),
        Explains("self-hosting-dearer", "the machines stand idle", "certain"),
    ),
    find=by(
        first_there,
        told(
            "every call is paid at the price of the dearest",
            ({"self-hosting-dearer"}, "its own machines cost more than the same by the token"),
            ({"cache-loses-money"}, "its cache costs more than it saves"),
        ),
    ),
    remedy=Remedy(
        "Ask the cheaper model first, send what can wait by batch, have the shared start of prompts kept, and buy "
        "where the load makes it cheap.",
        (8.0, 60.0),
        "AI architect",
        (0.3, 0.9),
        "judgement: one to seven days with a trial of quality on recorded questions",
    ),
    tags=("inference", "cost"),
    good="""\
components:
  small: {kind: llm, price: {call: 0.001 EUR}, qualities: {accuracy: 80 %, unsure: 30 %}, offers: {ask: {work: 1 s}}}
  large: {kind: llm, price: {call: 0.010 EUR}, qualities: {accuracy: 95 %}, offers: {ask: {work: 2 s}}}
flows: {help: {starts: {rate: 1/s}, steps: [{call: large.ask}]}}
""",
    bad="""\
components:
  small: {kind: llm, price: {call: 0.001 EUR}, qualities: {accuracy: 95 %, unsure: 30 %}, offers: {ask: {work: 1 s}}}
  large: {kind: llm, price: {call: 0.010 EUR}, qualities: {accuracy: 95 %}, offers: {ask: {work: 2 s}}}
flows: {help: {starts: {rate: 1/s}, steps: [{call: large.ask}]}}
""",
    expected=("flows.help",),
)
