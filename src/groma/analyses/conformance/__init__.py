"""Whether traces of a real or simulated system run a model's programs, and where they first leave them.

- `read_otlp(text)`: the spans of an OTLP JSON text, or what is wrong with it
- `conform(model, spans)`: for each trace whether it conforms, else the first deviation
"""

from groma.analyses.conformance.conform import Conformance, Deviation, conform
from groma.analyses.conformance.traces import Seen, UnreadableTrace, read_otlp

__all__ = ["Conformance", "Deviation", "Seen", "UnreadableTrace", "conform", "read_otlp"]
