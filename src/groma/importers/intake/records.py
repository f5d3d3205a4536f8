"""Data and where they are kept; decisions that are open; how many of what there are in a month."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from groma.importers.intake.amounts import often, span
from groma.importers.intake.cells import Entry
from groma.importers.intake.dates import read_date
from groma.importers.intake.draft import Draft, nobody, unsaid
from groma.importers.intake.names import folded, listed, same, slug, stem, unused
from groma.importers.intake.people import People
from groma.importers.intake.tools import Tools
from groma.importers.intake.types import Origin

_PERSONAL = re.compile(
    r"personal|personenbezogen|customer|kunden?|client|address|adress|contact|kontakt|applicant|bewerb|employee|mitarbeiter"
    r"|patient|phone|telefon|e-?mail|name|birth|geburt|salary|gehalt|enquir|anfrage|lead", re.I,
)  # fmt: skip
_CLASSES = (
    ("secret", re.compile(r"secret|geheim|confidential|vertraulich|password|passwort", re.I)),
    ("public", re.compile(r"public|öffentlich", re.I)),
    ("internal", re.compile(r"internal|intern", re.I)),
)
_YES = frozenset(
    {"yes", "ja", "y", "j", "x", "true", "personal", "dsgvo", "gdpr", "personenbezogen", "personal data"}
)
_NO = frozenset({"no", "nein", "n", "false", "-"})


@dataclass(slots=True)
class Records:
    """Finds the data a text means; what isn't listed becomes data of its own."""

    draft: Draft
    people: People
    tools: Tools
    titles: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, entry: Entry) -> None:
        """A row of a list of data."""
        title = entry.text("data")
        if unsaid(title) or not folded(title):
            return
        name = self.known(title)
        if name is None:
            name = self._new(title, entry.at)
        else:
            self.draft.note(entry.at, f"`{title}` taken for {self.titles[name]}, told before")
        body = self.draft.sections["data"][name]
        places = self.tools.mentioned(entry.text("held_by"), entry.origin("held_by"))
        leading = self.tools.mentioned(entry.text("leading"), entry.origin("leading"))[:1]
        self.draft.join("data", name, "held_by", [*leading, *places], entry.origin("held_by"))
        if leading:
            self.draft.origins[f"data.{name}.leading"] = entry.origin("leading")
        if (
            entry.text("owner")
            and (owner := self.people.one(entry.text("owner"), entry.origin("owner"))) is not None
        ):
            self.draft.put("data", name, "owner", owner, entry.origin("owner"))
        if fields := [slug(text, "field") for text in listed(entry.text("fields"))]:
            self.draft.put("data", name, "fields", dict.fromkeys(fields, "text"), entry.origin("fields"))
        stated = class_of(entry.text("personal"))
        if stated:
            body["class"] = stated
        elif not entry.text("personal"):
            body["class"] = _guess(f"{title} {entry.text('fields')}")
        self.backup(name, entry)

    def backup(self, name: str, entry: Entry) -> None:
        """How often data are saved, to where, and when that was tried."""
        text = entry.text("backup")
        if unsaid(text) or nobody(text):
            return
        rate = often(text)
        told = span(text)
        every = {"week": 168, "month": 730, "year": 8760}.get(rate.per) if rate is not None else None
        if every is None and told is None:
            self.draft.note(
                entry.origin("backup"),
                f"expected how often it is saved such as `daily`, found `{text[:40]}`: left unknown",
            )
            return
        hours = 24 if rate is not None and rate.per == "week" and rate.times.low >= 5 else (every or 0)
        body = {
            "every": f"{hours} h" if rate is not None else f"{told.seconds.low / 3600:f} h" if told else ""
        }
        to = self.tools.mentioned(entry.text("backup_to"), entry.origin("backup_to"))
        if to:
            body["to"] = to[0]
        tested = read_date(entry.text("tested")) if entry.text("tested") else None
        if tested is not None:
            body["tested"] = tested[0]
        self.draft.put("data", name, "backup", body, entry.origin("backup"))

    def known(self, text: str) -> str | None:
        key = folded(text)
        fits = [n for n, title in self.titles.items() if folded(title) == key]
        fits = fits or [n for n, title in self.titles.items() if stem(title) == stem(text)]
        fits = fits or [n for n, title in self.titles.items() if same(folded(title), key)]
        return fits[0] if len(fits) == 1 else None

    def meant(self, text: str, at: Origin) -> str | None:
        """The data that a text means, or new ones."""
        if unsaid(text) or nobody(text) or not folded(text):
            return None
        found = self.known(text)
        return found if found is not None else self._new(text[:80], at)

    def _new(self, title: str, at: Origin) -> str:
        name = self.draft.element("data", slug(title, "data"), at, {"title": title, "class": _guess(title)})
        self.titles[name] = title
        return name


def class_of(text: str) -> str:
    """How secret a cell says that data are; nothing when it says nothing."""
    low = text.strip().lower()
    if low in _YES or re.search(r"personal|personenbezogen|dsgvo|gdpr", low):
        return "personal"
    if low in _NO:
        return "internal"
    return next((name for name, form in _CLASSES if form.search(low)), "")


def _guess(text: str) -> str:
    """Data with names, addresses or customers in them are personal (GDPR, article 4)."""
    return "personal" if _PERSONAL.search(text) else "internal"


def add_decision(entry: Entry, draft: Draft, people: People, elements: Callable[[str], str | None]) -> None:
    """A row of open questions; `elements` finds the element that a text names, for what waits."""
    title = entry.text("decision")
    if unsaid(title):
        return
    name = draft.element("decisions", slug(title, "decision"), entry.at, {"title": title, "status": "open"})
    if options := listed(entry.text("options")):
        draft.put("decisions", name, "options", options, entry.origin("options"))
    for key in ("since", "due"):
        text = entry.text(key)
        read = read_date(text) if text else None
        if read is not None:
            draft.put("decisions", name, key, read[0], entry.origin(key))
        elif not unsaid(text):
            draft.note(
                entry.origin(key), f"expected a date such as 2026-09-01, found `{text[:40]}`: left unknown"
            )
    if entry.text("owner") and (owner := people.one(entry.text("owner"), entry.origin("owner"))) is not None:
        draft.put("decisions", name, "owner", owner, entry.origin("owner"))
    waits = {text: elements(text) for text in listed(entry.text("waits"))}
    others = ", ".join(text for text, element in waits.items() if element is None)
    why = "; ".join(filter(None, (entry.text("why"), f"waits for it: {others}" if others else "")))
    if why:
        draft.put("decisions", name, "why", why, entry.origin("why" if entry.text("why") else "waits"))
    if known := [element for element in waits.values() if element is not None]:
        draft.put("decisions", name, "waits", list(dict.fromkeys(known)), entry.origin("waits"))


def add_volume(entry: Entry, draft: Draft) -> None:
    """How many of something there are in a month: a fact by itself, for whoever refers to it."""
    title, text = entry.text("volume"), entry.text("amount")
    told = often(text, "month") if text and not unsaid(text) else None
    if told is None:
        draft.note(entry.at, f"left out: expected how many a month, found `{text[:40]}`")
        return
    read = read_date(entry.text("date")) if entry.text("date") else None
    name = unused(slug(title, "volume"), draft.facts)
    source = f"{entry.text('source')} ({entry.at})" if entry.text("source") else ""
    draft.rate_fact(name, told, entry.origin("amount"), date=read[0] if read else "", source=source)
