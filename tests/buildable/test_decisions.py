"""Open decisions: what waits is checked, options are compared by the model's own states, waiting is worked out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from groma.analyses import assess
from groma.catalog import load_catalog
from groma.documents.content import Paragraph, Table, walk
from groma.documents.inlines import plain
from groma.documents.write import Written, write_model
from groma.model.figure import Ledger
from groma.model.load import load, loads
from groma.model.position import ModelError

FILE = Path(__file__).parent / "undecided.yaml"
HEAD = "groma: 1\nsystem: Example\ncurrency: EUR\n"


CATALOG = load_catalog()


def ledger_of(text: str, stage: str | None = None) -> Ledger:
    return assess(loads(text, stage=stage), CATALOG, twice=False)


@cache
def assessed() -> Ledger:
    return ledger_of(FILE.read_text(encoding="utf-8"))


def value(name: str) -> float:
    figure = assessed()[f"option/invoicing/{name}"]
    assert figure.value is not None
    return figure.value


def test_each_option_has_the_figures_of_its_own_state() -> None:
    """By hand: 42 jobs a month; 32, 9 and 5 minutes each; an hour of the clerk is 32 EUR."""
    for option, bill, minutes in ((1, 0.0, 32), (2, 60.0, 9), (3, 240.0, 5)):
        assert value(f"{option}/cost/month") == pytest.approx(bill)
        assert value(f"{option}/people/month") == pytest.approx(42 * minutes / 60 * 32)
    words = {
        n: assessed()[f"option/invoicing/{n}"].words
        for n in ("1/verdict/relieved", "2/verdict/relieved", "3/verdict/affordable")
    }
    assert words == {
        "1/verdict/relieved": "missed",
        "2/verdict/relieved": "met",
        "3/verdict/affordable": "missed",
    }


def test_an_option_is_what_assessing_its_stage_gives() -> None:
    """The same model loaded at the stage, on its own, is the other way to the same figures."""
    for option, stage in ((2, "tool"), (3, "suite")):
        alone = ledger_of(FILE.read_text(encoding="utf-8"), stage)
        for measure in ("cost/month", "people/month", "people/hours"):
            here, there = assessed()[f"option/invoicing/{option}/{measure}"], alone[measure]
            assert (here.value, here.low, here.high, here.unit) == (
                there.value,
                there.low,
                there.high,
                there.unit,
            )


def test_waiting_costs_what_a_month_now_costs_more() -> None:
    assert value("2/waiting") == pytest.approx(42 * 32 / 60 * 32 - 60 - 42 * 9 / 60 * 32)
    figure = assessed()["option/invoicing/2/waiting"]
    # ends by hand: least now less most then, and the other way round (jobs 40 to 44, 28 to 36 minutes)
    assert figure.low == pytest.approx(40 * 28 / 60 * 32 - 60 - 44 * 9 / 60 * 32)
    assert figure.high == pytest.approx(44 * 36 / 60 * 32 - 60 - 40 * 9 / 60 * 32)
    assert "option/invoicing/1/waiting" not in assessed()
    assert value("waited") == pytest.approx(5.0)


def test_what_runs_are_worth_counts_against_waiting() -> None:
    text = FILE.read_text(encoding="utf-8").replace(
        "    title: Invoice a job\n", "    title: Invoice a job\n    worth: 10 EUR\n"
    )
    more = text.replace(
        "      invoice: {steps: [{ask: clerk, takes: 9",
        "      invoice: {worth: 15 EUR, steps: [{ask: clerk, takes: 9",
    )
    before = ledger_of(text)["option/invoicing/2/waiting"].value
    after = ledger_of(more)["option/invoicing/2/waiting"].value
    assert before is not None and after is not None
    assert before == pytest.approx(value("2/waiting"))
    assert after - before == pytest.approx(42 * 5.0)


def test_every_figure_behind_an_option_is_in_the_ledger() -> None:
    ledger = assessed()
    for figure in ledger:
        if figure.name.startswith("option/"):
            refs = [*figure.inputs, *(ref for line in figure.derivation for ref in line.refs)]
            assert [ref for ref in refs if ref not in ledger and ref not in ledger.inputs] == []


def test_a_stage_that_a_decision_compares_is_there_at_another_stage_too() -> None:
    model = load(FILE, stage="tool")
    assert set(model.states) == {"tool", "suite"}
    assert "option/invoicing/3/cost/month" in assess(model, CATALOG, twice=False)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("waits: [flows.invioce]", "there is no `invioce` in `flows`; did you mean `invoice`?"),
        ("waits: [components.invoice]", "there is no `invoice` in `components`: it is `flows.invoice`"),
        (
            "waits: [flow.invoice]",
            "expected an element such as `flows.invoice` or `needs.affordable`, found `flow.invoice`; did you mean `flows`?",
        ),
        ("waits: [invoice]", "expected an element such as"),
        ("options: [a, b], shown_by: {c: now}", "`c` isn't one of the options: `a`, `b`"),
        ("options: [a, b], shown_by: {a: stages.twol}", "there is no stage `twol`; did you mean `tool`?"),
        (
            "options: [a, b], shown_by: {a: later}",
            "expected `now`, `stages.NAME` or answers written `role=option`, found `later`",
        ),
        ("options: [hosted, own], chosen: hostd", "`hostd` isn't one of the options; did you mean `hosted`?"),
    ],
)
def test_what_is_wrong_with_a_decision_is_told_with_the_nearest_name(written: str, told: str) -> None:
    body = f"""\
components: {{books: {{kind: tool, offers: {{write: {{work: 1 s}}}}}}}}
flows: {{invoice: {{steps: [{{call: books.write}}]}}}}
decisions: {{d: {{status: open, {written}}}}}
stages: {{tool: {{title: A tool}}}}
"""
    with pytest.raises(ModelError) as error:
        loads(HEAD + body)
    assert any(told in str(problem) for problem in error.value.problems), [
        str(p) for p in error.value.problems
    ]


def test_what_comes_with_a_stage_can_wait() -> None:
    body = "stages: {tool: {components: {books: {kind: tool}}}}\ndecisions: {d: {status: open, waits: [components.books]}}\n"
    assert loads(HEAD + body).decisions["d"].waits == ("components.books",)


@cache
def written() -> Written:
    return write_model(load(FILE), assessed())


def test_the_memo_puts_the_options_side_by_side_and_says_what_is_missing() -> None:
    memo = next(d for d in written().documents.documents if d.id == "decision-memos")
    blocks = list(walk(memo.sections))
    table = next(b for b in blocks if isinstance(b, Table))
    rows = {plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]] for row in table.rows}
    assert rows["A suite"][0] == "240 EUR (missed)"
    assert "Something else: nothing in the model shows what it gives" in rows
    told = " ".join(plain(b.inlines) for b in blocks if isinstance(b, Paragraph))
    assert '320 to 600 EUR a month for as long as it isn\'t decided for "A small tool"' in told
    assert "Not stated yet: who decides, since when it is open, by when, the options" in told


def test_a_memo_is_a_file_of_its_own_and_a_decision_is_in_one_document_only() -> None:
    files = written().beside
    text = files["decisions/0001-which-tool-writes-the-invoices.md"].decode()
    assert "## Context and Problem Statement" in text
    assert "* A small tool: Bill a month: 60 EUR" in text
    assert [d.id for d in written().documents.documents].count("decisions") == 0
