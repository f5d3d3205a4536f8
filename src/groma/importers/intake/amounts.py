"""Money, times and frequencies as people write them in a cell: `29 €/Monat`, `ca. 2 h/Woche`, `2x pro Woche 30 min`.

Conventions, where a text leaves one: `daily` is each of five working days a week; a day of work is 8 h; a quarter is
three months. What can be two things, or says nothing (`as needed`), isn't read: unknown stays unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from groma.importers.intake.numbers import (
    NUMBER,
    RANGE,
    Spread,
    is_about,
    rounded,
    spread,
    with_digits,
    written,
)

CURRENCIES = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR", "$": "USD", "usd": "USD", "us$": "USD", "dollar": "USD",
    "dollars": "USD", "£": "GBP", "gbp": "GBP", "chf": "CHF", "sfr": "CHF", "franken": "CHF", "sek": "SEK",
    "pln": "PLN",
    "dkk": "DKK", "czk": "CZK", "nok": "NOK",
}  # fmt: skip
_CURRENCY = re.compile(
    r"us\$|[€$£]|(?<![a-z])(?:" + "|".join(w for w in CURRENCIES if w.isalpha()) + r")(?![a-z])"
)
_TAX = re.compile(
    rf"\(?\b(?:zzgl|inkl|incl|excl|plus|netto|brutto)?\.?\s*(?:(?:{NUMBER})\s*%\s*)?"
    r"(?:der |die )?(?:mwst|ust|umsatzsteuer|mehrwertsteuer|vat|tax)\b\.?\)?"
)

PERIODS = {
    "day": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "hour": "hour",
}
_PER = r"(?:/|\b(?:pro|per|je|im|in der|die|und|and|am|a|every|each|jede[nrs]?|1)\b)\s*"
_PERIOD_WORDS = {
    "hour": r"(?:h|std|stunde|hour|hr)",
    "day": r"(?:arbeitstag|werktag|working day|workday|tag|day|d)",
    "week": r"(?:woche|wo|week|wk|w)",
    "month": r"(?:monat|mon|month|mo|mth|m)",
    "quarter": r"(?:quartal|quarter|qtr)",
    "year": r"(?:jahr|year|yr|j|y|a)",
}
_ADVERBS = {
    "hour": r"stündlich|hourly",
    "day": r"täglich|tägl|taeglich|daily|werktags|arbeitstäglich|an arbeitstagen",
    "week": r"wöchentlich|wöch|woechentlich|weekly|wtl",
    "month": r"monatlich|mtl|p\.\s?m|monthly|pcm",
    "quarter": r"quartalsweise|vierteljährlich|quarterly|je quartal",
    "year": r"jährlich|jaehrlich|jährl|p\.\s?a|yearly|annually|annual|per annum|pro anno",
}
_PERIOD = {
    period: re.compile(rf"{_PER}{words}(?![a-zäöü])\.?|(?<![a-zäöü])(?:{_ADVERBS[period]})(?![a-zäöü])\.?")
    for period, words in _PERIOD_WORDS.items()
}
_ONCE = re.compile(r"\b(?:einmalig|einmal bezahlt|one-?off|once|one[- ]time|kauf|gekauft|lifetime)\b")
_SEAT = re.compile(
    r"(?:/|\bpro\b|\bper\b|\bje\b|\beach\b)\s*(?:user|users|seat|nutzer(?:in)?|benutzer|platz|lizenz|licen[cs]e|"
    r"mitarbeiter(?:in)?|mitglied|member|person|kopf|agent|account|arbeitsplatz)\b\.?|\bp\.\s?p\."
)
_FREE = re.compile(
    r"\b(?:free|kostenlos|gratis|kostenfrei|umsonst|nichts|included|enthalten|inklusive|inkl|incl|dabei)\b"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, its currency (empty where none is written), what it is paid per (empty: not said), per seat or not."""

    amount: Spread
    currency: str
    per: str
    seat: bool = False


def money(text: str) -> Money | None:
    """The one amount of a text; None for no amount, two amounts, or words."""
    low = _TAX.sub(" ", text.lower())
    found_currency = _CURRENCY.search(low)
    currency = CURRENCIES[found_currency[0]] if found_currency else ""
    bare = _CURRENCY.sub(" ", low)
    seat = _SEAT.search(bare) is not None
    bare = _SEAT.sub(" ", bare)
    per, bare = _period(bare)
    if not per and _ONCE.search(bare):
        per = "once"
    found = list(re.finditer(RANGE, bare))
    if _FREE.search(bare) and (not found or not currency):
        return Money(Spread(Decimal(0), Decimal(0)), currency, per or "month")
    if len(found) != 1 or bare[found[0].end() :][:1].isalpha():
        return None
    amount = spread(found[0], low, thousands=True)
    return None if amount is None else Money(amount, currency, per, seat)


def _period(text: str) -> tuple[str, str]:
    """The period that a text names, and the text without it; none when it names none or two."""
    named = [(period, match) for period, form in _PERIOD.items() if (match := form.search(text))]
    if len(named) != 1:
        return "", text
    period, match = named[0]
    return period, text[: match.start()] + " " + text[match.end() :]


def period(text: str) -> str:
    """What a cell such as `monatlich`, `p.a.`, `12 months` says money is paid per; nothing when it isn't clear."""
    low = text.lower().strip(" .")
    if re.fullmatch(r"12 ?(?:monate?|months?|mon)", low):
        return "year"
    if _ONCE.search(low):
        return "once"
    found, _ = _period(low if _period(low)[0] else f"/{low}")
    return found


_TIME_UNITS = {
    "min": (r"(?:minuten|minute|minutes|mins|min|mins|m|')", Decimal(60)),
    "h": (r"(?:stunden|stunde|std|hours|hour|hrs|hr|h)", Decimal(3600)),
    "day": (r"(?:arbeitstage|arbeitstag|tage|tag|days|day|pt)", Decimal(8 * 3600)),
    "s": (r"(?:sekunden|sekunde|seconds|sec|sek|s)", Decimal(1)),
}
_UNIT = "|".join(f"(?P<{name}>{words})" for name, (words, _) in _TIME_UNITS.items())
_SPAN = re.compile(rf"(?:{RANGE})\s*(?:{_UNIT})(?![a-zäöü])\.?")
_CLOCK = re.compile(
    r"(?<!\d)(?P<h>\d{1,2})(?::|h\s?)(?P<min>[0-5]\d)(?:\s*(?:h|std|stunden|min)\b\.?)?(?!\d)"
)
_BOTH = re.compile(
    rf"(?P<h>\d{{1,3}})\s*{_TIME_UNITS['h'][0]}\.?\s*(?:und|and|,)?\s*(?P<min>\d{{1,2}})\s*{_TIME_UNITS['min'][0]}(?![a-zäöü])"
)
_QUARTER = re.compile(r"\b(?:viertelstunde|quarter of 1 hour|quarter hour)\b")


@dataclass(frozen=True, slots=True)
class Span:
    """A time in seconds, and the unit it was told in (`min`, `h`)."""

    seconds: Spread
    unit: str


def span(text: str, unit: str = "") -> Span | None:
    """The one time of a text; a bare number is in `unit` where the heading says one."""
    found = _spans(with_digits(text))
    if len(found) == 1:
        return found[0][0]
    if not found and unit:
        return span(f"{text} {unit}") if re.search(r"\d\s*$", text) else None
    return None


def _spans(text: str) -> list[tuple[Span, int, int]]:
    """Every time in a text with the place where it stands."""
    text = _QUARTER.sub("15 min", text)
    found: list[tuple[Span, int, int]] = []
    for match in (*_BOTH.finditer(text), *_CLOCK.finditer(text)):
        if not any(start < match.end() and match.start() < end for _, start, end in found):
            seconds = Decimal(match["h"]) * 3600 + Decimal(match["min"]) * 60
            told = Spread(seconds, seconds, is_about(text))
            found.append((Span(told, "min" if seconds < 5400 else "h"), match.start(), match.end()))
    for match in _SPAN.finditer(text):
        if any(start < match.end() and match.start() < end for _, start, end in found):
            continue
        name = next(unit for unit in _TIME_UNITS if match[unit])
        told = spread(match, text)
        if told is not None:
            unit = {"s": "min", "day": "h"}.get(name, name)
            found.append((Span(told.times(_TIME_UNITS[name][1]), unit), match.start(), match.end()))
    return found


@dataclass(frozen=True, slots=True)
class Often:
    """How often: so many per period (`week`, `month`, `year`)."""

    times: Spread
    per: str


_TIMES = re.compile(rf"(?:{RANGE})\s*(?:x|×|-?mal|times?)(?![a-zäöü])")
_EVERY = re.compile(
    rf"(?:alle|every)\s+(?:{RANGE})\s*(?P<unit>tage|days?|wochen|weeks?|monate|months?|jahre|years?)"
)
_OTHER = re.compile(r"(?:every other|jede[nrs]? zweite[nrs]?)\s+(?P<unit>tag|day|woche|week|monat|month)")
_WEEKDAY = (
    r"(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)"
    r"(?:n?tags?|nnerstags?|enstags?|ttwochs?|eitags?|mstags?|days?|sdays?|nesdays?|rsdays?|urdays?)?"
)
_WEEKDAYS = re.compile(
    rf"^\W*(?:(?:jede[nr]?|every|immer|on|am)\s+)?({_WEEKDAY})((?:\s*(?:,|\+|&|/|und|and|u\.)\s*{_WEEKDAY})*)\W*$"
)
_TWICE = {
    "einmal": "1x",
    "zweimal": "2x",
    "dreimal": "3x",
    "viermal": "4x",
    "fünfmal": "5x",
    "once": "1x",
    "twice": "2x",
}


def often(text: str, per: str = "") -> Often | None:
    """How often something happens; a bare number is per `per` where the heading says a period."""
    low = text.lower()
    for word, digits in _TWICE.items():
        low = re.sub(rf"\b{word}\b", digits, low)
    days = _WEEKDAYS.match(low)
    if days is not None:
        every = 1 + len(re.findall(_WEEKDAY, days[2]))
        return Often(Spread(Decimal(every), Decimal(every)), "week")
    low = with_digits(low)
    other = _OTHER.search(low)
    if other is not None:
        return _each(Spread(Decimal(2), Decimal(2)), other["unit"])
    every = _EVERY.search(low)
    if every is not None:
        told = spread(every, low)
        return None if told is None or not told.low else _each(told, every["unit"])
    named, rest = _period(low)
    if not named and per:
        named = per
    if not named or named == "hour":
        return None
    found = list(re.finditer(RANGE, rest))
    if len(found) > 1:
        found = list(_TIMES.finditer(rest))
    if len(found) > 1:
        return None
    if found:
        told = spread(found[0], low, thousands=True)
    else:
        bare = re.sub(r"[^a-zäöüß]", "", rest)
        told = None if per and not _period(low)[0] and bare else Spread(Decimal(1), Decimal(1))
    return None if told is None else _normal(told, named)


def _each(apart: Spread, unit: str) -> Often:
    """Once every so many days, weeks, months; days are days of the week, all seven of them."""
    period = {"t": "day", "d": "day", "w": "week", "m": "month", "j": "year", "y": "year"}[unit[0]]
    if apart.low == apart.high == 1:
        return _normal(apart, period)
    whole, per = (Decimal(7), "week") if period == "day" else (Decimal(1), period)
    return Often(Spread(rounded(whole / apart.high), rounded(whole / apart.low), apart.about), per)


def _normal(told: Spread, per: str) -> Often:
    if per == "day":
        return Often(told.times(5), "week")
    if per == "quarter":
        return Often(told.times(4), "year")
    return Often(told, per)


def work(text: str, unit: str = "") -> tuple[Often | None, Span | None]:
    """How often and how long, where one text tells both: `2x pro Woche 30 min`; `2 h/Woche` is once 2 h each week."""
    low = with_digits(text)
    found = _spans(low)
    if len(found) != 1:
        return often(text), span(text, unit)
    told, start, end = found[0]
    rest = low[:start] + " " + low[end:]
    rate = often(rest)
    return rate, told


def quantity(value: Decimal, unit: str) -> str:
    """A quantity as the model language writes it."""
    return f"{written(value)}{'' if unit.startswith('/') else ' '}{unit}"
