"""JSON-LD as text: stable, readable, and safe inside a script element."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from groma.site.plan.elements import Said
from groma.site.plan.entities import Node

_ESCAPED = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
"""No text can end the element that holds it (HTML, 4.12.1.3, "Restrictions for contents of script elements")."""


def as_text(nodes: Sequence[Node]) -> str:
    """The nodes of a page as one document with a graph."""
    data = {"@context": "https://schema.org", "@graph": [_plain(node) for node in nodes]}
    return json.dumps(data, ensure_ascii=False, indent=1).translate(_ESCAPED)


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        return value.text
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in cast("Node", value).items()}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[Any]", value)]
    return value
