"""Every change of rules, their tests, dashboards, objectives and the collector is noticed: one key, item, number, word,
name or operator of it at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import pytest
import yaml

from exports.structures import missed_of
from groma.analyses import assess
from groma.analyses.context import Context
from groma.analyses.observability import Plan, metrics, plan
from groma.analyses.observability.alert import Burn, Count, Level
from groma.analyses.observability.tracing import volume
from groma.catalog import load_catalog
from groma.documents.deliverables.alert_sections import KINDS
from groma.exporters import Source, exports
from groma.exporters.observability.promql import duration
from groma.model.elements import Model
from groma.model.load import loads
from observability.checks import Documents, of_file
from observability.test_exports import MODEL
from observability.whole_model import WHOLE

BARE = """
groma: 1
system: Night shift
currency: CHF
needs:
  kept_up: {measure: availability/run_night, at_least: 99 %}
components:
  clerk: {kind: service, fails: {availability: 99.9 %}, offers: {file: {work: 1 s, fails: 1 %}}}
flows:
  run_night:
    title: The night
    starts: {rate: 2/h}
    steps: [{call: clerk.file, retry: {times: 1}, fallback: [{stop: ok}]}]
  by_hand: {steps: [{call: clerk.file}]}
"""
"""No model, no person, no guard, nobody who waits for an answer in time."""
EXPORTS = ("prometheus", "grafana", "openslo", "otel-collector")


@dataclass(frozen=True)
class Written:
    """A model's exports."""

    model: Model
    plan: Plan
    shares: dict[str, float]
    files: dict[str, Documents]

    def told(self, path: str, documents: Documents) -> list[str]:
        """What the check says of a file."""
        secret = bool(self.model.data)
        return list(of_file(path, documents, self.plan, self.model, self.shares, secret))

    def caught(self, path: str, documents: Documents) -> bool:
        try:
            return bool(self.told(path, documents))
        except (KeyError, IndexError, TypeError, AttributeError, ValueError, StopIteration):
            return True  # a hole that the check fell into


@pytest.fixture(scope="module", params=[MODEL, WHOLE], ids=["small", "whole"])
def written(request: pytest.FixtureRequest) -> Written:
    return of_model(request.param)


@cache
def of_model(text: str) -> Written:
    model, catalog = loads(text), load_catalog()
    source = Source(model, assess(model, catalog, twice=False), catalog)
    made = {f"{name}/{each.path}": each.text for name in EXPORTS for each in exports()[name].make(source)}
    read = {
        path: [json.loads(text)] if path.endswith(".json") else list(yaml.safe_load_all(text))
        for path, text in made.items()
    }
    named = plan(Context(source.model, source.catalog, source.ledger.extended(())))
    figures = [f for f in volume(source.context) if f.name.endswith("/share")]
    return Written(model, named, {f.name.split("/")[1]: f.value or 0.0 for f in figures}, read)


def test_they_say_what_the_plan_says(written: Written) -> None:
    assert {
        path: written.told(path, read) for path, read in written.files.items() if written.told(path, read)
    } == {}
    boards = {path.partition("/")[2] for path in written.files if path.startswith("grafana/")}
    common = {"overview.json", "flow-answer.json", "models.json", "guards.json", "people.json"}
    whole = (
        {"flow-book-return.json", "flow-nightly.json", "controls.json"}
        if written.model.controls
        else set[str]()
    )
    assert boards == common | whole
    windows = {path.rpartition("/")[2].partition(".")[0] for path in written.files if "/tests/" in path}
    assert {f"within-{window}" for window in ("10m", "1h", "6h", "1d", "3d", "7d")} <= windows


def test_the_whole_model_has_every_alert_and_metric() -> None:
    """So that no construct of the exports is without its mutants."""
    made = of_model(WHOLE).plan
    known = {value for name, value in vars(metrics).items() if name.isupper() and isinstance(value, str)}
    assert {metric.name for metric in made.metrics} == known
    assert {alert.kind for alert in made.active()} == set(KINDS)
    assert {type(alert.condition) for alert in made.active()} == {Burn, Count, Level}


def test_what_a_model_lacks_isnt_watched() -> None:
    bare = of_model(BARE)
    assert {path: bare.told(path, read) for path, read in bare.files.items() if bare.told(path, read)} == {}
    assert {path for path in bare.files if path.startswith("grafana/")} == {
        "grafana/overview.json", "grafana/flow-run-night.json",
    }  # fmt: skip


def test_parts_of_a_second_are_rounded_up_to_one() -> None:
    assert [duration(seconds) for seconds in (0.2, 1.0, 1.4, 60.0, 5400.0, 172800.0)] == [
        "1s", "1s", "1s", "1m", "90m", "2d",
    ]  # fmt: skip


def missed_in(written: Written, export: str, every: int) -> tuple[int, list[str]]:
    """How many mutants of an export were tried, and those that nobody noticed."""
    files = {path: each for path, each in written.files.items() if path.startswith(f"{export}/")}
    return missed_of(files, lambda path, mutant: written.caught(path, mutant.value), every)


@pytest.mark.parametrize("export", EXPORTS)
def test_mutants_are_caught_one_in_eleven(export: str, written: Written) -> None:
    tried, missed = missed_in(written, export, 11)
    assert tried > 10
    assert missed == []


@pytest.mark.mutants
@pytest.mark.parametrize("export", EXPORTS)
def test_every_mutant_is_caught(export: str, written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    tried, missed = missed_in(written, export, 1)
    with capsys.disabled():
        print(f" {export}: {tried - len(missed)} of {tried} mutants caught", end="")
    assert missed == []
    assert tried > 100


def test_a_share_of_nothing_is_nothing() -> None:
    """Where no trace of an ordinary run is kept, the collector keeps none."""
    (config,) = of_model(f"{BARE}telemetry: {{keeps: 0 %}}\n").files["otel-collector/collector.yaml"]
    (policy,) = (
        p for p in config["processors"]["tail_sampling"]["policies"] if p["name"] == "some-of-run_night"
    )
    (share,) = (p for p in policy["and"]["and_sub_policy"] if p["name"] == "share")
    assert share["probabilistic"] == {"sampling_percentage": 0.0}
