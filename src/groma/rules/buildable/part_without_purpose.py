"""Parts of which nobody says what they are for, or which one is meant."""

from __future__ import annotations

from collections.abc import Iterator

from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All components: what they do; of tools also which function they serve, of bought parts which one is meant."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    for name, c in subject.model.components.items():
        path, title = f"components.{name}", named(c, name)
        yield Place(path, "does", bool(c.does), f"{title}: what it is for isn't stated", c.at)
        if c.kind == "tool":
            yield Place(
                path, "functions", bool(c.functions), f"{title}: which work it serves isn't stated", c.at
            )
        if c.supplier is not None:
            which = bool(c.product or c.title)
            yield Place(path, "product", which, f"{title}: which product is meant isn't stated", c.at)


RULE = Rule(
    id="part-without-purpose",
    title="Part without a purpose or a name",
    looks_for="Components without `does`; tools without `functions`; bought parts with neither `product` nor "
    "`title`.",
    why="Its responsibility says what belongs into a part and what doesn't, when the two meet.",
    source="responsibility-driven design: Wirfs-Brock and Wilkerson, OOPSLA 1989; ISO/IEC/IEEE 42010:2022, "
    "5.5",
    severity="warning",
    tags=("ambiguity", "structure"),
    consequence="Two parts do the same, or neither does it.",
    remedy="Say what it does in a sentence, which function it serves, and which product it is.",
    phases=("build",),
    check=check,
    good="""\
suppliers: {house: {}}
components: {crm: {kind: tool, supplier: house, title: Pipedrive, does: Keeps customers, functions: [sales]}}
""",
    bad="""\
suppliers: {house: {}}
components: {crm: {kind: tool, supplier: house}}
""",
    expected=(
        "part-without-purpose:components.crm/does",
        "part-without-purpose:components.crm/functions",
        "part-without-purpose:components.crm/product",
    ),
)
