"""What an outline of infrastructure as code is made of: blocks with the component they stand for, and what is open.

A `Piece` is what one component (or the ground under all components of a place) asks for. Nothing is invented: what a
resource needs and the model doesn't say is a `Variable` without default, and as such an entry of the list of gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from groma.catalog import UnknownEntryError
from groma.catalog.product import Product, parse_ref
from groma.exporters.export import Source
from groma.model.elements import Component, Model
from groma.model.figure import Figure, Ledger
from groma.model.printed import format_quantity, format_range
from groma.model.program import Call, Send, walk


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; without `default` it is a gap: `why` says which resource needs it and what the model doesn't say.
    What is `secret` is neither shown nor kept."""

    name: str
    kind: str
    why: str
    component: str = ""
    default: str = ""
    condition: str = ""
    message: str = ""
    secret: bool = False

    @property
    def open(self) -> bool:
        return not self.default


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `head` as `resource "azurerm_subnet" "main"`, its lines, the component it stands for (or "")."""

    head: str
    body: str
    component: str = ""

    @property
    def type(self) -> str:
        return self.head.split('"')[1]


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    value: str
    description: str
    component: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Blocks with the variables and outputs that belong to them; `notes` are gaps that no variable fills. What two
    pieces both need, word for word, is there once."""

    blocks: tuple[Block, ...] = ()
    variables: tuple[Variable, ...] = ()
    outputs: tuple[Output, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Piece) -> Piece:
        return Piece(
            tuple(dict.fromkeys(self.blocks + other.blocks)),
            tuple(dict.fromkeys(self.variables + other.variables)),
            self.outputs + other.outputs,
            self.notes + other.notes,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A component as an outline sees it: its name in code, what it is, what runs on it, what it calls elsewhere."""

    id: str
    component: Component
    carried: tuple[str, ...]
    reaches: tuple[str, ...]
    zones: tuple[str, ...]
    what: str
    sku: str
    region: str
    models: tuple[str, ...] = ()
    """Models of its own module that it calls, and so has to be allowed to."""

    @property
    def dashed(self) -> str:
        """Its name as clouds spell names."""
        return self.id.replace("_", "-")


def identifier(name: str) -> str:
    """A name as code spells it: lower-case letters, digits and underscores, a letter first."""
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "part"
    return word if word[0].isalpha() else f"part_{word}"


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """Each name's own identifier: names that would fall together are numbered in their order."""
    told: dict[str, str] = {}
    for name in names:
        word, nth = identifier(name), 2
        while word in told.values():
            word, nth = f"{identifier(name)}_{nth}", nth + 1
        told[name] = word
    return told


def quoted(text: str) -> str:
    """A string of the language, on one line, with nothing in it that would be worked out."""
    text = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("${", "$${").replace("%{", "%%{") + '"'


def calls(model: Model) -> dict[str, tuple[str, ...]]:
    """Who calls whom: component -> components that its operations call or that it has a connection to, and that the
    flows call which it takes part in first (the part that runs the steps is the first that something runs on)."""
    found: dict[str, set[str]] = {name: set() for name in model.components}
    for component in model.components.values():
        for operation in component.offers.values():
            for step in walk(operation.steps):
                if isinstance(step.action, Call | Send):
                    found[component.name].add(step.action.component)
        found[component.name].update(component.depends_on)
    for link in model.connections.values():
        if link.from_ in found and link.to in found:
            found[link.from_].add(link.to)
    for flow in model.flows.values():
        called = [step.action.component for step in walk(flow.steps) if isinstance(step.action, Call | Send)]
        called += [
            s.policies.cache.component
            for s in walk(flow.steps)
            if s.policies.cache and s.policies.cache.component
        ]
        runner = runner_of(model, called)
        if runner:
            found[runner].update(called)
    return {
        name: tuple(sorted(c for c in reached if c in model.components and c != name))
        for name, reached in found.items()
    }


def runner_of(model: Model, called: Iterable[str]) -> str:
    """The part that runs a flow's steps: the first it calls that is newly built as a service."""
    for name in called:
        component = model.components.get(name)
        if component is not None and component.kind == "service" and not component.existing:
            return name
    return ""


def product_of(source: Source, component: Component) -> Product | None:
    """What the catalog says of a component's product; None where it has none or the catalog doesn't know it."""
    if not component.product:
        return None
    try:
        return source.catalog.product(component.product)
    except (UnknownEntryError, ValueError):
        return None


def ref_of(component: Component) -> tuple[str, str, str]:
    """Provider, name and region of a component's product; empty where it has none."""
    try:
        ref = parse_ref(component.product or "")
    except ValueError:
        return "", "", ""
    return ref.provider, ref.name, ref.region or ""


def said(figure: Figure | None) -> str:
    """A figure on one line of a comment: value, range, bound, or that it isn't shown."""
    if figure is None or figure.status == "not shown":
        return "not shown"
    if figure.words is not None:
        return figure.words
    share = figure.unit == "1" and figure.name.startswith("utilisation/")
    unit, scale = ("%", 100.0) if share else (figure.unit, 1.0)
    low, high, value = (None if x is None else x * scale for x in (figure.low, figure.high, figure.value))
    if low is not None and high is not None:
        if value is not None and high - low <= 0.2 * abs(value):
            return format_quantity(value, unit, (low, high) if high > low else None)
        return format_range(low, high, unit).replace("–", " to ")
    if low is not None:
        return f"at least {format_quantity(low, unit)}"
    if high is not None:
        return f"at most {format_quantity(high, unit)}"
    return format_quantity(value, unit) if value is not None else "not shown"


FIGURES = ("cost/component", "utilisation", "throughput")


def figures_of(ledger: Ledger, component: str) -> tuple[tuple[str, str], ...]:
    """What the ledger says of a component: (figure, text) for those that are shown."""
    names = [f"{kind}/{component}" for kind in FIGURES]
    return tuple(
        (name, said(ledger[name])) for name in names if name in ledger and ledger[name].status != "not shown"
    )
