"""Like parts that share causes: beta factor, multiple Greek letters, alpha factors, phi factors.

Each model says how the failure probability Q of one part divides over causes that take 1, 2, ... of n parts at once.
`*_shares` give r_k with Q_k = r_k Q for the event that takes just *these* k parts; `common_cause` writes the parts as
formulas over such events. NUREG/CR-5485 (Mosleh et al. 1998), sections 5.2 and A; Fleming 1975 and IEC 61508-6:2010
annex D for the beta factor; Open-PSA MEF 2.0d, chapter on common cause groups, for the names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, fsum

from groma.solvers.faulttrees.formula import Event, Formula, Or

MOST_PARTS = 12
"""Parts of a group whose causes of every size are told apart: 2^n - 1 events."""


@dataclass(frozen=True, slots=True)
class CommonCause:
    """A group of like parts after the split: the failure formula of each part, in the order given, and the
    probabilities of the events they are made of."""

    parts: tuple[Formula, ...]
    probabilities: dict[str, float]


def beta_shares(n: int, beta: float) -> tuple[float, ...]:
    """r_1 .. r_n of the beta-factor model: the share beta of failures takes all n parts at once."""
    _shares_ok([beta])
    return (1.0,) if n == 1 else (1.0 - beta, *(0.0,) * (n - 2), beta)


def greek_shares(n: int, letters: Sequence[float]) -> tuple[float, ...]:
    """r_1 .. r_n of the multiple Greek letter model.

    `letters` are beta (share of a part's failures that take another part, too), gamma (share of these that take a
    third), and so on; those beyond the last take all parts. ValueError for more than n - 1 of them.
    """
    _shares_ok(letters)
    if len(letters) > max(0, n - 1):
        raise ValueError(f"expected at most {n - 1} factors for {n} parts, found {len(letters)}")
    rho = [1.0, *letters, *(1.0,) * (n - 1 - len(letters)), 0.0]
    shares: list[float] = []
    reached = 1.0
    for k in range(1, n + 1):
        reached *= rho[k - 1]
        share = reached * (1.0 - rho[k])
        shares.append(share / comb(n - 1, k - 1) if share else 0.0)
    return tuple(shares)


def alpha_shares(n: int, alphas: Sequence[float]) -> tuple[float, ...]:
    """r_1 .. r_n of the alpha-factor model, parts tested together: alpha_k is the share of failure *events* that
    take k parts. ValueError unless there are n of them with a positive sum."""
    if len(alphas) != n or min(alphas) < 0.0 or not sum(alphas) > 0.0:
        raise ValueError(f"expected {n} factors of zero or more, not all zero, found {list(alphas)}")
    weighed = fsum(k * alpha for k, alpha in enumerate(alphas, 1))
    return tuple(k * alpha / weighed / comb(n - 1, k - 1) for k, alpha in enumerate(alphas, 1))


def phi_shares(n: int, phis: Sequence[float]) -> tuple[float, ...]:
    """r_1 .. r_n as Open-PSA's phi-factor model states them. ValueError unless there are n that sum to one."""
    _shares_ok(phis)
    if len(phis) != n or abs(fsum(phis) - 1.0) > 1e-4:
        raise ValueError(f"expected {n} factors that sum to 1, found {list(phis)}")
    return tuple(phis)


def causes(n: int, orders: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The sets of parts (numbered from 0) that a cause of one of these orders may take, small ones first."""
    for k in orders:
        yield from combinations(range(n), k)


def common_cause(names: Sequence[str], q: float, shares: Sequence[float]) -> CommonCause:
    """Split like parts of failure probability q into events that take one or several of them.

    An event's name is that of its part, or those of its parts in brackets, `[a b]`. ValueError unless the names are
    distinct, there is a share for each order, probabilities lie between 0 and 1, and there are at most 12 parts where
    orders between one and all occur.
    """
    n = len(names)
    if len(set(names)) != n or len(shares) != n:
        raise ValueError(f"expected distinct names and a share for each order, found {[*names]}, {[*shares]}")
    orders = [k for k, share in enumerate(shares, 1) if share > 0.0 or k == 1]
    if n > MOST_PARTS and set(orders) - {1, n}:
        raise ValueError(f"expected at most {MOST_PARTS} parts in a common cause group, found {n}")
    probabilities: dict[str, float] = {}
    hit: list[list[Event]] = [[] for _ in names]
    for parts in causes(n, orders):
        chosen = [names[i] for i in parts]
        event = Event(chosen[0] if len(chosen) == 1 else f"[{' '.join(chosen)}]")
        p = shares[len(parts) - 1] * q
        if not 0.0 <= p <= 1.0 or event.name in probabilities:
            raise ValueError(
                f"common cause event {event.name}: expected one, of probability 0 to 1, found {p!r}"
            )
        probabilities[event.name] = p
        for i in parts:
            hit[i].append(event)
    return CommonCause(tuple(e[0] if len(e) == 1 else Or(tuple(e)) for e in hit), probabilities)


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


def _shares_ok(shares: Sequence[float]) -> None:
    if any(not 0.0 <= share <= 1.0 for share in shares):
        raise ValueError(f"expected factors from 0 to 1, found {list(shares)}")
