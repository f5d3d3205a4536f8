"""Claims in markup that no reader sees."""

from __future__ import annotations

import re
from functools import lru_cache

from groma.site.audit import Audit, Hit
from groma.site.page import Item
from groma.site.sight import Sight, folded
from groma.site.vocabulary import kinds

CLAIMS = {
    "Product": ("name",),
    "Offer": ("price",),
    "AggregateRating": ("ratingValue", "reviewCount", "ratingCount"),
    "Article": ("headline",),
    "Event": ("name",),
    "JobPosting": ("title",),
    "Recipe": ("name",),
    "Question": ("name",),
    "Answer": ("text",),
    "Review": ("reviewBody",),
}
"""What must be readable on the page if it stands in the markup, by type."""

_TAG = re.compile(r"<[^>]*>")
MOST_LETTERS = 200


def check(sight: Sight) -> list[Hit] | None:
    """Claims of every page that may be indexed, against its text."""
    page = sight.page
    if not sight.is_indexable:
        return None
    hits: list[Hit] = []
    looked = False
    for item in sight.items:
        for name in _claims(item.types):
            for value in item.values(name):
                if isinstance(value, (Item, bool)) or str(value).strip() == "":
                    continue
                looked = True
                if not _said(str(value), sight.said):
                    hits.append(Hit(page.url, f"{item.types[0]}.{name} isn't on the page", str(value)[:120]))
    return hits if looked else None


@lru_cache(maxsize=10_000)
def _claims(types: tuple[str, ...]) -> tuple[str, ...]:
    """What items of these types claim, by each kind that they are."""
    found = kinds(types)
    return tuple(name for kind, names in CLAIMS.items() if kind in found for name in names)


def _said(value: str, said: str) -> bool:
    text = folded(_TAG.sub(" ", value) if "<" in value else value)
    if text[:MOST_LETTERS] in said:
        return True
    if re.fullmatch(r"[\d.,]+", text):
        return any(form in said for form in _forms(text))
    return _squeezed(text)[:MOST_LETTERS] in _squeezed(said)


def _forms(number: str) -> set[str]:
    """How a number may be printed: with point or comma, with grouped thousands, without `.00`."""
    try:
        value = float(number.replace(",", ""))
    except ValueError:
        return set()
    whole, cents = f"{value:.2f}".split(".")
    grouped = f"{int(whole):,}"
    forms: set[str] = set()
    for text in (
        whole,
        grouped,
        grouped.replace(",", "."),
        grouped.replace(",", " "),
        grouped.replace(",", "'"),
    ):
        forms |= {
            f"{text}.{cents}",
            f"{text},{cents}",
            f"{text}.{cents.rstrip('0')}",
            f"{text},{cents.rstrip('0')}",
        }
        if cents == "00":
            forms.add(text)
    return forms


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text)


AUDIT = Audit(
    id="not-visible",
    title="Markup claims what no reader sees",
    group="entities",
    tier="gate",
    severity="error",
    looks_for="Names, prices, ratings, questions, answers and reviews in markup that aren't in the page's text.",
    why="Google's policy: don't mark up what isn't visible to readers; a manual action takes all rich results away.",
    source="https://developers.google.com/search/docs/appearance/structured-data/sd-policies (recalled)",
    as_of="2026-11-28",
    consequence="The markup may be ignored, or the site lose its rich results.",
    remedy="Show it on the page, or take it out of the markup.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product", '
    '"name": "Lamp", "offers": '
    '{"@type": "Offer", "price": "19.90"}}</script><h1>Lamp</h1><p>24,90 EUR</p>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product", '
    '"name": "Lamp", "offers": '
    '{"@type": "Offer", "price": "1190.00"}}</script><h1>Lamp</h1><p>1.190 EUR</p>',
)
