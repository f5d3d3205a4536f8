"""Rules, their tests, dashboards, objectives and the collector held against the plan that they were made of.

Written without the exporters' own code: what a panel's title promises, its query has to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groma.analyses.observability import Alert, Indicator, Plan, Select
from groma.analyses.observability.alert import Burn, Count, Level
from groma.model.elements import Model

Documents = Sequence[Any]
"""Of one file."""
BAD = 'component_calls_total{outcome=~"failed|throttled|timeout|unavailable"}'
WRITTEN = (
    "input.messages", "output.messages", "system_instructions", "tool.call.arguments", "tool.call.result",
    "retrieval.query.text", "retrieval.documents",
)  # fmt: skip
"""Attributes of OpenTelemetry's GenAI conventions that hold what people and models wrote, all opt-in there."""
SOURCE = {"type": "prometheus", "uid": "${source}"}


def text(of: Select) -> str:
    """A selection as Prometheus reads it."""
    parts = [
        f'{label}="{values[0]}"' if len(values) == 1 else f'{label}=~"{"|".join(values)}"'
        for label, values in of.where
    ]
    return f"{of.series}{{{','.join(parts)}}}" if parts else of.series


def span(seconds: float) -> str:
    """The greatest unit that divides it."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if round(seconds) % size == 0:
            return f"{round(seconds) // size}{unit}"
    return f"{max(1, round(seconds))}s"


def share(of: Indicator, window: str) -> str:
    """Bad events among all: those that aren't good, or those that are bad."""
    every = f"sum(rate({text(of.total)}[{window}]))"
    part = of.good or of.bad
    assert part is not None
    some = f"(sum(rate({text(part)}[{window}])) or vector(0)) / {every}"
    return some if of.good is None else f"clamp_min(1 - {some}, 0)"


def burns(made: Plan, need: str) -> list[Burn]:
    return [
        a.condition
        for a in made.active()
        if isinstance(a.condition, Burn) and a.condition.indicator.need == need
    ]


def recording(documents: Documents, made: Plan) -> Iterator[str]:
    """A share for each window that an alert looks at, and what is left of each budget."""
    rules: list[dict[str, Any]] = []
    for of in made.indicators:
        windows = {w for burn in burns(made, of.need) for w in (burn.windows.long, burn.windows.short)}
        for window in sorted(windows):
            record = f"need:bad_share:rate{span(window)}"
            rules.append({"record": record, "expr": share(of, span(window)), "labels": {"need": of.need}})
        left = f"1 - ({share(of, '30d')}) / {of.allowed:.12g}"
        rules.append({"record": "need:budget_left:rate30d", "expr": left, "labels": {"need": of.need}})
    if documents != [{"groups": [{"name": "indicators", "rules": rules}]}]:
        yield "recording rules"


def fires(alert: Alert) -> str:
    """When it does."""
    match alert.condition:
        case Burn(of, ratio, windows):
            recorded = [
                f'need:bad_share:rate{span(w)}{{need="{of.need}"}}' for w in (windows.long, windows.short)
            ]
            return f"{recorded[0]} >= {ratio:.12g} and {recorded[1]} >= {ratio:.12g}"
        case Count(of, window, limit, below):
            seen = f"sum(increase({text(of)}[{span(window)}]))"
            if below:
                return f"round({seen} or vector(0)) <= {limit:.12g}"
            return f"{f'round({seen})' if limit.is_integer() else seen} >= {limit:.12g}"
        case Level(of, limit):
            return f"max({text(of)}) >= {limit:.12g}"
        case None:
            raise AssertionError(alert.name)


def notes(alert: Alert) -> dict[str, str]:
    return {
        "summary": alert.title, "description": alert.says, "runbook": alert.runbook,
        "figure": f"alerts/{alert.name}/threshold",
    }  # fmt: skip


def alerts(documents: Documents, made: Plan) -> Iterator[str]:
    """All that can be watched, by kind."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for alert in made.active():
        labels = {"severity": alert.severity, "kind": alert.kind}
        rule = {"alert": alert.name, "expr": fires(alert), "labels": labels, "annotations": notes(alert)}
        groups.setdefault(alert.kind, []).append(rule)
    if documents != [{"groups": [{"name": kind, "rules": rules} for kind, rules in groups.items()]}]:
        yield "alert rules"


def rule_tests(documents: Documents, made: Plan, window: str) -> Iterator[str]:
    """Each alert of a window is set off by a series at its threshold, and left quiet by one just short of it."""
    (whole,) = documents
    mine = {a.name: a for a in made.active() if span(_lasts(a)) == window}
    order = ["indicators", *dict.fromkeys(alert.kind for alert in made.active())]
    head = {
        "rule_files": ["../recording-rules.yaml", "../alert-rules.yaml"],
        "group_eval_order": order,
        "evaluation_interval": span(max(_lasts(a) for a in mine.values()) / 10),
    }
    if {k: v for k, v in whole.items() if k != "tests"} != head:
        yield "head"
    if [t["name"] for t in whole["tests"]] != [
        f"{name} {how}" for name in mine for how in ("fires", "is quiet")
    ]:
        yield "names"
    for test in whole["tests"]:
        name, _, how = test["name"].partition(" ")
        alert = mine[name]
        labels = {"severity": alert.severity, "kind": alert.kind}
        labels |= {"need": alert.condition.indicator.need} if isinstance(alert.condition, Burn) else {}
        told = [{"exp_labels": labels, "exp_annotations": notes(alert)}] if how == "fires" else []
        (seen,) = test["alert_rule_test"]
        if seen != {"eval_time": span(_lasts(alert)), "alertname": name, "exp_alerts": told}:
            yield f"{test['name']}: what is expected"
        if set(test) != {"name", "interval", "input_series", "alert_rule_test"}:
            yield f"{test['name']}: keys"
        if not _near(alert, test, how == "fires"):
            yield f"{test['name']}: series"


def _lasts(alert: Alert) -> float:
    match alert.condition:
        case Burn(windows=windows):
            return windows.long
        case Count(window=window):
            return window
        case _:
            return 600.0


def _near(alert: Alert, test: dict[str, Any], fires_: bool) -> bool:
    """Whether the series given lie just beyond the threshold, on the side that they should."""
    series = {each["series"].removesuffix("{}"): each["values"] for each in test["input_series"]}
    if len(series) != len(test["input_series"]) or any(
        set(s) != {"series", "values"} for s in test["input_series"]
    ):
        return False
    shortest = alert.condition.windows.short if isinstance(alert.condition, Burn) else _lasts(alert)
    if test["interval"] != span(shortest / 10):
        return False
    samples = int(_lasts(alert) / (shortest / 10)) + 2
    form = r"([0-9.e+-]+)x(\d+)" if isinstance(alert.condition, Level) else r"0\+([0-9.e+-]+)x(\d+)"
    read = {name: re.fullmatch(form, values) for name, values in series.items()}
    if any(found is None or int(found[2]) != samples for found in read.values()):
        return False
    steps = {name: float(found[1]) for name, found in read.items() if found is not None}
    match alert.condition:
        case Burn(of, ratio):
            part = of.good or of.bad
            assert part is not None
            if set(steps) != {text(_one(of.total)), text(_one(part))}:
                return False
            every, some = steps[text(_one(of.total))], steps[text(_one(part))]
            every += some if part.series == of.total.series else 0.0
            found = some / every if of.good is None else 1.0 - some / every
            beyond = 0.02 * ratio + 0.002  # rounded to one of the thousand events
            asked = min(1.0, ratio + beyond) if fires_ else max(0.0, ratio - beyond)
            return every == 1000.0 and abs(found - asked) <= 0.0005 and (found >= ratio) == fires_
        case Count(of, _, limit, below):
            if set(steps) != {text(_one(of))}:
                return False
            seen = 10 * steps[text(_one(of))]
            if below:
                return seen == (0.0 if fires_ else 10.0) and (seen <= limit) == fires_
            beyond = 0.05 * limit + limit.is_integer()  # a twentieth, and an event where they are whole
            asked = limit + beyond if fires_ else max(0.0, limit - beyond)
            return abs(seen - asked) <= 1e-9 * limit and (seen >= limit) == fires_
        case Level(of, limit):
            return (
                set(steps) == {text(_one(of))}
                and abs(steps[text(_one(of))] / limit - (1.01 if fires_ else 0.99)) < 1e-9
            )
        case None:
            return False


def _one(of: Select) -> Select:
    """A series has one value for each label: the first that is asked for."""
    return Select(of.series, tuple((label, values[:1]) for label, values in of.where))


def panels(
    board: str, made: Plan, model: Model
) -> list[tuple[str, str, str, tuple[tuple[str, str], ...], tuple[float, ...]]]:
    """What a board's panels have to be: title, unit, type, queries with legends, lines."""
    has = {metric.name for metric in made.metrics}
    found: list[Any] = []

    def limits(*kinds: str, name: str = "") -> tuple[float, ...]:
        return tuple(
            f.value or 0.0
            for a in made.active()
            if a.kind in kinds or a.name == name
            for f in a.figures
            if f.name.endswith("threshold")
        )

    def rate(metric: str, by: str, where: str = "", over: str = "5m") -> str:
        return f"sum by ({by}) (rate({metric}{where}[{over}]))"

    def slow(metric: str, by: str, where: str = "") -> tuple[str, str]:
        return (
            f"histogram_quantile(0.95, sum by (le, {by}) (rate({metric}_bucket{where}[5m])))",
            f"{{{{{by}}}}}",
        )

    if board == "overview":
        for of in made.indicators:
            left = f'need:budget_left:rate30d{{need="{of.need}"}}'
            found.append(
                (f"Budget left of {of.need}: {of.title}", "percentunit", "stat", ((left, of.need),), (0.0,))
            )
        for of in made.indicators:
            some = burns(made, of.need)
            if some:
                asked = tuple(
                    (f'need:bad_share:rate{span(b.windows.long)}{{need="{of.need}"}}', span(b.windows.long))
                    for b in some
                )
                lines = tuple(sorted(b.ratio for b in some))
                found.append((f"Bad share of {of.need}", "percentunit", "timeseries", asked, lines))
        if "component_calls_total" in has:
            wrong = (rate(BAD, "component"), "{{component}}")
            found.append(("Calls that go wrong, by part", "reqps", "timeseries", (wrong,), ()))
    elif board.startswith("flow-"):
        flow = next(f for f in model.flows.values() if board == f"flow-{f.name.replace('_', '-')}")
        where = f'{{flow="{flow.name}"}}'
        targets = tuple(of.target for of in made.indicators if of.flow == flow.name and of.kind == "latency")
        load = limits(name=f"saturation-{flow.name}")[:1]
        runs = (rate("flow_runs_total", "outcome", where), "{{outcome}}")
        found.append(("Runs by how they end", "reqps", "timeseries", (runs,), load))
        marks = (slow("flow_reached_seconds", "mark", where),)
        found.append(("Time until each mark, 95th percentile", "s", "timeseries", marks, targets))
        if "component_call_seconds" in has:
            took = (slow("component_call_seconds", "component"),)
            found.append(("Time of calls, 95th percentile", "s", "timeseries", took, ()))
        if "fallbacks_total" in has:
            other = (rate("fallbacks_total", "step", where), "{{step}}")
            found.append(("Fallbacks taken", "reqps", "timeseries", (other,), ()))
    elif board == "models":
        by, legend = (
            "gen_ai_request_model, gen_ai_token_type",
            "{{gen_ai_request_model}} {{gen_ai_token_type}}",
        )
        used, money = "gen_ai_client_token_usage", f"currency{model.currency}"
        each = f"{rate(f'{used}_sum', by, over='1h')} / {rate(f'{used}_count', by, over='1h')}"
        spent = "(increase(spent_total[1d]))"
        part = (f"sum by (component) {spent}", "{{component}}")
        took = slow("gen_ai_client_operation_duration_seconds", "gen_ai_request_model")
        found += [
            ("Tokens a second", "short", "timeseries", ((rate(f"{used}_sum", by), legend),), ()),
            ("Tokens a call", "short", "timeseries", ((each, legend),), ()),
            ("Spent on use within a day", money, "timeseries", ((f"sum{spent}", "all"),), limits(name="cost-day")[:1]),
            ("Spent on use within a day, by part", money, "timeseries", (part,), ()),
            ("Time of model calls, 95th percentile", "s", "timeseries", (took,), ()),
        ]  # fmt: skip
    elif board == "guards":
        no = 'guard_results_total{result="rejected"}'
        day = (f"sum by (flow, guard) (increase({no}[1d]))", "{{guard}}")
        part = f"{rate(no, 'guard', over='1h')} / {rate('guard_results_total', 'guard', over='1h')}"
        found.append(
            ("Turned down within a day", "short", "timeseries", (day,), limits("drift"))
        )  # fmt: skip
        found.append(("Share turned down", "percentunit", "timeseries", ((part, "{{guard}}"),), ()))
        if "cache_lookups_total" in has:
            seen = "cache_lookups_total"
            part = f"""{rate(seen, "step", '{result="hit"}', "1h")} / {rate(seen, "step", over="1h")}"""
            found.append(("Share of cache hits", "percentunit", "timeseries", ((part, "{{step}}"),), ()))
        if "fallbacks_total" in has:
            day = ("sum by (flow, step) (increase(fallbacks_total[1d]))", "{{step}}")
            found.append(("Fallbacks within a day", "short", "timeseries", (day,), ()))
    elif board == "controls":
        if "switch_used" in has:
            used = ("max by (switch) (switch_used)", "{{switch}}")
            found.append(("Switches in use", "short", "timeseries", (used,), (1.0,)))
        if "record_missing_total" in has:
            bare = ("sum by (data) (increase(record_missing_total[1d]))", "{{data}}")
            found.append(("Effects without a record within a day", "short", "timeseries", (bare,), (1.0,)))
    elif board == "people":
        found.append(
            (
                "Cases that wait",
                "short",
                "timeseries",
                (("max by (person) (person_waiting)", "{{person}}"),),
                (),
            )
        )
        week = ("sum by (person) (increase(person_work_seconds_total[7d]))", "{{person}}")
        found.append(("Work within a week", "s", "timeseries", (week,), limits("queue")))
    return found


SOURCES = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
TITLES = {
    "overview": "Overview", "models": "Models, tokens and money", "guards": "Guards, caches and fallbacks",
    "people": "People's queue", "controls": "Switches and records",
}  # fmt: skip


def board(name: str, documents: Documents, made: Plan, model: Model) -> Iterator[str]:
    """A dashboard: its panels are those that its titles promise, on a grid without holes or overlaps."""
    (whole,) = documents
    system = re.sub(r"[^a-z0-9]+", "-", model.system.lower()).strip("-")
    flow = next((f for f in model.flows.values() if name == f"flow-{f.name.replace('_', '-')}"), None)
    title = TITLES.get(name) or (flow and (flow.title or flow.name))
    head = {
        "uid": f"groma-{system}-{name}"[:40], "title": f"{model.system}: {title}", "schemaVersion": 39, "version": 1,
        "editable": True, "timezone": "browser", "refresh": "1m", "time": {"from": "now-24h", "to": "now"},
        "tags": ["groma"],
        "templating": {"list": [SOURCES]},
    }  # fmt: skip
    if {key: value for key, value in whole.items() if key != "panels"} != head:
        yield "head"
    wanted = panels(name, made, model)
    if len(whole["panels"]) != len(wanted):
        yield "panels"
    for nth, (panel, (title, unit, kind, asked, lines)) in enumerate(
        zip(whole["panels"], wanted, strict=True)
    ):
        place = {"x": 12 * (nth % 2), "y": 8 * (nth // 2), "w": 12, "h": 8}
        if (panel["id"], panel["gridPos"], panel["type"], panel["title"]) != (nth + 1, place, kind, title):
            yield f"{title}: place or title"
        targets = [
            {"refId": "ABCDEFGH"[n], "expr": query, "legendFormat": legend, "datasource": SOURCE}
            for n, (query, legend) in enumerate(asked)
        ]
        if panel["targets"] != targets or panel["datasource"] != SOURCE or panel["options"] != {}:
            yield f"{title}: queries"
        colours = ("red", "green") if kind == "stat" else ("green", "red")
        steps = [
            {"color": colours[0], "value": None},
            *({"color": colours[1], "value": line} for line in lines),
        ]
        custom = {} if kind == "stat" else {"thresholdsStyle": {"mode": "line" if lines else "off"}}
        shown = {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps}, "custom": custom}
        if panel["fieldConfig"] != {"defaults": shown, "overrides": []}:
            yield f"{title}: unit or lines"
        if bool(panel["description"]) != panel["description"].endswith(".") or len(panel) != 9:
            yield f"{title}: description, or keys"


def objectives(documents: Documents, made: Plan, model: Model) -> Iterator[str]:
    """A service, an SLO for each indicator, a policy for each burn rate, and whoever is told."""
    service = re.sub(r"[^a-z0-9]+", "-", model.system.lower()).strip("-")
    whole = [_slo("Service", service, model.system, {"description": model.system})]
    for of in made.indicators:
        ratio: dict[str, Any] = {"counter": True}
        for word, part in (("good", of.good), ("bad", None if of.good else of.bad), ("total", of.total)):
            if part is not None:
                ratio[word] = {"metricSource": {"type": "Prometheus", "spec": {"query": text(part)}}}
        name = of.need.replace("_", "-")
        spec: dict[str, Any] = {
            "description": of.title,
            "service": service,
            "indicator": {"metadata": {"name": f"{name}-indicator"}, "spec": {"ratioMetric": ratio}},
            "timeWindow": [{"duration": "30d", "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [{"displayName": of.title, "target": of.objective}],
        }
        told = [
            a.name.replace("_", "-")
            for a in made.active()
            if isinstance(a.condition, Burn) and a.condition.indicator.need == of.need
        ]
        spec |= {"alertPolicies": [{"alertPolicyRef": each} for each in told]} if told else {}
        whole.append(_slo("SLO", name, of.title, spec))
    for alert in made.active():
        if isinstance(alert.condition, Burn):
            whole.append(_policy(alert, alert.condition))
    if any(isinstance(alert.condition, Burn) for alert in made.active()):
        whole.append(_slo("AlertNotificationTarget", "on-call", "Whoever is on call", {"target": "on-call"}))
    if _rounded(list(documents)) != _rounded(whole):
        yield "objectives"


def _policy(alert: Alert, burn: Burn) -> dict[str, Any]:
    name = alert.name.replace("_", "-")
    when = {
        "kind": "burnrate", "op": "gte", "threshold": burn.rate, "lookbackWindow": span(burn.windows.long),
        "alertAfter": span(burn.windows.short),
    }  # fmt: skip
    condition = {
        "kind": "AlertCondition",
        "metadata": {"name": f"{name}-condition"},
        "spec": {"severity": alert.severity, "condition": when},
    }
    spec = {
        "description": alert.says, "alertWhenNoData": False, "alertWhenResolved": True, "alertWhenBreaching": True,
        "conditions": [condition], "notificationTargets": [{"targetRef": "on-call"}],
    }  # fmt: skip
    return _slo("AlertPolicy", name, alert.title, spec)


def _slo(kind: str, name: str, title: str, spec: dict[str, Any]) -> dict[str, Any]:
    head = {"name": name, "displayName": title}
    return {"apiVersion": "openslo/v1", "kind": kind, "metadata": head, "spec": spec}


def _rounded(value: Any) -> Any:
    """Floats to twelve digits."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return f"{value:.12g}" if isinstance(value, float) else value


def of_file(
    path: str, documents: Documents, made: Plan, model: Model, shares: Mapping[str, float], secret: bool
) -> Iterator[str]:
    """What is wrong with one file of these exports, by its path."""
    export, _, rest = path.partition("/")
    name = rest.rpartition("/")[2].partition(".")[0]
    if export == "grafana":
        yield from board(name, documents, made, model)
    elif export == "openslo":
        yield from objectives(documents, made, model)
    elif export == "otel-collector":
        yield from collector(documents, made, shares, secret)
    elif name == "recording-rules":
        yield from recording(documents, made)
    elif name == "alert-rules":
        yield from alerts(documents, made)
    else:
        yield from rule_tests(documents, made, name.removeprefix("within-"))


def collector(documents: Documents, made: Plan, shares: Mapping[str, float], secret: bool) -> Iterator[str]:
    """What is struck out, which runs are kept, and that each pipeline's parts are there. `shares`: by flow."""
    (whole,) = documents
    latencies = [of.target for of in made.indicators if of.kind == "latency"]
    attribute = {"key": "groma.answer", "values": [".*"], "enabled_regex_matching": True}
    kept: list[dict[str, Any]] = [
        {"name": "failed", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
        {"name": "asked-a-person", "type": "string_attribute", "string_attribute": attribute},
    ]
    if latencies:
        limit = {"threshold_ms": round(1000 * min(latencies))}
        kept.append({"name": "slow", "type": "latency", "latency": limit})
    for flow, share_ in sorted(shares.items()):
        of = {
            "name": "flow",
            "type": "string_attribute",
            "string_attribute": {"key": "groma.flow", "values": [flow]},
        }
        some = {"sampling_percentage": float(f"{100 * share_:.6g}")}
        part = {"name": "share", "type": "probabilistic", "probabilistic": some}
        kept.append({"name": f"some-of-{flow}", "type": "and", "and": {"and_sub_policy": [of, part]}})
    wait = max([30.0, *latencies])
    memory = {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20}
    processors: dict[str, Any] = {"memory_limiter": memory}
    if secret:
        struck = whole["processors"]["attributes/contents"]["actions"]
        if struck != [{"key": f"gen_ai.{name}", "action": "delete"} for name in WRITTEN]:
            yield "what is struck out"
        processors["attributes/contents"] = {"actions": struck}
    processors |= {"tail_sampling": {"decision_wait": f"{wait:g}s", "policies": kept}, "batch": {}}
    ends = {name: {"endpoint": f"0.0.0.0:{port}"} for name, port in (("grpc", 4317), ("http", 4318))}
    if whole["receivers"] != {"otlp": {"protocols": ends}} or whole["processors"] != processors:
        yield "receivers or processors"
    if list(whole["processors"]) != list(processors):
        yield "order"
    if whole["exporters"] != {
        "otlphttp/traces": {"endpoint": "${env:TRACES_ENDPOINT}"},
        "prometheus": {"endpoint": "0.0.0.0:8889", "add_metric_suffixes": True},
    }:
        yield "exporters"
    if whole["service"] != {
        "pipelines": {
            "traces": {"receivers": ["otlp"], "processors": list(processors), "exporters": ["otlphttp/traces"]},
            "metrics": {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"], "exporters": ["prometheus"]},
        }
    } or set(whole) != {"receivers", "processors", "exporters", "service"}:  # fmt: skip
        yield "pipelines"
