"""The design of a site from its plan: structure, entity graph, briefs, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groma.model.position import ModelError, Problem
from groma.site.features import Feature
from groma.site.plan.briefs import Brief, briefs, unanswered
from groma.site.plan.choosing import structure
from groma.site.plan.contradictions import contradictions, untraced
from groma.site.plan.elements import Plan
from groma.site.plan.entities import Node, graph, is_retired, misfits
from groma.site.plan.structure import Structure


@dataclass(frozen=True)
class SiteDesign:
    """A site as designed. `remarks` are what is left to do (figures without a fact, short pages, questions without a
    page); `left_out` says which markup isn't made, and why."""

    plan: Plan
    structure: Structure
    graphs: Mapping[str, tuple[Node, ...]]
    briefs: Mapping[str, Brief]
    remarks: tuple[Problem, ...]
    left_out: tuple[str, ...]


def design_site(plan: Plan, known: Sequence[Feature] | None = None) -> SiteDesign:
    """The design. Raises ModelError with everything that contradicts itself or doesn't fit schema.org."""
    problems = list(contradictions(plan))
    try:
        found = structure(plan)
    except ModelError as error:
        raise ModelError([*problems, *error.problems]) from None
    graphs = {name: graph(plan, found, page, known) for name, page in plan.pages.items()}
    for nodes in graphs.values():
        problems += misfits(plan, nodes)
    if problems:
        raise ModelError(problems)
    orders = briefs(plan, found)
    return SiteDesign(plan, found, graphs, orders, _remarks(plan, orders), _left_out(plan, known))


def _remarks(plan: Plan, orders: Mapping[str, Brief]) -> tuple[Problem, ...]:
    found = list(untraced(plan))
    for name, asks in unanswered(plan).items():
        found.append(Problem(asks.at, f"questions.{name}: no page answers it"))
    for name, brief in orders.items():
        least, most = brief.band
        if not least <= brief.words <= most:
            found.append(
                Problem(
                    plan.pages[name].at,
                    f"pages.{name}: says {brief.words} words; its brief asks for {least} to {most}",
                )
            )
    return tuple(sorted(set(found)))


def _left_out(plan: Plan, known: Sequence[Feature] | None) -> tuple[str, ...]:
    found: list[str] = []
    retired = is_retired("FAQPage", known)
    if retired is not None and any(page.questions for page in plan.pages.values()):
        found.append(
            f"FAQPage: Google retired the feature on {retired.retired_on} ({retired.source}, as of {retired.as_of}); "
            "questions and answers stand in the text"
        )
    if any(proof.kind == "review" for proof in plan.proofs.values()):
        found.append(
            "Review: Google shows no stars for what an organisation says of itself on its own site "
            "(Review snippet guidelines, 2019-09, recalled); reviews stand in the text with their source"
        )
    return tuple(found)
