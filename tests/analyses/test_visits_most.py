"""The most a run comes to each station, counted by hand: all visits, those that come anyway, and tries of one."""

from __future__ import annotations

import pytest

from analyses.given import HEAD, on, opened
from groma.analyses.context import Context
from groma.analyses.visits.most import MostVisits
from groma.model.elements import Model
from groma.model.load import loads
from groma.model.program import Open, Step

TEXT = """
people: {ana: {role: clerk}}
components:
  a: {kind: s, offers: {f: {work: 1 s}, g: {work: 1 s, steps: [{call: b.f}, {call: b.f}]}}}
  b: {kind: s, offers: {f: {work: 1 s}}}
  pool: {kind: pool, threads: 2}
flows:
  main: {by: ana, starts: {rate: 1/h}, steps: [STEP]}
  rest: {steps: [{call: a.g}]}
  own: {by: b, steps: [{call: a.f}]}
"""
Counts = dict[str, float]


def counts(c: Context) -> tuple[Counts, Counts, Counts]:
    """All, calm and tries, by short names of stations."""
    return (
        _short(MostVisits(c).flow("main")),
        _short(MostVisits(c, "calm").flow("main")),
        _short(MostVisits(c, "tries").flow("main")),
    )


def _short(times: object) -> Counts:
    assert isinstance(times, dict)
    return {name.partition(".")[2]: count for name, count in times.items()}


@pytest.mark.parametrize(
    ("step", "every", "calm", "tries"),
    [
        ("{call: a.f}, {call: a.f}", {"a": 2}, {"a": 2}, {"a": 1}),
        ("{call: a.g}", {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1, "b": 1}),
        ("{send: a.g}", {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1, "b": 1}),
        (
            "{choose: [{share: 10 %, steps: [{call: a.f}]}, {share: 90 %, steps: [{call: a.g}, {call: a.f}]}]}",
            {"a": 2, "b": 2},
            {"a": 2, "b": 2},
            {"a": 1, "b": 1},
        ),
        (
            "{parallel: [[{call: a.f}], [{call: a.g}], [{ask: ana, takes: 1 s}]]}",
            {"a": 2, "b": 2, "ana": 1},
            {"a": 2, "b": 2, "ana": 1},
            {"a": 1, "b": 1, "ana": 1},
        ),
        ("{hold: pool, steps: [{call: b.f}]}", {"pool": 1, "b": 1}, {"pool": 1, "b": 1}, {"pool": 1, "b": 1}),
        ("{do: rest}, {do: own}", {"a": 2, "b": 2}, {"a": 2, "b": 2}, {"a": 1, "b": 1}),
        ("{steps: [{call: b.f}, {wait: 1 s}, {mark: m}, {stop: ok}]}", {"b": 1}, {"b": 1}, {"b": 1}),
        ("{fail: failed}", {}, {}, {}),
        ("{repeat: {times: 3, at_most: 2, steps: [{call: b.f}]}}", {"b": 2}, {"b": 2}, {"b": 1}),
        ("{repeat: {times: 2, at_most: 3, steps: [{call: b.f}]}}", {"b": 2}, {"b": 2}, {"b": 1}),
        ("{repeat: {until: 50 %, at_most: 4, steps: [{call: b.f}]}}", {"b": 4}, {"b": 4}, {"b": 1}),
        (
            "{choose: [{share: 50 %, steps: [{repeat: {times: 0, steps: [{call: b.f}]}}]}, {share: 50 %, steps: []}]}",
            {"b": 0},
            {"b": 0},
            {"b": 1},
        ),
        ("{repeat: {times: 'uniform(1, 2.6)', steps: [{call: b.f}]}}", {"b": 3}, {"b": 3}, {"b": 1}),
        ("{repeat: {times: 'uniform(1, 2.4)', steps: [{call: b.f}]}}", {"b": 2}, {"b": 2}, {"b": 1}),
        ("{repeat: {until: 50 %, steps: [{call: b.f}]}}", {"b": 1e9}, {"b": 1e9}, {"b": 1}),
        ("{repeat: {times: 2 ± 1, steps: [{call: b.f}]}}", {"b": 1e9}, {"b": 1e9}, {"b": 1}),
        ("{call: b.f, cache: {hits: 99 %}, retry: 1}", {"b": 2}, {"b": 2}, {"b": 1}),
        (
            "{call: b.f, retry: 2, guard: [{name: x, steps: [{call: a.f}]}, {name: y, steps: [{call: a.f}]}]}",
            {"b": 3, "a": 6},
            {"b": 3, "a": 6},
            {"b": 1, "a": 1},
        ),
        ("{call: b.f, hedge: {after: 1 s, at_most: 3}}", {"b": 4}, {"b": 1}, {"b": 4}),
        ("{call: b.f, hedge: {after: 1 s}, retry: 2}", {"b": 6}, {"b": 3}, {"b": 2}),
        ("{call: b.f, hedge: {after: 1 s}, retry: 2, timeout: 1 s}", {"b": 6}, {"b": 1}, {"b": 6}),
        (
            "{call: b.f, retry: 1, fallback: [{call: a.f}], compensate: [{ask: ana, takes: 1 s}]}",
            {"b": 2, "a": 1, "ana": 1},
            {"b": 2, "a": 1, "ana": 1},
            {"b": 1, "a": 1, "ana": 1},
        ),
        ("{call: b.f, timeout: 1 s, fallback: [{call: a.f}]}", {"b": 1, "a": 1}, {"b": 1}, {"b": 1, "a": 1}),
        (
            "{call: b.f, deadline: 1 s, compensate: [{call: a.f}]}",
            {"b": 1, "a": 1},
            {"b": 1},
            {"b": 1, "a": 1},
        ),
    ],
)
def test_the_most_visits_are_counted_by_hand(step: str, every: Counts, calm: Counts, tries: Counts) -> None:
    assert counts(on(loads(HEAD + TEXT.replace("STEP", step)))) == (every, calm, tries)


def test_every_place_where_something_is_asked_for_is_noted_with_whoever_asks() -> None:
    steps = "{call: a.g}, {send: b.f}, {hold: pool, steps: [{do: rest}]}, {do: own}, {ask: ana, takes: 1 s}"
    visits = MostVisits(on(loads(HEAD + TEXT.replace("STEP", steps))))
    visits.flow("main")
    found = {
        station: sorted((u.kind, u.name, u.operation, u.caller or "") for u in uses.values())
        for station, uses in visits.uses.items()
    }
    assert found == {
        "components.a": [("call", "a", "f", "b"), ("call", "a", "g", "ana"), ("call", "a", "g", "ana")],
        "components.b": [("call", "b", "f", "a"), ("call", "b", "f", "a"), ("send", "b", "f", "ana")],
        "components.pool": [("hold", "pool", "", "ana")],
        "people.ana": [("ask", "ana", "", "ana")],
    }
    components = visits.context.model.components
    for station, uses in visits.uses.items():
        place, _, name = station.partition(".")
        for use in uses.values():
            assert use.component is (components[name] if place == "components" else None)
            assert (use.weight.low, use.weight.value) == (0.0, None)


def test_an_open_part_is_the_one_that_calls_most_and_each_that_may_stand_there_is_noted() -> None:
    text = TEXT.replace("STEP", "{call: part.f}, {hold: part, steps: []}").replace(
        "  pool",
        "  one: {kind: s, offers: {f: {work: 1 s, steps: [{call: b.f}]}}}\n"
        "  two: {kind: s, offers: {f: {work: 1 s, steps: [{call: a.f}, {call: a.f}]}}}\n"
        "  three: {kind: s, offers: {h: {work: 1 s}}}\n"
        "  part: {kind: s, offers: {f: {work: 1 s}}}\n  pool",
    )
    c = opened(text, "part", "which", first="one", second="two", third="three")
    visits = MostVisits(c)
    assert _short(visits.flow("main")) == {"part": 2, "b": 1, "a": 2}
    noted = [
        (u.kind, list(u.component.offers)) for u in visits.uses["components.part"].values() if u.component
    ]
    assert sorted(noted) == [
        ("call", ["f"]), ("call", ["f"]), ("hold", ["f"]), ("hold", ["f"]), ("hold", ["h"]),
    ]  # fmt: skip
    narrowed = MostVisits(c.with_partial({"which": "first"}))
    assert _short(narrowed.flow("main")) == {"part": 2, "b": 1}


def test_an_open_step_is_the_alternative_that_calls_most() -> None:
    """Station by station: 2 of `a` in one, 1 of `a` and 2 of `b` in the other."""
    model: Model = loads(HEAD + TEXT.replace("STEP", "{steps: [{call: a.f}, {call: a.f}]}, {call: a.g}"))
    flow = model.flows["main"]
    first, second = flow.steps
    choice = Open("which", (("x", (first,)), ("y", (second,))))
    open_step = Step(choice, first.at, first.path)
    object.__setattr__(flow, "steps", (open_step,))
    c = on(model)
    assert counts(c) == ({"a": 2, "b": 2}, {"a": 2, "b": 2}, {"a": 1, "b": 1})
    assert _short(MostVisits(c.with_partial({"which": "y"})).flow("main")) == {"a": 1, "b": 2}
