"""Attempts at what a full queue turned away: how far they hang on one another.

A queue that turned a call away is most likely as full when the call comes again at once, and where all pauses are
alike, those turned away together come again together. Such attempts are no independent draws. Of what a later one
meets it is only known that it is between being turned away each time and what a call meets that comes for the first
time: the number of calls at a station of exponential work is associated over time (Esary, Proschan and Walkup 1967), so
being turned away before never makes it less likely. Of other work nothing is taken for granted: its queue may be free
again for sure. Only where pauses are spread over far more time than the queue needs to forget are attempts taken to be
independent. And a call that comes again at the very moment at which a station that it calls itself turned it away finds
that queue as full, surely: all later attempts are turned away, and the queue doesn't notice them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from groma.analyses.context import Context
from groma.analyses.outcome.law import (
    FAST,
    INF,
)
from groma.analyses.outcome.quantity import law_at
from groma.analyses.reach import tried_again
from groma.model.law import Constant, Uniform
from groma.model.model_programs import programs
from groma.model.program import Call, Retry, Step, walk
from groma.solvers.distributions.law_functions import is_exponential

if TYPE_CHECKING:
    from groma.analyses.outcome.reading import Outcomes

THROTTLED = "throttled"
MANY = 1000.0
"""Over so many times what a queue needs to forget must pauses be spread for attempts to be taken as independent: what
is left of their dependence is about a thousandth."""


def asks_again(retry: Retry | None) -> bool:
    """Whether a call that is turned away comes again."""
    return retry is not None and retry.times > 0 and THROTTLED in retry.on


def spread(retry: Retry) -> float:
    """Seconds over which the narrowest of its pauses are spread about evenly."""
    if retry.backoff is None:
        return 0.0
    narrowest = min(1.0, retry.factor ** (retry.times - 1))
    law = law_at(retry.backoff, retry.backoff.low)
    if isinstance(law, Constant):
        width = law.mean * (1.0 + retry.jitter) - max(law.mean * (1.0 - retry.jitter), 0.0)
    elif isinstance(law, Uniform):
        width = law.high - law.low
    else:
        width = law.mean if is_exponential(law) else 0.0
    return width * narrowest


def at_once(context: Context, step: Step) -> bool:
    """Whether whoever is turned away asks again at the same moment, a station that it calls itself and at once."""
    policies, call = step.policies, step.action
    retry = policies.retry
    if retry is None or not asks_again(retry) or not isinstance(call, Call):
        return False
    if (
        (retry.backoff is not None and retry.backoff.high > 0.0)
        or policies.breaker
        or policies.limit
        or policies.hedge
    ):
        return False
    if any(
        there.to == call.component and there.latency is not None
        for there in context.model.connections.values()
    ):
        return False
    offered = [
        c.offers[call.operation] for c in context.candidates(call.component) if call.operation in c.offers
    ]
    return all(each.throttled is None and not each.steps for each in offered)


def turned_away_alone(context: Context, step: Step) -> bool:
    """Whether a call is turned away by the station that it calls itself and by nothing else."""
    policies, call = step.policies, step.action
    if policies.breaker or policies.limit or policies.hedge or not isinstance(call, Call):
        return False
    found = context.candidates(call.component)
    offered = [c.offers[call.operation] for c in found if call.operation in c.offers]
    if len(found) != 1 or tried_again(context, step) != frozenset({f"components.{call.component}"}):
        return False
    return all(each.throttled is None for each in offered)


def spreads(context: Context) -> Mapping[str, float]:
    """Stations to which calls come again that they turned away, with the narrowest spread of pauses before; those that
    only come again at once are left out, since nothing depends on them."""
    known: dict[str, float] | None = context.memo.get("spreads")
    if known is None:
        known = {}
        for _, steps in programs(context.model):
            for step in walk(steps):
                retry = step.policies.retry
                if retry is None or not asks_again(retry) or at_once(context, step):
                    continue
                for station in tried_again(context, step):
                    known[station] = min(known.get(station, INF), spread(retry))
        context.memo["spreads"] = known
    return known


def crowded(outcomes: Outcomes, step: Step) -> bool:
    """Whether attempts at a step hang on one another, since a queue inside may be full each time."""
    if not asks_again(step.policies.retry):
        return False
    if at_once(outcomes.context, step):
        return True
    waits = [outcomes.waiting(station) for station in tried_again(outcomes.context, step)]
    return any(wait.crowded and wait.full is not None and wait.full[FAST] > 0.0 for wait in waits)


def lost(outcomes: Outcomes, step: Step) -> float:
    """The most of the calls that a step makes itself which are never let in."""
    if not isinstance(step.action, Call) or not turned_away_alone(outcomes.context, step):
        return 1.0
    return outcomes.waiting(f"components.{step.action.component}").lost
