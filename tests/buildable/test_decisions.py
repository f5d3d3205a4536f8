"""Open decisions: what waits is checked, options are compared by the model's own states, waiting is worked out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from groma.analyses import Context, assess
from groma.analyses.options import option_figures
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


@pytest.mark.parametrize("up", [1.0, 0.8])
def test_both_ends_of_waiting_count_what_runs_are_worth_when_they_succeed(up: float) -> None:
    """By hand: 40 to 44 jobs, 28 to 36 minutes, 32 EUR/h; a run is worth 10 EUR now, 15 EUR with the tool of 60 EUR."""
    text = FILE.read_text(encoding="utf-8").replace("    title: Invoice a job\n", "    worth: 10 EUR\n")
    text = text.replace(
        "invoice: {steps: [{ask: clerk, takes: 9", "invoice: {worth: 15 EUR, steps: [{ask: clerk, takes: 9"
    )
    wrong = (
        f"{{choose: [{{share: {1 - up:.1f}, steps: [{{fail: rejected}}]}}, {{share: {up:.1f}, steps: []}}]}}"
    )
    text = text.replace("- call: sheet.write\n", f"- call: sheet.write\n      - {wrong}\n")
    text = text.replace("{call: sheet.write}]", f"{{call: sheet.write}}, {wrong}]")
    found = ledger_of(text)["option/invoicing/2/waiting"]
    now = [40 * 28 / 60 * 32 - 44 * 10 * up, 44 * 36 / 60 * 32 - 40 * 10 * up]
    then = [60 + 40 * 9 / 60 * 32 - 44 * 15 * up, 60 + 44 * 9 / 60 * 32 - 40 * 15 * up]
    assert (found.low, found.high) == pytest.approx((now[0] - then[1], now[1] - then[0]))
    assert found.value == pytest.approx(42 * (23 / 60 * 32 + 5 * up) - 60)
    assert found.reason == ""
    assert found.derivation[0].refs == ("option/invoicing/2/cost/month", "option/invoicing/2/people/month")


@pytest.mark.parametrize(
    ("since", "date", "months"),
    [
        ("2026-06-21", "2026-11-21", 5.0),
        ("2024-06-01", "2026-08-01", 26.0),
        ("2025-06", "2026-11", 17.0),
        ("2025", "2026-11", 16.5),
        ("2025-06", "2026-11-01", 16.5),
        ("2025", "2026-11-21", 16 + 20 / 30.44),
        ("2026-11-02", "2026-11-30", 28 / 30.44),
        ("2026-11-22", "2026-11-21", None),
    ],
)
def test_months_of_waiting_are_counted_from_the_middle_of_what_is_not_stated(
    since: str, date: str, months: float | None
) -> None:
    """By hand: a year alone begins its count at its first of July, a month alone in its middle."""
    text = FILE.read_text(encoding="utf-8").replace('since: "2026-06-21"', f'since: "{since}"')
    model = loads(text.replace('date: "2026-11-21"', f'date: "{date}"'))
    context = Context(model, CATALOG, Ledger(model.digest))
    found = [f.value for f in option_figures(context) if f.name == "option/invoicing/waited"]
    assert found == ([] if months is None else [pytest.approx(months)])


def test_a_figure_of_an_option_names_its_own_facts_and_those_that_are_the_same_once() -> None:
    """The clerk takes 9 minutes in one stage and 5 in another: the second has a name of its own, the rate hasn't."""
    takes = "model/flows.invoice.steps.1.takes"
    ledger = assessed()
    assert {n: ledger[f"option/invoicing/{n}/people/hours"].inputs for n in (1, 2, 3)} == {
        1: ("fact/typed", "model/components.sheet.effort", "fact/jobs"),
        2: (takes, "model/components.sheet.effort", "fact/jobs"),
        3: (f"option/invoicing/3/{takes}", "model/components.suite.effort", "fact/jobs"),
    }
    for figure in ledger:
        prefix = "/".join(figure.name.split("/")[:3]) + "/"
        if figure.name.startswith("option/"):
            refs = [ref for line in figure.derivation for ref in line.refs]
            assert [ref for ref in refs if ref in ledger and not ref.startswith(prefix)] == []
    assert ledger["option/invoicing/2/verdict/relieved"].derivation[0].refs == (
        "option/invoicing/2/people/hours",
    )


def test_a_figure_comes_once_and_one_that_an_option_does_not_have_says_so() -> None:
    """Both figures of latency are made from the same budgets of steps."""
    more = "  soon: {measure: latency/invoice/mean, at_most: 1 h}\n  late: {measure: latency/invoice/p95, at_most: 1 h}\n"
    more += "  aside: {measure: latency/aside/mean, at_most: 1 h}\n"
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("needs:\n", f"needs:\n{more}")
    text = text.replace("\nflows:\n", "\nflows:\n  aside: {steps: [{call: sheet.write}]}\n", 1)
    model = loads(
        text.replace("remove: [components.sheet]", "remove: [components.sheet, needs.aside, flows.aside]")
    )
    found = list(option_figures(Context(model, CATALOG, Ledger(model.digest))))
    names = [figure.name for figure in found]
    assert sorted(set(names)) == sorted(names)
    reasons = {figure.name: figure.reason for figure in found if figure.reason.startswith("not with this")}
    assert list(reasons) == ["option/invoicing/3/latency/aside/mean"]
    assert [name for name in names if name.startswith("option/invoicing/2/budget/")] != []


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
