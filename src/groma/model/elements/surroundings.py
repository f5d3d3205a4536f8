"""What a system stands among: places, suppliers, people."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.elements.failure import Failure
from groma.model.grammar import Amount, OneOrMany, Record, Reference, Text, key
from groma.model.position import Position
from groma.model.quantity import Quantity
from groma.model.week import Hours, WeekHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is: a jurisdiction, region, zone, site, room, rack."""

    name: str
    at: Position
    kind: str = key(Text(), "`jurisdiction`, `region`, `zone`, `site`, `room`, `rack`", default="site")
    title: str = key(Text(), "how people call it", default="")
    in_: str | None = key(
        Reference("places"), "the place around it; a two-letter code or EU is a jurisdiction"
    )
    fails: Failure | None = key(Record("Failure"), "how often the whole place is lost, and for how long")
    depends_on: tuple[str, ...] = key(
        OneOrMany(Reference("components")),
        "what must be up for all that is in it: power, cooling",
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who something is bought from."""

    name: str
    at: Position
    title: str = key(Text(), "name", default="")
    in_: str | None = key(Reference("places"), "where it is established")
    fails: Failure | None = key(Record("Failure"), "how often everything of this supplier is out at once")
    exit: str = key(Text(), "how to leave: notice, export, what is lost", default="")
    renews: str | None = key(Text("date"), "when its contract is renewed unless somebody gives notice")
    notice: Quantity | None = key(Amount("time"), "how long before that notice has to be given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or a team of alike people."""

    name: str
    at: Position
    title: str = key(Text(), "name", default="")
    role: str = key(Text(), "what they do", default="")
    count: Quantity | None = key(Amount("count"), "how many of them (one unless stated)")
    rate: Quantity | None = key(Amount("money/time"), "what an hour costs, all included")
    hours: Quantity | None = key(Amount("time"), "working hours a week")
    works: tuple[Hours, ...] = key(
        OneOrMany(WeekHours()),
        "when they work: `Mon-Fri 09:00-17:00`; always there unless stated",
        default=(),
    )
    knows: tuple[str, ...] = key(OneOrMany(Text()), "what they know how to do", default=())
    place: str | None = key(Reference("places"), "where they work")
    works_for: str | None = key(
        Reference("suppliers"), "the supplier that employs them; the business itself unless stated"
    )
