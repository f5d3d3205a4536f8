"""Dates in the forms that German and English offices use, to the model's YYYY-MM-DD, YYYY-MM or YYYY."""

from __future__ import annotations

import re
from datetime import date

MONTHS = {
    "jan": 1, "feb": 2, "mär": 3, "mar": 3, "mrz": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ].*)?")
_POINTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{1,2})[/.](\d{4})")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:\.|st|nd|rd|th)?\s+)?([a-zä]{3,9})\.?,?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4}|\d{2})"
)


def read_date(text: str, *, day_first: bool = True) -> tuple[str, bool] | None:
    """The date of a text, and whether the order of day and month had to be guessed; None where there is none."""
    low = text.strip().lower()
    if re.fullmatch(r"(19|20)\d\d", low):
        return low, False
    if match := _ISO.fullmatch(low):
        return _made(match[1], match[2], match[3], False)
    if match := _POINTS.fullmatch(low):
        return _made(match[3], match[2], match[1], False)
    if match := _SLASHES.fullmatch(low):
        first, second = int(match[1]), int(match[2])
        guessed = first <= 12 and second <= 12 and first != second
        day, month = (
            (match[1], match[2]) if (first > 12 or (second <= 12 and day_first)) else (match[2], match[1])
        )
        return _made(match[3], month, day, guessed)
    if match := _MONTH.fullmatch(low):
        return _made(match[2], match[1], None, False)
    if (match := _NAMED.fullmatch(low)) and match[2][:3] in MONTHS:
        return _made(match[4], str(MONTHS[match[2][:3]]), match[1] or match[3], False)
    return None


def _made(year: str, month: str, day: str | None, guessed: bool) -> tuple[str, bool] | None:
    whole = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        checked = date(whole, int(month), int(day or 1))
    except ValueError:
        return None
    if not 1900 <= whole <= 2200:
        return None
    return (checked.isoformat() if day else checked.isoformat()[:7]), guessed


def day_first(texts: list[str]) -> bool:
    """Whether a column's dates with slashes begin with the day: any with a number above 12 says so, or that not."""
    for text in texts:
        match = _SLASHES.fullmatch(text.strip())
        if match and int(match[1]) > 12:
            return True
        if match and int(match[2]) > 12:
            return False
    return True


def ordinal(iso: str) -> int | None:
    """The day's number, for dates that name a day."""
    return date.fromisoformat(iso).toordinal() if len(iso) == 10 else None


def of_ordinal(number: int) -> str:
    return date.fromordinal(number).isoformat()
