"""The verbs for Python users do what the commands do."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.small_models import brief, shop
from groma import api
from groma.model.sources import changes, recorded, sources


def test_assess_takes_a_path_or_a_model(tmp_path: Path) -> None:
    path = shop(tmp_path)
    by_path, by_model = api.assess(path), api.assess(api.load(path))
    assert by_path.ledger.to_json() == by_model.ledger.to_json()
    assert by_path.verdicts == {"quick": "met", "quick-success": "met", "up": "met", "cheap": "met"}
    assert api.diff(by_path, by_model).empty


def test_design_keeps_and_refuses(tmp_path: Path) -> None:
    space = api.space(brief(tmp_path / "toy"))
    answers = [
        {"desk.writer": "small"} if not options else {"desk.writer": "big"}
        for options in ({}, {"keep": ["writer=big"]}, {"refuse": ["desk.writer=small"]})
    ]
    found = [
        api.design(space),
        api.design(space, keep=["writer=big"]),
        api.design(space, refuse=["desk.writer=small"]),
    ]
    assert [dict(blueprint.best.answers) if blueprint.best else None for blueprint in found] == answers
    for wrong in ("writer", "writer=nobody", "reader=big"):
        with pytest.raises(api.ChoiceError):
            api.design(space, keep=[wrong])


def test_written_documents_are_named_and_limited(tmp_path: Path) -> None:
    assessed = api.assess(shop(tmp_path))
    files = api.write(assessed, formats=("md",))
    assert "ledger.json" in files and not any(name.endswith((".pdf", ".docx", ".html")) for name in files)
    with pytest.raises(ValueError, match="there is no document `nothing`"):
        api.write(assessed, formats=("md",), document="nothing")


def test_sources_name_a_file_only_as_a_word_of_its_own(tmp_path: Path) -> None:
    path = shop(tmp_path)
    path.write_text(path.read_text() + "background: see plan.md, and b.csv but not xa.csv or a.csvs\n")
    for name in ("plan.md", "b.csv", "a.csv", "s", "api"):
        (tmp_path / name).write_text("x")
    out = tmp_path / "out"
    out.mkdir()
    record = sources(path, api.load(path), out)
    assert sorted(record.digests) == ["../b.csv", "../model.yaml", "../plan.md"]
    (out / "sources.json").write_text(record.to_json())
    assert recorded(out) == record and changes(out, record) == ()
    (tmp_path / "plan.md").write_text("y")
    assert [(change.file, change.how) for change in changes(out, record)] == [("../plan.md", "changed")]


def test_scenarios_of_a_model_in_python() -> None:
    model = api.load(Path(__file__).parents[2] / "examples/retry-storm/model.yaml")
    (name, answer), *_ = api.simulate(model, ["outage"], replications=1, saved_by=True).items()
    assert name == "outage"
    assert answer.seen.metastable
    assert any(saving.comes_back for saving in answer.tried)
    assert set(api.scenarios(model)) >= {"outage", "lost-database", "load-10"}
