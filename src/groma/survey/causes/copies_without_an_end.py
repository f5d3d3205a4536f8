"""Indexes and copies that were made of data and forgotten: they outlive what they were made of, and whom it was for."""

from __future__ import annotations

from groma.survey.cause import Cause, Explains, Remedy
from groma.survey.grouping import by, first_there, told

CAUSE = Cause(
    id="copies-without-an-end",
    title="What is made of data outlives them",
    why="Copies are made in an afternoon; how they are kept in step, and how they end, is nobody's task.",
    risk="Withdrawn texts are quoted, erased people are found again, and salaries are answered to whoever asks.",
    source="Regulation (EU) 2016/679 Articles 5(1)(e) and 17; OWASP Top 10 for LLM Applications 2025, LLM08",
    explains=(
        Explains("deleted-but-still-indexed", "a deletion never arrives", "certain"),
        Explains("copy-without-deletion-path", "a deletion never arrives", "certain"),
        Explains("model-changed-without-reindex", "old vectors and new ones don't compare", "certain"),
        Explains("features-computed-twice", "it was made a second time, in another way", "certain"),
        Explains("retrieval-without-permissions", "it doesn't know who asks", "certain"),
    ),
    find=by(
        first_there,
        told(
            "nobody follows what was made of it",
            (
                {"deleted-but-still-indexed", "copy-without-deletion-path"},
                "what is deleted stays in what was made of it",
            ),
            ({"retrieval-without-permissions"}, "it shows everybody what only some may see"),
        ),
    ),
    remedy=Remedy(
        "Say of each copy what it is made from, when it is made anew, how a deletion reaches it and who may ask it.",
        (4.0, 32.0),
        "software engineer",
        (0.6, 1.0),
        "judgement: half a day for each copy, and a trial deletion followed to its end",
    ),
    tags=("retrieval",),
    good="""\
components: {wiki: {kind: tool}, vectors: {kind: index}}
data:
  pages: {held_by: wiki}
  chunks: {held_by: vectors, made_from: pages, refreshed: 1 h, remade: changes, deleted_in: 1 h}
""",
    bad="""\
components: {wiki: {kind: tool}, vectors: {kind: index}}
data: {pages: {held_by: wiki}, chunks: {held_by: vectors, made_from: pages, refreshed: 1 h, remade: changes}}
""",
    expected=("data.chunks",),
)
