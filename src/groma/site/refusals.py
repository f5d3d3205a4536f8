"""Which pages robots.txt refuses to which crawlers, gathered by the line that decides.

Crawlers with the same rules get the same verdicts, so a hundred crawlers cost as much as the few groups of the file.
Only crawlers whose row rests on their vendor's own statement count: the others' tokens and purposes are hearsay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groma.site.crawlers import Crawler
from groma.site.robots import Access, Line, Verdict
from groma.site.site import Site


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line of one robots.txt (0: the file fails) and everything that it refuses."""

    robots: str
    line: int
    text: str
    tokens: tuple[str, ...]
    urls: tuple[str, ...]


def refusals(site: Site, purposes: Sequence[str], every: bool = False) -> tuple[Refusal, ...]:
    """Refusals of pages (those read, and those that this crawler was kept from) for crawlers of these purposes."""
    chosen = [c for c in site.crawlers if c.purpose in purposes and (every or c.is_main)]
    urls = [record.url for record in site.pages] + list(site.gathered.refused)
    found: dict[tuple[str, int, str], tuple[dict[str, None], dict[str, None]]] = {}
    for tokens, url, verdict, access in verdicts(site, chosen, urls):
        if not verdict.allowed:
            names, pages = found.setdefault((access.url, verdict.line, verdict.text), ({}, {}))
            names.update(dict.fromkeys(tokens))
            pages[url] = None
    return tuple(Refusal(*key, tuple(names), tuple(pages)) for key, (names, pages) in sorted(found.items()))


def verdicts(
    site: Site, chosen: Sequence[Crawler], urls: Sequence[str]
) -> list[tuple[tuple[str, ...], str, Verdict, Access]]:
    """The verdict for every page and every set of crawlers that share their rules: (tokens, page, verdict, file)."""
    found: list[tuple[tuple[str, ...], str, Verdict, Access]] = []
    grouped: dict[str, list[tuple[str, ...]]] = {}
    for url in urls:
        access = site.gathered.access(url)
        if access is None:
            continue
        groups = grouped.get(access.url)
        if groups is None:
            same: dict[tuple[Line, ...], list[str]] = {}
            for crawler in chosen:
                same.setdefault(access.rules(crawler.token), []).append(crawler.token)
            groups = grouped[access.url] = [tuple(tokens) for tokens in same.values()]
        for tokens in groups:
            found.append((tokens, url, access.verdict(tokens[0], url), access))
    return found
