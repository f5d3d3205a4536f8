"""A diagram or sequence as Mermaid text (mermaid.js.org), which repositories and wikis draw by themselves.

Ids are counted (`n0`, `g0`), never taken from names, and labels are quoted with Mermaid's own `#…;` codes, so a name
can neither break the syntax nor become markup.
"""

from __future__ import annotations

from groma.documents.diagrams.diagram import Diagram, Fragment, Group, Kind, Message, Node, Sequence
from groma.documents.inlines import Inlines, plain
from groma.documents.printable import printable

_SHAPE: dict[Kind, tuple[str, str]] = {
    "person": ("([", "])"), "service": ("(", ")"), "store": ("[(", ")]"), "model": ("{{", "}}"), "queue": ("[[", "]]"),
    "external": ("[", "]"), "host": ("[", "]"), "tool": ("[/", "\\]"), "generic": ("[", "]"), "start": ("((", "))"),
    "state": ("([", "])"), "decision": ("{", "}"), "end": ("(((", ")))"),
}  # fmt: skip
_ARROW = {"sync": "-->", "async": "-.->", "data": "---"}
_MESSAGE = {"call": "->>", "return": "-->>", "send": "-)"}
_WORD = {"alternative": "alt", "option": "opt", "loop": "loop", "parallel": "par"}


def mermaid(diagram: Diagram) -> str:
    """A flowchart; sublabels stand under the label, data edges have no head (Mermaid has no third kind)."""
    names = _names(diagram)
    rows = [f"flowchart {'TD' if diagram.direction == 'down' else 'LR'}"]

    def group(parent: str | None, indent: str) -> None:
        rows.extend(indent + _node(node, names[node.id]) for node in diagram.nodes if node.group == parent)
        for inner in diagram.groups:
            if inner.parent == parent:
                rows.append(f'{indent}subgraph {names[inner.id]}["{quoted(inner.label)}"]')
                group(inner.id, indent + "  ")
                rows.append(f"{indent}end")

    group(None, "  ")
    for edge in diagram.edges:
        words = f'|"{quoted(edge.label)}"|' if plain(edge.label).strip() else ""
        rows.append(f"  {names[edge.source]} {_ARROW[edge.style]}{words} {names[edge.target]}")
    return "\n".join(rows) + "\n"


def mermaid_sequence(sequence: Sequence) -> str:
    """A sequence diagram; latency budgets follow the message's words in brackets."""
    names = {node.id: f"p{nth}" for nth, node in enumerate(sequence.participants)}
    rows = ["sequenceDiagram"]
    for node in sequence.participants:
        kind = "actor" if node.kind == "person" else "participant"
        rows.append(f"  {kind} {names[node.id]} as {quoted(node.label)}")
    _steps(sequence.steps, names, "  ", rows)
    return "\n".join(rows) + "\n"


def _steps(
    steps: tuple[Message | Fragment, ...], names: dict[str, str], indent: str, rows: list[str]
) -> None:
    for step in steps:
        if isinstance(step, Fragment):
            for nth, (title, inner) in enumerate(step.parts):
                word = _WORD[step.kind] if nth == 0 else "and" if step.kind == "parallel" else "else"
                rows.append(f"{indent}{word} {quoted(title)}".rstrip())
                _steps(inner, names, indent + "  ", rows)
            rows.append(f"{indent}end")
            continue
        budget = f" [{quoted(step.budget)}]" if step.budget else ""
        ends = names[step.source], names[step.target]
        words = f"{quoted(step.label)}{budget}".strip() or " "
        if step.style == "note":
            over = ends[0] if ends[0] == ends[1] else f"{ends[0]},{ends[1]}"
            rows.append(f"{indent}Note over {over}: {words}")
        else:
            rows.append(f"{indent}{ends[0]}{_MESSAGE[step.style]}{ends[1]}: {words}")


def quoted(words: Inlines) -> str:
    """Words as a Mermaid label: everything but letters, digits and harmless marks as a numbered code."""
    text = " ".join(printable(plain(words)).split())
    return "".join(c if c.isalnum() or c in " .,-_/%()+'?!×±€" else f"#{ord(c)};" for c in text)


def _node(node: Node, name: str) -> str:
    start, end = _SHAPE[node.kind]
    rows = [quoted(words) for words in (node.label, *node.sublabels) if plain(words).strip()]
    return f'{name}{start}"{"<br>".join(rows) or " "}"{end}'


def _names(diagram: Diagram) -> dict[str, str]:
    items: list[tuple[str, tuple[Node | Group, ...]]] = [("n", diagram.nodes), ("g", diagram.groups)]
    return {item.id: f"{letter}{nth}" for letter, listed in items for nth, item in enumerate(listed)}
