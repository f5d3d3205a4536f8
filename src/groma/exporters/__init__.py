"""From a model, its figures and its findings to files that other programs read; one format a file.

- `junit(ledger)`: needs as test cases, for build servers
- `otlp(spans)`: simulated runs as OpenTelemetry traces, for whatever reads traces
- `sarif(findings, needs, ...)`: needs and findings as static-analysis results, for code review
"""

from groma.exporters.junit import junit
from groma.exporters.otlp import otlp
from groma.exporters.sarif import sarif

__all__ = ["junit", "otlp", "sarif"]
