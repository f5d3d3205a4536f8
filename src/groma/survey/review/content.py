"""What a required content is, and the signs that words are told from.

A content counts as present only where its subject is named *and* the evidence for it stands in the same place: a number
with a unit, a table with the right columns, a schema, a picture. A heading alone is a promise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from groma.importers.designs import Kind

Practice = Literal["ai", "business", "infrastructure"]
PRACTICES: tuple[Practice, ...] = ("ai", "business", "infrastructure")
ALL = frozenset(PRACTICES)
AI = frozenset[Practice]({"ai"})
BUSINESS = frozenset[Practice]({"business"})
TECHNICAL = frozenset[Practice]({"ai", "infrastructure"})

NUMBER = r"(?<![\d.,])\d[\d.,]{0,20}"
DURATION = (
    rf"{NUMBER}\s{{0,9}}(?:ms|s|sec|secs|min|h|d|milli(?:seconds?|sekunden?)|seconds?|minutes?|hours?|days?|weeks?|months?|years?|"
    r"sekunden?|minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?)\b"
)
_COIN = r"(?:[€$£]|(?:EUR|USD|GBP|CHF|euros?|dollars?|cents?)\b)"
MONEY = rf"(?:[€$£]|\b(?:EUR|USD|GBP|CHF)\b)\s{{0,9}}{NUMBER}|{NUMBER}\s{{0,9}}{_COIN}"
SHARE = rf"{NUMBER}\s{{0,9}}(?:%|percent\b|prozent\b)"
_SPAN = r"(?:s|second|minute|min|hour|h|day|month|sekunde|minute|stunde|tag|monat)\b"
RATE = (
    rf"{NUMBER}\s{{0,9}}(?:[\w-]{{1,40}}\s{{1,9}}){{0,3}}?(?:/|per|a|an|pro|je)\s{{0,9}}{_SPAN}"
    rf"|{NUMBER}\s{{0,9}}(?:rps|qps|tps)\b"
)
UNIT = rf"{DURATION}|{MONEY}|{SHARE}|{RATE}|{NUMBER}\s{{0,9}}(?:[kMGT]i?B|tokens?|users?|requests?|nutzern?|anfragen)\b"
PLACE = (
    r"\b(?:EU|EEA|EWR|USA?|UK|Germany|Deutschland|Ireland|Irland|France|Frankreich|Frankfurt|Dublin|Netherlands|Schweiz|"
    r"Switzerland|(?:eu|us|ap|ca|sa|af|me)-(?:central|west|east|north|south)\w*(?:-\d)?|westeurope|northeurope|on.premises?|"
    r"germanywestcentral|europe-west\d+)\b"
)


@dataclass(frozen=True, slots=True)
class Required:
    """One content of a deliverable.

    about      what names its subject: a heading above, or the words themselves
    shows      what must stand in the same section, item, row or sentence, each of them
    columns    or: a table about it whose head has each of these
    kinds      or: a block of one of these kinds about it (a picture, code)
    only       or nothing: asked only of documents in which this stands somewhere
    blocks     whether somebody who builds has to stop or guess without it; of these the `rank` says who stops first
    """

    id: str
    deliverable: str
    title: str
    about: str
    why: str
    breaks: str
    shows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    only: str = ""
    blocks: bool = True
    rank: int = 5
    practices: frozenset[Practice] = ALL

    @property
    def subject(self) -> re.Pattern[str]:
        return pattern(self.about)


_KNOWN: dict[str, re.Pattern[str]] = {}


def pattern(text: str) -> re.Pattern[str]:
    """A sign, compiled once."""
    if text not in _KNOWN:
        _KNOWN[text] = re.compile(text, re.IGNORECASE)
    return _KNOWN[text]
