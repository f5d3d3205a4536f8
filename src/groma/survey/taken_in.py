"""What is given to a survey: a model, a brief, or a folder of raw files that the intake makes a model of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from groma.model.load import tree
from groma.model.position import ModelError
from groma.patterns.written import written
from groma.survey.answers import answered, fills
from groma.survey.gaps import Gap
from groma.survey.standing import Standing, read

MODELS = ("today.yaml", "model.yaml", "brief.yaml")
"""Model files that a folder is known by, the first that is there."""
INTAKE = "groma.importers.intake"
"""The room that reads raw files."""
TODAY = "today.yaml"
"""The name of the model that is made of raw files."""


class NoIntakeError(Exception):
    """There is nothing to be read, nothing here reads it, or it can't be read; the message says what to do."""


class AnswerError(Exception):
    """An answer can't be read; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was given: the file it is, or would be if it was made of raw files (then `text` holds the model).

    `gaps` are questions that the raw files leave open, `notes` what was read leniently, `origins` where each element
    was said (file, sheet, row).
    """

    path: Path
    text: str | None = None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict[str, str])
    intake: Any = None
    """The reading of raw files that it was made of, which takes answers to its own questions."""

    def whole_text(self) -> str:
        """The model in one text, includes put in."""
        return written(tree(self.path)) if self.text is None else self.text

    def standing(self, *, stage: str | None = None) -> Standing:
        """The model as it stands today. Raises ModelError."""
        return read(self.path, stage=stage, text=self.text)

    def asks(self, gap: Gap) -> bool:
        """Whether an answer to the question has a place."""
        return bool(gap.key and self.intake is not None) or fills(
            self.whole_text(), gap.element, self.path.name
        )

    def answered(self, gap: Gap, answer: str) -> TakenIn:
        """The same with an answer. Raises AnswerError for one that can't be read.

        Answers to questions of an intake make the model anew, so they come before those that go into its text.
        """
        if gap.key and self.intake is not None:
            door: Any = import_module(INTAKE)
            problem = door.problem_with(self.intake, gap.key, answer)
            if problem is not None:
                raise AnswerError(str(problem))
            return _of(self.path, door.answered(self.intake, {gap.key: answer}))
        try:
            changed = replace(self, text=answered(self.whole_text(), gap.element, answer, self.path.name))
            changed.standing()
        except ModelError as error:
            raise AnswerError(error.problems[0].message) from None
        return changed

    def interview(self) -> tuple[Path, str] | None:
        """The interview file among the raw files as it reads with all answers, what a person wrote kept."""
        if self.intake is None:
            return None
        door: Any = import_module(INTAKE)
        path = self.path.parent / (self.intake.interview or "interview.yaml")
        before = path.read_text(encoding="utf-8-sig") if path.is_file() else None
        return path, door.interview_text(self.intake, before)


def take_in(given: Path) -> TakenIn:
    """A model file as it is; of a folder its model, else what the intake makes of its raw files.

    Raises NoIntakeError for a folder that nothing can be made of, with every mistake found.
    """
    if not given.is_dir():
        return TakenIn(given)
    for name in MODELS:
        if (given / name).is_file():
            return TakenIn(given / name)
    try:
        door: Any = import_module(INTAKE)
    except ImportError:
        raise NoIntakeError(
            f"{given}: expected a folder with {', '.join(MODELS[:-1])} or {MODELS[-1]}, found none of them"
        ) from None
    try:
        taken: Any = door.read_folder(given)
    except door.IntakeError as error:
        raise NoIntakeError(f"{given}: {error}") from None
    return _of(given / TODAY, taken)


def _quoted(text: str) -> str:
    """Names in backticks as people quote them."""
    return re.sub(r"`([^`]*)`", r"“\1”", text)


def _of(path: Path, taken: Any) -> TakenIn:
    gaps = tuple(
        Gap(
            str(g.element),
            _quoted(str(g.question)),
            _quoted(str(g.why)),
            str(g.default or ""),
            str(getattr(g, "key", "")),
        )
        for g in taken.gaps
    )
    origins = {str(element): str(origin) for element, origin in taken.origins.items()}
    return TakenIn(path, str(taken.text), gaps, tuple(str(note) for note in taken.notes), origins, taken)
