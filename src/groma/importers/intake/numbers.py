"""Numbers as people write them: `1.200,00`, `1,200.00`, `1 200`, `½`, `ca. 10-15`, `zwei`.

The last separator that isn't followed by exactly three digits is the decimal one. `1.200` alone can be both: it is a
thousand where the thing counted has no third decimal (money, counts), and isn't read where it could have (hours).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

ABOUT = Decimal("0.25")
"""`about 2 h` is read as 2 h, a quarter less or more: a convention of this reading, named in every note of it."""

NUMBER = r"\d{1,3}(?:[.,'’ ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,6})?"
RANGE = rf"(?<![A-Za-zÄÖÜäöüß\d.,])(?P<low>{NUMBER})(?:\s*(?:-|–|—|bis(?: zu)?|to|\.\.\.?|…)\s*(?P<high>{NUMBER}))?"
_ABOUT = re.compile(
    r"(?:\b(?:ca|circa|zirka|approx|approximately|about|around|roughly|ungefähr|ungef|etwa|rund|gut|knapp|geschätzt|est)\b\.?|~|≈|±)",
    re.I,
)
_WORDS = {
    "half an": "0.5", "half a": "0.5", "eine halbe": "0.5", "halbe": "0.5", "halber": "0.5", "½": "0.5",
    "¼": "0.25", "¾": "0.75",
    "anderthalb": "1.5", "eineinhalb": "1.5",
    "ein": "1", "eine": "1", "einen": "1", "einer": "1", "one": "1", "a": "1", "an": "1",
    "zwei": "2", "two": "2", "drei": "3", "three": "3", "vier": "4", "four": "4", "fünf": "5", "five": "5",
    "sechs": "6", "six": "6", "sieben": "7", "seven": "7", "acht": "8", "eight": "8", "neun": "9", "nine": "9",
    "zehn": "10", "ten": "10", "zwölf": "12", "twelve": "12",
}  # fmt: skip
_WORD = re.compile(
    r"(?<![\w.,])(?:" + "|".join(re.escape(w) for w in sorted(_WORDS, key=len, reverse=True)) + r")(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Spread:
    """A number that was told: its ends (equal where it was told as one), and whether it was called approximate."""

    low: Decimal
    high: Decimal
    about: bool = False

    @property
    def middle(self) -> Decimal:
        return (self.low + self.high) / 2

    @property
    def known(self) -> tuple[Decimal, Decimal] | None:
        """The range in which it lies, None where it was told as one number."""
        if self.low != self.high:
            return self.low, self.high
        return (self.low * (1 - ABOUT), self.low * (1 + ABOUT)) if self.about and self.low else None

    def times(self, factor: Decimal | int) -> Spread:
        return Spread(self.low * factor, self.high * factor, self.about)


def with_digits(text: str) -> str:
    """Lower case, with number words as digits: `zwei mal` becomes `2 mal`, `half an hour` `0.5 hour`."""
    text = re.sub(r"(\d)\s*½", r"\1.5", text.lower())
    return _WORD.sub(lambda match: _WORDS[match[0]] + " " if match[0] in "½¼¾" else _WORDS[match[0]], text)


def is_about(text: str) -> bool:
    return _ABOUT.search(text) is not None


def number(text: str, *, thousands: bool = False) -> Decimal | None:
    """One number; `thousands` says that `1.200` can only mean 1200. None where it could be two things."""
    text = re.sub(r"['’ ]", "", text)
    marks = [mark for mark in text if mark in ".,"]
    if not marks:
        return Decimal(text)
    last = max(text.rfind("."), text.rfind(","))
    whole, decimals = text[:last], text[last + 1 :]
    grouped = re.fullmatch(r"[1-9]\d{0,2}([.,]\d{3})*", whole) is not None
    if len(decimals) == 3 and grouped and (len(marks) > 1 or thousands):
        return Decimal(re.sub(r"[.,]", "", text)) if len(set(marks)) == 1 or thousands else None
    if len(decimals) == 3 and grouped:
        return None
    return Decimal(re.sub(r"[.,]", "", whole) + "." + decimals)


def spread(match: re.Match[str], text: str, *, thousands: bool = False) -> Spread | None:
    """The numbers of a match of `RANGE` inside a text; ends the wrong way round are no range."""
    low = number(match["low"], thousands=thousands)
    high = low if match["high"] is None else number(match["high"], thousands=thousands)
    if low is None or high is None or low > high:
        return None
    return Spread(low, high, is_about(text))


def count(text: str) -> Spread | None:
    """How many: a text with exactly one number or range in it; an empty text or words say nothing."""
    found = list(re.finditer(RANGE + "(?![a-zäöü]?[a-zäöü](?![a-zäöü]))", with_digits(text)))
    return spread(found[0], text, thousands=True) if len(found) == 1 else None


def written(value: Decimal) -> str:
    """A decimal in full, without needless zeros."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def rounded(value: Decimal, digits: int = 4) -> Decimal:
    """To so many significant digits; what was told exactly has fewer and stays as it is."""
    if not value:
        return Decimal(0)
    step = Decimal(1).scaleb(value.adjusted() - digits + 1)
    told, kept = value.as_tuple().exponent, step.as_tuple().exponent
    exact = isinstance(told, int) and isinstance(kept, int) and told >= kept
    return value if exact else value.quantize(step)
