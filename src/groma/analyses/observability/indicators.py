"""Service level indicators: what share of events is bad, for each need that events can tell.

- `latency/FLOW[@MARK]/pNN at most t`: of runs that got there, those that took longer than t; objective NN %
- `success/FLOW[@MARK] at least s`: of runs that ended, those that didn't end ok (didn't reach the mark)
- `availability/FLOW[@MARK] at least a`: of runs that ended, those that ended because a part was unavailable

Needs on money, places, approvals and stated qualities aren't shares of events: they have alerts or evaluations of
their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of
from groma.analyses.observability.metrics import REACHED, RUNS, Select, select
from groma.model.figure import Figure, NeedResult
from groma.model.measure import parse_measure

PERIOD = 30 * 86400.0
"""The period of an error budget, in seconds."""

END = "end"
"""What the end of a run is called where marks are named."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """`allowed` is the share of bad events that the need allows; `likely` the share that the design's figures say.

    `bad`: select bad events; None where they are `total` less `good`. `rate`: events a second, mean over a month.
    """

    need: str
    title: str
    flow: str
    mark: str
    kind: str
    objective: float
    allowed: float
    target: float
    good: Select | None
    bad: Select | None
    total: Select
    rate: Interval
    likely: tuple[float, float]
    made_of: tuple[str, ...]
    figures: tuple[str, ...]


def indicators(context: Context) -> tuple[Indicator, ...]:
    """One for each need that events can tell, in the order of the needs; needs that came with others included."""
    from groma.analyses.needs import results

    found = [_of(context, result) for result in results(context)]
    return tuple(each for each in found if each is not None)


def _of(context: Context, result: NeedResult) -> Indicator | None:
    measure = parse_measure(result.figure)
    if isinstance(measure, str) or result.target.value is None:
        return None
    flow = context.model.flows.get(measure.subject)
    if flow is None or flow.starts is None or measure.kind not in ("latency", "success", "availability"):
        return None
    target, figure = result.target.value, context.ledger[result.figure]
    mark = measure.mark or END
    rate = mean_of(flow.starts.rate)
    total = select(RUNS, flow=flow.name)
    reached = select(f"{REACHED}_count", flow=flow.name, mark=mark)
    good: Select | None = None
    bad: Select | None = None
    if measure.kind == "latency":
        if measure.percentile is None:
            return None
        objective, total = measure.percentile, reached
        good = select(f"{REACHED}_bucket", flow=flow.name, mark=mark, le=bucket(target))
        likely = (0.0, _slower(context, result.figure.rpartition("/")[0], target))
        words = f"{measure.subject} within {result.target.text.removeprefix('at most ')}"
    elif measure.kind == "success":
        objective = target
        if measure.mark:
            good = reached
        else:
            good = select(RUNS, flow=flow.name, outcome="ok")
        likely = _missed(figure)
        words = f"{measure.subject} {'reaches ' + mark if measure.mark else 'ends well'}"
    else:
        objective = target
        bad = select(RUNS, flow=flow.name, outcome="unavailable")
        likely = _missed(figure)
        words = f"{measure.subject} is available"
    if not 0.0 < objective < 1.0:
        return None
    need = result.accompanies or result.need
    return Indicator(
        result.need,
        words,
        flow.name,
        mark,
        measure.kind,
        objective,
        1.0 - objective,
        target,
        good,
        bad,
        total,
        rate,
        likely,
        (f"flows.{flow.name}", f"needs.{need}"),
        (result.figure,),
    )


def _slower(context: Context, subject: str, target: float) -> float:
    """The share of runs that is surely not exceeded by those slower than the target: one less the highest percentile
    whose upper end lies within it."""
    shares = [1.0]
    for figure in context.ledger:
        if figure.name.startswith(f"{subject}/p") and figure.high is not None and figure.high <= target:
            measure = parse_measure(figure.name)
            if not isinstance(measure, str) and measure.percentile is not None:
                shares.append(1.0 - measure.percentile)
    return min(shares)


def _missed(figure: Figure) -> tuple[float, float]:
    """What the share of bad events is, by the figure of good ones."""
    least, most = figure.ends(most=1.0)
    return 1.0 - most, 1.0 - least


def bucket(seconds: float) -> str:
    """A bucket's boundary as Prometheus writes it in the label `le`."""
    return f"{seconds:.1f}" if seconds == int(seconds) else repr(seconds)


def traffic(context: Context, flow: str, evidence: Evidence) -> Interval:
    """Runs a second, mean over a month, entered as evidence."""
    starts = context.model.flows[flow].starts
    assert starts is not None
    return evidence.mean(f"flows.{flow}.starts.rate", starts.rate)
