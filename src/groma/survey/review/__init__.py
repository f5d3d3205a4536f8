"""Somebody else's design document, held against what the deliverables must contain.

`review` lists what is present and where, what is missing, and what can't be built as it is written, each in the order
in which it stops a builder. `CONTENTS` is the table of what is asked for; nothing is scored.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.importers.designs import Design
from groma.survey.review.content import PRACTICES, Practice, Required
from groma.survey.review.found import CONTENTS, Missing, Present, contents, looked_for
from groma.survey.review.guesses import Guess, guesses

__all__ = [
    "CONTENTS",
    "PRACTICES",
    "Guess",
    "Missing",
    "Practice",
    "Present",
    "Required",
    "Review",
    "contents",
    "review",
]


@dataclass(frozen=True, slots=True)
class Review:
    """What was found in a document; `missing` and `guesses` in the order in which they stop a builder."""

    design: Design
    practice: Practice
    present: tuple[Present, ...]
    missing: tuple[Missing, ...]
    guesses: tuple[Guess, ...]

    @property
    def blocked(self) -> bool:
        """Whether something is missing that a builder can't do without."""
        return any(each.content.blocks for each in self.missing)


def review(design: Design, practice: Practice) -> Review:
    """A document held against what a design of a practice must hold."""
    present, missing = looked_for(design, contents(practice))
    return Review(design, practice, present, missing, guesses(design))
