"""How wide a text is in Inter, from a shipped table of advances, so that pictures are laid out without a font engine.

Kerning is left out (it only narrows, by under one per cent). Characters that Inter lacks are taken as wide as other
fonts make them: a full em for East Asian wide ones (Unicode TR11), nothing for combining marks, else 0.65 em. The
table is made by `tools/glyph_widths.py`.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal

Weight = Literal[400, 500, 600]


@cache
def _table(weight: Weight) -> dict[str, int]:
    text = files("groma.documents").joinpath("fonts/widths.json").read_text(encoding="ascii")
    table: dict[str, dict[str, int]] = json.loads(text)
    return {chr(int(code, 16)): width for code, width in table[str(weight)].items()}


@cache
def _missing(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 1000 if unicodedata.east_asian_width(character) in ("W", "F") else 650


def text_width(text: str, size: float, weight: Weight = 400) -> float:
    """Width in the unit of `size` (the em) of one line of text."""
    table = _table(weight)
    return sum(table[c] if c in table else _missing(c) for c in text) * size / 1000
