"""`groma trace`: chains forwards and back, gaps with an exit status, CSV that spreadsheets can't run."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import cast

import pytest
from safety_reading import HEAD
from test_threats import DESK

from groma.cli.main import main

NEEDS = """needs:
  supervised: {measure: approval/refund, is: always}
  quick: {measure: latency/care/p95, at_most: 9 s}
"""


def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, *more: str) -> tuple[int, str]:
    path = tmp_path / "m.yaml"
    path.write_text(HEAD + NEEDS + body)
    status = main(["trace", str(path), *more])
    return status, capsys.readouterr().out


def chains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, *more: str
) -> list[dict[str, object]]:
    return json.loads(told(tmp_path, capsys, body, *more, "--json")[1])["chains"]


def test_from_a_need_to_its_signal_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = DESK.replace("{call: shop", "{ask: ana, approves: [refund]}\n      - {call: shop")
    there = chains(tmp_path, capsys, body, "needs.supervised")
    found = next(c for c in there if c["threat"] == "excessive-agency")
    assert found["element"] == "flows.care.steps.5"
    assert found["control"] == "approval/ana@flows.care.steps.4"
    assert 'approval.decided{person="ana"}' in found["signals"]  # type: ignore[operator]
    assert "say no" in str(found["test"])
    for name in ("LLM06", "LLM06:2025", "LLM03:2026", "ASI02", "components.shop", str(found["control"])):
        back = chains(tmp_path, capsys, body, name)
        assert found in back, name
    assert found not in chains(tmp_path, capsys, body, "LLM01")


def test_alerts_are_the_end_of_a_chain_and_lead_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = chains(tmp_path, capsys, DESK, "needs.quick")
    alerts = {
        str(name)
        for c in there
        for name in cast("list[str]", c["signals"])
        if name.startswith("alerts/quick-")
    }
    assert alerts
    for name in sorted(alerts):
        assert any(
            "needs.quick" in cast("list[str]", c["needs"]) for c in chains(tmp_path, capsys, DESK, name)
        )


def test_gaps_end_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = told(tmp_path, capsys, DESK, "--gaps")
    assert status == 1
    only = chains(tmp_path, capsys, DESK, "--gaps")
    assert only and all(c["gap"] for c in only)
    status, out = told(tmp_path, capsys, DESK.replace("kind: llm", "kind: service"), "--gaps")
    assert status == 0 and "Nothing is missing" in out


def test_an_unknown_name_is_a_users_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = told(tmp_path, capsys, DESK, "needs.quik")
    assert status == 2


def test_the_matrix_as_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    harm = DESK + "controls: {a: {title: x, against: [LLM01], test: '=1+1', signal: s}}\n".replace(
        "LLM01", "LLM01:2025"
    )
    told(tmp_path, capsys, harm, "--csv", str(tmp_path / "m.csv"))
    rows = list(csv.DictReader((tmp_path / "m.csv").open(encoding="utf-8")))
    assert len(rows) == len(chains(tmp_path, capsys, harm))
    assert "'=1+1" in {row["test"] for row in rows}


def test_table_and_tree_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, table = told(tmp_path, capsys, DESK)
    assert "none (error)" in table
    _, tree = told(tmp_path, capsys, DESK, "components.bot", "--tree")
    assert "threat: prompt-injection" in tree and "gap (error)" in tree
