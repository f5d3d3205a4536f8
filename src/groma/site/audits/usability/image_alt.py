"""Pictures without a text."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Pictures of every page; an empty alt says that the picture is decoration."""
    page = sight.page
    images = [image for image in page.images if not image.is_hidden]
    if not page.is_page or not images:
        return None
    bare = [image.src for image in images if image.alt is None]
    return [Hit(page.url, f"{len(bare)} of {len(images)} pictures have no alt", bare[0])] if bare else []


AUDIT = Audit(
    id="image-alt",
    title="Pictures have no text",
    group="usability",
    tier="ranking",
    severity="warning",
    looks_for='img without alt (alt="" is right for decoration).',
    why="A screen reader reads the file's name; image search and assistants learn nothing.",
    source="WCAG 2.2, 1.1.1; axe-core, rule image-alt",
    as_of="2026-11-28",
    consequence="What the picture says is lost to them.",
    remedy='Say in alt what the picture shows, or write alt="".',
    page=check,
    bad='<img src="a.jpg" width="1" height="1">',
    good='<img src="a.jpg" alt="" width="1" height="1"><img src="b.jpg" alt="A lamp" width="1" height="1">',
)
