"""What a deliverable is written from: a model with its quoter, the findings, and the blueprint where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from groma.analyses.neighbours import Neighbour
from groma.analyses.simulation import Played
from groma.analyses.single_points import SinglePoint
from groma.analyses.threats import Obligation, Safety
from groma.catalog import Catalog, load_catalog
from groma.design import Blueprint
from groma.documents.artefacts import Exported
from groma.documents.content import Block, Blocks, Definitions, Dependent, Document, Section, Table
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.inlines import Inlines, line, plain
from groma.documents.quote import DESIGN, Quoter
from groma.documents.words import words_of
from groma.exporters import Source
from groma.model.elements import Model
from groma.model.finding import Finding
from groma.rules import Checked
from groma.survey import Diagnosis


@dataclass(frozen=True, slots=True)
class Subject:
    """One design to be told of. `proposal` names the proposal that `model` is, where there is a blueprint."""

    model: Model
    quoter: Quoter
    findings: tuple[Finding, ...] = ()
    blueprint: Blueprint | None = None
    played: tuple[Played, ...] = ()
    """Scenarios that the model was put through."""
    alone: tuple[SinglePoint, ...] = ()
    """Its single points of failure."""
    checked: tuple[Checked, ...] = ()
    """What a builder would have to guess of it, rule by rule; empty where that wasn't looked for."""
    borders: tuple[Neighbour, ...] = ()
    """Activities beside the architect's, of which a document names those that border on it."""
    safety: Safety | None = None
    """Threats and controls; None where that wasn't looked for."""
    obligations: tuple[Obligation, ...] = ()
    """What the law asks of it."""
    today: Model | None = None
    """How the work is done before the proposal, where that is known."""
    survey: Diagnosis | None = None
    """What a survey of it found, where one was made."""
    exported: tuple[Exported, ...] = ()
    """Files for other programs that belong to it, format by format."""
    catalog: Catalog | None = None
    """The catalog that was given; None for the shipped one."""

    @property
    def source(self) -> Source:
        """What its exports were made of, with the analysis that they share; where there are none, one of its own."""
        if self.exported:
            return self.exported[0].source
        catalog = load_catalog() if self.catalog is None else self.catalog
        return Source(self.model, self.quoter.ledger, catalog)

    @property
    def plain(self) -> bool:
        """Whether the readers want plain words."""
        return self.model.practice == "business"

    def meta(self) -> tuple[tuple[str, Inlines], ...]:
        """What a title page says: system, version, date, author."""
        facts: list[tuple[str, Inlines]] = [("System", line(self.model.system))]
        facts.append(("Version", line(self.quoter.say(DESIGN, self.model.digest[:12] or "unknown"))))
        if self.model.date:
            facts.append(("Date", line(self.model.date)))
        if self.model.author:
            facts.append(("Author", line(self.model.author)))
        return tuple(facts)

    def because(self, *blocks: Block, refs: Iterable[str] = ()) -> Dependent:
        """Blocks that stand there because the design is as it is."""
        self.quoter.say(DESIGN, "the design")
        kept = tuple(without_empty(block) if isinstance(block, Table) else block for block in blocks)
        return Dependent(unique_refs(refs, (DESIGN,)), kept)


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A kind of document: `write` gives None where a design has nothing for it."""

    id: str
    title: str
    reader: str
    question: str
    write: Callable[[Subject], Document | None]
    concerns: tuple[str, ...] = ("needs", "structure", "interfaces", "data", "people", "money", "decisions")
    """What it borders on: kinds of activity of neighbours (table `neighbours`) that its last chapter names."""

    def document(
        self, subject: Subject, subtitle: str, summary: Blocks, sections: tuple[Section, ...], title: str = ""
    ) -> Document:
        """A document of this kind about `subject`; `title` where its own isn't the kind's."""
        return Document(
            self.id,
            title or self.title,
            subtitle,
            subject.meta(),
            summary,
            _explained(f"{self.id}-{TERMS}", summary, sections),
            self.reader,
            self.question,
        )


TERMS = "terms"
"""The name of the chapter that explains terms."""
ALWAYS = frozenset({"Interval"})
"""Terms that are explained although pages show what they mean without the word."""
STEM = 7
"""Letters by which a word is found in other forms: `saturates` for `Saturation`."""


def _explained(terms: str, summary: Blocks, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The chapters, that of terms with those alone that the others use."""
    others = (*summary, *(each for each in sections if each.id != terms))
    said = " ".join(words_of(others)).lower()
    return tuple(_used(each, said) if each.id == terms else each for each in sections)


def _used(chapter: Section, said: str) -> Section:
    blocks = tuple(
        replace(block, entries=tuple(entry for entry in block.entries if _uses(said, plain(entry[0]))))
        if isinstance(block, Definitions)
        else block
        for block in chapter.blocks
    )
    return replace(chapter, blocks=blocks)


def _uses(said: str, term: str) -> bool:
    """Whether a term, or one of its names (`RPO, RTO`; `Percentile (p95)`), is said."""
    names = [name.strip(" )").lower() for name in re.split("[,(]", term)]
    return term in ALWAYS or any(
        re.search(rf"\b{re.escape(name if ' ' in name else name[:STEM])}", said) for name in names
    )


def without_empty(table: Table) -> Table:
    """The table without columns in which no row says anything."""
    full = [
        nth for nth in range(len(table.columns)) if any(plain(row.cells[nth]).strip() for row in table.rows)
    ]
    rows = tuple(replace(row, cells=tuple(row.cells[nth] for nth in full)) for row in table.rows)
    return replace(table, columns=tuple(table.columns[nth] for nth in full), rows=rows)


def section(document: str, name: str, title: str, blocks: Blocks) -> tuple[Section, ...]:
    """A chapter, or nothing where it has nothing to say."""
    return (Section(f"{document}-{name}", title, 1, blocks),) if blocks else ()


def part(document: str, name: str, title: str, blocks: Blocks) -> Blocks:
    """A sub-section, or nothing where it has nothing to say."""
    return (Section(f"{document}-{name}", title, 2, blocks),) if blocks else ()
