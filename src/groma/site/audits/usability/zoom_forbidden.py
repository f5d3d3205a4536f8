"""Pages that can't be enlarged."""

from __future__ import annotations

import re

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

_SCALE = re.compile(r"maximum-scale=(\d+(?:\.\d*)?|\.\d+)")


def check(sight: Sight) -> list[Hit] | None:
    """Every page with a viewport."""
    content = sight.page.meta("viewport").replace(" ", "").lower()
    if not sight.page.is_page or not content:
        return None
    scale = _SCALE.search(content)
    if "user-scalable=no" in content or "user-scalable=0" in content or (scale and float(scale.group(1)) < 2):
        return [Hit(sight.page.url, "forbids enlarging", content)]
    return []


AUDIT = Audit(
    id="zoom-forbidden",
    title="Pages can't be enlarged",
    group="usability",
    tier="wording",
    severity="warning",
    looks_for="user-scalable=no, or maximum-scale below 2, in the viewport.",
    why="Who sees badly can't read the page. Engines don't weigh it.",
    source="WCAG 2.2, 1.4.4; axe-core, rule meta-viewport",
    as_of="2026-11-28",
    consequence="Some visitors are shut out.",
    remedy="Take user-scalable and maximum-scale away.",
    page=check,
    bad='<meta name="viewport" content="width=device-width, user-scalable=no"></head>',
    good='<meta name="viewport" content="width=device-width, maximum-scale=5"></head>',
)
