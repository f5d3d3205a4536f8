"""Patterns: reusable designs as data. A capability, the roles it has, the options of each role, and what can go wrong.

A pattern is a YAML file in the language of models with three additions: slots in its flows (`open: slot`), options that
fill or wrap those slots and add components, and `${name}` where an input of the pattern or a parameter of an option is
put in. Expanding a pattern is putting trees together; what comes out is an ordinary model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groma.model.grammar import Flag, OneOrMany, Reader, Record, Table, Text, Word, key
from groma.model.position import Position
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node
from groma.patterns.described import FactForm

CONTRIBUTES = ("components", "people", "places", "suppliers", "data", "connections", "flows")
OPTION_CONTRIBUTES = ("components", "people", "places", "suppliers", "data")


@dataclass(frozen=True, slots=True)
class Tree:
    """A mapping kept as it is written: it is bound when the pattern is expanded."""

    sections: tuple[str, ...] = ()

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, MappingNode):
            reader.problem(node.at, f"{path}: expected a mapping")
            return None
        for name, _ in node.entries:
            if self.sections and name.value not in self.sections:
                reader.problem(
                    name.at, f"{path}: `{name.value}` can't be added here ({', '.join(self.sections)})"
                )
        return node

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureMode:
    """Something that goes wrong with this design, and what answers it."""

    name: str
    at: Position
    cause: str = key(Text(), "why it happens", required=True)
    effect: str = key(Text(), "what it does to whom", required=True)
    detection: str = key(Text(), "how it is noticed", default="")
    response: str = key(Text(), "what is done about it", default="")
    remains: str = key(Text(), "what is left after that", default="")
    severity: str = key(Word("low", "medium", "high"), "how bad it is unmitigated", default="medium")
    mitigated_by: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())), "role -> options that answer it", default={}
    )
    only_with: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())), "role -> options with which it can happen at all", default={}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to play a role."""

    name: str
    at: Position
    title: str = key(Text(), "what it is", default="")
    why: str = key(Text(), "what speaks for it", default="")
    against: str = key(Text(), "what speaks against it", default="")
    each: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())), "parameters: one variant for each combination of their values", default={}
    )
    adds: MappingNode | None = key(Tree(OPTION_CONTRIBUTES), "elements that come with it")
    joins: MappingNode | None = key(
        Tree(), "connections that are made where both of their ends are in the design"
    )
    fill: MappingNode | None = key(Tree(), "slot -> steps that go there")
    wrap: MappingNode | None = key(Tree(), "slot -> policies put around it")
    when: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())), "role -> options, one of which it needs", default={}
    )
    not_with: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())), "role -> options that rule it out", default={}
    )
    given: tuple[str, ...] = key(
        OneOrMany(Text()), "inputs the brief must give for it to be offered", default=()
    )
    keeps: bool = key(Flag(), "true when it keeps something that is there", default=False)
    to_reverse: str = key(Text(), "what going back on it later takes", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleForm:
    """A question the design has to answer; exactly one option is taken."""

    name: str
    at: Position
    title: str = key(Text(), "the question", required=True)
    why: str = key(Text(), "why it matters", default="")
    when: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())), "role -> options with which the question arises at all", default={}
    )
    options: Mapping[str, Option] = key(Table(Record("Option", Option)), "the answers", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternInput:
    """Something the brief must say for the pattern to be used."""

    name: str
    at: Position
    title: str = key(Text(), "what it is", required=True)
    optional: bool = key(Flag(), "whether the pattern works without it", default=False)
    default: str | None = key(Text(), "what is taken when nothing is said")
    is_: str | None = key(
        Word("person", "place", "component", "data"),
        "what it names: a new brief begins with an element of that kind",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A reusable design for a capability."""

    at: Position
    pattern: str = key(Text(), "its name", required=True)
    gives: str = key(Text(), "the capability it gives", required=True)
    practice: str = key(Text(), "`ai`, `business` or `infrastructure`", default="")
    title: str = key(Text(), "what it is", required=True)
    why: str = key(Text(), "when it is a good design", default="")
    source: str = key(Text(), "where it comes from", default="")
    inputs: Mapping[str, PatternInput] = key(
        Table(Record("PatternInput", PatternInput)), "what the brief must say", default={}
    )
    wants: MappingNode | None = key(Tree(), "further capabilities it needs")
    base: MappingNode | None = key(Tree(CONTRIBUTES), "elements that are always there")
    roles: Mapping[str, RoleForm] = key(
        Table(Record("RoleForm", RoleForm)), "the questions it has to answer", default={}
    )
    failure_modes: Mapping[str, FailureMode] = key(
        Table(Record("FailureMode", FailureMode)), "what can go wrong", default={}
    )
    facts: Mapping[str, FactForm] = key(
        Table(Record("FactForm", FactForm)), "what the facts are that it refers to", default={}
    )
