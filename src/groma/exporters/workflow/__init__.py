"""What all exports of flows as running code share.

- `forms(model)`: every flow that starts as machines of states (`Form`), or NotExportable with all problems
- `package(model, forms)`: the modules that every such export has: Protocols of tools and checks, one module for each flow,
  and the carried ones (`world`, `machine`, `policies`) that run them with the standard library alone
"""

from groma.exporters.workflow.form import Form, Machine, State, machines, states
from groma.exporters.workflow.lower import forms
from groma.exporters.workflow.package import made_of, package, package_name, readme

__all__ = [
    "Form",
    "Machine",
    "State",
    "forms",
    "machines",
    "made_of",
    "package",
    "package_name",
    "readme",
    "states",
]
