"""LangGraph applications of a folder: their source is parsed and never run; what can't be read is left out and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groma.importers.intake.draft import Draft
from groma.importers.intake.types import Note, Origin

if TYPE_CHECKING:
    from groma.importers.langgraph import Graph

MENTIONS = (b"StateGraph", b"MessageGraph")
"""What a file that builds a graph can't do without: others aren't parsed."""


def read_graphs(data: bytes, name: str, notes: list[Note]) -> list[Graph]:
    """The graphs of a Python or JSON file; none, with a note, where it can't be read."""
    from groma.importers.langgraph import GraphError, read

    try:
        return read(data, name)
    except GraphError as error:
        notes.append(Note(Origin(name), f"left out: {error}"))
        return []


def add_graphs(graphs: list[Graph], draft: Draft) -> None:
    """A flow for each graph of a file, with the parts that its nodes call and whoever answers its interrupts."""
    from groma.importers.langgraph import elements

    made = elements(graphs, draft.sections)
    for section, found in (("people", made.people), ("components", made.components), ("flows", made.flows)):
        for name, body in found.items():
            draft.element(section, name, Origin(graphs[0].file), body)
    for graph, name in zip(graphs, made.flows, strict=True):
        draft.origins[f"flows.{name}"] = Origin(graph.file, row=graph.line)
    draft.notes += made.notes
