"""Read fault trees in the Open-PSA Model Exchange Format, so that published and client trees can be used.

Format: Open-PSA MEF 2.0d, fault tree layer: define-fault-tree, define-component, define-gate, define-basic-event,
define-house-event, define-parameter, define-CCF-group, model-data; the connectives of the standard, nested at will;
probabilities as `openpsa_expressions` evaluates them, common causes as `openpsa_groups` reads them. Anything else is
refused by name. Names are global to the file. The XML is read in `openpsa_xml`, bounded and without entities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from groma.solvers.faulttrees.formula import ALWAYS, NEVER, And, AtLeast, Event, Formula, Not, Or, xor
from groma.solvers.faulttrees.openpsa_expressions import Expressions
from groma.solvers.faulttrees.openpsa_groups import read_group
from groma.solvers.faulttrees.openpsa_xml import Element, OpenPsaError, parse

_ANNOTATIONS = {"label", "attributes"}


@dataclass(frozen=True, slots=True)
class OpenPsaModel:
    """What a file defines. `tops` are the gates that no other gate uses, in the order of the file; events whose
    probability the file doesn't give are missing from `probabilities`. A member of a common cause group is a formula
    over the group's causes: an event of its own name, and events such as `[a b]` that take several members."""

    gates: Mapping[str, Formula]
    tops: tuple[str, ...]
    probabilities: Mapping[str, float]
    labels: Mapping[str, str]

    def top(self, name: str | None = None) -> Formula:
        """The top gate, or the gate of a name. OpenPsaError when there are several tops or none, or no such gate."""
        if name is not None:
            if name not in self.gates:
                raise OpenPsaError(f"there is no gate {name}; top gates are {', '.join(self.tops[:5])}")
            return self.gates[name]
        if len(self.tops) != 1:
            raise OpenPsaError(f"expected one top gate, found {len(self.tops)}: {', '.join(self.tops[:5])}")
        return self.gates[self.tops[0]]


def read_openpsa(source: bytes | str, mission_time: float | None = None) -> OpenPsaModel:
    """Read a model. OpenPsaError says the line, what was expected and what was found.

    `mission_time` stands for `system-mission-time`, in the unit of the file's rates.
    """
    root = parse(source)
    if root.tag != "opsa-mef":
        raise root.error("expected the root element opsa-mef")
    file = _File()
    for element in _definitions(root):
        file.take(element)
    expressions = Expressions(file.parameters, mission_time)
    probabilities = {name: expressions.probability(body) for name, body in file.events.items()}
    members: dict[str, Formula] = {}
    for group in file.groups:
        names, caused = read_group(group, expressions)
        for name, formula in zip(names, caused.parts, strict=True):
            if name in members:
                raise group.error(f"{name} is a member of two groups")
            members[name] = formula
        for name, p in caused.probabilities.items():
            if name in file.defined and name not in names:
                raise group.error(f"the common cause {name} has the name of something else")
            probabilities[name] = p
    for name in members.keys() & (file.gates.keys() | file.house.keys()):
        raise file.gates.get(name, root).error(
            f"{name} is a member of a common cause group, but no basic event"
        )
    gates, used = _gates(file.gates, {**file.house, **members}, file.defined)
    tops = tuple(name for name in file.gates if name not in used)
    return OpenPsaModel(gates, tops, probabilities, file.labels)


@dataclass(slots=True)
class _File:
    """What the definitions of a file say, by name, before it is put together."""

    gates: dict[str, Element] = field(default_factory=dict[str, Element])
    house: dict[str, Formula] = field(default_factory=dict[str, Formula])
    events: dict[str, Element] = field(default_factory=dict[str, Element])
    parameters: dict[str, Element] = field(default_factory=dict[str, Element])
    groups: list[Element] = field(default_factory=list[Element])
    labels: dict[str, str] = field(default_factory=dict[str, str])
    defined: set[str] = field(default_factory=set[str])

    def take(self, element: Element) -> None:
        """Enter one definition."""
        if element.tag == "define-CCF-group":
            self.groups.append(element)
            return
        name = element.attribute("name")
        body = [child for child in element.children if child.tag not in _ANNOTATIONS]
        if element.tag == "define-parameter":
            if len(body) != 1 or name in self.parameters:
                raise element.error(f"expected one value of parameter {name}, defined once")
            self.parameters[name] = body[0]
            return
        if name in self.defined:
            raise element.error(f"{name} is defined twice; names are global to the file")
        self.defined.add(name)
        for child in element.children:
            if child.tag == "label":
                self.labels[name] = child.text.strip()
        if element.tag == "define-gate":
            if len(body) != 1:
                raise element.error(f"expected one formula in gate {name}, found {len(body)}")
            self.gates[name] = body[0]
        elif element.tag == "define-house-event":
            self.house[name] = _truth(body[0]) if body else NEVER
        elif body:
            self.events[name] = body[0]


_DEFINED = frozenset(
    {"define-gate", "define-basic-event", "define-house-event", "define-parameter", "define-CCF-group"}
)


def _definitions(root: Element) -> Iterator[Element]:
    stack = [iter(root.children)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in {"define-fault-tree", "define-component", "model-data"}:
            stack.append(iter(element.children))
        elif element.tag in _DEFINED:
            yield element
        elif element.tag not in _ANNOTATIONS:
            raise element.error("expected a fault tree definition; event trees aren't read")


def _truth(element: Element) -> Formula:
    value = element.attribute("value") if element.tag in {"constant", "bool"} else None
    if value not in {"true", "false"}:
        raise element.error('expected <constant value="true"/> or "false"')
    return ALWAYS if value == "true" else NEVER


def _gates(
    definitions: Mapping[str, Element], house: Mapping[str, Formula], defined: set[str]
) -> tuple[dict[str, Formula], set[str]]:
    """Build the gates, those used first; also the names of gates used by others."""
    built: dict[str, Formula] = {}
    events: dict[str, Event] = {}
    used: set[str] = set()

    def reference(element: Element) -> Formula:
        name = element.attribute("name")
        if name in definitions and element.tag in {"basic-event", "house-event"}:
            raise element.error(f"{name} is a gate; names are global to the file")
        if name in built:
            return built[name]
        if name in house:
            return house[name]
        if element.tag == "gate" or (element.tag == "event" and name not in defined):
            raise element.error(f"gate {name} isn't defined")
        return events.setdefault(name, Event(name))

    for start in definitions:
        stack = [start]
        open_: dict[str, None] = {}
        while stack:
            name = stack[-1]
            if name in built:
                stack.pop()
                continue
            needs = [n for n in _references(definitions[name]) if n in definitions]
            used.update(needs)
            missing = [n for n in needs if n not in built]
            if not missing:
                built[name] = _formula(definitions[name], reference)
                open_.pop(name, None)
                stack.pop()
                continue
            open_[name] = None
            looped = next((n for n in missing if n in open_), None)
            if looped is not None:
                raise definitions[name].error(f"gate {looped} depends on itself, through {name}")
            stack.extend(reversed(missing))
    return built, used


def _references(formula: Element) -> Iterator[str]:
    stack = [formula]
    while stack:
        element = stack.pop()
        if element.tag in {"gate", "event"}:
            yield element.attribute("name")
        stack.extend(reversed(element.children))


def _formula(element: Element, reference: Callable[[Element], Formula]) -> Formula:
    """Nested formulas are at most as deep as the XML reader allows."""
    if element.tag in {"gate", "event", "basic-event", "house-event"}:
        return reference(element)
    if element.tag in {"constant", "bool"}:
        return _truth(element)
    parts = tuple(_formula(child, reference) for child in element.children)
    match element.tag, parts:
        case "and", (_, *_):
            return And(parts)
        case "or", (_, *_):
            return Or(parts)
        case "nand", (_, *_):
            return Not(And(parts))
        case "nor", (_, *_):
            return Not(Or(parts))
        case "xor", (_, _, *_):
            return xor(parts)
        case "not", (part,):
            return Not(part)
        case "imply", (given, then):
            return Or((Not(given), then))
        case "iff", (one, other):
            return Not(xor((one, other)))
        case "atleast", (_, *_):
            return AtLeast(element.count("min"), parts)
        case "cardinality", (_, *_):
            return And((AtLeast(element.count("min"), parts), Not(AtLeast(element.count("max") + 1, parts))))
        case _:
            raise element.error(f"expected a formula, found {element.tag} with {len(parts)} parts")
