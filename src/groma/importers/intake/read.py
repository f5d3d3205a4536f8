"""`read_folder`: all files of a folder, each by its kind, then put together."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from groma.importers.intake.assemble import FILE, assemble
from groma.importers.intake.cells import Cell, Entry, Sheet
from groma.importers.intake.csv_file import read_csv
from groma.importers.intake.entries import entries_of
from groma.importers.intake.folder import files_in
from groma.importers.intake.told import Told
from groma.importers.intake.types import Intake, IntakeError, Mistake, Note, Origin
from groma.model.load import loads
from groma.model.position import ModelError


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


def gather(folder: Path) -> Told:
    """What the files of a folder say, before it is put together."""
    notes: list[Note] = []
    problems: list[Mistake] = []
    entries: list[Entry] = []
    modified: dict[str, str] = {}
    files = files_in(folder, notes)
    for name, path in files:
        try:
            data = path.read_bytes()
            modified[name] = (
                datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).date().isoformat()
            )
            for sheet in _sheets(data, name, notes):
                if sheet.modified:
                    modified[name] = sheet.modified
                entries += entries_of(sheet, notes)
        except IntakeError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Mistake(Origin(name), f"can't be read: {error.strerror or error}"))
    if problems:
        raise IntakeError(problems)
    return Told(tuple(entries), modified=modified, notes=tuple(notes), files=tuple(name for name, _ in files))


def _sheets(data: bytes, name: str, notes: list[Note]) -> list[Sheet]:
    kinds: dict[str, Callable[[bytes, str], tuple[Sheet, list[Note]]]] = {".csv": read_csv, ".tsv": read_csv}
    kind = kinds.get(Path(name).suffix.lower())
    if kind is None:
        return []
    sheet, said = kind(data, name)
    notes += said
    return [sheet]


def put_together(told: Told) -> Intake:
    """The intake of what was told; raises IntakeError where it says nothing at all."""
    draft, text = assemble(told, told.answers)
    if not any(draft.sections.values()):
        message = "expected at least one table of tools, people or work, found none that could be read"
        raise IntakeError([Mistake(Origin("."), message), *(Mistake(n.at, n.message) for n in told.notes)])
    try:
        loads(text, file=FILE)
    except ModelError as error:
        raise IntakeError(Mistake(Origin(FILE), f"what was read makes no model: {error}")) from None
    notes = tuple(sorted({*told.notes, *draft.notes}))
    answers = {key: cell.text for key, cell in told.answers.items()}
    return Intake(text, draft.origins, (), notes, answers, told.files, told.interview, told)
