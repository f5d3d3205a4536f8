"""The shape and colour of each kind of node: the same component looks the same in every picture of a set.

Kinds differ in outline as well as in hue, so that pictures survive black-and-white printing and colour blindness.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from groma.documents.diagrams.diagram import Kind, Node
from groma.documents.svg import CAP, Canvas, marked, number, tag, text_line
from groma.documents.typeset import Line, line_width, wrap

LABEL_SIZE, SUBLABEL_SIZE = 13.0, 11.0
LABEL_STEP, SUBLABEL_STEP = 17.0, 15.0
_TEXT_WIDTH = 158.0
# Room that an outline takes from the text: left and right together, then top, then bottom.
_ROOM: dict[Kind, tuple[float, float, float]] = {
    "person": (32, 34, 11), "store": (28, 20, 13), "queue": (46, 11, 11), "model": (34, 12, 12), "tool": (34, 12, 12),
    "decision": (56, 11, 11), "state": (36, 11, 11), "start": (36, 9, 9), "end": (36, 9, 9),
}  # fmt: skip
_COLOUR: dict[Kind, str] = {"start": "person", "state": "service", "decision": "queue", "end": "person"}


@dataclass(frozen=True, slots=True)
class NodeBox:
    """How big a node is and how its texts break, before it has a place."""

    width: float
    height: float
    label: tuple[Line, ...]
    sublabels: tuple[Line, ...]


def node_box(node: Node) -> NodeBox:
    """Size in px: the text's, the outline's, and never under 100 by 40 so that small boxes stay calm."""
    label = wrap(node.label, _TEXT_WIDTH, LABEL_SIZE, 600, 3)
    sublabels = tuple(
        run for sub in node.sublabels[:6] for run in wrap(sub, _TEXT_WIDTH + 14, SUBLABEL_SIZE, 400, 2)
    )
    if node.kind in ("start", "end") and not label and not sublabels:
        return NodeBox(22.0, 22.0, (), ())
    widths = [line_width(run, LABEL_SIZE) for run in label] + [
        line_width(run, SUBLABEL_SIZE) for run in sublabels
    ]
    across, top, bottom = _ROOM.get(node.kind, (30, 12, 12))
    least = 64.0 if node.kind in ("start", "end", "state", "decision") else 100.0
    width = max(least, 4 * ceil((max(widths, default=0.0) + across) / 4))
    height = top + bottom + LABEL_STEP * len(label) + SUBLABEL_STEP * len(sublabels) + (2 if sublabels else 0)
    return NodeBox(width, max(36.0, 2 * ceil(height / 2)), label, sublabels)


def draw_node(canvas: Canvas, node: Node, x: float, y: float) -> str:
    """The node with its top left corner at x, y."""
    box = node_box(node)
    shape = _outline(canvas, node, x, y, box.width, box.height)
    if not box.label and not box.sublabels:
        return marked(node.refs, shape)
    _, top, bottom = _ROOM.get(node.kind, (30, 12, 12))
    used = LABEL_STEP * len(box.label) + SUBLABEL_STEP * len(box.sublabels) + (2 if box.sublabels else 0)
    at = y + top + (box.height - top - bottom - used) / 2
    centre = x + box.width / 2
    texts: list[str] = []
    for run in box.label:
        baseline = at + LABEL_STEP / 2 + CAP * LABEL_SIZE
        texts.append(text_line(canvas, run, centre, baseline, LABEL_SIZE, "ink", anchor_at="middle"))
        at += LABEL_STEP
    at += 2
    for run in box.sublabels:
        baseline = at + SUBLABEL_STEP / 2 + CAP * SUBLABEL_SIZE
        texts.append(text_line(canvas, run, centre, baseline, SUBLABEL_SIZE, "muted", anchor_at="middle"))
        at += SUBLABEL_STEP
    return marked(node.refs, shape, *texts)


def _outline(canvas: Canvas, node: Node, x: float, y: float, width: float, height: float) -> str:
    colour = _COLOUR.get(node.kind, node.kind)
    stroke = canvas.theme["accent" if node.emphasis else colour]
    look: dict[str, str | float | None] = {
        "fill": canvas.theme[f"{colour}-fill"],
        "stroke": stroke,
        "stroke_width": 2.4 if node.emphasis else 1.3,
        "stroke_linejoin": "round",
        "stroke_dasharray": "5 3.5" if node.kind == "external" else None,
    }
    right, bottom = x + width, y + height
    rounded = {"x": x, "y": y, "width": width, "height": height}
    match node.kind:
        case "store":
            cap = 7.0
            side = f"a{number(width / 2)} {number(cap)} 0 0"
            body = (
                f"M{_at(x, y + cap)}{side} 1 {_at(width, 0)}V{number(bottom - cap)}{side} 1 {_at(-width, 0)}Z"
            )
            lid = f"M{_at(x, y + cap)}{side} 0 {_at(width, 0)}"
            return tag("path", d=body, **look) + tag("path", d=lid, **(look | {"fill": "none"}))
        case "queue":
            cap = 8.0
            side = f"a{number(cap)} {number(height / 2)} 0 0"
            over = f"M{_at(x + cap, y)}H{number(right - cap)}{side} 1 {_at(0, height)}"
            body = f"{over}H{number(x + cap)}{side} 1 {_at(0, -height)}Z"
            lid = f"M{_at(right - cap, y)}{side} 0 {_at(0, height)}"
            return tag("path", d=body, **look) + tag("path", d=lid, **(look | {"fill": "none"}))
        case "model":
            c = 9.0
            corners = (
                (x + c, y), (right - c, y), (right, y + c), (right, bottom - c),
                (right - c, bottom), (x + c, bottom), (x, bottom - c), (x, y + c),
            )  # fmt: skip
            return _polygon(corners, look)
        case "decision":
            c = min(20.0, height / 2)
            middle = y + height / 2
            corners = (
                (x + c, y),
                (right - c, y),
                (right, middle),
                (right - c, bottom),
                (x + c, bottom),
                (x, middle),
            )
            return _polygon(corners, look)
        case "tool":
            c = 12.0
            corners = ((x, y), (right - c, y), (right, y + c), (right, bottom), (x, bottom))
            fold = tag(
                "path", d=f"M{_at(right - c, y)}V{number(y + c)}H{number(right)}", **(look | {"fill": "none"})
            )
            return _polygon(corners, look) + fold
        case "host":
            base = tag("path", d=f"M{_at(x, bottom)}H{number(right)}", **(look | {"stroke_width": 3.5}))
            return tag("rect", rx=2.0, **rounded, **look) + base
        case "person":
            centre = x + width / 2
            head = tag("circle", cx=centre, cy=y + 15, r=5.5, **(look | {"fill": stroke, "stroke": "none"}))
            shoulders = f"M{_at(centre - 9.5, y + 33)}a9.5 9.5 0 0 1 19 0Z"
            figure = head + tag("path", d=shoulders, fill=stroke)
            return tag("rect", rx=12.0, **rounded, **look) + figure
        case "start" | "end" if width == height:
            centre = {"cx": x + width / 2, "cy": y + height / 2}
            if node.kind == "start":
                return tag("circle", r=width / 2 - 2, **centre, fill=stroke)
            ring = tag(
                "circle", r=width / 2 - 1.5, **centre, **(look | {"fill": "none", "stroke_width": 1.6})
            )
            return ring + tag("circle", r=width / 2 - 6, **centre, fill=stroke)
        case "start" | "end" | "state":
            return tag("rect", rx=min(16.0, height / 2), **rounded, **(look | _weight(node)))
        case _:
            return tag("rect", rx=7.0, **rounded, **look)


def _weight(node: Node) -> dict[str, str | float | None]:
    return {"stroke_width": 2.4} if node.kind == "end" else {}


def _polygon(corners: tuple[tuple[float, float], ...], look: dict[str, str | float | None]) -> str:
    return tag("path", d="M" + "L".join(_at(*corner) for corner in corners) + "Z", **look)


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"
