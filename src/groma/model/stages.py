"""Stages: what a model is like before or after a change, laid over its tree; stages may build on each other."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import replace

from groma.model.elements import Stage
from groma.model.grammar import Reader, bind, did_you_mean, keys_of, what
from groma.model.source import Mapping, Node, Scalar

STAGED = (
    "people", "places", "suppliers", "components", "connections", "data", "flows", "needs", "decisions", "facts",
)  # fmt: skip


def at_stage(root: Mapping, stage: str | None, reader: Reader) -> tuple[Mapping, dict[str, Stage]]:
    """The tree with the stages up to `stage` laid over it, and the stages themselves."""
    node = root.get("stages")
    if node is None or not isinstance(node, Mapping):
        if stage is not None:
            reader.problem(root.at, f"there is no stage `{stage}`: the model has none")
        return root, {}
    own = set(keys_of(Stage))
    stages: dict[str, Stage] = {}
    bodies: dict[str, Mapping] = {}
    for name, value in node.entries:
        if not isinstance(value, Mapping):
            some = "`title`, `after`, `remove`, `components`"
            message = f"stages.{name.value}: expected a mapping with keys such as {some}, found {what(value)}"
            reader.problem(value.at, message)
            continue
        heads = tuple((k, v) for k, v in value.entries if k.value in own)
        for key, _ in value.entries:
            if key.value not in own and key.value not in STAGED:
                hint = did_you_mean(key.value, [*own, *STAGED])
                sections = "" if hint else f": it changes {', '.join(f'`{known}`' for known in STAGED)}"
                reader.problem(key.at, f"stages.{name.value}: a stage has no `{key.value}`{hint}{sections}")
        sections = tuple((k, v) for k, v in value.entries if k.value in STAGED and k.value not in own)
        adds = tuple(
            f"{section.value}.{item.value}"
            for section, part in sections
            if isinstance(part, Mapping)
            for item, _ in part.entries
        )
        head = replace(value, entries=heads)
        bound: Stage | None = bind(
            Stage, head, f"stages.{name.value}", reader, name=name.value, at=name.at, extra={"adds": adds}
        )
        if bound is not None:
            stages[name.value] = bound
            bodies[name.value] = replace(value, entries=sections)
    rest = replace(root, entries=tuple((k, v) for k, v in root.entries if k.value != "stages"))
    if stage is not None and stage not in stages:
        reader.problem(node.at, f"there is no stage `{stage}`{did_you_mean(stage, stages)}")
    if stage is None or stage not in stages:
        return rest, stages
    for name in reversed(_chain(stage, stages, reader)):
        rest = _without(_overlay(rest, bodies[name]), stages[name], reader)
    return rest, stages


def _chain(stage: str, stages: MappingOf[str, Stage], reader: Reader) -> list[str]:
    """A stage and those it comes after, itself first; a circle is a problem."""
    chain: list[str] = []
    current: str | None = stage
    while current is not None and current in stages:
        if current in chain:
            ring = chain[chain.index(current) :]
            first = min(range(len(ring)), key=lambda n: stages[ring[n]].at)
            turned = [*ring[first:], *ring[:first], ring[first]]
            reader.problem(stages[ring[first]].at, f"stages: `after` goes in a circle: {' -> '.join(turned)}")
            return []
        chain.append(current)
        current = stages[current].after
    return chain


def _overlay(base: Mapping, change: Mapping, depth: int = 0) -> Mapping:
    """`change` laid over `base`: mappings are merged down to an element's keys, all else is replaced."""
    entries = {key.value: (key, value) for key, value in base.entries}
    for key, value in change.entries:
        known = entries.get(key.value)
        if known is not None and isinstance(known[1], Mapping) and isinstance(value, Mapping) and depth < 2:
            entries[key.value] = (known[0], _overlay(known[1], value, depth + 1))
        else:
            entries[key.value] = (key, value)
    return replace(base, entries=tuple(entries.values()))


def _without(root: Mapping, stage: Stage, reader: Reader) -> Mapping:
    gone = set(stage.remove)
    found: set[str] = set()
    entries: list[tuple[Scalar, Node]] = []
    for key, value in root.entries:
        kept: Node = value
        if key.value in STAGED and isinstance(value, Mapping):
            names = {f"{key.value}.{name.value}" for name, _ in value.entries}
            found |= names
            kept = replace(
                value, entries=tuple((n, v) for n, v in value.entries if f"{key.value}.{n.value}" not in gone)
            )
        entries.append((key, kept))
    for name in sorted(gone - found):
        reader.problem(
            stage.at,
            f"stages.{stage.name}.remove: there is no `{name}` to remove{did_you_mean(name, sorted(found))}",
        )
    return replace(root, entries=tuple(entries))
