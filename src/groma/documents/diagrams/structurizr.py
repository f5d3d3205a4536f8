"""A diagram as Structurizr DSL (docs.structurizr.com/dsl), so that C4 tools can open a design.

C4 knows people, software systems and containers. The outermost group that holds a service, store, queue, model or tool
becomes its software system, groups inside it become DSL groups; nodes outside any group become people or external
systems.
"""

from __future__ import annotations

from groma.documents.diagrams.diagram import Diagram, Group, Node, ancestors
from groma.documents.inlines import Inlines, plain
from groma.documents.printable import printable


def structurizr(diagram: Diagram) -> str:
    """A workspace with one container view a software system and a landscape; tags carry the node kinds.

    An edge that ends at a group ends at its system; edges within one element, or between a system and its own parts,
    are left out, for C4 can't say them.
    """
    groups = {group.id: group for group in diagram.groups}
    number = {g.id: f"g{nth}" for nth, g in enumerate(diagram.groups)}
    name = {n.id: f"n{nth}" for nth, n in enumerate(diagram.nodes)}
    system = {g.id: number[ancestors(g.id, groups)[-1]] for g in diagram.groups}
    rows = [f"workspace {quoted(diagram.title)} {{", "  !identifiers flat", "  model {"]
    rows += ["    properties {", '      "structurizr.groupSeparator" "/"', "    }"]
    rows += [
        _outside(node, name[node.id]) for node in diagram.nodes if node.group is None or node.kind == "person"
    ]
    for group in diagram.groups:
        if group.parent is None:
            rows.append(f"    {number[group.id]} = softwareSystem {quoted(group.label)} {{")
            rows += _inside(diagram, group, name, "      ")
            rows.append("    }")
    of = {
        n.id: system[n.group] if n.group and n.kind != "person" else name[n.id] for n in diagram.nodes
    } | system
    end = name | system
    seen: set[tuple[str, str, str]] = set()
    for edge in diagram.edges:
        source, target = end[edge.source], end[edge.target]
        row = (source, target, quoted(edge.label))
        part_of_other = source == of[edge.target] or target == of[edge.source]
        if source == target or part_of_other or row in seen:
            continue
        seen.add(row)
        rows.append(f"    {source} -> {target} {row[2]} {{")
        rows.append(f'      tags "{edge.style}"')
        rows.append("    }")
    rows += [
        "  }",
        "  views {",
        "    systemLandscape landscape {",
        "      include *",
        "      autoLayout",
        "    }",
    ]
    for group in diagram.groups:
        if group.parent is None:
            rows += [f"    container {number[group.id]} containers-{number[group.id]} {{", "      include *"]
            rows += ["      autoLayout", "    }"]
    rows += ["  }", "}"]
    return "\n".join(rows) + "\n"


def _outside(node: Node, name: str) -> str:
    kind = "person" if node.kind == "person" else "softwareSystem"
    return f'    {name} = {kind} {quoted(node.label)} {quoted(*node.sublabels)} "{node.kind}"'


def _inside(diagram: Diagram, group: Group, name: dict[str, str], indent: str) -> list[str]:
    rows = [
        f'{indent}{name[n.id]} = container {quoted(n.label)} {quoted(*n.sublabels)} "" "{n.kind}"'
        for n in diagram.nodes
        if n.group == group.id and n.kind != "person"
    ]
    for inner in diagram.groups:
        if inner.parent == group.id:
            rows.append(f"{indent}group {quoted(inner.label).replace('/', '∕')} {{")
            rows += _inside(diagram, inner, name, indent + "  ")
            rows.append(f"{indent}}}")
    return rows


def quoted(*parts: Inlines | str) -> str:
    """Words as a DSL string on one line; the DSL has `\\"` but no other escape, so backslashes become slashes."""
    texts = [part if isinstance(part, str) else plain(part) for part in parts]
    text = "; ".join(" ".join(printable(text).split()) for text in texts)
    return '"' + text.replace("\\", "/").replace('"', '\\"').replace("${", "$ {") + '"'
