"""The tables of a catalog: those that come with Groma, and a user's own rows over them.

A table is read the first time somebody asks for it. A user's folder (`catalog/` beside the model, say) holds files of
the same format: rows with a known key replace the shipped row, others are added, and a table with a declaration of its
own is new. Later folders come over earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from groma.catalog.csv_rows import read_rows
from groma.catalog.declaration import Declaration, Origin, read_declaration
from groma.catalog.fact import Fact, Number
from groma.catalog.problems import CatalogError, UnknownEntryError
from groma.catalog.table import Entry, Row, Table
from groma.model.position import ModelError, Position, Problem
from groma.model.source import read as read_text
from groma.model.spelling import suggestion

SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Tables:
    """Folders of tables, the shipped one first; equal when the folders are."""

    folders: tuple[Path, ...]
    _tables: dict[str, Table] = field(default_factory=dict[str, Table], compare=False, repr=False)
    _declarations: dict[str, Declaration] = field(
        default_factory=dict[str, Declaration], compare=False, repr=False
    )

    def names(self) -> tuple[str, ...]:
        """All tables, by the alphabet."""
        names = {path.stem for folder in self.folders for path in folder.glob("*.csv")}
        return tuple(sorted(names))

    def declaration(self, name: str) -> Declaration:
        """What a table says about itself. Raises UnknownEntryError, CatalogError."""
        known = self._declarations.get(name)
        if known is None:
            for folder in self.folders:
                path = folder / f"{name}.yaml"
                if path.is_file():
                    known = read_declaration(read_text(path), name, str(path))
                    break
            else:
                raise self._undeclared(name)
            self._declarations[name] = known
        return known

    def table(self, name: str) -> Table:
        """A table with all rows over it. Raises UnknownEntryError, CatalogError."""
        table = self._tables.get(name)
        if table is None:
            declaration = self.declaration(name)
            rows: dict[tuple[str, ...], Row] = {}
            indices = tuple(declaration.index(key) for key in declaration.key)
            for folder in self.folders:
                path = folder / f"{name}.csv"
                if path.is_file():
                    origin = self._origin(folder, declaration)
                    read = read_rows(path, declaration, origin, every_cell=folder != SHIPPED)
                    rows.update({tuple(row.cells[i] for i in indices): row for row in read})
            table = Table(declaration, tuple(rows[key] for key in sorted(rows)))
            self._tables[name] = table
        return table

    def entry(self, table: str, key: str | tuple[str, ...]) -> Entry:
        return self.table(table).entry(key)

    def entries(self, table: str, **where: str) -> tuple[Entry, ...]:
        return tuple(self.table(table).entries(**where))

    def spread(self, table: str, column: str, **where: str) -> Fact:
        """The range several rows span in one column or band, e.g. what different years or sources say.

        Gives low and high only, never a point, from at least two rows that know something; the sources are listed,
        the date is the oldest and the evidence the weakest. Recalled points count here, since only a range comes out.
        Raises UnknownEntryError when fewer than two rows fit, or when their units differ.
        """
        return _spread(self.table(table), column, where)

    def _origin(self, folder: Path, declaration: Declaration) -> Origin:
        path = folder / f"{declaration.name}.yaml"
        if not path.is_file():
            return Origin(str(path), "", "", "", "")
        if str(path) == declaration.origin.file:
            return declaration.origin
        return read_declaration(read_text(path), declaration.name, str(path), known=declaration).origin

    def _undeclared(self, name: str) -> Exception:
        for folder in self.folders:
            path = folder / f"{name}.csv"
            if path.is_file():
                message = (
                    f"the table `{name}` isn't known{suggestion(name, self._declared())}: rename the file, "
                    f"or declare a new table in {path.with_suffix('.yaml').name} (title, key, columns, licence)"
                )
                return CatalogError(Problem(Position(str(path), 1, 1), message))
        return UnknownEntryError(f"there is no table `{name}`{suggestion(name, self.names())}")

    def _declared(self) -> tuple[str, ...]:
        return tuple(sorted({path.stem for folder in self.folders for path in folder.glob("*.yaml")}))


def load_tables(overrides: Iterable[Path] = ()) -> Tables:
    """The shipped tables with users' folders over them; a folder that isn't there is an error.

    What users wrote is read at once, so that every problem of it is known before anything is worked out.
    Raises CatalogError.
    """
    given = tuple(overrides)
    problems: list[Problem] = [
        Problem(Position(str(folder), 1, 1), "expected a folder of tables, found nothing there")
        for folder in given
        if not folder.is_dir()
    ]
    if problems:
        raise CatalogError(problems)
    tables = Tables((SHIPPED, *given))
    for name in sorted({path.stem for folder in given for path in folder.glob("*.csv")}):
        try:
            tables.table(name)
        except ModelError as error:
            problems.extend(error.problems)
    if problems:
        raise CatalogError(problems)
    return tables


_WEAKEST = {"read": 0, "secondary": 1, "recalled": 2}


def _spread(table: Table, column: str, where: dict[str, str]) -> Fact:
    low: list[Number] = []
    high: list[Number] = []
    facts: list[Fact] = []
    for entry in table.entries(**where):
        band = next((band for band in table.declaration.bands if band.name == column), None)
        names = (band.low, band.value, band.high) if band else (column,)
        numbers = [number for name in names if name and (number := entry.number(name)) is not None]
        if numbers:
            facts.append(entry.fact(column))
            low.append(min(numbers))
            high.append(max(numbers))
    shown = ", ".join(f"{name}={text}" for name, text in sorted(where.items()))
    if len(facts) < 2:
        raise UnknownEntryError(
            f"a range of {table.name}.{column} needs two rows, found {len(facts)} ({shown})"
        )
    if len({fact.unit for fact in facts}) > 1:
        units = ", ".join(sorted({fact.unit for fact in facts}))
        raise UnknownEntryError(f"the rows of {table.name} with {shown} differ in unit: {units}")
    return Fact(
        None,
        facts[0].unit,
        min(low),
        max(high),
        "; ".join(sorted({fact.source for fact in facts})),
        min(fact.as_of for fact in facts),
        max((fact.evidence for fact in facts), key=_WEAKEST.__getitem__),
        table.name,
        shown,
        column,
        f"range over {len(facts)} rows",
    )
