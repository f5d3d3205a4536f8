"""What of a page exists only after its scripts: text, links, head, structured data. Raw against rendered.

Both sides are read by the same reader (`reading`), so the difference is the scripts' doing. Words are compared as a
bag: a script that only moves text adds none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groma.progress import UNHEARD, Progress
from groma.site.browser import Browser, Shown
from groma.site.gather import Source
from groma.site.items import walk_items
from groma.site.page import Page, Response
from groma.site.reading import read_page
from groma.site.sight import Sight

MOST_LINKS = 500


@dataclass(frozen=True, slots=True)
class Rendered:
    """One page. `words` are those a browser shows, `added` those of them that aren't in the HTML, `sample` how they
    begin; `head` are (what, in the HTML, after scripts); `items` are types of structured data that scripts add."""

    url: str
    words: int
    added: int
    sample: str
    links: tuple[str, ...]
    head: tuple[tuple[str, str, str], ...]
    items: tuple[str, ...]
    error: str = ""

    @property
    def share(self) -> float:
        """Which part of the words only scripts bring (0 to 1)."""
        return self.added / self.words if self.words else 0.0


async def render(
    source: Source, urls: Sequence[str], allowed: Callable[[str], bool], progress: Progress = UNHEARD
) -> dict[str, Rendered]:
    """Each page in a browser, in order. Raises BrowserError where there is none."""
    found: dict[str, Rendered] = {}
    async with Browser(source, allowed) as browser:
        for done, url in enumerate(urls):
            progress.step("pages in a browser", done, len(urls))
            found[url] = compared(await browser.show(url))
    return found


def compared(shown: Shown) -> Rendered:
    """The difference that scripts make to one page."""
    if shown.error or not shown.html:
        return Rendered(shown.url, 0, 0, "", (), (), (), shown.error or "the browser shows nothing")
    raw = read_page(shown.raw)
    kept = tuple((key, value) for key, value in raw.headers if key != "content-type")
    headers = (("content-type", "text/html; charset=utf-8"), *kept)
    after = read_page(Response(raw.url, raw.status, headers, shown.html.encode(errors="replace")))
    before, now = after_words(raw), after_words(after)
    more = Counter(now) - Counter(before)
    sample = " ".join(word for word in now if word in more)[:120]
    known = {link.url for link in raw.links}
    links = tuple(
        dict.fromkeys(link.url for link in after.links if link.url not in known and link.url != raw.url)
    )
    return Rendered(
        shown.url,
        len(now),
        sum(more.values()),
        sample,
        links[:MOST_LINKS],
        _head(raw, after),
        _items(raw, after),
    )


def after_words(page: Page) -> list[str]:
    """The words that a person sees."""
    return page.text.split()


def _head(raw: Page, after: Page) -> tuple[tuple[str, str, str], ...]:
    sides = [
        (
            ("title", page.title),
            ("description", page.meta("description")),
            ("canonical", " ".join(page.canonicals)),
            ("robots", " ".join(sorted(Sight(page).directives))),
        )
        for page in (raw, after)
    ]
    return tuple((name, old, new) for (name, old), (_, new) in zip(*sides, strict=True) if old != new)


def _items(raw: Page, after: Page) -> tuple[str, ...]:
    kinds = [
        Counter(kind for item in walk_items(page.items) if not item.is_reference for kind in item.types)
        for page in (raw, after)
    ]
    return tuple(sorted(kinds[1] - kinds[0]))
