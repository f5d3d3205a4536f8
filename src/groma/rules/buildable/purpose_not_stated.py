"""Blueprints that don't say what they are for, whose they are and where they end."""

from __future__ import annotations

from collections.abc import Iterator

from groma.rules.places import Place, look
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """What is asked, who answers for the blueprint, of which day it is, what isn't part of it."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    model = subject.model
    if not (model.components or model.flows or model.needs):
        return
    yield Place("model", "problem", bool(model.problem), "What is asked isn't stated", model.at)
    yield Place("model", "author", bool(model.author), "Whom to ask isn't stated", model.at)
    yield Place("model", "date", model.date is not None, "Of which day it is isn't stated", model.at)
    yield Place("model", "out_of_scope", bool(model.out_of_scope), "Where it ends isn't stated", model.at)
    yield Place("model", "needs", bool(model.needs), "What must hold isn't stated", model.at)


RULE = Rule(
    id="purpose-not-stated",
    title="Blueprint without a purpose, an author or a border",
    looks_for="Models with parts, flows or needs, without `problem`, `author`, `date`, `out_of_scope` or "
    "`needs`.",
    why="Every doubt that a blueprint leaves is settled by what it is for; without that the builder "
    "settles it.",
    source="ISO/IEC/IEEE 42010:2022, 6.2 (identification); arc42, section 1",
    severity="warning",
    tags=("ambiguity", "needs"),
    consequence="In doubt the builder decides, and nobody is there to ask.",
    remedy="State what is asked, who answers for it, the date, the needs, and what isn't part of it.",
    phases=("build",),
    check=check,
    good="""\
problem: Invoices go out late.
author: Ana
date: 2026-11-21
out_of_scope: {Payroll: tax adviser}
needs: {cheap: {measure: cost/month, at_most: 1 EUR/month}}
components: {crm: {kind: tool}}
""",
    bad="""\
components: {crm: {kind: tool}}
""",
    expected=(
        "purpose-not-stated:model/author",
        "purpose-not-stated:model/date",
        "purpose-not-stated:model/needs",
        "purpose-not-stated:model/out_of_scope",
        "purpose-not-stated:model/problem",
    ),
)
