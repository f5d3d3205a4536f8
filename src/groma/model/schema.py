"""The language as JSON Schema (draft 2020-12), for editors: made from the same keys that the reader reads by.

An editor gets completion, help on each key and the first check; `groma assess` says the rest.
"""

from __future__ import annotations

from typing import Any

from groma.model import arriving, elements, program, scenario
from groma.model.grammar import Key, Kind, OneOrMany, Program, Record, Table, keys_of
from groma.model.stages import STAGED
from groma.model.steps import COMMON_KEYS, FORMS, POLICY_KEYS, Branches, GuardKind, RetryKind, Sequences

INCLUDED: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "description": "a file or folder beside this one"},
        {
            "type": "object",
            "properties": {
                "from": {"type": "string", "description": "a file or folder beside this one"},
                "only": {
                    "description": "the sections that are taken of it",
                    "anyOf": [{"enum": [*STAGED]}, {"type": "array", "items": {"enum": [*STAGED]}}],
                },
            },
            "required": ["from", "only"],
            "additionalProperties": False,
        },
    ]
}
QUANTITY: dict[str, Any] = {
    "description": "a quantity with its unit (`4 ms ± 1 ms`, `3 ms .. 8 ms`), `unknown`, or `$fact`",
    "anyOf": [
        {"type": ["string", "number"]},
        {
            "type": "object",
            "properties": {
                name: {"type": ["string", "number"]} for name in ("value", "known", "max", "source", "date")
            },
            "additionalProperties": False,
        },
    ],
}

RECORDS: tuple[type[Any], ...] = (
    elements.Fact, elements.Need, elements.Place, elements.Failure, elements.Supplier, elements.Person,
    elements.Operation, elements.Index, elements.Component, elements.Connection, elements.Backup, elements.Cut,
    elements.Data,
    elements.Start, elements.Scales, elements.Serves, arriving.Piece, arriving.Bursts,
    elements.Flow, elements.Decision, elements.Control, elements.Want, elements.Stage,
    program.Branch, program.Repeat, program.Retry,
    program.Breaker, program.Limit, program.Hedge, program.Cache, program.Guard, scenario.Scenario, scenario.Event,
)  # fmt: skip


def json_schema() -> dict[str, Any]:
    """The schema of a model file (what one file may say; required headings may stand in an included file)."""
    model = _record(elements.Model, required=False)
    model["properties"] = {
        "groma": {"const": 1, "description": "the version of the language"},
        "include": {
            "description": "files beside this one whose sections belong to the model",
            "anyOf": [INCLUDED, {"type": "array", "items": INCLUDED}],
        },
        **model["properties"],
    }
    definitions = {cls.__name__: _record(cls) for cls in RECORDS}
    definitions["Stage"]["properties"] |= {name: model["properties"][name] for name in STAGED}
    definitions["quantity"] = QUANTITY
    definitions["steps"] = {"type": "array", "items": {"anyOf": [_step(word) for word in FORMS]}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Groma model",
        **model,
        "$defs": definitions,
    }


def schema_of(cls: type[Any], title: str) -> dict[str, Any]:
    """The schema of another file that is read into the element class `cls`, with the records that it is made of."""
    schema = _record(cls)
    schema["properties"] = {
        "groma": {"const": 1, "description": "the version of the language"},
        **schema["properties"],
    }
    definitions = {record.name: _record(record.of) for record in _records(cls)}
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": title, **schema, "$defs": dict(sorted(definitions.items()))}


def _records(cls: type[Any]) -> list[Record]:
    """Every record that an element class is made of, itself or within others, each once."""
    found: dict[str, Record] = {}
    waiting: list[Kind] = [key.kind for _, key in keys_of(cls).values()]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, Record) and kind.name not in found:
            found[kind.name] = kind
            waiting += [key.kind for _, key in keys_of(kind.of).values()]
        inner = getattr(kind, "inner", None)
        if inner is not None:
            waiting.append(inner)
    return list(found.values())


def _record(cls: type[Any], *, required: bool = True) -> dict[str, Any]:
    keys = [key for _, key in keys_of(cls).values()]
    schema = _object(keys, (cls.__doc__ or "").partition("\n")[0])
    needed = [key.name for key in keys if key.required]
    return schema | ({"required": needed} if required and needed else {})


def _object(keys: list[Key], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": {key.name: {**key.kind.schema(), "description": key.help} for key in keys},
        "additionalProperties": False,
    }


def _step(word: str) -> dict[str, Any]:
    """A step of one action: its main word, the action's settings, policies, and what all steps have."""
    form = FORMS[word]
    own = [key for _, key in form.keys.values() if key.name != word]
    head = Key(word, form.kind, form.help, True)
    schema = _object([head, *own, *POLICY_KEYS.values(), *COMMON_KEYS.values()], form.help)
    return schema | {"required": [word, *(key.name for key in own if key.required)]}


def order_at(path: tuple[str, ...]) -> tuple[str, ...] | None:
    """The order of the keys of the mapping at a path (list items are `[]`) in tidy files, None to leave it."""
    if not path:
        return ("groma", "include", *keys_of(elements.Model))
    parts = list(path[2:] if path[0] == "stages" else path) or [path[0]]
    known = keys_of(elements.Model).get(parts[0])
    return None if known is None else _order(known[1].kind, tuple(parts[1:]))


def _order(kind: Kind, path: tuple[str, ...]) -> tuple[str, ...] | None:
    if isinstance(kind, Table):
        return _order(kind.inner, path[1:]) if path else None
    if isinstance(kind, OneOrMany):
        return _order(kind.inner, path[1:] if path[:1] == ("[]",) else path)
    if isinstance(kind, Program | Sequences):
        return _order_of_step(path[1:]) if path else None
    if isinstance(kind, Branches):
        return _order(Record("Branch"), path[1:]) if path else None
    if isinstance(kind, RetryKind):
        kind = Record("Retry")
    elif isinstance(kind, GuardKind):
        kind = Record("Guard")
    if not isinstance(kind, Record):
        return None
    keys = keys_of(kind.of)
    if not path:
        return tuple(keys)
    head, *rest = path
    return _order(keys[head][1].kind, tuple(rest)) if head in keys else None


def _order_of_step(path: tuple[str, ...]) -> tuple[str, ...] | None:
    settings = {key.name: key for form in FORMS.values() for _, key in form.keys.values()}
    if not path:
        return (*FORMS, *(name for name in settings if name not in FORMS), *POLICY_KEYS, *COMMON_KEYS)
    if path[0] == "[]":
        return _order_of_step(path[1:])
    if path[0] in FORMS:
        return _order(FORMS[path[0]].kind, path[1:])
    key = POLICY_KEYS.get(path[0]) or settings.get(path[0])
    return None if key is None else _order(key.kind, path[1:])
