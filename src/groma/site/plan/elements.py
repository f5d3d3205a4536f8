"""What a site needs to be said: the sections of `site.yaml`, a small file of its own beside the model.

Texts that reach a page are `Said`: they know the line that says them, so that every claim in markup can be traced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groma.model.grammar import (
    FAILED,
    Flag,
    Name,
    OneOrMany,
    Reader,
    Real,
    Record,
    Table,
    Text,
    Word,
    key,
    what,
)
from groma.model.position import Position
from groma.model.source import Node, Scalar

MOST_LETTERS = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the place that says it; `source` is who says so, where that is known."""

    text: str
    at: Position
    source: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Words:
    """A kind: text for readers, one line of single blanks, with its position."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, Scalar) or not node.value.strip():
            reader.problem(node.at, f"{path}: expected text, found {what(node)}")
            return FAILED
        if len(node.value) > MOST_LETTERS:
            reader.problem(
                node.at, f"{path}: expected at most {MOST_LETTERS} letters, found {len(node.value)}"
            )
            return FAILED
        return Said(" ".join(node.value.split()), node.at)

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number"]}


ALLOW, DENY = "allow", "deny"
CHOICE = Word(ALLOW, DENY)
PAGE_KINDS = ("home", "service", "overview", "article", "contact", "about", "legal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    name: str
    at: Position
    street: Said | None = key(Words(), "street and number")
    postcode: Said | None = key(Words(), "postal code")
    town: Said = key(Words(), "town", required=True)
    country: Said | None = key(Words(), "country, as ISO 3166 writes it: `DE`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who the site is about."""

    name: str
    at: Position
    called: Said = key(Words(), "the name that customers use", required=True)
    legal_name: Said | None = key(Words(), "the name in the register")
    kind: str = key(Text(), "type in schema.org: `Organization`, `HVACBusiness` ...", default="Organization")
    about: Said = key(Words(), "what it does, in one or two sentences", required=True)
    telephone: Said | None = key(Words(), "with country code: `+49 89 123456`")
    email: Said | None = key(Words(), "address for enquiries")
    address: Address | None = key(Record("Address", Address), "where it can be visited")
    founded: Said | None = key(Words(), "year or date")
    hours: Said | None = key(Words(), "opening hours as schema.org writes them: `Mo-Fr 08:00-17:00`")
    ids: Mapping[str, Said] = key(
        Table(Words()), "register numbers by property: `vatID`, `taxID` ...", default={}
    )
    same_as: tuple[Said, ...] = key(OneOrMany(Words()), "its profiles and entries elsewhere", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    at: Position
    called: Said = key(Words(), "first and last name", required=True)
    of: str | None = key(Text(), "who that is in `people` of the model")
    job: Said | None = key(Words(), "what the person does")
    about: Said | None = key(Words(), "what makes the person able to say what the site says")
    email: Said | None = key(Words(), "address of the person")
    same_as: tuple[Said, ...] = key(OneOrMany(Words()), "profiles elsewhere", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    name: str
    at: Position
    called: Said = key(Words(), "name of the town or area", required=True)
    kind: str = key(Text(), "type in schema.org: `City`, `AdministrativeArea` ...", default="City")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a text may quote as `{name}`: as stated here, or a fact of the model."""

    name: str
    at: Position
    says: Said | None = key(Words(), "as readers see it: `8 to 12 weeks`")
    of: str | None = key(Text(), "the fact of the model: `$quotes`")
    source: str = key(Text(), "who says so: an address, a document", default="")
    date: str | None = key(Text("date"), "when it was so")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    name: str
    at: Position
    called: Said = key(Words(), "what customers call it", required=True)
    of: str | None = key(Text(), "the flow, component, want or data of the model that stands behind it")
    about: Said = key(Words(), "what one gets, in one to three sentences", required=True)
    places: tuple[str, ...] = key(OneOrMany(Name()), "places served (all, where none is named)", default=())
    price: Said | None = key(Words(), "a price or a lowest price: `89 EUR`, `from 14000 EUR`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What people ask, and the answer, which comes first."""

    name: str
    at: Position
    asks: Said = key(Words(), "the question as people ask it", required=True)
    answer: Said = key(Words(), "the answer in one or two sentences; quotes facts as `{name}`", required=True)
    more: tuple[Said, ...] = key(OneOrMany(Words()), "further paragraphs", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    name: str
    at: Position
    kind: str = key(Word("review", "certificate", "reference"), "what it is", required=True)
    says: Said = key(Words(), "the words of the review, the name of the certificate", required=True)
    by: Said = key(Words(), "who says or issued it", required=True)
    date: str | None = key(Text("date"), "when")
    source: str = key(Text(), "where it can be checked", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    at: Position
    kind: str = key(Word(*PAGE_KINDS), "what it is for", required=True)
    path: Said | None = key(Words(), "its path, `/heat-pumps/`; made of the title where it isn't stated")
    title: Said = key(Words(), "its title and heading", required=True)
    short: Said | None = key(Words(), "its name in menus")
    lead: Said = key(
        Words(), "what the page says, in one or two sentences; also its description", required=True
    )
    text: tuple[Said, ...] = key(OneOrMany(Words()), "further paragraphs", default=())
    under: str | None = key(Name(), "the page above it (the home page, where none is named)")
    priority: float = key(Real(), "its weight for the business, 0 to 1", default=0.5)
    service: str | None = key(Name(), "the service it offers")
    questions: tuple[str, ...] = key(OneOrMany(Name()), "the questions it answers", default=())
    people: tuple[str, ...] = key(OneOrMany(Name()), "who is shown; the first is its author", default=())
    proofs: tuple[str, ...] = key(OneOrMany(Name()), "proofs shown", default=())
    language: str | None = key(Text(), "its language, where it isn't the site's")
    translates: str | None = key(Name(), "the page that it is a translation of")
    published: str | None = key(Text("date"), "first day")
    modified: str | None = key(Text("date"), "day of the last change of content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    name: str
    at: Position
    from_: Said = key(Words(), "an old path", required=True)
    to: Said = key(Words(), "a page's name, or a path", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which crawlers may read the site, by what they come for; `only` decides single ones."""

    name: str
    at: Position
    search: str = key(CHOICE, "crawlers of search and answer engines", default=ALLOW)
    user: str = key(CHOICE, "fetches that a person asked an assistant for", default=ALLOW)
    training: str = key(CHOICE, "collectors for training, product tokens included", default=ALLOW)
    others: str = key(CHOICE, "everybody else", default=ALLOW)
    only: Mapping[str, str] = key(Table(Text()), "single crawlers by their token: `GPTBot: deny`", default={})
    keep_out: tuple[Said, ...] = key(OneOrMany(Words()), "paths that no crawler should fetch", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    name: str
    at: Position
    form: Said | None = key(Words(), "address that takes the form (https:)")
    booking: Said | None = key(Words(), "address at which a visit can be booked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A site as it is to be."""

    at: Position
    site: Said = key(Words(), "the site's name", required=True)
    base: Said = key(Words(), "the address it is published at: `https://www.example.com/`", required=True)
    language: str = key(Text(), "its language (BCP 47)", default="en")
    date: str = key(Text("date"), "the day of this plan", required=True)
    model: str | None = key(Text(), "the model of the business, relative to this file")
    existing: str | None = key(
        Text(), "what there is: a folder, or the answers of an audit, relative to this file"
    )
    organisation: Organisation = key(Record("Organisation", Organisation), "who it is about", required=True)
    people: Mapping[str, Person] = key(Table(Record("Person", Person)), "who is shown", default={})
    places: Mapping[str, Place] = key(Table(Record("Place", Place)), "where services are offered", default={})
    facts: Mapping[str, Fact] = key(Table(Record("Fact", Fact)), "what texts may quote", default={})
    services: Mapping[str, Service] = key(Table(Record("Service", Service)), "what is offered", default={})
    questions: Mapping[str, Question] = key(Table(Record("Question", Question)), "what is asked", default={})
    proofs: Mapping[str, Proof] = key(Table(Record("Proof", Proof)), "why to believe it", default={})
    pages: Mapping[str, Page] = key(Table(Record("Page", Page)), "the pages", required=True)
    redirects: tuple[Redirect, ...] = key(
        OneOrMany(Record("Redirect", Redirect)), "old addresses and where they lead", default=()
    )
    crawlers: Policy | None = key(Record("Policy", Policy), "which crawlers may read it")
    enquiry: Enquiry | None = key(Record("Enquiry", Enquiry), "how to ask, beside telephone and mail")
    related: bool = key(Flag(), "whether pages get links to related pages", default=True)
