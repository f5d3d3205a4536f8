"""Who is needed, by intervals worked by hand and on models."""

from __future__ import annotations

import pytest

from groma.catalog import load_catalog
from groma.survey.staffing import kinds_of
from survey.surveyed import surveyed
from survey.test_verdict import TIDY


@pytest.mark.parametrize(
    ("low", "high", "kinds"),
    [
        (0, 0, ("for a project",)),
        (6, 82, ("for a project",)),
        (100, 160, ("for a project",)),
        (100, 161, ("for a project", "fractional")),
        (160, 200, ("fractional",)),
        (200, 250, ("fractional",)),
        (200, 400, ("fractional", "full-time")),
        (288, 900, ("full-time",)),
        (10, 900, ("for a project", "fractional", "full-time")),
    ],
)
def test_an_interval_names_every_engagement_that_it_spans(
    low: float, high: float, kinds: tuple[str, ...]
) -> None:
    assert kinds_of(low, high) == kinds


def test_nobody_where_nothing_matters_and_an_engineer_where_one_thing_does() -> None:
    nothing = surveyed(TIDY.replace("MINUTES", "10 min")).staffing
    assert nothing is not None
    assert (nothing.word, nothing.roles, nothing.cost) == ("nobody yet", (), None)
    one = surveyed(TIDY.replace("MINUTES", "90 min"))
    assert one.staffing is not None
    assert one.staffing.word == "an engineer"
    hours = [one.ledger[each.hours] for each in one.found]
    told = [one.ledger[ref] for _, ref in one.staffing.roles]
    assert sum(figure.high or 0 for figure in told) <= sum(figure.high or 0 for figure in hours)


def test_an_architect_gets_a_stated_share_of_what_has_to_be_decided_together() -> None:
    from pathlib import Path

    from groma import api

    example = Path(__file__).parents[2] / "examples" / "eight-people"
    found = api.survey(example)
    assert found.verdict.word == "an architecture"
    assert found.staffing is not None
    assert found.staffing.word == "an architect, for a project"
    day = found.ledger["survey/threshold/day/money"]
    from groma.survey.verdict import matters

    joined = [e for e in found.found if e.cause.structural and matters(e, found.ledger, day.name)]
    figure = found.ledger["survey/staffing/architect"]
    assert figure.low == pytest.approx(sum(found.ledger[e.hours].low or 0 for e in joined) * 0.15)
    assert figure.high == pytest.approx(sum(found.ledger[e.hours].high or 0 for e in joined) * 0.35)
    paid = found.ledger["survey/staffing/cost"]
    assert paid.low and paid.high and 50 < paid.high / (figure.high or 1) < 250


def test_the_table_of_roles_gives_each_of_five_roles_something_of_its_own() -> None:
    rows = load_catalog().entries("ai-roles")
    assert {row.text("does") for row in rows} == {
        "AI systems architect", "machine-learning engineer", "data scientist", "software engineer", "solutions architect",
    }  # fmt: skip
    assert all(row.text("does") != row.text("with") for row in rows)
