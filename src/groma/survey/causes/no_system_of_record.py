"""Nobody can say which copy of data is the right one."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, flows_at, said, touched


def fault(ground: Ground, finding: Finding) -> str | None:
    """The data; of a spreadsheet that serves as a database, what it holds."""
    data = element_in(ground, finding, "data")
    if data is not None:
        return data
    part = element_in(ground, finding, "components")
    held = [
        d.name for d in ground.model.data.values() if part is not None and part.partition(".")[2] in d.held_by
    ]
    return f"data.{held[0]}" if held else part


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    data = ground.model.data.get(key.partition(".")[2]) if key.startswith("data.") else None
    holders = () if data is None else data.held_by
    kept = [name for name in holders[1:] if sum(name in d.held_by for d in ground.model.data.values()) == 1]
    parts = tuple(part for name in kept for part in ground.worked(f"components.{name}"))
    what = ground.name_of(key)
    where = (
        said(ground.name_of(f"components.{name}") for name in holders)
        if holders
        else "no place that is named"
    )
    title = f"“{what}”: it isn't settled which copy is right ({where})"
    touches = tuple(dict.fromkeys((key, *(f"components.{name}" for name in holders), *touched(ground, mine))))
    return Case(
        key=key,
        title=title,
        symptoms=mine,
        parts=parts,
        data=(data.name,) if data else (),
        touches=touches,
        flows=flows_at(ground, (key,)),
    )


CAUSE = Cause(
    id="no-system-of-record",
    title="It isn't settled which copy is the right one",
    why="Lists were copied when a second tool or person needed them, and both were kept.",
    risk="Decisions are made on the wrong copy; each question takes a search.",
    source="DAMA-DMBOK 2, chapters 8 and 10",
    explains=(
        Explains("no-system-of-record", "no part is said to hold them", "certain"),
        Explains("two-systems-of-record", "two parts both count as the right one", "certain"),
        Explains("held-twice", "they are kept in several places, and nothing keeps these equal"),
        Explains("sheet-as-database", "a sheet can be copied by anybody, and is"),
        Explains("entered-twice", "each tool wants its own copy", "possible"),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Name the one place that is right, have the others read from it, and throw away what nobody reads.",
        (8.0, 40.0),
        "data engineer",
        (0.8, 1.0),
        "judgement: compare the copies, clean them once, move them, change who writes where",
    ),
    structural=True,
    good="""\
people: {ana: {}}
components: {crm: {kind: tool, owner: ana}, books: {kind: tool, owner: ana}}
connections: {sync: {from: crm, to: books, carries: [customers]}}
data: {customers: {owner: ana, held_by: [crm, books]}}
""",
    bad="""\
people: {ana: {rate: 40 EUR/h}}
components: {crm: {kind: tool, owner: ana, effort: 1 h/month}, list: {kind: tool, owner: ana, effort: 3 h/month}}
data: {customers: {owner: ana, held_by: [crm, list]}}
""",
    expected=("data.customers",),
)
