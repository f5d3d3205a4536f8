"""One organisation with several truths."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.sight import folded
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every fact with one value of every organisation or person with an @id, over all pages."""
    seen: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for record in site.pages:
        for entity in record.entities:
            if entity.id:
                for name, text in entity.facts:
                    key = (
                        "".join(c for c in text if c.isdigit())[-9:]
                        if name == "telephone"
                        else folded(text).rstrip("/")
                    )
                    seen.setdefault((entity.id, name), {}).setdefault(key, (text, record.url))
    hits: list[Hit] = []
    for (identity, name), values in seen.items():
        (first, _), *others = values.values()
        hits.extend(
            Hit(url, f"{identity}: {name} is “{text}” here and “{first}” elsewhere", text)
            for text, url in others
        )
    return Look(len(seen), tuple(hits))


AUDIT = Audit(
    id="organisation-conflict",
    title="Pages contradict each other about the same organisation",
    group="entities",
    tier="ranking",
    severity="error",
    looks_for="Items of one @id whose name, telephone, e-mail, tax number or founding date differ between pages.",
    why="An engine that meets two telephone numbers for one firm believes neither.",
    source="https://developers.google.com/search/docs/appearance/structured-data/sd-policies (recalled)",
    as_of="2026-11-28",
    consequence="The facts count less, and a wrong one may be shown.",
    remedy="State each fact in one place, and refer to it by @id elsewhere.",
    site=check,
)
