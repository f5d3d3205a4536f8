"""What documents show of model calls beside the standard figures: both bills over the load, routes, what could be
saved.

`inference/COMPONENT/load/FACTOR/own` and `/api`: money a month at so many times today's mean load;
`inference/FLOW/route/N/cost`, `/right`, `/time`: the routes that are worth it, cheapest first. Of the economics
only what can be shown is entered,
so that a model without language models, or without what is needed, gets no empty lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.inference.own_or_bought import bought, lines_of
from groma.analyses.inference.routes import routes
from groma.analyses.registry import figure
from groma.model.figure import Figure
from groma.model.figure import Line as Told
from groma.solvers.inference import monthly
from groma.solvers.inference.breakeven import SECONDS_A_MONTH

FACTORS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
OF_COMPONENTS, OF_FLOWS = ("prefix", "throttled", "accounts"), ("caching", "batch", "cascade")


def inference_details(context: Context) -> Iterator[Figure]:
    """Figures for the ledger; nothing for a model without language models."""
    model = context.model
    names = [name for name, c in model.components.items() if c.kind == "llm"]
    if not names or not context.closed:
        return
    scratch = context.with_partial({})
    flows = [name for name, flow in model.flows.items() if flow.starts is not None]
    for subjects, parts in ((names, OF_COMPONENTS), (flows, OF_FLOWS)):
        for subject in subjects:
            for part in parts:
                measure = f"inference/{subject}/{part}"
                if figure(scratch, measure).value is not None:
                    yield figure(context, measure)
    for name in names:
        yield from _curve(context, name)
    for flow in flows:
        yield from _routes(context, flow)


def _curve(context: Context, name: str) -> Iterator[Figure]:
    serves = context.model.components[name].serves
    if serves is None or serves.instead_of is None:
        return
    evidence = Evidence(context)
    ends, paid = lines_of(context, name, evidence), bought(context, name, evidence)
    if ends is None or paid is None or paid.calls.value is None:
        return
    now, unit = paid.calls.value / SECONDS_A_MONTH, f"{context.model.currency}/month"
    for factor in FACTORS:
        rate, base = factor * now, f"inference/{name}/load/{factor:g}"
        low, value, high = (monthly(line, rate) for line, _ in ends)
        told = (Told(f"{rate:.4g} calls a second in the mean", "", (f"inference/{name}/breakeven",)),)
        yield Figure(
            f"{base}/own", f"{name} served by oneself at {factor:g} times the load", unit, value, low, high,
            method="staircase of instances", inputs=evidence.inputs, derivation=told,
        )  # fmt: skip
        low, value, high = (price * rate * SECONDS_A_MONTH for _, price in reversed(ends))
        yield Figure(
            f"{base}/api", f"The calls of {name} by the token at {factor:g} times the load", unit, value, low, high,
            method="price of a call", inputs=evidence.inputs, derivation=told,
        )  # fmt: skip


def _routes(context: Context, flow: str) -> Iterator[Figure]:
    evidence = Evidence(context)
    found = routes(context, flow, evidence)
    if found is None:
        return
    for number, policy in enumerate(found.frontier, 1):
        base, title = f"inference/{flow}/route/{number}", " then ".join(policy.names)
        method = "every route enumerated"
        inputs = evidence.inputs
        yield Figure(
            f"{base}/cost", title, context.model.currency, policy.cost, policy.cost, policy.cost,
            method=method, inputs=inputs,
        )  # fmt: skip
        yield Figure(
            f"{base}/right", title, "1", policy.quality, policy.low, policy.high, method=method, inputs=inputs
        )
        yield Figure(
            f"{base}/time",
            title,
            "s",
            policy.seconds,
            policy.seconds,
            policy.seconds,
            method=method,
            inputs=inputs,
        )
