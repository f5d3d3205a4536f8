"""Two places that both claim to be right about the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groma.model.elements import Data, Model
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

FEWEST_FIELDS = 3
"""Equal fields below which two data aren't taken to be one: an id and a name are common to many."""


def check(subject: Subject) -> Look:
    """All data that are kept: the same under two names in two places, and holders that overwrite each other."""
    kept = [data for data in subject.model.data.values() if data.held_by]
    hits = [*_twins(kept), *_two_ways(subject.model, kept)]
    return Look(len(kept) + len(subject.model.connections), tuple(hits))


def _twins(kept: list[Data]) -> Iterator[Hit]:
    for a, b in combinations(kept, 2):
        alike = _alike(a, b)
        if alike and a.held_by[0] != b.held_by[0]:
            yield Hit(
                f"data.{a.name}",
                f"{a.title or a.name} have two systems of record: {a.held_by[0]} and {b.held_by[0]}",
                f"`{a.name}` and `{b.name}` {alike}, and each has its own first holder",
                a.at,
                confidence="likely",
                key=b.name,
            )


def _alike(a: Data, b: Data) -> str:
    if a.title and _plain(a.title) == _plain(b.title):
        return f"are both called `{a.title}`"
    if len(a.fields) >= FEWEST_FIELDS and dict(a.fields) == dict(b.fields):
        return "have the same fields"
    return ""


def _plain(text: str) -> str:
    return " ".join(text.lower().rstrip(".").split())


def _two_ways(model: Model, kept: list[Data]) -> Iterator[Hit]:
    """Holders of one datum that carry it to each other in both directions."""
    for data in kept:
        ways = {
            (c.from_, c.to) for c in model.connections.values() if data.name in c.carries and not c.by_hand
        }
        for one, other in combinations(data.held_by, 2):
            if {(one, other), (other, one)} <= ways:
                yield Hit(
                    f"data.{data.name}",
                    f"{data.title or data.name} are overwritten from both sides: {one} and {other}",
                    f"connections carry `{data.name}` from {one} to {other} and back",
                    data.at,
                    key=f"{one}+{other}",
                )


RULE = Rule(
    id="two-systems-of-record",
    title="Two systems of record",
    looks_for="Data of the same name or fields with different first holders; holders that carry data both ways.",
    why="When both may be changed, neither is right: the last one to write wins, whatever is true.",
    source="DAMA-DMBOK 2, chapter 10 (reference and master data): one system of record for each entity",
    severity="warning",
    tags=("data", "integration"),
    consequence="Changes overwrite each other, and which one is right is found out case by case.",
    remedy="Say which one is right (it alone is typed into), and let the other one only receive.",
    check=check,
    good="""\
components: {crm: {kind: tool}, books: {kind: tool}}
connections: {c: {from: crm, to: books, carries: [customers]}}
data:
  customers: {title: Customers, held_by: [crm, books], fields: {id: string, name: string, city: string}}
  articles: {title: Articles, held_by: books, fields: {id: string, name: string, price: number}}
""",
    bad="""\
components: {crm: {kind: tool}, books: {kind: tool}}
connections: {c: {from: crm, to: books, carries: [jobs]}, d: {from: books, to: crm, carries: [jobs]}}
data:
  customers: {title: Customers, held_by: crm}
  clients: {title: customers., held_by: books}
  orders: {held_by: crm, fields: {id: string, date: date, total: money}}
  sales: {held_by: books, fields: {id: string, date: date, total: money}}
  jobs: {held_by: [crm, books]}
""",
    expected=(
        "two-systems-of-record:data.customers/clients",
        "two-systems-of-record:data.jobs/crm+books",
        "two-systems-of-record:data.orders/sales",
    ),
)
