"""Shares of runs that end well, and what figures of reliability say in words: by hand."""

from __future__ import annotations

import pytest

from analyses.given import context
from analyses.test_reliability import plant
from groma.analyses import Context, figure, reliability
from groma.analyses.reliability import standard
from groma.analyses.success import numbers


def program(steps: str) -> Context:
    return context(
        "components:\n"
        "  a: {kind: s, offers: {f: {work: 100 ms, fails: 10 %}, g: {}}}\n"
        "  b: {kind: s, offers: {f: {}}}\n"
        f"flows: {{m: {{starts: {{rate: 1/min}}, steps: {steps}}}}}\n"
    )


@pytest.mark.parametrize(
    ("steps", "ends", "missing", "told"),
    [
        ("[{call: a.f}, {call: a.g}]", (0.9, 0.9, 0.9), False, [("step 1 ends ok (else failed)", "90 %")]),
        (
            "[{call: a.f}, {call: b.f, timeout: 1 s}]",
            (0.0, None, 0.9),
            True,
            [("step 1 ends ok (else failed)", "90 %"), ("step 2 ends ok (else timeout)", "0 .. 100 %")],
        ),
        (
            "[{call: b.f, timeout: 1 s, fallback: [{call: a.f}]}]",
            (0.9, None, 1.0),
            True,
            [("step 1 ends ok (else failed)", "90 .. 100 %")],
        ),
        ("[{call: b.f, timeout: 1 s}]", (None, None, None), True, []),
        ("[{call: b.f}]", (1.0, 1.0, 1.0), False, []),
    ],
)
def test_a_time_that_nobody_states_leaves_what_it_may_do(
    steps: str,
    ends: tuple[float | None, float | None, float | None],
    missing: bool,
    told: list[tuple[str, str]],
) -> None:
    """A tenth of the calls of `a` fails; one of `b` takes nobody knows how long, which matters with a limit only."""
    c = program(steps)
    found = figure(c, "success/m")
    assert (found.low, found.value, found.high) == numbers(c, "success/m") == pytest.approx(ends)
    assert found.missing == (("components.b.offers.f.work",) if missing else ())
    assert [(line.text, line.value) for line in found.derivation] == told


def test_a_step_takes_at_least_what_is_known_of_its_time() -> None:
    """A tenth of a second, and nobody knows how much more; of the other nothing is known at all."""
    c = program("[{steps: [{call: a.g, fallback: []}, {wait: 100 ms}, {call: b.f}]}, {call: b.f}]")
    found = [figure(c, f"budget/m/flows.m.steps.{n}/mean") for n in (1, 2)]
    assert [(f.low, f.value, f.high) for f in found] == [
        (pytest.approx(0.1, rel=1e-2), None, None),
        (None,) * 3,
    ]


def test_success_up_to_a_mark_is_titled_so() -> None:
    c = program("[{call: a.f}, {mark: seen}, {call: a.f}]")
    whole, seen = figure(c, "success/m"), figure(c, "success/m@seen")
    assert (whole.value, seen.value) == pytest.approx((0.81, 0.9))
    assert (whole.title, seen.title) == ("Success of m", "Success of m up to seen")


def test_how_often_is_asked_of_parts_that_matter() -> None:
    """Not of a part that never fails, nor of one whose failure changes nothing, since its fallback is up or needed."""
    for text, asked in (
        (plant(), "abcd"),
        (plant(a=100), "bcd"),
        (plant().replace("availability: 95 %", "availability: 100 %"), "ab"),
        (plant().replace("fallback: [{call: d.x}]", "fallback: [{call: a.x}]"), "ab"),  # `a` is needed anyway
    ):
        found = figure(context(text), "outages/f")
        assert (found.value, found.reason) == (None, "a fact that it needs is missing")
        assert {line.split(".")[1] for line in found.missing} == set(asked)
    assert figure(context(plant()), "importance/f/components.a/raw").reason == ""


def test_a_cut_set_of_one_and_of_two_is_said_in_its_number() -> None:
    c = context(plant())
    assert figure(c, "cutset/f/components.a").title == "Share of the time that components.a is down"
    pair = figure(c, "cutset/f/components.c+components.d")
    assert pair.title == "Share of the time that components.c and components.d are down together"
    assert pair.value == pytest.approx(0.1 * 0.05)


def test_every_ledger_holds_the_heaviest_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Down a hundredth of the time, `a` stops all runs; `b` a quarter of them, and `c` those while `d` is down."""
    monkeypatch.setattr(reliability, "MOST_PARTS", 1)
    names = {each.name for each in standard(context(plant()), "f")}
    kept = {name.split("/")[2] for name in names if name.startswith(("importance/", "spends/"))}
    assert kept == {"components.a"}
    assert {"cutset/f/components.b", "error_budget/f", "cutsets/f/all"} <= names
