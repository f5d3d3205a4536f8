"""`groma assess`: verdicts become exit statuses; what is said, and what programs read, is right."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cli.small_models import SHOP, brief, shop
from groma.cli.main import main


@pytest.mark.parametrize(
    ("limit", "status", "verdict"),
    [("30 EUR/month", 0, "met"), ("10 EUR/month", 1, "missed"), ("20 EUR/month", 3, "undecided")],
)
def test_the_interval_of_the_bill_decides_the_status(
    limit: str, status: int, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", str(shop(tmp_path, limit)), "--json"]) == status
    data = json.loads(capsys.readouterr().out)
    need = next(need for need in data["needs"] if need["need"] == "cheap")
    assert (data["status"], need["verdict"]) == (status, verdict)
    assert (need["figure"]["low"], need["figure"]["high"]) == pytest.approx((12, 25))
    assert [fact["name"] for fact in need["would_change"]] == (
        ["model/components.api.price.month"] if verdict == "undecided" else []
    )


def test_a_figure_that_nobody_can_know_is_status_three(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(SHOP.replace("LIMIT", "30 EUR/month").replace("12 EUR/month .. 25 EUR/month", "unknown"))
    assert main(["assess", str(path), "--need", "cheap"]) == 3
    assert main(["assess", str(path), "--need", "quick"]) == 0


def test_the_text_names_the_fact_that_would_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", str(shop(tmp_path, "20 EUR/month"))]) == 3
    out = capsys.readouterr().out
    assert out.startswith("Shop: 3 of 4 needs are met\n")
    assert "cheap is undecided: 12–25 EUR/month, wanted at most 20 EUR/month" in out
    assert (
        "would decide it: model/components.api.price.month: 12 EUR/month .. 25 EUR/month (model.yaml:18:20)"
        in out
    )


def test_an_invalid_model_is_status_two_and_says_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(SHOP.replace("LIMIT", "3 s").replace("threads", "thread"))
    assert main(["assess", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "model.yaml:17:5: components.api: unknown key `thread`; did you mean `threads`?\n"
        "1 problem; nothing was done\n"
    )


def test_other_mistakes_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shop(tmp_path)
    for words, said in [
        (["assess", str(tmp_path / "none.yaml")], "none.yaml:1:1: expected a file, found nothing there"),
        (["assess", str(path), "--need", "quik"], "--need: there is no need `quik`; did you mean `quick`?"),
        (["assess", str(path), "--stage", "later"], "there is no stage `later`: the model has none"),
        (
            ["assess", str(path), "--rules", str(tmp_path / "r")],
            "--rules: expected a folder, found nothing at",
        ),
        (
            ["assess", str(brief(tmp_path / "b"))],
            "expected a model, found a brief that wants `answer questions`",
        ),
        (["assess", str(tmp_path / "b" / "patterns")], "expected a model file or a folder with model.yaml"),
    ]:
        assert main(words) == 2
        assert said in capsys.readouterr().err


def test_junit_has_a_case_for_each_need(tmp_path: Path) -> None:
    path, report = shop(tmp_path, "10 EUR/month"), tmp_path / "needs.xml"
    assert main(["assess", str(path), "--junit", str(report)]) == 1
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None
    cases = {case.attrib["name"]: [child.tag for child in case] for case in suite}
    assert cases == {
        "quick": ["system-out"], "quick-success": ["system-out"], "up": ["system-out"], "cheap": ["failure"],
    }  # fmt: skip
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("4", "1", "0")


def test_sarif_points_at_the_line_of_the_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b").mkdir()
    shop(tmp_path / "a b", "10 EUR/month")
    assert main(["assess", "a b/model.yaml", "--sarif", "out.sarif"]) == 1
    run = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]
    result = next(r for r in run["results"] if r["ruleId"] == "need-missed")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/model.yaml"
    assert place["region"] == {"startLine": 8, "startColumn": 3}
    assert {r["ruleId"] for r in run["results"]} <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}


def test_documents_older_than_their_model_are_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = shop(tmp_path), tmp_path / "out"
    assert main(["write", str(path), "--out", str(out), "--format", "md"]) == 0
    assert main(["assess", str(out)]) == 0
    path.write_text(path.read_text() + "# a remark\n")
    capsys.readouterr()
    assert main(["assess", str(out), "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["stale"] == [{"file": "../model.yaml", "how": "changed"}]
    path.unlink()
    assert main(["assess", str(out)]) == 4
    assert "../model.yaml is gone" in capsys.readouterr().out


def test_a_trace_that_the_model_names_makes_it_stale_too(tmp_path: Path) -> None:
    path, out = shop(tmp_path), tmp_path / "out"
    path.write_text(path.read_text().replace("4 ms ± 1 ms", "'empirical(times.csv, took in ms)'"))
    (tmp_path / "times.csv").write_text("took\n3\n5\n")
    (tmp_path / "other.csv").write_text("took\n3\n5\n")
    assert main(["write", str(path), "--out", str(out), "--format", "md"]) == 0
    (tmp_path / "other.csv").write_text("took\n4\n")
    assert main(["assess", str(out)]) == 0
    (tmp_path / "times.csv").write_text("took\n4\n")
    assert main(["assess", str(out)]) == 4
