"""Where data come to, way by way, and what is sure of it while something is open: by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyses.given import context, on, opened
from groma.analyses import bounds
from groma.analyses.context import Context
from groma.analyses.residency import outside, stays
from groma.model.program import Open, Step

TEXT = """
places: {fra: {in: DE}, oslo: {in: NO}, us: {in: US}}
people: {ana: {place: fra}, bob: {place: us}}
components:
  a: {kind: s, place: fra, offers: {x: {}}}
  b: {kind: s, place: us, offers: {x: {}}}
  keep: {kind: cache, place: oslo}
  saver: {kind: backup, place: us, copies: {note: {every: 1 h}}}
data:
  c: {class: personal}
  note: {class: internal}
flows:
  f: {starts: {rate: 1/s}, FLOW}
"""


def given(flow: str) -> Context:
    return context(TEXT.replace("FLOW", flow))


def holders(c: Context, data_class: str = "personal") -> set[str]:
    return {stay.holder for stay in stays(c, data_class)}


@pytest.mark.parametrize(
    ("flow", "reached"),
    [
        ("by: b, carries: c, steps: [{call: a.x}]", {"components.a", "components.b"}),
        ("by: b, steps: [{call: a.x, carries: c}]", {"components.a"}),
        ("by: bob, carries: c, steps: [{call: a.x}]", {"components.a"}),
        ("carries: c, steps: [{call: a.x}]", {"components.a"}),
        ("steps: [{call: a.x, carries: c, cache: {hits: 50 %, component: keep}}]",
         {"components.a", "components.keep"}),
        ("steps: [{call: a.x, carries: c, cache: {hits: 50 %}}]", {"components.a"}),
        ("steps: [{call: a.x, cache: {hits: 50 %, component: keep}}]", set()),
        ("steps: [{ask: ana, takes: 1 s, carries: c}]", {"people.ana"}),
        ("steps: [{ask: ana, takes: 1 s}, {call: a.x, carries: note}]", set()),
    ],
)  # fmt: skip
def test_data_come_where_a_step_hands_them_on(flow: str, reached: set[str]) -> None:
    """A component that starts a flow has what the flow carries, a cache what it keeps; a person had it."""
    assert holders(given(flow)) == reached


def test_people_are_where_they_work_and_copies_hold_what_they_are_of() -> None:
    c = given("steps: [{ask: ana, takes: 1 s, carries: c}]")
    assert [(s.place, s.jurisdiction) for s in stays(c, "personal")] == [("fra", "DE")]
    assert holders(c, "internal") == {"components.saver"}


def chosen(c: Context) -> Context:
    """The flow with its first two steps as two ways of an open choice; what follows them stays."""
    flow = c.model.flows["f"]
    one, two, *rest = flow.steps
    choice = Step(Open("way", (("one", (one,)), ("two", (two,)))), flow.at, "flows.f.steps.open")
    return on(replace(c.model, flows={"f": replace(flow, steps=(choice, *rest))}))


def test_with_an_open_step_only_what_follows_is_sure() -> None:
    c = chosen(given("carries: c, steps: [{call: a.x}, {call: b.x}, {ask: ana, takes: 1 s}]"))
    assert {s.holder: s.certain for s in stays(c, "personal")} == {
        "components.a": False, "components.b": False, "people.ana": True
    }  # fmt: skip
    assert bounds(c, "residency/personal") == (1.0, 2.0)
    taken = c.with_partial({"way": "two"})
    assert {s.holder: s.certain for s in stays(taken, "personal")} == {
        "components.b": True, "people.ana": True
    }  # fmt: skip
    assert bounds(taken, "residency/personal") == (2.0, 2.0)


def test_a_place_that_is_not_known_may_be_anywhere() -> None:
    c = context(
        TEXT.replace("place: us, offers", "offers").replace("FLOW", "carries: c, steps: [{call: b.x}]")
    )
    assert bounds(c, "residency/personal") == (0.0, float("inf"))


CARRIED = """
places: {fra: {in: DE}, us: {in: US}}
components:
  db: {kind: db, runs_on: host}
  host: {kind: host}
  one: {kind: host, place: us}
  two: {kind: host, place: fra}
  HOLDER
data: {c: {class: personal, held_by: HELD}}
"""


def test_what_runs_on_something_open_is_where_that_will_stand() -> None:
    """Maybe outside while it may still stand inside."""
    text = CARRIED.replace("  HOLDER\n", "").replace("HELD", "db")
    c = opened(text, "host", "r", one="one", two="two")
    assert [s.certain for s in stays(c, "personal")] == [False, False]
    assert [len(part) for part in outside(c, "personal", ("EU",))] == [0, 1]
    taken = c.with_partial({"r": "one"})
    assert [(s.place, s.certain) for s in stays(taken, "personal")] == [("us", True)]
    assert [len(part) for part in outside(taken, "personal", ("EU",))] == [1, 0]


def test_with_places_inside_and_outside_the_one_outside_is_sure_and_the_unknown_is_not() -> None:
    """Of a component in two places; of an open one whose alternatives are outside or nobody knows where."""
    both = CARRIED.replace("HOLDER", "app: {kind: s, place: [fra, us]}").replace("HELD", "app")
    assert [[s.place for s in part] for part in outside(context(both), "personal", ("EU",))] == [["us"], []]
    text = "components: {b: {kind: s}, x: {kind: s, place: us}, y: {kind: s}}\nplaces: {us: {in: US}}\n"
    c = opened(f"{text}data: {{c: {{class: personal, held_by: b}}}}\n", "b", "r", x="x", y="y")
    assert [[s.place for s in part] for part in outside(c, "personal", ("EU",))] == [[], ["us", None]]
    far = opened(
        f"{text.replace('y: {kind: s}', 'y: {kind: s, place: us}')}data: {{c: {{class: personal, held_by: b}}}}\n",
        "b", "r", x="x", y="y",
    )  # fmt: skip
    assert [len(part) for part in outside(far, "personal", ("EU",))] == [1, 0]
