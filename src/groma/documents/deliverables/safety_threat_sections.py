"""Chapters of the safety specification on what may happen: boundaries, threats with paths, what may come and go."""

from __future__ import annotations

from groma.analyses.information import Use, is_untrusted, trifectas
from groma.analyses.information.figures import exposed
from groma.analyses.threats import Safety
from groma.analyses.threats.seen import whereabouts
from groma.documents.content import Block, Blocks, CodeBlock, Column, Paragraph, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.safety_words import STEP, few_of, spot, within_reach, words
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.quote import DESIGN
from groma.documents.steps_in_words import step_words
from groma.exporters.contracts import problems, request_schema, response_schema, schema_text
from groma.model.program import Call, Send

ID = "safety-specification"


def boundaries(subject: Subject, safety: Safety) -> Blocks:
    """Data with class and trust, where they are kept, and whom they reach."""
    model, context = subject.model, safety.seen.context
    rows: list[Row] = []
    for name, data in model.data.items():
        outside = dict(exposed(context, name, "outside"))
        suppliers = sorted(
            {
                part.supplier
                for use in safety.seen.uses
                if name in {label.data for label in use.handed}
                and (part := safety.seen.component(use.component)) is not None
                and part.supplier
            }
        )
        rows.append(
            Row(
                (
                    line(Strong(line(name_of(model, name)))),
                    line(data.class_),
                    line("others write it" if data.trust == "untrusted" else data.trust or "not stated"),
                    line(", ".join(name_of(model, each) for each in data.held_by)),
                    line(", ".join(name_of(model, each) for each in suppliers)),
                    line(
                        "; ".join(
                            dict.fromkeys(words(subject, safety, each.split(" ")[1]) for each in outside)
                        )
                    ),
                )
            )
        )
    columns = (
        Column("Data"), Column("Class"), Column("Trust"), Column("Kept in"), Column("May reach suppliers"),
        Column("May leave by", share=1.4),
    )  # fmt: skip
    return (subject.because(Table(columns, tuple(rows))),) if rows else ()


def threats(subject: Subject, safety: Safety) -> Blocks:
    """Each threat: what follows, its ids, and its places with what stands there."""
    reached = {threat.id: within_reach(subject, safety, safety.of(threat)) for threat in safety.threats}
    every = tuple(
        name
        for name in dict.fromkeys(name for names in reached.values() for name in names)
        if len(reached) > 1 and all(name in names for names in reached.values())
    )
    blocks: list[Block] = []
    if every:
        blocks.append(subject.because(Paragraph(line(f"Within reach of each of these: {'; '.join(every)}."))))
    for threat in safety.threats:
        answers = safety.of(threat)
        rows = tuple(
            Row(
                (
                    *spot(subject, safety, answer.place.element),
                    line(answer.place.text),
                    line("; ".join(control.title for control in answer.controls))
                    if answer.controls
                    else line(Strong(line("nothing"))),
                )
            )
            for answer in answers
        )
        columns = (
            Column("Where", share=1.2),
            STEP,
            Column("What is seen", share=1.6),
            Column("What stands there", share=1.2),
        )
        told = alike(subject.quoter, f"threats/{threat.id}", rows, place=1)
        also = few_of(tuple(name for name in reached[threat.id] if name not in every))
        concerned = f" ({'also ' if every else ''}within reach: {also})" if also else ""
        where = " or ".join(dict.fromkeys(whereabouts(subject.model, answer.place) for answer in answers))
        happens = f"If it happens {where}, {threat.effect}{concerned}; known as "
        head = Paragraph(line(happens, Code(", ".join(threat.ids)), "."))
        blocks += part(
            ID, f"threat-{threat.id}", threat.title, (subject.because(head, Table(columns, told)),)
        )
    return tuple(blocks)


def ways_out(subject: Subject, safety: Safety) -> Blocks:
    """Operations that reach outside after a model wrote: by which way content steers them and private data go along."""
    rows: list[Row] = []
    for each in trifectas(safety.seen.context):
        residual = ", ".join(
            f"{check.name} misses {check.misses or 'an unknown share'}"
            for check in each.checks
            if check.kind == "guard"
        )
        people = ", ".join(
            f"{name_of(subject.model, check.name)} approve"
            for check in each.checks
            if check.kind == "approval"
        )
        rows.append(
            Row(
                (
                    *spot(subject, safety, each.use.path),
                    line(
                        f"{name_of(subject.model, each.untrusted)}: {way_words(subject, safety, each.untrusted_way)}"
                    ),
                    line(
                        f"{name_of(subject.model, each.private)}: {way_words(subject, safety, each.private_way)}"
                    ),
                    line("; ".join(x for x in (residual, people) if x))
                    if each.checks
                    else line(Strong(line("open"))),
                )
            )
        )
    columns = (
        Column("Way out", share=1.3),
        STEP,
        Column("Steered by", share=1.5),
        Column("May carry", share=1.5),
        Column("What stands before it"),
    )
    told = alike(subject.quoter, "ways-out", rows, place=1)
    return (subject.because(Table(columns, told)),) if rows else ()


def way_words(subject: Subject, safety: Safety, way: tuple[str, ...]) -> str:
    """A way through the programs, each station once."""
    told: list[str] = []
    for station in way:
        path, colon, _ = station.partition(":")
        steps = safety.seen.around.get(path) if colon else None
        text = step_words(subject.model, steps[-1]) if steps else station
        if not told or told[-1] != text:
            told.append(text)
    return " → ".join(told)


def rules_in(subject: Subject, safety: Safety) -> Blocks:
    """For each call of a model: what it may be handed, how long, and what was checked before."""
    rows = tuple(
        Row(
            (
                *spot(subject, safety, use.path),
                line(
                    ", ".join(
                        sorted(
                            {
                                _marked(subject, label.data)
                                for label in use.handed
                                if label.data in subject.model.data
                            }
                        )
                    )
                ),
                _sizes(subject, safety, use),
                line(", ".join(check.name for check in sorted(use.screens) if check.kind == "guard")),
            )
        )
        for use in safety.seen.written_by
    )
    columns = (
        Column("Call"),
        STEP,
        Column("May be handed", share=1.4),
        Column("Length"),
        Column("Screened before by"),
    )
    blocks: list[Block] = []
    if rows:
        blocks.append(subject.because(Table(columns, alike(subject.quoter, "in", rows, place=1))))
    return (*blocks, *_schemas(subject, safety, request=True))


def _marked(subject: Subject, name: str) -> str:
    shown = name_of(subject.model, name)
    return f"{shown} (untrusted)" if is_untrusted(subject.model, name) else shown


def _sizes(subject: Subject, safety: Safety, use: Use) -> Inlines:
    steps = safety.seen.around.get(use.path)
    action = steps[-1].action if steps else None
    found: Inlines = ()
    if isinstance(action, Call | Send):
        for name, amount in action.sizes.amounts:
            text = subject.quoter.amount(f"{use.path}.sizes.{name}", amount)
            found = line(found, "; " if found else "", f"{name}: ", *text)
    return found


def rules_out(subject: Subject, safety: Safety) -> Blocks:
    """For each operation that acts on words of a model: what may go in, what is checked after the model, its schema."""
    rows: list[Row] = []
    for use in safety.seen.uses:
        if not use.written or not (use in safety.seen.acting or safety.seen.out(use)):
            continue
        operation = safety.seen.operation(use)
        fields = (
            "any"
            if operation is None or operation.request is None
            else ", ".join(operation.request) or "none"
        )
        checks = ", ".join(dict.fromkeys(name_of(subject.model, check.name) for check in sorted(use.checks)))
        rows.append(
            Row(
                (
                    *spot(subject, safety, use.path),
                    line(fields),
                    line(checks) if checks else line(Strong(line("nothing"))),
                )
            )
        )
    columns = (
        Column("Takes words of a model"),
        STEP,
        Column("Fields allowed"),
        Column("Checked after the model by"),
    )
    blocks: list[Block] = []
    if rows:
        blocks.append(subject.because(Table(columns, alike(subject.quoter, "out", rows, place=1))))
    return (*blocks, *_schemas(subject, safety, request=False))


def _schemas(subject: Subject, safety: Safety, *, request: bool) -> Blocks:
    """The contracts of what operations take, or give, as they are handed over; where that isn't stated, a sentence."""
    model = subject.model
    wrong = problems(model)
    blocks: list[Block] = []
    bare: list[str] = []
    done: set[tuple[str, str]] = set()
    for use in safety.seen.uses:
        name = (use.component, use.operation)
        component, operation = safety.seen.component(use.component), safety.seen.operation(use)
        models = use in safety.seen.written_by
        wanted = (use in safety.seen.acting or models) if request else models
        if component is None or operation is None or name in done or not wanted:
            continue
        done.add(name)
        fields = operation.request if request else operation.response
        if fields is None:
            bare.append(".".join(name))
        elif fields and not wrong:
            made = request_schema if request else response_schema
            text = schema_text(made(model, component, operation))
            blocks.append(CodeBlock("json", text.rstrip("\n"), (DESIGN,)))
    if bare:
        word = ("take" if request else "give") + ("s" if len(bare) == 1 else "")
        told = f"Not stated, so anything passes: which fields {', '.join(bare)} {word}."
        blocks.append(subject.because(Paragraph(line(told))))
    if wrong and done:
        told = f"Contracts can't be written down yet: {'; '.join(wrong)}.".replace("`", "")
        blocks.append(subject.because(Paragraph(line(told))))
    return tuple(blocks)
