"""Boards and the collector where a model says more, or less, than usual: lines of thresholds, people, nothing slow."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from groma.analyses import assess
from groma.analyses.context import Context
from groma.analyses.observability import plan
from groma.catalog import load_catalog
from groma.exporters import Source, exports
from groma.exporters.observability.promql import duration
from groma.model.load import loads
from observability.test_exports import MODEL

SECOND = """
  ask:
    starts: {rate: 3/min}
    steps: [{call: clerk.file}]
"""
CLERK = "  clerk: {kind: service, threads: 2, offers: {file: {work: 1 s}}}\n"
BARE = """
groma: 1
system: Small desk
currency: EUR
needs: {dependable: {measure: availability/ask, at_least: 99.9 %}}
components:
  shop: {kind: tool, fails: {availability: 99.99 %}, offers: {refund: {work: 50 ms, effect: keyed}}}
flows:
  ask: {starts: {rate: 3/min}, steps: [{call: shop.refund}]}
"""


def source_of(text: str) -> Source:
    model, catalog = loads(text), load_catalog()
    return Source(model, assess(model, catalog, twice=False), catalog)


@pytest.fixture(scope="module")
def usual() -> Source:
    return source_of(MODEL.replace("components:\n", "components:\n" + CLERK) + SECOND.lstrip("\n"))


@pytest.fixture(scope="module")
def bare() -> Source:
    return source_of(BARE)


def boards(source: Source) -> dict[str, Any]:
    return {each.path: json.loads(each.text) for each in exports()["grafana"].make(source)
            if each.path.endswith(".json")}  # fmt: skip


def lines(panel: dict[str, Any]) -> list[float]:
    """The thresholds that are drawn."""
    return [
        s["value"] for s in panel["fieldConfig"]["defaults"]["thresholds"]["steps"] if s["value"] is not None
    ]


def test_a_flow_has_the_line_of_its_own_saturation(usual: Source) -> None:
    made = plan(Context(usual.model, usual.catalog, usual.ledger.extended(())))
    expected = {
        a.name.removeprefix("saturation-"): [f.value for f in a.figures if f.name.endswith("threshold")][:1]
        for a in made.active()
        if a.name.startswith("saturation-")
    }
    assert expected
    for flow in ("answer", "ask"):
        panel = boards(usual)[f"flow-{flow}.json"]["panels"][0]
        assert lines(panel) == pytest.approx(expected.get(flow, []))
    assert len({str(expected.get(flow)) for flow in ("answer", "ask")}) == 2


def test_lines_are_drawn_where_there_are_some(usual: Source) -> None:
    seen: set[str] = set()
    for board in boards(usual).values():
        assert board["schemaVersion"] == 39  # what Grafana 11 writes
        for panel in board["panels"]:
            style = panel["fieldConfig"]["defaults"]["custom"]
            if panel["type"] == "stat":
                assert style == {}
            else:
                mode = style["thresholdsStyle"]["mode"]
                assert mode == ("line" if lines(panel) else "off")
                seen.add(mode)
    assert seen == {"line", "off"}


def test_people_have_a_board_where_there_are_some(usual: Source, bare: Source) -> None:
    titles = [panel["title"] for panel in boards(usual)["people.json"]["panels"]]
    assert titles == ["Cases that wait", "Work within a week"]
    assert "people.json" not in boards(bare)


def test_nothing_is_slow_where_no_latency_is_needed(usual: Source, bare: Source) -> None:
    def sampled(source: Source) -> dict[str, Any]:
        (text,) = (a.text for a in exports()["otel-collector"].make(source) if "tail_sampling" in a.text)
        found = next(p for name, p in yaml.safe_load(text)["processors"].items() if "tail_sampling" in name)
        return {each["name"]: each for each in found["policies"]}

    assert sampled(usual)["slow"]["latency"] == {"threshold_ms": 6000}  # the need `quick`
    assert "slow" not in sampled(bare)


def test_a_duration_is_a_second_at_least() -> None:
    assert [duration(x) for x in (0.2, 1.0, 2.0, 5400.0, 86400.0)] == ["1s", "1s", "2s", "90m", "1d"]
