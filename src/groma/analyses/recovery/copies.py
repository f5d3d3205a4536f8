"""Copies of data: who makes them, where they are kept, which of them is left after a loss, whether one was ever tried.

A copy that is kept where the loss is doesn't count, and a replica that repeats every deletion is none against a
mistake. Of those left, the newest is brought back (`recovery.point`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.recovery.events import Event, holder_of, lost
from groma.analyses.standing import settled
from groma.catalog import age, period
from groma.model.elements import Backup, Data
from groma.model.quantity import Quantity

SECONDS_OF_A_DAY = 86400.0
DAYS_OF_A_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Copy:
    """One way in which data are saved: by the component `by`, or as stated at the data themselves (None)."""

    by: str | None
    backup: Backup
    path: str
    certain: bool = True
    """Whether it stands whatever is chosen."""
    data: str = ""

    @property
    def kept_by(self) -> str | None:
        """The component that has it; None where nobody says."""
        return self.backup.to or self.by


def copies_of(context: Context, data: Data) -> tuple[Copy, ...]:
    """Every copy of the data that stands or may stand: their own `backup`, then components that `copies` them."""
    known: dict[str, tuple[Copy, ...]] | None = context.memo.get("copies")
    if known is None:
        known = context.memo["copies"] = {
            name: tuple(_all(context, d)) for name, d in context.model.data.items()
        }
    return tuple(
        copy
        if copy.by is None
        else Copy(copy.by, copy.backup, copy.path, settled(context, copy.by), data.name)
        for copy in known[data.name]
        if copy.by is None or any(c.copies.get(data.name) is copy.backup for c in context.candidates(copy.by))
    )


def _all(context: Context, data: Data) -> Iterator[Copy]:
    if data.backup is not None:
        yield Copy(None, data.backup, f"data.{data.name}.backup", data=data.name)
    for name in [*context.model.components, *context.model.alternatives]:
        for component in context.model.candidates(name):
            backup = component.copies.get(data.name)
            if backup is not None:
                yield Copy(name, backup, f"components.{name}.copies.{data.name}", data=data.name)


def all_copies(context: Context) -> tuple[Copy, ...]:
    """The copies of all data, in the order written."""
    return tuple(copy for data in context.model.data.values() for copy in copies_of(context, data))


def survives(context: Context, copy: Copy, event: Event) -> bool | None:
    """Whether a copy is left after a loss; None where it isn't known where it is, or hangs on a choice."""
    if event.kind == "corrupted":
        return not copy.backup.replica
    if copy.kept_by is None:
        return True if event.kind == "component" else None
    gone = lost(context, copy.kept_by, event)
    return None if gone is None else not gone


def to_be_built(context: Context, copy: Copy) -> bool:
    """Whether nobody can have tried it: it belongs to a plan, and what makes and keeps it isn't there yet."""
    if not context.model.planned:
        return False
    makers = [name for name in (copy.by, copy.backup.to) if name is not None]
    makers = makers or [name for name in (holder_of(context.model.data[copy.data]),) if name is not None]
    return not any(c.existing for name in makers for c in context.candidates(name))


def test_age(copy: Copy, today: str | None) -> tuple[float, float] | None:
    """(days since its restore was tried, days that a trial counts as recent); None: never, or today isn't known."""
    backup = copy.backup
    if backup.tested is None or today is None:
        return None
    lasts = DAYS_OF_A_YEAR
    if isinstance(backup.test_every, Quantity):
        lasts = backup.test_every.mean / SECONDS_OF_A_DAY
    return float(age(backup.tested, period(today)[0]).least), lasts


def stale(copy: Copy, today: str | None) -> bool:
    """Whether its last trial is too long ago."""
    found = test_age(copy, today)
    return found is not None and found[0] > found[1]
