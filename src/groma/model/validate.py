"""What must hold across elements: references exist, shares sum to one, nothing goes in circles, needs measure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from groma.model import program
from groma.model.elements import Model, Need
from groma.model.grammar import OneOrMany, Reference, did_you_mean, keys_of
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.position import Position, Problem
from groma.model.program import Step, walk
from groma.model.quantity import Quantity, Unknown
from groma.model.validate_decisions import decisions
from groma.model.validate_failing import crews, fed_by_themselves, together
from groma.model.validate_loads import cached, loads

JURISDICTIONS = frozenset({"EU", "EEA", "US", "UK", "CH", "world"})
"""Places that every model knows without saying so, beside ISO 3166 two-letter country codes."""

SECTIONS = (
    "people",
    "places",
    "suppliers",
    "components",
    "connections",
    "data",
    "flows",
    "needs",
    "decisions",
    "controls",
    "stages",
)


def validate(model: Model) -> list[Problem]:
    """Every problem of a bound model."""
    return [
        *_facts(model),
        *_references(model),
        *_programs(model),
        *_circles(model),
        *together(model),
        *crews(model),
        *fed_by_themselves(model),
        *loads(model),
        *_needs(model),
        *_measures(model),
        *_scenarios(model),
        *decisions(model),
        *_controls(model),
    ]


def validate_brief(brief: Model, opened: Model) -> list[Problem]:
    """What can be wrong with a brief whatever is chosen: what it says itself, with names and the subjects of its
    measures looked up in the `opened` model that its patterns make of it."""
    problems = [
        *_facts(brief),
        *_references(brief, replace(opened, wants={})),
        *together(brief),
        *crews(brief),
        *loads(brief),
        *_needs(brief),
        *decisions(brief),
    ]
    return problems or list(_measures(replace(opened, wants={})))


def known_place(model: Model, name: str) -> bool:
    """Whether a place is described in the model or is a jurisdiction."""
    return name in model.places or name in JURISDICTIONS or (len(name) == 2 and name.isupper())


def _exists(model: Model, section: str, name: str) -> bool:
    if section == "places":
        return known_place(model, name)
    return name in getattr(model, section) or (section == "components" and name in model.alternatives)


def _missing(model: Model, sections: tuple[str, ...], name: str) -> str | None:
    if any(_exists(model, section, name) for section in sections):
        return None
    known = [known for section in sections for known in getattr(model, section)]
    hint = did_you_mean(name, known)
    elsewhere = next((s for s in SECTIONS if s not in sections and name in getattr(model, s)), None)
    if elsewhere is not None:
        hint = f": it is in `{elsewhere}`"
    return f"there is no `{name}` in `{'` or `'.join(sections)}`{hint}"


def _facts(model: Model) -> Iterator[Problem]:
    """A fact's range measures what its value measures, and holds its mean."""
    for name, fact in model.facts.items():
        known = fact.known
        if known is None:
            continue
        if known.unit.dimension != fact.value.unit.dimension:
            message = f"`{known.text}` does not measure what the value `{fact.value.text}` measures"
            yield Problem(known.at, f"facts.{name}.known: {message}")
        elif not known.low <= fact.value.mean * (1 + 1e-9) or not fact.value.mean * (1 - 1e-9) <= known.high:
            message = f"the range `{known.text}` must hold the mean of `{fact.value.text}`"
            yield Problem(known.at, f"facts.{name}.known: {message}")


def _references(model: Model, among: Model | None = None) -> Iterator[Problem]:
    """Names that nothing bears in the model, or in another one that it becomes part of."""
    known = model if among is None else among
    for section in SECTIONS:
        elements: Mapping[str, Any] = getattr(model, section)
        for name, element in elements.items():
            yield from _references_of(known, element, f"{section}.{name}")
    for component in (c for name in (*model.components, *model.alternatives) for c in model.candidates(name)):
        for name, operation in component.offers.items():
            yield from _references_of(known, operation, f"components.{component.name}.offers.{name}")
        if component.index is not None:
            yield from _references_of(known, component.index, f"components.{component.name}.index")
        for name, backup in component.copies.items():
            path = f"components.{component.name}.copies.{name}"
            message = _missing(known, ("data",), name)
            if message:
                yield Problem(backup.at, f"{path}: {message}")
            yield from _references_of(known, backup, path)
    for name, scenario in model.scenarios.items():
        for number, event in enumerate(scenario.events, 1):
            yield from _references_of(known, event, f"scenarios.{name}.events.{number}")
    for name, data in model.data.items():
        if data.backup is not None:
            yield from _references_of(known, data.backup, f"data.{name}.backup")
        for field, kind in data.fields.items():
            target, dot, there = kind.partition(".")
            if dot and target in known.data and there not in known.data[target].fields:
                hint = did_you_mean(there, known.data[target].fields)
                yield Problem(data.at, f"data.{name}.fields.{field}: `{target}` has no field `{there}`{hint}")


def _references_of(model: Model, element: Any, path: str) -> Iterator[Problem]:
    cls = cast("type[Any]", type(element))
    for attribute, how in keys_of(cls).values():
        value: Any = getattr(element, attribute)
        kind = how.kind.inner if isinstance(how.kind, OneOrMany) else how.kind
        if value is None or not isinstance(kind, Reference):
            continue
        names: tuple[str, ...] = (value,) if isinstance(value, str) else value
        for name in names:
            message = _missing(model, kind.sections, name)
            if message:
                yield Problem(element.at, f"{path}.{how.name}: {message}")


def programs(model: Model) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Every program of a model with its path: flows first, then operations that call others."""
    for name, flow in model.flows.items():
        yield f"flows.{name}", flow.steps
    for component in model.components.values():
        for operation in component.offers.values():
            if operation.steps:
                yield f"components.{component.name}.offers.{operation.name}", operation.steps
    for name, alternatives in model.alternatives.items():
        for alternative in alternatives:
            for operation in alternative.component.offers.values():
                if operation.steps:
                    yield f"components.{name}({alternative.variant}).offers.{operation.name}", operation.steps


def _programs(model: Model) -> Iterator[Problem]:
    for _, steps in programs(model):
        for step in walk(steps):
            yield from _step(model, step)


def _operation(model: Model, step: Step, component: str, operation: str) -> Iterator[Problem]:
    candidates = model.candidates(component)
    if not candidates:
        message = _missing(model, ("components",), component)
        yield Problem(step.at, f"{step.path}: {message}")
        return
    for candidate in candidates:
        if operation not in candidate.offers:
            hint = did_you_mean(operation, candidate.offers)
            offered = (
                ""
                if hint or not candidate.offers
                else f": it offers {', '.join(f'`{o}`' for o in candidate.offers)}"
            )
            yield Problem(step.at, f"{step.path}: `{component}` does not offer `{operation}`{hint}{offered}")
            return


def _step(model: Model, step: Step) -> Iterator[Problem]:
    for name in step.carries:
        message = _missing(model, ("data",), name)
        if message:
            yield Problem(step.at, f"{step.path}.carries: {message}")
    cache = step.policies.cache
    if cache is not None:
        yield from cached(step, cache)
    if cache is not None and cache.component is not None:
        message = _missing(model, ("components",), cache.component)
        if message:
            yield Problem(step.at, f"{step.path}.cache.component: {message}")
    match step.action:
        case program.Call(component, operation) | program.Send(component, operation):
            yield from _operation(model, step, component, operation)
        case program.Choose(branches):
            yield from _shares(step, branches)
        case program.Parallel(branches, join, _):
            if not branches:
                yield Problem(
                    step.at, f"{step.path}: nothing to do in parallel: the list of branches is empty"
                )
            elif join > len(branches):
                yield Problem(
                    step.at,
                    f"{step.path}: waits for {join} of {len(branches)} branches: it would never go on",
                )
        case program.Repeat(_, times, until, _):
            if (times is None) == (until is None):
                yield Problem(step.at, f"{step.path}: a repeat needs either `times` or `until`")
        case program.Ask(person=person):
            message = _missing(model, ("people",), person)
            if message:
                yield Problem(step.at, f"{step.path}: {message}")
        case program.Hold(component=component):
            message = _missing(model, ("components",), component)
            if message:
                yield Problem(step.at, f"{step.path}: {message}")
        case program.Do(flow):
            message = _missing(model, ("flows",), flow)
            if message:
                yield Problem(step.at, f"{step.path}: {message}")
        case (
            program.Wait()
            | program.Fail()
            | program.Stop()
            | program.Mark()
            | program.Group()
            | program.Open()
        ):
            pass


def _shares(step: Step, branches: tuple[program.Branch, ...]) -> Iterator[Problem]:
    if not branches:
        yield Problem(step.at, f"{step.path}: nothing to choose from: the list of branches is empty")
        return
    shares = [branch.share for branch in branches]
    if any(isinstance(share, Unknown) for share in shares):
        return
    total = math.fsum(share.mean for share in shares if isinstance(share, Quantity))
    if abs(total - 1) > 1e-9:
        written = " + ".join(share.text for share in shares if isinstance(share, Quantity))
        yield Problem(
            step.at,
            f"{step.path}: shares of a choice must sum to 100 %, found {written} = {total * 100:.6g} %",
        )


def _circles(model: Model) -> Iterator[Problem]:
    yield from _circle("in", lambda n: _one(model.places[n].in_) if n in model.places else (), model.places)
    yield from _circle(
        "runs_on",
        lambda n: tuple(c.runs_on for c in model.candidates(n) if c.runs_on),
        model.components,
        "components",
    )
    yield from _circle("after", lambda n: model.data[n].after if n in model.data else (), model.data, "data")
    yield from _circle(
        "made_from", lambda n: model.data[n].made_from if n in model.data else (), model.data, "data"
    )
    yield from _circle("do", lambda n: _done(model, n), model.flows, "flows")
    yield from _circle("call", lambda n: _called(model, n), _operations(model), "operations")


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _done(model: Model, flow: str) -> tuple[str, ...]:
    if flow not in model.flows:
        return ()
    return tuple(s.action.flow for s in walk(model.flows[flow].steps) if isinstance(s.action, program.Do))


class _Operations(dict[str, Any]):
    """`component.operation` -> something with a position."""


def _operations(model: Model) -> _Operations:
    return _Operations(
        {f"{c.name}.{o.name}": o for c in model.components.values() for o in c.offers.values() if o.steps}
    )


def _called(model: Model, name: str) -> tuple[str, ...]:
    component, _, operation = name.partition(".")
    found: list[str] = []
    for candidate in model.candidates(component):
        if operation in candidate.offers:
            for step in walk(candidate.offers[operation].steps):
                if isinstance(step.action, program.Call):
                    found.append(f"{step.action.component}.{step.action.operation}")
    return tuple(found)


def _circle(
    word: str, following: Callable[[str], Iterable[str]], elements: Mapping[str, Any], section: str = "places"
) -> Iterator[Problem]:
    """Each circle once, reported at its first element; depth first without recursion."""
    done: set[str] = set()
    for start in elements:
        if start in done:
            continue
        path: list[str] = []
        on_path: set[str] = set()
        todo: list[tuple[str, bool]] = [(start, False)]
        while todo:
            name, leaving = todo.pop()
            if leaving:
                path.pop()
                on_path.discard(name)
                done.add(name)
                continue
            if name in on_path:
                ring = [*path[path.index(name) :], name]
                where = elements.get(ring[0])
                if where is not None:
                    yield Problem(where.at, f"{section}: `{word}` goes in a circle: {' -> '.join(ring)}")
                return
            if name in done:
                continue
            path.append(name)
            on_path.add(name)
            todo.append((name, True))
            todo.extend((other, False) for other in reversed(tuple(following(name))))


def _needs(model: Model) -> Iterator[Problem]:
    for name, need in model.needs.items():
        targets = [k for k in ("at_most", "at_least", "is_") if getattr(need, k) is not None] + [
            "within"
        ] * bool(need.within)
        if len(targets) != 1:
            found = " and ".join(f"`{t.rstrip('_')}`" for t in targets) or "none"
            yield Problem(
                need.at,
                f"needs.{name}: expected one target (`at_most`, `at_least`, `is` or `within`), found {found}",
            )
            continue
        yield from _target(model, need, targets[0])


def _controls(model: Model) -> Iterator[Problem]:
    """What a control protects is an element of the model."""
    for name, control in model.controls.items():
        for element in control.on:
            section, _, rest = element.partition(".")
            there = rest.partition(".")[0]
            if section not in SECTIONS or not _exists(model, section, there):
                known = [f"{s}.{n}" for s in SECTIONS for n in getattr(model, s)]
                message = f"expected an element such as `components.writer`, found `{element}`"
                yield Problem(control.at, f"controls.{name}.on: {message}{did_you_mean(element, known)}")


UNITS_OF: dict[str, tuple[str, ...]] = {
    "latency": ("time",),
    "success": ("share",),
    "availability": ("share",),
    "saturation": ("rate",),
    "utilisation": ("share",),
    "throughput": ("rate",),
    "cost": ("money", "money/time"),
    "people": ("money", "money/time", "time", "time/time"),
    "dependence": ("money", "money/time", "time", "time/time"),
    "effort": ("time", "time/time"),
    "headroom": ("share",),
    "recovery": ("time",),
    "copies": ("share",),
    "exposure": ("count",),
    "trifecta": ("count",),
    "memory": ("size",),
    "recall": ("share",),
    "freshness": ("time",),
    "deletion": ("time",),
    "context": ("share", "count"),
}
UNITS_OF_PART: dict[str, tuple[str, ...]] = {
    "serving/ttft": ("time",),
    "serving/tpot": ("time",),
    "serving/throughput": ("rate",),
    "inference/throttled": ("share",),
    "inference/breakeven": ("rate",),
    "inference/always": ("rate",),
    "inference/own": ("money/time",),
    "inference/api": ("money/time",),
    "inference/saves": ("money/time",),
}
"""What a part of a measure is measured as."""
EXAMPLES = {
    "time": "6 s", "share": "99.9 %", "rate": "40/min", "money": "900 EUR", "money/time": "900 EUR/month",
    "time/time": "8 h/month", "count": "0", "size": "4 GB",
}  # fmt: skip


def _target(model: Model, need: Need, target: str) -> Iterator[Problem]:
    measure = parse_measure(need.measure)
    if isinstance(measure, str):
        return
    wants_word = measure.kind == "approval"
    wants_set = measure.kind == "residency"
    if wants_word != (target == "is_") or wants_set != (target == "within"):
        right = (
            "is: always"
            if wants_word
            else "within: [EU]"
            if wants_set
            else "at_most"
            if measure.less_is_better
            else "at_least"
        )
        yield Problem(
            need.at,
            f"needs.{need.name}: a need on `{measure.kind}` is written with `{right}`, not `{target.rstrip('_')}`",
        )
        return
    if wants_word and need.is_ != "always":
        yield Problem(need.at, f"needs.{need.name}: expected `is: always`, found `{need.is_}`")
    for place in need.within:
        if not known_place(model, place):
            hint = did_you_mean(place, [*model.places, *sorted(JURISDICTIONS)])
            message = f"there is no place `{place}`{hint or ': a place of the model, a country code or EU'}"
            yield Problem(need.at, f"needs.{need.name}.within: {message}")
    quantity = need.at_most or need.at_least
    if quantity is None or not isinstance(quantity, Quantity):  # pyright: ignore[reportUnnecessaryIsInstance]
        return
    units = UNITS_OF.get(measure.kind) or UNITS_OF_PART.get("/".join(measure.text.split("/")[::2][:2]))
    if units and not any(quantity.unit.is_a(unit) for unit in units):
        example = EXAMPLES[units[0]]
        yield Problem(
            quantity.at,
            f"needs.{need.name}: `{measure.kind}` is measured as a {units[0]} such as `{example}`, "
            f"found `{quantity.text}`",
        )


def _scenarios(model: Model) -> Iterator[Problem]:
    """An event does something, with a factor where one is needed, and while somebody looks."""
    for name, scenario in model.scenarios.items():
        for number, event in enumerate(scenario.events, 1):
            path = f"scenarios.{name}.events.{number}"
            scaled = event.slow or event.load
            if not (event.down or event.stalled or scaled or event.cold):
                words = "`down`, `stalled`, `slow`, `load`, `cold`"
                yield Problem(event.at, f"{path}: nothing happens: say what ({words})")
            if event.load and any(f in model.flows and _replayed(model, f) for f in event.load):
                message = "arrivals that are replayed stay as they were recorded: they have no factor"
                yield Problem(event.at, f"{path}.load: {message}")
            if scaled and (event.times == 1.0 or event.times < 0.0):
                word = "slow" if event.slow else "load"
                yield Problem(event.at, f"{path}: `{word}` needs `times`, such as `times: 5`")
            if scenario.lasts is not None and event.from_.mean >= scenario.lasts.mean:
                message = f"begins at {event.from_.text}, when the scenario ({scenario.lasts.text}) is over"
                yield Problem(event.at, f"{path}: {message}")


def _replayed(model: Model, flow: str) -> bool:
    starts = model.flows[flow].starts
    return starts is not None and starts.replays is not None


def _measures(model: Model) -> Iterator[Problem]:
    for name, need in model.needs.items():
        yield from _subject(model, parse_measure(need.measure), need.at, f"needs.{name}")
    for number, wish in enumerate(model.wishes, 1):
        yield from _subject(model, parse_measure(wish), model.at, f"wishes.{number}")


def _subject(model: Model, measure: ParsedMeasure | str, at: Position, path: str) -> Iterator[Problem]:
    if isinstance(measure, str) or model.wants:
        return  # a brief's flows and parts come from its patterns: the designer checks their measures
    section = {
        "trifecta": "flows", "latency": "flows", "success": "flows", "availability": "flows", "saturation": "flows",
        "utilisation": "components", "throughput": "components", "headroom": "components", "quality": "components",
        "serving": "components",
        "memory": "components", "recall": "components", "freshness": "data", "deletion": "data",
    }.get(measure.kind)  # fmt: skip
    if measure.kind == "cost" and measure.statistic != "month":
        section = "flows"
    if measure.kind == "exposure":
        yield from _exposed(model, measure, at, path)
        return
    if measure.kind == "inference":
        message = _missing(model, ("components", "flows"), measure.subject)
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
    message = _missing(model, (section,), measure.subject)
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
        message = _missing(model, ("components", "people"), sink)
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
    message = _missing(model, sections, subject)
    if message:
        yield Problem(at, f"{path}: {message}")
    elif measure.mark not in (None, "corrupted"):
        message = _missing(model, ("components", "places", "suppliers"), str(measure.mark))
        if message:
            yield Problem(at, f"{path}: {message}")


def marks_of(model: Model, flow: str) -> list[str]:
    """Names of the marks a run of the flow can pass, those of flows run in place included."""
    found: list[str] = []
    todo, seen = [flow], set[str]()
    while todo:
        name = todo.pop()
        if name in seen or name not in model.flows:
            continue
        seen.add(name)
        for step in walk(model.flows[name].steps):
            if isinstance(step.action, program.Mark):
                found.append(step.action.name)
            elif isinstance(step.action, program.Do):
                todo.append(step.action.flow)
    return found
