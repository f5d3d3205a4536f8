"""Chapters on what a system is made of: its parts and their responsibilities, data, interfaces."""

from __future__ import annotations

from groma.documents.content import Blocks, Column, Paragraph, Picture, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.printable import ident
from groma.documents.quote import DESIGN
from groma.documents.views import container_view, context_view, data_view, deployment_view
from groma.model.elements import Component, Data, Model, Operation

MOST_IN_CAPTION = 3
"""Parts of a place that a caption names."""


def system_pictures(subject: Subject, document: str) -> Blocks:
    """Context, containers, deployment: one level of zoom after the other."""
    model, quoter = subject.model, subject.quoter
    blocks: Blocks = ()
    context = context_view(model, quoter)
    if context is not None:
        people = sum(node.kind == "person" for node in context.nodes)
        others = len(context.nodes) - 1 - people
        words = line(
            model.system,
            " works with ",
            quoter.count("around/people", "People and teams around the system", people, "people"),
            f" kind{'' if people == 1 else 's'} of people and ",
            quoter.count(
                "around/systems", "Systems that are there already and are used", others, "components"
            ),
            f" system{'' if others == 1 else 's'} that {'is' if others == 1 else 'are'} there already.",
        )
        blocks += part(
            document,
            "context",
            "What is around it",
            (
                subject.because(
                    Picture(f"{document}-context-view", context, words, line("Context of the system"))
                ),
            ),
        )
    containers = container_view(model, quoter)
    if containers.nodes:
        mine = [node for node in containers.nodes if node.group]
        words = line(
            quoter.count("parts/own", "Parts within the system's boundary", len(mine), "components"),
            " parts are this system's own; ",
            quoter.count(
                "parts/all", "Parts that take part", len(containers.nodes), "components, people and flows"
            ),
            " take part in all.",
        )
        blocks += part(
            document,
            "containers",
            "What it is made of",
            (
                subject.because(
                    Picture(
                        f"{document}-container-view",
                        containers,
                        words,
                        line("Parts of the system"),
                        wide=True,
                    )
                ),
            ),
        )
    deployment = deployment_view(model, quoter)
    if deployment is not None:
        blocks += part(
            document,
            "deployment",
            "Where it runs",
            (
                subject.because(
                    Picture(
                        f"{document}-deployment-view",
                        deployment,
                        _places_words(subject),
                        line("Where the parts run"),
                        wide=True,
                    )
                ),
            ),
        )
    return blocks


def _places_words(subject: Subject) -> Inlines:
    model, quoter = subject.model, subject.quoter
    there: dict[str, dict[str, None]] = {}
    for component in model.components.values():
        for place in component.place:
            there.setdefault(jurisdiction(model, place), {})[name_of(model, component.name)] = None
    if len(there) == 1:
        return line("All parts are in ", quoter.say(DESIGN, next(iter(there))), ".")
    told = "; ".join(f"in {place} {_some(tuple(there[place]))}" for place in sorted(there))
    return line(quoter.say(DESIGN, f"{told[:1].upper()}{told[1:]}."))


def _some(names: tuple[str, ...]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - MOST_IN_CAPTION
    return ", ".join(names[:MOST_IN_CAPTION]) + (f" and {more} more" if more > 0 else "")


def jurisdiction(model: Model, place: str) -> str:
    """The outermost place around a place."""
    seen: set[str] = set()
    while place in model.places and model.places[place].in_ and place not in seen:
        seen.add(place)
        place = model.places[place].in_ or place
    return name_of(model, place) if place in model.places else place


def responsibilities(subject: Subject) -> Blocks:
    """What each part is for, what it is, where it runs and who answers for it."""
    model = subject.model
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, c.name)))),
                line(c.does or _first_does(c)),
                _what(model, c),
                line(_where(model, c)),
                line(_who(model, c)),
            )
        )
        for c in model.components.values()
    )
    if not rows:
        return ()
    columns = (
        Column("Part"),
        Column("Responsibility"),
        Column("What it is"),
        Column("Where"),
        Column("Who answers for it"),
    )
    return (subject.because(Table(columns, rows)),)


def _first_does(component: Component) -> str:
    titles = [operation.title for operation in component.offers.values() if operation.title]
    words = titles or [name.replace("_", " ") for name in component.offers]
    return ", ".join(words[:4]).capitalize()


def _what(model: Model, c: Component) -> Inlines:
    kind = c.kind if not c.existing else f"{c.kind}, there already"
    many = f", {c.replicas} of it" + (f" ({c.enough} suffice)" if c.enough else "") if c.replicas > 1 else ""
    return line(kind, many, *((": ", Code(c.product)) if c.product else ()))


def _where(model: Model, c: Component) -> str:
    if c.runs_on:
        return f"on {name_of(model, c.runs_on)}"
    return ", ".join(name_of(model, place) for place in c.place)


def _who(model: Model, c: Component) -> str:
    supplier = name_of(model, c.supplier) if c.supplier else ""
    owner = name_of(model, c.owner) if c.owner else ""
    return "; ".join(part for part in (owner, f"bought from {supplier}" if supplier else "") if part)


def where_kept(subject: Subject) -> Blocks:
    """Data with class, system of record, copies and owner; the places that each class reaches."""
    model, quoter = subject.model, subject.quoter
    if not model.data:
        return ()
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, d.name)))),
                line(d.class_),
                line(name_of(model, d.held_by[0]) if d.held_by else "nowhere stated"),
                line(", ".join(name_of(model, held) for held in d.held_by[1:])),
                line(_owner(model, d)),
            )
        )
        for d in model.data.values()
    )
    columns = (
        Column("Data"),
        Column("Class"),
        Column("System of record"),
        Column("Copies in"),
        Column("Owner"),
    )
    blocks: Blocks = (subject.because(Table(columns, rows)),)
    for figure in quoter.named("residency/"):
        name = figure.name.removeprefix("residency/")
        held = ", ".join(name_of(model, d.name) for d in model.data.values() if d.class_ == name)
        words = line(
            "Data of the class ", quoter.say(figure.name, name), f" ({held})" if held else "",
            " reach: ", quoter.figure(figure.name), ".",
        )  # fmt: skip
        blocks = (*blocks, Paragraph(words))
    return blocks


def data_blocks(subject: Subject, document: str) -> Blocks:
    """Data with class, system of record and reach; where they go; what is in them."""
    model, quoter = subject.model, subject.quoter
    blocks = where_kept(subject)
    if not blocks:
        return ()
    view = data_view(model, quoter)
    if view is not None:
        words = line(
            quoter.count(
                "data/ways",
                "Ways on which data go from one part to another",
                len(view.edges),
                "what flows and connections carry",
            ),
            " ways carry data from one part to another.",
        )
        blocks = (
            *blocks,
            subject.because(Picture(f"{document}-data-view", view, words, line("Where data go"), wide=True)),
        )
    fields = tuple(
        Row((line(name_of(model, d.name)), line(Code(field)), line(kind)))
        for d in model.data.values()
        for field, kind in d.fields.items()
    )
    if fields:
        blocks += part(
            document,
            "dictionary",
            "Data dictionary",
            (
                subject.because(
                    Table((Column("Data"), Column("Field"), Column("Type or what it points to")), fields)
                ),
            ),
        )
    return blocks


def _owner(model: Model, d: Data) -> str:
    return name_of(model, d.owner) if d.owner else ""


def interfaces(subject: Subject, document: str) -> Blocks:
    """Every operation: request, answer, errors, effect of repeating it, limits, time."""
    model = subject.model
    blocks: Blocks = ()
    for c in model.components.values():
        if not c.offers:
            continue
        rows = tuple(
            Row(
                (
                    line(Code(f"{c.name}.{name}"), *((" ", o.title) if o.title else ())),
                    _fields(o.request),
                    _fields(o.response),
                    line(", ".join(errors(c, o))),
                    line(EFFECTS[o.effect]),
                    _time(subject, c, name, o),
                )
            )
            for name, o in c.offers.items()
        )
        columns = (
            Column("Operation"),
            Column("Request"),
            Column("Answer"),
            Column("Errors"),
            Column("When repeated"),
            Column("Own work", align="right"),
        )
        limits = _limits(c)
        words = (Paragraph(line(limits)),) if limits else ()
        table = Table(columns, rows, line(name_of(model, c.name)), f"{document}-interface-{ident(c.name)}")
        blocks = (*blocks, subject.because(table, *words))
    return blocks


EFFECTS = {
    "none": "changes nothing",
    "idempotent": "same result",
    "keyed": "safe with the same key",
    "once": "happens again",
}


def errors(component: Component, operation: Operation) -> tuple[str, ...]:
    """The kinds of error a caller must expect of an operation."""
    found = ["unavailable"] if component.fails or component.supplier or component.runs_on else []
    found += ["failed"] if operation.fails is not None else []
    found += ["throttled"] if operation.throttled is not None or component.queue is not None else []
    return tuple(found)


def _fields(fields: object) -> Inlines:
    from collections.abc import Mapping
    from typing import cast

    listed = cast("Mapping[str, str]", fields or {})
    return line(*((Code(", ".join(f"{name}: {kind}" for name, kind in listed.items())),) if listed else ()))


def _time(subject: Subject, c: Component, name: str, o: Operation) -> Inlines:
    base = f"components.{c.name}.offers.{name}"
    words = subject.quoter.amount(f"{base}.work", o.work)
    for size, amount in o.per.items():
        words = line(
            words,
            " + " if words else "",
            *subject.quoter.amount(f"{base}.per.{size}", amount),
            f" per {size}",
        )
    return words


def _limits(c: Component) -> str:
    parts = [f"{c.replicas * c.threads} calls at once" if c.threads else ""]
    parts += [f"{c.queue} may wait, more are turned away" if c.queue is not None else ""]
    text = "; ".join(part for part in parts if part)
    return f"Limits: {text}." if text else ""
