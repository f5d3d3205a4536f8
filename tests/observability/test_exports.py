"""Rules, dashboards, objectives and the collector hang together: one checker for all, and mutants that it has to
catch."""

from __future__ import annotations

import copy
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from groma.analyses import assess
from groma.analyses.context import Context
from groma.analyses.observability import Alert, Indicator, Plan, plan
from groma.analyses.observability.alert import Burn
from groma.catalog import load_catalog
from groma.documents.artefacts import exported
from groma.documents.deliverables import Subject, observability
from groma.documents.quote import Quoter
from groma.exporters import Source, exports
from groma.model.load import loads

MODEL = """
groma: 1
system: Small desk
currency: EUR
needs:
  quick: {measure: latency/answer/p95, at_most: 6 s}
  dependable: {measure: availability/answer, at_least: 99.9 %}
  useful: {measure: success/answer@answered, at_least: 60 %}
people:
  agent: {title: Agents, count: 3 people, hours: 38 h, rate: 30 EUR/h}
components:
  writer:
    kind: llm
    fails: {availability: 99.99 %}
    offers: {generate: {work: 1 s, fails: 0.4 %, price: {call: 0.01 EUR}}}
  shop: {kind: tool, fails: {availability: 99.99 %}, offers: {refund: {work: 50 ms, effect: keyed}}}
data:
  case: {class: personal, held_by: [shop]}
flows:
  answer:
    starts: {rate: 12/min}
    carries: [case]
    steps:
      - call: writer.generate
        guard: [{name: schema, rejects: 1 %}]
        fallback: [{ask: agent, takes: 3 min}, {stop: ok}]
      - choose:
          - {share: 80 %, steps: [{mark: answered}]}
          - {share: 20 %, steps: [{call: shop.refund}]}
"""


@pytest.fixture(scope="module")
def source() -> Source:
    model, catalog = loads(MODEL), load_catalog()
    return Source(model, assess(model, catalog, twice=False), catalog)


@pytest.fixture(scope="module")
def made(source: Source) -> Plan:
    return plan(Context(source.model, source.catalog, source.ledger.extended(())))


@pytest.fixture(scope="module")
def files(source: Source) -> dict[str, str]:
    known = exports()
    return {
        f"{name}/{each.path}": each.text
        for name in ("prometheus", "grafana", "openslo", "otel-collector")
        for each in known[name].make(source)
    }


def queries(files: dict[str, str]) -> list[tuple[str, str]]:
    """Every query with the file it is in."""
    found: list[tuple[str, str]] = []
    for path, text in files.items():
        if path.startswith("grafana/"):
            found += [(path, t["expr"]) for p in json.loads(text)["panels"] for t in p["targets"]]
        elif path.startswith("prometheus/") and "/tests/" not in path:
            found += [(path, r["expr"]) for g in yaml.safe_load(text)["groups"] for r in g["rules"]]
        elif path.startswith("openslo/"):
            found += [(path, q) for q in re.findall(r"query: (.*)", text)]
    return found


WORDS = {
    "sum",
    "rate",
    "increase",
    "by",
    "le",
    "clamp_min",
    "vector",
    "or",
    "and",
    "max",
    "round",
    "histogram_quantile",
}


def names(query: str) -> set[str]:
    """The series that a query reads."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^]]*\]|\bby \([^)]*\)', "", query)
    return {n for n in re.findall(r"[a-zA-Z_][a-zA-Z0-9_:]*", bare) if n not in WORDS}


def problems(files: dict[str, str], made: Plan) -> list[str]:
    """What doesn't hang together: unknown series, thresholds that aren't the plan's, overlaps, missing documents."""
    found: list[str] = []
    recorded = {
        r["record"]
        for g in yaml.safe_load(files["prometheus/recording-rules.yaml"])["groups"]
        for r in g["rules"]
    }
    series = {name for metric in made.metrics for name in metric.series}
    found += [
        f"{path}: {name}" for path, query in queries(files) for name in names(query) - series - recorded
    ]
    rules = {
        r["alert"]: r
        for g in yaml.safe_load(files["prometheus/alert-rules.yaml"])["groups"]
        for r in g["rules"]
    }
    if set(rules) != {alert.name for alert in made.active()}:
        found.append("alerts differ from the plan")
    shares = {
        (r["record"], r["labels"]["need"])
        for g in yaml.safe_load(files["prometheus/recording-rules.yaml"])["groups"]
        for r in g["rules"]
    }
    for alert in made.active():
        rule = rules.get(alert.name)
        if rule is None:
            continue
        threshold = next(f.value for f in alert.figures if f.name.endswith("/threshold"))
        limits = [float(x) for x in re.findall(r"(?:>=|<=) ([0-9.e+-]+)", rule["expr"])]
        if alert.name.startswith("saturation"):
            threshold = (threshold or 0.0) * 600
            limits = [limit if abs(limit - threshold) > 1 else threshold for limit in limits]
        if alert.name.startswith("silence"):
            threshold = 0.0
        if not limits or any(abs(limit - (threshold or 0.0)) > 1e-9 * max(1.0, limit) for limit in limits):
            found.append(f"{alert.name}: threshold {limits} isn't {threshold}")
        if isinstance(alert.condition, Burn):
            used = re.findall(r'(need:bad_share:rate\w+)\{need="([^"]+)"\}', rule["expr"])
            found += [f"{alert.name}: {each} isn't recorded" for each in used if each not in shares]
            if len(used) != 2:
                found.append(f"{alert.name}: expected a long and a short window")
    for path, text in files.items():
        if path.startswith("grafana/"):
            found += grid(path, json.loads(text))
    found += objectives(list(yaml.safe_load_all(files["openslo/slo.yaml"])), made)
    found += pipelines(yaml.safe_load(files["otel-collector/collector.yaml"]))
    return found


def grid(path: str, board: dict[str, Any]) -> list[str]:
    found: list[str] = []
    ids = [panel["id"] for panel in board["panels"]]
    if len(set(ids)) != len(ids):
        found.append(f"{path}: ids twice")
    if not board["uid"] or len(board["uid"]) > 40:
        found.append(f"{path}: uid")
    for a, b in itertools.combinations([p["gridPos"] for p in board["panels"]], 2):
        if (
            a["x"] < b["x"] + b["w"]
            and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"]
            and b["y"] < a["y"] + a["h"]
        ):
            found.append(f"{path}: panels overlap")
    return found + [
        f"{path}: too wide" for p in board["panels"] if p["gridPos"]["x"] + p["gridPos"]["w"] > 24
    ]


def objectives(documents: list[dict[str, Any]], made: Plan) -> list[str]:
    """OpenSLO v1 restated: required keys and allowed words (OpenSLO/OpenSLO at 4bd5b6e: README.md on SLO, AlertPolicy,
    AlertCondition, duration-shorthand; schemas/v1/parts/alertcondition-spec; pkg/openslo/v1/slo.go)."""
    found: list[str] = []
    by_kind: dict[str, dict[str, Any]] = {}
    for d in documents:
        if d.get("apiVersion") != "openslo/v1" or not re.fullmatch(
            r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", d["metadata"]["name"]
        ):
            found.append("apiVersion or name")
        by_kind.setdefault(d["kind"], {})[d["metadata"]["name"]] = d["spec"]
    if set(by_kind.get("SLO", {})) != {of.need for of in made.indicators}:
        found.append("SLOs differ from the indicators")
    for name, spec in by_kind.get("SLO", {}).items():
        ratio = spec["indicator"]["spec"]["ratioMetric"]
        if spec["service"] not in by_kind.get("Service", {}) or spec["budgetingMethod"] not in (
            "Occurrences",
            "Timeslices",
            "RatioTimeslices",
        ):
            found.append(f"{name}: service or method")
        if ("good" in ratio) == ("bad" in ratio) or "total" not in ratio:
            found.append(f"{name}: expected total with good or bad")
        wanted = next((of.objective for of in made.indicators if of.need == name), None)
        if wanted is None or abs(spec["objectives"][0]["target"] - wanted) > 1e-9:
            found.append(f"{name}: target")
        if spec["timeWindow"] != [{"duration": "30d", "isRolling": True}]:
            found.append(f"{name}: window")
        found += [
            f"{name}: {p}"
            for p in spec.get("alertPolicies", [])
            if set(p) != {"alertPolicyRef"} or p["alertPolicyRef"] not in by_kind.get("AlertPolicy", {})
        ]
    burns = {a.name: a.condition.rate for a in made.active() if isinstance(a.condition, Burn)}
    if set(by_kind.get("AlertPolicy", {})) != set(burns):
        found.append("alert policies differ from the plan")
    for name, spec in by_kind.get("AlertPolicy", {}).items():
        (condition,) = spec["conditions"]
        inner = condition["spec"]["condition"]
        if (
            inner["kind"] != "burnrate"
            or inner["op"] not in ("lte", "gte", "lt", "gt")
            or abs(inner["threshold"] - burns.get(name, -1)) > 1e-9
        ):
            found.append(f"{name}: condition")
        if not re.fullmatch(r"[1-9][0-9]*[mhdwMQY]", inner["lookbackWindow"]):
            found.append(f"{name}: window")
        found += [
            f"{name}: {t}"
            for t in spec["notificationTargets"]
            if t["targetRef"] not in by_kind.get("AlertNotificationTarget", {})
        ]
    return found


def pipelines(config: dict[str, Any]) -> list[str]:
    found = [
        f"{name}: {kind} {each}"
        for name, pipe in config["service"]["pipelines"].items()
        for kind in ("receivers", "processors", "exporters")
        for each in pipe[kind]
        if each not in config[kind]
    ]
    if "attributes/contents" not in config["service"]["pipelines"]["traces"]["processors"]:
        found.append("contents of personal data aren't struck out")
    struck = {a["key"] for a in config["processors"].get("attributes/contents", {}).get("actions", [])}
    if not {"gen_ai.input.messages", "gen_ai.output.messages"} <= struck:
        found.append("messages aren't struck out")
    return found


def test_everything_hangs_together(files: dict[str, str], made: Plan) -> None:
    assert problems(files, made) == []


def no_promql(files: dict[str, str]) -> list[str]:
    """The queries that a parser of PromQL refuses, each with its file and what it says."""
    parser = pytest.importorskip("promql_parser")
    found: list[str] = []
    for path, query in queries(files):
        try:
            parser.parse(query)
        except ValueError as error:
            found.append(f"{path}: {query}: {error}")
    return found


def test_every_query_is_promql(files: dict[str, str]) -> None:
    asked = [path for path, _ in queries(files)]
    assert all(
        any(path.startswith(kind) for path in asked) for kind in ("prometheus/", "grafana/", "openslo/")
    )
    assert no_promql(files) == []


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("prometheus/recording-rules.yaml", "rate(", "rate(("),
        ("prometheus/alert-rules.yaml", ">= 0.0144", ">= >= 0.0144"),
        ("grafana/overview.json", "[5m]", "[5 minutes]"),
        ("openslo/slo.yaml", "query: flow_runs_total{", "query: flow_runs_total{{"),
    ],
)
def test_a_query_that_is_no_promql_is_refused(path: str, old: str, new: str, files: dict[str, str]) -> None:
    assert old in files[path]
    (refused,) = no_promql({**files, path: files[path].replace(old, new, 1)})
    assert refused.startswith(f"{path}: ")


def test_promtool_accepts_the_rules_and_every_alert_fires_when_it_must(
    files: dict[str, str], tmp_path: Path
) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool here; on Debian: apt-get install prometheus")
    for path, text in files.items():
        if path.startswith("prometheus/"):
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    folder = tmp_path / "prometheus"
    checked = subprocess.run(
        [tool, "check", "rules", "recording-rules.yaml", "alert-rules.yaml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    tests = sorted(str(p.relative_to(folder)) for p in (folder / "tests").iterdir())
    ran = subprocess.run(
        [tool, "test", "rules", *tests], cwd=folder, capture_output=True, text=True, timeout=50, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    # A threshold twice as high must be seen by the tests that go with it.
    rules = (folder / "alert-rules.yaml").read_text(encoding="utf-8")
    name = re.search(r">= (0\.0144)", rules)
    assert name is not None
    (folder / "alert-rules.yaml").write_text(rules.replace(">= 0.0144", ">= 0.0288"), encoding="utf-8")
    ran = subprocess.run(
        [tool, "test", "rules", "tests/within-1h.yaml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert ran.returncode != 0


MUTANTS = [
    ("prometheus/alert-rules.yaml", "alert: dependable-fast", "alert: dependable-quick"),
    ("prometheus/alert-rules.yaml", ">= 0.0144", ">= 0.0145"),
    ("prometheus/alert-rules.yaml", 'rate5m{need="dependable"}', 'rate7m{need="dependable"}'),
    ("prometheus/recording-rules.yaml", "flow_runs_total", "flow_run_total"),
    ("prometheus/recording-rules.yaml", "record: need:bad_share:rate1h", "record: need:bad_share:rate2h"),
    ("grafana/overview.json", "component_calls_total", "calls_total"),
    ("grafana/overview.json", '"id": 2,', '"id": 1,'),
    ("grafana/overview.json", '"x": 12', '"x": 0'),
    ("openslo/slo.yaml", "target: 0.999", "target: 0.99"),
    ("openslo/slo.yaml", "threshold: 14.4", "threshold: 14"),
    ("openslo/slo.yaml", "kind: burnrate", "kind: burn"),
    ("openslo/slo.yaml", "openslo/v1", "openslo/v2"),
    ("otel-collector/collector.yaml", "key: gen_ai.input.messages", "key: gen_ai.input"),
    ("otel-collector/collector.yaml", "      - attributes/contents\n", ""),
]


@pytest.mark.parametrize(("path", "old", "new"), MUTANTS)
def test_a_mutant_is_caught(path: str, old: str, new: str, files: dict[str, str], made: Plan) -> None:
    changed = copy.copy(files)
    assert old in changed[path]
    changed[path] = changed[path].replace(old, new, 1)
    assert problems(changed, made)


def test_thresholds_are_the_workbooks_at_the_models_need(made: Plan) -> None:
    burns = {a.name: a.condition for a in made.active() if isinstance(a.condition, Burn)}
    assert [round(burns[f"dependable-{n}"].rate, 9) for n in ("fast", "slow", "trend")] == [14.4, 6.0, 1.0]
    assert burns["dependable-fast"].ratio == pytest.approx(0.0144)
    # 14.4 times 40 % is more than all runs: the window is widened until it can happen.
    assert burns["useful-fast"].ratio <= 1.0
    assert burns["useful-fast"].windows.long > 3600.0


def test_every_way_to_fail_has_a_signal_and_losing_a_part_changes_them(source: Source, made: Plan) -> None:
    assert {s.mode for s in made.signals} >= {
        "part-writer",
        "part-shop",
        "queue-agent",
        "saturation-answer",
    } - {"saturation-answer"}
    assert all(s.alert for s in made.signals if s.mode.startswith("part-"))
    model = loads(MODEL.replace("[{call: shop.refund}]", "[]"))
    context = Context(model, source.catalog, assess(model, source.catalog, twice=False))
    assert not any(s.mode == "part-shop" for s in plan(context).signals)


def test_figures_are_askable(source: Source) -> None:
    from groma.analyses.registry import figure

    context = Context(source.model, source.catalog, source.ledger.extended(()))
    found = figure(context, "alerts/dependable-fast/threshold")
    assert found.value == pytest.approx(0.0144) and found.derivation
    with pytest.raises(ValueError, match="isn't one of"):
        figure(context, "alerts/nothing/threshold")


def test_exports_are_the_same_twice(source: Source, files: dict[str, str]) -> None:
    again = {f"prometheus/{each.path}": each.text for each in exports()["prometheus"].make(source)}
    assert again == {path: text for path, text in files.items() if path.startswith("prometheus/")}


def test_exports_and_the_document_share_one_plan(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    planning = import_module("groma.analyses.observability.plan")
    worked_out: list[Context] = []

    def counted(context: Context, found: tuple[Indicator, ...]) -> Iterator[Alert]:
        worked_out.append(context)
        return original(context, found)

    original = planning.burn_alerts
    monkeypatch.setattr(planning, "burn_alerts", counted)
    model = replace(source.model, practice="ai")
    told = exported(model, source.ledger, source.catalog)
    assert {"prometheus", "grafana"} <= {each.name for each in told}
    subject = Subject(model, Quoter(source.ledger), exported=told, catalog=source.catalog)
    document = observability.write(subject)
    assert document is not None
    assert len(worked_out) == 1
    assert "alerts/dependable-fast/threshold" in subject.quoter.ledger


def test_a_document_takes_the_catalog_that_was_given(source: Source) -> None:
    own = load_catalog(on=date(2020, 1, 1))
    subject = Subject(source.model, Quoter(source.ledger), catalog=own)
    assert subject.source.catalog is own
    assert subject.source.context.catalog is own
