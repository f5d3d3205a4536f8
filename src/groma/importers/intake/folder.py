"""The files of a folder that may be read: regular, inside it, not hidden, bounded in number and size."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from groma.importers.intake.graphs import MENTIONS
from groma.importers.intake.types import IntakeError, Mistake, Note, Origin

MOST_FILES = 200
LARGEST_FILE = 20_000_000
LARGEST_FOLDER = 100_000_000
MOST_BYTES = 4_000_000
"""Of a Python file."""
DEEPEST = 4
MOST_SOURCES = 2_000
READ = (".csv", ".tsv", ".xlsx", ".xlsm", ".yaml", ".yml", ".md", ".json", ".bpmn", ".xml", ".py")


def files_in(folder: Path, notes: list[Note]) -> list[tuple[str, Path]]:
    """Files to be read, as (path inside the folder, path), sorted; links and strange files are left out with a note."""
    if not folder.is_dir():
        raise IntakeError(
            Mistake(
                Origin(str(folder)),
                "expected a folder with spreadsheets, workflow files, a LangGraph application or an interview",
            )
        )
    found: list[tuple[str, Path]] = []
    sources, others = 0, 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        depth = len(Path(parent).relative_to(folder).parts)
        folders[:] = sorted(n for n in folders if not n.startswith(".")) if depth < DEEPEST else []
        for name in sorted(names):
            path = Path(parent) / name
            inside = path.relative_to(folder).as_posix()
            if name.startswith((".", "~$")):
                continue
            if path.suffix.lower() not in READ:
                notes.append(
                    Note(Origin(inside), f"left out: files of this kind aren't read ({', '.join(READ)} are)")
                )
                continue
            if not stat.S_ISREG(path.lstat().st_mode):
                notes.append(Note(Origin(inside), "left out: a link or a device, not a file of this folder"))
                continue
            if path.suffix.lower() == ".py":
                sources += 1
                if sources > MOST_SOURCES or not _builds_a_graph(path):
                    others += 1
                    continue
            found.append((inside, path))
    if others:
        what = "a Python file that builds" if others == 1 else f"{others} Python files that build"
        notes.append(Note(Origin("."), f"left out: {what} no LangGraph application"))
    _bounded(found)
    return sorted(found)


def _builds_a_graph(path: Path) -> bool:
    """Whether a Python file names what LangGraph applications are built of; it is looked at as text, never run."""
    if path.stat().st_size > MOST_BYTES:
        return False
    try:
        data = path.read_bytes()
    except OSError:
        return True  # told of when it is read
    return any(word in data for word in MENTIONS)


def _bounded(found: list[tuple[str, Path]]) -> None:
    problems: list[Mistake] = []
    if len(found) > MOST_FILES:
        problems.append(
            Mistake(Origin(found[MOST_FILES][0]), f"expected at most {MOST_FILES} files, found {len(found)}")
        )
    sizes = {inside: path.stat().st_size for inside, path in found}
    for inside, size in sizes.items():
        if size > LARGEST_FILE:
            problems.append(
                Mistake(
                    Origin(inside),
                    f"expected a file of at most {LARGEST_FILE // 10**6} MB, found {size / 10**6:.1f} MB",
                )
            )
    if sum(sizes.values()) > LARGEST_FOLDER:
        problems.append(Mistake(Origin("."), f"expected at most {LARGEST_FOLDER // 10**6} MB in all"))
    if problems:
        raise IntakeError(problems)
