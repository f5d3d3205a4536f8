"""Copies that are lost with what they are copies of."""

from __future__ import annotations

from groma.analyses.recovery.copies import copies_of, survives
from groma.analyses.recovery.events import Event, carriers, holder_of
from groma.analyses.residency import places_of
from groma.model.elements import Data
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All data with a holder and a copy; those of which one loss takes the holder and every copy."""
    pairs = [
        (data, holder)
        for data in subject.model.data.values()
        if (holder := holder_of(data)) is not None and copies_of(subject.context, data)
    ]
    hits = (_hit(data, event) for data, holder in pairs if (event := _taking_all(subject, data, holder)))
    return Look(len(pairs), tuple(hits))


def _taking_all(subject: Subject, data: Data, holder: str) -> Event | None:
    """The first loss of what holds them, or of the place it stands in, that leaves no copy."""
    context = subject.context
    places = {place for c in context.candidates(holder) for place in places_of(context, c)}
    events = [Event("component", name) for name in carriers(context, holder)]
    if len(places) == 1:
        events += [Event("place", name) for name in context.model.places if name in places]
    for event in events:
        if all(survives(context, copy, event) is False for copy in copies_of(context, data)):
            return event
    return None


def _hit(data: Data, event: Event) -> Hit:
    return Hit(
        f"data.{data.name}",
        f"Every copy of {data.title or data.name} is lost with the original",
        f"all copies are gone when {event.words}",
        data.at,
    )


RULE = Rule(
    id="copy-beside-original",
    title="Copy in the place of the original",
    looks_for="Data of which no copy is left when what holds them, what carries that, or its place is lost.",
    why="Fire, water and thieves take what stands together; a copy beside the original helps against mistakes only.",
    source="NIST SP 800-53 CP-6 and CP-9(3) (separate storage); CISA, Data Backup Options (3-2-1), 2012",
    severity="warning",
    tags=("data", "recovery"),
    consequence="One loss takes the data and every copy of them.",
    remedy="Keep one copy in another place, on something else.",
    check=check,
    good="""\
places: {main: {}, other: {}}
components: {db: {kind: database, place: main}, tape: {kind: backup, place: other}}
data: {orders: {held_by: db, backup: {every: 24 h, to: tape, tested: 2026-05}}}
""",
    bad="""\
places: {main: {}}
components:
  host: {kind: host, place: main}
  db: {kind: database, runs_on: host}
  dump: {kind: backup, runs_on: host}
  store: {kind: storage, place: main}
  tape: {kind: backup, place: main}
data:
  orders: {held_by: db, backup: {every: 24 h, to: dump, tested: 2026-05}}
  files: {held_by: store, backup: {every: 24 h, to: tape, tested: 2026-05}}
""",
    expected=("copy-beside-original:data.files", "copy-beside-original:data.orders"),
)
