"""Draws messages in time: participants across the top, time downwards, latency budgets in a column of their own.

Own layout: participants keep their order, neighbours stand as far apart as their messages' labels need (one pass over
the messages, shortest span first), fragments are frames around their messages. Notation after UML 2.5 interactions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from groma.documents.diagrams.diagram import Fragment, Message, Sequence, unique_refs
from groma.documents.diagrams.diagram_error import DiagramError
from groma.documents.diagrams.graph_picture import arrow_head
from groma.documents.diagrams.shapes import draw_node, node_box
from groma.documents.inlines import Inlines, line, plain, refs
from groma.documents.palette import LIGHT
from groma.documents.svg import CAP, Canvas, Drawing, marked, number, tag, text_line
from groma.documents.typeset import line_width, wrap

_SIZE, _STEP = 11.5, 15.0
_LABEL_WIDTH = 210.0
_FRAME_INSET = 10.0
_WORDS = {"alternative": "either", "option": "only if", "loop": "repeat", "parallel": "at once"}


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: the lifelines' x, the right edge of the last, the budget column's left."""

    at: dict[str, float]
    left: float
    right: float
    budget: float


def sequence_refs(sequence: Sequence) -> tuple[str, ...]:
    """Every ledger id the picture depends on, in reading order."""
    return unique_refs(
        *(
            node.refs + refs(node.label) + unique_refs(*map(refs, node.sublabels))
            for node in sequence.participants
        ),
        *(_step_refs(step) for step in sequence.steps),
    )


def _step_refs(step: Message | Fragment) -> tuple[str, ...]:
    if isinstance(step, Message):
        return step.refs + refs(step.label) + refs(step.budget)
    inner = [refs(title) + unique_refs(*map(_step_refs, steps)) for title, steps in step.parts]
    return unique_refs(step.refs, *inner)


def messages(steps: tuple[Message | Fragment, ...]) -> tuple[Message, ...]:
    """All messages at any depth, in order."""
    found: list[Message] = []
    for step in steps:
        if isinstance(step, Message):
            found.append(step)
        else:
            for _, inner in step.parts:
                found.extend(messages(inner))
    return tuple(found)


def pages(sequence: Sequence, tallest: float) -> tuple[Sequence, ...]:
    """The sequence cut between steps into parts no taller than `tallest` px where one step alone isn't."""
    canvas = Canvas(LIGHT, "")
    head = draw_sequence(replace(sequence, steps=()), canvas).height
    parts: list[list[Message | Fragment]] = [[]]
    filled = head
    for step in sequence.steps:
        height = draw_sequence(replace(sequence, steps=(step,)), canvas).height - head
        if parts[-1] and filled + height > tallest:
            parts.append([])
            filled = head
        parts[-1].append(step)
        filled += height
    return tuple(replace(sequence, steps=tuple(part)) for part in parts)


def _depth(steps: tuple[Message | Fragment, ...]) -> int:
    inner = [_depth(part) for step in steps if isinstance(step, Fragment) for _, part in step.parts]
    return 1 + max(inner) if inner else 0


def draw_sequence(sequence: Sequence, canvas: Canvas) -> Drawing:
    """Lays the sequence out and draws it. Raises `DiagramError` for messages between unknown participants."""
    known = {node.id for node in sequence.participants}
    told = messages(sequence.steps)
    unknown = sorted({end for message in told for end in (message.source, message.target)} - known)
    if unknown or len(known) < len(sequence.participants):
        wrong = (
            f"no participant {', '.join(map(repr, unknown))}"
            if unknown
            else "a participant stands there twice"
        )
        raise DiagramError(f"sequence {sequence.title!r} can't be drawn: {wrong}")
    frame = _columns(sequence, told)
    tallest = max((node_box(node).height for node in sequence.participants), default=0.0)
    heads: list[str] = []
    for node in sequence.participants:
        box = node_box(node)
        heads.append(draw_node(canvas, node, frame.at[node.id] - box.width / 2, 6 + tallest - box.height))
    parts: list[str] = []
    end = _steps(canvas, sequence.steps, frame, 6 + tallest + 22, 0, parts)
    lifelines = [
        tag(
            "path", d=f"M{number(x)} {number(6 + tallest)}V{number(end + 6)}",
            stroke=canvas.theme["line"], stroke_width=1.2, stroke_dasharray="2 4",
        )
        for x in frame.at.values()
    ]  # fmt: skip
    budgets = any(message.budget for message in told)
    width = frame.right
    if budgets:
        width = (
            frame.budget
            + max(line_width(b, _SIZE) for m in told for b in wrap(m.budget, 150, _SIZE, 500, 2))
            + 8
        )
        head = wrap(line("budget"), 150, 10.5, 600)
        heads += [text_line(canvas, run, frame.budget, 6 + tallest - 4, 10.5, "faint") for run in head]
    body = "".join((*lifelines, *heads, *parts))
    return Drawing(width + 6, end + 12, body, sequence_refs(sequence))


def _columns(sequence: Sequence, told: tuple[Message, ...]) -> _Frame:
    order = [node.id for node in sequence.participants]
    place = {ident: nth for nth, ident in enumerate(order)}
    boxes = [node_box(node).width for node in sequence.participants]
    gaps = [(a + b) / 2 + 18 for a, b in pairwise(boxes)]
    after_last = 0.0
    for message in sorted(told, key=lambda m: abs(place[m.source] - place[m.target])):
        first, last = sorted((place[message.source], place[message.target]))
        wanted = (
            max((line_width(run, _SIZE) for run in wrap(message.label, _LABEL_WIDTH, _SIZE)), default=0) + 28
        )
        if first == last:
            wanted += 24
            if message.style != "note" and last < len(gaps):
                gaps[last] = max(gaps[last], wanted)
            elif last == len(gaps):
                after_last = max(after_last, wanted)
        elif (missing := wanted - sum(gaps[first:last])) > 0:
            for gap in range(first, last):
                gaps[gap] += missing / (last - first)
    inset = _FRAME_INSET * _depth(sequence.steps)
    left = 8.0 + inset
    x = left + (boxes[0] / 2 if boxes else 0)
    at: dict[str, float] = {}
    for nth, ident in enumerate(order):
        at[ident] = x
        x += gaps[nth] if nth < len(gaps) else 0
    right = x + max(boxes[-1] / 2 if boxes else 0, after_last) + inset
    return _Frame(at, left - inset, right, right + 18)


def _steps(
    canvas: Canvas,
    steps: tuple[Message | Fragment, ...],
    frame: _Frame,
    y: float,
    depth: int,
    parts: list[str],
) -> float:
    for step in steps:
        if isinstance(step, Message):
            drawn, y = (
                _note(canvas, step, frame, y) if step.style == "note" else _message(canvas, step, frame, y)
            )
            parts.append(marked(step.refs, drawn))
        else:
            inner: list[str] = []
            y = _fragment(canvas, step, frame, y, depth, inner)
            parts.append(marked(step.refs, *inner))
    return y


def _message(canvas: Canvas, message: Message, frame: _Frame, y: float) -> tuple[str, float]:
    start, end = frame.at[message.source], frame.at[message.target]
    lines = wrap(message.label, max(_LABEL_WIDTH, abs(end - start) - 28), _SIZE)
    dashed = "4 3.5" if message.style in ("return", "send") else None
    stroke = canvas.theme["faint" if message.style == "return" else "muted"]
    drawn: list[str] = []
    if start == end:
        top = y + _STEP * len(lines) / 2 - 5
        for nth, run in enumerate(lines):
            drawn.append(
                text_line(
                    canvas, run, start + 32, y + _STEP * (nth + 0.5) + CAP * _SIZE, _SIZE, "ink", halo=True
                )
            )
        path = f"M{number(start)} {number(top)}h16a6 6 0 0 1 6 6v4a6 6 0 0 1 -6 6h-10"
        drawn.append(
            tag("path", d=path, fill="none", stroke=stroke, stroke_width=1.3, stroke_dasharray=dashed)
        )
        drawn.append(arrow_head(canvas, (start + 12, top + 16), (start, top + 16), stroke, filled=True))
        bottom = y + max(_STEP * len(lines), 20.0)
        middle = y + _STEP * len(lines) / 2
    else:
        for nth, run in enumerate(lines):
            baseline = y + _STEP * (nth + 0.5) + CAP * _SIZE
            drawn.append(
                text_line(
                    canvas, run, (start + end) / 2, baseline, _SIZE, "ink", anchor_at="middle", halo=True
                )
            )
        bottom = y + _STEP * max(1, len(lines)) + 4
        step = 5.0 if end > start else -5.0
        d = f"M{number(start)} {number(bottom)}H{number(end - step)}"
        drawn.append(tag("path", d=d, fill="none", stroke=stroke, stroke_width=1.3, stroke_dasharray=dashed))
        drawn.append(
            arrow_head(canvas, (start, bottom), (end, bottom), stroke, filled=message.style == "call")
        )
        middle = bottom
    drawn += _budget(canvas, message.budget, frame, middle)
    return "".join(drawn), bottom + 14


def _budget(canvas: Canvas, budget: Inlines, frame: _Frame, y: float) -> list[str]:
    lines = wrap(budget, 150, _SIZE, 500, 2)
    return [
        text_line(
            canvas, run, frame.budget, y + CAP * _SIZE + _STEP * (nth - (len(lines) - 1) / 2), _SIZE, "ink"
        )
        for nth, run in enumerate(lines)
    ]


def _note(canvas: Canvas, message: Message, frame: _Frame, y: float) -> tuple[str, float]:
    first, last = sorted((frame.at[message.source], frame.at[message.target]))
    lines = wrap(message.label, max(130.0, last - first + 60), _SIZE)
    width = max((line_width(run, _SIZE) for run in lines), default=0.0) + 20
    height = _STEP * len(lines) + 10
    left = max(2.0, (first + last) / 2 - width / 2)
    box = tag(
        "rect", x=left, y=y - 2, width=width, height=height, rx=4.0,
        fill=canvas.theme["open-wash"], stroke=canvas.theme["line"], stroke_width=1.0,
    )  # fmt: skip
    texts = [
        text_line(canvas, run, left + 10, y + 3 + _STEP * (nth + 0.5) + CAP * _SIZE, _SIZE, "ink")
        for nth, run in enumerate(lines)
    ]
    return box + "".join(texts), y + height + 12


def _fragment(
    canvas: Canvas, fragment: Fragment, frame: _Frame, y: float, depth: int, parts: list[str]
) -> float:
    inner: list[str] = []
    left = frame.left + 2 + _FRAME_INSET * depth
    right = frame.right - 2 - _FRAME_INSET * depth
    top = y - 4
    at = y
    word = _WORDS[fragment.kind]
    for nth, (title, steps) in enumerate(fragment.parts):
        if nth:
            d = f"M{number(left)} {number(at)}H{number(right)}"
            inner.append(
                tag("path", d=d, stroke=canvas.theme["line"], stroke_width=1.0, stroke_dasharray="4 3")
            )
        heading = "or" if nth and fragment.kind == "alternative" else "and" if nth else word
        words = line(heading + (" " if plain(title) else ""))
        lines = wrap(words + title, right - left - 24, 10.5, 500, 2)
        for row, run in enumerate(lines):
            inner.append(text_line(canvas, run, left + 8, at + 12 + 13 * row, 10.5, "accent", halo=True))
        at = _steps(canvas, steps, frame, at + 13 * len(lines) + 10, depth + 1, inner)
    frame_box = tag(
        "rect", x=left, y=top, width=right - left, height=at - top, rx=6.0, fill=canvas.theme["accent"],
        fill_opacity=0.035, stroke=canvas.theme["line"], stroke_width=1.1,
    )  # fmt: skip
    parts += [frame_box, *inner]
    return at + 12
