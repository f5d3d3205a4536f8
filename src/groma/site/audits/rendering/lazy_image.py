"""Pictures that only a script loads."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Pictures of every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable or not page.images:
        return None
    late = sum(image.is_lazy for image in page.images)
    return (
        [Hit(page.url, f"{late} of {len(page.images)} pictures have no src until a script runs")]
        if late
        else []
    )


AUDIT = Audit(
    id="lazy-image",
    title="Pictures load only with a script",
    group="rendering",
    tier="ranking",
    severity="note",
    looks_for="Pictures with data-src and no src.",
    why="Without the script there is no picture; browsers can wait with loading by themselves.",
    source="https://developers.google.com/search/docs/crawling-indexing/javascript/lazy-loading (recalled)",
    as_of="2026-11-28",
    consequence="The pictures aren't found, and aren't seen where scripts are off.",
    remedy='Write src and loading="lazy".',
    page=check,
    bad='<img data-src="a.jpg" alt="a" width="1" height="1">',
    good='<img src="a.jpg" loading="lazy" alt="a" width="1" height="1">',
)
