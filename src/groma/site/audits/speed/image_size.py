"""Pictures that make the page jump."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Pictures of every page that may be indexed."""
    page = sight.page
    images = [image for image in page.images if image.src and image.src != "data:"]
    if not sight.is_indexable or not images:
        return None
    bare = [image.src for image in images if not image.has_size]
    return [Hit(page.url, f"{len(bare)} of {len(images)} pictures state no size", bare[0])] if bare else []


AUDIT = Audit(
    id="image-size",
    title="Pictures state no size",
    group="speed",
    tier="ranking",
    severity="note",
    looks_for="Pictures without width and height (styles in other files can't be seen from here).",
    why="The text jumps when they arrive; cumulative layout shift is one of the Core Web Vitals.",
    source="https://web.dev/articles/optimize-cls (recalled); Lighthouse, audit unsized-images",
    as_of="2026-11-28",
    consequence="Readers lose the line, and click what they didn't mean.",
    remedy="Write width and height.",
    page=check,
    bad='<img src="a.jpg" alt="a">',
    good='<img src="a.jpg" alt="a" width="400" height="300">',
)
