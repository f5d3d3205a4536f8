"""What must hold of the measures of needs and wishes: what they are of is there."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model import program
from groma.model.elements import Model
from groma.model.grammar import did_you_mean
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.model_programs import marks_of, programs
from groma.model.position import Position, Problem
from groma.model.program import walk
from groma.model.validate_names import missing


def measures(model: Model) -> Iterator[Problem]:
    """Every problem of what the measures of needs and wishes are of."""
    for name, need in model.needs.items():
        yield from _subject(model, parse_measure(need.measure), need.at, f"needs.{name}")
    for number, wish in enumerate(model.wishes, 1):
        yield from _subject(model, parse_measure(wish), model.at, f"wishes.{number}")


def _subject(model: Model, measure: ParsedMeasure | str, at: Position, path: str) -> Iterator[Problem]:
    if isinstance(measure, str) or model.wants:
        return  # a brief's flows and parts come from its patterns: the designer checks their measures
    section = {
        "trifecta": "flows", "latency": "flows", "success": "flows", "availability": "flows", "saturation": "flows",
        "calls": "flows", "content": "flows", "stopping": "flows", "evaluated": "evaluations",
        "utilisation": "components", "throughput": "components", "headroom": "components", "quality": "components",
        "serving": "components",
        "memory": "components", "recall": "components", "freshness": "data", "deletion": "data", "passages": "data",
        "records": "data", "skew": "data",
    }.get(measure.kind)  # fmt: skip
    if measure.kind == "cost" and measure.statistic != "month":
        section = "flows"
    if measure.kind == "exposure":
        yield from _exposed(model, measure, at, path)
        return
    if measure.kind == "inference":
        message = missing(model, ("components", "flows"), measure.subject)
        if message:
            yield Problem(at, f"{path}: {message}")
        return
    if measure.kind in ("recovery", "copies"):
        yield from _recovered(model, measure, at, path)
    if measure.kind == "context":
        calls = [s.path for _, p in programs(model) for s in walk(p) if isinstance(s.action, program.Call)]
        if measure.subject not in calls:
            hint = did_you_mean(measure.subject, calls)
            yield Problem(at, f"{path}: there is no call `{measure.subject}`{hint}")
    if section is None:
        return
    message = missing(model, (section,), measure.subject)
    if message:
        yield Problem(at, f"{path}: {message}")
    elif measure.mark is not None and measure.mark not in marks_of(model, measure.subject):
        marks = marks_of(model, measure.subject)
        yield Problem(
            at,
            f"{path}: flow `{measure.subject}` has no mark `{measure.mark}`{did_you_mean(measure.mark, marks)}",
        )


def _exposed(model: Model, measure: ParsedMeasure, at: Position, path: str) -> Iterator[Problem]:
    """What is followed is there, and so is where it may end."""
    classes = {data.class_ for data in model.data.values()}
    labels = [*model.data, *sorted(classes), "untrusted"]
    if measure.subject not in labels:
        hint = did_you_mean(measure.subject, labels)
        yield Problem(at, f"{path}: there is no data and no class `{measure.subject}`{hint}")
    sink = measure.mark or ""
    if sink not in ("outside", "suppliers"):
        message = missing(model, ("components", "people"), sink)
        if message:
            yield Problem(at, f"{path}: {message} (a sink is one of these, `outside` or `suppliers`)")


def _recovered(model: Model, measure: ParsedMeasure, at: Position, path: str) -> Iterator[Problem]:
    """What is recovered, and after the loss of what."""
    if measure.kind == "copies":
        sections, subject = ("components", "connections"), measure.subject
    elif measure.subject.startswith("flows."):
        sections, subject = ("flows",), measure.subject.removeprefix("flows.")
    else:
        whole = measure.statistic in ("rpo", "rto")
        sections, subject = ("data", "flows") if whole else ("data",), measure.subject
    message = missing(model, sections, subject)
    if message:
        yield Problem(at, f"{path}: {message}")
    elif measure.mark not in (None, "corrupted"):
        message = missing(model, ("components", "places", "suppliers"), str(measure.mark))
        if message:
            yield Problem(at, f"{path}: {message}")
