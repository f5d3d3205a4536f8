"""What a pattern's conditions rule out: roles and options that arise only with others, or never with them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from groma.patterns.pattern import RoleForm
from groma.patterns.space import ABSENT, Literal, Role


def conditions(
    forms: Mapping[str, tuple[RoleForm, Role]], full: Mapping[str, str], under: frozenset[Literal]
) -> Iterator[frozenset[Literal]]:
    """Exclusions from `when` and `not_with`, of roles and of options, of a pattern that arises `under` some answers.

    `full` gives the whole name of each role of the pattern.
    """
    for form, role in forms.values():
        if form.when:
            arises = [
                [(full[other], v) for v in forms[other][1].of_option(options)]
                for other, options in form.when.items() if other in forms
            ]  # fmt: skip
            for answers in itertools.product(*arises):
                yield under | {*answers, (role.name, ABSENT)}
            for other, options in form.when.items():
                yield from _only_if(
                    role.name,
                    [v.name for v in role.variants if v.name != ABSENT],
                    forms,
                    full,
                    other,
                    options,
                )
        for option in form.options.values():
            own = list(role.of_option((option.name,)))
            for other, options in option.when.items():
                yield from _only_if(role.name, own, forms, full, other, options)
            for other, options in option.not_with.items():
                if other in forms:
                    for answer in forms[other][1].of_option(options):
                        yield from (frozenset({(role.name, v), (full[other], answer)}) for v in own)


def _only_if(
    role: str, variants: list[str], forms: Mapping[str, tuple[RoleForm, Role]], full: Mapping[str, str],
    other: str, options: tuple[str, ...],
) -> Iterator[frozenset[Literal]]:  # fmt: skip
    """Exclusions of these variants of a role with the answers to another one but these options."""
    if other not in forms:
        return
    target = forms[other][1]
    allowed = set(target.of_option(options))
    for answer in target.variants:
        if answer.name not in allowed:
            yield from (frozenset({(role, v), (full[other], answer.name)}) for v in variants)
