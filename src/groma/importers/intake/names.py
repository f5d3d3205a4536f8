"""Names: how a person's spelling becomes an element's name, and when two spellings mean one thing.

Merging is conservative. Two spellings are one thing when they are equal without case, accents, punctuation and words
such as `GmbH`; or when they are long, of the same digits, and one letter apart (the distance of `model.spelling`).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

_GERMAN = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ø": "o",
        "æ": "ae",
        "ł": "l",
    }
)
_LEGAL = frozenset(
    "gmbh ag kg ug se inc ltd limited llc bv sarl sas oy ab co corp corporation company ek ohg gbr plc eu".split()  # noqa: SIM905
)
LEAST_FOR_SLIPS = 6
"""Shorter names one letter apart are two names (Miro, Mira)."""


def slug(text: str, otherwise: str) -> str:
    """An element's name: ASCII letters, digits and `_`, at most 40, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", text.translate(_GERMAN)).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"{otherwise}_{name}"[:40].strip("_")


def unused(name: str, taken: Iterable[str]) -> str:
    """The name, or it with the first number that makes it new."""
    known = set(taken)
    if name not in known:
        return name
    return next(f"{name}_{n}" for n in range(2, len(known) + 3) if f"{name}_{n}" not in known)


@functools.lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words of a name that tell it apart: folded, without legal forms; all of them where nothing else is left."""
    plain = unicodedata.normalize("NFKD", text.translate(_GERMAN)).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"https?://(www\.)?|\b(?:www\.)|\.(?:com|de|io|net|org|eu|app)\b", " ", plain)
    plain = re.sub(r"\b([a-z])\.([a-z])\.", r"\1\2", plain)
    found = tuple(re.findall(r"[a-z0-9]+", plain))
    telling = tuple(word for word in found if word not in _LEGAL)
    return telling or found


@functools.lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """What two spellings of one name have in common; the text itself where it has no Latin letters at all."""
    return "".join(words(text)) or " ".join(text.casefold().split())


def stem(text: str) -> str:
    """A folded name without the ending of its plural: `enquir` of Enquiry and Enquiries."""
    return re.sub(r"(?:ies|es|en|s|n|y|e)$", "", folded(text))


def same(left: str, right: str) -> bool:
    """Whether two folded names are one, or one of them with a slip of one letter."""
    if left == right:
        return True
    if min(len(left), len(right)) < LEAST_FOR_SLIPS or abs(len(left) - len(right)) > 1:
        return False
    digits = re.findall(r"\d", left), re.findall(r"\d", right)
    return digits[0] == digits[1] and left[0] == right[0] and one_apart(left, right)


def one_apart(left: str, right: str) -> bool:
    """Whether two words differ by one letter put in, left out or changed, or by two neighbours that changed places."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    start, shorter = 0, min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    a, b = left[start : len(left) - end], right[start : len(right) - end]
    return (len(a) <= 1 and len(b) <= 1) or (len(a) == len(b) == 2 and a == b[::-1])


def within(short: str, long: str) -> bool:
    """Whether all words of one name stand in the other in a row: `pipedrive` in `PIPEDRIVE INC TALLINN`."""
    inner, outer = words(short), words(long)
    return bool(inner) and any(outer[i : i + len(inner)] == inner for i in range(len(outer) - len(inner) + 1))


def listed(text: str) -> list[str]:
    """The items of a list in one cell: `Anna, Ben und Cem`, `CRM / mail`, one a line."""
    parts = re.split(r"\s*(?:[,;\n|]|\s[/&+]\s|\s(?:und|and|sowie|u\.)\s)\s*|(?<=\w)[/+&](?=\w)", text)
    return [part.strip(" .-–•*") for part in parts if part.strip(" .-–•*")]
