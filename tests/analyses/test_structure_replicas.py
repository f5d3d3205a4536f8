"""Replicas, what carries them and what they share: closed forms, states by hand, and the multiple Greek letters."""

from __future__ import annotations

import itertools
import math

import pytest

from analyses.given import context, opened
from analyses.test_crews import chain, text
from groma.analyses import bounds, figure
from groma.analyses.availability import figures as availability
from groma.analyses.availability.figures import read
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.single_points import single_points as alone
from groma.analyses.structure.parts import at_least, both, either
from groma.analyses.structure.redundancy import role_empty, role_filled
from groma.analyses.structure.weakness import likeliest_sets, single_points
from groma.solvers.faulttrees import ALWAYS, NEVER, And, AtLeast, Event, Or

FLOW = "flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}\n"


def up(c: Context, subject: str = "f") -> Interval:
    return availability.solve(c, subject).up


def held(p: float, n: int, m: int) -> float:
    """At least m of n independent ones are up."""
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(m, n + 1))


def test_formulas_of_known_parts_are_what_is_left_of_them() -> None:
    x, y, z = Event("x"), Event("y"), Event("z")
    assert both() == both(ALWAYS) == either(x, ALWAYS) == at_least(0, (x, y)) == ALWAYS
    assert either() == either(NEVER) == both(x, NEVER) == at_least(3, (x, y)) == NEVER
    assert both(x) is both(x, ALWAYS) is either(x) is either(NEVER, x) is at_least(1, (x,)) is x
    assert at_least(1, (ALWAYS, x)) == at_least(-1, ()) == ALWAYS and at_least(1, ()) == NEVER
    for found in (both(x, ALWAYS, y), at_least(2, (x, y)), at_least(3, (x, ALWAYS, y))):
        assert isinstance(found, And) and found.parts == (x, y)
    for found in (either(x, NEVER, y), at_least(1, (x, y, NEVER)), at_least(2, (ALWAYS, x, y))):
        assert isinstance(found, Or) and found.parts == (x, y)
    for found in (at_least(2, (x, y, z)), at_least(3, (x, ALWAYS, y, NEVER, z))):
        assert isinstance(found, AtLeast) and (found.k, found.parts) == (2, (x, y, z))


# --- crews -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "beside", "known"),
    [
        ("", "", True),
        (", place: b", "", True),
        (", place: [b, b, b]", "", True),
        (", place: [b, c]", "", False),
        (", runs_on: host", "host: {kind: host, fails: {availability: 99 %}}", True),
        (", runs_on: host", "host: {kind: host, replicas: 2, enough: 1, fails: {availability: 99 %}}", True),
        (", runs_on: host", "host: {kind: host, replicas: 3, fails: {availability: 99 %}}", False),
        ("", "on: {kind: s, replicas: 2, runs_on: db, fails: {availability: 99 %}}", True),
        ("", "on: {kind: s, runs_on: db, fails: {availability: 99 %}}", True),
        ("", "on: {kind: s, replicas: 2, fails: {availability: 99 %}}", True),
        ("", "on: {kind: s, replicas: 2, runs_on: other, fails: {availability: 99 %}}, other: {kind: host}", True),
    ],
)  # fmt: skip
def test_only_how_many_are_up_counts_unless_one_stands_on_something_of_its_own(
    more: str, beside: str, known: bool
) -> None:
    """Then the chain of two of three with one crew is the answer, times what carries all of them."""
    c = context(
        text(more=more)
        .replace("b: {}", "b: {}, c: {}")
        .replace("flows:", f"  # beside\n{_lines(beside)}flows:")
    )
    carried = 1.0 if "host" not in more else 0.99 if "replicas" not in beside else 1 - 0.01**2
    found = up(c)
    if known:
        assert found.value == pytest.approx((1 - chain(3, 2, 1, 1 / 100, 1 / 20)[0]) * carried, rel=1e-9)
    else:
        assert found.value is None and found.low < found.high


def _lines(components: str) -> str:
    """Components in a flow mapping, as lines."""
    parts = components.replace("}}, other", "}}\n  other").replace("}, other", "}\n  other")
    return f"  {parts}\n" if components else ""


def test_replicas_that_stand_apart_have_a_crew_each_at_best_and_a_share_of_one_at_worst() -> None:
    """Two crews for three: repairs of 20 h take 30 h at the most, as if each had two thirds of a crew."""
    c = context(text(crews=2, more=", place: [b, c, d]").replace("b: {}", "b: {}, c: {}, d: {}"))
    assert (up(c).low, up(c).value, up(c).high) == (
        pytest.approx(held(100 / 130, 3, 2)), None, pytest.approx(held(100 / 120, 3, 2)),
    )  # fmt: skip
    ranged = "repaired_in: {value: 20 h, known: 0 s .. 40 h}"
    wide = up(context(text(crews=2, more=", place: [b, c, d]").replace("b: {}", "b: {}, c: {}, d: {}")
                      .replace("repaired_in: 20 h, crews", f"{ranged}, crews")))  # fmt: skip
    assert (wide.low, wide.high) == (pytest.approx(held(100 / 160, 3, 2)), 1.0)
    enough = text(crews=3, more=", place: [b, c, d]").replace("b: {}", "b: {}, c: {}, d: {}")
    assert up(context(enough)).value == pytest.approx(held(100 / 120, 3, 2))


@pytest.mark.parametrize(("on", "known"), [("other", True), ("db", False)])
def test_one_of_several_is_enough_unless_it_is_stated(on: str, known: bool) -> None:
    """Without a number that is enough, replicas of another part stand on each of them."""
    beside = f"  on: {{kind: s, replicas: 2, runs_on: {on}}}\n  other: {{kind: host, replicas: 2}}\nflows:"
    c = context(text(n=3, m=1).replace("enough: 1, ", "").replace("flows:", beside))
    truth = pytest.approx(1 - chain(3, 1, 1, 1 / 100, 1 / 20)[0], rel=1e-9)
    assert up(c).value == (truth if known else None)


@pytest.mark.parametrize("times", ["every: unknown, repaired_in: 20 h", "every: 100 h, repaired_in: unknown"])
def test_crews_help_nothing_where_a_time_is_not_known(times: str) -> None:
    found = up(context(text().replace("every: 100 h, repaired_in: 20 h", times)))
    assert (found.low, found.value, found.high) == (0.0, None, 1.0)


# --- failing together ------------------------------------------------------------------------------------------------

TOGETHER = (
    """
components:
  a: {kind: s, replicas: N, MOREfails: {every: 1000 h, repaired_in: 5 h}, offers: {x: {}}}
"""
    + FLOW
)
Q = 5 / 1005


def together(n: int, more: str) -> Context:
    return context(TOGETHER.replace("N", str(n)).replace("MORE", f"{more}, "))


def test_causes_are_named_by_the_replicas_that_they_take() -> None:
    def named(n: int, more: str) -> set[str]:
        c = together(n, more)
        return {part.removeprefix("components.a") for part in read(c, "f", True, Evidence(c)).chances}

    assert named(1, "together: [20 %, 50 %]") == {""}
    assert named(2, "together: [20 %, 50 %]") == {"#1", "#2", "#all"}
    assert named(3, "together: 20 %") == {"#1", "#2", "#3", "#all"}
    assert named(3, "together: [20 %, 50 %]") == {"#1", "#2", "#3", "#1+2", "#1+3", "#2+3", "#all"}
    assert named(4, "together: [20 %, 50 %]") == {
        *(f"#{i}" for i in range(1, 5)), *(f"#{i}+{j}" for i, j in itertools.combinations(range(1, 5), 2)), "#all",
    }  # fmt: skip


@pytest.mark.parametrize("n", [3, 4])
def test_each_cause_has_the_share_of_the_greek_letters_at_both_ends_of_what_is_known(n: int) -> None:
    """Beta of the failures take another along, gamma of these a third (and all others): 1 - beta, beta (1 - gamma) over
    the n - 1 pairs, and the rest, each at its own end of 10 to 30 % and of 40 to 60 %."""
    c = together(n, "together: [{value: 20 %, known: 10 % .. 30 %}, {value: 50 %, known: 40 % .. 60 %}]")
    chances = read(c, "f", True, Evidence(c)).chances
    for name, low, value, high in (
        ("#1", 0.7, 0.8, 0.9),
        ("#1+2", 0.1 * 0.4 / (n - 1), 0.2 * 0.5 / (n - 1), 0.3 * 0.6 / (n - 1)),
        ("#all", 0.1 * 0.4, 0.2 * 0.5, 0.3 * 0.6),
    ):
        absent = chances[f"components.a{name}"]
        assert (1 - absent.high, 1 - (absent.value or 0), 1 - absent.low) == pytest.approx(
            (low * Q, value * Q, high * Q)
        )
    inputs = figure(c, "availability/f").inputs
    assert {f"model/components.a.together.{k}" for k in (1, 2)} <= set(inputs)


@pytest.mark.parametrize(
    "more", ["together: unknown", "together: [20 %, unknown]", "together: 20 %, every: unknown"]
)
def test_what_is_shared_is_not_known_where_a_share_or_the_failures_are_not(more: str) -> None:
    written = TOGETHER.replace("N", "3").replace("MORE", f"{more.replace(', every: unknown', '')}, ")
    if "every" in more:
        written = written.replace("every: 1000 h", "every: unknown")
    found = figure(context(written), "availability/f")
    assert found.value is None and found.missing


def test_causes_that_take_several_replicas_are_one_reason_in_the_list_of_what_stands_alone() -> None:
    """Two of three: each pair, and all at once; where each of two is needed, these are two."""
    (point,) = alone(together(3, "enough: 2, together: [20 %, 50 %]"))
    assert (point.element, point.why) == ("components.a", "a common cause takes all replicas")
    (both_needed,) = alone(together(2, "enough: 2"))
    assert both_needed.why == "each of its 2 replicas is needed"


# --- taking over -----------------------------------------------------------------------------------------------------


def role(
    fails: str, more: str = "takeover: 6 min", places: str = ""
) -> tuple[Context, Interval, float | None]:
    c = context(places + TOGETHER.replace("N", "2").replace("fails: {every: 1000 h, repaired_in: 5 h}, ", fails)
                .replace("MORE", f"{more}, "))  # fmt: skip
    filled = role_filled(c, Evidence(c), c.model.components["a"])
    assert filled is not None
    return c, filled, role_empty(c, c.model.components["a"])


FAILS = "fails: {every: 99.9 h, repaired_in: 5 h}, "
ROOM = "places: {room: {fails: {every: 999.9 h, repaired_in: 5 h}}}\n"


@pytest.mark.parametrize(
    ("fails", "more", "places", "filled", "empty"),
    [
        (FAILS, "takeover: 6 min", "", (0.999, 0.999, 0.999), 360.0),
        (FAILS, "takeover: {value: 6 min, known: 0 s .. 1 h}", "", (99.9 / 100.9, 0.999, 1.0), 360.0),
        # Who isn't noticed leaves the role for the repair: 0.1 h of 2 % and 5 h of the rest.
        (FAILS, "takeover: 6 min, noticed: {value: 98 %, known: 90 % .. 100 %}", "",
         (99.9 / (99.9 + 0.59), 99.9 / (99.9 + 0.198), 0.999), 712.8),
        (FAILS, "takeover: 6 min, noticed: unknown", "", (0.0, None, 0.999), None),
        (FAILS, "takeover: unknown", "", (0.0, None, 1.0), None),
        # Each failure of the room under it is one, too: an odd of 1/999 and one of 1/9999.
        (FAILS, "takeover: 6 min, place: room", ROOM, (1 / (1 + 1 / 999 + 1 / 9999),) * 3, 360.0),
        ("fails: {availability: 99 %}, ", "takeover: 6 min, place: room", ROOM, (0.0, None, 0.9999), None),
        ("fails: {every: unknown, repaired_in: 5 h}, ", "takeover: 6 min", "", (0.0, None, 1.0), None),
        ("fails: {every: 1000 h, repaired_in: unknown}, ", "takeover: 6 min", "", (0.0, None, 1.0), None),
        ("", "takeover: 6 min", "", (0.0, None, 1.0), None),
        # A failure a second, of which each takes a second to take over.
        ("fails: {every: 1 s, repaired_in: 1 s}, ", "takeover: 1 s", "", (0.5, 0.5, 0.5), 1.0),
        ("fails: {every: {value: 1 h, known: 0 s .. 2 h}, repaired_in: 1 h}, ", "takeover: 1 h", "",
         (0.0, 0.5, 2 / 3), 3600.0),
    ],
)  # fmt: skip
def test_a_role_is_filled_but_for_the_takeovers(
    fails: str, more: str, places: str, filled: tuple[float, float | None, float], empty: float | None
) -> None:
    """Of the time between two failures and the takeover together, the takeover; odds of several causes add up."""
    c, found, lasts = role(fails, more, places)
    told = (found.low, found.value, found.high)
    assert told == tuple(None if end is None else pytest.approx(end) for end in filled)
    assert lasts == (None if empty is None else pytest.approx(empty))
    if "noticed" in more and empty:
        assert "model/components.a.noticed" in figure(c, "availability/f").inputs


def test_of_replicas_that_stand_on_fewer_ones_some_share_what_is_under_them() -> None:
    """Three on two, of which the first stands on the first of three: what fails under the last reaches none of them."""
    c = context("""
places:
  one: {fails: {every: 100 h, repaired_in: 1 h}}
  two: {fails: {every: 100 h, repaired_in: 1 h}}
  last: {fails: {every: 100 h, repaired_in: 9 h}}
components:
  a: {kind: s, replicas: 3, takeover: 6 min, noticed: 50 %, runs_on: b, offers: {x: {}}}
  b: {kind: host, replicas: 2, runs_on: c}
  c: {kind: host, replicas: 3, place: [one, two, last]}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}
""")
    assert role_empty(c, c.model.components["a"]) == pytest.approx(0.5 * 360 + 0.5 * 3600)


def test_while_it_is_open_what_carries_a_part_its_role_is_empty_for_nobody_knows_how_long() -> None:
    """On two hosts, a replica on each, or on one host that is no part of the role."""
    c = opened(
        """
components:
  a: {kind: s, replicas: 2, takeover: 6 min, runs_on: h, fails: {every: 100 h, repaired_in: 1 h}, offers: {x: {}}}
  h: {kind: host}
  two: {kind: host, replicas: 2, fails: {every: 100 h, repaired_in: 1 h}}
  one: {kind: host, fails: {every: 100 h, repaired_in: 1 h}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}
""",
        "h", "which", two="two", one="one",
    )  # fmt: skip
    a = c.model.components["a"]
    assert role_empty(c, a) is None
    assert [role_empty(c.with_partial({"which": name}), a) for name in ("one", "two")] == pytest.approx(
        [360, 360]
    )


def test_who_has_no_spare_or_says_nothing_of_a_takeover_plays_no_role() -> None:
    for more, n in (("enough: 2, takeover: 6 min", 2), ("enough: 1", 2), ("takeover: 6 min", 1)):
        c = together(n, more)
        assert role_filled(c, Evidence(c), c.model.components["a"]) is None


# --- what carries and feeds ------------------------------------------------------------------------------------------

CARRIED = (
    """
places: {yard: {fails: {every: 98 h, repaired_in: 2 h}}}
suppliers: {firm: {}, other: {fails: {availability: 97 %}}}
components:
  a: {kind: s, MOREfails: {every: 90 h, repaired_in: 10 h}, offers: {x: {}}}
  host: {kind: host, offers: {x: {}}}
  one: {kind: host, ONEfails: {every: 80 h, repaired_in: 20 h}, offers: {x: {}}}
  two: {kind: host, TWOfails: {every: 70 h, repaired_in: 30 h}, offers: {x: {}}}
  sure: {kind: host, fails: {availability: 100 %}}
"""
    + FLOW
)


@pytest.mark.parametrize(
    ("more", "one", "two"),
    [
        ("replicas: 2, runs_on: host, ", "replicas: 2, ", "replicas: 2, "),
        ("replicas: 3, enough: 2, runs_on: host, ", "replicas: 2, ", "replicas: 3, place: yard, "),
        ("replicas: 2, runs_on: host, ", "replicas: 2, ", ""),
        ("replicas: 2, runs_on: host, takeover: 1 h, ", "replicas: 2, ", "replicas: 2, "),
        ("replicas: 2, runs_on: host, takeover: 1 h, ", "replicas: 2, place: yard, ", "replicas: 2, enough: 1, "),
        ("runs_on: host, ", "replicas: 2, ", ""),
        ("depends_on: [host], ", "", "replicas: 2, "),
        ("depends_on: [host], ", "depends_on: [a], ", "supplier: other, "),
        ("depends_on: [host], ", "replicas: 2, enough: 2, ", "replicas: 2, enough: 1, "),
        ("depends_on: [host], ", "replicas: 2, takeover: 1 h, ", "replicas: 2, noticed: 50 %, takeover: 1 s, "),
    ],
)  # fmt: skip
def test_while_it_is_open_what_a_part_needs_its_ends_hold_every_choice(more: str, one: str, two: str) -> None:
    written = CARRIED.replace("MORE", more).replace("ONE", one).replace("TWO", two)
    c = opened(written, "host", "which", one="one", two="two")
    found = up(c)
    assert availability.roles(c, "f") == {"which"} and found.value is None
    for name in ("one", "two"):
        closed = context(written.replace("host, ", f"{name}, ").replace("[host]", f"[{name}]"))
        truth = up(closed).value
        assert truth is not None
        assert up(c.with_partial({"which": name})) == Interval(
            pytest.approx(truth), pytest.approx(truth), pytest.approx(truth)
        )
        assert found.low - 1e-12 <= truth <= found.high + 1e-12


def test_parts_that_need_each_other_while_one_is_open_need_both() -> None:
    """90 % of `a`, and 80 or 70 % of what it needs, which needs it, too."""
    written = CARRIED.replace("MORE", "depends_on: [host], ").replace("ONE", "depends_on: [a], ")
    c = opened(written.replace("TWO", "depends_on: [a], "), "host", "which", one="one", two="two")
    assert (up(c).low, up(c).high) == pytest.approx((0.9 * 0.7, 0.9 * 0.8))
    from_below = CARRIED.replace("call: a.x", "call: host.x").replace("MORE", "depends_on: [host], ")
    from_below = from_below.replace("ONE", "depends_on: [a], ").replace("TWO", "depends_on: [a], ")
    c = opened(from_below, "host", "which", one="one", two="two")
    assert (up(c).low, up(c).high) == pytest.approx((0.9 * 0.7, 0.9 * 0.8))


def test_what_is_left_out_altogether_is_not_needed() -> None:
    written = CARRIED.replace("MORE", "depends_on: [host], ").replace("ONE", "").replace("TWO", "")
    c = opened(written, "host", "which", one="one", two="two").with_partial({"which": "none of them"})
    assert c.candidates("host") == ()
    assert (up(c).low, up(c).high) == pytest.approx((0.9, 0.9))


def test_what_never_fails_and_whom_nobody_says_to_fail_is_no_part() -> None:
    """A supplier, a place and a line of which nothing is said aren't counted, and 100 % is no weakness."""
    written = CARRIED.replace("MORE", "supplier: firm, place: corner, runs_on: sure, depends_on: [one], ")
    written = written.replace("ONE", "").replace("TWO", "").replace("places: {", "places: {corner: {}, ")
    written = written.replace(
        "flows: {f: {", "connections: {line: {from: web, to: a}}\nflows: {f: {by: web, "
    )
    c = context(f"people: {{web: {{role: clerk}}}}\n{written}")
    assert up(c).value == pytest.approx(0.9 * 0.8)
    assert [weak.parts for weak in single_points(c, "f")] == [("components.a",), ("components.one",)]
    listed = likeliest_sets(c, "f")
    assert listed is not None and dict(listed.by_order) == {1: 2}


def test_how_often_is_not_made_of_a_repair_where_the_availability_is_stated() -> None:
    """The repair that is stated may be of one in a hundred outages."""
    c = context(
        "components: {a: {kind: s, fails: {availability: 99 %, repaired_in: 5 h}, offers: {x: {}}}}\n" + FLOW
    )
    often = figure(c, "outages/f")
    assert often.value is None and "how often it fails" in often.missing[0]
    assert bounds(c, "availability/f") == pytest.approx((0.99, 0.99))
