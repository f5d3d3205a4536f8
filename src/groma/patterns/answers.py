"""Answers to the questions of a design, written `role=option`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from groma.model.elements import Want
from groma.model.grammar import did_you_mean
from groma.model.position import Problem
from groma.patterns.pattern import Pattern
from groma.patterns.space import Space, Variant

MOST_NAMED = 8
"""Answers that a message names at the most."""


def answer(space: Space, written: str) -> tuple[str, list[str]]:
    """`role=option` as the full name of the role and the names of its variants that are meant.

    The last part of a role's name will do where it is the only one. Raises ValueError with the names that there are.
    """
    role, equals, option = written.partition("=")
    if not equals:
        raise ValueError(f"expected an answer written `role=option`, found `{written}`")
    fitting = [r for r in space.roles if r.name == role or r.name.endswith(f".{role}")]
    if len(fitting) != 1:
        names = [r.name for r in fitting or space.roles]
        hint = "" if fitting else did_you_mean(role, [*names, *(n.rpartition(".")[2] for n in names)])
        raise ValueError(
            f"{'several roles are' if fitting else 'there is no role'} called `{role}`"
            f"{hint or ': ' + ', '.join(f'`{n}`' for n in names)}"
        )
    variants = [v for v in fitting[0].variants if option in (v.name, v.option)]
    if not variants:
        names = list(dict.fromkeys(v.name for v in fitting[0].variants))
        hint = did_you_mean(option, names)
        raise ValueError(
            f"role `{fitting[0].name}` has no option `{option}`{hint or ': ' + ', '.join(f'`{n}`' for n in names)}"
        )
    return fitting[0].name, [v.name for v in variants]


def answers_of(pattern: Pattern) -> frozenset[str]:
    """The answers to a pattern's own questions: `role=option`, `role=option/value` where it comes in variants."""
    return frozenset(
        f"{role}={'/'.join((option.name, *values))}"
        for role, form in pattern.roles.items()
        for option in form.options.values()
        for values in ((), *itertools.product(*option.each.values()))
    )


def unknown_answers(want: Want, known: frozenset[str]) -> Iterator[Problem]:
    """Entries of a want's `keep` and `refuse` that are no answer to a question of its design."""
    if not known:
        return
    for word, entries in (("keep", want.keep), ("refuse", want.refuse)):
        for entry in entries:
            if entry not in known:
                role = entry.partition("=")[0]
                same = sorted(each for each in known if each.partition("=")[0] == role)
                hint = did_you_mean(entry, sorted(known))
                if not hint and same:
                    hint = f" ({', '.join(f'`{each}`' for each in same[:MOST_NAMED])})"
                yield Problem(want.at, f"wants.{want.name}.{word}: no such answer, `{entry}`{hint}")


def ruled_out(want: Want, role: str, variant: Variant) -> bool:
    """Whether `keep` or `refuse` of the want leaves this answer out (`role=option` or `role=variant`)."""
    kept = [entry.partition("=")[2] for entry in want.keep if entry.partition("=")[0] == role]
    refused = [entry.partition("=")[2] for entry in want.refuse if entry.partition("=")[0] == role]
    names = (variant.name, variant.option)
    return (bool(kept) and not any(n in kept for n in names)) or any(n in refused for n in names)
