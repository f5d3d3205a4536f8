"""How often a run uses each operation, person and pool in the busiest hour: what costs and loads share."""

from __future__ import annotations

from groma.analyses.context import Context
from groma.analyses.interval import Interval
from groma.analyses.loads.rounds import counted
from groma.analyses.visits.use import Use, expected
from groma.analyses.visits.walk import checks_of, uses_of

__all__ = ["Use", "checks", "expected", "sure", "uses"]


def uses(context: Context, flow: str) -> tuple[Use, ...]:
    """Expected uses of one run, in the order of the program, given the choices taken.

    While choices are open each use says in `when` under which of them it happens, and its weight is an interval over
    all others.
    """
    key = ("uses at large", flow, context.narrowed(context.left))
    known: tuple[Use, ...] | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = uses_of(counted(context), flow)
    return known


def checks(context: Context, flow: str) -> dict[tuple[str, int], Interval]:
    """(path of a step, number of its guard) -> results that the guard is asked about in one run."""
    key = ("checks at large", flow, context.narrowed(context.left))
    known: dict[tuple[str, int], Interval] | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = checks_of(counted(context), flow)
    return known


def sure(use: Use, found: Interval) -> Interval:
    """Something of a use, which may not be there at all while it hangs on open choices."""
    return found if not use.when else Interval(0.0, None, found.high)
