"""The measures of information flow: how many ways lead from data to a sink, and how many ways out are open.

`exposure/LABEL@SINK`: LABEL is data by name or class, or `untrusted`; SINK a component, a person, `outside` (operations
that `reaches_out`) or `suppliers` (components with a supplier, people who work for one).
"""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.information.labels import Labels, Way, is_untrusted
from groma.analyses.information.spreading import followed
from groma.analyses.information.trifecta import trifectas
from groma.model.figure import Figure, Line

METHOD = "information flow, a fixed point over component and label"
TAKEN = (
    "a step hands over what it says it carries, else all its run has; the words of a model may hold all it read",
    "an answer may hold all that its component keeps, as far as its `response` lets through",
    "data without `trust` are taken as trusted; only operations with `reaches_out` lead outside",
)


def figure(context: Context, measure: str) -> Figure:
    """`exposure/LABEL@SINK` or `trifecta/FLOW`: a number of ways, each of them in the derivation."""
    kind, _, subject = measure.partition("/")
    if kind == "trifecta":
        found = trifectas(context, subject)
        open_ones = [each for each in found if each.open]
        lines = tuple(
            Line(
                f"{each.use.component}.{each.use.operation} ({each.use.path}): {told(each.untrusted_way)}; "
                f"{each.private} by {told(each.private_way)}",
                "open" if each.open else "checked by " + ", ".join(check.name for check in each.checks),
            )
            for each in found
        )
        return _figure(context, measure, f"Open ways out of {subject}", len(open_ones), lines)
    label, _, sink = subject.partition("@")
    ways = dict(exposed(context, label, sink))
    lines = tuple(Line(f"{step}: {told(way)}") for step, way in ways.items())
    return _figure(context, measure, f"Ways of {label} to {sink}", len(ways), lines)


def _figure(context: Context, measure: str, title: str, number: int, lines: tuple[Line, ...]) -> Figure:
    low = float(number) if context.closed else 0.0
    value = float(number) if context.closed else None
    return Figure(
        measure, title, "1", value, low, float(number), method=METHOD, derivation=lines, valid=TAKEN
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """None at best where choices are open, and all that any choice allows."""
    return figure(context, measure).ends(most=0.0)


def told(way: Way) -> str:
    """A way in words."""
    return ", then ".join(way) if way else "by what its answer says"


def exposed(context: Context, label: str, sink: str) -> Iterator[tuple[str, Way]]:
    """Steps by which data of a label can reach a sink, with the way there; and the sink itself where it holds them."""
    spreading, model = followed(context), context.model
    if sink in spreading.keeps:
        for name, way in sorted(spreading.keeps[sink].items()):
            if _named(context, label, name) and len(way) == 1:
                yield f"components.{sink}", way
                break
    for use in spreading.uses.values():
        if _is_sink(context, use.component, use.operation, sink):
            way = _first(context, label, use.handed)
            if way is not None:
                yield f"{use.flow} {use.path}", way
    for (flow, path, person), labels in spreading.asked.items():
        if sink == person or (sink == "suppliers" and model.people[person].works_for is not None):
            way = _first(context, label, labels)
            if way is not None:
                yield f"{flow} {path}", way


def _is_sink(context: Context, component: str, operation: str, sink: str) -> bool:
    for candidate in context.candidates(component):
        offered = candidate.offers.get(operation)
        if sink == "outside" and offered is not None and offered.reaches_out:
            return True
        if sink == "suppliers" and candidate.supplier is not None:
            return True
    return sink == component


def _first(context: Context, label: str, labels: Labels) -> Way | None:
    for each in sorted(labels):
        if _named(context, label, each.data):
            return labels[each]
    return None


def _named(context: Context, label: str, name: str) -> bool:
    model = context.model
    if label == "untrusted":
        return is_untrusted(model, name)
    return name == label or (name in model.data and model.data[name].class_ == label)
