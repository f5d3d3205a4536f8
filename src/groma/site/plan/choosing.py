"""Which pages the menus show and which each page offers as related, so that PageRank goes to stated priorities.

For given menus the related links are the exact optimum (`linking`). Menus are the same on every page, so they are
tried: all of them on small sites, else by single exchanges from the plain one while the weighted sum rises. The bound
lets every page have a menu of its own: no common menu can do better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from groma.site.plan.addresses import home_of
from groma.site.plan.elements import Page, Plan
from groma.site.plan.linking import Linked, best_links, ranks
from groma.site.plan.structure import (
    MOST_IN_MENU,
    Structure,
    contact_of,
    language_of,
    languages,
    links,
    skeleton,
)

LEAST_IN_MENU = 4
"""Entries of a menu, home and contact among them, that visitors find their way with (fewer on smaller sites)."""

MOST_RELATED = 3
HIGH = 0.7
"""From this priority on a page may be offered as related everywhere, else only where the subject is near."""

MOST_NEAR = 40
ALL_MENUS = 600
"""So many menus are all tried where the site has at most MOST_PAGES pages."""

MOST_PAGES = 300
MOST_EXCHANGES = 40


@dataclass(frozen=True)
class _Tried:
    structure: Structure
    linked: Linked
    fixed: list[tuple[int, ...]]


def structure(plan: Plan) -> Structure:
    """The structure of a plan with its menus and related links chosen."""
    bare = skeleton(plan)
    names = list(plan.pages)
    near = _near(plan)
    plain = _tried(plan, bare, near, most=0)
    best = _tried(plan, bare, near)
    is_best = True
    for language in languages(plan):
        menus, all_of_them = _menus(plan, bare, language)
        if all_of_them:
            found = [_tried(plan, _with_menu(best.structure, language, menu), near) for menu in menus]
            best = max([best, *found], key=lambda one: one.linked.value)
        else:
            best = _exchanged(plan, best, language, near)
        is_best = is_best and all_of_them and len(languages(plan)) == 1
    before = ranks(len(names), plain.fixed)
    after = ranks(len(names), best.fixed, best.linked.chosen)
    weights = np.array([page.priority for page in plan.pages.values()])
    return replace(
        best.structure,
        related={name: tuple(names[j] for j in best.linked.chosen[i]) for i, name in enumerate(names)},
        before={name: float(before[i]) for i, name in enumerate(names)},
        after={name: float(after[i]) for i, name in enumerate(names)},
        plain=float(weights @ before),
        value=float(weights @ after),
        bound=max(best.linked.bound, _relaxed(plan, bare, near)),
        is_best=is_best,
    )


def _with_menu(found: Structure, language: str, menu: Sequence[str]) -> Structure:
    return replace(found, menus={**found.menus, language: tuple(menu)})


def _tried(plan: Plan, found: Structure, near: Mapping[str, list[str]], most: int = MOST_RELATED) -> _Tried:
    """The best related links under these menus."""
    number = {name: i for i, name in enumerate(plan.pages)}
    fixed: list[tuple[int, ...]] = []
    candidates: list[tuple[int, ...]] = []
    for name, page in plan.pages.items():
        linked = links(found, plan, page)
        taken = {*linked, name}
        fixed.append(tuple(number[one] for one in linked))
        candidates.append(tuple(number[one] for one in near[name] if one not in taken))
    weights = [page.priority for page in plan.pages.values()]
    return _Tried(found, best_links(weights, fixed, candidates, 0, most if plan.related else 0), fixed)


def _must(plan: Plan, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands first and last in a menu: the home page, the page of kind contact."""
    return (home_of(plan, language).name,), contact_of(plan, language)


def _choices(plan: Plan, bare: Structure, language: str) -> list[str]:
    """Pages that a menu may hold beside home and contact, the weightiest first."""
    first, last = _must(plan, language)
    return [name for name in bare.children[first[0]] if name not in last]


def _sizes(plan: Plan, language: str, count: int) -> range:
    must = sum(map(len, _must(plan, language)))
    most = min(count, MOST_IN_MENU - must)
    return range(min(most, max(0, LEAST_IN_MENU - must)), most + 1)


def _menus(plan: Plan, bare: Structure, language: str) -> tuple[list[tuple[str, ...]], bool]:
    """All menus there are, and whether they are few enough."""
    names = _choices(plan, bare, language)
    sizes = _sizes(plan, language, len(names))
    if len(plan.pages) > MOST_PAGES or len(names) > 12:
        return [], False
    found = [subset for size in sizes for subset in combinations(names, size)]
    if len(found) > ALL_MENUS:
        return [], False
    first, last = _must(plan, language)
    return [(*first, *subset, *last) for subset in found], True


def _exchanged(plan: Plan, best: _Tried, language: str, near: Mapping[str, list[str]]) -> _Tried:
    """Adds, drops or exchanges single entries while that helps."""
    first, last = _must(plan, language)
    names = _choices(plan, best.structure, language)[: 2 * MOST_IN_MENU]
    sizes = _sizes(plan, language, len(names))
    tries = MOST_EXCHANGES if len(plan.pages) > MOST_PAGES else 10 * MOST_EXCHANGES
    rising = True
    while rising and tries > 0:
        rising = False
        now = [name for name in best.structure.menus[language] if name not in (*first, *last)]
        steps = [[n for n in now if n != gone] for gone in reversed(now)]
        steps += [[*now, new] for new in names if new not in now]
        steps += [
            [new if n == gone else n for n in now]
            for new in names
            if new not in now
            for gone in reversed(now)
        ]
        for step in steps:
            if len(step) not in sizes or tries <= 0:
                continue
            tries -= 1
            found = _tried(plan, _with_menu(best.structure, language, (*first, *step, *last)), near)
            if found.linked.value > best.linked.value + 1e-12:
                best, rising = found, True
                break
    return best


def _relaxed(plan: Plan, bare: Structure, near: Mapping[str, list[str]]) -> float:
    """What no common menu can exceed: every page chooses its own entries, as few as it likes."""
    number = {name: i for i, name in enumerate(plan.pages)}
    empty = bare
    for language in languages(plan):
        first, last = _must(plan, language)
        empty = _with_menu(empty, language, (*first, *last))
    fixed: list[tuple[int, ...]] = []
    free: list[tuple[int, ...]] = []
    for name, page in plan.pages.items():
        linked = links(empty, plan, page)
        taken = {*linked, name}
        more = dict.fromkeys((*_choices(plan, bare, language_of(plan, page)), *near[name]))
        fixed.append(tuple(number[one] for one in linked))
        free.append(tuple(number[one] for one in more if one not in taken))
    weights = [page.priority for page in plan.pages.values()]
    return best_links(weights, fixed, free, 0, MOST_IN_MENU + (MOST_RELATED if plan.related else 0)).bound


def _near(plan: Plan) -> dict[str, list[str]]:
    """For each page those that it may offer as related: same language, near in subject or of high priority."""
    groups: dict[tuple[str, str], list[Page]] = {}
    for page in sorted(plan.pages.values(), key=lambda page: (-page.priority, page.name)):
        if page.kind not in ("legal", "home"):
            for key in _subjects(page):
                groups.setdefault(key, []).append(page)
            if page.priority >= HIGH:
                groups.setdefault(("high", ""), []).append(page)
    found: dict[str, list[str]] = {}
    for page in plan.pages.values():
        keys = [] if page.kind == "legal" else [("high", ""), *_subjects(page)]
        others = [other for key in keys for other in groups.get(key, [])[:MOST_NEAR]]
        language = language_of(plan, page)
        found[page.name] = list(
            dict.fromkeys(o.name for o in others if o is not page and language_of(plan, o) == language)
        )
    return found


def _subjects(page: Page) -> list[tuple[str, str]]:
    """What a page is about, and what it stands under."""
    found = [("question", name) for name in page.questions]
    found += [("service", page.service)] if page.service else []
    return found + ([("under", page.under)] if page.under else [])
