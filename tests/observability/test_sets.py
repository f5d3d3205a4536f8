"""Stated data sets of evaluation: what their cases tell against binomial sums and runs drawn at random, their age, the
plan that names them, the command that takes them, and what is said of mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats  # pyright: ignore

from analyses.given import context
from groma.analyses import figure
from groma.analyses.needs import results
from groma.cli.main import main
from groma.documents.content import Table, walk
from groma.documents.deliverables.observability import write
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.model.load import loads
from groma.model.position import ModelError
from groma.rules import run

DESK = """
date: 2026-10
people: {ana: {title: Ana}, ben: {title: Ben}}
needs: {right: {measure: quality/writer/approved, at_least: 85 %}}
components:
  writer: {kind: llm, title: Writer, qualities: {approved: 92 %}, offers: {write: {work: 1 s, fails: 1 %}}}
flows: {answer: {starts: {rate: 4/h}, steps: [{call: writer.write, timeout: 5 s}]}}
evaluations:
  golden:
    title: Golden answers
    judges: [components.writer.write, flows.answer]
    metric: approved
    threshold: 90 %
    cases: CASES
    tells: 6 %
    source: mails of June
    drawn: 2026-06-15
    lives: 180 d
    every: 7 d
    labelled_by: [ana, ben]
    agreement: 74 %
    owner: ana
"""


def desk(cases: int = 250) -> str:
    return DESK.replace("CASES", str(cases))


def power(cases: int, threshold: float, drop: float) -> float:
    """The chance of too many failures, by the binomial law of failures added up."""
    law = stats.binom(cases, 1 - threshold)
    needed = next(n for n in range(cases + 2) if law.sf(n - 1) <= 0.05)
    return float(stats.binom(cases, 1 - threshold + drop).sf(needed - 1))


def test_cases_that_tell_a_drop_are_the_least_with_that_power() -> None:
    needed = figure(context(desk()), "evaluated/golden/needed").value
    assert needed is not None
    n = int(needed)
    assert power(n, 0.9, 0.06) >= 0.8 > power(n - 1, 0.9, 0.06)
    # the normal approximation of textbooks (Fleiss, Levin and Paik 2003, 2.3) says fewer: it knows no whole cases
    assert figure(context(desk()), "evaluated/golden/needed").method == "exact one-sided binomial test"
    assert figure(context(desk()), "evaluated/golden/age").method == "arithmetic"
    rough = ((1.645 * (0.1 * 0.9) ** 0.5 + 0.8416 * (0.16 * 0.84) ** 0.5) / 0.06) ** 2
    assert n == pytest.approx(rough, rel=0.25)


def test_the_least_drop_is_told_in_four_of_five_runs_drawn_at_random() -> None:
    drop = figure(context(desk(250)), "evaluated/golden/tells").value
    assert drop is not None
    rng = np.random.default_rng(11)
    limit = next(n for n in range(251) if stats.binom(250, 0.1).sf(n - 1) <= 0.05)
    told = (rng.binomial(250, 0.1 + drop, 40_000) >= limit).mean()
    assert told == pytest.approx(0.8, abs=0.01)
    by_chance = (rng.binomial(250, 0.1, 40_000) >= limit).mean()
    assert by_chance <= 0.055


def test_how_long_a_drop_lasts_against_runs_drawn_at_random() -> None:
    found = figure(context(desk(250)), "evaluated/golden/told_after").value
    assert found is not None
    rng = np.random.default_rng(3)
    waits = rng.random(100_000) + rng.geometric(power(250, 0.9, 0.06), 100_000) - 1
    assert found == pytest.approx(float(waits.mean()) * 7 * 86400, rel=0.01)
    alarms = figure(context(desk(250)), "evaluated/golden/false_alarms")
    assert (alarms.low, alarms.value, alarms.high) == pytest.approx((0.0,) + (0.05 / (7 * 86400),) * 2)


def test_age_is_known_as_well_as_its_dates() -> None:
    age = figure(context(desk()), "evaluated/golden/age")
    assert (age.low, age.high) == (108 * 86400.0, 138 * 86400.0)  # 1 and 31 October after 15 June
    exact = figure(context(desk().replace("date: 2026-10", "date: 2026-10-13")), "evaluated/golden/age")
    assert exact.value == 120 * 86400.0
    end = desk().replace("date: 2026-10", "date: 2026-12").replace("2026-06-15", "2026-12")
    assert (
        figure(context(end), "evaluated/golden/age").high == 30 * 86400.0
    )  # drawn on the 1st, asked on the 31st


def test_what_isnt_stated_is_missing_not_guessed() -> None:
    c = context(desk().replace("    threshold: 90 %\n", "").replace("    every: 7 d\n", ""))
    assert figure(c, "evaluated/golden/needed").missing == (
        "evaluations.golden.threshold: state the least that is good enough",
    )
    assert figure(c, "evaluated/golden/tells").value is None
    assert (
        figure(c, "evaluated/golden/tells").reason
        == "what it hangs on isn't stated, or no number of cases does"
    )
    assert figure(context(desk()), "evaluated/golden/tells").reason == ""
    assert figure(c, "evaluated/golden/told_after").value is None


def test_rules_read_the_sets() -> None:
    c = context(desk(120).replace("lives: 180 d", "lives: 90 d").replace("    owner: ana\n", ""))
    found = {f.rule: f for f in run(c.model, c.ledger) if f.rule.startswith("evaluation-")}
    assert set(found) == {"evaluation-too-small", "evaluation-stale", "evaluation-without-owner"}
    assert "120 cases, 213 needed" in found["evaluation-too-small"].evidence[0].text
    good = context(desk())
    assert not [f for f in run(good.model, good.ledger) if f.rule.startswith("evaluation-")]


def test_a_set_can_be_asked_for_what_it_must_tell() -> None:
    text = desk().replace("needs: {", "needs: {sharp: {measure: evaluated/golden/tells, at_most: 3 %}, ")
    assert {r.need: r.verdict for r in results(context(text))}["sharp"] == "missed"


def cells(body: str) -> str:
    c = context(body)
    made = write(Subject(c.model, Quoter(c.ledger), run(c.model, c.ledger)))
    assert made is not None
    tables = [b for b in walk(made.sections) if isinstance(b, Table)]
    return "\n".join(" | ".join(plain(cell) for cell in row.cells) for table in tables for row in table.rows)


def test_the_plan_names_the_sets_and_whether_they_do() -> None:
    text = cells(desk())
    assert "Golden answers | Writer: write, answer: approved, at least 90 % | 250 | 213 | " in text
    assert "every 7 d" in text
    assert "agreeing 74 % beyond chance | Ana" in text
    assert "Golden answers, 250 cases: enough" in text
    assert "Golden answers, 60 cases: too few" in cells(desk(60))
    assert "Golden answers" not in cells(desk().partition("evaluations:")[0])


MISTAKES = [
    ("judges: [components.writer.write, flows.answer]", "judges: components.writer.wrte",
     "`components.writer.wrte`; did you mean `components.writer.write`?"),
    ("judges: [components.writer.write, flows.answer]", "judges: people.ana",
     "expected a component, an operation or a"),
    ("tells: 6 %", "tells: 95 %", "a drop lies between 0 and the threshold `90 %`, found `95 %`"),
    ("owner: ana", "owner: anna", "anna"),
    ("cases: 250", "cases: 0", "cases"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES)
def test_mistakes_are_told_with_their_place(right: str, wrong: str, said: str) -> None:
    body = "groma: 1\nsystem: t\ncurrency: EUR\n" + desk()
    assert right in body
    with pytest.raises(ModelError) as error:
        loads(body.replace(right, wrong))
    (problem,) = error.value.problems
    assert said in problem.message
    assert problem.position.line > 3


def test_the_command_takes_metric_and_target_from_the_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "model.yaml"
    model.write_text("groma: 1\nsystem: t\ncurrency: EUR\n" + desk(), encoding="utf-8")
    data = tmp_path / "golden.jsonl"
    data.write_text(
        "\n".join(json.dumps({"verdict": v}) for v in ["yes"] * 70 + ["no"] * 30), encoding="utf-8"
    )
    status = main(["evaluate", str(data), "--model", str(model), "--set", "golden"])
    said = capsys.readouterr()
    assert status == 1  # 70 of 100 against 90 %
    assert "approved" in said.out
    assert "has 100 cases; the model states 250 for golden" in said.out + said.err
    assert main(["evaluate", str(data), "--model", str(model), "--set", "goldn"]) == 2
    assert "did you mean `golden`?" in capsys.readouterr().err
    assert main(["evaluate", str(data), "--set", "golden"]) == 2
