"""Indexes larger than the memory that is kept for them."""

from __future__ import annotations

from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

GIB = 2.0**30


def check(subject: Subject) -> Look:
    """Indexes of which the memory is known on both sides; those that take more than is there."""
    looked = 0
    hits: list[Hit] = []
    for component in subject.components():
        if component.index is None:
            continue
        found = subject.figure(f"memory/{component.name}")
        if found.high is None or found.low is None:
            continue
        host = subject.model.components.get(component.runs_on or "")
        rooms = [
            (f"components.{component.name}.takes.memory", component.takes.get("memory")),
            (f"components.{component.name}.provides.memory", component.provides.get("memory")),
        ]
        if host is not None:
            rooms.append((f"components.{host.name}.provides.memory", host.provides.get("memory")))
        for path, room in rooms:
            looked += isinstance(room, Quantity)
            if isinstance(room, Quantity) and found.high > room.low:
                hits.append(
                    Hit(
                        f"components.{component.name}",
                        f"The index of {component.title or component.name} doesn't fit into its memory",
                        f"it takes {found.low / GIB:.3g} to {found.high / GIB:.3g} GiB; {path} is {room.text}",
                        component.at,
                        figures=(found.name,),
                        confidence="certain" if found.low > room.high else "possible",
                        key=path,
                    )
                )
    return Look(looked, tuple(hits))


RULE = Rule(
    id="index-outgrows-memory",
    title="Index larger than its memory",
    looks_for="Vector indexes that take more memory than their component takes, or than what it runs on provides.",
    why="A graph that doesn't fit is read from disk at every hop: a search of milliseconds takes seconds.",
    source="hnswlib and faiss: arrays of an index; Malkov & Yashunin 2018, section 4.1",
    severity="error",
    tags=("data", "retrieval", "capacity"),
    consequence="The store slows down or is stopped for want of memory, first when it is rebuilt.",
    remedy="Take more memory, shorter vectors, a shorter code (`float16`, `int8`, `product`), or spread it "
    "over several.",
    check=check,
    good="""\
components:
  vectors: {kind: index, takes: {memory: 2 GiB}, index: {kind: hnsw, vectors: 180000, dimensions: 1024, m: 16, ef: 64}}
""",
    bad="""\
components:
  vectors:
    kind: index
    takes: {memory: 512 MiB}
    index: {kind: hnsw, vectors: 180000, dimensions: 1024, m: 16, ef: 64}
""",
    expected=("index-outgrows-memory:components.vectors/components.vectors.takes.memory",),
)
