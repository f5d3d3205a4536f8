"""Decision records that are worked out: what the next-best alternative to each choice would have cost.

The chosen option is forbidden and the whole brief solved again, so the comparison is between two best designs, not
between a design and a strawman. If nothing keeps all needs then, the records say which need would have to give way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groma.design.front import Point, Solver
from groma.design.problem import value_of
from groma.design.proposals import differing
from groma.model.source import Mapping as MappingNode
from groma.model.source import parse
from groma.patterns import ABSENT, Role, Space, Variant


@dataclass(frozen=True, slots=True)
class Broken:
    """A need that gives way when an option is forced: the best value it could still have (None: no figure)."""

    need: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """An option that wasn't taken: not offered here (with the reason), or passed over."""

    option: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice of the recommended design. `extra`: what the first wish loses more with the next-best alternative (None:
    no design with one keeps all needs, and `breaks` says which need each alternative would break)."""

    role: str
    title: str
    want: str
    chosen: str
    why: str
    against: str
    next_best: str | None
    extra: float | None
    others: Mapping[str, float]
    changes: tuple[str, ...]
    breaks: tuple[Broken, ...]
    to_reverse: str
    rejected: tuple[Rejected, ...]


def decisions(solver: Solver, best: Point) -> Iterator[Decision]:
    """A record for each question that arises in the recommended design and had more than one answer."""
    for role in solver.space.roles:
        answer = best.answers[role.name]
        alternatives = _alternatives(role, answer)
        if answer != ABSENT and alternatives:
            yield _decision(solver, best, role, role.variant(answer), alternatives)


def _alternatives(role: Role, answer: str) -> frozenset[str]:
    """Answers with another option; with other parameters where there is only one option."""
    option = role.variant(answer).option
    others = frozenset(v.name for v in role.variants if v.option not in (option, ABSENT))
    return others or frozenset(v.name for v in role.variants if v.name not in (answer, ABSENT))


def _decision(
    solver: Solver, best: Point, role: Role, chosen: Variant, alternatives: frozenset[str]
) -> Decision:
    others = solver.task.wishes[1:]
    forced = solver.least(within={role.name: alternatives}, near=best)
    breaks: tuple[Broken, ...] = ()
    if forced is None:
        breaks = tuple(_breaks(solver, {role.name: alternatives}))
    return Decision(
        role.name,
        role.title,
        role.want,
        chosen.name,
        chosen.why,
        chosen.against,
        None if forced is None else forced.answers[role.name],
        None if forced is None else solver.extra(forced, best),
        {} if forced is None else {wish: forced.lost(wish) - best.lost(wish) for wish in others},
        () if forced is None else tuple(r for r in differing(best.answers, forced.answers) if r != role.name),
        breaks,
        chosen.to_reverse,
        tuple(_rejected(solver.space, role, chosen)),
    )


def _breaks(solver: Solver, within: Mapping[str, frozenset[str]]) -> Iterator[Broken]:
    """Needs that alone stand against an alternative, and how near it comes to each. (One in words is broken by all
    that keep the others.)"""
    first = solver.task.wishes[0]
    for held in solver.task.held:
        objectives = (first,) if held.words else (held.name, first)
        found = solver.least({held.name: math.inf}, within, objectives=objectives)
        if found is not None:
            lost = found.lost(held.name)
            yield Broken(held.need, value_of(held.measure, lost) if lost < math.inf else None)


def _rejected(space: Space, role: Role, chosen: Variant) -> Iterator[Rejected]:
    options = dict.fromkeys(v.option for v in role.variants if v.option not in (chosen.option, ABSENT))
    for option in options:
        variant = next(v for v in role.variants if v.option == option)
        yield Rejected(option, variant.title, variant.against)
    for missing in space.not_offered:
        if missing.role == role.name:
            yield Rejected(missing.option, missing.title or missing.option, f"not offered: {missing.reason}")


def as_elements(space: Space, answers: Mapping[str, str]) -> MappingNode:
    """The choices of a design as the `decisions:` section of its model."""
    lines = ["decisions:"]
    for role in space.roles:
        answer = answers[role.name]
        if answer == ABSENT or len(role.variants) < 2:
            continue
        variant = role.variant(answer)
        options = [v.name for v in role.variants if v.name != ABSENT]
        lines.append(f"  {_element(role.name)}:")
        lines.append(f"    title: {_quoted(role.title)}")
        lines.append("    status: proposed")
        lines.append(f"    chosen: {_quoted(variant.name)}")
        lines.append(f"    options: [{', '.join(_quoted(o) for o in options)}]")
        if variant.why:
            lines.append(f"    why: {_quoted(variant.why)}")
        if variant.to_reverse:
            lines.append(f"    to_reverse: {_quoted(variant.to_reverse)}")
    node = parse("\n".join(lines) + "\n" if len(lines) > 1 else "{}\n", "decisions")
    assert isinstance(node, MappingNode)
    return node


def _element(role: str) -> str:
    return role.replace(".", "-").replace(" ", "-")


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
