"""Programs whose runs have one time and one end, so that what is simulated is counted by hand, to the bit almost."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from analyses.given import HEAD
from groma.analyses.simulation import Loss, compiled
from groma.analyses.simulation.code import normalised
from groma.analyses.simulation.spans import read
from groma.model.elements import Model
from groma.model.load import load, loads
from groma.solvers.simulation import ENDINGS, Outcome, Settings, TraceLine, run

RUNS = 20


def text(offers: str, steps: str, more: str = "") -> str:
    return (
        f"{HEAD}components:\n  a: {{kind: s, offers: {{f: {{{offers}}}}}}}\n"
        f"  b: {{kind: s, offers: {{g: {{work: 1 s}}}}}}\n{more}"
        f"flows: {{main: {{by: b, starts: {{rate: 0.0001/s}}, steps: [{steps}]}}}}\n"
    )


def seen(model: Model) -> Outcome:
    made = compiled(model)
    assert made.missing == ()
    return run(made.program, Settings(runs=RUNS, until=math.inf), seed=2)


def of(offers: str, steps: str, more: str = "") -> Outcome:
    return seen(loads(text(offers, steps, more)))


WAY = "connections: {ba: {from: b, to: a, %s}}\n"
"""Of calls of flow `main`, which is started by b."""


@pytest.mark.parametrize(
    ("offers", "steps", "more", "time"),
    [
        ("work: 1 s, per: {rows: 2 s}", "{call: a.f, sizes: {rows: 3}}", "", 7.0),
        ("work: 1 s, per: {rows: 2 s, words: 10 s}", "{call: a.f, sizes: {rows: 3, words: 5}}", "", 57.0),
        ("work: 1 s", "{call: a.f}", WAY % "latency: 3 s", 4.0),
        ("work: 1 s, steps: [{call: b.g}, {call: b.g}]", "{call: a.f}", "", 3.0),
        ("work: 1 s", "{call: a.f, cache: {keys: 1, holds: 1, popularity: 0, takes: 4 s}}", "", 4.0 + 1.0 / RUNS),
        ("work: 1 s", "{call: a.f, cache: {hits: 100 %, takes: 4 s}}", "", 4.0),
        ("work: 1 s", "{call: a.f, guard: {name: x, takes: 2 s, rejects: 0 %, steps: [{call: b.g}]}}", "", 4.0),
        ("work: 1 s, fails: 100 %", "{call: a.f, fallback: [{call: b.g}, {wait: 5 s}]}", "", 7.0),
        (
            "work: 1 s, throttled: 100 %",
            "{call: a.f, retry: {times: 2, backoff: 2 s, factor: 3}, fallback: []}", "", 8.0,
        ),
        ("work: 1 s", "{call: a.f, deadline: 1 s}", "", 1.0),
        ("work: 9 s", "{call: a.f, timeout: 4 s, retry: {times: 1}, fallback: []}", "", 8.0),
        ("work: 9 s", "{call: a.f, timeout: 4 s, retry: {times: 9}, deadline: 6 s, fallback: []}", "", 6.0),
        ("work: 1 s", "{repeat: {times: 5, steps: [{call: a.f}]}}", "", 5.0),
        ("work: 1 s", "{repeat: {until: 0 %, at_most: 4, steps: [{call: a.f}]}}", "", 4.0),
        ("work: 4 s", "{parallel: [[{call: a.f}], [{call: b.g}]], join: all}", "", 4.0),
        ("work: 4 s", "{parallel: [[{call: a.f}], [{call: b.g}]], join: any}", "", 1.0),
        ("work: 1 s", "{call: a.f}", WAY % "loss: 100 %, gives_up_after: 6 s", None),
        ("work: 1 s", "{call: a.f, fallback: []}", WAY % "loss: 100 %, gives_up_after: 6 s", 6.0),
    ],
)  # fmt: skip
def test_a_run_takes_the_time_of_its_steps(offers: str, steps: str, more: str, time: float | None) -> None:
    flow = of(offers, steps, more).flow("main")
    assert flow.ended["ok" if time is not None else "unavailable"] == RUNS
    assert time is None or flow.latency.mean == pytest.approx(time)


# What ends exactly at a limit that is written in another unit, or added up, has ended in time.
EXACTLY = WAY % "latency: 3 ms"


@pytest.mark.parametrize(
    "policy",
    ["timeout: 10 ms", "deadline: 10 ms", "hedge: {after: 10 ms}", "hedge: {after: 10 ms, at_most: 3}"],
)
def test_what_ends_exactly_at_its_limit_is_neither_given_up_nor_asked_again(policy: str) -> None:
    """3 ms on the way and 7 ms of work, at any of 20 times."""
    found = seen(loads(text("work: 7 ms", f"{{call: a.f, {policy}}}", EXACTLY).replace("0.0001/s", "1/s")))
    assert found.flow("main").ended["ok"] == RUNS
    assert found.tallies["calls/a.f"] == RUNS
    late = of("work: 7 ms", f"{{call: a.f, {policy}}}", WAY % "latency: 3.1 ms")
    assert (late.flow("main").ended["timeout"], late.tallies["calls/a.f"]) == (
        (0, 2 * RUNS - 1) if "hedge" in policy else (RUNS, RUNS)  # the last one's second is still on its way
    )
    seldom = text("work: 7 ms", f"{{call: a.f, {policy}}}", EXACTLY).replace("0.0001/s", "0.000001/s")
    years = run(compiled(loads(seldom)).program, Settings(runs=200, until=math.inf), seed=3)
    assert (years.flow("main").ended["ok"], years.tallies["calls/a.f"]) == (200, 200)


@pytest.mark.parametrize(
    ("offers", "first", "more"),
    [
        ("work: 1 s, throttled: 100 %", "{call: a.f}", ""),
        ("work: 1 s", "{call: a.f}", WAY % "loss: 100 %, gives_up_after: 0 s"),
        ("work: 0 s, fails: 100 %", "{call: a.f}", ""),
        ("work: 1 s", "{fail: rejected}", ""),
        ("work: 1 s", "{wait: 0 s}, {fail: rejected}", ""),
    ],
)
def test_a_branch_that_ends_at_once_ends_when_the_others_have_begun(
    offers: str, first: str, more: str
) -> None:
    found = of(offers, f"{{parallel: [[{first}], [{{call: b.g}}]], join: all}}", more)
    assert found.tallies["calls/b.g"] == RUNS
    assert found.flow("main").ended["ok"] == 0


def test_a_branch_that_does_no_work_and_fails_leaves_the_other_its_fallback() -> None:
    """Both fail at once, and each has begun what it does next before the first ends the whole."""
    branches = "[[{call: a.f}], [{call: a.f, fallback: [{call: b.g}]}]], join: all, left_over: cancel"
    found = of("work: 0 s, fails: 100 %", f"{{parallel: {branches}}}")
    assert (found.tallies["calls/a.f"], found.tallies["calls/b.g"]) == (2 * RUNS, RUNS)


def test_a_branch_that_a_full_queue_turns_away_leaves_the_others_begun() -> None:
    branches = "[[{call: a.f}], [{call: a.f}], [{call: b.g}]], join: all"
    full = text("work: 1 s", f"{{parallel: {branches}}}").replace(
        "a: {kind: s,", "a: {kind: s, threads: 1, queue: 0,"
    )
    found = seen(loads(full))
    assert (found.flow("main").ended["throttled"], found.tallies["calls/b.g"]) == (RUNS, RUNS)


@pytest.mark.parametrize(("left_over", "calls"), [("run on", RUNS), ("cancel", 0)])
def test_branches_that_are_left_over_run_on_or_are_cancelled(left_over: str, calls: int) -> None:
    branches = f"[[{{wait: 1 s}}], [{{wait: 2 s}}, {{call: b.g}}]], join: any, left_over: {left_over}"
    found = of("work: 1 s", f"{{parallel: {branches}}}, {{wait: 9 s}}")
    assert found.tallies.get("calls/b.g", 0.0) == calls
    assert found.flow("main").latency.mean == pytest.approx(10.0)


def test_routines_of_one_operation_are_numbered() -> None:
    """Each call that carries sizes has one of its own."""
    calls = ", ".join(f"{{call: a.f, sizes: {{rows: {n}}}}}" for n in range(4))
    made = compiled(loads(text("work: 1 s, per: {rows: 2 s}", calls)))
    assert set(made.program.labels) == {"a.f", "a.f (2)", "a.f (3)", "a.f (4)"}


def test_what_is_looked_up_where_it_is_kept_is_counted() -> None:
    """One kept under its only key is found by all but the first."""
    kept = "components:\n  memory: {kind: cache}\n"
    for cache, calls in (("hits: 0 %", RUNS), ("hits: 100 %", 0), ("keys: 1, holds: 1, popularity: 0", 1)):
        body = text("work: 1 s", f"{{call: a.f, cache: {{{cache}, component: memory}}}}")
        found = seen(loads(body.replace("components:\n", kept)))
        assert found.tallies["look up/flows.main.steps.1"] == RUNS
        assert found.tallies.get("calls/a.f", 0.0) == calls
        none = of("work: 1 s", f"{{call: a.f, cache: {{{cache}}}}}")
        assert not any(name.startswith("look up") for name in none.tallies)


def test_calls_over_a_line_that_is_down_come_to_nobody() -> None:
    model = loads(text("work: 1 s", "{call: a.f}", WAY % "latency: 3 s"))
    down = compiled(model, outages=[Loss((), 0.0, math.inf, ("ba",))])
    found = run(down.program, Settings(runs=RUNS, until=math.inf), seed=2)
    assert (found.flow("main").ended["unavailable"], found.tallies.get("calls/a.f", 0.0)) == (RUNS, 0.0)
    elsewhere = compiled(model, outages=[Loss(("b",), 0.0, math.inf)])
    found = run(elsewhere.program, Settings(runs=RUNS, until=math.inf), seed=2)
    assert found.flow("main").ended["ok"] == RUNS
    assert {station.name for station in found.stations} == {"components.a"}


def test_what_is_sent_comes_unless_it_is_lost_and_nobody_waits_for_it() -> None:
    lost = of("work: 1 s", "{send: a.f}", WAY % "loss: 100 %, gives_up_after: 6 s")
    assert (lost.tallies.get("calls/a.f", 0.0), lost.flow("main").latency.most) == (0.0, 0.0)
    some = seen(loads(text("work: 1 s", "{repeat: {times: 200, steps: [{send: a.f}]}}", WAY % "loss: 40 %")))
    assert some.tallies["calls/a.f"] == pytest.approx(200 * RUNS * 0.6, abs=4 * math.sqrt(200 * RUNS * 0.24))


def test_an_operation_that_stops_its_own_steps_may_still_fail() -> None:
    """Its work is done and its steps are over: then it fails, all the time here."""
    found = of("work: 1 s, fails: 100 %, steps: [{stop: ok}, {call: b.g}]", "{call: a.f}").flow("main")
    assert found.ended["failed"] == RUNS
    sure = of("work: 1 s, steps: [{stop: ok}, {call: b.g}]", "{call: a.f}")
    assert sure.flow("main").ended["ok"] == RUNS and sure.tallies.get("calls/b.g", 0.0) == 0.0


def test_an_operation_that_answers_at_once_does_its_steps_afterwards() -> None:
    found = of("work: 1 s, answers: at once, steps: [{call: b.g}]", "{call: a.f}, {wait: 9 s}")
    assert found.flow("main").latency.mean == pytest.approx(10.0)
    assert found.tallies["calls/b.g"] == RUNS


def test_sizes_of_a_table_are_drawn_together_and_each_call_has_its_own(tmp_path: Path) -> None:
    """By row of the table 1 + 2 x 3 + 10 x 5 or 1 + 2 x 4 + 10 x 1, then 1 s and 2 s for each of 7 rows."""
    (tmp_path / "t.csv").write_text("p,q\n3,5\n4,1\n")
    offers = "work: 1 s, per: {rows: 2 s, words: 10 s}"
    steps = "{call: a.f, sizes: {from: t.csv, rows: p, words: q}}, {call: a.f, sizes: {rows: 7, words: 0}}"
    (tmp_path / "model.yaml").write_text(text(offers, steps))
    times = seen(load(tmp_path / "model.yaml")).flow("main").latency
    assert (times.least, times.most) == (pytest.approx(15 + 19), pytest.approx(15 + 57))
    swapped = text(offers, steps.replace("rows: p, words: q", "rows: q, words: p"))
    (tmp_path / "model.yaml").write_text(swapped)
    other = seen(load(tmp_path / "model.yaml")).flow("main").latency
    assert (other.least, other.most) == (pytest.approx(15 + 41), pytest.approx(15 + 43))


def test_sizes_that_a_call_doesnt_carry_are_missing_and_no_others() -> None:
    offers = "work: 1 s, per: {rows: 2 s, words: 10 s}"
    assert compiled(loads(text(offers, "{call: a.f, sizes: {words: 5}}"))).missing == (
        "flows.main.steps.1.sizes.rows",
    )
    assert compiled(loads(text(offers, "{call: a.f}"))).missing == (
        "flows.main.steps.1.sizes.rows", "flows.main.steps.1.sizes.words",
    )  # fmt: skip


def test_shares_are_made_to_sum_to_one() -> None:
    assert normalised([0.3, 0.9]) == pytest.approx((0.25, 0.75))
    assert normalised([0.0, 0.0]) == (0.5, 0.5)


def test_what_starts_without_a_run_that_is_known_is_a_trace_of_its_own() -> None:
    """Run 7 of flow `main` asks x, and x asks y; what was sent, z, is worked on by runs 8 and 9 that are no flow's.

    Span numbers of the kernel are used again once they are closed.
    """
    ok = ENDINGS.index("ok")
    late = ENDINGS.index("timeout")
    lines = [
        TraceLine(0.0, "run", 7, 0, 1),
        TraceLine(1.0, "open", 3, -1, 0), TraceLine(1.0, "of", 3, 7, 0),
        TraceLine(2.0, "open", 4, 3, 1), TraceLine(2.0, "of", 4, 7, 0),
        TraceLine(3.0, "run", 8, -1, 0), TraceLine(3.0, "open", 5, -1, 2), TraceLine(3.0, "of", 5, 8, 0),
        TraceLine(4.0, "close", 4, late, 0), TraceLine(5.0, "close", 3, ok, 0), TraceLine(6.0, "end", 7, ok, 0),
        TraceLine(7.0, "close", 5, ok, 0),
        TraceLine(8.0, "run", 9, -1, 0), TraceLine(8.0, "open", 5, -1, 2), TraceLine(8.0, "of", 5, 9, 0),
        TraceLine(9.0, "close", 5, ok, 0),
        TraceLine(10.0, "run", 7, 0, 2), TraceLine(11.0, "open", 3, -1, 0), TraceLine(11.0, "of", 3, 7, 0),
        TraceLine(12.0, "close", 3, ok, 0), TraceLine(13.0, "end", 7, late, 0),
        TraceLine(14.0, "run", 7, 0, 3),  # not over
    ]  # fmt: skip
    found = read(lines, ("main",), (("x", "f"), ("y", "g"), ("z", "h")))
    assert [(s.trace, s.number, s.parent, s.service, s.begin, s.end, s.ended) for s in found] == [
        (0, 0, None, "main", 0.0, 6.0, "ok"),
        (0, 1, 0, "x", 1.0, 5.0, "ok"),
        (0, 2, 1, "y", 2.0, 4.0, "timeout"),
        (1, 3, None, "z", 3.0, 7.0, "ok"),
        (2, 4, None, "z", 8.0, 9.0, "ok"),
        (3, 5, None, "main", 10.0, 13.0, "timeout"),
        (3, 6, 5, "x", 11.0, 12.0, "ok"),
    ]
