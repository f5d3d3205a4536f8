"""`groma design`: a brief becomes a folder, the same bytes each time, that can be assessed and goes stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.small_models import BRIEF, brief
from groma import api
from groma.cli.main import main
from groma.output import MARK


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def designed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    brief(folder / "toy")
    assert main(["design", str(folder / "toy"), "--out", str(folder / "out"), "--quiet"]) == 0
    return folder


def test_the_folder_holds_everything_and_the_cheapest_is_recommended(designed: Path) -> None:
    out = designed / "out"
    assert {"index.html", "ledger.json", "sources.json", "blueprint.pdf", "blueprint.docx", MARK} <= set(
        files_of(out)
    )
    record = json.loads((out / "sources.json").read_text())
    chosen = (out / record["recommended"]).read_text()
    assert "30 EUR/month" in chosen and "90 EUR/month" not in chosen


def test_the_same_brief_gives_the_same_bytes(designed: Path) -> None:
    again = designed / "again"
    assert main(["design", str(designed / "toy" / "brief.yaml"), "--out", str(again), "--quiet"]) == 0
    assert files_of(again) == files_of(designed / "out")


def test_a_blueprint_is_assessed_until_its_facts_change(designed: Path) -> None:
    assert main(["assess", str(designed / "out")]) == 0
    facts = designed / "toy" / "facts.yaml"
    before = facts.read_text()
    facts.write_text(before.replace("100 ms", "120 ms"))
    assert main(["assess", str(designed / "out")]) == 4
    facts.write_text(before)
    assert main(["assess", str(designed / "out")]) == 0


def test_answers_can_be_kept_and_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(brief(tmp_path / "toy"))
    for option in ("--keep=writer=big", "--refuse=desk.writer=small"):
        assert main(["design", path, "--no-write", "--json", option]) == 0
        data = json.loads(capsys.readouterr().out)
        assert [p["answers"] for p in data["proposals"]] == [{"desk.writer": "big"}]
        assert data["out"] is None
    assert main(["design", path, "--no-write", "--keep", "writer=bigg"]) == 2
    assert capsys.readouterr().err == "role `desk.writer` has no option `bigg`; did you mean `big`?\n"
    assert main(["design", path, "--no-write", "--keep", "writer"]) == 2
    assert capsys.readouterr().err == "expected an answer written `role=option`, found `writer`\n"


def test_a_brief_may_include_more_than_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = brief(tmp_path / "toy")
    path.write_text(BRIEF.replace("facts.yaml", "[facts.yaml, parts.yaml]"))
    (path.parent / "parts.yaml").write_text("components:\n  mail: {kind: tool, price: 3 EUR/month}\n")
    assert main(["design", str(path), "--no-write", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["proposals"][0]["values"]["cost/month"] == pytest.approx(33)


def test_needs_that_nothing_meets_are_status_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = brief(tmp_path / "toy")
    path.write_text(BRIEF.replace("at_most: 1 s", "at_most: 1 ms"))
    assert main(["design", str(path), "--no-write"]) == 1
    assert "The needs can't be met together." in capsys.readouterr().out


def test_mistakes_are_told_before_any_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = brief(tmp_path / "toy")
    path.write_text(BRIEF.replace("answer questions", "answer question"))
    assert main(["design", str(path)]) == 2
    assert "no pattern gives `answer question`; did you mean `answer questions`?" in capsys.readouterr().err
    for wrong, said in [
        (
            BRIEF.replace("1 s", "1 GB"),
            "needs.quick: `latency` is measured as a time such as `6 s`, found `1 GB`",
        ),
        (
            BRIEF.replace("answer/p95, at", "answr/p95, at"),
            "there is no `answr` in `flows`; did you mean `answer`?",
        ),
    ]:
        path.write_text(wrong)
        assert main(["design", str(path)]) == 2
        assert said in capsys.readouterr().err
    path.write_text(BRIEF)
    assert main(["design", str(path), "--out", str(tmp_path / "toy")]) == 2
    assert "holds files that Groma did not write" in capsys.readouterr().err


def test_what_is_grave_in_the_recommended_design_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the terminal, as data and on the page that opens."""
    path = brief(tmp_path / "toy")
    pattern = path.parent / "patterns" / "toy.yaml"
    sound = pattern.read_text()
    assert main(["design", str(path), "--no-write"]) == 0
    assert "grave finding" not in capsys.readouterr().out
    pattern.write_text(
        sound.replace("{work: $writes}", "{work: $writes, effect: once}").replace(
            "[{call: model.generate}]", "[{call: model.generate, retry: {times: 1, on: [timeout]}}]"
        )
    )
    assert main(["design", str(path), "--no-write"]) == 0
    told = capsys.readouterr().out
    assert "1 grave finding in the recommended proposal" in told and "[retry-of-once]" in told
    made = api.write(api.design(path), formats=("md",), document="blueprint")
    page = made["blueprint.md"].decode()
    assert (
        "\n## What has to be mended first\n" in page
        and "**Have mended first:** [“Something that must happen once is repeated" in page
    )
    assert main(["design", str(path), "--no-write", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [each["rule"] for each in found if each["severity"] == "error"] == ["retry-of-once"]
