"""Machines and ways through them of small programs, each drawn by hand."""

from __future__ import annotations

import re

import pytest

from groma.analyses.orchestration import Machine, State, Transition, machine_of, problems, reach, told
from groma.analyses.orchestration.faults import can_be_down, loses
from orchestration.drawn import HERE, context, flow


@pytest.mark.parametrize(
    ("steps", "state", "ways"),
    [
        ("{call: c.f, guard: {name: tone, rejects: 5 %}}", " guard tone", ["passes", "turned down: tone"]),
        ("{call: c.f, guard: {name: tone, rejects: 100 %}}", " guard tone", ["never: passes", "turned down: tone"]),
        ("{call: c.f, cache: {hits: 30 %, takes: 1 ms}}", " cache", ["kept already", "not kept"]),
        ("{call: c.f, cache: {hits: 100 %, takes: 1 ms}}", " cache", ["kept already", "never: not kept"]),
        ("{ask: ana, takes: 1 s, rejects: 20 %}", "", ["yes", "says no"]),
        ("{ask: ana, takes: 1 s, rejects: 100 %}", "", ["never: yes", "says no"]),
        ("{repeat: {until: 50 %, at_most: 3, steps: [{wait: 1 s}]}}", " loop",
         ["another round", "done, or after 3 rounds"]),
        ("{repeat: {until: 50 %, at_most: 1, steps: [{wait: 1 s}]}}", " loop",
         ["never: another round", "done, or after 1 rounds"]),
        ("{repeat: {until: 100 %, steps: [{wait: 1 s}]}}", " loop", ["never: another round", "done"]),
        ("{repeat: {until: 0 %, steps: [{wait: 1 s}]}}", " loop", ["another round", "never: done"]),
        ("{repeat: {times: 2, steps: [{wait: 1 s}]}}", " loop", ["another round", "enough rounds"]),
        ("{repeat: {times: 0.2, at_most: 1, steps: [{wait: 1 s}]}}", " loop",
         ["another round", "enough rounds, or after 1 rounds"]),
        ("{parallel: [[{call: a.f}], [{call: c.f}]], join: all}", " join", ["all are done", "failed in a branch"]),
        (
            "{parallel: [[{call: a.f}], [{call: a.f}], [{call: c.f}]], join: 2}", " join",
            ["2 of 3 are done; the others are cancelled", "failed, more than 1 branches without success"],
        ),
        (
            "{call: c.f, retry: {times: 2, on: [failed], budget: 10 %}}", " retry",
            ["again, up to 2 more, at once, while retries are at most 10 % of calls",
             "failed after 3 attempts or no budget left"],
        ),
        ("{call: c.f, retry: {times: 2, on: [failed]}}", " retry",
         ["again, up to 2 more, at once", "failed after 3 attempts"]),
    ],
)  # fmt: skip
def test_ways_out_of_a_state(steps: str, state: str, ways: list[str]) -> None:
    """The sure kinds of an outcome (0 %, 100 %, one round at most) leave the other one for never."""
    machine = machine_of(flow(steps), "main")
    words = [("" if way.possible else "never: ") + way.label for way in machine.leaving[HERE + state]]
    meant = {way.removeprefix("never: ") for way in ways}
    assert [word for word in words if word.removeprefix("never: ") in meant] == ways


@pytest.mark.parametrize(
    ("loop", "first"),
    [
        ("times: 2", HERE + ".repeat.steps.1"),
        ("times: 0.2", HERE + " loop"),
        ("times: '0.2 .. 3'", HERE + " loop"),
        ("times: '1 .. 3'", HERE + ".repeat.steps.1"),
        ("times: 'uniform(1, 3)'", HERE + ".repeat.steps.1"),
        ("times: 2 ± 1", HERE + " loop"),
        ("until: 50 %", HERE + ".repeat.steps.1"),
    ],
)
def test_a_loop_begins_with_a_round_where_it_has_one_at_least(loop: str, first: str) -> None:
    machine = machine_of(flow(f"{{repeat: {{{loop}, steps: [{{wait: 1 s}}]}}}}"), "main")
    assert [way.target for way in machine.leaving["start"]] == [first]


def test_what_a_step_asks_for_and_what_undoes_it_is_told() -> None:
    asked = machine_of(flow("{ask: ana, takes: 1 s, approves: [pay, trade]}"), "main")
    assert asked.by_id[HERE].does == "approve pay, trade"
    loops = {
        "times: 2": "2 rounds",
        "times: 2, at_most: 3": "2 rounds, at most 3 rounds",
        "until: 50 %": "rounds without a bound",
    }
    for loop, does in loops.items():
        turned = machine_of(flow(f"{{repeat: {{{loop}, steps: [{{wait: 1 s}}]}}}}"), "main")
        assert turned.by_id[f"{HERE} loop"].does == does
    undone = machine_of(flow("{call: a.f, compensate: [{call: b.f}]}, {call: a.f, compensate: []}"), "main")
    assert [way.label for way in undone.leaving["undo"] if way.target != "undo"] == [
        "flows.main.steps.1 was done", "nothing is left to undo"
    ]  # fmt: skip


def test_what_makes_a_machine_incomplete() -> None:
    """Machines that no program gives: a name twice, a way to nowhere, a call without the answers that it must have."""
    start, call, done = State("start", "start"), State("x", "call"), State("done", "done")
    begins, ends = Transition("start", "x", "begins"), Transition("x", "done", "answered")
    astray = Transition("x", "nowhere", "lost")
    assert problems(Machine("m", (start, call, call, done), (begins, ends), {}, ())) == ("x stands twice",)
    assert problems(Machine("m", (start, call, done), (begins, astray), {}, ())) == (
        "x -- lost --> nowhere ends at nowhere, which isn't there",
    )
    goes_on = Transition("done", "start", "again")
    assert "done is an end and goes on" in problems(
        Machine("m", (start, call, done), (begins, ends, goes_on), {}, ())
    )
    assert problems(Machine("m", (start, call, done), (begins, ends), {}, ())) == tuple(
        f"x has no answer to {kind}" for kind in ("failed", "throttled", "unavailable")
    )


FAILS = "fails: {availability: 99 %}"


@pytest.mark.parametrize(
    ("text", "down"),
    [
        (f"components: {{a: {{kind: s, {FAILS}}}}}", True),
        (f"suppliers: {{x: {{{FAILS}}}}}\ncomponents: {{a: {{kind: s, supplier: x}}}}", True),
        ("suppliers: {x: {}}\ncomponents: {a: {kind: s, supplier: x}}", False),
        (f"components: {{a: {{kind: s, runs_on: h}}, h: {{kind: host, {FAILS}}}}}", True),
        ("components: {a: {kind: s, runs_on: h}, h: {kind: host}}", False),
        ("components: {a: {kind: s, depends_on: b}, b: {kind: s, depends_on: a}}", False),
        (
            f"components: {{a: {{kind: s, depends_on: b}}, b: {{kind: s, depends_on: [c, a]}}, "
            f"c: {{kind: s, depends_on: [a, d]}}, d: {{kind: s, {FAILS}}}}}",
            True,
        ),
        (f"places: {{hall: {{{FAILS}}}, rack: {{in: hall}}}}\ncomponents: {{a: {{kind: s, place: rack}}}}", True),
        ("places: {hall: {in: DE}, rack: {in: hall}}\ncomponents: {a: {kind: s, place: rack}}", False),
        ("components: {a: {kind: s, place: DE}}", False),
    ],
)  # fmt: skip
def test_a_part_can_be_down_where_it_or_what_it_stands_on_fails(text: str, down: bool) -> None:
    assert can_be_down(context(text + "\n").model, "a") is down


@pytest.mark.parametrize(
    ("more", "lost"), [("", False), (", loss: 1 %", True), (", loss: 0 %", False), (f", {FAILS}", True)]
)
def test_an_answer_is_lost_on_a_connection_that_loses_or_fails(more: str, lost: bool) -> None:
    text = f"components: {{a: {{kind: s}}, b: {{kind: s}}}}\nconnections: {{c: {{from: a, to: b{more}}}}}\n"
    assert loses(context(text), "a", "b") is lost


def way(steps: str, end: str = "failed") -> str:
    """How a run comes to an end, in words without places."""
    machine = machine_of(flow(steps), "main")
    parts = told(machine, reach(machine).path(end)).split("; ")
    return "; ".join(re.sub(r" \(.*\)", "", part) for part in parts)


@pytest.mark.parametrize(
    ("steps", "end", "words"),
    [
        ("{call: a.f}, {ask: ana, takes: 1 s}, {call: c.f}", "failed", "ask ana: done; call c.f: its work goes wrong"),
        ("{call: a.f}", "done", "straight on from the start"),
        ("{parallel: [[{fail: rejected}], [{call: c.f}]], join: all}", "failed",
         "fail: rejected; join: rejected in a branch"),
        ("{parallel: [[{call: c.f}], [{fail: rejected}]], join: all}", "failed",
         "fail: rejected; join: rejected in a branch"),
        (
            "{parallel: [[{call: a.f}], [{call: c.f}]], join: all}", "failed",
            "call c.f: its work goes wrong; join: failed in a branch",
        ),
        (
            "{parallel: [[{fail: rejected}], [{call: a.f}]], join: any}", "done",
            "join: 1 of 2 are done",
        ),
    ],
)  # fmt: skip
def test_a_way_goes_through_what_let_it_on(steps: str, end: str, words: str) -> None:
    assert way(steps, end).split("; the others")[0] == words


def test_a_long_way_is_told_by_its_first_four_and_last_two_parts() -> None:
    machine = machine_of(flow(", ".join(f"{{wait: {n} s}}" for n in range(1, 9))), "main")
    labels = [part.rsplit(": ", 1)[-1] for part in told(machine, reach(machine).path("done")).split("; ")]
    assert labels == ["after 1 s", "after 2 s", "after 3 s", "after 4 s", "...", "after 7 s", "after 8 s"]
    whole = machine_of(flow(", ".join(f"{{wait: {n} s}}" for n in range(1, 7))), "main")
    assert told(whole, reach(whole).path("done")).count("after") == 6


def test_states_stand_in_the_order_they_are_met() -> None:
    """A run calls c before a, though a comes first by its letter; what nothing leads to comes last, then the ends."""
    steps = "{choose: [{share: 50 %, steps: [{call: c.f}]}, {share: 50 %, steps: [{wait: 1 s}]}]}"
    steps += ", {stop: ok}, {call: a.f}"
    assert [(state.kind, state.component) for state in machine_of(flow(steps), "main").states] == [
        ("start", ""), ("choose", ""), ("call", "c"), ("stop", ""), ("wait", ""),
        ("call", "a"), ("done", ""), ("failed", ""),
    ]  # fmt: skip
