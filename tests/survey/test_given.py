"""What a survey is given: models, briefs as they stand today, folders of raw files, answers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from groma.model.load import loads
from groma.model.position import ModelError
from groma.survey import AnswerError, NoIntakeError, answered, fills, read, take_in

TODAY = """\
groma: 1
system: Office
currency: EUR
# who is there
people:
  ana: {rate: 40 EUR/h}
flows:
  quote:
    starts: {rate: 20/month}
    steps: [{ask: ana, takes: 2 h}]
"""


def test_a_brief_is_read_without_what_it_only_wants(root: Path) -> None:
    standing = read(root / "examples/two-sites/brief.yaml")
    assert standing.model.wants == {}
    assert standing.unheard_of == {"components.hosts", "components.link", "components.storage"}
    assert {gap.element for gap in standing.gaps} == standing.unheard_of
    assert standing.model.components["link"].offers.keys() == {"cross"}


def test_what_no_pattern_brings_is_a_mistake_in_a_brief_too(tmp_path: Path, root: Path) -> None:
    for name in ("brief.yaml", "facts.yaml", "site.yaml"):
        text = (root / "examples/two-sites" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("runs_on: hosts", "runs_on: hotels"), encoding="utf-8")
    with pytest.raises(ModelError, match="there is no `hotels`"):
        read(tmp_path / "brief.yaml")


def test_a_model_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(TODAY.replace("ask: ana", "ask: bea") + "components: {x: {kind: tool, owner: cem}}\n")
    with pytest.raises(ModelError) as caught:
        read(path)
    assert len(caught.value.problems) == 2


def test_an_answer_is_written_where_it_belongs_and_nothing_else_changes() -> None:
    text = answered(TODAY, "flows.quote.worth", "90 EUR")
    assert loads(text).flows["quote"].worth is not None
    assert [line for line in text.splitlines() if line not in TODAY.splitlines()] == ["    worth: 90 EUR"]
    text = answered(text, "flows.quote.worth", "70 EUR")
    assert "worth: 70 EUR" in text and "90 EUR" not in text
    assert loads(answered(TODAY, "people.ana.knows", "[pricing, books]")).people["ana"].knows == (
        "pricing",
        "books",
    )
    failing = answered(TODAY + "components:\n  x: {kind: tool}\n", "components.x.fails.availability", "99 %")
    assert loads(failing).components["x"].fails is not None


def test_an_answer_without_a_place_is_refused_and_not_asked() -> None:
    assert fills(TODAY, "flows.quote.worth")
    assert not fills(TODAY, "flows.other.worth")
    assert not fills(TODAY, "people.*.rate")
    assert not fills(TODAY, "flows")
    with pytest.raises(ModelError, match="no place for this answer"):
        answered(TODAY, "system.quote.worth", "90 EUR")
    with pytest.raises(ModelError, match="can't be read"):
        answered(TODAY, "flows.quote.worth", "[90")


@dataclass(frozen=True)
class FakeGap:
    element: str
    question: str
    why: str
    default: str | None = None
    key: str = "quote.worth"


class FakeError(Exception):
    """What an intake raises."""


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch) -> None:
    """An intake in place of the real one, by its contract."""
    gap = FakeGap("flows.quote.worth", "What does a quote bring?", "it is at stake")

    def made(text: str, gaps: tuple[FakeGap, ...]) -> SimpleNamespace:
        origins = {"people.ana": "people.csv, row 2"}
        return SimpleNamespace(text=text, gaps=gaps, notes=("two rows were the same",), origins=origins)

    def read_folder(path: Path) -> SimpleNamespace:
        if not any(path.iterdir()):
            raise FakeError("expected at least one table, found none")
        return made(TODAY, (gap,))

    def answered_(intake: SimpleNamespace, answers: dict[str, str]) -> SimpleNamespace:
        return made(intake.text.replace("  quote:", f"  quote:\n    worth: {answers['quote.worth']}"), ())

    def problem_with(intake: SimpleNamespace, key: str, answer: str) -> str | None:
        return None if "EUR" in answer else "expected money such as `90 EUR`"

    module = ModuleType("groma.importers.intake")
    for name, value in {
        "read_folder": read_folder,
        "answered": answered_,
        "problem_with": problem_with,
        "IntakeError": FakeError,
    }.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, "groma.importers", ModuleType("groma.importers"))
    monkeypatch.setitem(sys.modules, "groma.importers.intake", module)


@pytest.mark.usefixtures("intake")
def test_a_folder_of_raw_files_becomes_a_model_with_its_gaps(tmp_path: Path) -> None:
    with pytest.raises(NoIntakeError, match="expected at least one table"):
        take_in(tmp_path)
    (tmp_path / "people.csv").write_text("name\nana\n")
    taken = take_in(tmp_path)
    assert taken.text == TODAY
    assert [gap.question for gap in taken.gaps] == ["What does a quote bring?"]
    assert taken.gaps[0].default == ""
    assert taken.standing().model.system == "Office"
    assert taken.notes == ("two rows were the same",)


@pytest.mark.usefixtures("intake")
def test_an_answer_to_the_intakes_question_makes_the_model_anew(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name\nana\n")
    taken = take_in(tmp_path)
    (gap,) = taken.gaps
    assert taken.asks(gap)
    with pytest.raises(AnswerError, match="expected money"):
        taken.answered(gap, "much")
    after = taken.answered(gap, "90 EUR")
    assert after.gaps == ()
    assert after.standing().model.flows["quote"].worth is not None


@pytest.mark.usefixtures("intake")
def test_symptoms_are_told_with_the_row_they_were_said_in(tmp_path: Path) -> None:
    from groma import api
    from groma.survey import said_at

    (tmp_path / "people.csv").write_text("name\nana\n")
    found = api.survey(tmp_path)
    assert {said_at(found, finding) for finding in found.findings} == {"today.yaml:10"}
    other = api.survey(take_in(tmp_path))
    assert other.origins == {"people.ana": "people.csv, row 2"}


def test_a_folder_with_a_model_is_that_model(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(TODAY)
    (tmp_path / "brief.yaml").write_text(TODAY)
    assert take_in(tmp_path).path.name == "model.yaml"
    (tmp_path / "today.yaml").write_text(TODAY)
    assert take_in(tmp_path).path.name == "today.yaml"


def test_a_folder_without_anything_is_refused_where_nothing_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "groma.importers.intake", None)
    with pytest.raises(NoIntakeError, match="expected a folder with"):
        take_in(tmp_path)
