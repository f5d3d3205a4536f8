"""Putting trees together before anything is bound: `${name}` put in, sections merged, slots filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from groma.model.core_schema import plain_data
from groma.model.position import Problem
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar, nearest
from groma.model.source import Sequence as SequenceNode

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_-]*)\}")
FACT = re.compile(r"\$([A-Za-z_][A-Za-z0-9_-]*)")

POLICY_RANK = (
    "fallback", "compensate", "cache", "deadline", "retry", "breaker", "limit", "hedge", "timeout", "guard",
)  # fmt: skip
"""Policies from the outermost to the innermost; see `groma.model.program`."""


SHARED = ("people", "places", "suppliers", "data")
"""Sections whose elements may be brought by several patterns, when all say the same."""


def put_in(node: Node, values: Mapping[str, str], problems: list[Problem]) -> Node:
    """The tree with `${name}` replaced, in keys as in values; an unknown name is a problem."""

    def text(scalar: Scalar) -> Scalar:
        if "${" not in scalar.value:
            return scalar

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name not in values:
                near = nearest(name, list(values))
                hint = (
                    f"; did you mean `{near}`?"
                    if near
                    else f" (there are {', '.join(sorted(values)) or 'none'})"
                )
                problems.append(Problem(scalar.at, f"nothing is called `${{{name}}}` here{hint}"))
                return ""
            return values[name]

        return scalar._replace(value=PLACEHOLDER.sub(value, scalar.value))

    return _mapped(node, text)


def _mapped(node: Node, text: Callable[[Scalar], Scalar]) -> Node:
    match node:
        case Scalar():
            return text(node)
        case MappingNode(entries=entries):
            return replace(node, entries=tuple((text(key), _mapped(value, text)) for key, value in entries))
        case SequenceNode(items=items):
            return replace(node, items=tuple(_mapped(item, text) for item in items))


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar of a tree, keys included."""
    match node:
        case Scalar():
            yield node
        case MappingNode(entries=entries):
            for key, value in entries:
                yield key
                yield from scalars(value)
        case SequenceNode(items=items):
            for item in items:
                yield from scalars(item)


def facts_named(node: Node) -> set[str]:
    """Names of the facts that a tree refers to."""
    return {found[1] for scalar in scalars(node) if (found := FACT.fullmatch(scalar.value))}


def merged(base: MappingNode, addition: MappingNode, problems: list[Problem]) -> MappingNode:
    """Two trees of sections put together; an element named twice is a problem, unless it is a place, supplier, person
    or datum that both describe in the same words: patterns that know nothing of each other may share those.
    """
    sections = {key.value: (key, value) for key, value in base.entries}
    for key, value in addition.entries:
        if key.value not in sections:
            sections[key.value] = (key, value)
            continue
        own_key, own = sections[key.value]
        if not isinstance(own, MappingNode) or not isinstance(value, MappingNode):
            problems.append(Problem(key.at, f"`{key.value}` is given twice: first at {own_key.at}"))
            continue
        known = {name.value: name for name, _ in own.entries}
        if key.value in SHARED:
            there = {name.value: element for name, element in own.entries}
            value = replace(
                value,
                entries=tuple(
                    (name, element)
                    for name, element in value.entries
                    if name.value not in there or plain_data(element) != plain_data(there[name.value])
                ),
            )
        for name, _ in value.entries:
            if name.value in known:
                problems.append(
                    Problem(
                        name.at, f"{key.value}.{name.value} is there already: first at {known[name.value].at}"
                    )
                )
        sections[key.value] = (own_key, replace(own, entries=own.entries + value.entries))
    return replace(base, entries=tuple(sections.values()))


def filled(node: Node, fill: Callable[[str], tuple[Node, ...]], within: frozenset[str] = frozenset()) -> Node:
    """The tree with each step `open: slot` replaced by the steps that `fill` gives for the slot, filled in turn.

    A slot within itself (`within` are those around the node) stays empty.
    """
    match node:
        case Scalar():
            return node
        case MappingNode(entries=entries):
            return replace(node, entries=tuple((key, filled(value, fill, within)) for key, value in entries))
        case SequenceNode(items=items):
            found: list[Node] = []
            for item in items:
                slot = slot_of(item)
                if slot is None:
                    found.append(filled(item, fill, within))
                elif slot not in within:
                    steps = filled(replace(node, items=fill(slot)), fill, within | {slot})
                    assert isinstance(steps, SequenceNode)
                    found.extend(steps.items)
            return replace(node, items=tuple(found))


def slot_of(node: Node) -> str | None:
    """The slot that a step leaves open, if it does."""
    if isinstance(node, MappingNode):
        value = node.get("open")
        if isinstance(value, Scalar):
            return value.value
    return None


def wrapped(steps: tuple[Node, ...], policies: MappingNode) -> tuple[Node, ...]:
    """Steps with policies around them: put on the step itself where that means the same, else around a group."""
    if not policies.entries:
        return steps
    names = [key.value for key, _ in policies.entries]
    if len(steps) == 1 and isinstance(step := steps[0], MappingNode):
        own = [key.value for key, _ in step.entries if key.value in POLICY_RANK]
        inside = min((POLICY_RANK.index(name) for name in own), default=len(POLICY_RANK))
        if all(name in POLICY_RANK and POLICY_RANK.index(name) < inside for name in names):
            return (replace(step, entries=step.entries + policies.entries),)
    word = Scalar("steps", "", *_place(policies))
    group = SequenceNode(steps, policies.at, policies.end, False)
    return (replace(policies, entries=((word, group), *policies.entries)),)


def _place(node: MappingNode) -> tuple[str, int, int, int, int]:
    return node.at.file, node.at.line, node.at.column, node.at.line, node.at.column


def outermost(policies: Iterable[str]) -> int:
    """Rank of the outermost of these policies."""
    return min(
        (POLICY_RANK.index(name) for name in policies if name in POLICY_RANK), default=len(POLICY_RANK)
    )
