"""Names that the engine reads of `qualities` are known to the language; others stay free."""

from __future__ import annotations

import re
from pathlib import Path

from groma.model.elements.known_qualities import KNOWN_QUALITIES
from groma.model.load import loads

SOURCE = Path(__file__).parents[2] / "src" / "groma"
READ_ONE = re.compile(r'qualities\.get\("(\w+)"\)')
READ_SOME = re.compile(r"qualities\.get\((\w+)\) for \1 in \(([^)]*)\)")
HEAD = "groma: 1\nsystem: Desk\ncurrency: EUR\n"


def test_what_the_engine_reads_by_name_is_known_and_what_is_known_is_read() -> None:
    read: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        read.update(READ_ONE.findall(text))
        for _, names in READ_SOME.findall(text):
            read.update(re.findall(r'"(\w+)"', names))
    assert read == set(KNOWN_QUALITIES)


def test_names_of_ones_own_are_kept_beside_known_ones() -> None:
    model = loads(
        HEAD
        + "components: {w: {kind: llm, qualities: {accuracy: 92 %, bfcl: 50 %, recall5: 80 %, tone: 4}}}\n"
    )
    assert set(model.components["w"].qualities) == {"accuracy", "bfcl", "recall5", "tone"}
