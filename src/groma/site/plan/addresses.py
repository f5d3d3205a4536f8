"""Addresses of a plan's pages, and where old ones lead: each in one step, none in a ring."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from groma.model.position import ModelError, Position, Problem
from groma.site.address import normal, origin
from groma.site.plan.elements import Page, Plan

_SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "&": " and "}
)
_SAFE = "/-._~!$&'()*+,;=:@%"


@dataclass(frozen=True, slots=True)
class Move:
    """An old path and the path it leads to; `steps` of the plan were joined into one."""

    old: str
    new: str
    steps: int


def slug(text: str) -> str:
    """A title as part of an address: letters and digits of ASCII, hyphens between words, at most eight words."""
    plain = (
        unicodedata.normalize("NFKD", text.casefold().translate(_SPELT)).encode("ascii", "ignore").decode()
    )
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words[:8])[:80].strip("-") or "page"


def paths(plan: Plan) -> dict[str, str]:
    """The path of every page by its name; raises ModelError where two have the same or one is no path."""
    problems: list[Problem] = []
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in plan.pages:
        path = _path(plan, name)
        page = plan.pages[name]
        at = page.path.at if page.path else page.at
        if not _is_path(path) or not path.endswith("/") or not unquote(path).isprintable():
            problems.append(
                Problem(at, f"pages.{name}.path: expected a path such as /heat-pumps/, found `{path}`")
            )
        elif path in taken:
            problems.append(
                Problem(at, f"pages.{name}.path: `{path}` is the path of page `{taken[path]}` already")
            )
        taken.setdefault(path, name)
        found[name] = path
    if problems:
        raise ModelError(problems)
    return found


def _path(plan: Plan, name: str) -> str:
    """Stated, else made of the titles on the way up. The way up is finite: reading has checked it."""
    page = plan.pages[name]
    if page.path is not None:
        return encoded(page.path.text)
    language = page.language or plan.language
    top = "/" if language == plan.language else f"/{language}/"
    if page.kind == "home":
        return top
    above = plan.pages[page.under] if page.under else None
    start = top if above is None or above.kind == "home" else _path(plan, above.name)
    return start + slug(str(page.short or page.title)) + "/"


def encoded(path: str) -> str:
    """A path with everything percent-encoded that isn't allowed in one (RFC 3986, 3.3)."""
    return quote(path, safe=_SAFE)


def _is_path(path: str) -> bool:
    base = "https://host.example"
    return (
        path.startswith("/")
        and not path.startswith("//")
        and "?" not in path
        and normal(base + path) == base + path
    )


def url_of(plan: Plan, path: str) -> str:
    """The whole address of a path."""
    return origin(normal(plan.base.text) or plan.base.text) + path


def moves(plan: Plan, where: Mapping[str, str]) -> tuple[Move, ...]:
    """The plan's redirects with chains joined; rings, shadows of pages and ends that are no page are errors."""
    problems: list[Problem] = []
    steps: dict[str, str] = {}
    pages = set(where.values())
    for redirect in plan.redirects:
        old = encoded(redirect.from_.text)
        new = where.get(redirect.to.text) or encoded(redirect.to.text)
        if set(redirect.from_.text) & set("?#") or not _is_path(old) or not unquote(old).isprintable():
            problems.append(
                Problem(redirect.from_.at, f"redirects: expected a path without query, found `{old}`")
            )
        elif old in pages:
            problems.append(
                Problem(redirect.from_.at, f"redirects: `{old}` is a page of the new site: it can't move")
            )
        elif steps.get(old, new) != new:
            problems.append(Problem(redirect.from_.at, f"redirects: `{old}` leads to two places"))
        else:
            steps[old] = new
    found: list[Move] = []
    for old in sorted(steps):
        way = _way(old, steps)
        if way[-1] in steps:
            problems.append(Problem(_at(plan, old), f"redirects: `{old}` leads round in a ring"))
        elif way[-1] not in pages:
            problems.append(
                Problem(_at(plan, old), f"redirects: `{old}` ends at `{way[-1]}`, which is no page")
            )
        else:
            found.append(Move(old, way[-1], len(way)))
    if problems:
        raise ModelError(problems)
    return tuple(found)


def _way(old: str, steps: Mapping[str, str]) -> list[str]:
    way = [steps[old]]
    while way[-1] in steps and len(way) <= len(steps):
        way.append(steps[way[-1]])
    return way


def _at(plan: Plan, old: str) -> Position:
    return next(r.from_.at for r in plan.redirects if encoded(r.from_.text) == old)


def trail(plan: Plan, page: Page) -> Sequence[Page]:
    """The pages from the home page of its language down to a page, itself included."""
    way = [page]
    while way[-1].under is not None:
        way.append(plan.pages[way[-1].under])
    home = home_of(plan, page.language or plan.language)
    if way[-1].name != home.name:
        way.append(home)
    return tuple(reversed(way))


def home_of(plan: Plan, language: str) -> Page:
    return next(
        p for p in plan.pages.values() if p.kind == "home" and (p.language or plan.language) == language
    )
