"""Redundant parts that share a cause: the beta-factor model.

Fleming 1975; IEC 61508-6:2010 annex D. Of each part's failure probability q, the share beta comes from a cause
that takes all parts of the group at once; the rest is each part's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from groma.solvers.faulttrees.formula import Event, Formula, Or


@dataclass(frozen=True, slots=True)
class CommonCause:
    """A group of like parts after the split: the failure formula of each part, in the order given, and the
    probabilities of the events they are made of."""

    parts: tuple[Formula, ...]
    probabilities: dict[str, float]


def beta_factor(names: Sequence[str], q: float, beta: float, cause: str) -> CommonCause:
    """Split like parts of failure probability q into own failures and the shared event named `cause`.

    ValueError unless 0 <= q <= 1, 0 <= beta <= 1 and the names are distinct.
    """
    _check(q, beta)
    if len({*names, cause}) != len(names) + 1:
        raise ValueError(f"expected distinct names of parts and cause, found {[*names, cause]}")
    shared = Event(cause)
    own = dict.fromkeys(names, (1.0 - beta) * q)
    return CommonCause(tuple(Or((Event(name), shared)) for name in names), {**own, cause: beta * q})


def k_of_n_failed(k: int, n: int, q: float, beta: float = 0.0) -> float:
    """P(at least k of n like parts have failed), with the share beta of q common to all (closed form).

    A system that needs m of n parts has failed when n - m + 1 have: 2oo3 is k = 2, n = 3; 1oo2 is k = 2, n = 2.
    """
    _check(q, beta)
    if not 1 <= k <= n:
        raise ValueError(f"expected 1 <= k <= n, found k = {k}, n = {n}")
    own, common = (1.0 - beta) * q, beta * q
    independent = sum(comb(n, j) * own**j * (1.0 - own) ** (n - j) for j in range(k, n + 1))
    return common + (1.0 - common) * independent


def _check(q: float, beta: float) -> None:
    if not (0.0 <= q <= 1.0 and 0.0 <= beta <= 1.0):
        raise ValueError(f"expected q and beta from 0 to 1, found q = {q!r}, beta = {beta!r}")
