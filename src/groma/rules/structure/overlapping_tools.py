"""Tools that do the same: bought twice, looked after twice, and the data in two places."""

from __future__ import annotations

from groma.analyses.handed import tools
from groma.model.elements import Model
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """What tools say that they do (`does`), offer (titles of operations) or serve (`functions`); what several share."""
    functions: dict[str, list[str]] = {}
    for tool in tools(subject.model):
        said = {tool.does, *(operation.title for operation in tool.offers.values()), *tool.functions}
        for function in sorted({_plain(text) for text in said} - {""}):
            functions.setdefault(function, []).append(tool.name)
    together: dict[tuple[str, ...], list[str]] = {}
    for function, names in functions.items():
        if len(names) > 1:
            together.setdefault(tuple(names), []).append(function)
    hits = tuple(_hit(subject.model, names, shared) for names, shared in together.items())
    return Look(len(functions), hits)


def _hit(model: Model, names: tuple[str, ...], shared: list[str]) -> Hit:
    titles = ", ".join(model.components[name].title or name for name in names)
    return Hit(
        f"components.{names[0]}",
        f"Several tools for one function: {titles}",
        f"all say {', '.join(f'`{function}`' for function in shared)}",
        model.components[names[0]].at,
        confidence="likely",
        key="+".join(names[1:]),
    )


def _plain(text: str) -> str:
    return " ".join(text.lower().rstrip(".").split())


RULE = Rule(
    id="overlapping-tools",
    title="Several tools for one function",
    looks_for="Tools whose `does`, a title of an operation, or one of their `functions` is the same.",
    why="The second tool costs a seat, an administrator, and the question which one is right.",
    source="application portfolio analysis: TOGAF Standard 10, Phase C",
    severity="note",
    tags=("structure", "cost"),
    consequence="It is paid twice, kept twice and learned twice.",
    remedy="Keep the one that more people use, move the data of the other, end its contract.",
    check=check,
    good="""\
components:
  a: {kind: tool, does: Plans jobs, functions: [planning]}
  b: {kind: tool, does: Writes invoices, functions: [invoices, books]}
""",
    bad="""\
components:
  a: {kind: tool, does: Plans jobs}
  b: {kind: tool, does: plans jobs.}
  c: {kind: tool, functions: [quotes, invoices]}
  d: {kind: spreadsheet, functions: [Quotes]}
""",
    expected=("overlapping-tools:components.a/b", "overlapping-tools:components.c/d"),
)
