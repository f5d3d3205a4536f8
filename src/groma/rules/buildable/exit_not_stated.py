"""Bought tools of which nobody says how they are bought, in whose name, and how they are left."""

from __future__ import annotations

from collections.abc import Iterator

from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Tools: supplier and whose account it is; how data leave what is bought; terms of the suppliers they come from."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    model = subject.model
    for name, c in model.components.items():
        path, title = f"components.{name}", named(c, name)
        if c.kind == "tool" or c.product:
            yield Place(
                path, "supplier", c.supplier is not None, f"{title}: of whom it is bought isn't stated", c.at
            )
        if c.supplier is None:
            continue
        priced = bool(c.price or c.product)
        yield Place(path, "price", priced, f"{title}: what it costs isn't stated", c.at)
        missing = f"{title}: in whose name the account is isn't stated"
        yield Place(path, "registered_to", bool(c.registered_to), missing, c.at)
        if any(name in data.held_by for data in model.data.values()):
            yield Place(path, "exit", bool(c.exit), f"{title}: how its data get out isn't stated", c.at)
    for name in dict.fromkeys(c.supplier for c in model.components.values() if c.supplier is not None):
        supplier = model.suppliers[name]
        path, title = f"suppliers.{name}", named(supplier, name)
        missing = f"{title}: under which name it does business isn't stated"
        yield Place(path, "title", bool(supplier.title), missing, supplier.at)
        yield Place(
            path, "renews", supplier.renews is not None, f"{title}: when it renews isn't stated", supplier.at
        )
        missing = f"{title}: the notice to be given isn't stated"
        yield Place(path, "notice", supplier.notice is not None, missing, supplier.at)


RULE = Rule(
    id="exit-not-stated",
    title="Bought tool without terms or a way out",
    looks_for="Tools without `supplier`; bought parts without a price, `registered_to` or (where they hold "
    "data) `exit`; their suppliers without `title`, `renews` or `notice`.",
    why="Whoever sets it up signs the contract; name, term and export are settled on that day or never.",
    source="Regulation (EU) 2023/2854 (Data Act), Articles 25 and 30; SFIA 9, supplier management (SUPP)",
    severity="warning",
    tags=("ambiguity", "procurement", "structure"),
    consequence="The account is in somebody's own name, and leaving costs the data.",
    remedy="State supplier, price, whose account it is, term, notice, and how the data get out.",
    phases=("build",),
    check=check,
    good="""\
suppliers: {house: {title: House Ltd, exit: a month's notice, renews: 2027-01-01, notice: 30 days}}
components: {crm: {kind: tool, supplier: house, price: 20 EUR/month, registered_to: business, exit: all records as CSV}}
data: {customer: {held_by: crm}}
""",
    bad="""\
suppliers: {house: {}}
components: {crm: {kind: tool, supplier: house}, list: {kind: tool}}
data: {customer: {held_by: crm}}
""",
    expected=(
        "exit-not-stated:components.crm/exit",
        "exit-not-stated:components.crm/price",
        "exit-not-stated:components.crm/registered_to",
        "exit-not-stated:components.list/supplier",
        "exit-not-stated:suppliers.house/notice",
        "exit-not-stated:suppliers.house/renews",
        "exit-not-stated:suppliers.house/title",
    ),
)
