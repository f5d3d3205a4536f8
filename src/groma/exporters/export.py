"""What is exported from a design: a format, and the files that it makes of a model and its figures.

An export is a module of this package with a constant `EXPORT`; installed packages offer theirs through the entry point
group `groma.exports`. Each file says which elements of the model it was made of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from groma.analyses.context import Context
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.plugins import offered

ENTRY_POINTS = "groma.exports"


class NotExportable(ValueError):
    """A model that a format can't say: each problem as `file:line:column: what, and what to do`."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file: its path in the folder of its export, its text, and the elements it was made of (`flows.answer`)."""

    path: str
    text: str
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """What an export is made of."""

    model: Model
    ledger: Ledger
    catalog: Catalog

    @cached_property
    def context(self) -> Context:
        """Its analysis, on a ledger of its own: what one export works out there isn't worked out again by the next."""
        return Context(self.model, self.catalog, self.ledger.extended(()))


@dataclass(frozen=True, slots=True)
class Export:
    """A format.

    `make` gives the files, the same for the same source; none where the model has nothing that the format is for. It
    raises NotExportable, with all problems, for what the format can't say.
    """

    name: str
    title: str
    summary: str
    make: Callable[[Source], tuple[Artefact, ...]]
    practices: tuple[str, ...] = ()
    """Practices whose blueprint holds it without being asked for."""


def readme_head(model: Model, what: str) -> list[str]:
    """The first lines of a folder's `README.md`."""
    return [
        f"# {model.system}: {what}",
        "",
        "Made from the model by `groma export`. A change belongs into the model; this folder is made anew.",
        "",
    ]


def exports() -> dict[str, Export]:
    """All formats by name, sorted: shipped, then those of installed packages, which replace shipped ones."""
    import groma.exporters as package

    found = {export.name: export for export in offered(Export, "EXPORT", package, ENTRY_POINTS)}
    return dict(sorted(found.items()))
