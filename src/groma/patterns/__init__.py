"""Reusable designs as data, and what a brief becomes with them: a space of choices, open or closed into a model.

`library()` finds patterns, `resolve()` makes the design space of a brief, `open_model()` the model with every choice
open, `close()` the model of one set of answers.
"""

from groma.patterns.answers import answer
from groma.patterns.closed import Closed, close, closed_text
from groma.patterns.described import FactForm
from groma.patterns.library import library, pattern_of, read_pattern
from groma.patterns.needed import Use, uses
from groma.patterns.opened import open_model
from groma.patterns.pattern import FailureMode, Option, Pattern
from groma.patterns.resolved import resolve, space_of
from groma.patterns.space import ABSENT, Literal, NotOffered, Risk, Role, Space, Variant

__all__ = [
    "ABSENT", "Closed", "FactForm", "FailureMode", "Literal", "NotOffered", "Option", "Pattern", "Risk", "Role",
    "Space", "Use", "Variant", "answer", "close", "closed_text", "library", "open_model", "pattern_of", "read_pattern",
    "resolve", "space_of", "uses",
]  # fmt: skip
