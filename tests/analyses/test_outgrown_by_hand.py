"""What more load does to a bill and to a part, from figures written by hand."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses.outgrown import bill_after, saturating_load
from groma.model.figure import Figure, Ledger

TEXT = """
growth: {value: 20 %, known: 10 % .. 30 %}
components: {a: {kind: s, offers: {x: {}}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}, g: {steps: [{call: a.x}]}}
"""


def written(text: str, *figures: tuple[str, float | None, float | None, float | None]) -> Ledger:
    ledger = Ledger(context(text).model.digest)
    for name, low, value, high in figures:
        ledger.write(Figure(name, name, "EUR/month", value, low, high))
    return ledger


MONTH = ("cost/month", 100.0, 200.0, 300.0)
FLOW, OTHER = ("cost/flow/f", 10.0, 20.0, 30.0), ("cost/flow/g", 1.0, 2.0, 3.0)


def test_what_runs_spend_grows_and_what_stands_does_not() -> None:
    """Two years of 10, 20 and 30 % more: 21, 44 and 69 % of what flows spend come on top."""
    made = bill_after(context(TEXT).model, written(TEXT, MONTH, FLOW, OTHER), 2)
    assert made is not None
    assert (made.low, made.value, made.high) == pytest.approx(
        (100 + 11 * 0.21, 200 + 22 * 0.44, 300 + 33 * 0.69)
    )
    assert made.title == "Bill of a month after 2 years of growth"
    assert made.inputs == ("cost/month", "cost/flow/f", "cost/flow/g")
    open_ = bill_after(context(TEXT).model, written(TEXT, MONTH, ("cost/flow/f", 10.0, None, 30.0)), 1)
    assert open_ is not None and open_.title.endswith("after 1 year of growth")
    assert (open_.low, open_.value, open_.high) == (pytest.approx(101), None, pytest.approx(309))


@pytest.mark.parametrize(
    "figures",
    [
        (FLOW,),
        (("cost/month", None, None, 300.0), FLOW),
        (("cost/month", 100.0, None, None), FLOW),
        (MONTH,),
        (MONTH, ("cost/flow/f", 0.0, 0.0, 0.0)),
        (MONTH, ("cost/flow/f", 10.0, None, None)),
        (MONTH, ("cost/flow/f", None, None, 10.0)),
    ],
)
def test_a_bill_that_is_not_known_on_both_sides_is_not_grown(
    figures: tuple[tuple[str, float | None, float | None, float | None], ...],
) -> None:
    assert bill_after(context(TEXT).model, written(TEXT, *figures), 1) is None
    still = TEXT.partition("components")[2]
    assert bill_after(context("components" + still).model, written(TEXT, MONTH, FLOW), 1) is None


@pytest.mark.parametrize(
    ("busy", "times"),
    [
        ((0.2, 0.25, 0.5), (2.0, 4.0, 5.0)),
        ((0.2, None, 0.5), (2.0, None, 5.0)),
        ((None, None, 0.5), (2.0, None, None)),
        ((0.0, 0.0, 0.0), None),
        ((0.2, None, None), None),
    ],
)
def test_a_part_saturates_at_one_over_its_utilisation(
    busy: tuple[float | None, float | None, float | None],
    times: tuple[float | None, float | None, float | None] | None,
) -> None:
    made = saturating_load(context(TEXT).model, written(TEXT, ("utilisation/a", *busy)), "a")
    assert (None if made is None else (made.low, made.value, made.high)) == times
    closed = TEXT.replace("{rate: 1/s}", "{population: 5, think: 1 s}")
    assert saturating_load(context(closed).model, written(TEXT, ("utilisation/a", *busy)), "a") is None
