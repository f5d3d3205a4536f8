"""A finished design: the model that one set of answers makes, as text a person can edit and assess again.

The text is made from the trees of the brief and of the chosen options, so nothing is lost on the way; loading it gives
the model that the analyses prove.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from groma.model.elements import Model
from groma.model.load import loads
from groma.model.position import ModelError, Problem
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar
from groma.patterns.opened import wrap_rank
from groma.patterns.space import Space, Variant
from groma.patterns.trees import filled, merged, wrapped
from groma.patterns.written import written

LEFT_OUT = ("groma", "include", "wants", "facts", "planned", "today")


@dataclass(frozen=True, slots=True)
class Closed:
    """A design with all its choices made: its text and the model read from it."""

    answers: Mapping[str, str]
    text: str
    model: Model


def close(
    space: Space,
    answers: Mapping[str, str],
    *,
    file: str = "model.yaml",
    decisions: MappingNode | None = None,
) -> Closed:
    """The model of these answers (one for each role). Raises ModelError if what they make is not a valid model."""
    text = closed_text(space, answers, decisions)
    return Closed(dict(answers), text, loads(text, file=file, folder=space.folder))


def closed_text(space: Space, answers: Mapping[str, str], decisions: MappingNode | None = None) -> str:
    """The text of the model of these answers."""
    chosen = {role.name: role.variant(answers[role.name]) for role in space.roles}
    taken = set(answers.items())
    problems: list[Problem] = []
    root = space.brief
    for under, base in space.bases:
        if under <= taken:
            root = merged(root, base, problems)
    for role in space.roles:
        adds = chosen[role.name].adds
        if adds is not None:
            root = merged(root, adds, problems)
    for role in space.roles:
        joins = chosen[role.name].joins
        if joins is not None and (made := _joined(root, joins)).entries:
            root = merged(root, _section("connections", made), problems)
    if decisions is not None:
        root = merged(root, decisions, problems)
    if problems:
        raise ModelError(problems)
    steps = {slot: _slot(space, chosen, slot) for slot in sorted(_slots(chosen))}
    root_filled = filled(root, lambda slot: steps.get(slot, ()))
    assert isinstance(root_filled, MappingNode)
    return written(_headed(_flattened(root_filled), space))


def _joined(root: MappingNode, joins: MappingNode) -> MappingNode:
    """Those connections of an option whose ends are both in the design: an option can't know what others bring.

    While choices are open they are left out, which bounds allow: a connection only adds time, failures and reach.
    """
    there: set[str] = set()
    for section in ("components", "people"):
        elements = root.get(section)
        if isinstance(elements, MappingNode):
            there |= {name.value for name, _ in elements.entries}

    def ends(link: Node) -> tuple[str, ...]:
        found = (link.get("from"), link.get("to")) if isinstance(link, MappingNode) else ()
        return tuple(end.value for end in found if isinstance(end, Scalar))

    kept = tuple((name, link) for name, link in joins.entries if there.issuperset(ends(link)))
    return replace(joins, entries=kept)


def _section(name: str, elements: MappingNode) -> MappingNode:
    word = Scalar(name, "", elements.at.file, elements.at.line, 1, elements.at.line, 1)
    return replace(elements, entries=((word, elements),))


def _slots(chosen: Mapping[str, Variant]) -> set[str]:
    return {slot for v in chosen.values() for slot in (*v.fill, *v.wrap)}


def _slot(space: Space, chosen: Mapping[str, Variant], slot: str) -> tuple[Node, ...]:
    steps: tuple[Node, ...] = ()
    for role in space.roles:
        steps += chosen[role.name].fill.get(slot, ())
    wraps = [role for role in space.roles if any(slot in v.wrap for v in role.variants)]
    for role in sorted(wraps, key=lambda role: -wrap_rank(role, slot)):
        policies = chosen[role.name].wrap.get(slot)
        if policies is not None:
            steps = wrapped(steps, policies)
    return steps


def _flattened(root: MappingNode) -> MappingNode:
    """Without what a finished model doesn't say; facts stay in the file they are included from."""
    return replace(root, entries=tuple((k, v) for k, v in root.entries if k.value not in LEFT_OUT))


def _headed(root: MappingNode, space: Space) -> MappingNode:
    def plain(value: str) -> Scalar:
        return Scalar(value, "", root.at.file, 1, 1, 1, 1)

    head: list[tuple[Scalar, Node]] = [(plain("groma"), plain("1"))]
    planned = (plain("planned"), plain("true"))
    include = space.brief.get("include")
    inline = space.brief.get("facts")
    if include is not None and inline is not None and _includes_facts_only(space.brief):
        own = _of_file(inline, root.at.file)
        head.append((plain("include"), include))
        if own.entries:
            head.append((plain("facts"), own))
    elif inline is not None:
        head.append((plain("facts"), inline))
    return replace(root, entries=(*head, planned, *root.entries))


def _includes_facts_only(brief: MappingNode) -> bool:
    """Whether nothing but facts comes from included files: all else is written out, and must not come twice."""
    home = brief.at.file
    for key, value in brief.entries:
        if key.value == "facts":
            continue
        names = [name.file for name, _ in value.entries] if isinstance(value, MappingNode) else []
        if key.file != home or any(file != home for file in names):
            return False
    return True


def _of_file(facts: Node, file: str) -> MappingNode:
    assert isinstance(facts, MappingNode)
    return replace(facts, entries=tuple((k, v) for k, v in facts.entries if k.file == file))
