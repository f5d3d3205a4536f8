"""Data that nobody has shown can be brought back."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, flows_at, quoted, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    data = tuple(path.partition(".")[2] for path in touched(ground, mine) if path.startswith("data."))
    holders = [f"components.{name}" for d in data for name in ground.model.data[d].held_by[:1]]
    what = quoted(ground.name_of(f"data.{name}") for name in data) if data else "what is kept"
    title = f"Nobody has shown that {what} can be brought back"
    touches = tuple(dict.fromkeys((*(f"data.{name}" for name in data), *holders)))
    return Case(
        key=key,
        title=title,
        symptoms=mine,
        data=data,
        flows=flows_at(ground, touches),
        touches=touches,
        times=max(1, len(set(holders))),
    )


CAUSE = Cause(
    id="no-way-back",
    title="There is no proven way back",
    why="Saving runs by itself, or is believed to be the supplier's; bringing back was never tried.",
    risk="One mistake, fire or blackmail and the data are gone, or back too late.",
    source="NIST SP 800-34 rev. 1; NIST SP 800-53 CP-9 and CP-10; ISO 22301:2019, 8.5",
    explains=(
        Explains("no-backup", "there is no copy", "certain"),
        Explains("untested-restore", "bringing back was never tried, or long ago", "certain"),
        Explains("copy-beside-original", "what takes the data takes the copy", "certain"),
        Explains("recovery-asked-missed", "it takes longer, or loses more, than was asked", "certain"),
        Explains("no-copy-outside-supplier", "every copy is with the one who may lose them"),
        Explains("copy-outgrows-window", "the copy isn't ready when the next one begins"),
    ),
    find=by(everywhere, tell),
    remedy=Remedy(
        "Save it elsewhere, bring it back once with a stop-watch, and put the next trial into the calendar.",
        (6.0, 40.0),
        "system administrator",
        (0.5, 1.0),
        "judgement: setting up a copy, one trial, one page on how",
    ),
    tags=("recovery",),
    good="""\
people: {ana: {}}
places: {here: {}, there: {}}
suppliers: {a: {exit: files}, b: {exit: files}}
components:
  db: {kind: database, owner: ana, place: here, supplier: a, exit: dump}
  far: {kind: backup, owner: ana, place: there, supplier: b, exit: files}
data: {orders: {owner: ana, held_by: db, size: 1 GB, backup: {every: 24 h, to: far, tested: 2026-10}}}
""",
    bad="""\
people: {ana: {}}
components: {db: {kind: database, owner: ana}}
data: {orders: {owner: ana, held_by: db}}
""",
    expected=("",),
)
