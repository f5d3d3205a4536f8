"""How fast a model served by oneself answers, how much its instances take, how many are needed.

`serving/COMPONENT/ttft/pNN|mean`, `.../tpot/pNN|mean` (s), `.../throughput` (calls a second that all replicas keep
within the targets; without targets, the most they can do), `.../instances`, `.../users` (calls in flight on one at
that rate).
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.inference.served import End, Served, instances, served
from groma.analyses.loads.ends import started_by
from groma.model.figure import Figure
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.quantity import Quantity
from groma.solvers.serving import percentile

METHOD = "simulated continuous batching"
TITLES = {
    "ttft": "Time to the first token of {}",
    "tpot": "Time between tokens of {}",
    "throughput": "Calls a second that {} keeps within its targets",
    "instances": "Instances of {} that the busiest hour needs",
    "users": "Calls in flight on one instance of {}",
}
UNITS = {"ttft": "s", "tpot": "s", "throughput": "1/s", "instances": "1", "users": "1"}


def figure(context: Context, measure: str) -> Figure:
    """One of the measures above, with the interval of the calibration."""
    asked = parse_measure(measure)
    if isinstance(asked, str):
        raise ValueError(asked)
    what, name = measure.split("/")[2], asked.subject
    title, unit = TITLES[what].format(name), UNITS[what]
    if what in ("ttft", "tpot"):
        title += f", {asked.statistic}"
    found, evidence = served(context, name), Evidence(context)
    if found.nominal is None or found.calls is None or found.setup is None:
        missing = () if found.calls is None else found.calls.missing
        return Figure(measure, title, unit, method=METHOD, missing=missing, reason=found.reason)
    _evidence(context, name, found, evidence)
    rate = found.calls.rate.value
    assert rate is not None
    value, low, high = _values(context, asked, what, found, rate)
    reason = ""
    if value is None:
        least = instances(rate, found.nominal)
        there = context.model.components[name].replicas
        reason = (
            f"{there} instances have no steady state at this load: {least:.0f} would do"
            if math.isfinite(least)
            else "no rate keeps the targets, even of one call alone"
        )
    elif high is None:
        reason = "at the slow end of the calibration nothing bounds it"
    return Figure(
        measure, title, unit, value, low, high, method=METHOD, inputs=evidence.inputs,
        derivation=tuple(evidence.lines), valid=evidence.valid, reason=reason,
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Optimistic and pessimistic end."""
    found, asked = figure(context, measure), parse_measure(measure)
    low, high = found.ends()
    return (low, high) if isinstance(asked, str) or asked.less_is_better else (high, low)


def _values(
    context: Context, asked: ParsedMeasure, what: str, found: Served, rate: float
) -> tuple[float | None, float | None, float | None]:
    assert found.nominal is not None
    assert found.fast is not None
    assert found.slow is not None
    assert found.setup is not None
    if what in ("ttft", "tpot"):
        off = found.setup.off_ttft if what == "ttft" else found.setup.off_tpot
        value = _statistic(found.nominal, what, asked)
        fast, slow = _statistic(found.fast, what, asked), _statistic(found.slow, what, asked)
        if value is None:
            return None, fast, None
        low = min(value * off[0], value if fast is None else fast)
        return value, low, None if slow is None else max(value * off[1], slow)
    replicas = context.model.components[asked.subject].replicas
    if what == "throughput":
        kept = [end.kept * replicas for end in (found.nominal, found.fast, found.slow)]
    elif what == "instances":
        kept = [instances(rate, end) for end in (found.nominal, found.slow, found.fast)]
    else:
        kept = [end.in_flight for end in (found.nominal, found.slow, found.fast)]
    value, *ends = kept
    if math.isinf(value):
        return None, min(ends), None
    return value, min(value, *ends), max(value, *ends) if math.isfinite(max(ends)) else None


def _statistic(end: End, what: str, asked: ParsedMeasure) -> float | None:
    if end.run is None:
        return None
    values = end.run.ttft if what == "ttft" else end.run.tpot
    if not values:
        return 0.0
    share = asked.percentile
    return sum(values) / len(values) if share is None else percentile(values, share)


def _evidence(context: Context, name: str, found: Served, evidence: Evidence) -> None:
    component = context.model.components[name]
    serves, calls, setup = component.serves, found.calls, found.setup
    assert serves is not None
    assert calls is not None
    assert setup is not None
    assert found.nominal is not None
    for flow in calls.flows:
        for path, quantity in started_by(context.model.flows[flow]):
            if isinstance(quantity, Quantity):
                evidence.note(path, quantity)
    evidence.line(
        "one instance", f"{serves.model} on {serves.parallel} x {serves.accelerator}, {serves.engine}"
    )
    evidence.line("its cache holds", f"{setup.capacity:,} tokens")
    evidence.line("calls a second in the busiest hour", f"{calls.rate.value:.4g}")
    evidence.line("instances there are", str(component.replicas))
    count = len(calls.inputs)
    evidence.line("mean tokens in, out", f"{sum(calls.inputs) / count:.5g}, {sum(calls.outputs) / count:.5g}")
    evidence.line("the most one instance does in a second", f"{found.nominal.most:.4g} calls")
    evidence.assume("calls come in a Poisson stream and are spread over the instances at random")
    evidence.assume(
        "the interval is what 90 % of measured groups left out of the calibration lay between"
        if setup.measured
        else f"{serves.accelerator} was never measured: the interval is that of the worst accelerator left out of the "
        "calibration, and promises nothing of this one"
    )
