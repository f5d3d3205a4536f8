"""Tools that keep data and don't say how these come out again."""

from __future__ import annotations

from groma.analyses.handed import tools
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Tools that keep data, once some component says how to leave it; those that don't."""
    model = subject.model
    if not any(c.exit for c in subject.components()):
        return Look(0)
    kept = {holder: data for data in model.data.values() for holder in data.held_by}
    keeping = [tool for tool in tools(model) if tool.name in kept]
    hits = (
        Hit(
            f"components.{tool.name}",
            f"Nobody says how data leave {tool.title or tool.name}",
            f"keeps {', '.join(d.name for d in model.data.values() if tool.name in d.held_by)}; no `exit`",
            tool.at,
            confidence="likely",
        )
        for tool in keeping
        if not tool.exit
    )
    return Look(len(keeping), tuple(hits))


RULE = Rule(
    id="tool-without-exit",
    title="Tool without an exit",
    looks_for="Tools that keep data and have no `exit`, where other components have one.",
    why="Data that come out as a PDF or not at all tie a business to a tool more than any contract.",
    source="Regulation (EU) 2023/2854 (Data Act), Articles 23 to 31; GDPR, Article 20",
    severity="warning",
    tags=("tools", "procurement", "data"),
    consequence="The tool can't be changed without typing everything again.",
    remedy="Try the export once, write down its format and what is lost, or plan to leave while there is little in it.",
    check=check,
    good="""\
components: {crm: {kind: tool, exit: CSV of all tables}, mail: {kind: tool}}
data: {customers: {held_by: crm}}
""",
    bad="""\
components: {crm: {kind: tool, exit: CSV of all tables}, board: {kind: tool}, mail: {kind: tool}}
data: {customers: {held_by: crm}, jobs: {held_by: board}}
""",
    expected=("tool-without-exit:components.board",),
)
