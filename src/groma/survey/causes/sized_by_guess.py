"""Windows, memories, machines and limits that were taken as they came and not worked out from what is asked of them."""

from __future__ import annotations

from groma.survey.cause import Cause, Explains, Remedy
from groma.survey.grouping import by, first_there, told

CAUSE = Cause(
    id="sized-by-guess",
    title="What a model has to carry was guessed",
    why="Sizes were taken from an example and kept; nobody worked out the longest case and the busiest hour.",
    risk="It fails when it matters most: on the longest cases and in the busiest hour.",
    source="Little, Operations Research 9(3), 1961; Kwon et al., PagedAttention, SOSP 2023",
    explains=(
        Explains("context-overflow", "long cases don't fit", "certain"),
        Explains("context-without-cut-order", "nobody said what goes when it is too long", "certain"),
        Explains("found-more-than-read", "what is found for it doesn't fit", "certain"),
        Explains("too-few-instances", "there are too few for the busiest hour", "certain"),
        Explains("served-model-cannot-run", "it doesn't fit where it is put", "certain"),
        Explains("served-time-differs", "its time was typed, not measured", "likely"),
        Explains("calls-turned-away", "the limit lies below the busiest hour", "certain"),
        Explains("index-outgrows-memory", "it was bought for fewer", "certain"),
        Explains("budget-exceeded", "the parts take more than the whole may", "certain"),
    ),
    find=by(
        first_there,
        told(
            "it was never worked out what it has to carry",
            ({"context-overflow", "context-without-cut-order"}, "long cases are more than its window holds"),
            ({"calls-turned-away"}, "the supplier turns calls away in the busiest hour"),
            ({"budget-exceeded"}, "its steps take more time than they were given"),
        ),
    ),
    remedy=Remedy(
        "Work out the longest case and the busiest hour, say what is cut first, and size window, memory, machines and "
        "limits by them.",
        (6.0, 40.0),
        "AI architect",
        (0.6, 1.0),
        "judgement: a day for each model with its traces, and a trial at the busiest hour",
    ),
    structural=True,
    tags=("context",),
    good="""\
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows: {a: {steps: [{call: writer.write, context: {rules: 800 tokens, passages: 4000 tokens, cut_first: passages}}]}}
""",
    bad="""\
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows:
  a:
    steps:
      - repeat:
          until: 50 %
          at_most: 6
          steps:
            - call: writer.write
              context: {rules: 800 tokens, history: 100 tokens, grows: {history: 2000 tokens}, cut_first: history}
""",
    expected=("flows.a",),
)
