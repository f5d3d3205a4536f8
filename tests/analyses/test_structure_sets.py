"""Sets of parts that stop runs, and bounds of what isn't read exactly: every state of the parts, and by hand."""

from __future__ import annotations

import itertools
import random

import pytest

from analyses.given import context
from analyses.test_availability import HEAD, random_steps, run
from analyses.test_availability import context as whole
from groma.analyses import figure
from groma.analyses.availability.figures import read
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.structure.weakness import likeliest_sets, single_points, weak_sets, weights

Sets = dict[frozenset[str], float | None]
NAMES = "abcd"


def by_state(c: Context, mark: str | None) -> Sets:
    """The smallest sets of parts without which more runs end in an outage, with how many more: every state, by what
    programs mean."""
    lost: dict[frozenset[str], float] = {}
    for down in itertools.chain.from_iterable(itertools.combinations(NAMES, k) for k in range(5)):
        state = {name: name not in down for name in NAMES}
        lost[frozenset(down)] = run(c.model, c.model.flows["f"].steps, state, mark).get("outage", 0.0)
    more = {
        down: share - lost[frozenset()] for down, share in lost.items() if share > lost[frozenset()] + 1e-9
    }
    return {down: share for down, share in more.items() if not any(other < down for other in more)}


def found(c: Context, subject: str = "f") -> Sets:
    return {
        frozenset(part.partition(".")[2] for part in weak.parts): weak.lost
        for weak in weak_sets(c, subject, 4)
    }


@pytest.mark.parametrize("seed", range(60))
def test_the_smallest_sets_that_stop_runs_are_those_of_every_state(seed: int) -> None:
    """Of random programs in which nothing fails but parts: others are in the test below."""
    rng = random.Random(seed)
    text = HEAD + "components:\n"
    for number, name in enumerate(NAMES):
        nested = "[]"
        if number < 2 and rng.random() < 0.4:
            nested = random_steps(rng, 1, list(NAMES[number + 1 :]), 2)
        text += f"  {name}: {{kind: s, fails: {{availability: 90 %}}, offers: {{x: {{steps: {nested}}}}}}}\n"
    text += f"flows:\n  f: {{starts: {{rate: 1/s}}, steps: {random_steps(rng, 2, list(NAMES), 4)}}}\n"
    c = whole(text.replace("fail: failed", "fail: rejected"))
    for mark, subject in ((None, "f"), ("m", "f@m")):
        if read(c, subject, True, Evidence(c)).exact:
            truth = by_state(c, mark)
            assert found(c, subject) == {down: pytest.approx(share) for down, share in truth.items()}


PARTS = """
components:
  a: {kind: s, fails: {availability: 90 %}, offers: {x: {}}}
  b: {kind: s, fails: {availability: 80 %}, offers: {x: {}}}
  c: {kind: s, fails: {availability: 70 %}, offers: {x: {}}}
  d: {kind: s, fails: {availability: 60 %}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [STEPS]}}
"""


def program(steps: str) -> Context:
    return context(PARTS.replace("STEPS", steps))


def one_of(one: str, other: str = "", share: int = 50) -> str:
    return f"{{choose: [{{share: {share} %, steps: [{one}]}}, {{share: {100 - share} %, steps: [{other}]}}]}}"


A, B, C = "{call: a.x}", "{call: b.x}", "{call: c.x}"
TURNED, FAILS, STOP = "{fail: rejected}", "{fail: failed}", "{stop: ok}"


@pytest.mark.parametrize(
    ("steps", "sets"),
    [
        # Turned away after an outage is an outage; whoever is turned away needs the fallback.
        (f"{{call: a.x, fallback: [{TURNED}]}}", {"a": 1.0}),
        (f"{{steps: [{one_of(TURNED, A)}], fallback: [{B}]}}", {"b": 0.5}),
        (f"{{steps: [{one_of(TURNED, A)}], fallback: [{TURNED}]}}", {"a": 0.5}),
        (f"{{steps: [{one_of(TURNED)}, {A}], fallback: [{B}]}}", {"b": 0.5}),
        (f"{{call: a.x, fallback: [{one_of(TURNED)}]}}", {"a": 0.5}),
        # So does whoever ends in an error by design; those are lost for no part's sake.
        (f"{{steps: [{one_of(FAILS, A)}], fallback: [{B}]}}", {"b": 0.5}),
        (f"{{call: a.x, fallback: [{one_of(FAILS)}]}}", {"a": 0.5}),
        (f"{{steps: [{A}, {FAILS}], fallback: [{B}]}}", {"b": 1.0}),
        (f"{{steps: [{one_of(FAILS, A)}], fallback: [{FAILS}]}}", {"a": 0.5}),
        (f"{{steps: [{FAILS}], fallback: [{one_of(TURNED, B)}]}}", {"b": 0.5}),
        (f"{{steps: [{one_of(FAILS)}], fallback: [{one_of(TURNED)}]}}, {B}", {"b": 0.75}),
        (f"{{steps: [{FAILS}], fallback: [{A}]}}, {B}", {"a": 1.0, "b": 1.0}),
        (f"{{steps: [{FAILS}], fallback: [{STOP}]}}, {B}", {}),
        (f"{one_of(STOP)}, {FAILS}", {}),
        # Whoever stops or is given up goes no further: half of the runs need `b` or `c`, the others neither.
        (one_of(f"{{steps: [{FAILS}], fallback: [{STOP}]}}, {B}", f"{{call: b.x, fallback: [{C}]}}"), {"bc": 0.5}),
        (one_of(f"{{steps: [{FAILS}], fallback: [{A}, {FAILS}]}}", f"{{call: a.x, fallback: [{C}]}}"), {"ac": 0.5}),
        (f"{{steps: [{{steps: [{one_of(TURNED)}], fallback: [{TURNED}]}}], fallback: [{B}]}}", {"b": 0.5}),
        (one_of(f"{one_of(STOP)}, {A}, {{steps: [{B}, {FAILS}]}}", f"{{call: b.x, fallback: [{C}]}}"), {"bc": 0.5}),
        (one_of(f"{{steps: [{A}, {STOP}]}}, {B}", f"{{call: b.x, fallback: [{C}]}}"), {"a": 0.5, "bc": 0.5}),
        (f"{{parallel: [[{{steps: [{FAILS}], fallback: [{A}]}}], [{B}]], join: any}}", {"ab": 1.0}),
        (one_of(f"{{parallel: [[{A}], [{STOP}]]}}, {B}", f"{{call: b.x, fallback: [{C}]}}"), {"a": 0.5, "bc": 0.5}),
        (f"{one_of(A + ', ' + STOP)}, {FAILS}", {"a": 0.5}),
        (f"{one_of(A)}, {FAILS}", {}),
        (f"{one_of(one_of(FAILS, A))}, {B}", {"a": 0.25, "b": 0.75}),
        # A cache keeps runs from what fails or ends in it.
        (f"{{steps: [{FAILS}], cache: {{hits: 25 %, component: d}}}}, {B}", {"b": 0.25, "d": 0.25}),
        (f"{{steps: [{one_of(FAILS)}], cache: {{hits: 50 %, component: d}}}}", {"d": 0.25}),
        (f"{{steps: [{A}, {FAILS}], cache: {{hits: 25 %, component: d}}}}, {B}", {"b": 0.25, "d": 0.25}),
        (f"{{steps: [{one_of(FAILS, A)}], cache: {{hits: 50 %, component: d}}}}", {"a": 0.25, "d": 0.25}),
        (f"{{steps: [{TURNED}], cache: {{hits: 25 %}}}}, {B}", {"b": 0.25}),
        (f"{{steps: [{{steps: [{TURNED}], cache: {{hits: 50 %}}}}], fallback: [{B}]}}", {"b": 0.5}),
        (f"{{steps: [{STOP}], cache: {{hits: 0 %}}}}, {B}", {}),
        ("{call: a.x, cache: {hits: 100 %, component: d}}", {"ad": 1.0}),
        (f"{{steps: [{A}, {STOP}], cache: {{hits: 100 %}}}}, {B}", {"b": 1.0}),
        # Of branches at the same time those that may end in an error by design count for none.
        (f"{{parallel: [[{one_of(FAILS, A)}], [{B}]], join: any}}", {"b": 0.5}),
        (f"{{parallel: [[{A}], [{FAILS}], [{B}]], join: 2}}", {"a": 1.0, "b": 1.0}),
        (f"{{parallel: [[{A}], [{FAILS}]]}}, {B}", {}),
        (f"{one_of(f'{{parallel: [[{A}], [{FAILS}]]}}')}, {B}", {"b": 0.5}),
        (f"{{parallel: [[{A}], [{TURNED}]]}}, {B}", {"a": 1.0}),
        # A loop that may have no round is gone past.
        (f"{{repeat: {{times: {{value: 1, known: 0 .. 3}}, steps: [{A}, {STOP}]}}}}, {B}", {"a": None, "b": None}),
        (f"{{repeat: {{times: {{value: 0, known: 0 .. 3}}, steps: [{A}]}}}}", {"a": None}),
        (f"{{repeat: {{times: 1, steps: [{A}, {STOP}]}}}}, {B}", {"a": 1.0}),
        (f"{{repeat: {{times: 1.6, steps: [{one_of(A)}]}}}}", {"a": 0.75}),
        (f"{{repeat: {{times: 0, steps: [{A}]}}}}, {B}", {"b": 1.0}),
    ],
)  # fmt: skip
def test_what_runs_need_that_end_before_the_last_step(steps: str, sets: dict[str, float | None]) -> None:
    """By hand: `ad` is a pair; the share of the runs that each stops."""
    truth = {frozenset(names): lost if lost is None else pytest.approx(lost) for names, lost in sets.items()}
    assert found(program(steps)) == truth


@pytest.mark.parametrize("word", ["call: e.x", "hold: e, steps: []"])
def test_who_is_turned_away_further_in_is_turned_away(word: str) -> None:
    """A half of the calls of `e` is turned away there: they need the fallback, whatever the part that turns away."""
    offers = f"offers: {{x: {{steps: [{one_of(TURNED, STOP)}]}}}}"
    inside = f"  e: {{kind: s, fails: {{availability: 50 %}}, {offers}}}\nflows"
    c = context(
        PARTS.replace("flows", inside).replace("STEPS", f"{{{word}, fallback: [{B}]}}, {{call: c.x}}")
    )
    if word.startswith("call"):
        assert found(c) == {frozenset("b"): pytest.approx(0.5), frozenset("c"): pytest.approx(1.0)}
    else:
        assert found(c) == {frozenset("c"): pytest.approx(1.0), frozenset("eb"): pytest.approx(1.0)}


def test_a_stop_beside_others_ends_a_run_unless_which_comes_first_is_a_matter_of_time() -> None:
    """Of all branches each is needed, and what comes after them isn't; of any, it may be."""
    all_ = figure(program(f"{{parallel: [[{A}, {STOP}], [{B}]]}}, {C}"), "availability/f")
    assert all_.value == pytest.approx(0.9 * 0.8)
    any_ = figure(program(f"{{parallel: [[{STOP}], [{A}]], join: any}}, {C}"), "availability/f")
    assert any_.value is None and any_.low is not None and any_.high is not None
    assert any_.low <= 0.9 * 0.7 and any_.high == pytest.approx(1.0)


def test_who_is_turned_away_in_one_of_the_branches_goes_on_with_any_other() -> None:
    """With `a` up, nine in ten of all, on to `b`; else turned away, which is no outage."""
    found = figure(program(f"{{parallel: [[{TURNED}], [{A}]], join: any}}, {B}"), "availability/f")
    assert found.value == pytest.approx(0.9 * 0.8 + 0.1)


def test_each_branch_of_three_is_taken_as_often_as_it_says() -> None:
    shares = ", ".join(
        f"{{share: {n} %, steps: [{{call: {name}.x}}]}}" for n, name in ((40, "a"), (35, "b"), (25, "c"))
    )
    found = figure(program(f"{{choose: [{shares}]}}"), "availability/f")
    assert found.value == pytest.approx(0.4 * 0.9 + 0.35 * 0.8 + 0.25 * 0.7)


def test_one_of_the_branches_of_a_choice_is_taken() -> None:
    """Half or more of the runs need `a`, of the others none does."""
    first, other = "{value: 75 %, known: 50 % .. 100 %}", "{value: 25 %, known: 0 % .. 50 %}"
    c = program(f"{{choose: [{{share: {first}, steps: [{A}]}}, {{share: {other}, steps: []}}]}}")
    found = figure(c, "availability/f")
    assert (found.low, found.value, found.high) == pytest.approx((0.9, 0.925, 0.95))


def test_the_likeliest_sets_come_first() -> None:
    """`d` is down in 40 % of the time, `a` in 10 %, `b` and `c` together in 6 %."""
    c = program("{call: a.x}, {call: b.x, fallback: [{call: c.x}]}, {call: d.x}")
    for most, names in ((1, ["d"]), (3, ["d", "a", "bc"])):
        listed = likeliest_sets(c, "f", most)
        assert listed is not None and listed.by_order == {1: 2, 2: 1}
        assert ["".join(part[-1] for part in weak.parts) for weak in listed.first] == names


LOOP = "{repeat: {until: 50 %, steps: [STEPS]}}"


@pytest.mark.parametrize(
    ("steps", "truth", "low", "high"),
    [
        # Each round turns half away: a run goes on with 0.5 x 0.1 / (1 - 0.5 x 0.9) = 1/11, then needs `b`.
        (f"{{repeat: {{until: 10 %, steps: [{one_of(TURNED)}]}}}}, {B}", 1 - 0.2 / 11, 0.8, 1.0),
        (f"{{repeat: {{times: 50, steps: [{one_of(STOP)}]}}}}, {B}", 1.0, 0.8, 1.0),
        # With `a` up a run is turned away with 2/3, else with 1/2; an outage needs the fallback, too.
        (f"{{steps: [{LOOP.replace('STEPS', one_of(TURNED, A))}], fallback: [{B}]}}", 0.86, 0.8, 0.98),
        # Nothing ends a run but an outage: one round is the most that can be hoped for.
        (f"{LOOP.replace('STEPS', one_of(A, B))}, {B}", 0.9 * 0.8 + 0.1 * 0.8 / 3, 0.72, 0.72 + 0.08 / 2),
        # Turned away and given up: nobody needs `b`, and `a` is needed once at the least.
        (f"{{steps: [{LOOP.replace('STEPS', one_of(TURNED, A))}], fallback: [{TURNED}]}}", 0.95, 0.9, 1.0),
    ],
)  # fmt: skip
def test_bounds_of_loops_that_draw_hold_what_is_true(
    steps: str, truth: float, low: float, high: float
) -> None:
    told = figure(program(steps), "availability/f")
    assert told.low is not None and told.high is not None and told.value is None
    assert (told.low, told.high) == pytest.approx((low, high))
    assert told.low - 1e-12 <= truth <= told.high + 1e-12


def test_of_a_program_that_is_only_bounded_no_part_has_a_weight_and_only_sure_losses_are_told() -> None:
    """`c` stops all runs and `d` none that `b` doesn't; how many rounds meet `a` nobody counts."""
    steps = f"{{call: c.x}}, {LOOP.replace('STEPS', one_of(A))}, {{call: d.x, fallback: [{B}]}}"
    c = program(steps)
    assert weights(c, "f") == ()
    sets = {frozenset("c"): pytest.approx(1.0), frozenset("a"): None, frozenset("bd"): pytest.approx(1.0)}
    assert found(c) == sets
    assert [weak.parts[0] for weak in single_points(c, "f")] == ["components.a", "components.c"]
    listed = likeliest_sets(c, "f")
    assert listed is not None and dict(listed.by_order) == {1: 2, 2: 1}
    assert {frozenset(p[-1] for p in weak.parts): weak.lost for weak in listed.first} == sets
