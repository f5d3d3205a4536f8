"""Infrastructure as code in outline, for OpenTofu and Terraform: a module for each region of a cloud.

- `EXPORT`: the format `terraform`
- `open_variables(source)`, `resources(source)`: what an outline leaves open, and what it would make
- `formatted(text)`: a text of the language in the layout of `terraform fmt`
"""

from groma.exporters.export import Export
from groma.exporters.terraform.files import files, open_variables, resources
from groma.exporters.terraform.layout import formatted

EXPORT = Export(
    "terraform",
    "OpenTofu and Terraform",
    "the infrastructure as code, in outline: what is bought from Azure, AWS and Google, with what is left open",
    files,
    ("ai", "infrastructure"),
)

__all__ = ["EXPORT", "files", "formatted", "open_variables", "resources"]
