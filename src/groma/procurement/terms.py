"""What a buyer decides that no model says: how long the contract runs, how points are weighed, what exit must
look like.

A small file beside the brief (`groma: 1` and the keys of `Terms`); every key has a default, and a document says which
of them nobody has stated, so that a default is never taken for a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groma.model.grammar import Amount, Number, OneOrMany, Reader, Record, Table, Text, bind, key
from groma.model.position import ModelError, Position, Problem
from groma.model.quantity import Quantity
from groma.model.source import Mapping as MappingNode
from groma.model.source import parse, read

LONGEST_CONTRACT = 240
"""Months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A criterion that people judge, on a scale from 0 to 5."""

    name: str
    at: Position
    asks: str = key(Text(), "what the bidder is asked to describe", required=True)
    good: str = key(Text(), "what an answer with all points looks like", default="")
    weight: Quantity | None = key(Amount("share"), "its share of all points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The buyer's terms of one request."""

    at: Position
    buyer: str = key(Text(), "who buys", default="")
    contact: str = key(Text(), "who answers bidders' questions, and where", default="")
    contract: Quantity | None = key(Amount("time"), "how long the contract runs")
    schedule: Mapping[str, str] = key(
        Table(Text()), "what happens when: `{Bids until: 2027-01-29}`", default={}
    )
    bears: tuple[str, ...] = key(
        OneOrMany(Text()),
        "prices of the model that the buyer pays others for: `components.hosts.price.power`",
        default=(),
    )
    weights: Mapping[str, Quantity] = key(
        Table(Amount("share")), "share of all points: `price`, or the name of a need", default={}
    )
    full_points_at: Quantity | None = key(
        Amount("money"), "price over the contract that gets all points for price"
    )
    no_points_at: Quantity | None = key(Amount("money"), "price over the contract that gets none")
    judged: Mapping[str, Judged] = key(
        Table(Record("Judged", Judged)), "criteria that people judge, by name", default={}
    )
    notice: Quantity | None = key(Amount("time"), "the longest notice that the buyer accepts")
    bound: Quantity | None = key(Amount("time"), "the longest minimum term that the buyer accepts")
    formats: str = key(Text(), "formats in which data must be handed out", default="")
    deleted: Quantity | None = key(Amount("time"), "how soon after the end the buyer's data must be deleted")
    help: Quantity | None = key(Amount("time"), "working time of hand-over help that must be on offer")
    leave_at: tuple[int, ...] = key(
        OneOrMany(Number(least=1)),
        "months of the contract at which the cost of leaving is compared",
        default=(),
    )
    response: Quantity | None = key(Amount("time"), "how soon a fault must be answered")
    hours: str = key(Text(), "when support must be there: `Mon-Fri 07:00-18:00`", default="")
    text: str = ""
    """The file as it was read."""

    @property
    def stated(self) -> frozenset[str]:
        """The keys that somebody has stated."""
        return frozenset(
            name for name in self.__dataclass_fields__ if name not in ("at", "text") and getattr(self, name)
        )


HEADS = ("groma",)


def no_terms() -> Terms:
    """Nothing stated."""
    return Terms(at=Position("terms", 1, 1))


def read_terms(path: Path) -> Terms:
    """The terms of a file. Raises ModelError with every problem found."""
    return terms_of(read(path, path.name), path.name)


def terms_of(text: str, file: str = "terms.yaml") -> Terms:
    """The terms that a text states."""
    if not text.strip():
        return no_terms()
    root = parse(text, file)
    if not isinstance(root, MappingNode):
        raise ModelError(Problem(root.at, "expected terms: a mapping that begins with `groma: 1`"))
    body = MappingNode(
        tuple((k, v) for k, v in root.entries if k.value not in HEADS), root.at, root.end, False
    )
    reader = Reader()
    bound: Any = bind(Terms, body, "", reader, name="", at=root.at, extra={"text": text})
    if not reader.problems and bound is not None:
        _check(bound, reader)
    if reader.problems or bound is None:
        raise ModelError(reader.problems)
    return bound


def _check(terms: Terms, reader: Reader) -> None:
    stated: Mapping[str, Any] = terms.weights
    for name, amount in stated.items():
        if not isinstance(amount, Quantity):
            reader.problem(
                terms.at, f"weights.{name}: expected a share such as 60 %, found one that isn't known"
            )
    for name in (
        "contract",
        "full_points_at",
        "no_points_at",
        "notice",
        "bound",
        "deleted",
        "help",
        "response",
    ):
        given: Any = getattr(terms, name)
        if given is not None and not isinstance(given, Quantity):
            reader.problem(terms.at, f"{name}: expected an amount, found one that isn't known: leave it out")
    if any(month > LONGEST_CONTRACT for month in terms.leave_at):
        reader.problem(terms.at, f"leave_at: expected months up to {LONGEST_CONTRACT}")
