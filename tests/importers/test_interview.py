"""The interview: asked, answered, written back, read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma.importers.intake import answered, interview_text, problem_with, read_folder
from groma.importers.intake.blank import FORMS, blank_workbook, plain_text
from groma.importers.intake.interview import QUESTIONS, key_of, read_markdown, read_yaml
from groma.model.load import loads
from groma.model.quantity import Quantity
from importers.folders import PEOPLE, folder, reading

TOOLS = "Tool,Price,Used by\nCRM,20 USD/month,Jana\n"
WORK = "Task,Who,How often,How long\nQuote,Mia,34/month,\n"


def test_an_answer_fills_a_gap_and_is_a_fact_of_the_interview(tmp_path: Path) -> None:
    intake, _ = reading(tmp_path, t_csv=TOOLS, w_csv=WORK, interview_yaml="problem: Too much paper\n")
    more = answered(
        intake,
        {
            "flows.quote.takes": "50-70 min",
            "exchange.USD": "0,87 EUR",
            "people.mia.rate": "32 €/h",
            "growth": "20 %",
        },
    )
    model = loads(more.text)
    takes = model.facts["quote_takes"].value
    assert (
        takes.mean == 3600
        and takes.known == (3000.0, 4200.0)
        and str(takes.source).startswith("interview.yaml")
    )
    assert model.exchange["USD"].text == "0.87 EUR"
    assert isinstance(model.growth, Quantity) and model.growth.mean == 0.2
    assert {"flows.quote.takes", "exchange.USD", "people.mia.rate", "growth"} <= {
        gap.key for gap in intake.gaps
    }
    assert not {"flows.quote.takes", "exchange.USD", "people.mia.rate", "growth"} & {
        gap.key for gap in more.gaps
    }


ANSWERS = {
    "people.mia.rate": "32 EUR/h", "people.mia.hours": "30", "flows.quote.takes": "1 h", "components.crm.holders": "Jana, Mia",
    "components.crm.owner": "Jana", "components.crm.effort": "1 h/month", "exchange.USD": "0.9 EUR", "growth": "10 %", "problem": "x",
    "people.jana.rate": "85 EUR/h", "people.jana.hours": "45",
}  # fmt: skip


def test_every_gap_has_an_answer_that_closes_it(tmp_path: Path) -> None:
    intake, _ = reading(tmp_path, t_csv=TOOLS, w_csv=WORK)
    asked = {gap.key for gap in intake.gaps if not gap.used}
    assert asked == set(ANSWERS) - {"components.crm.effort", "people.jana.rate", "people.jana.hours"}
    done = answered(intake, ANSWERS)
    assert not [gap for gap in done.gaps if not gap.used]
    owned = answered(intake, {"components.crm.owner": "Jana"})
    assert "components.crm.effort" in {gap.key for gap in owned.gaps}  # asked once somebody answers for it
    assert all(problem_with(intake, key, text) is None for key, text in ANSWERS.items())
    body = loads(done.text)
    assert body.components["crm"].holders == ("jana", "mia") and body.components["crm"].effort is not None
    assert body.people["mia"].rate is not None and body.people["mia"].hours is not None


@pytest.mark.parametrize(
    ("key", "answer", "expected"),
    [
        ("flows.quote.takes", "a while", "expected how long"),
        ("people.mia.rate", "fair", "expected what an hour costs"),
        ("exchange.USD", "less", "expected what one USD is worth"),
        ("components.crm.effort", "some", "expected time for its upkeep"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_and_nothing_is_made_of_it(
    tmp_path: Path, key: str, answer: str, expected: str
) -> None:
    intake, _ = reading(tmp_path, t_csv=TOOLS, w_csv=WORK)
    assert expected in str(problem_with(intake, key, answer))
    before, after = loads(intake.text), loads(answered(intake, {key: answer}).text)
    assert before.facts.keys() == after.facts.keys() and before.exchange.keys() == after.exchange.keys()


PERSON = '# my own remark\nproblem: it is "slow"   # really\nflows.quote.takes:\n\nWas nervt?: Excel\n'


def test_answers_are_written_back_and_a_persons_text_is_kept(tmp_path: Path) -> None:
    intake, _ = reading(tmp_path, t_csv=TOOLS, w_csv=WORK, interview_yaml=PERSON)
    more = answered(intake, {"flows.quote.takes": "1 h", "people.mia.rate": "32 EUR/h: all in"})
    text = interview_text(more, PERSON)
    for line in PERSON.splitlines():
        assert line in text or line == "flows.quote.takes:"
    (tmp_path / "interview.yaml").write_text(text)
    again = read_folder(tmp_path)
    assert (
        again.answers["flows.quote.takes"] == "1 h" and again.answers["people.mia.rate"] == "32 EUR/h: all in"
    )
    assert [gap.key for gap in again.gaps] == [gap.key for gap in more.gaps]
    assert interview_text(again, text) == text  # nothing is written twice
    assert again.told is not None and again.told.remarks[0].text == "Was nervt?: Excel".replace("?:", ":")


def test_the_interview_may_be_markdown(tmp_path: Path) -> None:
    text = "# Interview\n\n## Was läuft schief?\n\nRechnungen kommen\nzu spät.\n\n## How long? <!-- flows.quote.takes -->\n\n\nQ: Who shouts?\nA: Jana\n"
    intake, model = reading(tmp_path, t_csv=TOOLS, w_csv=WORK, i_md=text)
    assert model.problem == "Rechnungen kommen zu spät."
    assert model.background == "Who shouts: Jana"
    more = answered(intake, {"flows.quote.takes": "1 h", "people.mia.rate": "32 EUR/h"})
    back = interview_text(more, text)
    answers, _, _ = read_markdown(back, "i.md")
    assert {k: c.text for k, c in answers.items() if k != "problem"} == {
        "flows.quote.takes": "1 h",
        "people.mia.rate": "32 EUR/h",
    }
    assert "Rechnungen kommen\nzu spät." in back
    assert interview_text(more, back) == back


def test_questions_are_found_by_other_words_and_strange_ones_are_remarks() -> None:
    assert [
        key_of(text)
        for text in ("Firma", "What goes wrong, in your own words", "Wachstum", "Favourite colour?")
    ] == ["system", "problem", "growth", None]
    assert all(key_of(question) == key for key, (question, _, _) in QUESTIONS.items())
    answers, remarks, notes = read_yaml(
        "interview:\n  - question: Firma\n    answer: Lindner\n  - {question: Colour?, answer: red}\npeople.x.rte: 5\n",
        "i.yaml",
    )
    assert answers["system"].text == "Lindner" and remarks[0].text == "Colour: red"
    assert "people.x.rte" in answers and not notes  # known section: told when it is applied


def test_a_model_beside_the_files_is_no_interview(tmp_path: Path) -> None:
    intake, _ = reading(tmp_path, t_csv=TOOLS, m_yaml="groma: 1\nsystem: X\ncurrency: EUR\n")
    assert any("a model, no interview" in note.message for note in intake.notes)


def filled() -> bytes:
    """The blank form with one row more in each sheet: its second example without the word Example."""
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(blank_workbook()))
    for form in FORMS:
        sheet = book[form.sheet]
        for number, column in enumerate(form.columns, 1):
            plain_text(sheet.cell(6, number), column.examples[0].removeprefix("Example: "))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_blank_form_reads_as_nothing_and_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    assert blank_workbook() == blank_workbook()
    with pytest.raises(Exception, match="expected at least one table"):
        reading(tmp_path, blank_xlsx=blank_workbook())


def test_what_is_filled_into_the_form_is_read_back(tmp_path: Path) -> None:
    intake, model = reading(tmp_path, form_xlsx=filled())
    assert model.people["anna"].title == "Anna Berger" and model.people["anna"].knows == (
        "pricing",
        "bookkeeping",
        "prices",
    )
    crm = model.components["pipedrive"]
    assert (
        crm.price["month"].text == "29 EUR/seat/month" and crm.seats is not None and crm.holders == ("anna",)
    )
    assert model.components["web_hosting"].price["month"].text == "14.9 EUR/month"
    assert model.flows["answer_enquiries"].on_error == "customer calls again"
    assert model.flows["sales_of_the_month"].for_ == ("anna",)
    assert [c.by_hand for c in model.connections.values()] == [True]
    assert model.suppliers["agency_blau"].renews == "2027-03-31"
    assert model.data["customers"].fields.keys() == {"name", "address", "phone"}
    assert model.decisions["new_crm_or_the_old_one"].owner == "anna"
    assert not [note for note in intake.notes if "expected" in note.message]


def test_text_that_looks_like_a_formula_is_written_as_text() -> None:
    from openpyxl import Workbook

    sheet = Workbook().active
    assert sheet is not None
    for text in ("=1+1", "+49 30", "-x", "@SUM(A1)"):
        cell = plain_text(sheet.cell(1, 1), text)
        assert cell.data_type == "s" and cell.value == text and cell.quotePrefix


def test_people_csv_alone_is_enough(tmp_path: Path) -> None:
    assert read_folder(folder(tmp_path, people_csv=PEOPLE)).files == ("people.csv",)
