"""Values of the wrong kind."""

from __future__ import annotations

import re
from functools import lru_cache

from groma.site.audit import Audit, Hit
from groma.site.page import Item, Value
from groma.site.sight import Sight
from groma.site.vocabulary import vocabulary

_DATE = re.compile(
    r"[+-]?\d{4}(-\d\d(-\d\d)?)?([T ]\d\d(:?\d\d(:?\d\d(\.\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?|--\d\d(-\d\d)?"
)
_TIME = re.compile(r"T?\d\d(:?\d\d(:?\d\d(\.\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DURATION = re.compile(
    r"-?P(?=.)(\d+(\.\d+)?Y)?(\d+(\.\d+)?M)?(\d+(\.\d+)?W)?(\d+(\.\d+)?D)?(T(?=.)(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?"
)
DATES = frozenset({"Date", "DateTime", "Time"})
DURATION, ADDRESS = frozenset({"Duration"}), frozenset({"URL"})
NUMBERS = frozenset({"Number", "Integer", "Float"})


def check(sight: Sight) -> list[Hit] | None:
    """Values of properties that take only dates, numbers, addresses or durations."""
    page = sight.page
    if not page.is_page or not page.items:
        return None
    words = vocabulary()
    wrong: dict[str, str] = {}
    for item in sight.items:
        if any(":" in name for name in item.types):
            continue
        for name, values in item.properties:
            known = words.properties.get(name)
            asked = _asked(known.ranges) if known is not None else ""
            if asked:
                for value in values:
                    why = _wrong(asked, value)
                    if why:
                        wrong.setdefault(f"{name} {why}", str(value)[:80])
    return [Hit(page.url, text, quote) for text, quote in wrong.items()]


@lru_cache(maxsize=1_000)
def _asked(ranges: frozenset[str]) -> str:
    """What all values of these ranges have to be; empty where a text will do as well."""
    if not ranges:
        return ""
    if ranges <= DATES:
        return "time" if "Time" in ranges else "date"
    if ranges <= NUMBERS:
        return "number"
    return "duration" if ranges == DURATION else "address" if ranges == ADDRESS else ""


def _wrong(asked: str, value: Value) -> str:
    if isinstance(value, (Item, bool)) or value == "":
        return ""
    text = str(value).strip()
    if asked in ("date", "time") and not (
        _DATE.fullmatch(text) or (asked == "time" and _TIME.fullmatch(text))
    ):
        return "isn't a date of ISO 8601"
    if asked == "number" and not _NUMBER.fullmatch(text):
        return "isn't a number"
    if asked == "duration" and not _DURATION.fullmatch(text):
        return "isn't a duration of ISO 8601"
    if asked == "address" and " " in text:
        return "isn't an address"
    return ""


AUDIT = Audit(
    id="schema-value",
    title="Values are of the wrong kind",
    group="entities",
    tier="ranking",
    severity="warning",
    looks_for="Dates, numbers, durations and addresses that aren't written as such.",
    why="“3rd of May” is no date to a machine.",
    source="schema.org 30.0 (ranges of properties); ISO 8601",
    as_of="2026-11-28",
    consequence="The value is dropped, and with it what required it.",
    remedy="Write dates as 2026-05-03, numbers with a point, durations as PT30M.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Article", '
    '"datePublished": "3rd of May"}</script>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Article", '
    '"datePublished": "2026-05-03"}</script>',
)
