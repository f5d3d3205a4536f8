"""Chapters for who builds it: who reaches whom and with what, how it grows, and the outline of the code."""

from __future__ import annotations

from groma.analyses.outgrown import bill_after, saturating_load
from groma.documents.artefacts import FOLDER, Exported
from groma.documents.content import Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.exporters.terraform import open_variables, resources
from groma.exporters.terraform.outline import calls
from groma.model.elements import Component, Model
from groma.model.figure import Figure

YEARS = (1, 2, 3)


def reached(subject: Subject) -> Blocks:
    """Who calls whom: over what, across which border, and what has to be shown there to be let in."""
    model, quoter = subject.model, subject.quoter
    rows: list[Row] = []
    outside = 0
    for name, others in calls(model).items():
        for other in others:
            caller, called = model.components[name], model.components[other]
            if not _place(model, caller):
                continue  # no part that runs anywhere by itself, such as an index inside a database
            away = _place(model, caller) != _place(model, called)
            outside += away
            rows.append(
                Row(
                    (
                        line(Strong(line(name_of(model, name)))),
                        line(name_of(model, other)),
                        line(_protocol(model, name, other)),
                        line(_border(model, caller, called)),
                        line(_key(model, caller, called)),
                    )
                )
            )
    if not rows:
        return ()
    crossing = quoter.count(
        "reached/outside", "Calls that leave their place", outside, "calls between components"
    )
    every = quoter.count(
        "reached", "Pairs of parts of which one calls the other", len(rows), "calls between components"
    )
    words = line("Of ", every, " ways from one part to another ", crossing, " leave the place of the caller.")
    columns = (
        Column("Part"),
        Column("Calls"),
        Column("Over"),
        Column("From where to where"),
        Column("Let in by"),
    )
    return (subject.because(Table(columns, tuple(rows), words)),)


def _protocol(model: Model, caller: str, called: str) -> str:
    told = [
        c.protocol for c in model.connections.values() if (c.from_, c.to) == (caller, called) and c.protocol
    ]
    return ", ".join(dict.fromkeys(told))


def _place(model: Model, component: Component) -> tuple[str, ...]:
    """Where a part is: its own places, or those of what carries it."""
    seen: set[str] = set()
    while not component.place and component.runs_on and component.name not in seen:
        seen.add(component.name)
        component = model.components[component.runs_on]
    return component.place


def _border(model: Model, caller: Component, called: Component) -> str:
    here, there = _place(model, caller), _place(model, called)
    if here == there:
        return f"within {', '.join(name_of(model, p) for p in here)}" if here else ""
    ends = [", ".join(name_of(model, p) for p in each) or "no stated place" for each in (here, there)]
    return " to ".join(ends)


def _key(model: Model, caller: Component, called: Component) -> str:
    """What a call is let in by: an identity where both are bought of one seller, else a secret of its own."""
    carrier = model.components[caller.runs_on] if caller.runs_on else caller
    if called.runs_on and called.runs_on == caller.runs_on:
        return "nothing beside the network"
    if called.supplier and called.supplier == carrier.supplier:
        return f"the identity of {name_of(model, caller.name)}"
    if called.supplier:
        return f"a secret from {name_of(model, called.supplier)}"
    return f"a secret of {name_of(model, called.name)}"


def scaling(subject: Subject) -> Blocks:
    """Part by part: how many, up to how many, and the load at which it saturates."""
    model, quoter = subject.model, subject.quoter
    found: list[tuple[Component, Figure]] = []
    for component in model.components.values():
        figure = saturating_load(model, quoter.ledger, component.name)
        if figure is not None:
            _enter(subject, figure)
            found.append((component, figure))
    if not found:
        return ()
    found.sort(key=lambda each: (each[1].low or 0.0, each[0].name))
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, c.name)))),
                line(str(c.replicas)),
                line(_more(c)),
                line(quoter.figure(f"utilisation/{c.name}")),
                line(quoter.figure(f.name)),
            )
        )
        for c, f in found
    )
    first, figure = found[0]
    caption = line(
        quoter.say(figure.name, name_of(model, first.name)),
        " is the first to saturate, at ",
        quoter.figure(figure.name),
        " the load of the busiest hour.",
    )
    columns = (
        Column("Part"), Column("Number", align="right"), Column("How it gets more"),
        Column("Busy in the busiest hour", align="right"), Column("Saturates at, times that load", align="right"),
    )  # fmt: skip
    return (subject.because(Table(columns, rows, caption)),)


def _more(component: Component) -> str:
    if component.scales is None:
        return "" if component.existing else "by hand: replicas in the model"
    return f"by itself, up to {component.scales.to}, aiming at {component.scales.aims.text}"


def over_growth(subject: Subject) -> Blocks:
    """The bill of today and after years of growth, where growth is stated and runs cost something."""
    model, quoter = subject.model, subject.quoter
    grown = [figure for years in YEARS if (figure := bill_after(model, quoter.ledger, years)) is not None]
    if not grown:
        return ()
    for figure in grown:
        _enter(subject, figure)
    rows = [Row((line("today"), line(quoter.monthly("cost/month"))))]
    rows += [
        Row((line(f"after {years} year{'s' if years > 1 else ''}"), line(quoter.monthly(figure.name))))
        for years, figure in zip(YEARS, grown, strict=True)
    ]
    caption = line(
        "With a load that grows by ", quoter.amount("growth", model.growth), " a year, ", model.system, " costs ",
        quoter.figure(grown[-1].name), " in the third year; what stands is paid as today.",
    )  # fmt: skip
    columns = (Column("When"), Column("Bill of a month", align="right"))
    return (subject.because(Table(columns, tuple(rows), caption)),)


def other_terms(subject: Subject) -> Blocks:
    """Prices of what is bought under other terms than the standard: batch, reserved, committed, as far as listed."""
    rows: list[Row] = []
    source = next((each.source for each in subject.exported), None)
    if source is None:
        return ()
    from groma.exporters.terraform.outline import product_of

    for component in subject.model.components.values():
        product = product_of(source, component)
        for price in () if product is None else product.prices:
            standard = None if product is None else product.price(price.per)
            if (
                not price.condition
                or price.amount is None
                or price.above
                or standard is None
                or standard.amount is None
            ):
                continue
            ref = f"catalog/{component.product}/{price.per}"
            bill = subject.quoter.ledger.figures.get(f"cost/component/{component.name}")
            if bill is None or ref not in bill.inputs:
                continue
            share = (
                subject.quoter.ratio(ref, float(price.amount / standard.amount))
                if standard.amount
                else line()
            )
            rows.append(
                Row(
                    (
                        line(Strong(line(name_of(subject.model, component.name)))),
                        line(Code(price.condition)),
                        line(price.per),
                        line(share),
                    )
                )
            )
    columns = (
        Column("Part"),
        Column("Terms"),
        Column("Paid by"),
        Column("Of the standard price", align="right"),
    )
    return (subject.because(Table(columns, tuple(rows))),) if rows else ()


def _enter(subject: Subject, figure: Figure) -> None:
    if figure.name not in subject.quoter.ledger:
        subject.quoter.ledger.write(figure)


def code(subject: Subject, document: str) -> Blocks:
    """The files that belong to the design, what the infrastructure's code makes, and what it has to be told."""
    blocks: Blocks = ()
    if subject.exported:
        blocks += (subject.because(Bullets(tuple(_files(each) for each in subject.exported))),)
    outline = next((each for each in subject.exported if each.name == "terraform" and each.artefacts), None)
    if outline is not None:
        blocks += part(document, "code-resources", "What the code makes", _resources(subject, outline))
        blocks += part(document, "code-open", "What the code has to be told", _open(subject, outline))
    return blocks


def _files(each: Exported) -> Inlines:
    folder = Code(f"{FOLDER}/{each.name}/")
    if each.problems:
        return line(each.title, ": not written, since ", "; ".join(each.problems))
    count = len(each.artefacts)
    return line(f"{each.title}: {count} file{'s' if count != 1 else ''} in ", folder)


def _resources(subject: Subject, outline: Exported) -> Blocks:
    model, quoter = subject.model, subject.quoter
    kinds: dict[tuple[str, str], dict[str, None]] = {}
    for module, block in resources(outline.source):
        kinds.setdefault((module, block.component), {})[block.type] = None
    rows: list[Row] = []
    for (module, component), types in kinds.items():
        cost = f"cost/component/{component}"
        words: Inlines = ()
        for nth, kind in enumerate(types):
            words = line(words, ", " if nth else "", Code(kind))
        whose = name_of(model, component) if component else "for all parts there"
        figure = line(quoter.figure(cost)) if component and quoter.shown(cost) else ()
        rows.append(Row((line(Code(module)), line(whose), words, figure)))
    columns = (
        Column("Module", share=1.2),
        Column("For", share=1.4),
        Column("Resources", share=2.0),
        Column("In a month", align="right"),
    )
    return (subject.because(Table(columns, tuple(rows))),)


def _open(subject: Subject, outline: Exported) -> Blocks:
    found = open_variables(outline.source)
    if not found:
        return ()
    rows = tuple(
        Row(
            (
                line(Code(each.name)),
                line(name_of(subject.model, each.component) if each.component else ""),
                line(each.why),
            )
        )
        for each in found
    )
    count = subject.quoter.count(
        "code/open", "Variables without a default", len(found), "outline of the code"
    )
    words = line("The model says nothing of ", count, " values that the code needs; none is made up.")
    columns = (Column("Variable"), Column("For"), Column("What it is"))
    return (Paragraph(words), subject.because(Table(columns, rows)))
