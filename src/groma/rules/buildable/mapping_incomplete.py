"""Hand-overs that don't say field by field what goes where."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Connection, Model
from groma.model.grammar import did_you_mean
from groma.rules.buildable.mappings import held, optional, source, targets
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Hand-overs of data between components: no mapping, wrong ends of it, fields left unfilled or out of reach."""
    model = subject.model
    between = [
        c
        for c in model.connections.values()
        if c.carries and c.from_ in model.components and c.to in model.components
    ]
    hits = [hit for connection in between for hit in _hits(model, connection)]
    looked = sum(1 + 4 * len(c.maps) + len(_required(model, c)) for c in between)
    return Look(looked, tuple(hits))


def _hits(model: Model, connection: Connection) -> Iterator[Hit]:
    path = f"connections.{connection.name}"
    ends = (named(model.components[end], end) for end in (connection.from_, connection.to))
    title = " to ".join(ends)

    def hit(what: str, seen: str, key: str) -> Hit:
        return Hit(path, f"{title}: {what}", seen, connection.at, key=key)

    if not connection.maps:
        yield hit("no field is mapped", "no `maps`", "maps")
        return
    filled = targets(model, connection)
    for key, value in connection.maps.items():
        if key not in filled:
            known = [field for data in held(model, connection.to) for field in data.fields]
            hint = did_you_mean(key.rpartition(".")[2], known)
            yield hit(f"it fills `{key}`, which isn't there", f"no data it holds has that field{hint}", key)
        found = source(model, connection, value)
        if isinstance(found, str):
            yield hit(f"`{key}` is taken from what isn't there", f"`{value}`: {found}", f"{key}/from")
        elif found is not None and not _offered(model, connection.from_, found):
            seen = f"no operation of `{connection.from_}` answers with `{found[0]}.{found[1]}`"
            yield hit(f"`{key}` can't be read there", seen, f"{key}/from")
        if key in filled and not _taken(model, connection.to, filled[key]):
            seen = f"no changing operation of `{connection.to}` takes `{'.'.join(filled[key])}`"
            yield hit(f"`{key}` can't be written there", seen, f"{key}/to")
    reached = set(filled.values())
    for data, field in _required(model, connection):
        if (data, field) not in reached:
            yield hit(
                f"`{data}.{field}` stays empty",
                "required there, and nothing is mapped to it",
                f"{data}.{field}",
            )


def _required(model: Model, connection: Connection) -> list[tuple[str, str]]:
    """Fields that have to be filled there: all of the data mapped to, but optional ones and those made there."""
    reached = {data for data, _ in targets(model, connection).values()}
    made = set(_made(model, connection.to))
    return [
        (data.name, field)
        for data in held(model, connection.to)
        if data.name in reached
        for field, kind in data.fields.items()
        if not optional(kind) and (data.name, field) not in made
    ]


def _made(model: Model, component: str) -> Iterator[tuple[str, str]]:
    """Fields that a component's changing operations answer with and don't take: it makes them itself."""
    for operation in model.components[component].offers.values():
        if operation.effect != "none":
            taken = set((operation.request or {}).values())
            for kind in (operation.response or {}).values():
                data, dot, field = kind.partition(".")
                if dot and kind not in taken:
                    yield data, field


def _offered(model: Model, component: str, field: tuple[str, str]) -> bool:
    """Whether an operation answers with the field; so where no operation says what it answers."""
    answers = [o.response for o in model.components[component].offers.values() if o.response is not None]
    return not answers or any(".".join(field) in answer.values() for answer in answers)


def _taken(model: Model, component: str, field: tuple[str, str]) -> bool:
    """Whether a changing operation takes the field; so where none says what it takes."""
    offers = model.components[component].offers.values()
    taken = [o.request for o in offers if o.effect != "none" and o.request is not None]
    return not taken or any(".".join(field) in request.values() for request in taken)


RULE = Rule(
    id="mapping-incomplete",
    title="Hand-over that isn't told field by field",
    looks_for="Connections between components that carry data without `maps`; maps of fields that aren't there "
    "or that no operation answers with or takes; required fields of the target that nothing fills.",
    why="A hand-over is built field by field; what isn't mapped is guessed, and found out by the first "
    "wrong invoice.",
    source="source-to-target mapping: Kimball and Caserta, The Data Warehouse ETL Toolkit, 2004, chapter 3",
    severity="warning",
    tags=("ambiguity", "data", "integration"),
    consequence="Records arrive with holes, or not at all.",
    remedy="Map each field of the target to a field of the source, or say in words how it is made.",
    phases=("build",),
    check=check,
    good="""\
components:
  crm: {kind: tool, offers: {get: {work: 1 s, response: {name: customer.name}}}}
  books: {kind: tool}
data: {customer: {held_by: crm, fields: {name: string}}, debtor: {held_by: books, fields: {name: string,
    since: date}}}
connections: {sync: {from: crm, to: books, carries: [customer], maps: {name: customer.name,
    since: the day it is sent}}}
""",
    bad="""\
components:
  crm: {kind: tool, offers: {get: {work: 1 s, response: {id: customer.id}}}}
  books: {kind: tool}
data:
  customer: {held_by: crm, fields: {id: string, name: string}}
  debtor: {held_by: books, fields: {name: string, since: date, number: string}}
connections:
  sync: {from: crm, to: books, carries: [customer], maps: {name: customer.name, sinc: the day it is sent,
    number: customer.numer}}
  copy: {from: crm, to: books, carries: [customer]}
""",
    expected=(
        "mapping-incomplete:connections.copy/maps",
        "mapping-incomplete:connections.sync/debtor.since",
        "mapping-incomplete:connections.sync/name/from",
        "mapping-incomplete:connections.sync/number/from",
        "mapping-incomplete:connections.sync/sinc",
    ),
)
