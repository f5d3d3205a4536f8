"""Draws a placed diagram: boundaries behind, rounded orthogonal edges, then nodes, then the labels of edges.

Edge styles: a call is a full line with a filled head, a message nobody waits for is dashed with an open head, data is a
thin line with a small filled head. Heads are drawn as paths (no SVG markers: they differ between renderers).
"""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from typing import Literal

from groma.documents.diagrams.diagram import Diagram, Group, ancestors, unique_refs
from groma.documents.diagrams.layout import EDGE_SIZE, GROUP_SIZE, Box, Layout, Point, Route, place
from groma.documents.diagrams.shapes import draw_node
from groma.documents.inlines import refs
from groma.documents.svg import CAP, Canvas, Drawing, marked, number, tag, text_line
from groma.documents.typeset import line_width, wrap

_CORNER = 7.0
_HEAD = 7.5


def diagram_refs(diagram: Diagram) -> tuple[str, ...]:
    """Every ledger id the picture depends on, in reading order."""
    return unique_refs(
        *(group.refs + refs(group.label) for group in diagram.groups),
        *(node.refs + refs(node.label) + unique_refs(*map(refs, node.sublabels)) for node in diagram.nodes),
        *(edge.refs + refs(edge.label) for edge in diagram.edges),
    )


def draw_diagram(diagram: Diagram, canvas: Canvas) -> Drawing:
    """Lays the diagram out and draws it. Raises `DiagramError` where it can't be."""
    layout = place(diagram)
    theme = canvas.theme
    parents = {group.id: group for group in diagram.groups}
    boundaries: list[str] = []
    headings: list[str] = []
    fills: list[tuple[Box, str]] = []
    for group in sorted(diagram.groups, key=lambda group: len(ancestors(group.id, parents))):
        box = layout.groups[group.id]
        fill = theme["wash" if len(ancestors(group.id, parents)) % 2 else "paper"]
        fills.append((box, fill))
        frame = tag(
            "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=10.0,
            fill=fill, stroke=theme["line"], stroke_width=1.2,
        )  # fmt: skip
        boundaries.append(marked(group.refs, frame))
        headings.append(marked(group.refs, _heading(canvas, group, box, fill, layout)))
    edges = [
        marked(edge.refs, _edge(canvas, edge.style, route))
        for edge, route in zip(diagram.edges, layout.routes, strict=True)
    ]
    nodes = [
        draw_node(canvas, node, layout.nodes[node.id].x, layout.nodes[node.id].y) for node in diagram.nodes
    ]
    labels = [
        marked(edge.refs, _label(canvas, route, _behind(route.label, fills) or theme["paper"]))
        for edge, route in zip(diagram.edges, layout.routes, strict=True)
        if route.label
    ]
    body = "".join((*boundaries, *edges, *headings, *nodes, *labels))
    return Drawing(layout.width, layout.height, body, diagram_refs(diagram))


def _heading(canvas: Canvas, group: Group, box: Box, fill: str, layout: Layout) -> str:
    """A boundary's name along its upper edge: at the left, the right or between, where the fewest edges run down."""
    lines = wrap(group.label, 260.0, GROUP_SIZE, 600, 2)
    width = max((line_width(line, GROUP_SIZE) for line in lines), default=0.0) + 6
    height = 15.0 * len(lines) + 3

    def crossings(left: float) -> int:
        return sum(
            min(ax, bx) < left + width
            and left < max(ax, bx)
            and min(ay, by) < box.y + 7 + height
            and box.y + 7 < max(ay, by)
            for route in layout.routes
            for (ax, ay), (bx, by) in pairwise(route.points)
        )

    last = max(box.x + 11, box.x + box.width - width - 11)
    left = min((box.x + 11 + (last - box.x - 11) * part / 4 for part in (0, 4, 1, 3, 2)), key=crossings)
    behind = tag("rect", x=left, y=box.y + 7, width=width, height=height, fill=fill)
    return behind + "".join(
        text_line(canvas, line, left + 3, box.y + 20 + 15 * nth, GROUP_SIZE, "muted")
        for nth, line in enumerate(lines)
    )


def _edge(canvas: Canvas, style: Literal["sync", "async", "data"], route: Route) -> str:
    if len(route.points) < 2:
        return ""
    stroke = canvas.theme["faint" if style == "data" else "muted"]
    line = tag(
        "path", d=rounded(_short_of_head(route.points)), fill="none", stroke=stroke,
        stroke_width=1.1 if style == "data" else 1.4, stroke_dasharray="5 4" if style == "async" else None,
    )  # fmt: skip
    return line + arrow_head(canvas, route.points[-2], route.points[-1], stroke, filled=style != "async")


def _short_of_head(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The route without the length that its head covers, so that dashes don't show through."""
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = hypot(bx - ax, by - ay)
    cut = min(_HEAD * 0.8, length) / length if length else 0.0
    return (*points[:-1], (bx - (bx - ax) * cut, by - (by - ay) * cut))


def arrow_head(canvas: Canvas, before: Point, tip: Point, stroke: str, *, filled: bool) -> str:
    """A head at `tip` pointing away from `before`."""
    length = hypot(tip[0] - before[0], tip[1] - before[1]) or 1.0
    dx, dy = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    wing = _HEAD * 0.48
    left = (tip[0] - dx * _HEAD - dy * wing, tip[1] - dy * _HEAD + dx * wing)
    right = (tip[0] - dx * _HEAD + dy * wing, tip[1] - dy * _HEAD - dx * wing)
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in (left, tip, right))
    if filled:
        return tag("path", d=path + "Z", fill=stroke)
    return tag("path", d=path, fill="none", stroke=stroke, stroke_width=1.4, stroke_linejoin="round")


def rounded(points: tuple[Point, ...]) -> str:
    """A path through the corners with each turn rounded, by less where two turns are close."""
    parts = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into = hypot(corner[0] - before[0], corner[1] - before[1])
        out = hypot(after[0] - corner[0], after[1] - corner[1])
        radius = min(_CORNER, into / 2, out / 2)
        if radius < 0.5:
            parts.append(f"L{number(corner[0])} {number(corner[1])}")
            continue
        start = _towards(corner, before, radius / into)
        end = _towards(corner, after, radius / out)
        parts.append(f"L{number(start[0])} {number(start[1])}Q{number(corner[0])} {number(corner[1])} ")
        parts.append(f"{number(end[0])} {number(end[1])}")
    parts.append(f"L{number(points[-1][0])} {number(points[-1][1])}")
    return "".join(parts)


def _towards(start: Point, end: Point, share: float) -> Point:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _behind(label: Box, fills: list[tuple[Box, str]]) -> str | None:
    """The fill of the innermost boundary that holds the whole label."""
    holding = [
        fill
        for box, fill in fills
        if box.x <= label.x
        and box.y <= label.y
        and label.x + label.width <= box.x + box.width
        and label.y + label.height <= box.y + box.height
    ]
    return holding[-1] if holding else None


def _label(canvas: Canvas, route: Route, fill: str) -> str:
    box = route.label
    if box is None:
        return ""
    centre = box.x + box.width / 2
    top = box.y + (box.height - 14 * len(route.lines)) / 2
    behind = tag(
        "rect", x=box.x + 1, y=box.y, width=box.width - 2, height=box.height, rx=3.0,
        fill=fill, fill_opacity=0.94,
    )  # fmt: skip
    return behind + "".join(
        text_line(
            canvas, line, centre, top + 14 * nth + 7 + CAP * EDGE_SIZE, EDGE_SIZE, "muted", anchor_at="middle"
        )
        for nth, line in enumerate(route.lines)
    )
