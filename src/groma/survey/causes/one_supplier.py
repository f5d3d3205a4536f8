"""One supplier carries more than can be replaced."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, flows_at, quoted, touched

EXITS = ("supplier-without-exit", "tool-without-exit")
"""Rules that say that nobody has written down how to leave: one piece of writing mends them all."""


def fault(ground: Ground, finding: Finding) -> str | None:
    """The supplier: named, or that of the part, or that of the data's holder (its name ends the finding's id)."""
    if finding.rule in EXITS:
        return ""
    if finding.rule == "single-point-of-failure":
        return element_in(ground, finding, "suppliers")
    named = element_in(ground, finding, "suppliers")
    if named is not None:
        return named
    last = f"suppliers.{finding.id.rpartition('/')[2]}"
    if ground.there(last):
        return last
    part = element_in(ground, finding, "components")
    supplier = None if part is None else ground.model.components[part.partition(".")[2]].supplier
    return None if supplier is None else f"suppliers.{supplier}"


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    if not key:
        paths = touched(ground, mine)
        title = f"Nobody knows the way out of {quoted(ground.name_of(path) for path in paths)}"
        return Case(key=key, title=title, symptoms=mine, touches=paths, flows=flows_at(ground, paths))
    name = key.partition(".")[2]
    bought = [c.name for c in ground.model.components.values() if c.supplier == name]
    data = tuple(d.name for d in ground.model.data.values() if set(d.held_by) & set(bought))
    return Case(
        key=key,
        title=f"Too much hangs on “{ground.name_of(key)}”",
        symptoms=mine,
        parts=ground.down(key),
        data=data,
        flows=flows_at(ground, (key,)),
        touches=(key, *(f"components.{part}" for part in bought)),
    )


CAUSE = Cause(
    id="one-supplier",
    title="One supplier carries too much",
    why="Each further part from the same house was the easy choice; the sum was never looked at.",
    risk="Its outage is everybody's, its next price is taken as it comes.",
    source="Regulation (EU) 2022/2554 (DORA), Articles 28 and 29; Regulation (EU) 2023/2854 (Data Act), Articles 23-31",
    explains=(
        Explains("single-point-of-failure", "its outage alone stops the work"),
        Explains("value-hangs-on-few", "most of what is earned stops with it"),
        Explains("supplier-without-exit", "nobody has written down how to leave", "certain"),
        Explains("tool-without-exit", "nobody knows how the data get out", "certain"),
        Explains("no-copy-outside-supplier", "it has the data and all copies of them", "certain"),
        Explains("renewal-near", "the contract goes on by itself", "possible"),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Keep a copy outside, try the export once, write down notice and the second-best house; then leave it or stay.",
        (6.0, 40.0),
        "system administrator",
        (0.3, 0.8),
        "judgement: export, copy and a trial of coming back; leaving is a matter of its own",
    ),
    structural=True,
    tags=("procurement",),
    good="""\
suppliers: {house: {exit: tickets as CSV}}
people: {ana: {}}
components: {desk: {kind: tool, owner: ana, supplier: house, exit: CSV}}
""",
    bad="""\
suppliers: {house: {in: DE}}
people: {ana: {}}
components: {desk: {kind: tool, owner: ana, supplier: house, exit: CSV}}
""",
    expected=("",),
)
