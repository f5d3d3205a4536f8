"""Pictures of a site: how its most important pages link, and what each crawler may fetch in each part of it.

Both are bounded: the link graph shows the pages of the greatest internal PageRank in columns by clicks from the home
page, lighter lines where both ends link; the matrix shows parts of the site (first folder of the address) by crawler.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from groma.site.refusals import verdicts
from groma.site.site import Site

MOST_PAGES = 28
MOST_PARTS = 10
MOST_IN_COLUMN = 12
WIDTH, ROW, TOP, LABEL = 960, 34, 46, 26


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in the link graph: `clicks` from home (-1: no way leads there), its share of internal PageRank."""

    url: str
    label: str
    clicks: int
    rank: float


def important(site: Site, most: int = MOST_PAGES) -> tuple[tuple[Shown, ...], tuple[tuple[int, int], ...]]:
    """The most important pages, and the links among them as pairs of their places; the home page is always there."""
    home = site.home
    order = sorted(
        (n for n, r in enumerate(site.records) if r.is_page and not r.location),
        key=lambda n: (site.records[n] is not home, -float(site.rank[n]), site.records[n].url),
    )
    chosen: list[int] = []
    in_column: dict[int, int] = {}
    for number in order:
        column = int(site.depth[number])
        if len(chosen) < most and in_column.get(column, 0) < MOST_IN_COLUMN:
            in_column[column] = in_column.get(column, 0) + 1
            chosen.append(number)
    places = {number: place for place, number in enumerate(chosen)}
    sources, targets = site.followed()
    pairs = {
        (places[a], places[b])
        for a, b in zip(sources.tolist(), targets.tolist(), strict=True)
        if a in places and b in places and a != b
    }
    pages = tuple(
        Shown(site.records[n].url, _label(site.records[n].url), int(site.depth[n]), float(site.rank[n]))
        for n in chosen
    )
    return pages, tuple(sorted(pairs))


def _label(url: str) -> str:
    path = "/" + url.split("/", 3)[3]
    return path if len(path) <= LABEL else path[: LABEL - 1] + "…"


def link_graph(site: Site) -> str:
    """The link graph as SVG; empty where there are no two pages."""
    pages, links = important(site)
    if len(pages) < 2:
        return ""
    columns: dict[int, list[int]] = {}
    for place, page in enumerate(pages):
        columns.setdefault(page.clicks, []).append(place)
    order = sorted(columns, key=lambda clicks: (clicks < 0, clicks))
    wide = WIDTH / len(order)
    tall = TOP + ROW * max(map(len, columns.values())) + 10
    at: dict[int, tuple[float, float]] = {}
    heads: list[str] = []
    for number, clicks in enumerate(order):
        x = wide * number + 16
        said = (
            "no way leads there"
            if clicks < 0
            else f"{clicks} click{'' if clicks == 1 else 's'}"
            if clicks
            else "home"
        )
        heads.append(f'<text x="{x - 6:.0f}" y="18" class="head">{said}</text>')
        gap = (tall - TOP) / len(columns[clicks])
        for row, place in enumerate(columns[clicks]):
            at[place] = (x, TOP + gap * row + gap / 2 - 8)
    most = max(page.rank for page in pages) or 1.0
    lines: list[str] = []
    for a, b in links:
        (x1, y1), (x2, y2) = at[a], at[b]
        if x1 == x2:
            path = f"M{x1:.0f} {y1:.0f}C{x1 - 14:.0f} {y1:.0f} {x2 - 14:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
        else:
            middle = (x1 + x2) / 2
            path = f"M{x1:.0f} {y1:.0f}C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
        if (b, a) not in links or a < b:
            lines.append(f'<path d="{path}"/>')
    dots: list[str] = []
    for place, page in enumerate(pages):
        x, y = at[place]
        radius = 3 + 7 * (page.rank / most) ** 0.5
        dots.append(
            f'<g><title>{escape(page.url)}: {page.rank:.1%} of link weight</title><circle cx="{x:.0f}" cy="{y:.0f}" '
            f'r="{radius:.1f}"/><text x="{x + 13:.0f}" y="{y + 4:.0f}">{escape(page.label)}</text></g>'
        )
    return (
        f'<svg class="links" viewBox="0 0 {WIDTH} {tall:.0f}" role="img" aria-label="How the most important pages '
        f'link">{"".join(heads)}<g class="edges">{"".join(lines)}</g>{"".join(dots)}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Matrix:
    """How much of each part of a site crawlers may fetch: `rows` are (crawlers, purpose, (allowed, pages) by part)."""

    parts: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], str, tuple[tuple[int, int], ...]], ...]


def matrix(site: Site) -> Matrix:
    """The matrix; crawlers that share purpose and row share a line. Vendors' own rows only."""
    urls = [record.url for record in site.pages] + list(site.gathered.refused)
    sizes: dict[str, int] = {}
    for url in urls:
        part = part_of(url)
        sizes[part] = sizes.get(part, 0) + 1
    largest = sorted(sizes, key=lambda part: (-sizes[part], part))[:MOST_PARTS]
    parts = tuple(sorted(largest))
    main = [crawler for crawler in site.crawlers if crawler.is_main]
    allowed: dict[tuple[str, str], int] = {}
    for tokens, url, verdict, _ in verdicts(site, main, urls):
        if verdict.allowed:
            for token in tokens:
                key = (token, part_of(url))
                allowed[key] = allowed.get(key, 0) + 1
    rows: dict[tuple[str, tuple[tuple[int, int], ...]], list[str]] = {}
    for crawler in main:
        cells = tuple((allowed.get((crawler.token, part), 0), sizes[part]) for part in parts)
        rows.setdefault((crawler.purpose, cells), []).append(crawler.token)
    order = {"search": 0, "user": 1, "training": 2}
    return Matrix(
        parts,
        tuple(
            (tuple(tokens), purpose, cells)
            for (purpose, cells), tokens in sorted(
                rows.items(), key=lambda row: (order.get(row[0][0], 3), row[0][0], row[1])
            )
        ),
    )


def part_of(url: str) -> str:
    """The part of the site that an address belongs to: its first folder, `/` for pages at the top."""
    path = url.split("/", 3)[3].partition("?")[0]
    return f"/{path.split('/', 1)[0]}/"[:40] if "/" in path else "/"
