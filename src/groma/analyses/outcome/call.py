"""What happens at a station: calls, questions to people, pools; and rate limits.

A call travels its connection, waits for a server, is worked on, then runs the operation's own steps while the server
is held, and comes back. A lost message is noticed by a timeout around the call, or as `unavailable` after the
connection's own limit; where neither is stated the run hangs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groma.analyses.outcome.algebra import (
    JUST_OK,
    OK,
    STOPPED,
    Outcome,
    after,
    any_end,
    done,
    mixed,
    one_of,
    split,
    then,
)
from groma.analyses.outcome.law import FAST, Defective, added, cut_short, fixed
from groma.analyses.outcome.quantity import law_at, share_of, time_law, unknown_among, work_law
from groma.analyses.reach import connection_of, reach
from groma.model.elements import Component, Connection, Operation
from groma.model.law import Law
from groma.model.program import Ask, Call, Hold, Send, Step
from groma.model.quantity import Quantity, Unknown

if TYPE_CHECKING:
    from groma.analyses.outcome.reading import Outcomes
    from groma.analyses.visits.use import Use


def called(outcomes: Outcomes, step: Step, call: Call, caller: str | None) -> Outcome:
    """A call, over all components that may stand under the name."""
    candidates = [c for c in outcomes.context.candidates(call.component) if call.operation in c.offers]
    if not candidates:
        # No valid model calls a part that isn't there: this bounds no way that is possible.
        nothing = Outcome({OK: fixed(outcomes.grid, 0.0)})
        return nothing.noting(frozenset({f"{step.path}: nothing stands for `{call.component}`"}))
    return one_of(outcomes.grid, [_call(outcomes, call, candidate, caller) for candidate in candidates])


def _call(outcomes: Outcomes, call: Call, component: Component, caller: str | None) -> Outcome:
    grid, operation = outcomes.grid, component.offers[call.operation]
    path = f"components.{component.name}.offers.{operation.name}"
    there = then(
        grid, queued(outcomes, f"components.{component.name}"), JUST_OK, worked(outcomes, call, component)
    )
    fails, throttled = share_of(grid, operation.fails), share_of(grid, operation.throttled)
    there = split(grid, there, OK, fails, "failed")
    if throttled[FAST] > 0:
        there = mixed(grid, [1 - grid.other(throttled), throttled], [there, done(grid, "throttled")])
    missing = unknown_among((f"{path}.fails", operation.fails), (f"{path}.throttled", operation.throttled))
    connection = connection_of(outcomes.context.model, caller, component.name)
    if connection is not None:
        there = _travelled(outcomes, connection, there)
    return there.noting(missing)


def worked(outcomes: Outcomes, call: Call, component: Component, key: object = None) -> Outcome:
    """From the moment a server takes a call until the caller has its answer (or, held, until the server is free)."""
    operation = component.offers[call.operation]
    done_ = own_work(outcomes, call, component, operation, call if key is None else key)
    if operation.steps and operation.answers == "when done":
        nested = answered(outcomes.sequence(operation.steps, component.name, marks=False))
        done_ = then(outcomes.grid, done_, JUST_OK, nested)
    return done_


def holds_on(component: Component, operation: Operation) -> bool:
    """Whether a server is kept while the operation's own steps are waited for: one that is shared works meanwhile."""
    return bool(operation.steps) and operation.answers == "when done" and component.discipline != "sharing"


def own_work(
    outcomes: Outcomes, call: Call, component: Component, operation: Operation, asked_by: object
) -> Outcome:
    """The operation's own work for the sizes of this call; remembered by the action that asks for it."""
    memo = outcomes.context.memo
    key = ("work", outcomes.grid, id(operation), id(asked_by))
    known = memo.get(key)
    if known is None:
        path = f"components.{component.name}.offers.{operation.name}"
        law, missing = work_law(outcomes.grid, path, operation, call.sizes)
        known = after(law).noting(missing)
        memo[key] = known
    return known


def _travelled(outcomes: Outcomes, connection: Connection, there: Outcome) -> Outcome:
    """The way there and back before it, and messages that get lost."""
    grid, path = outcomes.grid, f"connections.{connection.name}"
    missing = unknown_among((f"{path}.latency", connection.latency), (f"{path}.loss", connection.loss))
    if connection.latency is not None:
        there = then(grid, after(time_law(grid, connection.latency)), JUST_OK, there)
    loss = share_of(grid, connection.loss)
    if loss[FAST] > 0:
        limit = connection.gives_up_after
        noticed = Outcome({}) if limit is None else after(_given_up(outcomes, limit), "unavailable")
        there = mixed(grid, [1 - grid.other(loss), loss], [there, noticed])
        if limit is None:
            there = there.noting(
                notes=frozenset({f"{path}: a lost message is noticed only by a timeout around the call"})
            )
    return there.noting(missing)


def _given_up(outcomes: Outcomes, limit: Quantity):
    return fixed(outcomes.grid, limit.mean) if limit.low == limit.high else time_law(outcomes.grid, limit)


def asked(outcomes: Outcomes, step: Step, ask: Ask) -> Outcome:
    """A person works on it, after what was asked before; they may say no."""
    grid = outcomes.grid
    takes = Unknown(step.at, "unknown") if ask.takes is None else ask.takes
    missing = unknown_among((f"{step.path}.takes", takes), (f"{step.path}.rejects", ask.rejects))
    worked_on = then(grid, queued(outcomes, f"people.{ask.person}"), JUST_OK, after(time_law(grid, takes)))
    return split(grid, worked_on, OK, share_of(grid, ask.rejects), "rejected").noting(missing)


def queued(outcomes: Outcomes, station: str) -> Outcome:
    """The time until a server, a person or a unit of a pool is free; turned away where the queue is full."""
    waiting = outcomes.waiting(station)
    entered = done(outcomes.grid) if waiting.law is None else after(waiting.law)
    if waiting.full is not None and waiting.full[FAST] > 0:
        shares = [1 - outcomes.grid.other(waiting.full), waiting.full]
        entered = mixed(outcomes.grid, shares, [entered, done(outcomes.grid, "throttled")])
    return entered.noting(waiting.missing, waiting.notes)


@dataclass(frozen=True, slots=True)
class Service:
    """How long one call, question or hold keeps a server; `exact` are its laws at the low, high and nominal end."""

    law: Defective
    exact: tuple[Law, ...] | None
    key: object
    missing: frozenset[str]


def service(outcomes: Outcomes, use: Use) -> Service:
    """The time for which a use of a station keeps one of its servers."""
    grid, action = outcomes.grid, use.step.action
    exact: tuple[Law, ...] | None = None
    if isinstance(action, Ask):
        takes = Unknown(use.step.at, "unknown") if action.takes is None else action.takes
        held = after(time_law(grid, takes)).noting(unknown_among((f"{use.step.path}.takes", takes)))
        exact = corner_laws(takes)
    elif isinstance(action, Hold):
        held = outcomes.sequence(action.steps, use.caller)
    else:
        assert isinstance(action, Call | Send)
        assert use.component is not None
        operation = use.component.offers[use.operation]
        call = action if isinstance(action, Call) else Call(action.component, action.operation, action.sizes)
        if holds_on(use.component, operation):
            held = worked(outcomes, call, use.component, action)
        else:
            held = own_work(outcomes, call, use.component, operation, action)
            exact = None if operation.per else corner_laws(operation.work)
    exact = None if use.cut > 0.0 else exact
    inside = reach(outcomes.context, use.step).stations - {use.station}
    waits = tuple((s, outcomes.waiting(s).key) for s in sorted(inside)) if exact is None else ()
    key = (id(use.step), id(use.component), exact, waits, use.cut)
    return Service(cut_short(grid, any_end(grid, held), use.cut), exact, key, held.missing)


def corner_laws(quantity: Quantity | Unknown | None) -> tuple[Law, ...] | None:
    """The laws of a time at the low, the high and the nominal end of what is known of it."""
    if not isinstance(quantity, Quantity) or quantity.most is not None:
        return None
    return law_at(quantity, quantity.low), law_at(quantity, quantity.high), quantity.law


def answered(outcome: Outcome) -> Outcome:
    """An operation's own steps: their stop is its end."""
    if STOPPED not in outcome.ends:
        return outcome
    ends = dict(outcome.ends)
    stopped = ends.pop(STOPPED)
    ends[OK] = added([ends[OK], stopped]) if OK in ends else stopped
    return Outcome(ends, outcome.total, outcome.missing, outcome.notes)


def overflow(offered: float, rate: float, burst: int) -> tuple[float, str]:
    """The most that a token bucket turns away, as a share of Poisson calls at `offered` per second, and a note.

    A bucket of `burst` tokens refilled at `rate` turns away no more calls than find a load above (burst - 1) / rate in
    an M/D/1 queue that takes everybody, and that is at most exp(-theta (burst - 1) / rate), theta the root of
    offered (exp(theta / rate) - 1) = theta (Lundberg's inequality; Asmussen, Applied Probability and Queues, XIII.5).
    """
    if offered <= 0:
        return 0.0, "its rate limit isn't reached: nothing calls"
    if not offered < rate:
        return (
            1.0,
            "offered more than its rate limit lets through (or nobody knows how much): calls may be turned away",
        )
    low, high = 0.0, rate
    while offered * math.expm1(high / rate) < high:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if offered * math.expm1(middle / rate) < middle else (low, middle)
    share = math.exp(-low * (burst - 1) / rate)
    return (
        share,
        f"its rate limit turns away at most {share:.2g} of the calls, offered {offered:.4g}/s of {rate:.4g}/s",
    )
