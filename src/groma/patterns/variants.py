"""The variants of an option: one for each choice of its parameters, with what it brings put into words of the brief."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

from groma.model.elements import Fact, Want
from groma.model.position import Problem
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar
from groma.model.source import Sequence as SequenceNode
from groma.patterns.answers import ruled_out
from groma.patterns.described import FactForm
from groma.patterns.needed import in_words
from groma.patterns.pattern import Option
from groma.patterns.space import NotOffered, Variant
from groma.patterns.trees import facts_named, put_in


def variants_of(
    want: Want,
    role: str,
    option: Option,
    inputs: Mapping[str, str],
    facts: Mapping[str, Fact],
    forms: Mapping[str, FactForm],
) -> Iterator[Variant | NotOffered | Problem]:
    """The variants of an option of a role (by its whole name), those that aren't offered here, and what is wrong.

    `forms` says what the facts are that may be missing.
    """
    absent = [name for name in option.given if name not in inputs]
    if absent:
        yield NotOffered(role, option.name, f"the brief names no {', '.join(absent)}", option.title)
        return
    names = list(option.each)
    for values in itertools.product(*(option.each[name] for name in names)):
        parameters = dict(zip(names, values, strict=True))
        label = "/".join((option.name, *values))
        variant = Variant(
            label,
            option.name,
            option.title or option.name,
            option.why,
            option.against,
            option.to_reverse,
            option.keeps,
            parameters,
        )
        words = {**inputs, **parameters}
        if ruled_out(want, role.rpartition(".")[2], variant):
            yield NotOffered(role, label, "the brief rules it out", _put_words(variant.title, words))
            continue
        problems: list[Problem] = []
        adds = None if option.adds is None else put_in(option.adds, words, problems)
        joins = None if option.joins is None else put_in(option.joins, words, problems)
        fill = None if option.fill is None else put_in(option.fill, words, problems)
        wrap = None if option.wrap is None else put_in(option.wrap, words, problems)
        yield from problems
        if problems:
            return
        named = {fact for node in (adds, joins, fill, wrap) if node is not None for fact in facts_named(node)}
        unknown = tuple(sorted(named - set(facts)))
        if unknown:
            reason = f"no fact {in_words(unknown, forms)} is stated"
            yield NotOffered(role, label, reason, _put_words(variant.title, words), unknown)
            continue
        slots, policies = _slots(fill, problems), _policies(wrap, problems)
        yield from problems
        yield replace(
            variant,
            title=_put_words(variant.title, words),
            to_reverse=_put_words(variant.to_reverse, words),
            adds=adds if isinstance(adds, MappingNode) else None,
            joins=joins if isinstance(joins, MappingNode) else None,
            fill=slots,
            wrap=policies,
        )


def _slots(node: Node | None, problems: list[Problem]) -> dict[str, tuple[Node, ...]]:
    found: dict[str, tuple[Node, ...]] = {}
    for key, value in node.entries if isinstance(node, MappingNode) else ():
        if isinstance(value, SequenceNode):
            found[key.value] = value.items
        else:
            problems.append(Problem(value.at, f"fill.{key.value}: expected a list of steps"))
    return found


def _policies(node: Node | None, problems: list[Problem]) -> dict[str, MappingNode]:
    found: dict[str, MappingNode] = {}
    for key, value in node.entries if isinstance(node, MappingNode) else ():
        if isinstance(value, MappingNode):
            found[key.value] = value
        else:
            problems.append(Problem(value.at, f"wrap.{key.value}: expected policies"))
    return found


def _put_words(text: str, words: Mapping[str, str]) -> str:
    scalar = Scalar(text, "'", "", 1, 1, 1, 1)
    put = put_in(scalar, words, [])
    return put.value if isinstance(put, Scalar) else text
