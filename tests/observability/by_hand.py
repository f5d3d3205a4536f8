"""A small desk that is watched, and what the tests that count by hand share."""

from __future__ import annotations

import math

from scipy import stats

from groma.analyses.observability import Alert, Plan
from groma.model.figure import Figure

MONTH, DAY, HOUR = 730 * 3600.0, 86400.0, 3600.0
DESK = """
telemetry: {keeps: 25 %}
people: {ana: {title: Ana, hours: 38 h, count: 2 people}}
components:
  web: {kind: service, title: Web, offers: {look: {work: 1 ms}, take: {work: 5 ms, fails: 1 %, throttled: 2 %}}}
  spare: {kind: service, offers: {rest: {work: 1 ms}}}
  bus: {kind: queue, offers: {put: {work: 1 ms}}}
  writer: {kind: llm, offers: {write: {work: 1 s}, check: {work: 1 s}}}
flows:
  care:
    title: Care
    starts: {rate: 2/s}
    steps:
      - {call: web.look, guard: [{name: form, rejects: 2 %}, {name: words, rejects: 5 %}], fallback: []}
      - call: web.look
      - {send: bus.put, fallback: []}
      - call: web.take
  returns:
    starts: {rate: 1/min}
    steps:
      - {call: web.look, cache: {hits: 40 %, takes: 1 ms}}
      - mark: seen
      - choose: [{share: 10 %, steps: [{ask: ana, takes: 1 min}]}, {share: 90 %, steps: []}]
      - {call: writer.write, fallback: []}
      - call: writer.check
"""
LOOKS = 4 + 0.6 / 60


def of(alert: Alert, what: str) -> Figure:
    """One of its figures."""
    return next(each for each in alert.figures if each.name == f"alerts/{alert.name}/{what}")


def ends(found: Figure) -> tuple[float | None, float | None, float | None]:
    return found.low, found.value, found.high


def alerts(made: Plan) -> dict[str, Alert]:
    return {alert.name: alert for alert in made.alerts}


def least_count(rate: float, window: float) -> int:
    """The least count above the mean that a Poisson stream reaches once a month at most: rate P(N = count - 1)."""
    counts = range(math.ceil(rate * window) + 1, 10**6)
    return next(n for n in counts if rate * float(stats.poisson.pmf(n - 1, rate * window)) <= 1 / MONTH)


def half_after(count: float, rate: float) -> float:
    """Seconds after which so many events of a Poisson stream came with a chance of one half: the law of Erlang."""
    return float(stats.gamma.ppf(0.5, count)) / rate
