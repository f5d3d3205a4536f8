"""Ways of a deletion that end nowhere, for the rules that tell of them. No rule of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.retrieval.refresh import Way, reached
from groma.rules.subject import Subject


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """What is deleted in `source` stays in what the last of `ways` leads to."""

    source: str
    ways: tuple[Way, ...]

    @property
    def last(self) -> Way:
        return self.ways[-1]

    @property
    def told(self) -> str:
        """The path in words."""
        steps = " -> ".join((f"data.{self.source}", *(way.to for way in self.ways)))
        return f"{steps}: {self.last.how}"


def dead_ends(subject: Subject, sources: list[str]) -> Iterator[DeadEnd]:
    """The first way without an end of each path, the shortest path to each such place."""
    told: set[str] = set()
    found = [
        DeadEnd(source, path.ways)
        for source in sources
        for path in reached(subject.context, source)
        if path.ways[-1].lacks and not any(way.lacks for way in path.ways[:-1])
    ]
    for end in sorted(found, key=lambda end: len(end.ways)):
        if end.last.lacks not in told:
            told.add(end.last.lacks)
            yield end


def indexed(subject: Subject, way: Way) -> bool:
    """Whether a way leads into data that an index holds."""
    data = subject.model.data.get(way.into)
    return data is not None and any(
        (part := subject.model.components.get(holder)) is not None
        and (part.index is not None or part.kind.lower() in ("index", "vector store"))
        for holder in data.held_by
    )
