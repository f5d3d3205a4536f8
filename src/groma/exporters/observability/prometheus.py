"""Prometheus: recording rules, alert rules, and unit tests for them that `promtool test rules` runs."""

from __future__ import annotations

from typing import Any

import yaml

from groma.analyses.observability import Alert, Plan, plan
from groma.analyses.observability.alert import Burn
from groma.analyses.observability.indicators import PERIOD
from groma.exporters.export import Artefact, Export, Source
from groma.exporters.observability.promql import bad_share, duration, expression, number, share_record
from groma.exporters.observability.rule_tests import rule_tests

RECORDING, ALERTS = "recording-rules.yaml", "alert-rules.yaml"


def make(source: Source) -> tuple[Artefact, ...]:
    """Rules and their tests; nothing for a model that nothing runs in."""
    made = plan(source.context)
    if not made.active():
        return ()
    elements = tuple(dict.fromkeys(each for alert in made.active() for each in alert.made_of))
    figures = tuple(alert.figure("threshold") for alert in made.active())
    head = made_by(source)
    return (
        Artefact(RECORDING, written(recording_rules(made), head), elements),
        Artefact(ALERTS, written(alert_rules(made), head), (*elements, *figures)),
        *(
            Artefact(f"tests/{name}.yaml", written(tests, head), (*elements, *figures))
            for name, tests in rule_tests(made, (f"../{RECORDING}", f"../{ALERTS}")).items()
        ),
    )


def made_by(source: Source) -> str:
    """What a file says of itself."""
    return f"Made by Groma of {source.model.system}, model {source.model.digest[:12]}. Change the model, not this file."


def written(content: Any, head: str) -> str:
    """YAML with a comment above."""
    return f"# {head}\n" + yaml.dump(
        content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=10_000
    )


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice twice, for readers that don't follow aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def recording_rules(made: Plan) -> dict[str, Any]:
    """The bad share of each indicator in each window that an alert looks at, and what is left of its budget."""
    rules: list[dict[str, Any]] = []
    for of in made.indicators:
        windows = sorted(
            {
                window
                for alert in made.active()
                if isinstance(alert.condition, Burn) and alert.condition.indicator.need == of.need
                for window in (alert.condition.windows.long, alert.condition.windows.short)
            }
        )
        labels = {"need": of.need}
        for window in map(duration, windows):
            rules.append({"record": share_record(window), "expr": bad_share(of, window), "labels": labels})
        left = f"1 - ({bad_share(of, duration(PERIOD))}) / {number(of.allowed)}"
        rules.append({"record": "need:budget_left:rate30d", "expr": left, "labels": labels})
    return {"groups": [{"name": "indicators", "rules": rules}]}


def alert_rules(made: Plan) -> dict[str, Any]:
    """One group for each kind of alert."""
    kinds = list(dict.fromkeys(alert.kind for alert in made.active()))
    return {
        "groups": [
            {"name": kind, "rules": [rule(a) for a in made.active() if a.kind == kind]} for kind in kinds
        ]
    }


def rule(alert: Alert) -> dict[str, Any]:
    """An alert with the words, the runbook and the figures that belong to it."""
    assert alert.condition is not None
    return {
        "alert": alert.name,
        "expr": expression(alert.condition),
        "labels": {"severity": alert.severity, "kind": alert.kind},
        "annotations": {
            "summary": alert.title,
            "description": alert.says,
            "runbook": alert.runbook,
            "figure": alert.figure("threshold"),
        },
    }


EXPORT = Export(
    "prometheus",
    "Prometheus rules",
    "recording and alert rules with thresholds worked out from the needs, and unit tests that promtool runs",
    make,
    ("ai", "infrastructure"),
)
