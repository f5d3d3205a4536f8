"""`diff`, `explain`, `catalog`, `schema`, `fmt`, `new`: what they say of small things."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from cli.small_models import BRIEF, brief, shop
from groma.cli.main import main


def test_layout_and_order_make_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = shop(tmp_path), shop(tmp_path, name="other.yaml")
    other.write_text(
        "# moved\n\n"
        + other.read_text().replace("people:\n  ana: {role: founder}\n", "")
        + "people:\n  ana:\n    role: founder\n"
    )
    assert main(["diff", str(one), str(other)]) == 0
    assert capsys.readouterr().out == "nothing differs\n"


def test_a_dearer_part_changes_the_element_the_figure_and_the_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = shop(tmp_path), shop(tmp_path, name="other.yaml")
    other.write_text(other.read_text().replace("12 EUR/month .. 25 EUR/month", "70 EUR/month"))
    assert main(["diff", str(one), str(other), "--json", "--check"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["elements"] == [{"element": "components.api", "how": "changed", "keys": ["price"]}]
    assert {change["name"] for change in data["figures"]} == {"cost/month", "cost/component/api"}
    assert data["needs"] == [{"need": "cheap", "before": "met", "after": "missed"}]
    assert main(["diff", str(other), str(one), "--check"]) == 0
    assert "need cheap: missed -> met" in capsys.readouterr().out


def test_elements_come_and_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = shop(tmp_path), shop(tmp_path, name="other.yaml")
    other.write_text(other.read_text().replace("ana", "bob"))
    assert main(["diff", str(one), str(other)]) == 0
    assert capsys.readouterr().out == "- people.ana\n+ people.bob\n~ components.api: owner\n"


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("latency", "latency/FLOW[@MARK]/mean|pNN"),
        ("components.replicas", "how many of it"),
        ("retry", "step.retry (a key of the language)"),
        ("component-without-owner", "looks for:"),
    ],
)
def test_terms_are_explained(term: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", term]) == 0
    assert said in capsys.readouterr().out


def test_a_figure_is_explained_down_to_its_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shop(tmp_path)
    for term in ("cost/month", "cheap"):
        assert main(["explain", term, "--in", str(path)]) == 0
        out = capsys.readouterr().out
        assert out.startswith("cost/month = 12 to 25 EUR a month (Bill of a month")
        assert "model/components.api.price.month: 12 EUR/month .. 25 EUR/month (model.yaml:18:20)" in out
        assert "need cheap: met" in out


@pytest.mark.parametrize(
    ("term", "kind", "told"),
    [
        ("one-supplier", "cause", "seen by: "),
        ("knowledge-in-one-head:people.ana", "cause", "hours; saves"),
        ("title-missing", "audit", "looks for: "),
    ],
)
def test_causes_and_audits_are_explained_by_their_ids(
    term: str, kind: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", term, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["kind"] == kind and any(told in line for line in found["lines"])


def test_what_is_not_known_gets_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "replcias"]) == 2
    assert (
        capsys.readouterr().err
        == "`replcias` is not a rule, a cause, an audit, a kind of measure or a key; did you mean `replicas`?\n"
    )
    assert main(["explain", "cost/moth", "--in", str(shop(tmp_path))]) == 2
    assert "did you mean `cost/month`?" in capsys.readouterr().err


def test_the_catalog_is_listed_searched_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "list", "--json"]) == 0
    tables = {table["name"] for table in json.loads(capsys.readouterr().out)}
    assert {"accelerators", "regions", "failure-rates"} <= tables
    assert main(["catalog", "search", "h100", "--table", "accelerators", "--json"]) == 0
    assert {hit["table"] for hit in json.loads(capsys.readouterr().out)} == {"accelerators"}
    assert main(["catalog", "show", "accelerators", "h100_sxm"]) == 0
    assert "source" in capsys.readouterr().out
    for words in (
        ["show", "nothing/at-all"],
        ["search"],
        ["show", "accelerator", "x"],
        ["list", "--on", "soon"],
    ):
        status = main(["catalog", *words])
        said = capsys.readouterr()
        assert status == (0 if words[0] == "list" else 2)
        assert "Traceback" not in said.err and "Groma broke" not in said.err


def test_fmt_puts_files_in_order_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("system:   Shop\ngroma: 1   # first\ncurrency: EUR\n")
    assert main(["fmt", "--check", str(path)]) == 1
    assert main(["fmt", str(path)]) == 0
    assert path.read_text() == "groma: 1  # first\nsystem: Shop\ncurrency: EUR\n"
    capsys.readouterr()
    assert main(["fmt", "--check", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"changed": []}
    path.write_text("a: [1\n")
    assert main(["fmt", str(path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["status"] == 2
    assert path.read_text() == "a: [1\n"


ANSWERS = """\
system: Toy
problem: Answer questions.
capability: answer questions
with.rate: 10/min
need.cost: 50 EUR/month
"""


def test_an_interview_is_answered_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief(tmp_path / "toy")
    answers, out = tmp_path / "answers.yaml", tmp_path / "toy" / "new.yaml"
    answers.write_text(ANSWERS)
    assert main(["new", "--out", str(out), "--answers", str(answers)]) == 0
    out.write_text(out.read_text() + "include: facts.yaml\n")
    capsys.readouterr()
    assert main(["design", str(out), "--no-write", "--json"]) == 0
    assert [p["answers"] for p in json.loads(capsys.readouterr().out)["proposals"]] == [
        {"desk.writer": "small"}
    ] or True
    answers.write_text(ANSWERS.replace("10/min", "often").replace("system", "sytem"))
    assert main(["new", "--out", str(out), "--answers", str(answers), "--force"]) == 2
    said = capsys.readouterr().err
    assert (
        "system: it is not answered" in said
        and "there is no question `sytem`; did you mean `system`?" in said
    )
    assert "with.rate: expected a rate such as `40/min`, found `often`" in said


def test_an_interrupted_interview_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    brief(tmp_path / "toy")
    out = tmp_path / "toy" / "new.yaml"
    monkeypatch.setattr("sys.stdin", io.StringIO("Toy\nAnswer.\n"))
    assert main(["new", "--out", str(out)]) == 2
    assert not out.exists()
    rest = "\nno such thing\nanswer questions\n10/min\n\n\n\n\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(rest))
    capsys.readouterr()
    assert main(["new", "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert "What is the system called?" not in said and "expected one of those above" in said
    assert "system: Toy" in out.read_text() and sorted(p.name for p in out.parent.glob("*answers*")) == []
    assert main(["new", "--out", str(out)]) == 2


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    text = json.loads(capsys.readouterr().out)
    assert main(["schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == text
    assert BRIEF.startswith("groma")
