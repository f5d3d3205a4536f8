"""People: from lists, and from every place where somebody is mentioned by full name, first name, initials or role."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from groma.importers.intake.amounts import money, span
from groma.importers.intake.cells import Entry
from groma.importers.intake.draft import Draft, nobody, unsaid
from groma.importers.intake.names import folded, listed, same, slug, stem, words
from groma.importers.intake.numbers import count
from groma.importers.intake.types import Origin

_EVERYBODY = frozenset(
    {"all", "everybody", "everyone", "alle", "jeder", "wholeteam", "team", "ganzesteam", "allepersonen"}
)
_OUTSIDE = re.compile(
    r"agentur|agency|berater|advis[eo]r|accountant|consultant|kanzlei|steuer|tax|finanzamt|\bbank\b|customer|kunde"
    r"|authorit|behörde|freelancer|extern|dienstleister|gmbh|\bltd\b|\binc\b|\bllc\b|systemhaus|web ?designer"
    r"|ex-|former|ehemalig", re.I,
)  # fmt: skip
_FORM = re.compile(r"^(?:frau|herr|hr\.?|fr\.?|mr\.?|mrs\.?|ms\.?|dr\.?)\s+", re.I)


@dataclass(slots=True)
class People:
    """Finds the person a text means; a name nobody has yet becomes a person of its own."""

    draft: Draft
    titles: dict[str, str] = field(default_factory=dict[str, str])
    """Element name -> full name."""
    initials: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, entry: Entry) -> None:
        """A row of a list of people; the same person twice is one, with a note."""
        title = entry.text("person")
        if unsaid(title):
            return
        name = self._called(title, exact=True)
        if name is None:
            name = self._new(title, entry.at)
        elif self.draft.origins[f"people.{name}"] != entry.at:
            self.draft.note(entry.at, f"`{title}` taken for {self.titles[name]}, who is listed already")
        put = self.draft.put
        if role := entry.text("role"):
            put("people", name, "role", role, entry.origin("role"))
        if short := entry.text("initials"):
            self.initials[folded(short)] = name
        self._count(name, entry)
        self._hours(name, entry)
        self._rate(name, entry)
        if knows := entry.text("knows"):
            self.draft.join(
                "people",
                name,
                "knows",
                [w.lower() for w in listed(knows) if not unsaid(w)],
                entry.origin("knows"),
            )

    def _count(self, name: str, entry: Entry) -> None:
        heads = count(entry.text("count")) if entry.text("count") else None
        if heads is not None and heads.low == heads.high and heads.low > 1:
            self.draft.put("people", name, "count", f"{int(heads.low)} people", entry.origin("count"))

    def _hours(self, name: str, entry: Entry) -> None:
        text = entry.text("hours")
        if not text or unsaid(text):
            return
        told = span(re.sub(r"/\s*\w+|pro woche|per week|a week|weekly", "", text.lower()), "h")
        at = entry.origin("hours")
        if told is None:
            self.draft.note(
                at, f"expected working hours a week such as `38 h`, found `{text[:40]}`: left unknown"
            )
        elif "hours" not in self.draft.sections["people"][name]:
            self.draft.put("people", name, "hours", self.draft.time_fact(f"{name}_hours", told, at), at)

    def _rate(self, name: str, entry: Entry) -> None:
        text, at = entry.text("rate"), entry.origin("rate")
        if not text or unsaid(text):
            return
        told = money(text)
        if told is None or told.per not in ("", "hour"):
            self.draft.note(
                at, f"expected what an hour costs such as `35 EUR/h`, found `{text[:40]}`: left unknown"
            )
            return
        if "rate" not in self.draft.sections["people"][name]:
            currency = told.currency or self.draft.currency
            fact = self.draft.fact(f"{name}_hour", told.amount, f"{currency}/h", at)
            self.draft.put("people", name, "rate", fact, at)

    def knowledge(self, entry: Entry) -> None:
        """A row of who knows what."""
        topic = entry.text("topic").lower()
        for column in ("person", "also"):
            text = entry.text(column)
            if text and not nobody(text):
                for name in self.mentioned(text, entry.origin(column)):
                    self.draft.join("people", name, "knows", [topic], entry.origin(column))

    def mentioned(self, text: str, at: Origin) -> list[str]:
        """Everybody a cell names."""
        if unsaid(text) or nobody(text):
            return []
        if folded(text) in _EVERYBODY:
            return sorted(
                n
                for n in self.titles
                if self.draft.sections["people"][n].get("role", "") != "outside the company"
            )
        whole = self._called(text)
        if whole is not None:
            return [whole]
        found = [self.meant(part, at) for part in listed(re.sub(r"\(.*?\)", " ", text) or text)]
        return list(dict.fromkeys(name for name in found if name is not None))

    def one(self, text: str, at: Origin) -> str | None:
        """The first that a cell names; that others are named too is noted."""
        found = self.mentioned(text, at)
        if len(found) > 1:
            others = ", ".join(self.titles[name] for name in found[1:])
            self.draft.note(
                at, f"counted for {self.titles[found[0]]}, who is named first; named as well: {others}"
            )
        return found[0] if found else None

    def meant(self, text: str, at: Origin) -> str | None:
        """The person that a text means, or a new one."""
        text = _FORM.sub("", text.strip())
        if unsaid(text) or nobody(text) or not folded(text):
            return None
        if len(text) > 60:
            self.draft.note(at, f"expected somebody's name, found `{text[:40]}...`: left unknown")
            return None
        found = self._called(text)
        if found is None:
            found = self._by_role(text, at)
        if found is None:
            found = self._new(text, at)
            if _OUTSIDE.search(text):
                self.draft.sections["people"][found]["role"] = "outside the company"
            self.draft.note(at, f"`{text}` is on no list of people: taken for a person of that name")
        return found

    def known(self, text: str) -> str | None:
        """The person of this name, without making one."""
        return self._called(_FORM.sub("", text.strip()))

    def end(self, text: str, at: Origin) -> str | None:
        """Who is meant as one end of a hand-over: somebody by name or role, or somebody who is clearly outside."""
        found = self.known(text) or self._by_role(text, at)
        return self.meant(text, at) if found is None and _OUTSIDE.search(text) else found

    def _new(self, title: str, at: Origin) -> str:
        name = self.draft.element("people", self._short(title), at, {"title": title})
        self.titles[name] = title
        return name

    def _short(self, title: str) -> str:
        """The first name where nobody else begins with it, else the whole name."""
        parts = title.split()
        if _OUTSIDE.search(title):
            return slug(title, "person")
        first = slug(parts[0] if len(parts) == 2 and parts[1].isalpha() else title, "person")
        return first if first not in self.draft.sections["people"] else slug(title, "person")

    def _called(self, text: str, *, exact: bool = False) -> str | None:
        key = folded(text)
        if not key:
            return None
        fits = [n for n, title in self.titles.items() if folded(title) == key]
        if not fits and not exact:
            fits = self._parts(text, key)
        if not fits:
            fits = [n for n, title in self.titles.items() if same(folded(title), key)]
            if len(fits) == 1 and not exact:
                return fits[0]
        if (
            not fits and exact
        ):  # a list may give the first name alone, once the full name is known, and the other way round
            fits = [
                n
                for n, t in self.titles.items()
                if {len(words(t)), len(words(text))} == {1, 2} and words(t)[0] == words(text)[0]
            ]
            if len(fits) == 1 and len(words(text)) == 2:
                self.titles[fits[0]] = text
                self.draft.sections["people"][fits[0]]["title"] = text
        return fits[0] if len(fits) == 1 else None

    def _parts(self, text: str, key: str) -> list[str]:
        """By first or last name, initials, or `J. Lindner`; nobody where two would fit."""
        if key in self.initials:
            return [self.initials[key]]
        said = words(text)
        fits: list[str] = []
        for name, title in self.titles.items():
            full = words(title)
            if len(full) < 2:
                continue
            letters = "".join(word[0] for word in full)
            short = len(said) == 2 and len(said[0]) == 1 and said[0] == full[0][0] and said[1] == full[-1]
            cut = len(said) == 2 and len(said[1]) == 1 and said[0] == full[0] and said[1] == full[-1][0]
            if (
                (len(said) == 1 and said[0] in full and len(said[0]) > 1)
                or short
                or cut
                or (key == letters and text.strip(". ").replace(".", "").isupper())
            ):
                fits.append(name)
        return fits

    def _by_role(self, text: str, at: Origin) -> str | None:
        """Somebody by what they are (`the office`, `Chefin`): the first on the list where several are."""
        bare = re.sub(r"^(?:the|die|der|das|im|unser|our)\s+", "", text.strip().lower())
        key = {stem(word) for word in words(bare)}
        fits = [
            name
            for name in self.titles
            if key
            and key
            <= {stem(word) for word in words(str(self.draft.sections["people"][name].get("role", "")))}
        ]
        if len(fits) > 1:
            self.draft.note(
                at,
                f"`{text}` are {len(fits)} people: counted for {self.titles[fits[0]]}, the first on the list",
            )
        return fits[0] if fits else None
