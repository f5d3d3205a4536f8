"""What is looked at beyond the answers of a site, when somebody asks for it: pages in a browser, profiles elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groma.progress import UNHEARD, Progress
from groma.site.gather import Gathered, Source

if TYPE_CHECKING:
    from groma.site.profiles import Profile
    from groma.site.record import Record
    from groma.site.rendered import Rendered


@dataclass(frozen=True)
class Beyond:
    """By address; None where nobody asked for it."""

    rendered: dict[str, Rendered] | None = None
    profiles: dict[str, Profile] | None = None


LookBeyond = Callable[[Source, Gathered, Sequence["Record"]], Awaitable[Beyond]]
"""Looks beyond, after the crawl and before the source is closed."""


def looking(
    *, pages: int = 0, follow: bool = False, obey: bool = True, progress: Progress = UNHEARD
) -> LookBeyond | None:
    """What to look at: so many pages in a browser, and the profiles that sameAs names. None: nothing."""
    if not pages and not follow:
        return None

    async def look(source: Source, gathered: Gathered, records: Sequence[Record]) -> Beyond:
        from groma.site.gather.live import TOKEN
        from groma.site.profiles import look_at, named_profiles
        from groma.site.rendered import render

        def allowed(url: str) -> bool:
            access = gathered.access(url) if obey else None
            return access is None or access.verdict(TOKEN, url).allowed

        rendered = profiles = None
        if pages:
            urls = [r.url for r in records if r.is_page and not r.location][:pages]
            rendered = await render(source, urls, allowed, progress)
        if follow:
            profiles = await look_at(named_profiles(records), gathered.start, progress)
        return Beyond(rendered, profiles)

    return look
