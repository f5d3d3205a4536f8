"""What all exports of flows as running code share.

- `forms(model)`: every flow that starts as machines of states (`Form`), or NotExportable with all problems
- `project(model, forms, ...)`: the files that every such export has: README, Protocols of tools and checks, one module
  for each flow, and the carried ones (`world`, `machine`, `policies`) that run them with the standard library alone
"""

from groma.exporters.workflow.form import Form, Machine, State, machines, states
from groma.exporters.workflow.lower import forms
from groma.exporters.workflow.package import all_of, made_of, package_name, project

__all__ = [
    "Form",
    "Machine",
    "State",
    "all_of",
    "forms",
    "machines",
    "made_of",
    "package_name",
    "project",
    "states",
]
