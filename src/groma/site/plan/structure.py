"""How pages hang together: menus, ways up and down, related links. What is chosen here is chosen in `choosing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.site.plan.addresses import Move, home_of, moves, paths, trail, url_of
from groma.site.plan.elements import Page, Plan

MOST_IN_MENU = 7


@dataclass(frozen=True)
class Structure:
    """Pages by name with their paths and links.

    `before` is internal PageRank with the plain menu (what the home page has below it, in the order of the plan) and
    without related links, `after` as designed. `plain` and `value` are their sums weighted with priorities; no choice
    of menus and related links has a higher one than `bound`. `is_best` tells that all menus were tried.
    """

    paths: Mapping[str, str]
    urls: Mapping[str, str]
    moves: tuple[Move, ...]
    menus: Mapping[str, tuple[str, ...]]
    footers: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    related: Mapping[str, tuple[str, ...]]
    versions: Mapping[str, tuple[tuple[str, str], ...]]
    before: Mapping[str, float]
    after: Mapping[str, float]
    plain: float
    value: float
    bound: float
    is_best: bool

    def links_from(self, plan: Plan, page: Page) -> tuple[str, ...]:
        """Every page that a page links to, each once, in the order of the page."""
        return links(self, plan, page)


def language_of(plan: Plan, page: Page) -> str:
    return page.language or plan.language


def skeleton(plan: Plan) -> Structure:
    """A plan's structure with the plain menu and nothing chosen; raises ModelError where addresses or redirects
    contradict each other."""
    where = paths(plan)
    return Structure(
        paths=where,
        urls={name: url_of(plan, path) for name, path in where.items()},
        moves=moves(plan, where),
        menus={language: _menu(plan, language) for language in languages(plan)},
        footers={
            language: tuple(
                p.name for p in plan.pages.values() if p.kind == "legal" and language_of(plan, p) == language
            )
            for language in languages(plan)
        },
        children=_children(plan),
        related=dict.fromkeys(plan.pages, ()),
        versions=_versions(plan),
        before={},
        after={},
        plain=0.0,
        value=0.0,
        bound=0.0,
        is_best=False,
    )


def languages(plan: Plan) -> list[str]:
    return sorted({language_of(plan, page) for page in plan.pages.values()})


def _children(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Pages under each page, the weightiest first; pages under none are the home page's."""
    found: dict[str, list[Page]] = {name: [] for name in plan.pages}
    for page in plan.pages.values():
        if page.kind not in ("home", "legal"):
            found[page.under or home_of(plan, language_of(plan, page)).name].append(page)
    return {
        name: tuple(p.name for p in sorted(pages, key=lambda p: (-p.priority, p.name)))
        for name, pages in found.items()
    }


def _menu(plan: Plan, language: str) -> tuple[str, ...]:
    """The home page, what is below it in the order of the plan, and always a page of kind contact."""
    home = home_of(plan, language)
    below = set(_children(plan)[home.name])
    contact = contact_of(plan, language)
    others = [name for name in plan.pages if name in below and name not in contact]
    return (home.name, *others[: MOST_IN_MENU - len(contact)], *contact)


def contact_of(plan: Plan, language: str) -> tuple[str, ...]:
    """The page of kind contact in a language, if there is one."""
    return tuple(
        p.name for p in plan.pages.values() if p.kind == "contact" and language_of(plan, p) == language
    )[:1]


def _versions(plan: Plan) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each page with translations: (language, page) of all of them, itself included."""
    groups: dict[str, list[Page]] = {}
    for page in plan.pages.values():
        groups.setdefault(_original(plan, page).name, []).append(page)
    found: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(plan.pages, ())
    for pages in groups.values():
        if len(pages) > 1:
            versions = tuple(sorted((language_of(plan, page), page.name) for page in pages))
            found.update({page.name: versions for page in pages})
    return found


def _original(plan: Plan, page: Page) -> Page:
    seen = {page.name}
    while page.translates is not None and page.translates not in seen:
        page = plan.pages[page.translates]
        seen.add(page.name)
    return page


def links(found: Structure, plan: Plan, page: Page) -> tuple[str, ...]:
    """Every page that a page links to, each once, in the order of the page."""
    language = language_of(plan, page)
    names = [
        *found.menus[language],
        *(version for _, version in found.versions[page.name]),
        *(above.name for above in trail(plan, page)),
        *found.children[page.name],
        *found.related[page.name],
        *found.footers[language],
    ]
    return tuple(name for name in dict.fromkeys(names) if name != page.name)
