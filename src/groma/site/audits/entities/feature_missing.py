"""Items that lack what their search feature requires."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Top items of pages that may be indexed, against the features of their type that are still shown."""
    page = sight.page
    if not sight.is_indexable:
        return None
    hits: list[Hit] = []
    looked = False
    for item, features in sight.fitting:
        alive = [f for f in features if not f.is_retired]
        alive = [f for f in alive if f.name != "Site name" or page.url.split("/")[3:] == [""]]
        if not alive:
            continue
        looked = True
        lacking = [(feature, feature.lacks(item)) for feature in alive]
        if all(lacks for _, lacks in lacking):
            feature, lacks = min(lacking, key=lambda pair: (len(pair[1]), pair[0].name))
            hits.append(
                Hit(
                    page.url,
                    f"{item.types[0]} for “{feature.name}” lacks {', '.join(lacks)}",
                    item.text("name"),
                )
            )
    return hits if looked else None


AUDIT = Audit(
    id="feature-missing",
    title="Items lack what their search feature requires",
    group="entities",
    tier="ranking",
    severity="warning",
    looks_for="Products, events, local businesses, recipes, job postings ... without a required property "
    "of every feature.",
    why="Eligibility is all or nothing: without the required properties there is no rich result.",
    source="Google, Structured data markup that Google Search supports; catalog table rich-results, dated row by row",
    as_of="2026-11-28",
    consequence="The result is shown as plain text.",
    remedy="Add the properties named, with what the page says.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Event", "name": '
    '"Fair"}</script>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Event", '
    '"name": "Fair", "startDate": '
    '"2026-05-03", "location": {"@type": "Place", "address": "Main Street 1, Berlin"}}</script>',
)
