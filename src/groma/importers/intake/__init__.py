"""From a folder of raw files to an as-is model, what it came from, and what nobody said.

- `read_folder(path)`: the whole reading, an `Intake`; mistakes raise one `IntakeError` that carries them all
- `answered(intake, answers)`: the same with more answers of the interview; `interview_text(intake, before)` writes them
  into the interview file a person began, whose text is kept; `problem_with(intake, key, answer)` says why one can't
  be read
- `as_model(path)`: what a model's `include` of a folder takes (the entry point `groma.folders`)
- `blank_workbook()`: the empty spreadsheet that a founder can fill in; what is filled in is read back by `read_folder`

Stages, each a file: files -> sheets (`folder`, `csv_file`, `xlsx_file`) -> entries (`headings`, `entries`) -> elements
with their origins (`people`, `tools`, `work`, ...) -> text (`assemble`) and what is missing (`gaps`).
"""

from groma.importers.intake.blank import blank_workbook
from groma.importers.intake.included import as_model
from groma.importers.intake.intake import Intake
from groma.importers.intake.read import answered, interview_text, problem_with, read_folder
from groma.importers.intake.types import Gap, IntakeError, Mistake, Note, Origin

__all__ = [
    "Gap",
    "Intake",
    "IntakeError",
    "Mistake",
    "Note",
    "Origin",
    "answered",
    "as_model",
    "blank_workbook",
    "interview_text",
    "problem_with",
    "read_folder",
]
