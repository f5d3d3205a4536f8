"""What a site has today against what is planned: which old addresses stay, move or are lost, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from groma.site.address import path
from groma.site.plan.elements import Plan
from groma.site.plan.structure import Structure
from groma.site.site import Site

Fate = Literal["stays", "moves", "lost"]


@dataclass(frozen=True, slots=True)
class Old:
    """An old page. `to` is where it leads; for one that is lost, the planned page nearest in words (may be empty)."""

    path: str
    title: str
    words: int
    is_indexable: bool
    fate: Fate
    to: str


def inventory(plan: Plan, found: Structure, site: Site) -> tuple[Old, ...]:
    """Every HTML page of the existing site that answers, by path."""
    moved = {move.old: move.new for move in found.moves}
    planned = set(found.paths.values())
    names = {name: _words(f"{page.title} {page.lead}") for name, page in plan.pages.items()}
    rows: list[Old] = []
    for record in site.pages:
        old = path(record.url).partition("?")[0]
        if old in planned or (old.endswith("/index.html") and old.removesuffix("index.html") in planned):
            fate: Fate = "stays"
            to = old.removesuffix("index.html")
        elif old in moved:
            fate, to = "moves", moved[old]
        else:
            fate, to = "lost", _nearest(record.title, names, found.paths)
        rows.append(Old(old, record.title, record.words, record.is_indexable, fate, to))
    return tuple(sorted(set(rows), key=lambda row: row.path))


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3)


def _nearest(title: str, names: Mapping[str, frozenset[str]], paths: Mapping[str, str]) -> str:
    mine = _words(title)
    shared = {name: len(mine & words) for name, words in names.items()}
    best = max(shared, key=lambda name: (shared[name], name), default="")
    return paths[best] if best and shared[best] else ""


def other_values(plan: Plan, site: Site) -> tuple[tuple[str, str, str, str], ...]:
    """What the existing markup says of the organisation otherwise than the plan: (page, property, there, planned)."""
    from groma.site.plan.contradictions import is_same_number

    one = plan.organisation
    mine = {"telephone": one.telephone, "email": one.email, "legalName": one.legal_name}
    mine |= {key: one.ids.get(key) for key in ("vatID", "taxID")}
    rows: set[tuple[str, str, str, str]] = set()
    for record in site.pages:
        for entity in record.entities:
            if "Person" in entity.types:
                continue
            for key, value in entity.facts:
                planned = mine.get(key)
                if planned is None or planned.text == value:
                    continue
                if key != "telephone" or not is_same_number(value, planned.text):
                    rows.add((path(record.url), key, value, planned.text))
    return tuple(sorted(rows))


def gaps(plan: Plan, olds: Sequence[Old]) -> tuple[str, ...]:
    """Planned pages that the existing site has nothing for (nothing stays at their address or leads to them)."""
    from groma.site.plan.addresses import paths

    reached = {old.to for old in olds if old.fate != "lost"}
    return tuple(name for name, where in paths(plan).items() if where not in reached)
