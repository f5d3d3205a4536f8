"""Integrations field by field, and the data dictionary: what a developer types in, without calling anybody."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.printable import ident
from groma.model.elements import Backup, Connection, Data, Model
from groma.model.program import Call, Send, walk
from groma.model.quantity import Quantity


def integrations(subject: Subject, document: str) -> Blocks:
    """Each hand-over between two tools: what sets it off, which field goes where, what happens if it fails."""
    model = subject.model
    links = [
        c for c in model.connections.values() if c.from_ in model.components and c.to in model.components
    ]
    if not links:
        return ()
    mapped = sum(len(c.maps) for c in links)
    words = line(
        subject.quoter.count("integrations", "Hand-overs between tools", len(links), "connections"),
        f" hand-over{'s' if len(links) != 1 else ''} between tools, ",
        subject.quoter.count("integrations/fields", "Fields that they fill", mapped, "connections' maps"),
        " fields. What is done twice by mistake has to be taken once: the last line of each says by which key.",
    )
    blocks: Blocks = (Paragraph(words),)
    for link in links:
        title = f"{name_of(model, link.from_)} to {name_of(model, link.to)}"
        blocks += part(document, f"link-{ident(link.name)}", title, (subject.because(*_link(model, link)),))
    return blocks


def _link(model: Model, link: Connection) -> tuple[Block, ...]:
    told = [
        ("Carries", ", ".join(name_of(model, data) for data in link.carries)),
        ("Set off by", link.when),
        ("How", "by hand" if link.by_hand and not link.protocol else link.protocol),
        ("If it fails", link.on_error),
        ("If it comes twice", _twice(model, link)),
        ("Answers for it", name_of(model, link.owner) if link.owner else ""),
    ]
    rows = tuple(Row((line(Strong(line(name))), line(text))) for name, text in told if text)
    blocks: list[Block] = [Table((Column(""), Column("")), rows)] if rows else []
    if link.maps:
        there, here = name_of(model, link.to), name_of(model, link.from_)
        fields = tuple(Row((line(Code(key)), _value(value))) for key, value in link.maps.items())
        blocks.append(Table((Column(f"Field in {there}"), Column(f"Filled from, in {here}")), fields))
    return tuple(blocks)


def _value(text: str) -> Inlines:
    return line(Code(text)) if " " not in text.strip() else line(text)


def _twice(model: Model, link: Connection) -> str:
    """What repeating a hand-over does, by the changing operations that its carried data are handed to."""
    effects = {
        operation.effect
        for operation in model.components[link.to].offers.values()
        if operation.effect != "none"
    }
    key = next((name for name, value in link.maps.items() if _is_key(name) or _is_key(value)), "")
    if effects and effects <= {"idempotent"}:
        return "the second changes nothing" + (f"; the record is found by {key}" if key else "")
    if effects and effects <= {"idempotent", "keyed"}:
        return f"taken once for each {key}" if key else "taken once for each key, which isn't named"
    if "once" in effects:
        return "it would be there twice: check before repeating it"
    return ""


def _is_key(name: str) -> bool:
    return name.rpartition(".")[2] in ("id", "number", "key") or name.endswith(("_id", "_number", "_key"))


def dictionary(subject: Subject, document: str) -> Blocks:
    """Each kind of data: where it is true, where else it is and how that follows, who owns it, what is in it."""
    model = subject.model
    blocks: Blocks = ()
    for data in model.data.values():
        inner: list[Block] = [_facts(subject, data)]
        if data.fields:
            rows = tuple(Row((line(Code(field)), *_kind(model, kind))) for field, kind in data.fields.items())
            columns = (Column("Field"), Column("Type"), Column("Points to"))
            inner.append(Table(columns, rows))
        title = data.title or data.name.replace("_", " ")
        blocks += part(document, f"data-{ident(data.name)}", title, (subject.because(*inner),))
    return blocks


def _facts(subject: Subject, data: Data) -> Table:
    model, path = subject.model, f"data.{data.name}"
    told: list[tuple[str, Inlines]] = [("Class", line(data.class_))]
    if data.held_by:
        told.append(("System of record", line(name_of(model, data.held_by[0]))))
    told += [
        (f"Copy in {name_of(model, copy)}", line(in_step(model, data, copy))) for copy in data.held_by[1:]
    ]
    if data.owner:
        told.append(("Answers for it", line(name_of(model, data.owner))))
    if isinstance(data.size, Quantity):
        told.append(("Size", subject.quoter.amount(f"{path}.size", data.size)))
    if isinstance(data.grows, Quantity):
        told.append(("Grows by", subject.quoter.amount(f"{path}.grows", data.grows)))
    if data.backup is not None:
        told.append(("Saved", _saved(subject, path, data.backup)))
    if changed := changed_by(model, data):
        told.append(("Changed by", line(", ".join(changed))))
    return Table((Column(""), Column("")), tuple(Row((line(Strong(line(n))), t)) for n, t in told))


def in_step(model: Model, data: Data, copy: str) -> str:
    """How a copy follows the system of record: the connection that carries the data there, or that nothing does."""
    for link in model.connections.values():
        if link.to == copy and data.name in link.carries:
            how = "by hand" if link.by_hand else link.protocol
            return "follows " + ", ".join(x for x in (link.when or "when it changes", how) if x)
    return "nothing keeps it in step"


def _saved(subject: Subject, path: str, backup: Backup) -> Inlines:
    every = subject.quoter.amount(f"{path}.backup.every", backup.every)
    where = f" to {name_of(subject.model, backup.to)}" if backup.to else ""
    tried = f"; last tried {backup.tested}" if backup.tested else ""
    return line("every ", every, where + tried)


def changed_by(model: Model, data: Data) -> tuple[str, ...]:
    """Flows in which an operation of a holder that changes something is handed the data."""
    found: list[str] = []
    for flow in model.flows.values():
        for step in walk(flow.steps):
            if not isinstance(step.action, Call | Send):
                continue
            for part_ in model.candidates(step.action.component):
                changes = part_.offers[step.action.operation].effect != "none"
                if changes and part_.name in data.held_by and data.name in (*step.carries, *flow.carries):
                    found.append(flow.title or flow.name.replace("_", " "))
    return tuple(dict.fromkeys(found))


def _kind(model: Model, kind: str) -> tuple[Inlines, Inlines]:
    target, dot, field = kind.partition(".")
    if dot and target in model.data:
        pointed = model.data[target].fields.get(field, "")
        return line(pointed), line(f"{name_of(model, target)}: ", Code(field))
    return line(kind), line()
