"""The page beside an outline: what has to be told, what stands where, and what isn't in it."""

from __future__ import annotations

from groma.exporters.export import Source, readme_head
from groma.exporters.terraform.outline import Piece, Variable, figures_of
from groma.exporters.terraform.parts import Group


def readme(
    source: Source, made: tuple[Group, ...], pieces: dict[str, Piece], variables: tuple[Variable, ...]
) -> str:
    told = readme_head(source.model, "infrastructure as code, in outline")
    told += [
        "## What has to be told",
        "",
        "The model says nothing of these, so each is a variable without a default.",
        "",
    ]
    told += ["| Variable | Type | For | What is missing |", "|---|---|---|---|"]
    told += [
        f"| `{each.name}` | `{each.kind}` | {each.component or 'all'} | {each.why} |"
        for each in variables
        if each.open
    ]
    told += [
        "",
        "## What stands where",
        "",
        "| Module | Component | Product | Number | Figures |",
        "|---|---|---|---|---|",
    ]
    for group in made:
        for part in group.parts:
            c = part.component
            figures = "; ".join(
                f"{name}: {text}" for name, text in figures_of(source.ledger, part.component.name)
            )
            told.append(f"| `{group.name}` | {c.name} | `{c.product}` | {c.replicas} | {figures} |")
    left = [*_left_out(source, made), *(note for piece in pieces.values() for note in piece.notes)]
    if left:
        told += ["", "## What isn't in it", "", *(f"- {text}" for text in left)]
    return "\n".join(told) + "\n"


def _left_out(source: Source, made: tuple[Group, ...]) -> list[str]:
    inside = {part.component.name for group in made for part in group.parts}
    carried = {name: part.component.name for group in made for part in group.parts for name in part.carried}
    told: list[str] = []
    for c in source.model.components.values():
        if c.name in inside:
            if c.scales:
                told.append(
                    f"{c.name} scales to {c.scales.to}: only its {c.replicas} lasting replicas are in the outline."
                )
        elif c.name in carried:
            told.append(f"{c.name} runs on {carried[c.name]}: the image of that has to hold it.")
        elif c.existing:
            told.append(f"{c.name} is there already.")
        elif c.product:
            told.append(
                f"{c.name} is bought as a service ({c.product}): an address, and a secret for who calls it."
            )
        else:
            told.append(f"{c.name} has no product: nothing is bought for it.")
    return told
