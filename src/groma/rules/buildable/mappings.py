"""How a connection's `maps` is read: a key is a field there (`field` or `data.field`), a value a field here or words.

A field is required unless its type begins with `optional`. A value of one word or `data.field` names a field; anything
longer says in words how it is made (`the day of the run`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groma.model.elements import Connection, Data, Model

FIELD = re.compile(r"[\w-]+(\.[\w-]+)?")


def optional(kind: str) -> bool:
    """Whether a field of this type may stay empty."""
    return kind.lower().startswith("optional")


def held(model: Model, component: str) -> Iterator[Data]:
    """The data that a component holds, in the order written."""
    return (data for data in model.data.values() if component in data.held_by)


def targets(model: Model, connection: Connection) -> dict[str, tuple[str, str]]:
    """Key of `maps` -> (data, field) that it fills at the other end; keys that name no field of it are left out."""
    found: dict[str, tuple[str, str]] = {}
    there = list(held(model, connection.to))
    carried = [data for data in there if data.name in connection.carries]
    for key in connection.maps:
        data, dot, field = key.partition(".")
        candidates = [d for d in there if d.name == data] if dot else [*carried, *there]
        wanted = field if dot else key
        fitting = next((d for d in candidates if wanted in d.fields), None)
        if fitting is not None:
            found[key] = (fitting.name, wanted)
    return found


def source(model: Model, connection: Connection, value: str) -> tuple[str, str] | str | None:
    """The (data, field) here that a value of `maps` names; text if it names one that isn't there; None for words."""
    if not FIELD.fullmatch(value.strip()):
        return None
    data, dot, field = value.strip().partition(".")
    here = list(held(model, connection.from_)) or [
        model.data[c] for c in connection.carries if c in model.data
    ]
    if dot:
        found = next((d for d in here if d.name == data), None)
        if found is None:
            return f"`{data}` isn't held there" if data in model.data else f"there are no data `{data}`"
        return (data, field) if field in found.fields else f"`{data}` has no field `{field}`"
    fitting = next((d for d in here if data in d.fields), None)
    return (fitting.name, data) if fitting is not None else f"nothing there has a field `{data}`"
