"""The check of audits about pages as a browser showed them, so that each only says what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from groma.site.audit import Hit, Look
from groma.site.rendered import Rendered
from groma.site.site import Site

NOT_LOOKED = "no browser looked at the pages (--render)"


def looked(site: Site, hits: Callable[[Rendered], Iterable[Hit]]) -> Look:
    """Every page that a browser showed, with its hits; unable where no browser looked."""
    rendered = site.beyond.rendered
    if rendered is None:
        return Look(0, unable=NOT_LOOKED)
    shown = [page for page in rendered.values() if not page.error]
    return Look(len(shown), tuple(hit for page in shown for hit in hits(page)))
