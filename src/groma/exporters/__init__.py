"""From a model, its figures and its findings to files that other programs read; one format a file.

- `exports()`: the formats of `groma export` by name, each an `Export` that makes `Artefact`s of a `Source`
- `junit(ledger)`: needs as test cases, for build servers
- `junit_of_rules(system, looked)`: rules as test cases
- `otlp(spans)`: simulated runs as OpenTelemetry traces, for whatever reads traces
- `sarif(findings, needs, ...)`: needs and findings as static-analysis results, for code review
"""

from groma.exporters.export import Artefact, Export, NotExportable, Source, exports
from groma.exporters.junit import junit, junit_of_rules
from groma.exporters.otlp import otlp
from groma.exporters.sarif import sarif

__all__ = [
    "Artefact",
    "Export",
    "NotExportable",
    "Source",
    "exports",
    "junit",
    "junit_of_rules",
    "otlp",
    "sarif",
]
