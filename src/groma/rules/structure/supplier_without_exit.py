"""Suppliers that the model doesn't say how to leave."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Suppliers that something is bought from; those without `exit`."""
    bought: dict[str, list[str]] = {}
    for component in subject.components():
        if component.supplier is not None:
            bought.setdefault(component.supplier, []).append(component.title or component.name)
    hits = (
        Hit(
            f"suppliers.{name}",
            f"No way out of {subject.model.suppliers[name].title or name} is described",
            f"no `exit`; supplies {', '.join(parts)}",
            subject.model.suppliers[name].at,
        )
        for name, parts in bought.items()
        if not subject.model.suppliers[name].exit
    )
    return Look(len(bought), tuple(hits))


RULE = Rule(
    id="supplier-without-exit",
    title="Supplier without an exit",
    looks_for="Suppliers of components without `exit`.",
    why="Prices rise and houses are sold. Whoever knows the notice and the export beforehand can negotiate.",
    source="Regulation (EU) 2022/2554 (DORA), Article 28(8); Regulation (EU) 2023/2854 (Data Act), Articles 23 to 31",
    severity="warning",
    tags=("structure", "procurement"),
    consequence="The next price is taken as it comes.",
    remedy="Write down notice, export format and what is lost; try the export once.",
    phases=("assess", "build"),
    check=check,
    good="suppliers: {house: {exit: tickets as CSV}}\ncomponents: {desk: {kind: tool, supplier: house}}\n",
    bad="suppliers: {house: {in: DE}}\ncomponents: {desk: {kind: tool, supplier: house}}\n",
    expected=("supplier-without-exit:suppliers.house",),
)
