"""Which facts a pattern asks for, and for what: for every design of it, or for some options of its roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groma.patterns.described import FactForm
from groma.patterns.pattern import Option, Pattern
from groma.patterns.trees import facts_named

MOST_IN_WORDS = 3
"""Missing facts that one sentence tells with their titles; further ones are only named."""


@dataclass(frozen=True, slots=True)
class Use:
    """A fact that a pattern asks for: always, or for these options (names) of its roles (names)."""

    fact: str
    always: bool
    options: Mapping[str, tuple[str, ...]]


def facts_of_base(pattern: Pattern) -> set[str]:
    """Facts without which there is no design of the pattern at all."""
    return {fact for tree in (pattern.base, pattern.wants) if tree is not None for fact in facts_named(tree)}


def facts_of_option(option: Option) -> set[str]:
    """Facts without which the option isn't offered."""
    trees = (option.adds, option.joins, option.fill, option.wrap)
    return {fact for tree in trees if tree is not None for fact in facts_named(tree)}


def uses(pattern: Pattern) -> dict[str, Use]:
    """All facts that a pattern asks for, in the order of its questions."""
    always = facts_of_base(pattern)
    options: dict[str, dict[str, list[str]]] = {fact: {} for fact in sorted(always)}
    for role in pattern.roles.values():
        for option in role.options.values():
            for fact in sorted(facts_of_option(option)):
                options.setdefault(fact, {}).setdefault(role.name, []).append(option.name)
    return {
        fact: Use(fact, fact in always, {role: tuple(names) for role, names in roles.items()})
        for fact, roles in options.items()
    }


def in_words(facts: Iterable[str], forms: Mapping[str, FactForm]) -> str:
    """Facts with what they are, as far as that is known; of many only the first are told."""
    told: list[str] = []
    for number, fact in enumerate(facts):
        form = forms.get(fact) if number < MOST_IN_WORDS else None
        told.append(f"{fact} ({form.called})" if form is not None else fact)
    return ", ".join(told)


def asked_for(missing: Mapping[str, Iterable[str]], forms: Mapping[str, FactForm]) -> str:
    """A line for each missing fact, with the options that wait for it, and how to state one."""
    lines: list[str] = []
    for fact, options in missing.items():
        form = forms.get(fact)
        what = f": {form.called}, such as `{form.like.text}`" if form is not None else ""
        waiting = ", ".join(options)
        lines.append(f"\n    {fact}{what}{f' ({waiting})' if waiting else ''}")
    first = next(iter(missing))
    example = forms[first].like.text if first in forms else "4 ms"
    lines.append(
        f"\n    State each under `facts:`, as `{first}: {{value: {example}, source: who says so, date: 2026-11}}`"
    )
    return "".join(lines)
