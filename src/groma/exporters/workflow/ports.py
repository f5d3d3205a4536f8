"""The Protocols that generated code asks of the world: one for each component that flows call, and one for checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groma.exporters.workflow.form import Form, Post, Tool, states
from groma.exporters.workflow.names import Names, class_name, comment, identifier
from groma.model.elements import Model, Operation

_TYPES = {
    "str": ("string", "text", "str", "date", "time", "datetime", "uuid", "email", "url"),
    "int": ("int", "integer", "count"),
    "float": ("number", "float", "decimal", "money", "share", "double"),
    "bool": ("bool", "boolean", "flag", "yes/no"),
    "list[Any]": ("list", "array"),
    "dict[str, Any]": ("object", "map", "json"),
}
TYPES = {word: type_ for type_, words in _TYPES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Ports:
    """How generated code names what a model offers."""

    components: Mapping[str, str]
    """Component -> attribute of `Tools`."""
    operations: Mapping[tuple[str, str], str]
    """(component, operation) -> method."""
    checks: Mapping[str, str]
    """Guard -> method of `Checks`."""


def ports(forms: Iterable[Form]) -> Ports:
    """Names for everything that flows call."""
    called: dict[tuple[str, str], None] = {}
    guards: dict[str, None] = {}
    for form in forms:
        for state in states(form):
            if isinstance(state.does, Tool | Post):
                called[state.does.component, state.does.operation] = None
            guards |= dict.fromkeys(guard.name for guard in state.around.guards)
    names, components = Names(), dict[str, str]()
    for component in sorted({component for component, _ in called}):
        components[component] = names.new(identifier(component, "tool"))
    methods: dict[str, Names] = {component: Names() for component in components}
    operations = {
        (component, operation): methods[component].new(identifier(operation, "operation"))
        for component, operation in sorted(called)
    }
    names = Names()
    return Ports(
        components, operations, {guard: names.new(identifier(guard, "check")) for guard in sorted(guards)}
    )


def tools_module(model: Model, known: Ports) -> str:
    """`tools.py`: requests and answers as TypedDicts, a Protocol a component, and `Tools` that has them all."""
    names = Names(("Tools", "Any", "Protocol", "TypedDict", "dataclass", "annotations"))
    types: list[str] = []
    protocols: list[str] = []
    fields: list[str] = []
    for component, attribute in known.components.items():
        protocol = names.new(class_name(component))
        there = model.components[component]
        methods: list[str] = []
        for (of, operation), method in known.operations.items():
            if of != component:
                continue
            offered = there.offers[operation]
            request, answer = (
                _schema(model, names, f"{protocol}{class_name(operation)}{what}", given, types)
                for what, given in (("Request", offered.request), ("Answer", offered.response))
            )
            methods.append(
                _method(f"components.{component}.offers.{operation}", method, offered, request, answer)
            )
        protocols.append(
            f"class {protocol}(Protocol):\n    # components.{comment(component)}: {comment(there.title or there.kind)}\n\n"
            + "\n\n".join(methods)
        )
        fields.append(f"    {attribute}: {protocol}")
    body = "\n\n\n".join(
        [
            *types,
            *protocols,
            "@dataclass\nclass Tools:\n    # Everything that the flows call.\n\n"
            + ("\n".join(fields) or "    pass"),
        ]
    )
    return (
        '"""What the flows call: implement these Protocols, `groma export` made them of the components\' operations.\n\n'
        "An operation with `key` may be asked twice for the same work: the same key must have the same effect once.\n"
        '"""\n\nfrom __future__ import annotations\n\nfrom dataclasses import dataclass\n'
        f"from typing import Any, Protocol, TypedDict\n\n__all__ = [\"Any\", \"TypedDict\", \"Tools\"]\n\n\n{body}\n"
    )  # fmt: skip


def _method(path: str, name: str, offered: Operation, request: str, answer: str) -> str:
    keyed = ", *, key: str" if offered.effect == "keyed" else ""
    about = f"        # {comment(path)}: {comment(offered.title or offered.name)}; effect {offered.effect}"
    if offered.impact:
        about += f"; impact {comment(offered.impact)}"
    return f"    async def {name}(self, request: {request}{keyed}) -> {answer}:\n{about}\n        ..."


def _schema(
    model: Model, names: Names, wanted: str, given: Mapping[str, str] | None, types: list[str]
) -> str:
    """The type of a request or an answer; added to `types` where it has fields."""
    if given is None:
        return "dict[str, Any]"
    name = names.new(wanted)
    rows = "".join(f"        {field!r}: {_type(model, type_)},\n" for field, type_ in given.items())
    fields = f"{{\n{rows}    }}" if rows else "{}"
    types.append(f"{name} = TypedDict(\n    {name!r},\n    {fields},\n    total=False,\n)")
    return name


def _type(model: Model, text: str, depth: int = 0) -> str:
    """The Python type of a field's type; of `data.field` that of the field there."""
    known = TYPES.get(text.strip().lower())
    if known is not None or depth > 10:
        return known or "Any"
    data, dot, field = text.partition(".")
    if dot and data in model.data and field in model.data[data].fields:
        return _type(model, model.data[data].fields[field], depth + 1)
    return "Any"


def checks_module(known: Ports) -> str:
    """`checks.py`: a Protocol with a method for each guard."""
    methods = [
        f"    async def {method}(self, data: dict[str, Any]) -> bool:\n        # guard: {comment(guard)}\n        ..."
        for guard, method in known.checks.items()
    ]
    return (
        '"""What is checked of results: whether the run\'s data pass. What doesn\'t is `rejected`."""\n\n'
        'from __future__ import annotations\n\nfrom typing import Any, Protocol\n\n__all__ = ["Any", "Checks"]\n\n\n'
        "class Checks(Protocol):\n    # One method for each guard of the flows.\n\n"
        + ("\n\n".join(methods) or "    pass")
        + "\n"
    )
