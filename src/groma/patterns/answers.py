"""Answers to the questions of a design, written `role=option`."""

from __future__ import annotations

from groma.model.grammar import did_you_mean
from groma.patterns.space import Space


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
