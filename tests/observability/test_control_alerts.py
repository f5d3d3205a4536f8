"""Switches in use and effects without a record: watched where the program proves them, traced to their control."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import yaml

from groma.analyses import Context, assess
from groma.analyses.observability import Alert, plan
from groma.analyses.observability.alert import Count, Level
from groma.catalog import load_catalog
from groma.cli.main import main
from groma.exporters import Source, exports
from groma.model.elements import Model
from groma.model.load import loads

DESK = """
groma: 1
system: Refund desk
currency: EUR
people: {lead: {title: Leads, role: may stop it, hours: 38 h}}
components:
  bot: {kind: llm, title: Bot, offers: {write: {work: 1 s}}}
  shop: {kind: tool, title: Shop, offers: {refund: {work: 1 s, effect: once, impact: refund}, list: {work: 1 s}}}
  archive: {kind: database, title: Archive, offers: {append: {work: 1 s, effect: idempotent}}}
data:
  trail: {title: Who refunded what, held_by: [archive], records: [refund], kept_for: 6 years}
controls:
  off:
    title: Refunds are switched off
    against: [no-stop]
    stops: [components.shop.offers.refund, flows.care]
    by: [lead]
  drill: {title: Drill, against: [rogue], on: [flows.care]}
flows:
  care:
    title: Care
    starts: {rate: 30/min}
    steps:
      - call: bot.write
      - call: shop.refund
      - {call: archive.append, carries: [trail]}
"""


def alerts(text: str) -> dict[str, Alert]:
    model = loads(text)
    return {alert.name: alert for alert in plan(context_of(model)).alerts if alert.kind == "control"}


def context_of(model: Model) -> Context:
    catalog = load_catalog()
    return Context(model, catalog, assess(model, catalog, twice=False).extended(()))


def test_a_switch_is_told_while_it_is_in_use() -> None:
    found = alerts(DESK)
    assert list(found) == ["switch-off", "record-trail"]  # `drill` stops nothing
    condition = found["switch-off"].condition
    assert isinstance(condition, Level)
    assert (condition.of.series, condition.of.where, condition.limit) == (
        "switch_used",
        (("switch", ("off",)),),
        1.0,
    )
    assert found["switch-off"].made_of[0] == "controls.off"
    assert found["switch-off"].says == "Shop: refund, Care switched off by hand; Leads may switch back"


def test_the_first_effect_without_a_record_is_told() -> None:
    alert = alerts(DESK)["record-trail"]
    assert isinstance(alert.condition, Count)
    assert (alert.condition.of.series, alert.condition.limit) == ("record_missing_total", 1.0)
    assert alert.made_of == ("data.trail", "flows.care.steps.2")  # neither the bot nor what writes the record
    detection = next(f for f in alert.figures if f.name.endswith("/detection"))
    assert detection.value == pytest.approx(math.log(2) / 0.5)  # the median of the next of 30 a minute


def test_effects_of_all_flows_are_waited_for_together() -> None:
    """Twice in each of 30 runs a minute, once in each of 6: 66 a minute."""
    steps = "      - call: shop.refund\n"
    other = """  other:
    starts: {rate: 6/min}
    steps: [{call: shop.refund}, {call: archive.append, carries: [trail]}]
"""
    alert = alerts(DESK.replace(steps, 2 * steps) + other)["record-trail"]
    detection = next(f for f in alert.figures if f.name.endswith("/detection"))
    assert detection.value == pytest.approx(math.log(2) / 1.1)
    assert alert.figures[0].derivation[0].value == "1.1 to 1.1"
    every_other = DESK.replace(
        steps, "      - choose: [{share: 50 %, steps: [{call: shop.refund}]}, {share: 50 %, steps: []}]\n"
    )
    assert alerts(every_other)["record-trail"].figures[0].derivation[0].value == "0.25 to 0.25"
    ranged = alerts(DESK.replace("rate: 30/min", "rate: 20/min .. 120/min"))["record-trail"]
    detection = next(f for f in ranged.figures if f.name.endswith("/detection"))
    assert (detection.low, detection.high) == pytest.approx((math.log(2) / 2, 3 * math.log(2)))


@pytest.mark.parametrize(
    "steps",
    [
        "[{call: shop.refund}]",
        "[{call: shop.refund}, {choose: [{share: 50 %, steps: [{call: archive.append, carries: [trail]}]}, "
        "{share: 50 %, steps: []}]}]",
        "[{call: shop.list}, {call: archive.append, carries: [trail]}]",
    ],
    ids=["none", "of every other", "of nothing"],
)
def test_where_a_run_may_end_without_it_none_is_told(steps: str) -> None:
    """A count of what is as designed would wake people by design."""
    head, _, _ = DESK.partition("    steps:")
    alert = alerts(f"{head}    steps: {steps}\n")["record-trail"]
    assert alert.condition is None and alert.refused.startswith("no run surely writes it")
    named = {metric.name for metric in plan(context_of(loads(f"{head}    steps: {steps}\n"))).metrics}
    assert "switch_used" in named and "record_missing_total" not in named


def test_exports_ask_for_both() -> None:
    model, catalog = loads(DESK), load_catalog()
    source = Source(model, assess(model, catalog, twice=False), catalog)
    files = {f"{n}/{a.path}": a.text for n in ("prometheus", "grafana") for a in exports()[n].make(source)}
    groups = yaml.safe_load(files["prometheus/alert-rules.yaml"])["groups"]
    rules = {
        rule["alert"]: rule["expr"]
        for group in groups
        if group["name"] == "control"
        for rule in group["rules"]
    }
    assert rules == {
        "switch-off": 'max(switch_used{switch="off"}) >= 1',
        "record-trail": 'round(sum(increase(record_missing_total{data="trail"}[1d]))) >= 1',
    }
    board = json.loads(files["grafana/controls.json"])
    assert [panel["title"] for panel in board["panels"]] == [
        "Switches in use", "Effects without a record within a day",
    ]  # fmt: skip


def test_they_lead_to_their_control_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(DESK)
    for ident, control in (("alerts/switch-off", "controls.off"), ("alerts/record-trail", "record/trail")):
        main(["trace", str(path), ident, "--json"])
        chains = json.loads(capsys.readouterr().out)["chains"]
        assert {chain["control"].partition("@")[0] for chain in chains if ident in chain["signals"]} == {
            control
        }
    main(["trace", str(path), "no-stop", "--json"])
    told = {signal for chain in json.loads(capsys.readouterr().out)["chains"] for signal in chain["signals"]}
    assert "alerts/switch-off" in told
