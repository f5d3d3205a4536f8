"""Flaws and the worst run of small programs, each found and counted by hand."""

from __future__ import annotations

import pytest

from groma.analyses.orchestration import machine_of
from groma.analyses.orchestration.certificate import Of, step_figure, turns
from groma.analyses.orchestration.checks import (
    failing_after,
    joins_that_cannot_complete,
    lasting,
    models_without_a_person,
    never_ends,
    never_reached,
    racing_writes,
    unapproved_way,
)
from orchestration.drawn import HERE, context, flow


def test_an_effect_in_one_branch_is_followed_by_the_fault_of_another() -> None:
    machine = machine_of(flow("{parallel: [[{call: b.f}], [{fail: rejected}]], join: all}"), "main")
    (effect,) = (state.id for state in machine.of_kind("call"))
    found = failing_after(machine, effect)
    assert found is not None
    assert found[-1].target == "failed"


@pytest.mark.parametrize(
    ("steps", "path", "unapproved"),
    [
        ("{ask: ana, takes: 1 s, approves: [pay], rejects: 20 %}, {call: b.f}", "2", False),
        ("{ask: ana, takes: 1 s, approves: [trade], rejects: 20 %}, {call: b.f}", "2", True),
        ("{ask: ana, takes: 1 s, approves: [pay], rejects: 20 %, fallback: []}, {call: b.f}", "2", True),
    ],
)
def test_only_a_yes_to_the_impact_itself_bars_the_way(steps: str, path: str, unapproved: bool) -> None:
    assert bool(unapproved_way(flow(steps), "main", f"flows.main.steps.{path}", "pay")) is unapproved


def test_a_branch_without_a_share_is_never_reached() -> None:
    branches = "{choose: [{share: 100 %, steps: [{call: a.f}]}, {share: 0 %, steps: [{call: c.f}]}]}"
    (flaw,) = never_reached(flow(branches)).flaws
    assert flaw.path == f"{HERE}.choose.2.steps.1"
    assert flaw.way.endswith(": `branch 2` never happens (its share is 0 %)")


@pytest.mark.parametrize(
    ("body", "lasts"),
    [("impact: pay", True), ("effect: once", True), ("effect: keyed", True), ("effect: idempotent", False)],
)
def test_what_stays_and_matters(body: str, lasts: bool) -> None:
    model = context(f"components: {{a: {{kind: s, offers: {{x: {{{body}}}}}}}}}\n").model
    assert lasting(model.components["a"].offers["x"]) is lasts


def test_a_loop_without_an_end_is_told_once_by_its_path() -> None:
    found = never_ends(flow("{call: a.f}, {repeat: {until: 0 %, steps: [{wait: 1 s}, {wait: 1 s}]}}"))
    assert [flaw.path for flaw in found.flaws] == ["flows.main.steps.2"]


def test_a_join_names_the_branches_that_never_end_well() -> None:
    found = joins_that_cannot_complete(
        flow("{parallel: [[{fail: rejected}], [{call: a.f}], [{fail: rejected}]], join: all}")
    )
    assert [(flaw.what, flaw.way.rpartition("; ")[2]) for flaw in found.flaws] == [
        ("waits for 3 of 3 branches, of which 1 can end ok", "branch 1, 3 never ends ok")
    ]


@pytest.mark.parametrize(
    ("step", "races"),
    [
        ("{call: b.f}", ["b.f"]),
        ("{call: a.f, compensate: [{call: b.f}]}", []),
        ("{call: a.f, fallback: [{call: b.f}]}", ["b.f"]),
        ("{steps: [{send: b.f}]}", ["b.f"]),
    ],
)
def test_what_is_written_to_undo_a_step_is_not_written_at_the_same_time(step: str, races: list[str]) -> None:
    found = racing_writes(flow(f"{{parallel: [[{{call: b.f}}], [{step}]], join: all}}"))
    assert [flaw.key for flaw in found.flaws] == races


@pytest.mark.parametrize(
    ("steps", "alone"),
    [
        ("{call: m.f}, {ask: ana, takes: 1 s}", True),
        ("{call: m.f, fallback: [{ask: ana, takes: 1 s}]}", False),
        ("{call: m.f, fallback: [{call: desk.put}]}", False),
        ("{call: m.f, fallback: [{send: desk.put}]}", False),
        ("{call: m.f, fallback: [{call: desk.put}]}, {call: b.f}", False),
        ("{call: m.f, fallback: [{send: desk.put}]}, {call: b.f}", False),
        ("{call: m.f, fallback: [{hold: desk, steps: []}]}, {call: b.f}", True),
        ("{call: m.f, fallback: [{call: c.f}]}, {call: b.f}", True),
        ("{call: m.f, fallback: [{call: c.f}]}", False),
    ],
)
def test_a_model_leads_to_a_person_only_where_its_failure_does(steps: str, alone: bool) -> None:
    """A tool that people use is a way to them; where nobody answers for anything, nobody need be reached."""
    assert bool(models_without_a_person(flow(steps)).flaws) is alone


@pytest.mark.parametrize(
    ("steps", "of", "words"),
    [
        ("{call: a.f, timeout: 4 s, deadline: 9 s}", "time",
         ["each attempt is given up after 4 s", "given up after 9 s"]),
        ("{call: a.f, timeout: 4 s, deadline: 9 s}", "calls", []),
        ("{call: a.f, cache: {hits: 30 %, takes: 1 ms}}", "calls", ["the cache doesn't hold it"]),
        ("{repeat: {until: 50 %, at_most: 3, steps: [{call: a.f}]}}", "calls", ["goes round 3 times"]),
        ("{repeat: {times: 4, steps: [{call: a.f}]}}", "calls", ["goes round 4 times"]),
        ("{repeat: {until: 50 %, steps: [{call: a.f}]}}", "calls", ["has no bound"]),
        ("{do: other}", "calls", ["goes round 2 times"]),
        ("{call: a.deep}", "calls", ["goes round 2 times"]),
        (
            "{steps: [{do: other}], compensate: [{repeat: {times: 5, steps: [{call: a.f}]}}],"
            " fallback: [{repeat: {times: 6, steps: [{call: a.f}]}}]}",
            "calls", ["goes round 2 times", "fails at its end, and its fallback runs too", "goes round 6 times"],
        ),
    ],
)  # fmt: skip
def test_the_turns_of_the_worst_run(steps: str, of: Of, words: list[str]) -> None:
    assert [turn.words for turn in turns(flow(steps), "main", of)] == words


def test_a_step_without_a_bound_says_why() -> None:
    here = flow("{ask: ana, takes: 1 s}")
    made = step_figure(here, here.model.flows["main"].steps[0], None, "time")
    assert made.value is None
    assert made.reason == "no bound: " + made.missing[0]
    assert "a person may be busy" in made.missing[0]
