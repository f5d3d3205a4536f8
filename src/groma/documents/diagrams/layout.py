"""Places a diagram's nodes, boundaries and edges: builds the ELK graph, and picks the shape that fits a page best.

Portrait pages want tall pictures, so layers run down; a graph that comes out too wide is laid out again with fewer
nodes to a layer (Coffman and Graham, 1972) and to the right, and whichever stays largest on the page wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from groma.documents.diagrams import elk
from groma.documents.diagrams.diagram import Diagram, check
from groma.documents.diagrams.diagram_error import DiagramError
from groma.documents.diagrams.shapes import LABEL_SIZE, node_box
from groma.documents.typeset import Line, line_width, wrap

PAGE_WIDTH, PAGE_HEIGHT = 690.0, 920.0  # px of an A4 page's type area
EDGE_SIZE, GROUP_SIZE = 11.0, 12.0
_EDGE_LABEL_WIDTH = 130.0
_SMALL = 60  # nodes and edges that are laid out within a third of a second, so that more shapes can be tried

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width, height, in px from the picture's corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """An edge as placed: its corners in order, and where its label stands with the label's lines."""

    points: tuple[Point, ...]
    label: Box | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything placed; `routes` in the order of the diagram's edges. `scale` is how far it shrinks to fit a page."""

    width: float
    height: float
    nodes: dict[str, Box]
    groups: dict[str, Box]
    routes: tuple[Route, ...]

    @property
    def scale(self) -> float:
        return min(1.0, PAGE_WIDTH / self.width, PAGE_HEIGHT / self.height)


def place(diagram: Diagram) -> Layout:
    """The layout that stays largest on a portrait page. Raises `DiagramError` listing all that is wrong."""
    if problems := check(diagram):
        raise DiagramError(f"{diagram.title or 'a diagram'} can't be drawn: " + "; ".join(problems))
    if not diagram.nodes and not diagram.groups:
        return Layout(120.0, 40.0, {}, {}, ())
    best = _place(diagram, diagram.direction, 0)
    if best.scale < 0.8:
        other = "right" if diagram.direction == "down" else "down"
        tries = ((other, 0), (diagram.direction, 5), (other, 6))
        size = len(diagram.nodes) + len(diagram.edges)
        for direction, bound in tries[: 3 if size <= _SMALL else 1 if size <= 2 * _SMALL else 0]:
            tried = _place(diagram, direction, bound)
            if tried.scale > best.scale * 1.08:
                best = tried
    return best


def _place(diagram: Diagram, direction: str, layer_bound: int) -> Layout:
    options = {
        "elk.algorithm": "layered",
        "elk.direction": direction.upper(),
        "elk.hierarchyHandling": "INCLUDE_CHILDREN",
        "elk.edgeRouting": "ORTHOGONAL",
        "elk.json.edgeCoords": "ROOT",
        "elk.json.shapeCoords": "ROOT",
        "elk.padding": "[top=6,left=6,bottom=6,right=6]",
        "elk.randomSeed": "1",
        "elk.spacing.nodeNode": "32",
        "elk.spacing.edgeNode": "18",
        "elk.spacing.edgeEdge": "14",
        "elk.spacing.edgeLabel": "4",
        "elk.layered.spacing.nodeNodeBetweenLayers": "40",
        "elk.layered.spacing.edgeNodeBetweenLayers": "16",
        "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
        "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
        "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
        "elk.layered.thoroughness": "7",
    }
    if layer_bound:
        options["elk.layered.layering.strategy"] = "COFFMAN_GRAHAM"
        options["elk.layered.layering.coffmanGraham.layerBound"] = str(layer_bound)
    names = {node.id: f"n{nth}" for nth, node in enumerate(diagram.nodes)}
    names |= {group.id: f"g{nth}" for nth, group in enumerate(diagram.groups)}
    placed = elk.layout(_graph(diagram, options, names))
    found = _shapes(placed)
    wheres = {ident: found[name] for ident, name in names.items()}
    routed: dict[str, dict[str, Any]] = {}
    _edges(placed, routed)
    return Layout(
        float(placed["width"]),
        float(placed["height"]),
        {node.id: wheres[node.id] for node in diagram.nodes},
        {group.id: wheres[group.id] for group in diagram.groups},
        tuple(_route(routed[f"e{nth}"], _edge_lines(diagram, nth)) for nth in range(len(diagram.edges))),
    )


def _graph(diagram: Diagram, options: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    boxes: dict[str | None, dict[str, Any]] = {None: {"id": "root", "layoutOptions": options, "children": []}}
    for group in diagram.groups:
        lines = wrap(group.label, 260.0, GROUP_SIZE, 600, 2)
        least = max((line_width(line, GROUP_SIZE) for line in lines), default=0.0) + 32
        boxes[group.id] = {
            "id": names[group.id],
            "children": [],
            "layoutOptions": {
                "elk.padding": f"[top={20 + 15 * len(lines)},left=16,bottom=16,right=16]",
                "elk.nodeSize.constraints": "MINIMUM_SIZE",
                "elk.nodeSize.minimum": f"({least:.0f},48)",
            },
        }
    for group in diagram.groups:
        boxes[group.parent]["children"].append(boxes[group.id])
    for node in diagram.nodes:
        box = node_box(node)
        boxes[node.group]["children"].append({"id": names[node.id], "width": box.width, "height": box.height})
    for group in diagram.groups:
        if not boxes[group.id]["children"]:
            boxes[group.id] |= {"width": 150.0, "height": 56.0}
    edges: list[dict[str, Any]] = []
    for nth, edge in enumerate(diagram.edges):
        made: dict[str, Any] = {
            "id": f"e{nth}",
            "sources": [names[edge.source]],
            "targets": [names[edge.target]],
        }
        if lines := _edge_lines(diagram, nth):
            made["labels"] = [
                {
                    "text": "x",
                    "width": max(line_width(line, EDGE_SIZE) for line in lines) + 8,
                    "height": 14.0 * len(lines) + 2,
                    "layoutOptions": {"elk.edgeLabels.inline": "true", "elk.edgeLabels.placement": "CENTER"},
                }
            ]
        edges.append(made)
    edges += [
        {"id": f"h{nth}", "sources": [a], "targets": [b]} for nth, (a, b) in enumerate(_grid(diagram, names))
    ]
    return boxes[None] | {"edges": edges}


def _grid(diagram: Diagram, names: dict[str, str]) -> list[tuple[str, str]]:
    """Unseen edges that stand nodes without edges in rows: layers alone would put them all side by side."""
    joined = {end for edge in diagram.edges for end in (edge.source, edge.target)}
    alone: dict[str | None, list[str]] = {}
    for node in diagram.nodes:
        if node.id not in joined:
            alone.setdefault(node.group, []).append(names[node.id])
    unseen: list[tuple[str, str]] = []
    for found in alone.values():
        across = min(5, max(2, round((len(found) * 0.8) ** 0.5)))
        unseen += zip(found, found[across:], strict=False)
    return unseen


def _edge_lines(diagram: Diagram, nth: int) -> tuple[Line, ...]:
    return wrap(diagram.edges[nth].label, _EDGE_LABEL_WIDTH, EDGE_SIZE, 400, 3)


def _shapes(element: dict[str, Any]) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for child in element.get("children", []):
        found[child["id"]] = Box(child["x"], child["y"], child["width"], child["height"])
        found |= _shapes(child)
    return found


def _edges(element: dict[str, Any], found: dict[str, dict[str, Any]]) -> None:
    for edge in element.get("edges", []):
        found[edge["id"]] = edge
    for child in element.get("children", []):
        _edges(child, found)


def _route(edge: dict[str, Any], lines: tuple[Line, ...]) -> Route:
    points: list[Point] = []
    for section in edge.get("sections", []):
        for point in (section["startPoint"], *section.get("bendPoints", []), section["endPoint"]):
            points.append((float(point["x"]), float(point["y"])))
    kept = points[:1] + [b for a, b in pairwise(points) if abs(a[0] - b[0]) + abs(a[1] - b[1]) > 0.01]
    labels = edge.get("labels", [])
    box = Box(labels[0]["x"], labels[0]["y"], labels[0]["width"], labels[0]["height"]) if labels else None
    return Route(tuple(kept), box, lines)


__all__ = ["EDGE_SIZE", "GROUP_SIZE", "LABEL_SIZE", "Box", "Layout", "Route", "place"]
