"""What is evaluated and on how many cases: each need on a quality, or on a share of runs that people judge, with
the sample that shows it; and what is watched for slow change, with limits whose false alarms are known.

Cases: the exact one-sided binomial test of the target, power 80 % at the share that the design's figure gives.
Drift: a two-sided pair of CUSUM charts on daily means, tolerance half a standard deviation, limits for one false alarm
a year (Brook and Evans 1972).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import point
from groma.analyses.needs import results
from groma.analyses.observability.basis import Basis
from groma.analyses.observability.metrics import slug, started, steps_of
from groma.analyses.observability.sets import ALPHA, POWER, judging
from groma.model.elements import EvaluationSet
from groma.model.figure import Figure, Line
from groma.model.measure import parse_measure
from groma.solvers.monitoring import cases_against_target, cusum_arl, cusum_limit

TOLERANCE = 0.5
"""CUSUM's k: half of the shift of one standard deviation that it is made for."""

YEAR_OF_DAYS = 365.0
SHIFT = 1.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A quality held against its target on a data set; `refused` says why no number of cases is given."""

    name: str
    title: str
    need: str
    element: str
    target: float
    expected: float | None
    figures: tuple[Figure, ...] = ()
    refused: str = ""
    sets: tuple[EvaluationSet, ...] = ()
    """Stated data sets that try it."""

    def figure(self, what: str) -> str:
        """The name of one of its figures."""
        return f"evaluation/{self.name}/{what}"


@dataclass(frozen=True, slots=True)
class Drift:
    """A share that is watched day by day."""

    name: str
    title: str
    element: str
    share: float
    a_day: float
    figures: tuple[Figure, ...] = ()

    def figure(self, what: str) -> str:
        """The name of one of its figures."""
        return f"drift/{self.name}/{what}"


def evaluations(context: Context) -> tuple[Evaluation, ...]:
    """One for each need on a stated quality, or on the success of a mark."""
    return tuple(_evaluations(context))


def _evaluations(context: Context) -> Iterator[Evaluation]:
    for result in results(context):
        measure = parse_measure(result.figure)
        if isinstance(measure, str) or result.target.value is None or result.target.sense != "at_least":
            continue
        found = context.ledger[result.figure]
        marked = measure.kind == "success" and measure.mark is not None and not result.accompanies
        if found.unit != "1" or not (measure.kind == "quality" or marked):
            continue
        target = result.target.value
        expected = found.low if found.low is not None and (found.value is None or marked) else found.value
        element = f"components.{measure.subject}" if measure.kind == "quality" else f"flows.{measure.subject}"
        title = f"{measure.statistic or measure.mark} of {measure.subject}"
        sets = judging(context.model, element)
        asked = Evaluation(result.need, title, result.need, element, target, expected, sets=sets)
        yield _evaluation(asked, result.figure)


def _evaluation(asked: Evaluation, source: str) -> Evaluation:
    """With the number of cases, or the reason why there is none; `source` is the figure of what is expected."""
    target, expected = asked.target, asked.expected
    if expected is None:
        return replace(asked, refused="nobody has stated what it is")
    if not 0.0 < target < 1.0:
        return replace(asked, refused="its target isn't a share between 0 and 1")
    if expected <= target:
        return replace(
            asked,
            refused="what is stated of it isn't above the target, so no number of cases can be expected to show it",
        )
    cases = cases_against_target(target, expected, POWER, ALPHA)
    if cases is None:
        return replace(
            asked,
            refused="it lies so near the target that no affordable number of cases tells them apart",
        )
    lines = (
        Line("the target", f"{target:.4g}", (f"need/{asked.need}/target",)),
        Line("what the design says it is", f"{expected:.4g}", (source,)),
        Line("chance of saying that it is met when it is just at the target, at most", f"{ALPHA:.0%}"),
        Line("chance of showing it when it is as the design says, at least", f"{POWER:.0%}"),
        Line("least number of cases from which on both hold", f"{cases}"),
    )
    valid = ("cases are drawn independently from the work of the flow",)
    basis = Basis("exact one-sided binomial test", (source,), lines, valid)
    title = f"Cases that show {asked.title}"
    return replace(asked, figures=(basis.figure(asked.figure("cases"), title, "1", point(float(cases))),))


def drifts(context: Context) -> tuple[Drift, ...]:
    """Shares that flows state and that a day's runs can tell: what guards turn down, what caches answer."""
    known: tuple[Drift, ...] | None = context.memo.get("drifts")
    if known is None:
        known = context.memo["drifts"] = tuple(_drifts(context))
    return known


def _drifts(context: Context) -> Iterator[Drift]:
    limit: float | None = None
    for flow in started(context.model):
        for step in steps_of(context.model, flow):
            shares = [
                (
                    f"guard-{slug(g.name)}",
                    f"what “{g.name}” turns down",
                    f"{step.path}.guard.{n}.rejects",
                    g.rejects,
                )
                for n, g in enumerate(step.policies.guards, 1)
            ]
            if step.policies.cache is not None:
                shares.append(
                    ("cache", "what the cache answers", f"{step.path}.cache.hits", step.policies.cache.hits)
                )
            for name, title, path, quantity in shares:
                evidence = Evidence(context)
                share = evidence.share(path, quantity)
                assert flow.starts is not None
                rate = evidence.mean(f"flows.{flow.name}.starts.rate", flow.starts.rate)
                if (
                    share.value is None
                    or not 0.0 < share.value < 1.0
                    or rate.value is None
                    or rate.value <= 0.0
                ):
                    continue
                if limit is None:
                    limit = cusum_limit(TOLERANCE, 2.0 * YEAR_OF_DAYS)
                drift = Drift(f"{flow.name}-{name}", title, step.path, share.value, rate.value * 86400.0)
                yield _charted(drift, limit, evidence.inputs)


def _charted(drift: Drift, limit: float, refs: tuple[str, ...]) -> Drift:
    """With the figures of its chart; `limit` in standard deviations."""
    title, share, a_day = drift.title, drift.share, drift.a_day
    spread = math.sqrt(share * (1.0 - share) / a_day)
    quiet = cusum_arl(TOLERANCE, limit) / 2.0
    seen = cusum_arl(TOLERANCE, limit, SHIFT)
    lines = (
        Line("share stated", f"{share:.4g}", refs),
        Line("runs a day", f"{a_day:.4g}", refs),
        Line("standard deviation of a day's share", f"{spread:.4g}"),
        Line("tolerance and limit, in standard deviations", f"{TOLERANCE:g} and {limit:.4g}"),
        Line("two charts, up and down, together begin by chance once in", f"{quiet:.4g} days"),
        Line("a change by one standard deviation is told after", f"{seen:.3g} days"),
    )
    valid = ("a day's share is nearly normal and days are independent",)
    if min(share, 1.0 - share) * a_day < 10.0:
        valid = (*valid, "few events a day: the normal law is a rough picture, and weeks do better")
    basis = Basis("CUSUM by a Markov chain (Brook and Evans 1972)", refs, lines, valid)
    found = (
        ("shift", f"Change of {title} that is told within days", "1", spread),
        ("limit", f"Limit of the chart of {title}, in standard deviations", "1", limit),
        ("false-alarms", f"How often the chart of {title} begins by chance", "1/s", 1.0 / (quiet * 86400.0)),
        (
            "detection",
            f"How long a change of {title} by one standard deviation lasts until it is told",
            "s",
            seen * 86400.0,
        ),
    )
    figures = tuple(
        basis.figure(drift.figure(what), said, unit, point(value)) for what, said, unit, value in found
    )
    return replace(drift, figures=figures)
