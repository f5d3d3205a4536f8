"""Everything a brief leaves to be chosen: questions, their possible answers, what rules what out, what may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from groma.model.elements import Model
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node
from groma.patterns.pattern import FailureMode, Pattern

ABSENT = "absent"
"""The answer to a question that doesn't arise."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One possible answer to a question: an option with its parameters, and what it brings as trees."""

    name: str
    option: str
    title: str
    why: str = ""
    against: str = ""
    to_reverse: str = ""
    keeps: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    adds: MappingNode | None = None
    joins: MappingNode | None = None
    fill: Mapping[str, tuple[Node, ...]] = field(default_factory=dict[str, tuple[Node, ...]])
    wrap: Mapping[str, MappingNode] = field(default_factory=dict[str, MappingNode])


@dataclass(frozen=True, slots=True)
class Role:
    """A question of the design; `variants` are its possible answers in the order of the pattern."""

    name: str
    title: str
    why: str
    want: str
    pattern: str
    variants: tuple[Variant, ...]

    def variant(self, name: str) -> Variant:
        return next(v for v in self.variants if v.name == name)

    def of_option(self, options: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the variants of these options."""
        return tuple(v.name for v in self.variants if v.option in options)


Literal = tuple[str, str]
"""(role, variant)"""


@dataclass(frozen=True, slots=True)
class NotOffered:
    """An option that can't be taken here, and why."""

    role: str
    option: str
    reason: str
    title: str = ""
    missing: tuple[str, ...] = ()
    """Facts that aren't stated, where that is the reason."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A failure mode of a pattern in use, with the roles' full names."""

    mode: FailureMode
    want: str
    pattern: str
    mitigated_by: Mapping[str, tuple[str, ...]]
    only_with: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Space:
    """Everything a brief leaves to be chosen. `exclusions` are sets of answers that can't hold together."""

    brief: MappingNode
    folder: Path
    texts: Mapping[str, str]
    given: Model
    """The brief as a model by itself."""
    roles: tuple[Role, ...]
    exclusions: tuple[frozenset[Literal], ...]
    bases: tuple[tuple[frozenset[Literal], MappingNode], ...]
    """Elements of each pattern, with the answers under which they stand (none: always)."""
    risks: tuple[Risk, ...]
    not_offered: tuple[NotOffered, ...]
    patterns: Mapping[str, Pattern]

    def role(self, name: str) -> Role:
        return next(role for role in self.roles if role.name == name)

    @property
    def combinations(self) -> int:
        """Number of combinations of answers, before exclusions."""
        total = 1
        for role in self.roles:
            total *= len(role.variants)
        return total

    def allowed(self, assignment: Mapping[str, str]) -> bool:
        """Whether no exclusion is broken by these (possibly partial) answers."""
        taken = set(assignment.items())
        return not any(clause <= taken for clause in self.exclusions)
