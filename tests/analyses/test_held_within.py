"""What is asked for while it is held: nothing is claimed of it, and the simulation comes to a standstill."""

from __future__ import annotations

import pytest

from analyses.given import CATALOG, context
from groma.analyses import assess, figure
from groma.analyses.held_within import held_within, may_stand_still, standing_still
from groma.model.load import loads

TEXT = """
components:
  lines: {{kind: pool, threads: {units}}}
  app:
    kind: service
    threads: {units}
    offers: {{get: {{work: 300 ms, steps: [{{call: mid.pass}}]}}, put: {{work: 1 s}}}}
  mid: {{kind: service, offers: {{pass: {{work: 300 ms, steps: [{{call: app.put}}]}}}}}}
flows:
  main: {{starts: {{rate: 0.4/s}}, steps: [{steps}]}}
"""
TWICE = "{hold: lines, steps: [{wait: 500 ms}, {hold: lines, steps: [{wait: 500 ms}]}]}"
BOUNDED = "{hold: lines, steps: [{wait: 500 ms}, {hold: lines, timeout: 2 s, steps: [{wait: 500 ms}]}]}"


def text(steps: str, units: int = 2) -> str:
    return TEXT.format(steps=steps, units=units)


@pytest.mark.compiled
@pytest.mark.parametrize(("steps", "part"), [(TWICE, "lines"), ("{call: app.get}", "app")])
@pytest.mark.parametrize("units", [1, 2, 3])
def test_nothing_is_claimed_of_what_may_stand_still_and_the_simulation_finds_no_steady_state(
    steps: str, part: str, units: int
) -> None:
    ledger = assess(loads("groma: 1\nsystem: t\ncurrency: EUR" + text(steps, units)), CATALOG)
    for name in (
        "success/main",
        "latency/main/p95",
        "latency/main/mean",
        f"utilisation/{part}",
    ):
        shown = ledger[name]
        assert shown.status == "not shown" and shown.reason.endswith("for ever"), name
        assert shown.second is None
    for name in ("saturation/main", f"throughput/{part}"):
        assert figure(context(text(steps, units)), name).status == "not shown"


@pytest.mark.compiled
def test_a_time_limit_around_the_wait_lets_all_go_on_within_the_ends() -> None:
    ledger = assess(loads("groma: 1\nsystem: t\ncurrency: EUR" + text(BOUNDED)), CATALOG)
    for name in ("success/main", "latency/main/p95", "utilisation/lines"):
        assert ledger[name].second is not None and not ledger[name].disputed, name


def test_what_lies_behind_is_used_at_most_and_perhaps_never() -> None:
    shown = figure(context(text("{call: app.get}")), "throughput/mid")
    assert shown.low == 0.0 and shown.high == pytest.approx(0.4) and shown.value is None


def test_how_many_runs_are_enough() -> None:
    """Habermann's condition: with d units a run and n runs, n (d - 1) < c units never stand still."""
    deep = "{hold: lines, steps: [" + TWICE + "]}"
    for units in range(1, 9):
        for steps, depth in ((TWICE, 2), (deep, 3)):
            (found,) = held_within(context(text(steps, units)))
            assert found.depth == depth and found.units == units
            runs = next(n for n in range(1, 99) if n * (depth - 1) >= units)
            assert found.enough == runs
    assert set(standing_still(context(text(deep)))) == {"components.lines"}
    assert held_within(context(text(BOUNDED))) == ()


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (
            TWICE,
            ("lines is asked for at flows.main.steps.1.steps.2 while flows.main.steps.1", "2 runs at once"),
        ),
        ("{call: app.get}", ("app is asked for at components.mid.offers.pass.steps.1",)),
        (BOUNDED, ()),
    ],
)
def test_it_is_told_of_a_model_alone(steps: str, words: tuple[str, ...]) -> None:
    told = may_stand_still(loads("groma: 1\nsystem: t\ncurrency: EUR" + text(steps)), CATALOG)
    assert len(told) == bool(words)
    assert all(word in each for each in told for word in words)


@pytest.mark.compiled
@pytest.mark.parametrize("places", [0, 1])
def test_who_is_turned_away_gives_back_what_it_holds(places: int) -> None:
    """Two units and one place to wait: of two that hold one each, the second to ask again is turned away."""
    few = text(TWICE).replace("threads: 2}", f"threads: 2, queue: {places}}}")
    ledger = assess(loads("groma: 1\nsystem: t\ncurrency: EUR" + few), CATALOG)
    for name in ("success/main", "utilisation/lines"):
        assert ledger[name].second is not None and not ledger[name].disputed, name
    assert held_within(context(few.replace(f"queue: {places}", "queue: 2"))) != ()
