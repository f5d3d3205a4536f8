"""Indexes and copies that were made of data and forgotten: they outlive what they were made of, and whom it was for."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, elements, flows_at


def fault(ground: Ground, finding: Finding) -> str | None:
    return next((path for path in elements(ground, finding) if ground.there(path)), "")


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    rules = {finding.rule for finding in mine}
    what = "nobody follows what was made of it"
    if rules <= {"deleted-but-still-indexed", "copy-without-deletion-path"}:
        what = "what is deleted stays in what was made of it"
    elif rules <= {"retrieval-without-permissions"}:
        what = "it shows everybody what only some may see"
    return Case(
        key=key,
        title=f"“{ground.name_of(key)}”: {what}",
        symptoms=mine,
        touches=(key,),
        flows=flows_at(ground, (key,)),
    )


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
        Explains("retrieval-without-permissions", "it doesn't know who asks", "certain"),
    ),
    find=by(fault, tell),
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
