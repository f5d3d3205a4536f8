"""What a page has to do, for the person who writes it: question, answer first, facts, headings, links, length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.site.plan.elements import Page, Plan, Said
from groma.site.plan.structure import Structure

BANDS = {
    "home": (100, 600), "service": (120, 900), "overview": (80, 500), "article": (150, 1500), "contact": (30, 300),
    "about": (100, 800), "legal": (50, 3000),
}  # fmt: skip
"""Words by kind of page. Rules of thumb: no engine states a number; below 50 words an audit calls a page thin."""

MOST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Brief:
    """One page's order. `words` are those its plan says now; `to` and `by` are pages linked to and linking."""

    page: str
    title: str
    questions: tuple[tuple[str, str], ...]
    headings: tuple[str, ...]
    sources: tuple[str, ...]
    to: tuple[str, ...]
    by: tuple[str, ...]
    band: tuple[int, int]
    words: int


def briefs(plan: Plan, found: Structure) -> dict[str, Brief]:
    """The brief of every page."""
    to = {name: found.links_from(plan, page) for name, page in plan.pages.items()}
    by: dict[str, list[str]] = {name: [] for name in plan.pages}
    for name, targets in to.items():
        for target in targets:
            by[target].append(name)
    return {name: _brief(plan, page, to[name], tuple(by[name])) for name, page in plan.pages.items()}


def _brief(plan: Plan, page: Page, to: tuple[str, ...], by: tuple[str, ...]) -> Brief:
    asked = [plan.questions[name] for name in page.questions]
    texts = said(plan, page)
    return Brief(
        page=page.name,
        title=title(plan, page),
        questions=tuple((str(q.asks), str(q.answer)) for q in asked),
        headings=(str(page.title), *(str(q.asks) for q in asked)),
        sources=tuple(dict.fromkeys(one for text in texts for one in text.source.split("; ") if one)),
        to=to,
        by=by,
        band=BANDS[page.kind],
        words=sum(len(str(text).split()) for text in texts),
    )


def title(plan: Plan, page: Page) -> str:
    """The title in the head: with the site's name where there is room for it."""
    whole = f"{page.title} | {plan.site}"
    return whole if len(whole) <= MOST_TITLE and str(page.title) != str(plan.site) else str(page.title)


def said(plan: Plan, page: Page) -> list[Said]:
    """Every text of a page's own, in order."""
    texts = [page.title, page.lead, *page.text]
    if page.kind in ("home", "about"):
        texts.append(plan.organisation.about)
    if page.service is not None:
        service = plan.services[page.service]
        texts += [service.called, service.about, *([service.price] if service.price else [])]
    for name in page.questions:
        question = plan.questions[name]
        texts += [question.asks, question.answer, *question.more]
    return texts


def unanswered(plan: Plan) -> Mapping[str, Said]:
    """Questions that no page answers."""
    used = {name for page in plan.pages.values() for name in page.questions}
    return {name: q.asks for name, q in plan.questions.items() if name not in used}
