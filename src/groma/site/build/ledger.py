"""The ledger of claims: each text in markup traced to the page's visible text and to the line of the plan.

`claims` reads the pages as built. `held` takes a folder as it stands on disk, changed by whoever, and tells what its
markup and telephone numbers say otherwise than the plan, with the place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from groma.model.position import Position, Problem
from groma.site.build.files import file_of
from groma.site.page import Item, Page, Response
from groma.site.plan.contradictions import PHONE, is_same_number
from groma.site.plan.design import SiteDesign
from groma.site.plan.entities import leaves
from groma.site.reading import read_page
from groma.site.sight import folded

MOST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """One text in markup: of which node and property, said where, by whom, and whether the page shows it."""

    page: str
    id: str
    property: str
    text: str
    at: Position
    source: str
    is_visible: bool


def claims(design: SiteDesign, files: Mapping[str, bytes]) -> tuple[Claim, ...]:
    """Every claim of every page."""
    found: list[Claim] = []
    for name, nodes in design.graphs.items():
        page = _page(design, name, files[f"site/{file_of(design.structure.paths[name])}"])
        shown = _shown(page)
        for node in nodes:
            for id_, path, said in leaves(node):
                found.append(
                    Claim(name, id_, path, said.text, said.at, said.source, _is_shown(said.text, page, shown))
                )
    return tuple(found)


def _page(design: SiteDesign, name: str, body: bytes) -> Page:
    return read_page(
        Response(design.structure.urls[name], 200, (("content-type", "text/html; charset=utf-8"),), body)
    )


def _shown(page: Page) -> str:
    return folded(page.text)


def _is_shown(text: str, page: Page, shown: str) -> bool:
    """In the text, or as the target of a link (profiles)."""
    return folded(text) in shown or any(link.url.rstrip("/") == text.rstrip("/") for link in page.links)


def broken(found: tuple[Claim, ...]) -> Iterator[Problem]:
    """Claims that readers don't see, and properties of one node with two values."""
    first: dict[tuple[str, str], Claim] = {}
    for claim in found:
        where = f"{claim.page}: {claim.property}"
        if not claim.is_visible:
            yield Problem(claim.at, f"{where} is in the markup, not in the page's text: `{claim.text}`")
        before = first.setdefault((claim.id, claim.property), claim)
        if before.text != claim.text and before.page != claim.page:
            yield Problem(claim.at, f"{where} is `{claim.text}`, but `{before.text}` at {before.at}")


def held(design: SiteDesign, folder: Path) -> tuple[Problem, ...]:
    """What the pages in a folder say otherwise than the plan, each with its place in the file."""
    found: list[Problem] = []
    for name, nodes in design.graphs.items():
        relative = file_of(design.structure.paths[name])
        file = folder / relative
        if not file.is_file():
            found.append(Problem(Position(relative, 1, 1), f"page `{name}` of the plan isn't there"))
            continue
        with file.open("rb") as stream:
            body = stream.read(MOST_BYTES)
        planned: dict[tuple[str, str], set[str]] = {}
        for node in nodes:
            for id_, path, said in leaves(node):
                planned.setdefault((id_, path), set()).add(said.text)
        page = _page(design, name, body)
        text = body.decode("utf-8", "replace")
        found += _markup(page, relative, text, planned)
        found += _numbers(design, page, relative, text)
    return tuple(sorted(set(found)))


def _markup(
    page: Page, file: str, source: str, planned: Mapping[tuple[str, str], set[str]]
) -> Iterator[Problem]:
    shown = _shown(page)
    for item in page.items:
        for id_, path, value in _values(item, item.id, ""):
            expected = planned.get((id_, path))
            at = _place(file, source, value)
            if expected is not None and value not in expected:
                words = ", ".join(f"`{one}`" for one in sorted(expected))
                yield Problem(at, f"{path} of {id_} is `{value}`; the plan says {words}")
            if (expected is not None or path.rpartition(".")[2] in CLAIMED) and not _is_shown(
                value, page, shown
            ):
                yield Problem(
                    at, f"{path} of {id_ or 'a node without id'} is in the markup, not in the text: `{value}`"
                )


CLAIMED = frozenset(
    ("name", "telephone", "email", "description", "price", "headline", "text", "ratingValue", "legalName")
)
"""Properties that claim something also where the plan knows nothing of their node."""


def _values(item: Item, id_: str, path: str) -> Iterator[tuple[str, str, str]]:
    if item.id and item.id != id_:
        id_, path = item.id, ""
    for key, values in item.properties:
        inner = f"{path}.{key}" if path else key
        for value in values:
            if isinstance(value, Item):
                yield from _values(value, id_, inner)
            else:
                yield id_, inner, str(value)


def _numbers(design: SiteDesign, page: Page, file: str, source: str) -> Iterator[Problem]:
    telephone = design.plan.organisation.telephone
    if telephone is None:
        return
    said = [found.group() for found in PHONE.finditer(page.text)]
    said += [link.removeprefix("tel:") for link in page.contacts if link.startswith("tel:")]
    for number in dict.fromkeys(said):
        if not is_same_number(number, telephone.text):
            yield Problem(
                _place(file, source, number),
                f"the page says the telephone number {number}; the plan says {telephone} ({telephone.at})",
            )


def _place(file: str, source: str, value: str) -> Position:
    """Where a value stands in a file's text, as it is written there or escaped; its beginning where it isn't found."""
    from html import escape

    for form in (value, escape(value), value.replace("&", "\\u0026")):
        at = source.find(form)
        if at >= 0:
            return Position(file, source.count("\n", 0, at) + 1, at - source.rfind("\n", 0, at))
    return Position(file, 1, 1)
