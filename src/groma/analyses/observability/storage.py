"""What traces, logs and metrics take and cost: bytes a day and a month, bytes kept, money a month.

Traces are the spans of the runs that are kept (`tracing.volume`) times the measured size of a span; where nobody has
measured it, the least that OTLP can carry bounds it from below. Logs are runs times lines times the size of a line;
they aren't sampled. Metrics are the series of the plan, sampled `every` so often, times the size of a sample:
Prometheus stores "an average of only 1-2 bytes per sample" (prometheus/prometheus, docs/storage.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from groma.analyses.context import Context
from groma.analyses.cost.prices import exchange
from groma.analyses.evidence import Evidence
from groma.analyses.interval import NOTHING_KNOWN, ONE, ZERO, Interval, mean_of, total
from groma.analyses.observability import metrics as named
from groma.analyses.observability.indicators import traffic
from groma.analyses.observability.span_sizes import least_bytes
from groma.analyses.observability.tracing import kept_share, spans
from groma.analyses.stopping import switches
from groma.analyses.visits.counts import uses
from groma.model.elements import Model, Telemetry
from groma.model.figure import Figure
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import ERROR_KINDS, Ask, Call, Send
from groma.model.quantity import Amounts, Quantity, Unknown

DAY = 86_400.0
KINDS = ("traces", "logs", "metrics")
SAMPLE = Interval(1.0, None, 2.0)
"""Bytes of a sample in Prometheus."""
ENDINGS = len(ERROR_KINDS) + 1
TITLES = {
    "day": ("taken in a day", "B"),
    "month": ("taken in a month", "B"),
    "stored": ("kept at any time", "B"),
    "cost": ("cost a month", ""),
    "unsampled": ("would be taken in a month if every run were kept", "B"),
}


def figure(context: Context, measure: str) -> Figure:
    """`telemetry/traces|logs|metrics|all/day|month|stored|cost`, `telemetry/traces/unsampled`."""
    _, kind, what = measure.split("/")
    evidence = Evidence(context)
    kinds = KINDS if kind == "all" else (kind,)
    found = total(_worth(context, each, what, evidence) for each in kinds)
    if found.value is not None:  # ends worked out apart differ in the last digit
        found = Interval(min(found.low, found.value), found.value, max(found.high, found.value))
    words, unit = TITLES[what]
    unit = unit or f"{context.model.currency}/month"
    known = not evidence.missing
    high = found.high if known and math.isfinite(found.high) else None
    subject = "Traces, logs and metrics" if kind == "all" else kind.capitalize()
    return Figure(
        measure, f"{subject}, {words}" if what != "cost" else f"{subject}: {words}", unit,
        found.value if known else None, found.low if found.low > 0 or high is not None else None, high,
        method="runs times what each leaves", inputs=evidence.inputs, derivation=tuple(evidence.lines),
        valid=evidence.valid, missing=evidence.missing,
        reason="" if known else "at least: what it hangs on isn't stated" if found.low > 0 else
        "sizes, how long it is kept or its price aren't stated",
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def _worth(context: Context, kind: str, what: str, evidence: Evidence) -> Interval:
    a_second: dict[str, Callable[[Context, Evidence], Interval]] = {
        "traces": _traces, "logs": _logs, "metrics": _metrics,
    }  # fmt: skip
    if what == "unsampled":
        return _traces(context, evidence, sampled=False).scaled(SECONDS_PER_MONTH)
    rate = a_second[kind](context, evidence)
    if what == "day":
        return rate.scaled(DAY)
    if what == "month":
        return rate.scaled(SECONDS_PER_MONTH)
    telemetry = context.model.telemetry
    kept: Quantity | None = None if telemetry is None else getattr(telemetry, f"{kind}_for")
    if what == "stored":
        return rate * evidence.mean(f"telemetry.{kind}_for", kept, "state how long they are kept")
    return _money(context, telemetry, kind, rate, kept, evidence)


def _money(
    context: Context, telemetry: Telemetry | None, kind: str, rate: Interval, kept: Quantity | None, evidence: Evidence
) -> Interval:  # fmt: skip
    """What is taken in a month at the price for that, and what is kept at the price for keeping."""
    prices: Amounts = dict[str, Quantity | Unknown]() if telemetry is None else telemetry.price
    if not prices:
        evidence.miss("telemetry.price", "state what a size taken in costs, and a size kept a month")
        return NOTHING_KNOWN
    cost = ZERO
    if (taken := _price(context, prices, "ingested", evidence)) is not None:
        cost = rate.scaled(SECONDS_PER_MONTH) * taken
    if (a_second := _price(context, prices, "stored", evidence)) is not None:
        held = rate * evidence.mean(f"telemetry.{kind}_for", kept, "state how long they are kept")
        cost = cost + (a_second * held).scaled(SECONDS_PER_MONTH)
    evidence.line(f"{kind} a month", "unknown" if cost.value is None else f"{cost.value:.6g}")
    return cost


def _price(context: Context, prices: Amounts, name: str, evidence: Evidence) -> Interval | None:
    """Of a size, or of a size and a second, in the model's currency; None where it costs nothing."""
    price = prices.get(name)
    if price is None:
        return None
    missing: list[str] = []
    changed, _ = exchange(context, price.unit.currency if isinstance(price, Quantity) else None, missing)
    for path in missing:
        evidence.miss(path)
    return evidence.mean(f"telemetry.price.{name}", price) * changed


def _stated(context: Context, name: str) -> Quantity | Unknown | None:
    telemetry = context.model.telemetry
    return None if telemetry is None else getattr(telemetry, name)


def _traces(context: Context, evidence: Evidence, *, sampled: bool = True) -> Interval:
    """Bytes of spans a second."""
    size = _stated(context, "span")
    least: dict[str, int] = {}
    for span in spans(context.model, context.catalog):
        bytes_ = least_bytes(span, root=span.kind == "SERVER")
        least[span.element] = min(bytes_, least.get(span.element, bytes_))
    found = ZERO
    for flow in named.started(context.model):
        rate = traffic(context, flow.name, evidence)
        if sampled:
            rate = rate * kept_share(context, flow, rate)
        each = _of_run(context, flow.name, least)
        if isinstance(size, Quantity):
            count = ONE + total(u.made for u in uses(context, flow.name) if u.kind in ("call", "send", "ask"))
            each = count * mean_of(size)
        found = found + rate * each
    if isinstance(size, Quantity):
        evidence.note("telemetry.span", size)
    else:
        evidence.miss("telemetry.span", "measure how large a span is on the first thousand runs")
        evidence.line("a span takes at least what its required attributes take in OTLP")
    if sampled and _stated(context, "keeps") is not None:
        evidence.note("telemetry.keeps", _stated(context, "keeps"))
    return found


def _of_run(context: Context, flow: str, least: dict[str, int]) -> Interval:
    """The least that the spans of one run take; nothing bounds it from above."""
    low = float(least.get(f"flows.{flow}", 0))
    for use in uses(context, flow):
        if use.kind in ("call", "send", "ask"):
            section = "people" if use.kind == "ask" else "components"
            low += use.made.low * least.get(f"{section}.{use.name}", 0)
    return Interval(low, None, math.inf)


def _logs(context: Context, evidence: Evidence) -> Interval:
    """Bytes of log lines a second."""
    lines = evidence.mean(
        "telemetry.lines", _stated(context, "lines"), "state how many log lines a run writes"
    )
    size = evidence.mean("telemetry.line", _stated(context, "line"), "measure how large a log line is")
    runs = total(traffic(context, flow.name, evidence) for flow in named.started(context.model))
    return runs * lines * size


def _metrics(context: Context, evidence: Evidence) -> Interval:
    """Bytes of samples a second."""
    every = evidence.mean("telemetry.every", _stated(context, "every"), "state how often metrics are sampled")
    size = _stated(context, "sample")
    each = SAMPLE if size is None else evidence.mean("telemetry.sample", size)
    if size is None:
        evidence.assume("a sample takes 1 to 2 bytes (prometheus/prometheus, docs/storage.md)")
    count = series(context.model)
    evidence.line("series", f"{count.low:.0f} to {count.high:.0f}")
    evidence.assume("each series is exported once; replicas that export their own multiply it")
    if every.low <= 0.0:
        return Interval(0.0, None, math.inf)
    return count * each * Interval(1 / every.high, None, 1 / every.low)


def series(model: Model) -> Interval:
    """How many series the plan's metrics have: all combinations of labels; ways to end that never come aren't there."""
    flows = named.started(model)
    steps = [step for flow in flows for step in named.steps_of(model, flow)]
    calls = {(s.action.component, s.action.operation) for s in steps if isinstance(s.action, Call | Send)}
    llms = set(named.language_models(model))
    of_models = len({call for call in calls if call[0] in llms})
    marked = sum(1 + len(named.marks(named.steps_of(model, flow))) for flow in flows)
    guards = sum(len(s.policies.guards) for s in steps)
    caches = sum(s.policies.cache is not None for s in steps)
    counted: dict[str, tuple[int, int]] = {
        named.RUNS: (len(flows), len(flows) * ENDINGS),
        named.REACHED: (marked, marked),
        named.CALLS: (len(calls), len(calls) * ENDINGS),
        named.CALL_TIME: (len(calls), len(calls)),
        named.GUARDS: (guards, 2 * guards),
        named.LOOKUPS: (caches, 2 * caches),
        named.FALLBACKS: (0, sum(s.policies.fallback is not None for s in steps)),
        named.TOKEN_USAGE: (2 * of_models, 2 * of_models),
        named.LLM_TIME: (of_models, of_models),
        named.SPENT: (1, len({component for component, _ in calls}) or 1),
        named.WORK: (0, len({s.action.person for s in steps if isinstance(s.action, Ask)})),
        named.WAITING: (0, len({s.action.person for s in steps if isinstance(s.action, Ask)})),
        named.SWITCHED: (len(switches(model)), len(switches(model))),
        named.MISSING: (0, sum(bool(data.records) for data in model.data.values())),
        named.AGE: (0, sum(data.backup is not None for data in model.data.values())),
    }
    low = high = 0
    for metric in named.instruments(model):
        of_one = len(metric.buckets) + 3 if metric.kind == "histogram" else 1  # buckets, +Inf, sum, count
        least, most = counted[metric.name]
        low, high = low + least * of_one, high + most * of_one
    return Interval(float(low), float(low) if low == high else None, float(high))
