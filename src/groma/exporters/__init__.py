"""From a model, its figures and its findings to files that other programs read; one format a file.

- `junit(ledger)`: needs as test cases, for build servers
- `junit_of_rules(system, looked)`: rules as test cases
- `otlp(spans)`: simulated runs as OpenTelemetry traces, for whatever reads traces
- `sarif(findings, needs, ...)`: needs and findings as static-analysis results, for code review
"""

from groma.exporters.junit import junit, junit_of_rules
from groma.exporters.otlp import otlp
from groma.exporters.sarif import sarif

__all__ = ["junit", "junit_of_rules", "otlp", "sarif"]
