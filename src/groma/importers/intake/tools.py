"""Tools and who they are bought from: from lists of tools, subscriptions and contracts, and from every mention."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from groma.importers.intake.amounts import Money, money, often, period, work
from groma.importers.intake.cells import Entry
from groma.importers.intake.dates import read_date
from groma.importers.intake.draft import Draft, nobody, unsaid
from groma.importers.intake.names import folded, listed, same, slug, within, words
from groma.importers.intake.numbers import count
from groma.importers.intake.people import People
from groma.importers.intake.tool_words import ALL_PER, MAIL, SHORT, currency_of, kind_of, notice_of
from groma.importers.intake.types import Origin

OPERATION = "use"
"""What every tool of an intake offers: people work with it, how long a call takes isn't known."""


@dataclass(slots=True)
class Tools:
    """Finds the tool a text means; one that isn't listed becomes a tool of its own, with a note."""

    draft: Draft
    people: People
    titles: dict[str, str] = field(default_factory=dict[str, str])
    other_names: dict[str, str] = field(default_factory=dict[str, str])
    spellings: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def add(self, entry: Entry) -> None:
        """A row of a list of tools or subscriptions; the same tool again completes what was said first."""
        title = entry.text("tool") or entry.text("payee")
        if unsaid(title) or not folded(title):
            return
        found = self.known(title)
        if found is None:
            found = self._new(title, entry.at)
        elif entry.topic == "tools" or folded(self.titles[found]) != folded(title):
            self.draft.note(
                entry.at,
                f"`{title}` taken for {self.titles[found]} ({self.draft.origins[f'components.{found}']})",
            )
        for other in listed(entry.text("also")):
            self.other_names.setdefault(folded(other), found)
            self.spellings.append((other, found))
        self.says(found, entry)

    def says(self, name: str, entry: Entry) -> None:
        """What a row, or an answer, says of a tool that is known."""
        put, join = self.draft.put, self.draft.join
        if does := entry.text("does"):
            put("components", name, "does", does, entry.origin("does"))
            functions = [word.lower() for word in listed(does) if len(word) <= 40]
            join("components", name, "functions", functions, entry.origin("does"))
            if self.draft.sections["components"][name]["kind"] == "tool" and MAIL & {
                folded(word) for word in functions
            }:
                self.draft.sections["components"][name]["kind"] = "mail"
        if kind := entry.text("kind"):
            self.draft.sections["components"][name]["kind"] = kind_of(kind) or kind.lower()
        supplier = self.supplier(entry.text("supplier"), entry.origin("supplier"))
        if supplier is not None:
            put("components", name, "supplier", supplier, entry.origin("supplier"))
            self.contract(supplier, entry)
        elif any(not unsaid(entry.text(key)) for key in ("renews", "notice")):
            own = self.supplier(self.titles[name], entry.at)
            if own is not None:
                put("components", name, "supplier", own, entry.at)
                self.contract(own, entry)
        exit_ = entry.text("exit")
        if not unsaid(exit_) and not nobody(exit_):
            put("components", name, "exit", exit_, entry.origin("exit"))
        registered = entry.text("registered_to")
        if not unsaid(registered):
            put(
                "components", name, "registered_to", self.registered(registered), entry.origin("registered_to")
            )  # fmt: skip
        for key in ("used_by", "holders"):
            if text := entry.text(key):
                join(
                    "components", name, key, self.people.mentioned(text, entry.origin(key)), entry.origin(key)
                )
        owner = self.people.one(entry.text("owner"), entry.origin("owner")) if entry.text("owner") else None
        if owner is not None:
            put("components", name, "owner", owner, entry.origin("owner"))
        if knowledge := entry.text("knowledge"):
            join(
                "components",
                name,
                "needs_knowledge",
                [w.lower() for w in listed(knowledge) if not unsaid(w)],
                entry.origin("knowledge"),
            )
        self._seats(name, entry)
        self._effort(name, entry)
        if text := entry.text("price"):
            self.price(name, text, entry)

    def registered(self, text: str) -> str:
        """`business` where it is the company's own, a person's or supplier's name where it is theirs, else the text."""
        if re.fullmatch(
            r"(?:the )?(?:business|company|firma|betrieb|wir|us|uns|own|gmbh|die firma|unternehmen)",
            text.strip().lower(),
        ):
            return "business"
        company = self.draft.answers.get("system")
        if company is not None and same(folded(company.text), folded(text)):
            return "business"
        for name, body in self.draft.sections["suppliers"].items():
            if same(folded(str(body["title"])), folded(text)):
                return name
        return self.people.known(text) or text

    def _seats(self, name: str, entry: Entry) -> None:
        text = entry.text("seats")
        told = count(text) if text and not unsaid(text) else None
        if told is None:
            return
        if told.low == told.high and told.low > 0 and told.low == int(told.low):
            self.draft.put("components", name, "seats", f"{int(told.low)} seats", entry.origin("seats"))
        else:
            self.draft.note(
                entry.origin("seats"), f"expected a number of seats, found `{text[:40]}`: left unknown"
            )

    def _effort(self, name: str, entry: Entry) -> None:
        text = entry.text("effort")
        if not text or unsaid(text):
            return
        rate, told = work(text, "h")
        if rate is None:
            rate = often(f"1 {entry.origin('effort').column}") or often("1/month")
        if told is None or rate is None:
            self.draft.note(
                entry.origin("effort"),
                f"expected time for its upkeep such as `2 h/month`, found `{text[:40]}`: left unknown",
            )
            return
        whole = told.seconds.times(rate.times.low)
        fact = self.draft.fact(
            f"{name}_kept", whole, f"h/{rate.per}", entry.origin("effort"), factor=Decimal(3600)
        )
        self.draft.put("components", name, "effort", fact, entry.origin("effort"))

    def price(self, name: str, text: str, entry: Entry) -> None:
        """What a row says a tool costs; without a period that is known, the price stays unknown."""
        at = entry.origin("price")
        if unsaid(text):
            return
        told = money(text)
        if told is None:
            self.draft.note(
                at, f"expected one price such as `29 EUR/month`, found `{text[:40]}`: left unknown"
            )
            return
        per = told.per or period(entry.text("per")) or (money(f"1 {at.column}") or told).per
        if not told.amount.low and not told.amount.high:
            per = per or "month"
        if not per:
            self.draft.note(at, f"`{text[:40]}` doesn't say for how long: the price is left unknown")
            return
        seat = (
            told.seat
            or re.search(r"seat|user|nutzer|lizenz|platz|licen", f"{at.column} {entry.text('per')}".lower())
            is not None
        )
        currency = (
            told.currency
            or currency_of(entry.text("currency"))
            or currency_of(at.column)
            or self.draft.currency
        )
        self.priced(name, Money(told.amount, currency, per, seat), at, entry.text("date"))

    def priced(self, name: str, told: Money, at: Origin, date: str = "", note: str = "") -> None:
        if told.currency != self.draft.currency:
            self.draft.foreign.setdefault(told.currency, at)
        body = self.draft.sections["components"][name]
        if "price" in body:
            self.draft.note(
                at,
                f"a price of {self.titles[name]} was stated before: {self.draft.origins[f'components.{name}.price']}; "
                "this one isn't used",
            )
            return
        per = ALL_PER[told.per]
        amount = (
            told.amount.times(4)
            if told.per == "quarter"
            else told.amount.times(5)
            if told.per == "day"
            else told.amount
        )
        unit = (
            told.currency
            if per == "once"
            else f"{told.currency}/seat/{per}"
            if told.seat
            else f"{told.currency}/{per}"
        )
        read = read_date(date) if date else None
        fact = self.draft.fact(f"{name}_price", amount, unit, at, date=read[0] if read else "", note=note)
        self.draft.put("components", name, "price", {"once" if per == "once" else "month": fact}, at)

    def supplier(self, text: str, at: Origin) -> str | None:
        if unsaid(text) or nobody(text) or not folded(text):
            return None
        suppliers = self.draft.sections["suppliers"]
        for name, body in suppliers.items():
            if same(folded(str(body["title"])), folded(text)):
                return name
        return self.draft.element("suppliers", slug(text, "supplier"), at, {"title": text})

    def contract(self, supplier: str, entry: Entry) -> None:
        """When a contract is renewed, the notice it takes, and the way out."""
        if text := entry.text("renews"):
            read = read_date(text)
            if read is not None:
                self.draft.put("suppliers", supplier, "renews", read[0], entry.origin("renews"))
                if read[1]:
                    self.draft.note(
                        entry.origin("renews"), f"`{text}` could begin with day or month: read as {read[0]}"
                    )
            elif re.search(r"monat|month|jederzeit|any ?time", text.lower()):
                self.draft.origins.setdefault(f"suppliers.{supplier}.renews", entry.origin("renews"))
            elif not unsaid(text):
                self.draft.note(
                    entry.origin("renews"),
                    f"expected a date such as 2026-12-31, found `{text[:40]}`: left unknown",
                )
        if text := entry.text("notice"):
            notice = notice_of(text)
            if notice is not None:
                self.draft.put("suppliers", supplier, "notice", notice, entry.origin("notice"))
            elif not unsaid(text):
                self.draft.note(
                    entry.origin("notice"),
                    f"expected a notice such as `3 months`, found `{text[:40]}`: left unknown",
                )
        if (
            (text := entry.text("exit"))
            and entry.topic == "suppliers"
            and not unsaid(text)
            and not nobody(text)
        ):
            self.draft.put("suppliers", supplier, "exit", text, entry.origin("exit"))

    def add_supplier(self, entry: Entry) -> None:
        """A row of a list of suppliers or contracts."""
        name = self.supplier(entry.text("supplier"), entry.origin("supplier"))
        if name is None:
            return
        self.contract(name, entry)
        for text in listed(entry.text("tool")):
            tool = self.known(text)
            if tool is not None:
                self.draft.put("components", tool, "supplier", name, entry.origin("tool"))
                if entry.text("price"):
                    self.price(tool, entry.text("price"), entry)
                if (held := entry.text("registered_to")) and not unsaid(held):
                    self.draft.put(
                        "components",
                        tool,
                        "registered_to",
                        self.registered(held),
                        entry.origin("registered_to"),
                    )
            elif not unsaid(text):
                self.draft.note(
                    entry.origin("tool"), f"`{text}` is on no list of tools: only the contract was read"
                )

    def known(self, text: str) -> str | None:
        """The tool of this name, or the only one whose name stands in it, or the other way round."""
        key = folded(text)
        if key in self.other_names:
            return self.other_names[key]
        fits = [n for n, title in self.titles.items() if folded(title) == key]
        if not fits:
            fits = [n for n, title in self.titles.items() if same(folded(title), key)]
        if not fits and key in MAIL:
            fits = [n for n in self.titles if self.draft.sections["components"][n]["kind"] == "mail"]
        if not fits:
            fits = [n for other, n in self.spellings if len(folded(other)) > 3 and within(other, text)]
        if not fits:
            fits = [
                n
                for n, t in self.titles.items()
                if self._telling(t) and (within(t, text) or (self._telling(text) and within(text, t)))
            ]
        return fits[0] if len(set(fits)) == 1 else None

    @staticmethod
    def _telling(text: str) -> bool:
        """Whether a name is long enough that finding it inside another one says something."""
        return any(len(word) >= 4 for word in words(text)) or SHORT.fullmatch(folded(text)) is not None

    def mentioned(self, text: str, at: Origin) -> list[str]:
        """All tools that a cell names."""
        if unsaid(text) or nobody(text):
            return []
        whole = self.known(text)
        if whole is not None and len(listed(text)) == 1:
            return [whole]
        found = [self.meant(part, at) for part in listed(re.sub(r"\(.*?\)", " ", text) or text)]
        return list(dict.fromkeys(name for name in found if name is not None))

    def meant(self, text: str, at: Origin) -> str | None:
        """The tool that a text means, or a new one."""
        if unsaid(text) or nobody(text) or not folded(text):
            return None
        found = self.known(text)
        if found is None:
            if len(text) > 60:
                self.draft.note(at, f"expected the name of a tool, found `{text[:40]}...`: left out")
                return None
            found = self._new(text, at)
            self.draft.note(at, f"`{text}` is on no list of tools: taken for a tool of its own")
        return found

    def _new(self, title: str, at: Origin) -> str:
        body = {
            "kind": kind_of(title) or "tool",
            "title": title,
            "existing": True,
            "offers": {OPERATION: {"work": "unknown"}},
        }
        name = self.draft.element("components", slug(title, "tool"), at, body)
        self.titles[name] = title
        return name
