"""What is found and what a model reads: vector indexes, context windows of calls, age and deletion of derived data."""

from __future__ import annotations

from groma.analyses.retrieval.entering import calls_of_models
from groma.analyses.retrieval.refresh import longest
from groma.analyses.skew import differences, logged, pairs
from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import call_words, name_of
from groma.documents.inlines import Inlines, Strong, line
from groma.model.elements import Index
from groma.model.quantity import Quantity, Unknown
from groma.rules import Subject as Looked

SELDOM = 1e-6
KINDS = {
    "flat": "every question is compared with all vectors",
    "hnsw": "a graph in which each vector is linked to near ones",
    "ivf": "lists around centres, of which some are looked into",
}


def reading(subject: Subject, document: str) -> Blocks:
    """Parts on cutting, indexes, context windows, features, refresh and deletion; those with nothing to say are left
    out."""
    return (
        *part(document, "cut", "How texts are cut", passages(subject)),
        *part(document, "indexes", "What is found by nearness", indexes(subject)),
        *part(document, "windows", "What each call reads", windows(subject)),
        *part(document, "features", "What a model learns from and is asked with", features(subject)),
        *part(document, "refresh", "How old it can be, and when it is gone", refresh(subject)),
    )


def indexes(subject: Subject) -> Blocks:
    """A row for each index: what it keeps, the memory, what it finds; then what narrows a search."""
    quoter, model = subject.quoter, subject.model
    rows: list[Row] = []
    notes: list[Inlines] = []
    for name, component in model.components.items():
        index = component.index
        if index is None:
            continue
        rows.append(
            Row(
                (
                    line(Strong(line(name_of(model, name))), f": {KINDS[index.kind]}"),
                    _vectors(subject, name, index),
                    line(quoter.say(f"memory/{name}", _kept(index))),
                    line(quoter.figure(f"memory/{name}")),
                    line(quoter.figure(f"recall/{name}")),
                )
            )
        )
        notes += _notes(subject, name, index)
    if not rows:
        return ()
    columns = (
        Column("Index"),
        Column("Vectors", align="right"),
        Column("Kept as"),
        Column("Memory", align="right"),
        Column("Finds of the ten nearest", align="right"),
    )
    blocks: tuple[Block, ...] = (Table(columns, tuple(rows)),)
    return (subject.because(*blocks, *((Bullets(tuple(notes)),) if notes else ())),)


def _vectors(subject: Subject, name: str, index: Index) -> Inlines:
    """How many vectors it keeps: as stated, or one for each passage of what it holds."""
    quoter = subject.quoter
    cut = [d.name for d in subject.model.data.values() if d.cut is not None and name in d.held_by]
    if index.vectors is None and cut:
        return quoter.listed(f"passages/{each}" for each in cut)
    return line(*quoter.amount(f"components.{name}.index.vectors", index.vectors))


def passages(subject: Subject) -> Blocks:
    """How texts are cut into passages, and how many that makes."""
    quoter, model = subject.quoter, subject.model
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, name)))),
                line(*quoter.amount(f"data.{name}.cut.texts", data.cut.texts)),
                line(*quoter.amount(f"data.{name}.cut.length", data.cut.length)),
                line(quoter.say(f"passages/{name}", f"{data.cut.passage}, {data.cut.overlap} shared")),
                line(quoter.figure(f"passages/{name}")),
            )
        )
        for name, data in model.data.items()
        if data.cut is not None and f"passages/{name}" in quoter.ledger
    )
    columns = (
        Column("Passages of"),
        Column("Texts", align="right"),
        Column("Length of a text", align="right"),
        Column("Tokens of a passage", align="right"),
        Column("Passages", align="right"),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()


def windows(subject: Subject) -> Blocks:
    """For each call that says what enters: its parts, how full the window gets, what is cut first."""
    quoter, model = subject.quoter, subject.model
    looked = Looked(model, quoter.ledger).context
    found: list[Block] = []
    for entering in calls_of_models(looked):
        prompt, path = entering.call.context, entering.step.path
        if prompt is None or not quoter.shown(f"context/{path}/tokens"):
            continue
        grows = dict(prompt.grows)
        rows = tuple(
            Row(
                (
                    line(name.replace("_", " ")),
                    _tokens(subject, where, amount),
                    line(*quoter.amount(f"{path}.context.grows.{name}", grows[name]))
                    if name in grows
                    else (),
                    _order(subject, path, prompt.cut_first, name),
                )
            )
            for name, amount, where in entering.parts
        )
        columns = (
            Column("What enters"),
            Column("Tokens", align="right"),
            Column("More each round", align="right"),
            Column("When it is too much"),
        )
        does = call_words(model, entering.call.component, entering.call.operation, entering.step.title)
        title = f"{name_of(model, entering.call.component)}, {does}"
        found.append(
            Paragraph(line(Strong(line(title)), f" ({path}). ", *_full(subject, path, prompt.cut_first)))
        )
        found.append(Table(columns, rows))
        if prompt.found and quoter.shown(f"context/{path}/fits"):
            whose = ", ".join(f"{part.replace('_', ' ')} of {operation}" for part, operation in prompt.found)
            fits = quoter.figure(f"context/{path}/fits")
            found.append(
                Paragraph(
                    line(f"Of the {whose} there is room for ", fits, " beside all the rest at its longest.")
                )
            )
    return (subject.because(*found),) if found else ()


def features(subject: Subject) -> Blocks:
    """Features that are kept twice, to learn from and to be asked with: who makes them, how old they are, what
    differs."""
    quoter, model = subject.quoter, subject.model
    looked = Looked(model, quoter.ledger).context
    rows: list[Row] = []
    for learned, served in pairs(looked):
        apart = differences(looked, learned, served)
        told = "; ".join(each.text for each in apart)
        kept = f"kept of {name_of(model, served.name)} when it is served" if logged(learned, served) else ""
        for data, use in ((learned, "learned from"), (served, "asked with")):
            rows.append(
                Row(
                    (
                        line(Strong(line(name_of(model, data.name)))),
                        line(use),
                        line(", ".join(name_of(model, each) for each in data.made_by)),
                        line(", ".join(name_of(model, each) for each in data.made_from)),
                        line(quoter.figure(f"freshness/{data.name}")) if data.made_from else (),
                        line(quoter.figure(f"skew/{learned.name}")) if data is learned else (),
                        line(quoter.say(f"skew/{learned.name}", told or kept or "the same"))
                        if data is learned
                        else (),
                    )
                )
            )
    columns = (
        Column("Features"), Column("Are"), Column("Made by"), Column("Made from"),
        Column("Shows what was at most", align="right"), Column("Apart in age", align="right"),
        Column("What differs", share=1.6),
    )  # fmt: skip
    return (subject.because(Table(columns, tuple(rows))),) if rows else ()


def refresh(subject: Subject) -> Blocks:
    """Data that are made from others and their sources: age, time until a deletion is everywhere, the longest way."""
    quoter, model = subject.quoter, subject.model
    looked = Looked(model, quoter.ledger).context
    rows: list[Row] = []
    for name, data in model.data.items():
        aged, gone = f"freshness/{name}", f"deletion/{name}"
        if gone not in quoter.ledger:
            continue
        ways = longest(looked, name).ways
        way = "; ".join(f"{_called(subject, each.to)}: {each.how}" for each in ways)
        rows.append(
            Row(
                (
                    line(Strong(line(name_of(model, name)))),
                    line(", ".join(name_of(model, source) for source in data.made_from)),
                    line(quoter.figure(aged)) if aged in quoter.ledger else (),
                    line(quoter.figure(gone)),
                    line(quoter.say(gone, way)) if way else (),
                )
            )
        )
    if not rows:
        return ()
    columns = (
        Column("Data"),
        Column("Made from"),
        Column("Shows what was at most", align="right"),
        Column("Deleted everywhere after", align="right"),
        Column("The longest way of a deletion"),
    )
    return (subject.because(Table(columns, tuple(rows))),)


def _kept(index: Index) -> str:
    code = f"{index.code_bytes} bytes" if index.code == "product" else index.code
    links = f", {index.m} links" if index.kind == "hnsw" and index.m is not None else ""
    lists = f", {index.lists} lists" if index.kind == "ivf" and index.lists is not None else ""
    return f"{index.dimensions} dimensions, {code}{links}{lists}"


def _notes(subject: Subject, name: str, index: Index) -> list[Inlines]:
    model, notes = subject.model, list[Inlines]()
    called = name_of(model, name)
    if index.made_with is not None:
        maker = name_of(model, index.made_with)
        notes.append(
            line(f"{maker} makes the vectors of {called}; another model means making all of them anew.")
        )
    if index.narrows_by:
        fields = ", ".join(index.narrows_by)
        notes.append(line(f"A search of {called} is narrowed by {fields} to what the asker may see."))
    return notes


def _tokens(subject: Subject, path: str, amount: object) -> Inlines:
    if isinstance(amount, Quantity | Unknown):
        return line(*subject.quoter.amount(path, amount))
    return line("by its table")


def _order(subject: Subject, path: str, cut_first: tuple[str, ...], name: str) -> Inlines:
    if name not in cut_first:
        return line("stays") if cut_first else ()
    place = cut_first.index(name) + 1
    words = "cut first" if place == 1 else f"cut as number {place}"
    return line(subject.quoter.say(f"context/{path}/stuck", words))


def _full(subject: Subject, path: str, cut_first: tuple[str, ...]) -> Inlines:
    """How full the window is, and what happens when it is too much, in a sentence."""
    quoter = subject.quoter
    words = line(
        "In the last round it fills " if _loops(subject, path) else "It fills ",
        quoter.figure(f"context/{path}/tokens"),
        " tokens",
    )
    if quoter.shown(f"context/{path}/share"):
        words = line(*words, ", ", quoter.figure(f"context/{path}/share"), " of the window")
    overflow = quoter.ledger.figures.get(f"context/{path}/overflow")
    if overflow is None or overflow.high is None:
        return line(*words, "; nothing bounds how often that is too much.")
    if overflow.high <= SELDOM:
        return line(*words, "; ", quoter.say(overflow.name, "it always fits"), ".")
    words = line(*words, "; ", quoter.figure(overflow.name), " of all runs are longer than the window")
    stuck = quoter.ledger.figures.get(f"context/{path}/stuck")
    if cut_first and stuck is not None and stuck.high is not None and stuck.high <= SELDOM:
        return line(*words, "; ", quoter.say(stuck.name, "all fit when what may be cut is"), ".")
    if cut_first:
        return line(
            *words,
            ", and ",
            quoter.figure(f"context/{path}/stuck"),
            " still are when all that may be is cut.",
        )
    return line(*words, ", and nobody says what is left out then.")


def _loops(subject: Subject, path: str) -> bool:
    found = subject.quoter.ledger.figures.get(f"context/{path}/tokens")
    return found is not None and any("rounds after the first" in each.text for each in found.derivation)


def _called(subject: Subject, place: str) -> str:
    name = place.removeprefix("data.")
    return name_of(subject.model, name) if place != name else place
