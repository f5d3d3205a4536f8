"""`read_folder`: all files of a folder, each by its kind, then put together."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from groma.importers.intake import interview as interview_file
from groma.importers.intake.assemble import FILE, assemble
from groma.importers.intake.cells import Cell, Entry, Sheet
from groma.importers.intake.csv_file import decoded, read_csv
from groma.importers.intake.entries import entries_of
from groma.importers.intake.folder import files_in
from groma.importers.intake.gaps import gaps_of
from groma.importers.intake.graphs import read_graphs
from groma.importers.intake.intake import Intake
from groma.importers.intake.told import Told
from groma.importers.intake.types import IntakeError, Mistake, Note, Origin
from groma.importers.workflow import Workflow
from groma.model.load import loads
from groma.model.position import ModelError

if TYPE_CHECKING:
    from groma.importers.langgraph import Graph


def read_folder(path: Path | str) -> Intake:
    """The as-is model of a folder of raw files. Raises IntakeError with every mistake found."""
    return put_together(gather(Path(path)))


def answered(intake: Intake, answers: Mapping[str, str]) -> Intake:
    """The intake with more answers of the interview, which win over earlier ones."""
    assert intake.told is not None
    told = intake.told
    file = told.interview or "interview.yaml"
    cells = {key: Cell(text, Origin(file, "", 0, key)) for key, text in answers.items()}
    return put_together(replace(told, answers={**told.answers, **cells}))


def problem_with(intake: Intake, key: str, answer: str) -> str | None:
    """What is wrong with an answer to a gap: what was expected; None for one that can be read."""
    before = {(note.at, note.message) for note in intake.notes}
    for note in answered(intake, {key: answer}).notes:
        if note.at.column == key and (note.at, note.message) not in before and "expected" in note.message:
            return note.message
    return None


def interview_text(intake: Intake, before: str | None = None, *, markdown: bool = False) -> str:
    """The interview file with all answers so far and the open questions; `before` is its text, which is kept."""
    markdown = markdown or (intake.interview or "").lower().endswith(".md")
    return interview_file.written_back(before, markdown, intake.answers, intake.gaps)


def gather(folder: Path) -> Told:
    """What the files of a folder say, before it is put together."""
    notes: list[Note] = []
    problems: list[Mistake] = []
    entries: list[Entry] = []
    workflows: list[Workflow] = []
    graphs: list[tuple[Graph, ...]] = []
    answers: dict[str, Cell] = {}
    remarks: list[Cell] = []
    modified: dict[str, str] = {}
    stamps: dict[str, str] = {}
    interview: str | None = None
    files = files_in(folder, notes)
    for name, path in files:
        try:
            data = path.read_bytes()
            stamp = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).date().isoformat()
            suffix = path.suffix.lower()
            if suffix in (".csv", ".tsv", ".xlsx", ".xlsm"):
                for sheet in _sheets(data, name, notes):
                    if sheet.modified:
                        modified[name] = sheet.modified
                    entries += entries_of(sheet, notes)
            elif suffix == ".py" or (suffix == ".json" and _is_graph(data)):
                if found := read_graphs(data, name, notes):
                    graphs.append(tuple(found))
            elif suffix in (".json", ".bpmn", ".xml"):
                workflows += _workflows(data, name, notes)
            elif (read := _interview(data, name, notes)) is not None:
                interview = interview or name
                for key, cell in read[0].items():
                    answers.setdefault(key, cell)
                remarks += read[1]
                notes += read[2]
            stamps[name] = stamp
        except IntakeError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Mistake(Origin(name), f"can't be read: {error.strerror or error}"))
    if problems:
        raise IntakeError(problems)
    return Told(
        tuple(entries),
        tuple(workflows),
        tuple(graphs),
        answers,
        tuple(remarks),
        modified,
        stamps,
        tuple(notes),
        tuple(name for name, _ in files),
        interview,
    )


def _sheets(data: bytes, name: str, notes: list[Note]) -> list[Sheet]:
    if name.lower().endswith((".csv", ".tsv")):
        sheet, said = read_csv(data, name)
        sheets = [sheet]
    else:
        from groma.importers.intake.xlsx_file import read_xlsx

        sheets, said = read_xlsx(data, name)
    notes += said
    return sheets


def _workflows(data: bytes, name: str, notes: list[Note]) -> list[Workflow]:
    """The workflows of a JSON or XML file; one of another kind is left out."""
    from groma.importers import bpmn, make, n8n

    try:
        if not name.lower().endswith(".json"):
            if name.lower().endswith(".bpmn") or bpmn.looks_like(data):
                return list(bpmn.read_bpmn(data, name))
            notes.append(Note(Origin(name), "left out: XML, but no BPMN 2.0 process"))
            return []
        found = n8n.parse_json(data)
        if n8n.looks_like(found):
            return [n8n.read_n8n(found, name)]
        if make.looks_like(found):
            return [make.read_make(found, name)]
    except n8n.WorkflowError as error:
        raise IntakeError(Mistake(Origin(name), str(error))) from None
    notes.append(
        Note(Origin(name), "left out: JSON, but no workflow of n8n or Make, and no graph of LangGraph")
    )
    return []


def _is_graph(data: bytes) -> bool:
    """Whether a JSON file is the drawn graph of a LangGraph application."""
    from groma.importers import n8n
    from groma.importers.langgraph import looks_like

    try:
        return b"__start__" in data and looks_like(n8n.parse_json(data))
    except n8n.WorkflowError:
        return False


def _interview(data: bytes, name: str, notes: list[Note]) -> interview_file.Read | None:
    """The answers of a YAML or Markdown file, None for one that is no interview."""
    text = decoded(data, name, notes).replace("\r\n", "\n")
    if name.lower().endswith(".md"):
        read = interview_file.read_markdown(text, name)
        if not read[0]:
            notes.append(Note(Origin(name), "left out: a text without a question of the interview in it"))
            return None
        return read
    if interview_file.is_model(text):
        notes.append(Note(Origin(name), "left out: a model, no interview; give it to the command itself"))
        return None
    return interview_file.read_yaml(text, name)


def put_together(told: Told) -> Intake:
    """The intake of what was told; raises IntakeError where it says nothing at all."""
    draft, text = assemble(told, told.answers)
    if not any(draft.sections.values()):
        message = (
            "expected at least one table of tools, people or work, or a LangGraph application, found none that could "
            "be read"
        )
        raise IntakeError([Mistake(Origin("."), message), *(Mistake(n.at, n.message) for n in told.notes)])
    try:
        loads(text, file=FILE)
    except ModelError as error:
        raise IntakeError(Mistake(Origin(FILE), f"what was read makes no model: {error}")) from None
    notes = tuple(sorted({*told.notes, *draft.notes}))
    answers = {key: cell.text for key, cell in told.answers.items()}
    return Intake(
        text, draft.origins, gaps_of(draft, told.answers), notes, answers, told.files, told.interview, told
    )
