"""State machines of flows as pictures: one for each stretch that fits a page, with the ways into its neighbours.

A machine is cut at the steps of its program, from the outside in, until no stretch has more states than a page can
show. States carry numbers, the same in all pictures and in the tables beside them. The machines are those of
`groma.analyses.orchestration`, in the architecture document and in the orchestration design alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.analyses.orchestration import Machine, State, Transition, reach
from groma.documents.content import Picture
from groma.documents.diagrams.diagram import Diagram, Edge, Kind, Node, Style
from groma.documents.facts_of_model import call_words, name_of
from groma.documents.inlines import Inlines, line
from groma.documents.quote import DESIGN, Quoter
from groma.model.elements import Model

MOST = 6
"""States in one picture; more are crowded on a page."""
REFS = (DESIGN,)

KINDS: Mapping[str, Kind] = {
    "start": "start", "done": "end", "failed": "end", "choose": "decision", "fork": "decision", "join": "decision",
    "retry": "decision", "cache": "decision", "breaker": "decision", "limit": "decision", "loop": "decision",
    "guard": "decision", "hedge": "decision", "open": "decision",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """States shown together: `title` says what they do, `states` are ids in the machine's order."""

    title: str
    states: tuple[str, ...]


def numbers(machine: Machine) -> Mapping[str, str]:
    """State -> its number in pictures and tables; the ends have their names."""
    inner = [state for state in machine.states if state.kind not in ("start", "done", "failed", "undo")]
    found = {state.id: str(number) for number, state in enumerate(inner, 1)}
    return found | {state.id: state.id for state in machine.states if state.id not in found}


def words_of(model: Model, state: State) -> str:
    """What happens in a state, in a few words."""
    if state.kind in ("call", "send"):
        does = call_words(model, state.component, state.operation, state.does)
        return f"{name_of(model, state.component)}: {does}"
    if state.kind == "ask":
        return f"{name_of(model, state.person)}: {state.does}"
    if state.kind == "hold":
        return f"{state.does}: {name_of(model, state.component)}"
    return {"retry": f"again? {state.does}", "loop": f"again? {state.does}"}.get(
        state.kind, state.does or state.kind
    )


def stretches(model: Model, machine: Machine) -> tuple[Stretch, ...]:
    """The machine in parts of at most `MOST` states each, in its order, told by their first and last state."""
    parts: list[list[State]] = []
    depth = _top(machine)
    for state in machine.states:
        if state.kind in ("start", "done", "failed"):
            continue
        same = parts and _cut(parts[-1][-1], depth) == _cut(state, depth)
        run = _run(machine, state, depth)  # one that no picture holds is cut wherever it begins
        if parts and len(parts[-1]) < MOST and (same or run > MOST or len(parts[-1]) + run <= MOST):
            parts[-1].append(state)
        else:
            parts.append([state])
    shown = numbers(machine)
    found: list[Stretch] = []
    for part in parts:
        first, last = shown[part[0].id], shown[part[-1].id]
        title = f"States {first} to {last}" if first != last else f"State {first}"
        found.append(Stretch(title, tuple(state.id for state in part)))
    return tuple(found)


def _top(machine: Machine) -> int:
    paths = [state.path.split(".") for state in machine.states if state.path]
    return min((len(path) for path in paths), default=0)


def _cut(state: State, depth: int) -> str:
    return ".".join(state.path.split(".")[:depth])


def _run(machine: Machine, state: State, depth: int) -> int:
    """How many states the program's step has to which a state belongs."""
    return sum(1 for other in machine.states if _cut(other, depth) == _cut(state, depth))


def merged(ways: tuple[Transition, ...]) -> tuple[tuple[str, str, tuple[Transition, ...]], ...]:
    """Ways between the same two states together, what goes well apart from errors: (source, target, ways)."""
    found: dict[tuple[str, str, bool], list[Transition]] = {}
    for way in ways:
        found.setdefault((way.source, way.target, way.outcome in ("ok", "stop")), []).append(way)
    return tuple((source, target, tuple(each)) for (source, target, _), each in found.items())


def machine_view(model: Model, machine: Machine, stretch: Stretch, quoter: Quoter) -> Diagram:
    """A stretch with the states that lead into it and that it leads to; what has no chance stated isn't drawn."""
    quoter.say(DESIGN, "the design")
    shown, inside = numbers(machine), set(stretch.states)
    taken = reach(machine).ways
    ways = tuple(
        way
        for way in machine.transitions
        if way in taken and (way.source in inside or (way.target in inside and way.source == "start"))
    )
    nodes: dict[str, Node] = {}
    for name in stretch.states:
        nodes[name] = _node(model, machine.by_id[name], shown, quoter)
    edges: list[Edge] = []
    for source, target, together in merged(ways):
        for name in (source, target):
            if name not in nodes:
                nodes[name] = _outer(model, machine.by_id[name], shown, quoter)
        edges.append(Edge(source, target, _label(together, quoter), _style(together), REFS))
    return Diagram(f"{stretch.title} of {machine.name}", tuple(nodes.values()), tuple(edges))


def machine_picture(model: Model, machine: Machine, stretch: Stretch, name: str, quoter: Quoter) -> Picture:
    """The picture of a stretch; its caption says from which state to which it goes. `name` is the picture's id."""
    first, last = (words_of(model, machine.by_id[stretch.states[at]]) for at in (0, -1))
    told = f"from “{first}” to “{last}”." if len(stretch.states) > 1 else f"“{first}”."
    view = machine_view(model, machine, stretch, quoter)
    caption = line(quoter.say(DESIGN, f"{stretch.title}: {told}"))
    return Picture(
        name, view, caption, line(f"States and ways of {machine.name}: {stretch.title}"), wide=True
    )


def _node(model: Model, state: State, shown: Mapping[str, str], quoter: Quoter) -> Node:
    text = f"{shown[state.id]}. {_short(words_of(model, state), 44)}"
    return Node(state.id, KINDS.get(state.kind, "state"), line(quoter.say(DESIGN, text)), (), None, REFS)


def _outer(model: Model, state: State, shown: Mapping[str, str], quoter: Quoter) -> Node:
    if state.kind in ("start", "done", "failed"):
        return Node(state.id, "start" if state.kind == "start" else "end", line(state.does), (), None, REFS)
    text = f"to {shown[state.id]}. {_short(words_of(model, state), 30)}"
    return Node(state.id, "generic", line(quoter.say(DESIGN, text)), (), None, REFS)


def _label(together: tuple[Transition, ...], quoter: Quoter) -> Inlines:
    said = list(dict.fromkeys(_way_words(way) for way in together))
    plain = [words for words in said if words not in ("answered", "begins", "passed")]
    text = ", ".join(plain[:2]) + (f" and {len(plain) - 2} more" if len(plain) > 2 else "")
    return line(quoter.say(DESIGN, text)) if text else ()


def _way_words(way: Transition) -> str:
    text = way.label.partition(" (")[0] if way.after else way.label
    return _short(text + (f", {way.share}" if way.share else ""), 40)


def _style(together: tuple[Transition, ...]) -> Style:
    return "sync" if any(way.outcome in ("ok", "stop") for way in together) else "async"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
