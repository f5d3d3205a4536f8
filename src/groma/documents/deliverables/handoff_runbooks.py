"""Runbooks read off the model: start and stop, deploy and go back, restore, scale, rotate keys, degrade.

The order of starting follows from what stands on what: a carrier before what runs on it, a called part before its
caller. What happens without a part follows from the fallbacks of the programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from groma.documents.content import Block, Blocks, Bullets, Column, Numbered, Paragraph, Row, Table
from groma.documents.deliverables.recovery_sections import recovery
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import HOSTS, name_of, reaches
from groma.documents.inlines import Inlines, Strong, line, plain
from groma.documents.steps_in_words import clause
from groma.model.elements import Component, Model
from groma.model.model_programs import programs
from groma.model.program import Call, Send, Step, inner_steps, walk

OUTSIDE = frozenset({"llm", "tool", "saas"})
"""Kinds of part that somebody else starts and stops, where they are bought."""


def runbooks(subject: Subject, document: str) -> Blocks:
    """All of them, each left out where the model has nothing for it."""
    return (
        *part(document, "start", "Start, and stop", start_and_stop(subject)),
        *part(document, "deploy", "Deploy, and go back", deploy(subject)),
        *part(document, "scale", "Scale", scale(subject)),
        *part(document, "keys", "Change a key", keys(subject)),
        *part(document, "degrade", "When a part gives no answer", degrade(subject)),
        *part(document, "restore", "Restore", recovery(subject, f"{document}-restore")),
    )


def order(model: Model) -> tuple[str, ...]:
    """Parts in the order in which they are started; those that need each other in a circle stand by name."""
    needs: dict[str, set[str]] = {name: set[str]() for name in sorted(model.components)}
    for component in model.components.values():
        carriers = (*component.depends_on, *((component.runs_on,) if component.runs_on else ()))
        needs[component.name] |= {name for name in carriers if name in needs}
    for reach in reaches(model):
        if reach.caller in needs and reach.called in needs and reach.caller != reach.called:
            needs[reach.caller].add(reach.called)
    beneath = {name: _closure(needs, name) for name in needs}
    return tuple(sorted(needs, key=lambda name: (len(beneath[name]), name)))


def _closure(needs: Mapping[str, set[str]], name: str) -> frozenset[str]:
    """A part with all that it stands on, near or far; who stands on another has more beneath it than that other."""
    found, todo = {name}, [name]
    while todo:
        more = needs[todo.pop()] - found
        found |= more
        todo += more
    return frozenset(found)


def ours(component: Component) -> bool:
    """Whether we start and stop it ourselves."""
    return not component.existing and not (component.supplier and component.kind.lower() in OUTSIDE)


def start_and_stop(subject: Subject) -> Blocks:
    """The parts in order, with what to look at before the next."""
    model = subject.model
    listed = [model.components[name] for name in order(model)]
    steps = tuple(_started(subject, c) for c in listed if ours(c))
    if not steps:
        return ()
    there = [name_of(model, c.name) for c in listed if not ours(c)]
    first = line(
        "Stop in the opposite order. ",
        *(("There before anything is started: ", ", ".join(there), ".") if there else ()),
    )
    return (subject.because(Paragraph(first), Numbered(steps)),)


def _started(subject: Subject, component: Component) -> Inlines:
    model = subject.model
    where = ", ".join(name_of(model, place) for place in component.place)
    on = f" on {name_of(model, component.runs_on)}" if component.runs_on else ""
    count, go_on = "", " go on when it answers"
    if component.replicas > 1:
        enough = component.enough or 1
        count = f" {component.replicas} of it;"
        go_on = f" go on when {enough} answers" if enough == 1 else f" go on when {enough} answer"
    lies = f" in {where}" if where and not on else ""
    standing = ", ".join(_needing(model, component.name))
    needed = f", for {standing}" if standing else ""
    if not standing and component.depends_on:
        needed = f", once {' and '.join(name_of(model, each) for each in component.depends_on)} does"
    return line(Strong(line(name_of(model, component.name))), f"{on}{lies}:{count}{go_on}{needed}.")


def _needing(model: Model, name: str) -> tuple[str, ...]:
    """Parts that stand on a part, and flows that call it, in words."""
    standing = (name_of(model, c.name) for c in model.components.values() if c.runs_on == name)
    return (*standing, *(f"“{flow}”" for flow in _flows_of(model, name)))


def deploy(subject: Subject) -> Blocks:
    """What may be exchanged in the day, what the others carry meanwhile, and what going back takes."""
    rows = tuple(_deployed(subject, c) for c in subject.model.components.values() if ours(c) and c.offers)
    columns = (
        Column("Part"),
        Column("How"),
        Column("The others are busy", align="right"),
        Column("What stops meanwhile"),
    )
    blocks: list[Block] = [subject.because(Table(columns, rows))] if rows else []
    back = _ways_back(subject)
    if back:
        blocks.append(subject.because(Table((Column("To go back on"), Column("takes")), back)))
    return tuple(blocks)


def _deployed(subject: Subject, component: Component) -> Row:
    quoter, count = subject.quoter, component.replicas
    name = f"utilisation/{component.name}"
    figure = quoter.ledger.figures.get(name)
    busy: Inlines = ()
    if count > (component.enough or 1):
        how = "one after another, in the day"
        stops = ""
        if figure is not None and figure.high is not None:
            left = figure.high * count / (count - 1)
            busy = line(quoter.ratio(name, left))
            if left > 1.0:
                how = "one after another, outside the busiest hour"
    else:
        how = "announced, outside working hours"
        stops = ", ".join(_flows_of(subject.model, component.name))
    return Row((line(Strong(line(name_of(subject.model, component.name)))), line(how), busy, line(stops)))


def _flows_of(model: Model, component: str) -> list[str]:
    flows = dict.fromkeys(reach.flow for reach in reaches(model) if reach.called == component)
    return [name_of(model, f"flow:{flow}") for flow in flows]


def _ways_back(subject: Subject) -> tuple[Row, ...]:
    found = [
        (decision.title or name, decision.to_reverse)
        for name, decision in subject.model.decisions.items()
        if decision.to_reverse
    ]
    return tuple(Row((line(Strong(line(title))), line(text))) for title, text in found)


def scale(subject: Subject) -> Blocks:
    """Parts with servers, busiest first: how many there are, how busy, and what one more gives."""
    model, quoter = subject.model, subject.quoter
    busy = [
        f
        for f in quoter.named("utilisation/")
        if f.status != "not shown" and f.name.removeprefix("utilisation/") in model.components
    ]
    busy.sort(key=lambda f: (-(f.high if f.high is not None else f.value or 0.0), f.name))
    rows: list[Row] = []
    for figure in busy:
        component = model.components[figure.name.removeprefix("utilisation/")]
        if component.threads is None:
            continue
        more: Inlines = ()
        if figure.high is not None:
            more = line(
                quoter.ratio(figure.name, figure.high * component.replicas / (component.replicas + 1))
            )
        rows.append(
            Row(
                (
                    line(Strong(line(name_of(model, component.name)))),
                    line(f"{component.replicas} × {component.threads}"),
                    line(quoter.figure(figure.name)),
                    more,
                    _by_itself(subject, component),
                )
            )
        )
    columns = (
        Column("Part", share=1.6),
        Column("Copies × servers", align="right"),
        Column("Busy in the busiest hour", align="right"),
        Column("With one copy more, and what carries it", align="right"),
        Column("By itself"),
    )
    return (subject.because(Table(columns, tuple(rows))),) if rows else ()


def _by_itself(subject: Subject, component: Component) -> Inlines:
    scales = component.scales
    if scales is None:
        return line("no")
    path = f"components.{component.name}.scales"
    return line(
        f"up to {scales.to} copies, from ",
        *subject.quoter.amount(f"{path}.aims", scales.aims),
        " busy on",
    )


def keys(subject: Subject) -> Blocks:
    """Parts that a supplier lets us in to: what stops while a key is wrong."""
    model = subject.model
    covered = _covered(model)
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, c.name)))),
                line(name_of(model, c.supplier or "")),
                line(", ".join(_flows_of(model, c.name))),
                line(
                    "the fallback carries on"
                    if c.name in covered
                    else "nothing else answers: change it in a quiet hour"
                ),
            )
        )
        for c in model.components.values()
        if c.supplier and c.offers and c.kind.lower() not in HOSTS
    )
    columns = (Column("Part"), Column("Key of"), Column("Used by"), Column("While the key is wrong"))
    if not rows:
        return ()
    issuers = ", ".join(dict.fromkeys(plain(row.cells[1]) for row in rows))
    watched = ", ".join(
        f"“{name_of(model, f'flow:{flow.name}')}”" for flow in model.flows.values() if flow.starts is not None
    )
    words = line(
        f"Have the supplier ({issuers}) issue the new key, put it beside the old one, "
        f"watch one run of {watched or 'each flow'}, then withdraw the old one."
    )
    return (subject.because(Paragraph(words), Table(columns, rows)),)


def _covered(model: Model) -> frozenset[str]:
    """Parts all of whose calls stand inside a step that has a fallback."""
    inside: set[str] = set()
    outside: set[str] = set()
    for _, steps in programs(model):
        for called, safe in _calls(steps, False):
            (inside if safe else outside).add(called)
    return frozenset(inside - outside)


def _calls(steps: tuple[Step, ...], safe: bool) -> Iterator[tuple[str, bool]]:
    """Parts that steps call, and whether a fallback stands behind the call; none does behind what it calls itself."""
    for step in steps:
        here = safe or step.policies.fallback is not None
        for name in _calls_in(step):
            yield name, here
        for where, inner in inner_steps(step):
            yield from _calls(inner, safe if where in ("fallback", "compensate") else here)


def degrade(subject: Subject) -> Blocks:
    """Each fallback of the programs: what it stands behind, how long is waited, what is done instead."""
    model = subject.model
    items: dict[Inlines, None] = {}
    for _, steps in programs(model):
        for step in walk(steps):
            if step.policies.fallback is None:
                continue
            tried = replace(step, policies=replace(step.policies, fallback=None, compensate=None))
            what = dict.fromkeys(name_of(model, name) for name, _ in _calls((tried,), False))
            instead = clause(model, step.policies.fallback) or "it goes on without"
            waited = _attempts(subject, step)
            items[line(Strong(line(", ".join(what) or "This step")), *waited, f": {instead}.")] = None
    return (subject.because(Bullets(tuple(items))),) if items else ()


def _calls_in(step: Step) -> tuple[str, ...]:
    """The part that a step itself calls."""
    match step.action:
        case Call(component=component) | Send(component=component):
            return (component,)
        case _:
            return ()


def _attempts(subject: Subject, step: Step) -> Inlines:
    """How long and how often the first way is tried, as far as the step itself says."""
    policies, parts = step.policies, list[Inlines]()
    if policies.timeout is not None:
        parts.append(line("after ", *subject.quoter.amount(f"{step.path}.timeout", policies.timeout)))
    if policies.deadline is not None:
        parts.append(
            line("after ", *subject.quoter.amount(f"{step.path}.deadline", policies.deadline), " in all")
        )
    if policies.retry is not None:
        parts.append(line(f"after {policies.retry.times + 1} attempts"))
    if not parts:
        return ()
    words: Inlines = parts[0]
    for each in parts[1:]:
        words = line(*words, ", ", *each)
    return line(", ", *words)
