"""What exists, as files of others, read into a model; one format a file or a folder.

- `intake`: a folder of spreadsheets, workflow files and a half-filled interview, as a founder has them, to a model
- `n8n`, `bpmn`, `make`: one workflow file each, to the neutral `Workflow` that the intake turns into flows
"""

from groma.importers import intake

__all__ = ["intake"]
