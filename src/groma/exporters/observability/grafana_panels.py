"""Panels and boards as Grafana's JSON has them: queries, thresholds, and a place on the grid of 24 columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

SCHEMA = 39
COLUMNS, WIDTH, HEIGHT = 24, 12, 8


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture: queries with their legends, Grafana's unit, and lines at thresholds (value, word)."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str
    kind: str = "timeseries"
    lines: tuple[float, ...] = ()
    says: str = ""


def board(title: str, uid: str, panels: list[Panel]) -> str:
    """A dashboard as JSON, panels two in a row."""
    placed = [_panel(panel, nth) for nth, panel in enumerate(panels)]
    board: dict[str, Any] = {
        "uid": uid,
        "title": title,
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "timezone": "browser",
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "tags": ["groma"],
        "panels": placed,
        "templating": {
            "list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}]
        },
    }
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"


def _panel(panel: Panel, nth: int) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    steps += [{"color": "red" if panel.kind != "stat" else "green", "value": value} for value in panel.lines]
    if panel.kind == "stat":
        steps[0]["color"] = "red"
    return {
        "id": nth + 1,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "gridPos": {"x": (nth % 2) * WIDTH, "y": (nth // 2) * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "targets": [
            {
                "refId": chr(ord("A") + n),
                "expr": query,
                "legendFormat": legend,
                "datasource": {"type": "prometheus", "uid": "${source}"},
            }
            for n, (query, legend) in enumerate(panel.queries)
        ],
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"thresholdsStyle": {"mode": "line" if panel.lines else "off"}}
                if panel.kind != "stat"
                else {},
            },
            "overrides": [],
        },
        "options": {},
    }
