"""`groma survey`: what it says, writes and asks."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from groma.cli.main import main

TODAY = """\
groma: 1
system: Office
currency: EUR
problem: Nothing is quoted when Ana is ill.
people:
  ana: {title: Ana, rate: 60 EUR/h, knows: [pricing]}
  ben: {title: Ben, rate: 40 EUR/h}
flows:
  quote:
    title: Quote
    starts: {rate: 20/month}
    steps:
      - {ask: ana, takes: 2 h, needs_knowledge: [pricing], title: price it}
"""


@pytest.fixture
def today(tmp_path: Path) -> Path:
    path = tmp_path / "today.yaml"
    path.write_text(TODAY)
    return path


def test_it_tells_problem_cause_verdict_and_gaps(today: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["survey", str(today)]) == 0
    told = capsys.readouterr().out
    assert "told:  Nothing is quoted when Ana is ill." in told
    assert "found: Work is done by hand" in told or "found: Knowledge lives in one head." in told
    assert "verdict: a developer or a consultant" in told
    assert "What does doing “Quote” once bring" in told


def test_json_holds_causes_with_their_figures(today: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["survey", str(today), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["verdict"] == "a developer or a consultant"
    causes = {cause["id"]: cause for cause in data["causes"]}
    work = causes["work-by-hand:flows.quote"]
    assert work["cost"]["value"] == pytest.approx(20 * 2 * 60)
    assert causes["knowledge-in-one-head:people.ana"]["symptoms"][0]["finding"].startswith("only-one-person:")
    assert [gap["element"] for gap in data["gaps"]] == ["flows.quote.worth"]
    assert "no-backup" in data["nothing_to_look_at"]


def test_a_folder_with_its_model_is_written_and_grows_stale(
    today: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["survey", str(tmp_path), "--out", str(out), "--format", "html,md"]) == 0
    assert {"index.html", "audit.md", "ledger.json", "sources.json"} <= {path.name for path in out.iterdir()}
    assert not (out / "today.yaml").exists()
    assert main(["assess", str(out)]) == 0
    today.write_text(TODAY.replace("2 h", "3 h"))
    capsys.readouterr()
    assert main(["assess", str(out)]) == 4


def test_the_interview_asks_again_after_a_mistake_and_keeps_the_answer(
    today: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr("sys.stdin", io.StringIO("much\n500 EUR\n"))
    assert main(["survey", str(today), "--interview", "--out", str(out), "--format", "html"]) == 0
    told = capsys.readouterr()
    assert "expected money" in told.err
    assert "worth: 500 EUR" in (out / "today.yaml").read_text()
    assert "worth" not in today.read_text()
    assert "not told" not in told.out


def test_an_interview_without_answers_changes_nothing(
    today: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert (
        main(["survey", str(today), "--interview", "--out", str(tmp_path / "out"), "--format", "html"]) == 0
    )
    assert not (tmp_path / "out/today.yaml").exists()
    assert "not told" in capsys.readouterr().out


def test_answers_are_kept_among_raw_files_and_not_asked_for_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(root / "examples/company/raw", raw)
    before = (raw / "interview.yaml").read_text(encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("founder\n"))
    assert main(["survey", str(raw), "--interview"]) == 0
    first = capsys.readouterr().err.splitlines()[1]
    kept = (raw / "interview.yaml").read_text(encoding="utf-8")
    assert set(before.splitlines()) <= set(kept.splitlines())
    assert "founder" in kept.removeprefix(before.rstrip("\n")).splitlines()[1]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["survey", str(raw), "--interview"]) == 0
    assert first not in capsys.readouterr().err


def test_mistakes_are_told_with_their_place(
    today: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today.write_text(TODAY.replace("ask: ana", "ask: bea"))
    assert main(["survey", str(today)]) == 2
    assert "today.yaml:13:" in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["survey", str(empty)]) == 2
    assert main(["survey", str(today), "--causes", str(tmp_path / "none")]) == 2
    assert main(["survey", str(tmp_path / "none.yaml")]) == 2
