"""OpenSLO v1 (OpenSLO/OpenSLO): a service, an SLO for each indicator, and an alert policy for each burn rate.

An SLO names its policies as `alertPolicyRef`, as the specification and its Go types have it (the JSON Schema beside
them still has bare names); `op` is required of a burn rate.
"""

from __future__ import annotations

from typing import Any

import yaml

from groma.analyses.observability import Alert, Indicator, Plan, plan
from groma.analyses.observability.alert import Burn
from groma.analyses.observability.metrics import Select, slug
from groma.exporters.export import Artefact, Export, Source
from groma.exporters.observability.prometheus import made_by
from groma.exporters.observability.promql import duration, number, selector

VERSION = "openslo/v1"
PERIOD = "30d"


def make(source: Source) -> tuple[Artefact, ...]:
    """One file of several documents; nothing without a need that events can tell."""
    made = plan(source.context)
    if not made.indicators:
        return ()
    service = slug(source.model.system)
    documents = [_service(service, source.model.system), *_objectives(made, service), *_policies(made)]
    if any(isinstance(alert.condition, Burn) for alert in made.active()):
        documents.append(_target())
    text = yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=10_000)
    elements = tuple(dict.fromkeys(element for of in made.indicators for element in of.made_of))
    figures = tuple(alert.figure("burn") for alert in made.active() if isinstance(alert.condition, Burn))
    return (Artefact("slo.yaml", f"# {made_by(source)}\n{text}", (*elements, *figures)),)


def _document(kind: str, name: str, title: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": VERSION,
        "kind": kind,
        "metadata": {"name": name[:63].strip("-"), "displayName": title},
        "spec": spec,
    }


def _service(name: str, title: str) -> dict[str, Any]:
    return _document("Service", name, title, {"description": title})


def _query(of: Select) -> dict[str, Any]:
    return {"metricSource": {"type": "Prometheus", "spec": {"query": selector(of)}}}


def _objectives(made: Plan, service: str) -> list[dict[str, Any]]:
    return [_objective(made, of, service) for of in made.indicators]


def _objective(made: Plan, of: Indicator, service: str) -> dict[str, Any]:
    ratio: dict[str, Any] = {"counter": True}
    if of.good is not None:
        ratio["good"] = _query(of.good)
    elif of.bad is not None:
        ratio["bad"] = _query(of.bad)
    ratio["total"] = _query(of.total)
    policies = [
        _name(a)
        for a in made.active()
        if isinstance(a.condition, Burn) and a.condition.indicator.need == of.need
    ]
    spec: dict[str, Any] = {
        "description": of.title,
        "service": service,
        "indicator": {"metadata": {"name": f"{slug(of.need)}-indicator"}, "spec": {"ratioMetric": ratio}},
        "timeWindow": [{"duration": PERIOD, "isRolling": True}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": of.title, "target": float(number(of.objective))}],
    }
    if policies:
        spec["alertPolicies"] = [{"alertPolicyRef": name} for name in policies]
    return _document("SLO", slug(of.need), of.title, spec)


def _name(alert: Alert) -> str:
    return slug(alert.name)


def _policies(made: Plan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for alert in made.active():
        if not isinstance(alert.condition, Burn):
            continue
        condition = {
            "kind": "AlertCondition",
            "metadata": {"name": f"{_name(alert)}-condition"},
            "spec": {
                "severity": alert.severity,
                "condition": {
                    "kind": "burnrate",
                    "op": "gte",
                    "threshold": float(number(alert.condition.rate)),
                    "lookbackWindow": duration(alert.condition.windows.long),
                    "alertAfter": duration(alert.condition.windows.short),
                },
            },
        }
        spec = {
            "description": alert.says,
            "alertWhenNoData": False,
            "alertWhenResolved": True,
            "alertWhenBreaching": True,
            "conditions": [condition],
            "notificationTargets": [{"targetRef": "on-call"}],
        }
        found.append(_document("AlertPolicy", _name(alert), alert.title, spec))
    return found


def _target() -> dict[str, Any]:
    return _document("AlertNotificationTarget", "on-call", "Whoever is on call", {"target": "on-call"})


EXPORT = Export(
    "openslo",
    "OpenSLO objectives",
    "service level objectives of the needs with their burn-rate alerts, in OpenSLO v1",
    make,
    practices=("ai",),
)
