"""The policies of a step as states around what it does: cache, deadline, retry, breaker, limit, hedge, timeout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from groma.analyses.happens import happens
from groma.analyses.orchestration.draft import Draft, To, Ways
from groma.analyses.orchestration.machine import State
from groma.model.program import Step
from groma.model.quantity import Quantity

Attempt = Callable[[Ways], To]
"""Draws one attempt of what a step does, and gives its entry."""


def around(draft: Draft, step: Step, name: str, ways: Ways, attempt: Attempt) -> To:
    """The entry of a step: its cache, then what else stands around an attempt of what it does."""
    cache = step.policies.cache
    if cache is None:
        return _in_time(draft, step, name, ways, attempt)
    look = draft.add(State(f"{name} cache", "cache", step.path, "look whether it is kept", at=step.at))
    share = cache.hits.text if isinstance(cache.hits, Quantity) else ""
    draft.way(look, ways.ok, "kept already", stated=cache.keyed or happens(cache.hits), share=share)
    inside = _in_time(draft, step, name, ways, attempt)
    sure = isinstance(cache.hits, Quantity) and cache.hits.low >= 1
    draft.way(look, inside, "not kept", possible=not sure)
    return To(look)


def _in_time(draft: Draft, step: Step, name: str, ways: Ways, attempt: Attempt) -> To:
    policies = step.policies
    if policies.deadline is not None:
        limit = (policies.deadline.text, f"deadline at {step.path}", ways.errors["timeout"])
        ways = replace(ways, limits=(*ways.limits, limit))
    return _again(draft, step, name, ways, attempt)


def _again(draft: Draft, step: Step, name: str, ways: Ways, attempt: Attempt) -> To:
    retry = step.policies.retry
    if retry is None or retry.times == 0:
        return _let_through(draft, step, name, ways, attempt)
    pause = f"after {retry.backoff.text}" if retry.backoff else "at once"
    does = f"pause {retry.backoff.text}, growing {retry.factor:g} times" if retry.backoff else "go again"
    again = draft.add(State(f"{name} retry", "retry", step.path, does, at=step.at))
    back = To(again, f"retry at {step.path}")
    errors = {kind: back if kind in retry.on else to for kind, to in ways.errors.items()}
    inside = _let_through(draft, step, name, replace(ways, errors=errors), attempt)
    budget = f", while retries are at most {retry.budget.text} of calls" if retry.budget else ""
    draft.way(again, inside, f"again, up to {retry.times} more, {pause}{budget}", after=pause)
    for kind in retry.on:
        words = f"{kind} after {retry.times + 1} attempts" + (" or no budget left" if retry.budget else "")
        draft.way(again, ways.errors[kind], words, kind)
    draft.limited(again, ways)
    return inside


def _let_through(draft: Draft, step: Step, name: str, ways: Ways, attempt: Attempt) -> To:
    """Breaker, then limit, then hedge, then timeout, then an attempt."""
    policies = step.policies
    inside = ways
    if policies.timeout is not None:
        limit = (policies.timeout.text, f"timeout at {step.path}", ways.errors["timeout"])
        inside = replace(ways, limits=(*ways.limits, limit))
    entry = attempt(inside)
    if policies.hedge is not None:
        hedge = policies.hedge
        first = draft.add(State(f"{name} hedge", "hedge", step.path, "the first answer wins", at=step.at))
        draft.way(first, entry, "first attempt")
        words = f"no answer after {hedge.after.text}: up to {hedge.at_most} attempts beside it"
        draft.way(first, entry, words, after=hedge.after.text)
        entry = To(first)
    if policies.limit is not None:
        rate = policies.limit.rate.text
        gate = draft.add(State(f"{name} limit", "limit", step.path, f"at most {rate}", at=step.at))
        draft.way(gate, entry, "within the rate")
        draft.way(gate, ways.errors["throttled"], f"more than {rate}", "throttled")
        entry = To(gate)
    if policies.breaker is not None:
        breaker = policies.breaker
        does = f"opens at {breaker.opens_at.text} bad ends in {breaker.window.text}"
        gate = draft.add(State(f"{name} breaker", "breaker", step.path, does, at=step.at))
        draft.way(gate, entry, "closed, or the one probe when half open")
        words = f"open, for {breaker.half_open_after.text}"
        draft.way(gate, ways.errors["unavailable"], words, "unavailable")
        entry = To(gate)
    return entry
