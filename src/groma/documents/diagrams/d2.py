"""A diagram or sequence as D2 text (d2lang.com), for those who keep their pictures as code.

Keys are counted, labels are double-quoted strings with D2's escapes, so a name can't break out.
"""

from __future__ import annotations

from groma.documents.diagrams.diagram import Diagram, Fragment, Kind, Message, Sequence, ancestors
from groma.documents.inlines import Inlines, plain
from groma.documents.printable import printable

_SHAPE: dict[Kind, str] = {
    "person": "person", "service": "rectangle", "store": "cylinder", "model": "hexagon", "queue": "queue",
    "external": "rectangle", "host": "rectangle", "tool": "page", "generic": "rectangle", "start": "circle",
    "state": "oval", "decision": "diamond", "end": "circle",
}  # fmt: skip
_STYLE = {"sync": "", "async": " {style.stroke-dash: 4}", "data": " {style.stroke-width: 1}"}


def d2(diagram: Diagram) -> str:
    """Nested containers for groups; the key of a node is its place in the diagram."""
    groups = {group.id: group for group in diagram.groups}
    number = {group.id: f"g{nth}" for nth, group in enumerate(diagram.groups)}
    key = {g.id: ".".join(number[a] for a in reversed(ancestors(g.id, groups))) for g in diagram.groups}
    rows = [f"direction: {diagram.direction}"]
    rows += [f"{key[group.id]}: {quoted(group.label)}" for group in diagram.groups]
    for nth, node in enumerate(diagram.nodes):
        key[node.id] = f"{key[node.group]}.n{nth}" if node.group else f"n{nth}"
        look = "; style.stroke-dash: 4" if node.kind == "external" else ""
        rows.append(
            f"{key[node.id]}: {quoted(node.label, *node.sublabels)} {{shape: {_SHAPE[node.kind]}{look}}}"
        )
    for edge in diagram.edges:
        words = f": {quoted(edge.label)}" if edge.label else ": " if _STYLE[edge.style] else ""
        rows.append(f"{key[edge.source]} -> {key[edge.target]}{words}{_STYLE[edge.style]}".rstrip())
    return "\n".join(rows) + "\n"


def d2_sequence(sequence: Sequence) -> str:
    """D2's own sequence shape; fragments become its groups."""
    names = {node.id: f"p{nth}" for nth, node in enumerate(sequence.participants)}
    rows = ["shape: sequence_diagram"]
    rows += [f"{names[n.id]}: {quoted(n.label)} {{shape: {_SHAPE[n.kind]}}}" for n in sequence.participants]
    _steps(sequence.steps, names, "", rows, [0])
    return "\n".join(rows) + "\n"


def _steps(
    steps: tuple[Message | Fragment, ...],
    names: dict[str, str],
    indent: str,
    rows: list[str],
    count: list[int],
) -> None:
    for step in steps:
        if isinstance(step, Fragment):
            for title, inner in step.parts:
                count[0] += 1
                kind: Inlines = title
                rows.append(f"{indent}f{count[0]}: {quoted(kind, before=step.kind + ' ')} {{")
                _steps(inner, names, indent + "  ", rows, count)
                rows.append(f"{indent}}}")
        elif step.style == "note":
            count[0] += 1
            rows.append(f"{indent}{names[step.source]}.note{count[0]}: {quoted(step.label)}")
        else:
            dash = "" if step.style == "call" else " {style.stroke-dash: 4}"
            words = quoted(step.label, step.budget) if step.budget else quoted(step.label)
            rows.append(f"{indent}{names[step.source]} -> {names[step.target]}: {words}{dash}")


def quoted(*parts: Inlines, before: str = "") -> str:
    """Words as a D2 string, parts on lines of their own; `$` is escaped for D2 fills in variables."""
    lines = [" ".join(printable(plain(words)).split()) for words in parts]
    text = before + "\n".join(lines)
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "$": "\\$"}
    return '"' + "".join(escapes.get(c, c) for c in text).strip() + '"'
