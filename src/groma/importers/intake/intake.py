"""What a reading of raw files gives: a model text, where each element came from, what was guessed, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groma.importers.intake.told import Told
from groma.importers.intake.types import Gap, Note, Origin


@dataclass(frozen=True, slots=True)
class Intake:
    """A reading. `text` is one model file; `origins` say where each element path came from."""

    text: str
    origins: Mapping[str, Origin]
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...]
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Answers of the interview so far, by key."""
    files: tuple[str, ...] = ()
    """Files that were read, relative to the folder."""
    interview: str | None = None
    """The interview file among them, where there is one."""
    told: Told | None = field(default=None, repr=False)
    """What was read before it was put together: what `answered` goes on from."""
