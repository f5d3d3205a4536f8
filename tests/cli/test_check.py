"""`groma check`: its answer as text, as data, as files for others, and its status."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from groma.cli.main import main
from groma.cli.status import Status

FINISHED = Path(__file__).parents[1] / "buildable/finished.yaml"
BRIEF = """\
groma: 1
system: Toy
currency: EUR
problem: Which tools? You should also take over monitoring.
wants: {desk: {capability: answer questions}}
"""


def test_a_finished_blueprint_ends_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(FINISHED), "--strict"]) == Status.MET
    assert "nothing is left to guess" in capsys.readouterr().out


def test_what_is_left_to_guess_is_told_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "model.yaml"
    model.write_text(
        FINISHED.read_text(encoding="utf-8").replace("    owner: clerk\n\ndata:", "\ndata:"), encoding="utf-8"
    )
    junit, sarif = tmp_path / "check.xml", tmp_path / "check.sarif"
    assert (
        main(["check", str(model), "--json", "--tests", "--junit", str(junit), "--sarif", str(sarif)])
        == Status.MISSED
    )
    told = json.loads(capsys.readouterr().out)
    assert [f["id"] for f in told["findings"]] == [
        "hand-over-not-described:connections.customer_to_books/owner"
    ]
    assert {r["rule"]: r["found"] for r in told["rules"]}["hand-over-not-described"] == 1
    assert len(told["tests"]) == 26 and told["not_testable"] == []
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert (
        suite is not None
        and suite.get("failures") == "1"
        and int(suite.get("tests") or 0) == len(told["rules"])
    )
    results = json.loads(sarif.read_text())["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["hand-over-not-described"]


def test_of_a_brief_only_what_it_asks_of_neighbours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "brief.yaml").write_text(BRIEF, encoding="utf-8")
    assert main(["check", str(tmp_path / "brief.yaml")]) == Status.MET
    out = capsys.readouterr().out
    assert "is a brief" in out and "That is done by: operations" in out
    assert main(["check", str(tmp_path / "brief.yaml"), "--strict"]) == Status.MISSED
