"""What was read from the files, before it is put together into elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groma.importers.intake.cells import Cell, Entry
from groma.importers.intake.types import Note
from groma.importers.langgraph.graph import Graph
from groma.importers.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Told:
    """Entries of sheets, workflows, graphs, answers of the interview by key, what else was written there, dates."""

    entries: tuple[Entry, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    graphs: tuple[tuple[Graph, ...], ...] = ()
    """Graphs of LangGraph applications, by file."""
    answers: Mapping[str, Cell] = field(default_factory=dict[str, Cell])
    remarks: tuple[Cell, ...] = ()
    """Answers to questions that nobody here asked: kept as background."""
    modified: Mapping[str, str] = field(default_factory=dict[str, str])
    """When each file says it was last changed, where it says so."""
    stamps: Mapping[str, str] = field(default_factory=dict[str, str])
    """When the file system says that each file was last changed: of use only where nothing else gives a date."""
    notes: tuple[Note, ...] = ()
    files: tuple[str, ...] = ()
    interview: str | None = None
