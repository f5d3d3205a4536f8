"""Whether traces of a real or simulated system run a model's programs, and where they first leave them.

- `read_otlp(text)`: the spans of an OTLP JSON text, or what is wrong with it
- `conform(model, spans)`: for each trace whether it conforms, else the first deviation
- `as_designed(model, spans)`: spans of generative AI under the names of the design
- `differences(context, spans)`: where models, tokens, tools and money of the traces differ from it
"""

from groma.analyses.conformance.conform import Conformance, Deviation, conform
from groma.analyses.conformance.genai import as_designed
from groma.analyses.conformance.genai_checks import Difference, differences
from groma.analyses.conformance.traces import Seen, UnreadableTrace, read_otlp

__all__ = [
    "Conformance", "Deviation", "Difference", "Seen", "UnreadableTrace", "as_designed", "conform", "differences",
    "read_otlp",
]  # fmt: skip
