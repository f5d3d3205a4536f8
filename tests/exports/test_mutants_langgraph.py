"""Mutants of what the LangGraph export adds are caught: by whole runs, and by runs that are interrupted, or crash, and go on."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from exports.harness import Fate, Fault, Straight, World, in_virtual_time, langgraph, loaded, plain, unloaded
from exports.mutate import in_generated, in_library
from exports.reference import Reference, same
from exports.test_mutants import Expected, Trial, Trials, explained, survivors, thinned, worlds
from exports.test_plain import HERE, native
from exports.test_processes import ASKED, interrupted
from groma import api
from groma.model.elements import Model

memory = pytest.importorskip("langgraph.checkpoint.memory", reason="langgraph isn't installed")

pytestmark = pytest.mark.mutants


def passed(run: Any) -> tuple[list[str], str]:
    """The marks that a run passed, and its last state."""
    marks = [event.more for event in run.trace if event.what == "mark"]
    return marks, [event.where for event in run.trace if event.what == "state"][-1]


def whole_runs(model: Model) -> list[Trial]:
    trials: list[Trial] = []
    original = loaded(model, "python")
    for fate, expected in thinned(model, worlds(model), 2):
        told = passed(plain(original, model, "answer", fate)[2])

        def trial(
            package: str, fate: Fate = fate, expected: Expected = expected, told: object = told
        ) -> bool:
            end, log, run = langgraph(package, model, "answer", fate)
            return end == expected[0] and same(native(log), native(expected[1])) and passed(run) == told

        trials.append(trial)
    unloaded(original)
    return trials


def answered(package: str, model: Model) -> bool:
    """Interrupts that are answered: a yes with its data, a no with its words."""
    for faults in (
        (),
        (Fault("lead", "rejected"),),
        (Fault("lead", "rejected"), Fault("shop.release", "failed")),
    ):
        fate = Straight(0, faults)
        kind, expected = Reference(model, fate).run("answer")
        (first, last), run, log = interrupted(lambda: package, model, fate)
        if not (
            (first.kind, first.where, first.why) == ("waiting", ASKED, "lead")
            and (last.kind, last.where, last.why) == (kind, *((ASKED, "so it is") if faults else ("", "")))
            and same(native(log), native(expected))
            and run.data["question"] == "why"
            and (run.data.get("said"), run.approved) == ((None, set()) if faults else ("lead", {"refund"}))
            and len(run.undo) == (0 if faults else 2)
            and run.trace[0].where.startswith(ASKED)
            and all(event.what != "error" or event.more == kind for event in run.trace)
            and any(event.what == "error" for event in run.trace) == bool(faults)
        ):
            return False
    return True


class Crash(BaseException):
    """The process ends here."""


@dataclass
class Crashing(World):
    """It crashes once, in the middle of an operation."""

    at: str = ""

    async def work(self, what: str, site: str, mean: float) -> None:
        if site == self.at:
            self.at = ""
            raise Crash
        await super().work(what, site, mean)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if f"sleep {seconds}" == self.at:
            self.at = ""
            raise Crash


class Slow(memory.InMemorySaver):
    """It takes long to keep something."""

    async def aput(self, *given: Any, **more: Any) -> Any:
        await asyncio.sleep(50.0)
        return await super().aput(*given, **more)


def carried_out(world: World, *steps: tuple[Any, Any], saver: Any = None, others: Any = ()) -> list[Any]:
    """What each of several calls of `carry_out` gave: of (data, resume)."""
    graph, support = world.module("graph_answer"), world.module("support")
    compiled = graph.build().compile(checkpointer=saver or memory.InMemorySaver())

    async def go() -> list[Any]:
        given: list[Any] = []
        for data, resume in steps:
            ports = support.with_interrupts(world.ports(), others)
            try:
                given.append(
                    await support.carry_out(compiled, graph.UNDO, graph.LIMIT, "run", data, ports, resume)
                )
            except Crash as crash:
                given.append(crash)
        given.append(world.now())
        return given

    return in_virtual_time(go())


def what_is_no_yes_is_a_no(package: str, model: Model) -> bool:
    for verdict in ({"data": {}}, {"approved": "yes"}, {"approved": 1}):
        _, (run, outcome), _ = carried_out(
            World(package, model, Straight(0)), ({"question": "why"}, None), (None, verdict)
        )
        if (outcome.kind, outcome.why, run.data) != ("rejected", "", {"question": "why"}):
            return False
    return True


def what_is_asked_is_told(package: str, model: Model) -> bool:
    """The interrupt's value is the question, and nothing of the run is lost at its checkpoint."""
    saver, world = memory.InMemorySaver(), World(package, model, Straight(0))
    carried_out(world, ({"question": "why"}, None), saver=saver)
    compiled = world.module("graph_answer").build().compile(checkpointer=saver)
    state = compiled.get_state({"configurable": {"thread_id": "run"}})
    (asked,) = state.interrupts
    kept = state.values
    return (
        asked.value["data"] == kept["data"] == {"question": "why"}
        and {k: v for k, v in asked.value.items() if k not in ("data", "approves")}
        == {"run": "run", "where": ASKED, "role": "lead", "title": "may it be paid back"}
        and list(asked.value["approves"]) == ["refund"]
        and (kept["event"], len(kept["undo"]), kept["approved"], kept["rounds"]) == ("1", 2, [], {})
        and set(kept) == {"event", "data", "undo", "approved", "rounds"}
    )


def a_desk_is_asked_in_place(package: str, model: Model) -> bool:
    """Questions for a desk are asked there; without one they are refused before anything is done."""
    world = World(package, model, Straight(0))
    (_, outcome), _ = carried_out(world, ({}, None), others=frozenset({ASKED}))
    asked = [where for _, what, where in world.log if what == "ask"]
    support, bare, fine = world.module("support"), world.ports(), world.ports()
    bare.desk = fine.desk = None
    fine = support.with_interrupts(fine, ())
    try:
        support.with_interrupts(bare, {"b", "a"})
    except ValueError as error:
        return "a, b" in str(error) and outcome.kind == "ok" and asked == ["lead"] and len(fine.through) == 3
    return False


def what_ended_is_kept_before_what_follows(package: str, model: Model) -> bool:
    """Each node waits for the last one's checkpoint; without a verdict a question stays open, and nothing is done again."""
    world = World(package, model, Straight(0))
    first, second, _ = carried_out(world, ({"question": "why"}, None), (None, None), saver=Slow())
    own = {str(state.value) for state in world.module("flow_answer").MAIN.work}
    nodes = sum(event.where in own for event in first[0].trace if event.what == "state")
    return (
        (first[1].kind, second[1].kind) == ("waiting", "waiting")
        and second[0].data == {"question": "why"}
        and len(second[0].undo) == 2
        and next(time for time, what, _ in world.log if what == "choose 1") >= 50.0 * (nodes - 2)
        and [event.where for event in second[0].trace if event.what == "state"] == [first[0].trace[-2].where]
    )


def a_crash_is_gone_on_from(package: str, model: Model) -> bool:
    """What ended before a crash isn't done again, and nothing that the run knew is lost; once over, it stays over."""
    fate = Straight(0)
    yes = {"approved": True, "data": {"said": "lead"}}
    expected = Reference(model, fate).run("answer")[1]
    wanted = Counter((what, where) for _, what, where in expected if what not in ("sleep", "ask"))
    begin, go_on, answer = ({"question": "why"}, None), (None, None), (None, yes)
    for at, steps in (("shop.refund", (begin, answer, go_on)), ("search.query", (begin, go_on, answer))):
        world = Crashing(package, model, fate, at=at)
        *given, (run, outcome), (later, again), _ = carried_out(world, *steps, go_on)
        did = Counter((what, where) for _, what, where in world.log if what != "sleep")
        if at == "search.query":
            did["cache False", "flows.answer.steps.1"] -= 1  # the node that was under way
        if not (
            any(isinstance(each, Crash) for each in given)
            and (outcome.kind, again.kind) == ("ok", "ok")
            and did == wanted
            and run.approved == later.approved == {"refund"}
            and run.data == later.data == {"question": "why", "said": "lead"}
        ):
            return False
    return True


def what_a_branch_did_is_undone_after_a_crash(package: str, model: Model) -> bool:
    """A branch that ended before another one crashed is kept: not done again, and undone with the rest."""
    fate = Straight(1)
    world = Crashing(package, model, fate, at="sleep 0.007")
    no = (None, {"approved": False})
    crash, *_, (run, outcome), _ = carried_out(world, ({}, None), (None, None), no)
    calls = [where for _, what, where in world.log if what == "call"]
    return (
        isinstance(crash, Crash)
        and outcome.kind == "rejected"
        and calls.count("crm.note") == 1
        and calls[-2:] == ["crm.tag", "shop.release"]
        and not run.undo
    )


def what_branches_know_is_joined(package: str, model: Model) -> bool:
    support = World(package, model, Straight(0)).module("support")
    both, either = support._both, support._either
    return (
        [both(["a"], ["a", "b"]), both(["a", "b"], ["a"]), both(["a", "x"], ["a", "y"]), both([], ["a"])]
        == [["a", "b"], ["a", "b"], ["a", "x", "y"], ["a"]]
        and both(["a", "a"], ["a", "a"]) == ["a", "a"]
        and either(["b"], ["a", "b"]) == ["a", "b"]
    )  # fmt: skip


def a_run_has_a_limit(package: str, model: Model) -> bool:
    from langgraph.errors import GraphRecursionError

    world = World(package, model, Straight(0))
    graph, support = world.module("graph_answer"), world.module("support")
    compiled = graph.build().compile()

    async def go() -> None:
        await support.carry_out(compiled, graph.UNDO, 4, "run", {}, world.ports())

    try:
        in_virtual_time(go())
    except GraphRecursionError:
        return True
    return False


def every_trial(model: Model) -> list[Trial]:
    looks = (
        answered, what_is_no_yes_is_a_no, what_is_asked_is_told, a_desk_is_asked_in_place,
        what_ended_is_kept_before_what_follows, a_crash_is_gone_on_from, what_branches_know_is_joined,
        what_a_branch_did_is_undone_after_a_crash, a_run_has_a_limit,
    )  # fmt: skip
    return [*(lambda package, look=look: look(package, model) for look in looks), *whole_runs(model)]


def test_langgraph(capsys: pytest.CaptureFixture[str]) -> None:
    model = api.load(HERE / "everything.yaml")
    trials = Trials(every_trial(model))
    count, missed = survivors(model, "langgraph", ["graph_answer"], trials, in_generated)
    more, others = survivors(model, "langgraph", ["support"], trials, in_library)
    missed += others
    with capsys.disabled():
        print(f" langgraph: {count + more - len(missed)} of {count + more} mutants caught", end="")
    ends = "a node without an edge ends the run too"
    equal = {"add_edge('s8_2_3_stop', END): dropped": ends, "s8_2_3_stop): does nothing": ends}
    joined = "what follows a fork has one edge, and no event"
    same_length = "undo lists of one length are the same there"
    equal |= {
        "return 'ok': gives nothing": joined, "'ok': another word": joined,
        "False: the contrary": "total=False is for type checkers", "len(run.undo): bound moved": same_length,
    }  # fmt: skip
    explained(missed, equal)
    assert count > 60 and more > 60
