"""Tools that do the same: bought twice, looked after twice, and the data in two places."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """What tools say that they do (`does`) or offer (titles of operations); functions that several have."""
    functions: dict[str, list[str]] = {}
    for tool in subject.components("tool"):
        said = {tool.does, *(operation.title for operation in tool.offers.values())} - {""}
        for function in said:
            functions.setdefault(_plain(function), []).append(tool.name)
    hits: list[Hit] = []
    for function, names in sorted(functions.items()):
        if len(names) > 1:
            first = subject.model.components[names[0]]
            titles = ", ".join(subject.model.components[name].title or name for name in names)
            hits.append(
                Hit(
                    f"components.{names[0]}",
                    f"Several tools for one function: {titles}",
                    f"all say `{function}`",
                    first.at,
                    confidence="likely",
                    key="+".join(names[1:]),
                )
            )
    return Look(len(functions), tuple(hits))


def _plain(text: str) -> str:
    return " ".join(text.lower().rstrip(".").split())


RULE = Rule(
    id="overlapping-tools",
    title="Several tools for one function",
    looks_for="Tools whose `does`, or a title of an operation, is the same.",
    why="The second tool costs a seat, an administrator, and the question which one is right.",
    source="application portfolio analysis: TOGAF Standard 10, Phase C",
    severity="note",
    tags=("structure", "cost"),
    consequence="It is paid twice, kept twice and learned twice.",
    remedy="Keep the one that more people use, move the data of the other, end its contract.",
    check=check,
    good="components:\n  a: {kind: tool, does: Plans jobs}\n  b: {kind: tool, does: Writes invoices}\n",
    bad="components:\n  a: {kind: tool, does: Plans jobs}\n  b: {kind: tool, does: plans jobs.}\n",
    expected=("overlapping-tools:components.a/b",),
)
