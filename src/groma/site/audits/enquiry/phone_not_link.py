"""Telephone numbers that can't be touched."""

from __future__ import annotations

import re

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

_REST = r"[1-9]\d{0,2}[\s./()-]*(?:\d[\s./()-]{0,3}){6,12}\d(?![\w-])"
_PHONES = (re.compile(r"\+(?<![\w.,/-]\+)" + _REST), re.compile(r"00(?<![\w.,/-]00)" + _REST))
"""Two patterns that begin with plain letters: those are found without trying every place."""


def check(sight: Sight) -> list[Hit] | None:
    """International telephone numbers in the text of every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable:
        return None
    found = {m.group().strip() for phone in _PHONES for m in phone.finditer(page.text)}
    if not found:
        return None
    linked = [_digits(c)[-8:] for c in page.contacts if not c.startswith("mailto:")]
    bare = sorted(number for number in found if _digits(number)[-8:] not in linked)
    return [Hit(page.url, f"{number} is no link", number) for number in bare]


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


AUDIT = Audit(
    id="phone-not-link",
    title="Telephone numbers aren't links",
    group="enquiry",
    tier="ranking",
    severity="note",
    looks_for="Numbers with country code in the text without a tel: link on the page.",
    why="On a phone, calling takes one touch instead of copying.",
    source="RFC 3966; https://web.dev/articles/click-to-call (recalled)",
    as_of="2026-11-28",
    consequence="Some calls aren't made.",
    remedy='Write <a href="tel:+49301234567">.',
    page=check,
    bad="<p>Call +49 30 1234567.</p>",
    good='<p>Call <a href="tel:+49301234567">+49 30 1234567</a>.</p>',
)
