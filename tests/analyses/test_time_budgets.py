"""A latency need split over the steps before its mark, and budgets along the longest path, by hand."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses import bounds, figure
from groma.analyses.time_budgets import asked, before

SPLIT = """
needs:
  quick: {measure: latency/main@shown/mean, at_most: 2 s}
  all: {measure: latency/main/mean, at_most: 3 s}
  cheap: {measure: cost/main/run, at_most: 3 EUR}
  slow: {measure: latency/main/mean, at_least: 1 s}
components: {a: {kind: s, offers: {f: {work: 100 ms}, g: {work: 300 ms}}}}
flows:
  main:
    starts: {rate: 1/h}
    steps: [{call: a.f}, {call: a.g}, {steps: [{wait: 100 ms}, {mark: shown}]}, {wait: 500 ms}]
"""


def test_what_a_need_allots_goes_with_the_times_of_the_steps_before_its_mark() -> None:
    """1 : 3 : 1 of two seconds; and 1 : 3 : 1 : 5 of three."""
    c = context(SPLIT)
    assert [need.name for need, _ in asked(c)] == ["quick", "all"]
    steps = c.model.flows["main"].steps
    for need, truth in (("quick", [0.4, 1.2, 0.4]), ("all", [0.3, 0.9, 0.3, 1.5])):
        found = [figure(c, f"allotted/{need}/{step.path}") for step in steps[: len(truth)]]
        assert [each.value for each in found] == pytest.approx(truth, rel=1e-6)
        assert bounds(c, f"allotted/{need}/{steps[0].path}") == pytest.approx((truth[0], truth[0]))
        assert "of what" in found[0].title and need in found[0].title
    with pytest.raises(ValueError, match="no step"):
        figure(c, f"allotted/quick/{steps[3].path}")
    for need in ("cheap", "slow", "none"):
        with pytest.raises(ValueError, match="no latency need"):
            figure(c, f"allotted/{need}/{steps[0].path}")
    assert before(steps, "shown") == steps[:3] and before(steps, None) == steps


@pytest.mark.parametrize("steps", ["[{wait: unknown}, {wait: 1 s}]", "[{wait: 0 s}, {wait: 0 s}]"])
def test_what_takes_no_time_or_any_is_allotted_nothing(steps: str) -> None:
    c = context(
        f"needs: {{quick: {{measure: latency/main/mean, at_most: 2 s}}}}\n"
        f"flows: {{main: {{starts: {{rate: 1/h}}, steps: {steps}}}}}\n"
    )
    found = figure(c, f"allotted/quick/{c.model.flows['main'].steps[1].path}")
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.reason == "not all of its steps' times are known"


@pytest.mark.parametrize(
    ("steps", "seconds", "known"),
    [
        ("{wait: 1 s, budget: 2 s}, {wait: 1 s, budget: 3 s}", 5, True),
        ("{wait: 1 s, budget: 2 s}, {mark: shown}", 2, True),
        ("{steps: [{wait: 1 s, budget: 2 s}, {wait: 1 s, budget: 3 s}]}, {wait: 1 s, budget: 1 s}", 6, True),
        ("{steps: [{wait: 1 s, budget: 2 s}], budget: 9 s}", 9, True),
        ("{repeat: {times: 2, at_most: 4, steps: [{wait: 1 s, budget: 2 s}]}}", 8, True),
        ("{repeat: {times: 2, steps: [{wait: 1 s, budget: 2 s}]}}", 2, False),
        ("{parallel: [[{wait: 1 s, budget: 2 s}], [{wait: 1 s, budget: 3 s}]]}", 3, True),
        ("{parallel: [[{wait: 1 s, budget: 2 s}], [{wait: 1 s}]], join: any}", 0, False),
        ("{parallel: [[{wait: 1 s, budget: 5 s}], [{wait: 1 s, budget: 3 s}]], join: any}", 3, True),
        ("{choose: [{share: 50 %, steps: [{wait: 1 s, budget: 2 s}]}, {share: 50 %, steps: []}]}", 2, True),
        ("{wait: 1 s, budget: 2 s, fallback: [{wait: 9 s, budget: 9 s}]}", 2, True),
        ("{steps: [{wait: 1 s, budget: 2 s}], fallback: [{wait: 9 s, budget: 9 s}]}", 2, True),
        ("{do: other}, {wait: 1 s, budget: 2 s}", 9, True),
        ("{wait: 1 s}, {wait: 1 s, budget: 2 s}", 2, False),
        ("{choose: [{share: 50 %, steps: [{wait: 1 s, budget: 2 s}]}, {share: 50 %, steps: [{wait: 1 s}]}]}", 2, False),
    ],
)  # fmt: skip
def test_budgets_along_the_longest_path(steps: str, seconds: float, known: bool) -> None:
    """One after the other added, the largest of alternatives, times a loop's bound; no less where some state none."""
    c = context(
        "needs: {quick: {measure: latency/main/mean, at_most: 20 s}}\n"
        f"flows:\n  main: {{starts: {{rate: 1/h}}, steps: [{steps}]}}\n"
        "  other: {steps: [{wait: 1 s, budget: 7 s}]}\n"
    )
    found = figure(c, "budgeted/quick")
    assert found.low == seconds
    assert (found.value, found.high) == ((seconds,) * 2 if known else (None, None))
    assert bool(found.missing) is not known
    if "{wait: 1 s}, {wait: 1 s, b" in steps:
        assert len(found.missing) == 1 and found.missing[0].startswith("flows.main.steps.1.budget")
    if seconds == 9 and "other" in steps:
        assert [line.text for line in found.derivation] == ["flows.main.steps.2"]
