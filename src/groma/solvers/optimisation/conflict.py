"""Needs that can't be met together: which, and what it would take to meet them.

Minimal conflicts are found from small sets of needs to large ones, skipping every set that a proven choice
already meets or that holds a known conflict (the map of Liffiton et al. 2016, walked in order of size, so
that the smallest conflicts come first). A set is a conflict only after the lazy proof of `search`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from groma.solvers.optimisation.master import Master, Oracle
from groma.solvers.optimisation.problem import Bound
from groma.solvers.optimisation.search import Found, Record, best, keeps, meeting


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The least that a need's bound has to become while all others stay, and the choice that meets it so; None when
    relaxing this need alone doesn't help."""

    need: Bound
    found: Found | None

    @property
    def at_most(self) -> float | None:
        """The bound it would have to be."""
        return None if self.found is None else self.found.values[self.need.measure]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Minimal sets of needs that no choice meets together, smallest first: none when all can be met, one empty set when
    no consistent choice exists at all. `complete`: there are no others."""

    sets: tuple[tuple[Bound, ...], ...]
    complete: bool
    relaxations: tuple[Relaxation, ...]
    proofs: int
    log: tuple[str, ...]


def conflict(
    master: Master,
    needs: Sequence[Bound],
    oracle: Oracle,
    within: Mapping[str, frozenset[str]] | None = None,
    most: int = 5,
) -> Conflict:
    """Up to `most` minimal conflicts among the needs, and the cheapest relaxation of each need alone.

    Needs are one per measure (ValueError otherwise). Relaxations are worked out only when there is a conflict.
    """
    ordered = sorted(needs, key=lambda b: b.measure)
    if len({b.measure for b in ordered}) < len(ordered):
        raise ValueError(
            "expected one need per measure; of two bounds on the same measure only the lower one matters"
        )
    record = Record()
    sets: list[frozenset[int]] = []
    met: set[frozenset[int]] = set()
    complete = True
    for chosen in _by_size(len(ordered)):
        if any(known <= chosen for known in sets) or any(chosen <= done for done in met):
            continue
        if len(sets) == most:
            complete = False
            break
        found = meeting(master, oracle, [ordered[i] for i in chosen], within, record)
        if found is None:
            sets.append(chosen)
        else:
            met.add(
                frozenset(
                    i for i, b in enumerate(ordered) if keeps(master, found.values, {b.measure: b.at_most})
                )
            )
    relaxations: list[Relaxation] = []
    for at, need in enumerate(ordered if sets else ()):
        others = [b for b in ordered if b is not need]
        helps = all(at in chosen for chosen in sets)  # else a conflict remains without this need
        found = best(master, [need.measure], oracle, others, within, record) if helps else None
        relaxations.append(Relaxation(need, found))
    named = tuple(tuple(ordered[i] for i in sorted(chosen)) for chosen in sets)
    return Conflict(named, complete, tuple(relaxations), record.proofs, tuple(record.log))


def _by_size(n: int) -> list[frozenset[int]]:
    return [frozenset(c) for size in range(n + 1) for c in combinations(range(n), size)]
