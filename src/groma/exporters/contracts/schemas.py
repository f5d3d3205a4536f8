"""JSON Schema (draft 2020-12) of data, requests and responses.

A field's type is read from the words people write: `string`, `text`, `integer`, `number`, `money in EUR with two
decimals`,
`date`, `time`, `boolean`, `list of ...`, `optional ...`, `a | b`; `data.field` is the type of the field that it points
to. Words that say no type leave the field open and stand in its description. Money is a decimal in a string, so that no
reader rounds it. Types that the information flow takes to be closed (`id`, `date`, `time`) have a pattern that no
sentence fits: in draft 2020-12 `format` alone is a remark that a validator may pass over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from groma.model.elements import Component, Data, Model, Operation

DRAFT = "https://json-schema.org/draft/2020-12/schema"
OPTIONAL, LIST_OF = "optional ", ("list of ", "array of ")
MONEY_PATTERN = r"^-?(0|[1-9]\d*)(\.\d+)?$"
ID_PATTERN = r"^[A-Za-z0-9]([A-Za-z0-9._:/-]{0,62}[A-Za-z0-9])?$"
"""A key: at most 64 characters without a space, so that it can't carry a sentence."""
DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$"
"""RFC 3339, full-date and date-time."""
MOST_DEEP = 40
_ENUM = re.compile(r"[\w-]+(\s*\|\s*[\w-]+)+")
_DECIMALS = {"no": 0, "two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "text": {"type": "string"},
    "id": {"type": "string", "pattern": ID_PATTERN},
    "uuid": {"type": "string", "format": "uuid"},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "format": "uri"},
    "uri": {"type": "string", "format": "uri"},
    "integer": {"type": "integer"},
    "int": {"type": "integer"},
    "count": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "decimal": {"type": "number"},
    "float": {"type": "number"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "boolean": {"type": "boolean"},
    "bool": {"type": "boolean"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date", "pattern": DATE_PATTERN},
    "time": {"type": "string", "format": "date-time", "pattern": TIME_PATTERN},
    "datetime": {"type": "string", "format": "date-time", "pattern": TIME_PATTERN},
    "timestamp": {"type": "string", "format": "date-time", "pattern": TIME_PATTERN},
    "list": {"type": "array"},
    "array": {"type": "array"},
    "object": {"type": "object"},
    "vector": {"type": "array", "items": {"type": "number"}},
}


def data_schema(model: Model, data: Data) -> dict[str, Any]:
    """The schema of a data set's records."""
    head = {"title": data.title or data.name, "description": f"class: {data.class_}"}
    return _whole(f"data/{data.name}.schema.json", head, fields_schema(model, data.fields))


def request_schema(model: Model, component: Component, operation: Operation) -> dict[str, Any]:
    """The schema of what an operation is asked with."""
    return _operation(model, component, operation, "request", operation.request or {})


def response_schema(model: Model, component: Component, operation: Operation) -> dict[str, Any]:
    """The schema of what an operation answers."""
    return _operation(model, component, operation, "response", operation.response or {})


def fields_schema(model: Model, fields: Mapping[str, str]) -> dict[str, Any]:
    """An object with these fields and no others; those not `optional` are required."""
    required = [name for name, kind in fields.items() if not is_optional(kind)]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: field_schema(model, kind) for name, kind in fields.items()},
    }
    return schema | ({"required": required} if required else {}) | {"additionalProperties": False}


def field_schema(model: Model, kind: str) -> dict[str, Any]:
    """One field by what people write of it."""
    target = pointed(model, kind)
    if target is not None:
        there = model.data[target[0]].fields[target[1]]
        return field_schema(model, there) | {"description": f"{target[0]}.{target[1]}"}
    plain = kind.strip().lower()
    if plain.startswith(OPTIONAL):
        return field_schema(model, kind.strip()[len(OPTIONAL) :])
    for word in LIST_OF:
        if plain.startswith(word):
            return {"type": "array", "items": field_schema(model, kind.strip()[len(word) :])}
    if _ENUM.fullmatch(kind.strip()):
        return {"enum": [word.strip() for word in kind.split("|")]}
    first = re.split(r"[\s,(:;]", plain, maxsplit=1)[0]
    if first in ("money", "amount", "price"):
        return _money(plain) | {"description": kind}
    known = TYPES.get(first)
    if known is None:
        return {"description": kind}
    return dict(known) if plain == first else {**known, "description": kind}


def is_optional(kind: str) -> bool:
    """Whether it may be left out; what a pointer points to decides nothing about the pointer."""
    return kind.strip().lower().startswith(OPTIONAL)


def pointed(model: Model, kind: str) -> tuple[str, str] | None:
    """(data, field) that a type points to."""
    data, dot, field = kind.strip().partition(".")
    return (data, field) if dot and data in model.data else None


def problems(model: Model) -> tuple[str, ...]:
    """Pointers to fields that aren't there, or that point in a circle."""
    found: list[str] = []
    for where, at, fields in _all(model):
        for name, kind in fields.items():
            wrong = _wrong(model, kind)
            if wrong:
                found.append(f"{at}: {where}.{name}: {wrong}")
    return tuple(found)


def _wrong(model: Model, kind: str) -> str:
    passed: list[str] = []
    while True:
        bare, nested = kind.strip(), 0
        while (
            word := next((w for w in (OPTIONAL, *LIST_OF) if bare.lower().startswith(w)), None)
        ) is not None:
            bare, nested = bare[len(word) :].strip(), nested + 1
            if nested > MOST_DEEP:
                return f"lists nested more than {MOST_DEEP} deep: say it in fewer words"
        target = pointed(model, bare)
        if target is None:
            return ""
        name = ".".join(target)
        if name in passed or len(passed) > MOST_DEEP:
            return f"`{' -> '.join([*passed, name])}` points in a circle: say its type once"
        if target[1] not in model.data[target[0]].fields:
            return f"`{target[0]}` has no field `{target[1]}`: name it in `data.{target[0]}.fields`"
        passed.append(name)
        kind = model.data[target[0]].fields[target[1]]


def _all(model: Model) -> Iterator[tuple[str, Any, Mapping[str, str]]]:
    for name, data in model.data.items():
        yield f"data.{name}.fields", data.at, data.fields
    for name, component in model.components.items():
        for operation in component.offers.values():
            path = f"components.{name}.offers.{operation.name}"
            yield f"{path}.request", operation.at, operation.request or {}
            yield f"{path}.response", operation.at, operation.response or {}


def _money(plain: str) -> dict[str, Any]:
    places = re.search(r"(\w+) decimals?", plain)
    digits = None if places is None else _DECIMALS.get(places[1])
    pattern = MONEY_PATTERN
    if digits is not None:
        pattern = r"^-?(0|[1-9]\d*)$" if digits == 0 else rf"^-?(0|[1-9]\d*)\.\d{{{digits}}}$"
    return {"type": "string", "pattern": pattern}


def _operation(
    model: Model, component: Component, operation: Operation, word: str, fields: Mapping[str, str]
) -> dict[str, Any]:
    title = f"{operation.title or operation.name} of {component.title or component.name}: {word}"
    ident = f"operations/{component.name}.{operation.name}.{word}.schema.json"
    return _whole(ident, {"title": title}, fields_schema(model, fields))


def _whole(ident: str, head: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DRAFT, "$id": ident, **head, **schema}
