"""What is deleted at its source and is still found."""

from __future__ import annotations

from groma.rules.retrieval.deletion_paths import dead_ends, indexed
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data from which an index is made; those whose deletions don't reach it."""
    model = subject.model
    sources = [name for name, data in model.data.items() if not data.made_from]
    made = [data for data in model.data.values() if data.made_from]
    hits = [
        Hit(
            f"data.{end.last.into}",
            f"Deleted in {model.data[end.source].title or end.source} and still found",
            end.told,
            model.data[end.last.into].at,
            figures=(subject.figure(f"deletion/{end.source}").name,),
        )
        for end in dead_ends(subject, sources)
        if indexed(subject, end.last)
    ]
    return Look(len(made), tuple(hits))


RULE = Rule(
    id="deleted-but-still-indexed",
    title="Deleted at its source and still found",
    looks_for="Data held by an index that are made from others, without a way by which a deletion reaches them.",
    why="An index that only takes in what is new answers from texts that were withdrawn, for ever.",
    source="Regulation (EU) 2016/679 (GDPR), Articles 5(1)(d), 17 and 19",
    severity="error",
    tags=("data", "retrieval"),
    consequence="Withdrawn or erased texts go on being quoted; an erasure that was confirmed didn't happen.",
    remedy="Delete by the source's id at once (`deleted_in`), or make the index anew whole (`remade: all`) "
    "often enough.",
    check=check,
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
    expected=("deleted-but-still-indexed:data.chunks",),
)
