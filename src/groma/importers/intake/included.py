"""A folder of raw files as an include of a model: its text, and the files that it was read from."""

from __future__ import annotations

from pathlib import Path

from groma.importers.intake.read import read_folder
from groma.importers.intake.types import IntakeError
from groma.model.position import ModelError, Position, Problem


def as_model(folder: Path) -> tuple[str, tuple[Path, ...]]:
    """The text of the as-is model and its files. Raises ModelError with every mistake, each at its file and row."""
    try:
        intake = read_folder(folder)
    except IntakeError as error:
        raise ModelError(
            [Problem(Position(folder.name, 1, 1), str(mistake)) for mistake in error.problems]
        ) from None
    return intake.text, tuple(folder / name for name in intake.files)
