"""Approvals, standing amounts and kept outcomes while choices of the design are open, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyses.given import context, on, opened, operation
from groma.analyses import Context, bounds, figure
from groma.analyses.context import Recent
from groma.analyses.interval import NOTHING_KNOWN, ZERO, Interval, greatest, point
from groma.analyses.standing import standing
from groma.model.program import Open
from groma.model.quantity import Quantity

PAYING = """
people: {ana: {}}
components: {a: {kind: s, offers: {x: {effect: once, impact: pay}, y: {effect: once, impact: pay}, z: {}}}}
flows:
  f: {starts: {rate: 1/s}, steps: [STEPS]}
  one: {steps: [ONE]}
  two: {steps: [TWO]}
"""
ASK = "{ask: ana, approves: [pay]}"


def choosing(steps: str, one: str, two: str) -> Context:
    """The second step of a flow is open: the steps of one flow or those of another."""
    model = context(PAYING.replace("STEPS", steps).replace("ONE", one).replace("TWO", two)).model
    f = model.flows["f"]
    inside = tuple((name, model.flows[name].steps) for name in ("one", "two"))
    chosen = (f.steps[0], replace(f.steps[1], action=Open("r", inside)), *f.steps[2:])
    return on(replace(model, flows={"f": replace(f, steps=chosen)}))


@pytest.mark.parametrize(
    ("one", "two", "ends"),
    [
        (ASK, "{call: a.z}", (0.0, 1.0)),
        ("{call: a.z}", ASK, (0.0, 1.0)),
        (ASK, ASK, (0.0, 0.0)),
        ("{call: a.z}", "{call: a.z}", (1.0, 1.0)),
        ("{call: a.y}", ASK, (0.0, 2.0)),
        ("{call: a.y}", "{call: a.z}", (1.0, 2.0)),
        ("{call: a.y}", "{stop: ok}", (0.0, 2.0)),
        ("{stop: ok}", "{fail: failed}", (0.0, 0.0)),
    ],
)
def test_effects_without_approval_of_the_best_and_the_worst_choice(
    one: str, two: str, ends: tuple[float, float]
) -> None:
    """Counted: calls that pay before anybody said yes. The last one pays, the open step before it may ask or pay."""
    found = bounds(choosing("{call: a.z}, {call: a.z}, {call: a.x}", one, two), "approval/pay")
    assert (found[0] > 0, found[1] > 0) == (ends[0] > 0, ends[1] > 0)
    assert found == ends


def test_the_best_choice_inside_an_operation_need_not_stop() -> None:
    """What one alternative ends without approval doesn't tell against the other, which asks."""
    made = choosing("{call: a.z}, {call: a.z}", ASK, "{stop: ok}").model
    model = context(PAYING.partition("  one:")[0].replace("STEPS", "{call: a.z}, {call: a.x}")).model
    part = model.components["a"]
    inside = replace(part.offers["z"], steps=(made.flows["f"].steps[1],))
    changed = replace(part, offers={**part.offers, "z": inside})
    found = on(replace(model, components={**model.components, "a": changed}))
    assert bounds(found, "approval/pay") == (0.0, 1.0)


@pytest.mark.parametrize(
    ("times", "words"), [("uniform(2, 4)", "always"), ("uniform(0, 4)", "not always"), ("2", "always")]
)
def test_a_loop_that_surely_runs_asks(times: str, words: str) -> None:
    steps = f'{{repeat: {{times: "{times}", steps: [{ASK}]}}}}, {{call: a.x}}'
    text = PAYING.partition("  one:")[0].replace("STEPS", steps)
    assert figure(context(text), "approval/pay").words == words


def test_a_flow_that_starts_by_itself_asks_by_itself() -> None:
    """What the flow around it asks is asked for its own runs alone."""
    text = PAYING.partition("  one:")[0].replace("STEPS", f"{ASK}, {{do: g}}")
    assert figure(context(text + "  g: {steps: [{call: a.x}]}\n"), "approval/pay").words == "always"
    alone = text + "  g: {starts: {rate: 1/s}, steps: [{call: a.x}]}\n"
    assert figure(context(alone), "approval/pay").words == "not always"


def test_what_stands_under_an_open_name() -> None:
    """5 or 7 while both can still stand there; nothing at all where a third variant brings no such part."""
    text = """
components:
  b: {kind: s, offers: {x: {}}}
  here: {kind: s, offers: {x: {work: 5 s}}}
  there: {kind: s, offers: {x: {work: 7 s}}}
flows: {f: {steps: [{call: b.x}]}}
"""
    made = opened(text, "b", "r", here="here", there="there")

    def amount(left: dict[str, str | frozenset[str]]) -> tuple[float, float | None, float]:
        (line,) = standing(
            made.with_partial(left), lambda c: point(5.0 if c.offers["x"].work.mean == 5 else 7.0)
        )  # pyright: ignore
        return line.low, line.value, line.high

    assert amount({}) == (0.0, None, 7.0)
    assert amount({"r": frozenset({"here", "there"})}) == (5.0, None, 7.0)
    assert amount({"r": frozenset({"here", "none"})}) == (0.0, None, 5.0)
    assert amount({"r": "here"}) == (5.0, 5.0, 5.0)
    assert amount({"r": "none"}) == (0.0, 0.0, 0.0)


def test_outcomes_that_are_asked_for_stay() -> None:
    kept = Recent(2)
    for key in ("a", "b"):
        kept.put(key, key.upper())
    assert kept.get("a") == "A"
    kept.put("c", "C")  # `b` wasn't asked for longest
    assert list(kept) == ["a", "c"] and kept.get("b") is None
    after = kept.following()
    assert (list(after), after.get("a"), after.get("b"), list(after)) == ([], "A", None, ["a"])


def test_nothing_times_what_is_not_known_is_nothing() -> None:
    assert ZERO * NOTHING_KNOWN == NOTHING_KNOWN * ZERO == ZERO
    assert Interval(0.0, 0.0, 2.0) * NOTHING_KNOWN == NOTHING_KNOWN


@pytest.mark.parametrize(
    ("stated", "most"),
    [
        ("2 s", 2.0),
        ("{value: 2 s, known: 1 s .. 5 s}", 5.0),
        ("uniform(1 s, 3 s)", 3.0),
        ('{value: "uniform(1 s, 3 s)", known: 1 s .. 4 s}', 6.0),  # the law grows with its mean, 2 s to 4 s
        ("0 s", 0.0),
    ],
)
def test_the_greatest_of_a_quantity(stated: str, most: float) -> None:
    work = operation(f"work: {stated}" if stated.startswith("{") else f'work: "{stated}"').work
    assert isinstance(work, Quantity) and greatest(work) == pytest.approx(most)
