"""State machines against every run of small random programs, enumerated by a reader that shares no code with them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings

from groma.analyses.approval import breaches
from groma.analyses.context import Context
from groma.analyses.orchestration import machine_of, name_of_state, problems, reach, told
from groma.analyses.orchestration.checks import failing_after, unapproved_way
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.program import ERROR_KINDS
from programs import HEAD, POINTS, TooMany, enumerate_runs, texts

CATALOG = load_catalog()
QUICK = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
PARTS = HEAD + "".join(f"  {name}: {{kind: service, offers: {o}}}\n" for name, o in POINTS.items())


def context_of(text: str) -> Context:
    model = loads(text)
    return Context(model, CATALOG, Ledger(model.digest))


def flow(steps: str, more: str = "") -> Context:
    return context_of(
        f"{PARTS}{more}flows:\n  main:\n    starts: {{rate: 1/s}}\n    by: a\n    steps: [{steps}]\n"
    )


def called(machine, states) -> set[str]:
    calls = (machine.by_id[name] for name in states)
    return {f"{s.component}.{s.operation}" for s in calls if s.kind == "call"}


@QUICK
@given(texts())
def test_every_enumerated_run_is_a_run_of_the_machine(text: str) -> None:
    context = context_of(text)
    try:
        runs = enumerate_runs(context.model, "main", 1500)
    except TooMany:
        assume(False)
    machine = machine_of(context, "main")
    assert problems(machine) == ()
    found = reach(machine)
    assert {call for _, end in runs for call, _ in end.calls} <= called(machine, found.first)
    kinds = {end.kind for _, end in runs}
    assert ("done" in found) >= bool(kinds & {"ok", "stopped"})
    failing = {way.outcome for way in found.ways if way.target == "failed"}
    assert kinds & set(ERROR_KINDS) <= failing


@QUICK
@given(texts())
def test_without_clocks_and_branches_at_once_the_machine_is_exact(text: str) -> None:
    """Times are what it over-approximates: without limits, hedges and joins it does nothing that no run does."""
    assume(not any(word in text for word in ("timeout", "deadline", "hedge", "parallel")))
    context = context_of(text)
    try:
        runs = enumerate_runs(context.model, "main", 3000)
    except TooMany:
        assume(False)
    found = reach(machine_of(context, "main"))
    machine = found.machine
    assert called(machine, found.first) == {call for _, end in runs for call, _ in end.calls}
    assert ("done" in found) == any(end.kind in ("ok", "stopped") for _, end in runs)
    failing = {way.outcome for way in found.ways if way.target == "failed"}
    assert failing == {end.kind for _, end in runs} & set(ERROR_KINDS)


@QUICK
@given(texts())
def test_what_fails_after_an_effect_agrees_with_the_runs(text: str) -> None:
    assume(
        not any(word in text for word in ("timeout", "deadline", "hedge", "parallel", "c.f", "b.g", "retry"))
    )
    context = context_of(text)
    try:
        runs = enumerate_runs(context.model, "main", 3000)
    except TooMany:
        assume(False)
    machine = machine_of(context, "main")
    found = reach(machine)
    effects = [
        s for s in machine.of_kind("call") if s.id in found and (s.component, s.operation) == ("b", "f")
    ]
    after = any(failing_after(machine, s.id) for s in effects)
    # a run that called b.f and ended failed, other than by b.f itself being turned away (its only own fault)
    some = any(end.kind in ERROR_KINDS and any(c == "b.f" for c, _ in end.calls) for _, end in runs)
    if after:
        assert some
    if any(
        end.kind in set(ERROR_KINDS) - {"throttled"} and any(c == "b.f" for c, _ in end.calls)
        for _, end in runs
    ):
        assert after


@QUICK
@given(texts())
def test_an_effect_is_unapproved_on_the_machine_where_the_proof_says_so(text: str) -> None:
    """Dominance by cutting the yes out of the machine, against the must-analysis over the program."""
    text = text.replace("rejects: 20 %", "rejects: 20 %, approves: [pay]").replace(
        "f: {work: 4 ms}", "f: {work: 4 ms, impact: pay}"
    )
    context = context_of(text)
    machine = machine_of(context, "main")
    possible = {s.path for s in machine.states if s.id in reach(machine, stated=False)}
    for breach in breaches(context, "pay"):
        paths = [
            s.path
            for s in machine.states
            if f"{s.component}.{s.operation}" == breach.call and str(s.at) == breach.at
        ]
        ways = [unapproved_way(context, "main", path, "pay") for path in paths]
        assert any(ways) or not possible.intersection(paths)


@pytest.mark.parametrize(
    ("steps", "fails", "done"),
    [
        ("{parallel: [[{call: a.f}], [{fail: rejected}]], join: all}", True, False),
        ("{parallel: [[{call: a.f}], [{fail: rejected}]], join: any}", False, True),
        ("{parallel: [[{call: a.f}], [{call: a.f}]], join: all}", False, True),
        ("{parallel: [[{call: c.f}], [{call: a.f}]], join: any}", False, True),
        ("{parallel: [[{call: c.f}], [{call: c.f}]], join: any}", True, True),
        ("{parallel: [[{call: a.f, fallback: []}], [{fail: failed, fallback: []}]], join: all}", False, True),
        ("{call: c.f, retry: {times: 2}, fallback: []}", False, True),
        ("{fail: rejected, retry: {times: 2, on: [failed]}}", True, False),
        ("{stop: ok}, {fail: failed}", False, True),
        ("{repeat: {until: 0 %, steps: [{wait: 1 s}]}}", False, False),
        ("{repeat: {until: 0 %, at_most: 3, steps: [{wait: 1 s}]}}", False, True),
        ("{repeat: {until: 0 %, steps: [{wait: 1 s}]}, deadline: 9 s}", True, False),
    ],
)
def test_ends_that_are_known(steps: str, fails: bool, done: bool) -> None:
    found = reach(machine_of(flow(steps), "main"))
    assert ("failed" in found, "done" in found) == (fails, done)


def test_policies_are_states_in_their_order() -> None:
    context = flow(
        "{call: c.f, timeout: 20 ms, retry: {times: 2, backoff: 3 ms}, guard: {name: tone, rejects: 5 %},"
        " cache: {hits: 30 %, takes: 1 ms}, limit: {rate: 5/s}, deadline: 1 s,"
        " breaker: {opens_at: 50 %, window: 1 min, half_open_after: 10 s}, fallback: [{call: a.f}]}"
    )
    machine = machine_of(context, "main")
    inside = {
        w.source: w.target
        for w in machine.transitions
        if w.label in ("begins", "not kept", "within the rate", "answered") or w.label.startswith("closed")
    }
    at, order = "start", ["start"]
    while at in inside and len(order) < 9:
        at = inside[at]
        order.append(at)
    words = [name.replace("flows.main.steps.1", "").strip() for name in order]
    assert words == ["start", "cache", "breaker", "limit", "", "guard tone"]
    limits = [w for w in machine.leaving["flows.main.steps.1"] if w.after]
    assert [(w.after, w.target) for w in limits] == [
        ("1 s", "flows.main.steps.1.fallback.1"),
        ("20 ms", "flows.main.steps.1 retry"),
    ]
    assert problems(machine) == ()


def test_a_compensation_is_undone_on_the_way_to_the_failed_end() -> None:
    context = flow("{call: a.f, compensate: [{call: a.g}]}, {call: c.f}")
    machine = machine_of(context, "main")
    assert machine.compensations == {"flows.main.steps.1": "undo > flows.main.steps.1.compensate.1"}
    found = reach(machine)
    assert [w.target for w in found.path("failed")][-2:] == ["undo", "failed"]
    assert machine.by_id["flows.main.steps.1"].undone_by == "flows.main.steps.1"


def test_nested_steps_are_states_or_the_errors_that_come_out_of_them() -> None:
    context = flow("{call: b.g}")
    whole, outer = (machine_of(context, "main", nested=nested) for nested in (True, False))
    inner = "flows.main.steps.1 > components.b.offers.g.steps.1"
    assert inner in whole.by_id
    assert inner not in outer.by_id
    for machine in (whole, outer):
        assert {w.outcome for w in reach(machine).ways if w.target == "failed"} == {"failed"}


@pytest.mark.parametrize("nested", [True, False])
def test_a_stop_inside_an_operation_ends_its_own_steps_and_not_the_run(nested: bool) -> None:
    offers = "{x: {steps: [{choose: [{share: 50 %, steps: [{stop: ok}]}, {share: 50 %, steps: []}]}, {call: c.f}]}}"
    context = flow(
        "{call: d.x, fallback: []}, {fail: rejected}", f"  d: {{kind: service, offers: {offers}}}\n"
    )
    machine = machine_of(context, "main", nested=nested)
    found = reach(machine)
    assert "done" not in found
    assert {way.outcome for way in found.ways if way.target == "failed"} == {"rejected"}
    stopping = flow(
        "{call: d.x}, {fail: rejected}", "  d: {kind: service, offers: {x: {steps: [{stop: ok}]}}}\n"
    )
    assert "done" not in reach(machine_of(stopping, "main", nested=nested))


def test_a_way_is_told_in_words_with_places() -> None:
    machine = machine_of(flow("{call: a.f}, {call: c.f, retry: 1}, {fail: rejected}"), "main")
    text = told(machine, reach(machine).path("failed"))
    assert "fail" in text and ":" in name_of_state(machine.states[1])


def test_a_join_passes_on_only_kinds_of_error_that_came_in() -> None:
    found = reach(machine_of(flow("{parallel: [[{call: c.f}], [{call: a.f}]], join: all}"), "main"))
    assert {way.outcome for way in found.ways if way.target == "failed"} == {"failed"}
