"""The economics of model calls as figures: `inference/SUBJECT/WHAT`, each by the function that knows it."""

from __future__ import annotations

import math
from collections.abc import Callable

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.inference import left_on_table as left
from groma.analyses.inference import own_or_bought as own
from groma.analyses.inference import routes
from groma.analyses.interval import Interval
from groma.model.figure import Figure
from groma.model.measure import parse_measure

Work = Callable[[Context, str, Evidence], Interval | None]
MONEY = "money"


def _paid(context: Context, name: str, evidence: Evidence) -> Interval | None:
    found = own.bought(context, name, evidence)
    return None if found is None else found.money


PARTS: dict[str, tuple[str, str, str, Work]] = {
    "own": ("components", "What {} costs a month, served by oneself", MONEY, own.own),
    "api": ("components", "What the calls of {} would cost by the token", MONEY, _paid),
    "saves": ("components", "What serving {} oneself saves a month", MONEY, own.saves),
    "breakeven": ("components", "Mean load from which serving {} oneself can be cheaper", "1/s",
                  lambda c, n, e: own.crossing(c, n, e, False)),
    "always": ("components", "Mean load from which serving {} oneself is always cheaper", "1/s",
               lambda c, n, e: own.crossing(c, n, e, True)),
    "when": ("components", "Months of growth until serving {} oneself is always cheaper", "month", own.when),
    "commitment": ("components", "Share of the hours from which a commitment for {} pays", "1", own.commitment),
    "prefix": ("components", "What keeping shared starts of prompts of {} saves a month", MONEY, left.prefix),
    "throttled": ("components", "Share of calls of {} turned away in the busiest hour", "1",
                  lambda c, n, e: left.limits(c, n, e, False)),
    "accounts": ("components", "Accounts for {} that keep calls from being turned away", "1",
                 lambda c, n, e: left.limits(c, n, e, True)),
    "caching": ("flows", "What the caches of {} save a month, wrong hits paid", MONEY, left.caching),
    "batch": ("flows", "What asking in batches would save {} a month", MONEY, left.batch),
    "cascade": ("flows", "What asking a cheaper model first would save {} a month", MONEY, routes.cascade),
}  # fmt: skip
"""Part of the measure -> section of its subject, title, unit, and what works it out."""


def figure(context: Context, measure: str) -> Figure:
    """One of the table's; refused with what is missing. Raises ValueError for a subject of the wrong kind."""
    _, subject, what = measure.split("/")
    section, title, unit, work = PARTS[what]
    title = title.format(subject)
    unit = f"{context.model.currency}/month" if unit == MONEY else unit
    there = context.model.components if section == "components" else context.model.flows
    if subject not in there:
        return Figure(
            measure, title, unit, reason=f"`{what}` is asked of {section}, and `{subject}` is none of them"
        )
    evidence = Evidence(context)
    found = work(context, subject, evidence)
    if found is None or evidence.missing:
        missing = evidence.missing
        return Figure(
            measure, title, unit, missing=missing, reason="not stated" if missing else "nothing to compare"
        )
    never = found.low == math.inf
    value, reason = found.value, ""
    if value is None:
        reason = "no nominal value: only its ends are known"
    elif math.isinf(value):
        value, reason = None, "" if never else "at the nominal facts never"
    return Figure(
        measure, title, unit,
        value=value,
        low=found.low if math.isfinite(found.low) else None,
        high=found.high if math.isfinite(found.high) else None,
        words="never" if never else None,
        method="closed form",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=evidence.valid,
        reason=reason,
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Optimistic and pessimistic end."""
    found, asked = figure(context, measure), parse_measure(measure)
    low, high = found.ends(-math.inf)
    return (low, high) if isinstance(asked, str) or asked.less_is_better else (high, low)
