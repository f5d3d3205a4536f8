"""Machine-readable files that belong to a design without being asked for: what its practice's exports make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groma.catalog import Catalog
from groma.exporters import Artefact, NotExportable, Source, exports
from groma.model.elements import Model
from groma.model.figure import Ledger

FOLDER = "artefacts"


@dataclass(frozen=True, slots=True)
class Exported:
    """What one format made of a design: its files, or what it couldn't say."""

    name: str
    title: str
    source: Source
    artefacts: tuple[Artefact, ...] = ()
    problems: tuple[str, ...] = ()


def exported(model: Model, ledger: Ledger, catalog: Catalog | None) -> tuple[Exported, ...]:
    """Every format of the model's practice that has something to say of it; none of a brief or without a catalog."""
    if catalog is None or model.wants or not model.practice:
        return ()
    source = Source(model, ledger, catalog)
    told: list[Exported] = []
    for name, each in exports().items():
        if model.practice not in each.practices:
            continue
        try:
            made = Exported(name, each.title, source, each.make(source))
        except NotExportable as error:
            made = Exported(name, each.title, source, problems=error.problems)
        if made.artefacts or made.problems:
            told.append(made)
    return tuple(told)


def artefact_files(made: Iterable[Exported]) -> dict[str, bytes]:
    """The files by their path in the hand-over; a note where a format couldn't say the design."""
    told: dict[str, bytes] = {}
    for each in made:
        folder = f"{FOLDER}/{each.name}"
        told |= {f"{folder}/{artefact.path}": artefact.text.encode() for artefact in each.artefacts}
        if each.problems:
            lines = "".join(f"- {problem}\n" for problem in each.problems)
            note = f"# {each.title}: not written\n\nThe design says what this format can't:\n\n{lines}"
            told[f"{folder}/NOT-WRITTEN.md"] = note.encode()
    return told
