"""Splits a diagram too big for a page by levels of zoom: an overview with whole boundaries as single boxes, then each.

What can be read at arm's length on paper is about forty nodes. The overview collapses the boundaries that hold most
until it fits, and joins the edges that then run between the same two boxes; each collapsed boundary gets a picture of
its own with its neighbours outside it as plain boxes. After C4: one level of zoom a diagram.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from groma.documents.content import Picture
from groma.documents.diagrams.diagram import Diagram, Edge, Node, Sequence, ancestors, unique_refs
from groma.documents.diagrams.layout import place
from groma.documents.diagrams.sequence_picture import pages
from groma.documents.inlines import line

MOST_NODES = 40
_TALLEST_SEQUENCE = 1000.0  # px
LEAST_SCALE = 0.42  # under it, 13 px letters come out smaller than 4 pt on an A4 page


def by_zoom(picture: Picture, most: int = MOST_NODES) -> tuple[Picture, ...]:
    """The picture itself where it can be read on a page, else its overview and a picture for each collapsed boundary.

    Without boundaries to collapse a diagram stays whole, however big; a long sequence goes on in a second picture.
    Raises `DiagramError` for a wrong diagram.
    """
    source = picture.source
    if isinstance(source, Sequence):
        parts = pages(source, _TALLEST_SEQUENCE)
        later = [
            replace(
                picture, id=f"{picture.id}/{nth}", source=part, caption=line(picture.caption, " (continued)")
            )
            for nth, part in enumerate(parts[1:], 2)
        ]
        return (replace(picture, source=parts[0]), *later)
    if not isinstance(source, Diagram) or _legible(source, most):
        return (picture,)
    overview, collapsed = collapse(source, most)
    while not _legible(overview, most) and most > 8:
        most = most * 2 // 3
        overview, collapsed = collapse(source, most)
    if len(overview.nodes) < 3 or not collapsed:
        return (picture,)
    names = {group.id: group.label for group in source.groups}
    made = [replace(picture, source=overview)]
    for group in collapsed:
        inner = within(source, group)
        words = line("Within ", names[group], ".")
        part = Picture(
            f"{picture.id}/{group}", inner, words, line(picture.alt, ": ", names[group]), picture.wide
        )
        made += by_zoom(part) if len(inner.nodes) < len(source.nodes) else (part,)
    return tuple(made)


def _legible(diagram: Diagram, most: int) -> bool:
    if len(diagram.nodes) > most:
        return False
    return not diagram.groups or place(diagram).scale >= LEAST_SCALE


def collapse(diagram: Diagram, most: int = MOST_NODES) -> tuple[Diagram, tuple[str, ...]]:
    """The diagram with boundaries collapsed until at most `most` nodes are left (or no boundary), and which.

    Innermost boundaries go first, those with most nodes before others, so that little has to be hidden.
    """
    groups = {group.id: group for group in diagram.groups}
    depth = {ident: len(ancestors(ident, groups)) for ident in groups}
    collapsed: list[str] = []
    current = diagram
    while len(current.nodes) > most:
        held = Counter(node.group for node in current.nodes if node.group)
        parents = {group.parent for group in current.groups}
        ready = [group.id for group in current.groups if group.id not in parents and held[group.id] > 1]
        if not ready:
            break
        chosen = min(ready, key=lambda ident: (-held[ident], -depth[ident], ident))
        current = _fold(current, chosen)
        collapsed.append(chosen)
    return current, tuple(sorted(collapsed, key=list(groups).index))


def _fold(diagram: Diagram, group: str) -> Diagram:
    """The diagram with one innermost boundary as a single box."""
    inside = {node.id for node in diagram.nodes if node.group == group}
    boundary = next(g for g in diagram.groups if g.id == group)
    held = unique_refs(boundary.refs, *(node.refs for node in diagram.nodes if node.id in inside))
    box = Node(group, "generic", boundary.label, (line(f"{len(inside)} parts"),), boundary.parent, held)
    nodes = [node for node in diagram.nodes if node.id not in inside]
    return replace(
        diagram,
        nodes=(*nodes, box),
        groups=tuple(g for g in diagram.groups if g.id != group),
        edges=_joined(diagram.edges, dict.fromkeys(inside, group)),
    )


def _joined(edges: tuple[Edge, ...], moved: dict[str, str]) -> tuple[Edge, ...]:
    """Edges between the moved ends, one for each pair and style; a joined edge says how many it stands for."""
    found: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in edges:
        source, target = moved.get(edge.source, edge.source), moved.get(edge.target, edge.target)
        if source == target and edge.source != edge.target:
            continue
        found.setdefault((source, target, edge.style), []).append(replace(edge, source=source, target=target))
    joined: list[Edge] = []
    for same in found.values():
        label = same[0].label if len(same) == 1 else line(f"{len(same)} connections")
        joined.append(replace(same[0], label=label, refs=unique_refs(*(edge.refs for edge in same))))
    return tuple(joined)


def within(diagram: Diagram, group: str) -> Diagram:
    """One boundary with all it holds, and the nodes outside that it is joined to, without their own boundaries."""
    groups = {g.id: g for g in diagram.groups}
    inner = {ident for ident in groups if group in ancestors(ident, groups)}
    inside = {node.id for node in diagram.nodes if node.group in inner} | inner
    edges = tuple(edge for edge in diagram.edges if edge.source in inside or edge.target in inside)
    joined = {end for edge in edges for end in (edge.source, edge.target)} - inside
    outside = [replace(node, group=None, emphasis=False) for node in diagram.nodes if node.id in joined]
    outside += [Node(g.id, "generic", g.label, (), None, g.refs) for g in diagram.groups if g.id in joined]
    kept = [node for node in diagram.nodes if node.id in inside]
    shown = tuple(replace(g, parent=None) if g.id == group else g for g in diagram.groups if g.id in inner)
    return replace(diagram, nodes=(*kept, *outside), groups=shown, edges=edges)
