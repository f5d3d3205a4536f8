"""Uses while choices are open, each with what has to be chosen for it; and what a use says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyses.given import HEAD, context, on
from groma.analyses.context import Context
from groma.analyses.interval import Interval, point
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.visits.counts import Use, checks, expected, sure, uses
from groma.analyses.visits.least import LeastVisits
from groma.model.elements import Alternative
from groma.model.load import loads
from groma.model.program import Open, Step

TEXT = """
components:
  a: {kind: s, offers: {f: {work: 0 s, fails: 20 %}, g: {work: 0 s}}}
  b: {kind: s, offers: {f: {work: 0 s}}}
  one: {kind: s, offers: {f: {work: 0 s, fails: 20 %, steps: [{call: inner.f}]}}}
  two: {kind: s, offers: {f: {work: 0 s, steps: [{call: a.g}, {call: inner.f}]}}}
  three: {kind: s, offers: {g: {work: 0 s}}}
  inner_one: {kind: s, offers: {f: {work: 0 s}}}
  inner_two: {kind: s, offers: {f: {work: 0 s, steps: [{call: b.f}]}}}
  big: {kind: s, offers: {f: {work: 0 s}}}
  small: {kind: s, offers: {f: {work: 0 s}}}
  part: {kind: s, offers: {f: {work: 0 s}}}
  inner: {kind: s, offers: {f: {work: 0 s}}}
  other: {kind: s, offers: {f: {work: 0 s}}}
  mirror: {kind: s, offers: {f: {work: 0 s}}}
flows: {main: {starts: {rate: 1/s}, steps: [STEPS]}}
"""
STANDS = {
    "part": (("which", "z", "three"), ("which", "x", "one"), ("which", "y", "two")),
    "mirror": (("which", "z", "big"), ("which", "x", "big"), ("which", "y", "a")),
    "inner": (("which", "x", "inner_one"), ("which", "y", "inner_two")),
    "other": (("size", "l", "big"), ("size", "s", "small")),
}
Line = tuple[str, float, float | None, float, str]
"""Kind and name, weight, and what it hangs on."""


def still_open(steps: str) -> Context:
    """`part` and `inner` hang on one choice, `other` on another."""
    model = loads(HEAD + TEXT.replace("STEPS", steps))
    alternatives = {
        name: tuple(
            Alternative(role=role, variant=variant, component=replace(model.components[stands], name=name))
            for role, variant, stands in ways
        )
        for name, ways in STANDS.items()
    }
    kept = {name: component for name, component in model.components.items() if name in ("a", "b")}
    return on(replace(model, components=kept, alternatives=alternatives))


def lines(found: tuple[Use, ...]) -> list[Line]:
    return [
        (
            f"{use.kind} {use.name}", use.weight.low, use.weight.value, use.weight.high,
            " ".join(f"{role}={variant}" for role, variant in use.when),
        )
        for use in found
    ]  # fmt: skip


CALLED = [
    ("call part", 1, 1, 1, "which=x"),
    ("call inner", 1, 1, 1, "which=x"),
    ("call part", 1, 1, 1, "which=y"),
    ("call a", 1, 1, 1, "which=y"),
    ("call inner", 1, 1, 1, "which=y"),
    ("call b", 1, 1, 1, "which=y"),
    ("call a", 0.8, None, 1, ""),
    ("call other", 0.8, None, 1, "size=l"),
    ("call other", 0.8, None, 1, "size=s"),
]


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        ({}, CALLED),
        ({"which": frozenset("xy")}, CALLED),
        ({"size": "l"}, [*CALLED[:7], ("call other", 0.8, None, 1, "")]),
        ({"which": "x"}, [(n, w, w, w, s) for n, w, s in [
            ("call part", 1, ""), ("call inner", 1, ""), ("call a", 0.8, ""),
            ("call other", 0.8, "size=l"), ("call other", 0.8, "size=s"),
        ]]),
        ({"which": "y", "size": "s"}, [(n, w, w, w, "") for n, w in [
            ("call part", 1), ("call a", 1), ("call inner", 1), ("call b", 1), ("call a", 1), ("call other", 1),
        ]]),
    ],
)  # fmt: skip
def test_each_use_says_under_which_choices_it_happens(
    left: dict[str, str | frozenset[str]], kept: list[Line]
) -> None:
    c = still_open("{call: part.f}, {call: a.g}, {call: other.f}").with_partial(left)
    assert lines(uses(c, "main")) == [
        (n, pytest.approx(a), v if v is None else pytest.approx(v), z, s) for n, a, v, z, s in kept
    ]


def test_what_one_choice_does_in_two_places_is_taken_together() -> None:
    """Either the one or the other fails in a fifth of the runs that come to it, whichever way the choice is made: so
    a tenth at the most ends what runs beside, where the worst of each would be a fifth."""
    either = "{choose: [{share: 50 %, steps: [{call: part.f}]}, {share: 50 %, steps: [{call: mirror.f}]}]}"
    c = still_open(f"{{parallel: [[{either}], [{{wait: 1 ms}}, {{call: other.f}}]]}}").with_partial(
        {"which": frozenset("xy"), "size": "l"}
    )
    (beside,) = [use for use in uses(c, "main") if use.name == "other"]
    assert (beside.weight.low, beside.weight.value, beside.weight.high) == pytest.approx((0.9, None, 1))
    outcomes = queues_on(c, time_grid(c, rows=2), "bound").outcomes
    least = LeastVisits(c, outcomes, "uses", lambda use: (use.name, 1.0)).flow("main")
    assert least["other"][0] == pytest.approx(0.9)


def test_open_steps_and_what_is_chosen_inside_them() -> None:
    """Each alternative counts whole under its own choice; one that can't be under the choice around it isn't there."""
    c = still_open("{call: a.f}, {call: part.f}, {hold: other, steps: []}, {call: a.g}")
    main = c.model.flows["main"]
    first, part, held, last = main.steps
    nested = Step(Open("which", (("x", (part,)), ("y", (held,)), ("z", (first, part)))), main.at, "open")
    c = on(replace(c.model, flows={"main": replace(main, steps=(nested, last))}))
    expected_lines = [
        ("call part", 1, 1, 1, "which=x"),
        ("call inner", 1, 1, 1, "which=x"),
        ("hold other", 1, 1, 1, "which=y size=l"),
        ("hold other", 1, 1, 1, "which=y size=s"),
        ("call a", 1, 1, 1, "which=z"),
    ]
    found = uses(c, "main")
    assert lines(found)[:5] == expected_lines and len(found) == 6
    assert found[2].roles == {"which", "size"} and found[-1].roles == frozenset()
    assert lines(uses(c.with_partial({"which": frozenset("xz")}), "main"))[:3] == [
        *expected_lines[:2], expected_lines[4],
    ]  # fmt: skip
    assert lines(uses(c.with_partial({"which": "y"}), "main"))[:2] == [
        ("hold other", 1, 1, 1, "size=l"), ("hold other", 1, 1, 1, "size=s"),
    ]  # fmt: skip


def test_what_hangs_on_a_choice_may_not_be_there_at_all() -> None:
    c = still_open("{call: a.g, guard: [{name: x}]}, {call: a.f, guard: [{name: y}]}")
    main = c.model.flows["main"]
    first, second = main.steps
    c = on(
        replace(
            c.model,
            flows={
                "main": replace(
                    main, steps=(Step(Open("size", (("l", (first,)), ("s", ()))), main.at, "o"), second)
                )
            },
        )
    )
    assert checks(c, "main") == {
        (first.path, 1): Interval(0, None, 1),
        (second.path, 1): Interval(0.8, None, 0.8),
    }
    assert checks(c.with_partial({"size": "l"}), "main")[first.path, 1] == point(1)
    hanging, standing = uses(c, "main")
    assert sure(hanging, Interval(2, 3, 4)) == Interval(0, None, 4)
    assert sure(standing, Interval(2, 3, 4)) == Interval(2, 3, 4)


TURN = "{call: m.g, sizes: {in: 1}, context: {past: 1 tokens, grows: {past: 10 tokens}}}"
GROWING = """
components:
  m: {kind: model, offers: {g: {work: 1 s, per: {in: 0 s}}}}
  a: {kind: s, offers: {g: {steps: [TURN]}}}
flows: {main: {starts: {rate: 0.01/s}, steps: [STEPS]}}
""".replace("TURN", TURN)
LATE = "{choose: [{share: 25 %, steps: [{wait: 60 s}]}, {share: 75 %, steps: []}]}"


@pytest.mark.parametrize(
    ("steps", "rounds"),
    [
        (f"{{repeat: {{times: 3, steps: [{TURN}]}}}}", (1, 1, 1)),  # none, one and two went before
        (f"{{repeat: {{times: 3, steps: [{TURN}, {LATE}]}}, timeout: 10 s}}", (0, None, 1)),
        (
            f"{{repeat: {{times: 3, steps: [{TURN}, {LATE.replace('25', '0.01').replace('75', '99.99')}]}},"
            " timeout: 10 s}",
            (0, 1, 1),
        ),
        (
            f"{{repeat: {{times: 3, steps: [{{call: a.g}}, {TURN.replace('grows: {past: 10 tokens}', '')}]}}}}",
            (0, 0, 0),
        ),
        (f"{{repeat: {{times: 3, steps: [{{call: a.g}}, {TURN}]}}}}", (0, 0, 0)),
        (TURN, (0, 0, 0)),
    ],
)
def test_rounds_that_went_before_a_call_whose_input_grows(
    steps: str, rounds: tuple[float, float | None, float]
) -> None:
    """Only the first call of the model is asked; what it calls, or is called by others, starts anew."""
    found = [use for use in uses(context(GROWING.replace("STEPS", steps)), "main") if use.name == "m"]
    earlier = found[0].earlier.rounds
    assert (earlier.low, earlier.value, earlier.high) == pytest.approx(rounds)


def test_only_calls_whose_own_input_grows_have_rounds_before_them() -> None:
    steps = f"{{repeat: {{times: 3, steps: [{TURN}, {{call: a.g}}, {{call: m.g, sizes: {{in: 1}}}}]}}}}"
    found = uses(context(GROWING.replace("STEPS", steps)), "main")
    assert [(use.name, use.earlier.rounds.high) for use in found] == [("m", 1), ("a", 0), ("m", 0), ("m", 0)]


def test_what_a_use_says_of_itself() -> None:
    text = "people: {ana: {role: clerk}}" + TEXT.replace(
        "STEPS",
        "{call: a.g, sizes: {rows: 3}}, {send: b.f, sizes: {rows: 4}}, {ask: ana, takes: 1 s}, {call: a.f}",
    )
    c = context(text)
    called, sent, asked, last = uses(c, "main")
    assert [dict(use.sizes.amounts).keys() for use in (called, sent, asked)] == [{"rows"}, {"rows"}, set()]
    assert [use.station for use in (called, sent, asked)] == ["components.a", "components.b", "people.ana"]
    assert [(use.sure, use.once, use.cut) for use in (called, asked)] == 2 * [(False, False, 0.0)]
    assert asked.offered == asked.weight and last.roles == frozenset()
    assert expected(uses(c, "main"), "a") == point(2) and expected((), "a") == point(0)
