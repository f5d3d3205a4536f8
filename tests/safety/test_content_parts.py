"""Guards on content: several of them, asked less than once a run, and what passes them in which direction, by hand."""

from __future__ import annotations

import pytest
from safety_reading import context
from test_supervision import BLOCKED, MONTH, guard
from test_threats import DESK

from groma.analyses import figure
from groma.analyses.content import blocking, shares

RATE = 10 / 60
JUDGE = BLOCKED.replace("rejects: 9 %", "takes: 2 s, steps: [{call: spare.judge}], rejects: 9 %").replace(
    "spare: {kind: llm, supplier: other, place: here, offers: {say: {work: 1 s}}}",
    "spare: {kind: llm, supplier: other, place: here, offers: {judge: {work: 3 s, price: 0.01 EUR}, say: {work: 1 s}}}",
)
SAY = next(line for line in JUDGE.splitlines(keepends=True) if "call: bot.say" in line)
HALF = (
    "      - choose:\n          - share: 50 %\n            steps:\n              "
    + SAY.strip()
    + "\n          - {share: 50 %, steps: []}\n"
)


def value(body: str, measure: str) -> float | None:
    return figure(context(body), f"content/care/{measure}").value


@pytest.mark.parametrize(("steps", "asked"), [(SAY, 1.0), (HALF, 0.5)])
def test_a_guard_that_is_asked_by_every_other_run_takes_half(steps: str, asked: float) -> None:
    body = JUDGE.replace(SAY, steps)
    assert value(body, "takes") == pytest.approx(asked * (2 + 3))
    assert value(body, "cost") == pytest.approx(asked * RATE * MONTH * 0.01)
    assert value(body, "turned_down") == pytest.approx(asked * RATE * 0.09)


def test_guards_of_a_flow_add_up() -> None:
    """A second one is asked about the 91 % that the first lets through, and both judge."""
    first = "{name: wording, blocks: [promises], takes: 2 s, steps: [{call: spare.judge}], rejects: 9 %,"
    second = "{name: tone, blocks: [insults], takes: 1 s, steps: [{call: spare.judge}], rejects: 4 %}, "
    assert first in JUDGE
    body = JUDGE.replace(first, second + first)
    assert value(body, "takes") == pytest.approx(4 + 0.96 * 5)
    assert value(body, "cost") == pytest.approx(1.96 * RATE * MONTH * 0.01)
    found = figure(context(body), "content/care/turned_down")  # what they miss isn't asked for here
    assert (found.value, found.missing) == (pytest.approx(RATE * (0.04 + 0.96 * 0.09)), ())
    assert [(line.text, line.value) for line in found.derivation] == [
        ("tone, asked a run", "1"), ("tone, of 100", "4"), ("wording, asked a run", "0.96"), ("wording, of 100", "9"),
    ]  # fmt: skip
    assert figure(context(body), "content/care/let_through").missing == (
        "flows.care.steps.2.guard tone.misses: state the share of bad results that it lets through",
        "flows.care.steps.2.guard tone.false_alarms: state the share of good ones that it turns down",
    )


@pytest.mark.parametrize(
    ("what", "unit", "method"),
    [
        ("turned_down", "1/s", "shares of what is asked"),
        ("let_through", "1/s", "prevalence from what a test of known quality says (Rogan and Gladen 1978)"),
        ("people", "h/month", "prevalence from what a test of known quality says (Rogan and Gladen 1978)"),
        ("takes", "s", "sum over the guards"),
        ("cost", "EUR/month", "sum over the guards"),
    ],
)
def test_units_and_methods(what: str, unit: str, method: str) -> None:
    found = figure(context(JUDGE), f"content/care/{what}")
    assert (found.unit, found.method) == (unit, method)
    assert any("work of the checks alone" in each for each in found.valid) is (what == "takes")
    assert any(line.text == "wording, of 100" for line in found.derivation) is (
        what in ("turned_down", "let_through")
    )


def test_ends_of_what_is_turned_down() -> None:
    ranged = BLOCKED.replace("rejects: 9 %", "rejects: {value: 9 %, known: 0 % .. 20 %}")
    found = figure(context(ranged), "content/care/turned_down")
    assert (found.low, found.high) == (0.0, pytest.approx(RATE * 0.2))
    assert found.derivation[1].value == "0 to 20"
    unknown = figure(context(BLOCKED.replace("rejects: 9 %", "rejects: unknown")), "content/care/turned_down")
    assert (unknown.low, unknown.value, unknown.high) == (None, None, None)


def test_all_bad_and_only_false_alarms_are_possible() -> None:
    """Of all that is bad a tenth is caught, so a tenth turned down may be all of it; 5 % may be false alarms alone."""
    everything = shares(guard("10 %", "90 %", "5 %"))
    assert everything is not None and everything.let_through.value == pytest.approx(0.9)
    nothing = shares(guard("5 %", "20 %", "5 %"))
    assert nothing is not None and nothing.let_through.value == 0.0
    assert shares(guard("4.9 %", "20 %", "5 %")) is None is shares(guard("10.1 %", "90 %", "5 %"))


def test_what_is_done_instead_and_whether_it_is_asked_for_again() -> None:
    def then(body: str) -> list[tuple[str, bool]]:
        return [
            ("fails" if each.then is None else " ".join(step.path for step in each.then), each.again)
            for each in blocking(context(body))
        ]

    assert then(BLOCKED) == [("flows.care.steps.2.fallback.1 flows.care.steps.2.fallback.2", False)]
    assert then(BLOCKED.replace("guard: [", "retry: {times: 1, on: [rejected]}, guard: [")) == [
        ("flows.care.steps.2.fallback.1 flows.care.steps.2.fallback.2", True)
    ]
    assert then(BLOCKED.replace("guard: [", "retry: {times: 1, on: [timeout]}, guard: [")) == [
        ("flows.care.steps.2.fallback.1 flows.care.steps.2.fallback.2", False)
    ]
    # in a fallback the same fallback doesn't stand in once more
    inside = DESK.replace(
        "{call: bot.say}", "{call: bot.say, fallback: [{call: spare.say, guard: [{name: w, blocks: [x]}]}]}"
    )
    assert then(inside) == [("fails", False)]


def test_which_guards_block_is_told() -> None:
    found = figure(context(BLOCKED), "unblocked/promises@out")
    assert found.title == "Ways past what blocks promises (out)"
    assert found.derivation[0].value == "wording"
    other = figure(context(BLOCKED), "unblocked/insults")
    assert (other.title, other.derivation[0].value) == ("Ways past what blocks insults", "none")


def test_a_guard_on_a_models_words_blocks_on_the_way_out_even_where_nothing_goes_out() -> None:
    quiet = BLOCKED.replace("reaches_out: true, ", "")
    assert figure(context(quiet), "unblocked/promises").value == 0.0


SCREEN = "{call: crm.find, guard: [{name: screen, blocks: [insults]}]}"


@pytest.mark.parametrize(
    ("steps", "ways"),
    [
        (["{call: crm.find}", "{call: bot.say}"], 1),
        ([SCREEN, "{call: bot.say}"], 0),
        (
            [SCREEN, "{call: bot.say}", "{call: bot.say}"],
            0,
        ),  # what a model says in between brings nothing new
        ([SCREEN, "{call: crm.find}", "{call: bot.say}"], 1),  # what is read afterwards nobody has seen
    ],
)
def test_what_comes_in_has_to_be_screened_since(steps: list[str], ways: int) -> None:
    body = DESK.replace("found: orders.id", "found: case.text").replace(
        "      - {call: crm.find}\n      - {call: bot.say}\n", "".join(f"      - {s}\n" for s in steps)
    )
    assert figure(context(body), "unblocked/insults@in").value == ways
