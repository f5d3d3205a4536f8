"""Unit tests of alert rules (prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules): for each alert a
series that must set it off, and one just short of it that mustn't."""

from __future__ import annotations

from typing import Any

from groma.analyses.observability import Alert, Plan, Select
from groma.analyses.observability.alert import Burn, Count, Level
from groma.exporters.observability.promql import duration, quoted

STEPS = 10
"""Samples in the shortest window of a test."""

LEVEL = 600.0
"""How long a test of a gauge runs, in seconds."""

EVENTS = 1000
"""Events a sample of a test of shares."""


def rule_tests(made: Plan, files: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """A file for each window (its name -> its content), so that rules are evaluated no more often than they need to
    be: which rules it tests, and two tests for each alert."""
    by_window: dict[float, list[Alert]] = {}
    for alert in made.active():
        by_window.setdefault(_window(alert), []).append(alert)
    return {
        f"within-{duration(window)}": {
            "rule_files": list(files),
            "evaluation_interval": duration(window / STEPS),
            "group_eval_order": ["indicators", *dict.fromkeys(alert.kind for alert in made.active())],
            "tests": [
                test for alert in alerts for test in (_test(alert, fires=True), _test(alert, fires=False))
            ],
        }
        for window, alerts in sorted(by_window.items())
    }


def _window(alert: Alert) -> float:
    match alert.condition:
        case Burn(windows=windows):
            return windows.long
        case Count(window=window):
            return window
        case _:
            return LEVEL


def _test(alert: Alert, *, fires: bool) -> dict[str, Any]:
    condition = alert.condition
    assert condition is not None
    labels: dict[str, str] = {"severity": alert.severity, "kind": alert.kind}
    match condition:
        case Burn(of, ratio, windows):
            labels["need"] = of.need
            step, until = windows.short / STEPS, windows.long
            bad = round(EVENTS * (min(1.0, ratio * 1.02 + 0.002) if fires else ratio * 0.98 - 0.002))
            bad = max(0, bad)
            count = int(until / step) + 2
            part, share = (of.good, EVENTS - bad) if of.good is not None else (of.bad, bad)
            assert part is not None
            # Where the part is of the total's own series, the total is given as what is left.
            left = EVENTS - share if part.series == of.total.series else EVENTS
            series = [_counter(of.total, left, count), _counter(part, share, count)]
        case Count(of, window, limit, below):
            step, until = window / STEPS, window
            count = STEPS + 2
            if below:
                series = [_counter(of, 0 if fires else 1, count)]
            else:
                whole = limit == int(limit)
                goal = limit * 1.05 + (1 if whole else 0) if fires else limit * 0.95 - (1 if whole else 0)
                series = [_counter(of, max(0.0, goal) / STEPS, count)]
        case Level(of, limit):
            step, until, count = LEVEL / STEPS, LEVEL, STEPS + 2
            series = [_gauge(of, limit * (1.01 if fires else 0.99), count)]
    expected: dict[str, Any] = {
        "exp_labels": labels,
        "exp_annotations": {
            "summary": alert.title,
            "description": alert.says,
            "runbook": alert.runbook,
            "figure": alert.figure("threshold"),
        },
    }
    return {
        "name": f"{alert.name} {'fires' if fires else 'is quiet'}",
        "interval": duration(step),
        "input_series": series,
        "alert_rule_test": [
            {"eval_time": duration(until), "alertname": alert.name, "exp_alerts": [expected] if fires else []}
        ],
    }


def _name(of: Select) -> str:
    return of.series + "{" + ",".join(f"{label}={quoted(values[0])}" for label, values in of.where) + "}"


def _counter(of: Select, each: float, count: int) -> dict[str, str]:
    return {"series": _name(of), "values": f"0+{each:.12g}x{count}"}


def _gauge(of: Select, level: float, count: int) -> dict[str, str]:
    return {"series": _name(of), "values": f"{level:.12g}x{count}"}
