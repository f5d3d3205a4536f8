"""How pages hang together: menus, ways up and down, related links that move PageRank to what matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.site.plan.addresses import Move, home_of, moves, paths, trail, url_of
from groma.site.plan.elements import Page, Plan
from groma.site.plan.linking import best_links, ranks

MOST_IN_MENU = 7
MOST_RELATED = 3
HIGH = 0.7
"""From this priority on a page may be linked as related from everywhere, else only where the subject is near."""


@dataclass(frozen=True)
class Structure:
    """Pages by name with their paths and links. `before` is internal PageRank with menus and ways up and down only,
    `after` with related links; `value` and `bound` are the weighted sums of `after` and of the best choice there is."""

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
    value: float
    bound: float

    def links_from(self, plan: Plan, page: Page) -> tuple[str, ...]:
        """Every page that a page links to, each once, in the order of the page."""
        return _links(self, plan, page, with_related=True)


def language_of(plan: Plan, page: Page) -> str:
    return page.language or plan.language


def structure(plan: Plan) -> Structure:
    """The structure of a plan; raises ModelError where addresses or redirects contradict each other."""
    where = paths(plan)
    found = Structure(
        paths=where,
        urls={name: url_of(plan, path) for name, path in where.items()},
        moves=moves(plan, where),
        menus={language: _menu(plan, language) for language in _languages(plan)},
        footers={
            language: tuple(
                p.name for p in plan.pages.values() if p.kind == "legal" and language_of(plan, p) == language
            )
            for language in _languages(plan)
        },
        children=_children(plan),
        related={name: () for name in plan.pages},
        versions=_versions(plan),
        before={},
        after={},
        value=0.0,
        bound=0.0,
    )
    return _linked(plan, found)


def _languages(plan: Plan) -> list[str]:
    return sorted({language_of(plan, page) for page in plan.pages.values()})


def _children(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Pages under each page, the weightiest first; pages under none are the home page's."""
    found: dict[str, list[Page]] = {name: [] for name in plan.pages}
    for page in plan.pages.values():
        if page.kind not in ("home", "legal"):
            found[page.under or home_of(plan, language_of(plan, page)).name].append(page)
    return {
        name: tuple(p.name for p in sorted(pages, key=lambda p: (-p.priority, p.name))) for name, pages in found.items()
    }


def _menu(plan: Plan, language: str) -> tuple[str, ...]:
    """The home page, the weightiest of the pages under it, and always a page of kind contact."""
    home = home_of(plan, language)
    below = [plan.pages[name] for name in _children(plan)[home.name]]
    contact = [p for p in plan.pages.values() if p.kind == "contact" and language_of(plan, p) == language][:1]
    others = [page.name for page in below if page not in contact]
    return (home.name, *others[: MOST_IN_MENU - len(contact)], *(page.name for page in contact))


def _versions(plan: Plan) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each page with translations: (language, page) of all of them, itself included."""
    groups: dict[str, list[Page]] = {}
    for page in plan.pages.values():
        groups.setdefault(_original(plan, page).name, []).append(page)
    found: dict[str, tuple[tuple[str, str], ...]] = {name: () for name in plan.pages}
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


def _links(found: Structure, plan: Plan, page: Page, *, with_related: bool) -> tuple[str, ...]:
    language = language_of(plan, page)
    links = [
        *found.menus[language],
        *(version for _, version in found.versions[page.name]),
        *(above.name for above in trail(plan, page)),
        *found.children[page.name],
        *(found.related[page.name] if with_related else ()),
        *found.footers[language],
    ]
    return tuple(name for name in dict.fromkeys(links) if name != page.name)


def _linked(plan: Plan, found: Structure) -> Structure:
    names = list(plan.pages)
    number = {name: i for i, name in enumerate(names)}
    fixed = [
        tuple(number[name] for name in _links(found, plan, page, with_related=False)) for page in plan.pages.values()
    ]
    candidates = [
        tuple(number[name] for name in _candidates(plan, page, {names[j] for j in fixed[i]}))
        for i, page in enumerate(plan.pages.values())
    ]
    weights = [page.priority for page in plan.pages.values()]
    best = best_links(weights, fixed, candidates, 0, MOST_RELATED if plan.related else 0)
    before, after = ranks(len(names), fixed), ranks(len(names), fixed, best.chosen)
    from dataclasses import replace

    return replace(
        found,
        related={name: tuple(names[j] for j in best.chosen[i]) for i, name in enumerate(names)},
        before={name: float(before[i]) for i, name in enumerate(names)},
        after={name: float(after[i]) for i, name in enumerate(names)},
        value=best.value,
        bound=best.bound,
    )


def _candidates(plan: Plan, page: Page, linked: set[str]) -> list[str]:
    """Pages that may be offered as related: same language, not linked yet, near in subject or of high priority."""
    if page.kind == "legal":
        return []
    return [
        other.name
        for other in plan.pages.values()
        if other.name != page.name
        and other.name not in linked
        and other.kind not in ("legal", "home")
        and language_of(plan, other) == language_of(plan, page)
        and (other.priority >= HIGH or _is_near(page, other))
    ]


def _is_near(page: Page, other: Page) -> bool:
    """Whether two pages share their service, a question, or the page they stand under."""
    return bool(
        (page.service and page.service == other.service)
        or set(page.questions) & set(other.questions)
        or (page.under and page.under == other.under)
    )
