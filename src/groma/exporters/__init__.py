"""From a model, its figures and its findings to files that other programs read; one format a file.

- `junit(ledger)`: needs as test cases, for build servers
- `sarif(findings, needs, ...)`: needs and findings as static-analysis results, for code review
"""

from groma.exporters.junit import junit
from groma.exporters.sarif import sarif

__all__ = ["junit", "sarif"]
