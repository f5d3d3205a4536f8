"""Which facts a figure reads: what it doesn't read can't move it, so nobody need try.

A model is written with quantities that tell when their amount is looked at, and the figure is worked out once. Its
value is a function of what was looked at on the way: wherever those quantities stand as they stood, it comes out the
same, whatever the others are.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from groma.analyses.context import Context
from groma.analyses.instance import Instances
from groma.analyses.registry import numbers
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.quantity import Quantity

AMOUNT = frozenset({"law", "known", "exact", "most"})
"""Fields of a quantity that differ from point to point."""


class Told(Quantity):
    """A quantity that adds its key to `seen` when its amount is looked at. A copy of it is as silent as any other."""

    __slots__ = ("key", "seen")
    key: str
    seen: set[str]

    def __getattribute__(self, name: str) -> Any:
        if name in AMOUNT:
            with suppress(AttributeError):
                object.__getattribute__(self, "seen").add(object.__getattribute__(self, "key"))
        return object.__getattribute__(self, name)


def told(quantity: Quantity, key: str, seen: set[str]) -> Told:
    """The quantity as one that tells."""
    made = Told(**{f.name: getattr(quantity, f.name) for f in fields(Quantity)})
    object.__setattr__(made, "key", key)
    object.__setattr__(made, "seen", seen)
    return made


@dataclass(frozen=True, slots=True)
class Reads:
    """Works out which quantities of a model that are only known to a range a figure reads, while all of them stand at
    their stated values (with `ranges`: are left as ranges). It can be sent to another process."""

    model: Model
    catalog: Catalog
    ranges: bool = False

    def __call__(self, measure: str) -> list[str]:
        """The keys of what is read, in order. Shares of one choice give way to one another: who reads one reads all."""
        seen = set[str]()
        instances = Instances(
            self.model, ranges=self.ranges, leaf=lambda quantity, key: told(quantity, key, seen)
        )
        here = instances.at({})
        seen.clear()
        with Context(here, self.catalog, Ledger(here.digest)) as context:
            numbers(context, measure)
        found = frozenset(seen)
        while (more := found.union(*(keys for keys in instances.together if keys & found))) != found:
            found = more
        return sorted(found)
