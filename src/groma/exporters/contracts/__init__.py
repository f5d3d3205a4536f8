"""Contracts of a design's parts: JSON Schema of its data and operations, OpenAPI of its own services.

Documents show the same text as the files: `request_schema`, `response_schema`, `schema_text`; `problems` names fields
for which there is none.
"""

from __future__ import annotations

import json
from typing import Any

from groma.exporters.contracts.openapi import document, own
from groma.exporters.contracts.schemas import data_schema, problems, request_schema, response_schema
from groma.exporters.export import Artefact, Export, NotExportable, Source


def make(source: Source) -> tuple[Artefact, ...]:
    """A schema a data set with fields, one a request and a response that are stated, and one OpenAPI document.

    Raises NotExportable for fields that can't be said: what they point to isn't there, or points back.
    """
    model = source.model
    found = problems(model)
    if found:
        raise NotExportable(*found)
    made = [
        Artefact(f"data/{name}.schema.json", schema_text(data_schema(model, data)), (f"data.{name}",))
        for name, data in sorted(model.data.items())
        if data.fields
    ]
    for name, component in sorted(model.components.items()):
        for operation in component.offers.values():
            path = f"components.{name}.offers.{operation.name}"
            for word, fields, schema in (
                ("request", operation.request, request_schema),
                ("response", operation.response, response_schema),
            ):
                if fields is not None:
                    text = schema_text(schema(model, component, operation))
                    made.append(
                        Artefact(f"operations/{name}.{operation.name}.{word}.schema.json", text, (path,))
                    )
    services = own(model)
    if services:
        parts = tuple(f"components.{c.name}.offers.{o.name}" for c in services for o in c.offers.values())
        made.append(Artefact("openapi.json", schema_text(document(model, services)), parts))
    return tuple(sorted(made, key=lambda artefact: artefact.path))


def schema_text(content: dict[str, Any]) -> str:
    """A schema or document as it stands in its file."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


EXPORT = Export(
    "contracts",
    "Data contracts",
    "JSON Schema of data and operations, OpenAPI 3.1 of the design's own services",
    make,
    ("ai",),
)

__all__ = ["EXPORT", "make", "problems", "request_schema", "response_schema", "schema_text"]
