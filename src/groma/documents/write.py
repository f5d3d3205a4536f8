"""From a model or a blueprint to its document set, and from a set to the files of a hand-over.

`write_model` and `write_blueprint` make the content; `files` renders it: index.html, each document as PDF, DOCX and
Markdown, pictures as SVG and as text, the ledger, decisions, and the models of the proposals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from groma.analyses.neighbours import Neighbour, neighbours
from groma.analyses.simulation import Played
from groma.analyses.single_points import SinglePoint
from groma.analyses.threats import Obligation, Safety
from groma.catalog import Catalog
from groma.design import Blueprint
from groma.documents.artefacts import artefact_files, exported
from groma.documents.content import Derivation, Document, DocumentSet, pictures
from groma.documents.deliverables import Subject, deliverables
from groma.documents.deliverables.change_sections import COMPARED, TODAY
from groma.documents.deliverables.scope import with_scope
from groma.documents.derivations import derivations
from groma.documents.diagrams.d2 import d2, d2_sequence
from groma.documents.diagrams.diagram import Diagram, Sequence
from groma.documents.diagrams.mermaid import mermaid, mermaid_sequence
from groma.documents.diagrams.structurizr import structurizr
from groma.documents.facts_of_model import with_weaknesses
from groma.documents.print_tree import document_refs
from groma.documents.printable import ident
from groma.documents.quote import Quoter
from groma.documents.views import container_view
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.finding import Finding
from groma.model.measure import ParsedMeasure, parse_measure
from groma.rules import Checked
from groma.survey import Diagnosis
from groma.workers import ALONE, Asked, Crew

FORMATS = ("html", "pdf", "docx", "md")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What documents tell of a model beyond its figures."""

    ledger: Ledger
    """With what its availability hangs on, how its figures spread, and what scenarios showed."""
    alone: tuple[SinglePoint, ...]
    played: tuple[Played, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A document set with what else goes into its folder, by file name."""

    documents: DocumentSet
    ledger: Ledger
    beside: dict[str, bytes]


def write_model(
    model: Model,
    ledger: Ledger,
    findings: Iterable[Finding] = (),
    catalog: Catalog | None = None,
    *,
    only: str | None = None,
    crew: Crew = ALONE,
) -> Written:
    """The documents of one model. With a catalog, what its availability hangs on, how figures spread over facts that
    aren't known better, and how it stands disturbances are shown as well.

    `only` names the one document that is wanted. Raises ValueError for a name that isn't one.
    """
    found = prepare(model, ledger, catalog, crew)
    told, checked = _checked(model, found.ledger, catalog, designed=model.planned)
    told, safety, asked = _guarded(model, told, catalog)
    subject = Subject(
        model,
        Quoter(told),
        tuple(findings),
        played=found.played,
        alone=found.alone,
        checked=checked,
        safety=safety,
        obligations=asked,
        borders=_known(catalog),
        exported=exported(model, told, catalog),
        catalog=catalog,
    )
    return _written(subject, only)


def write_blueprint(
    blueprint: Blueprint,
    model: Model,
    findings: Iterable[Finding] = (),
    catalog: Catalog | None = None,
    *,
    today: tuple[Model, Ledger] | None = None,
    prepared: Asked[Prepared] | None = None,
    only: str | None = None,
    crew: Crew = ALONE,
) -> Written:
    """The documents of the proposal that a blueprint recommends, or of the brief (`model`) where nothing fits.
    `prepared`: of that proposal, asked for before."""
    best = blueprint.best
    shown = model if best is None else best.model
    own = Ledger(model.digest) if best is None else best.ledger
    found = prepare(shown, own, catalog, crew) if prepared is None else prepared.result()
    told, checked = _checked(shown, own.joined(found.ledger), catalog, designed=best is not None)
    told, safety, asked = _guarded(shown, told, catalog)
    quoter = Quoter(told, blueprint.ledger, *(() if today is None else (_of_today(today[1]),)))
    subject = Subject(
        shown,
        quoter,
        tuple(findings),
        blueprint,
        found.played,
        found.alone,
        checked=checked,
        safety=safety,
        obligations=asked,
        borders=_known(catalog),
        today=None if today is None else today[0],
        exported=() if best is None else exported(shown, told, catalog),
        catalog=catalog,
    )
    written = _written(subject, only)
    beside = {f"proposals/{p.name}.yaml": p.text.encode() for p in blueprint.proposals}
    return replace(written, beside=written.beside | beside)


def _of_today(ledger: Ledger) -> Ledger:
    """Figures of today's model that are compared, under names of their own so that none is taken for the proposal's."""
    told = Ledger(ledger.model)
    for name, _ in COMPARED:
        if name in ledger:
            told.write(replace(ledger[name], name=TODAY + name))
    return told


def write_survey(diagnosis: Diagnosis) -> Written:
    """The audit of what a survey found."""
    subject = Subject(diagnosis.model, Quoter(diagnosis.ledger), diagnosis.findings, survey=diagnosis)
    return _written(subject, None, "survey")


def prepare(model: Model, ledger: Ledger, catalog: Catalog | None, crew: Crew = ALONE) -> Prepared:
    """What documents tell of a model; alone, it is a helper's work beside a search."""
    own, alone = with_weaknesses(model, ledger, catalog)
    told, played = _played(model, _studied(model, own, catalog, crew), catalog)
    return Prepared(told, alone, played)


def _studied(model: Model, ledger: Ledger, catalog: Catalog | None, crew: Crew) -> Ledger:
    """The ledger with what documents tell of facts that aren't known better, unless it holds a study already."""
    if catalog is None or not ledger.needs or any(figure.name.startswith("spread/") for figure in ledger):
        return ledger
    from groma.analyses.uncertainty.study import studied

    return studied(model, ledger, catalog, shared=crew.share)


def _played(model: Model, ledger: Ledger, catalog: Catalog | None) -> tuple[Ledger, tuple[Played, ...]]:
    """The ledger with what scenarios showed, and their courses."""
    if catalog is None or model.wants:
        return ledger, ()
    from groma.analyses import Context
    from groma.analyses.simulation import played

    context = Context(model, catalog, ledger.extended(()))
    return context.ledger, played(context)


def _guarded(
    model: Model, ledger: Ledger, catalog: Catalog | None
) -> tuple[Ledger, Safety | None, tuple[Obligation, ...]]:
    """Threats and controls of a closed model in which a part writes freely, what the law asks, and what checks cost."""
    if catalog is None or model.wants or model.alternatives:
        return ledger, None, ()
    from groma.analyses import Context
    from groma.analyses.threats import costs_of, obligations, safety_of

    context = Context(model, catalog, ledger.extended(()))
    safety = safety_of(context)
    if not safety.seen.writers:
        return ledger, None, ()
    for flow in sorted(safety.seen.model_flows):
        if model.flows[flow].starts is not None and "people/hours" in ledger:
            asked = [
                m for n in model.needs.values() if isinstance(m := parse_measure(n.measure), ParsedMeasure)
            ]
            marks = sorted({m.mark or "" for m in asked if (m.kind, m.subject) == ("latency", flow)}) or [""]
            for figure in (each for mark in marks for each in costs_of(context, flow, mark)):
                context.ledger.write(figure)
    return context.ledger, safety, obligations(context)


def _checked(
    model: Model, ledger: Ledger, catalog: Catalog | None, *, designed: bool
) -> tuple[Ledger, tuple[Checked, ...]]:
    """The ledger with figures that the check asked for, and what a builder would have to guess of a design."""
    if catalog is None or model.wants or not designed:
        return ledger, ()
    from groma.rules import checked, rules

    own = ledger.extended(())
    return own, checked(model, own, catalog=catalog, only=rules(phase="build").values())


def _known(catalog: Catalog | None) -> tuple[Neighbour, ...]:
    from groma.catalog import load_catalog

    return neighbours(catalog if catalog is not None else load_catalog())


def _written(subject: Subject, only: str | None, set_of: str = "") -> Written:
    """The set; what borders on several documents is told in the last of them, which is the most special."""
    from groma.documents.deliverables.decisions import madr_files

    wanted = deliverables(set_of or subject.model.practice)
    if only is not None:
        wanted = tuple(each for each in wanted if each.id == only)
        if not wanted:
            known = ", ".join(each.id for each in deliverables(subject.model.practice))
            raise ValueError(f"there is no document `{only}`: {known}")
    written = [(each, made) for each in wanted if (made := each.write(subject)) is not None]
    told_by = {concern: each.id for each, _ in written for concern in each.concerns}
    documents = [
        with_scope(subject, made, (concern for concern in each.concerns if told_by[concern] == each.id))
        for each, made in written
    ]
    refs = tuple(dict.fromkeys(ref for document in documents for ref in document_refs(document)))
    made = DocumentSet(
        subject.model.system,
        "Blueprint" if subject.blueprint else "Survey" if subject.survey else "Model",
        subject.meta(),
        tuple(documents),
        derivations(subject.quoter, subject.model, refs),
    )
    beside = madr_files(subject) | _structure(subject) | artefact_files(subject.exported)
    return Written(made, subject.quoter.ledger, beside)


def _structure(subject: Subject) -> dict[str, bytes]:
    """The parts as Structurizr DSL, for C4 tools."""
    if not subject.model.components:
        return {}
    return {"diagrams/workspace.dsl": structurizr(container_view(subject.model, subject.quoter)).encode()}


def files(written: Written, formats: Iterable[str] = FORMATS, crew: Crew = ALONE) -> dict[str, bytes]:
    """Every file of the hand-over by its path in the folder; the same bytes for the same set."""
    wanted = tuple(formats)
    made: dict[str, bytes] = {}
    documents = written.documents
    about = (documents.derivations, documents.language, wanted)
    asked = [crew.ask(_editions, document, *about) for document in documents.documents]
    if "html" in wanted:
        from groma.documents.html import render_html

        made["index.html"] = render_html(documents)
    editions = [edition.result() for edition in reversed(asked)]
    for edition in reversed(editions):
        made |= edition
    made["ledger.json"] = written.ledger.to_json().encode()
    made |= written.beside
    return dict(sorted(made.items()))


def _editions(
    document: Document, derivations: tuple[Derivation, ...], language: str, wanted: tuple[str, ...]
) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    if "pdf" in wanted:
        from groma.documents.pdf import render_pdf

        made[f"{document.id}.pdf"] = render_pdf(document, derivations, language)
    if "docx" in wanted:
        from groma.documents.docx import render_docx

        made[f"{document.id}.docx"] = render_docx(document, derivations, language)
    if "md" in wanted:
        from groma.documents.markdown import render_markdown

        made[f"{document.id}.md"] = render_markdown(document, derivations, "diagrams")
    if "md" in wanted or "html" in wanted:
        from groma.documents.markdown import picture_files

        made |= {f"diagrams/{name}": data for name, data in picture_files(document).items()}
        for picture in pictures(document):
            made |= {
                f"diagrams/{ident(picture.id)}.{kind}": text.encode()
                for kind, text in _texts(picture.source).items()
            }
    return made


def _texts(source: Any) -> dict[str, str]:
    """A diagram in the languages that others draw from."""
    if isinstance(source, Diagram):
        return {"mmd": mermaid(source), "d2": d2(source)}
    if isinstance(source, Sequence):
        return {"mmd": mermaid_sequence(source), "d2": d2_sequence(source)}
    return {}
