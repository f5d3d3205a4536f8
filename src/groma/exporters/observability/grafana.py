"""Grafana dashboards (JSON, schema version 39): overview, one for each flow, models and money, guards, people.

Every query reads a metric of the instrumentation plan or a recorded share; panels stand on Grafana's grid of 24
columns.
"""

from __future__ import annotations

from groma.analyses.observability import Plan, plan
from groma.analyses.observability.alert import Burn
from groma.analyses.observability.metrics import (
    CALL_TIME,
    CALLS,
    FALLBACKS,
    GUARDS,
    LLM_TIME,
    LOOKUPS,
    MISSING,
    REACHED,
    RUNS,
    SPENT,
    SWITCHED,
    TOKEN_USAGE,
    WAITING,
    WORK,
    select,
    slug,
    started,
)
from groma.exporters.export import Artefact, Export, Source
from groma.exporters.observability.grafana_panels import Panel, board
from groma.exporters.observability.promql import duration, quoted, selector, share_record
from groma.model.elements import Flow


def make(source: Source) -> tuple[Artefact, ...]:
    """One file a dashboard; nothing for a model that nothing runs in."""
    made = plan(source.context)
    if not made.metrics:
        return ()
    has = {metric.name for metric in made.metrics}
    model = source.model
    boards: list[tuple[str, str, list[Panel], tuple[str, ...]]] = [
        (
            "overview",
            "Overview",
            _overview(made, has),
            tuple(dict.fromkeys(e for of in made.indicators for e in of.made_of)),
        )
    ]
    boards += [
        (f"flow-{slug(flow.name)}", flow.title or flow.name, _flow(made, flow, has), (f"flows.{flow.name}",))
        for flow in started(model)
    ]
    if TOKEN_USAGE in has:
        boards.append(
            ("models", "Models, tokens and money", _models(made, model.currency), _of(made, TOKEN_USAGE))
        )
    if GUARDS in has:
        boards.append(("guards", "Guards, caches and fallbacks", _guards(made, has), _of(made, GUARDS)))
    if {SWITCHED, MISSING} & has:
        of = tuple(each for name in (SWITCHED, MISSING) if name in has for each in _of(made, name))
        boards.append(("controls", "Switches and records", _controls(has), of))
    if WORK in has:
        boards.append(("people", "People's queue", _people(made), _of(made, WORK)))
    return tuple(
        Artefact(
            f"{name}.json",
            board(f"{model.system}: {title}", f"groma-{slug(model.system)}-{name}"[:40], panels),
            made_of,
        )
        for name, title, panels, made_of in boards
        if panels
    )


def _thresholds(made: Plan, kind: str) -> tuple[float, ...]:
    """Values at which the alerts of a kind fire, those that are known."""
    found = (
        f.value for a in made.active() if a.kind == kind for f in a.figures if f.name == a.figure("threshold")
    )
    return tuple(value for value in found if value is not None)


def _of(made: Plan, metric: str) -> tuple[str, ...]:
    return next(m.made_of for m in made.metrics if m.name == metric)


def _overview(made: Plan, has: set[str]) -> list[Panel]:
    panels = [
        Panel(
            f"Budget left of {of.need}: {of.title}",
            ((f"need:budget_left:rate30d{{need={quoted(of.need)}}}", of.need),),
            "percentunit",
            "stat",
            (0.0,),
        )
        for of in made.indicators
    ]
    for of in made.indicators:
        burns = [
            a.condition
            for a in made.active()
            if isinstance(a.condition, Burn) and a.condition.indicator.need == of.need
        ]
        windows = [(duration(b.windows.long), b.ratio) for b in burns]
        if windows:
            panels.append(
                Panel(
                    f"Bad share of {of.need}",
                    tuple((f"{share_record(w)}{{need={quoted(of.need)}}}", w) for w, _ in windows),
                    "percentunit",
                    lines=tuple(sorted(r for _, r in windows)),
                )
            )
    if CALLS in has:
        bad = selector(select(CALLS, outcome=("failed", "throttled", "timeout", "unavailable")))
        panels.append(
            Panel(
                "Calls that go wrong, by part",
                ((f"sum by (component) (rate({bad}[5m]))", "{{component}}"),),
                "reqps",
            )
        )
    return panels


def _flow(made: Plan, flow: Flow, has: set[str]) -> list[Panel]:
    where = f"{{flow={quoted(flow.name)}}}"
    level = next(
        (
            f.value
            for a in made.active()
            if a.name == f"saturation-{flow.name}"
            for f in a.figures
            if f.name.endswith("threshold")
        ),
        None,
    )
    panels = [
        Panel(
            "Runs by how they end",
            ((f"sum by (outcome) (rate({RUNS}{where}[5m]))", "{{outcome}}"),),
            "reqps",
            lines=() if level is None else (level,),
            says="The line is the load that wakes somebody.",
        ),
        Panel(
            "Time until each mark, 95th percentile",
            (
                (
                    f"histogram_quantile(0.95, sum by (le, mark) (rate({REACHED}_bucket{where}[5m])))",
                    "{{mark}}",
                ),
            ),
            "s",
            lines=tuple(of.target for of in made.indicators if of.flow == flow.name and of.kind == "latency"),
        ),
    ]
    if CALL_TIME in has:
        panels.append(
            Panel(
                "Time of calls, 95th percentile",
                (
                    (
                        f"histogram_quantile(0.95, sum by (le, component) (rate({CALL_TIME}_bucket[5m])))",
                        "{{component}}",
                    ),
                ),
                "s",
            )
        )
    if FALLBACKS in has:
        panels.append(
            Panel(
                "Fallbacks taken", ((f"sum by (step) (rate({FALLBACKS}{where}[5m]))", "{{step}}"),), "reqps"
            )
        )
    return panels


def _models(made: Plan, currency: str) -> list[Panel]:
    daily = next(
        (
            f.value
            for a in made.active()
            if a.name == "cost-day"
            for f in a.figures
            if f.name.endswith("threshold")
        ),
        None,
    )
    by = "gen_ai_request_model, gen_ai_token_type"
    legend = "{{gen_ai_request_model}} {{gen_ai_token_type}}"
    return [
        Panel("Tokens a second", ((f"sum by ({by}) (rate({TOKEN_USAGE}_sum[5m]))", legend),), "short"),
        Panel(
            "Tokens a call",
            (
                (
                    f"sum by ({by}) (rate({TOKEN_USAGE}_sum[1h])) / sum by ({by}) (rate({TOKEN_USAGE}_count[1h]))",
                    legend,
                ),
            ),
            "short",
        ),
        Panel(
            "Spent on use within a day",
            ((f"sum(increase({SPENT}[1d]))", "all"),),
            f"currency{currency}",
            lines=() if daily is None else (daily,),
            says="The line is a day's share of the upper end of the design's figure.",
        ),
        Panel(
            "Spent on use within a day, by part",
            ((f"sum by (component) (increase({SPENT}[1d]))", "{{component}}"),),
            f"currency{currency}",
        ),
        Panel(
            "Time of model calls, 95th percentile",
            (
                (
                    f"histogram_quantile(0.95, sum by (le, gen_ai_request_model) (rate({LLM_TIME}_bucket[5m])))",
                    "{{gen_ai_request_model}}",
                ),
            ),
            "s",
        ),
    ]


def _guards(made: Plan, has: set[str]) -> list[Panel]:
    panels = [
        Panel(
            "Turned down within a day",
            (
                (
                    f"sum by (flow, guard) (increase({selector(select(GUARDS, result='rejected'))}[1d]))",
                    "{{guard}}",
                ),
            ),
            "short",
            lines=_thresholds(made, "drift"),
        ),
        Panel(
            "Share turned down",
            (
                (
                    f"sum by (guard) (rate({selector(select(GUARDS, result='rejected'))}[1h])) / "
                    f"sum by (guard) (rate({GUARDS}[1h]))",
                    "{{guard}}",
                ),
            ),
            "percentunit",
        ),
    ]
    if LOOKUPS in has:
        hit = selector(select(LOOKUPS, result="hit"))
        hits = f"sum by (step) (rate({hit}[1h])) / sum by (step) (rate({LOOKUPS}[1h]))"
        panels.append(Panel("Share of cache hits", ((hits, "{{step}}"),), "percentunit"))
    if FALLBACKS in has:
        panels.append(
            Panel(
                "Fallbacks within a day",
                ((f"sum by (flow, step) (increase({FALLBACKS}[1d]))", "{{step}}"),),
                "short",
            )
        )
    return panels


def _controls(has: set[str]) -> list[Panel]:
    panels: list[Panel] = []
    if SWITCHED in has:
        used = (f"max by (switch) ({SWITCHED})", "{{switch}}")
        panels.append(
            Panel("Switches in use", (used,), "short", lines=(1.0,), says="Up while one is in use.")
        )
    if MISSING in has:
        bare = (f"sum by (data) (increase({MISSING}[1d]))", "{{data}}")
        panels.append(Panel("Effects without a record within a day", (bare,), "short", lines=(1.0,)))
    return panels


def _people(made: Plan) -> list[Panel]:
    return [
        Panel("Cases that wait", ((f"max by (person) ({WAITING})", "{{person}}"),), "short"),
        Panel(
            "Work within a week",
            ((f"sum by (person) (increase({WORK}[7d]))", "{{person}}"),),
            "s",
            lines=_thresholds(made, "queue"),
        ),
    ]


EXPORT = Export(
    "grafana",
    "Grafana dashboards",
    "dashboards of the budgets, each flow, models and money, guards, switches and records, and people's queue",
    make,
    ("ai",),
)
