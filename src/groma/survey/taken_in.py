"""What is given to a survey: a model, a brief, or a folder of raw files that the intake makes a model of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from groma.model.load import tree
from groma.patterns.written import written
from groma.survey.gaps import Gap
from groma.survey.standing import Standing, read

MODELS = ("today.yaml", "model.yaml", "brief.yaml")
"""Model files that a folder is known by, the first that is there."""
TODAY = "today.yaml"
"""The name of the model that is made of raw files."""


class NoIntakeError(Exception):
    """There is nothing to be read, or nothing here reads it; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was given: the file it is, or would be if it was made of raw files (then `text` holds the model).

    `gaps` are questions that the raw files leave open, `notes` what was read leniently.
    """

    path: Path
    text: str | None = None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    origins: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def whole_text(self) -> str:
        """The model in one text, includes put in."""
        return written(tree(self.path)) if self.text is None else self.text

    def standing(self, *, stage: str | None = None) -> Standing:
        """The model as it stands today. Raises ModelError."""
        return read(self.path, stage=stage, text=self.text)


def take_in(given: Path) -> TakenIn:
    """A model file as it is; of a folder its model, else what the intake makes of its raw files.

    Raises NoIntakeError for a folder that nothing can be made of, and whatever the intake raises of mistakes.
    """
    if not given.is_dir():
        return TakenIn(given)
    for name in MODELS:
        if (given / name).is_file():
            return TakenIn(given / name)
    try:
        intake: Any = import_module("groma.importers.intake")
    except ImportError:
        raise NoIntakeError(
            f"{given}: expected a folder with {', '.join(MODELS[:-1])} or {MODELS[-1]}, found none of them"
        ) from None
    taken: Any = intake.read_folder(given)
    gaps = tuple(
        Gap(str(g.element), str(g.question), str(g.why), str(getattr(g, "default", "") or ""))
        for g in taken.gaps
    )
    return TakenIn(
        given / TODAY, taken.text, gaps, tuple(str(note) for note in taken.notes), dict(taken.origins)
    )
