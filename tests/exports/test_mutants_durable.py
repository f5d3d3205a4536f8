"""Mutants of what the DBOS export adds are caught by its runs, whole ones and those that are killed and go on."""

from __future__ import annotations

import asyncio
import pickle
from collections import Counter
from typing import Any

import pytest

from exports.harness import Fate, Fault, Straight, World, in_virtual_time, loaded, plain, unloaded
from exports.mutate import in_generated, in_library
from exports.reference import Reference, same
from exports.standin import DBOS, Killed, in_place
from exports.test_mutants import Expected, Trial, Trials, explained, survivors, thinned, worlds
from exports.test_plain import HERE, native
from groma.model.elements import Model
from groma.model.load import loads

pytestmark = pytest.mark.mutants


def everything() -> Model:
    text = (HERE / "everything.yaml").read_text(encoding="utf-8")
    steps = "      - send: log.write\n      - steps"
    assert steps in text
    text = text.replace("left_over: run on", "left_over: cancel")  # what runs on is lost with the step
    return loads(text.replace(steps, "      - wait: 90 s\n" + steps) + SIGN)


SIGN = """  sign:
    starts: {rate: 1/min}
    by: app
    steps:
      - repeat:
          times: 2
          steps:
            - steps:
                - repeat: {times: 2, steps: [{ask: lead, takes: 1 min}, {call: crm.read}]}
              fallback: [{call: crm.tag}]
  idle: {starts: {rate: 1/min}, by: app, steps: []}
"""
OUTER, INNER = "s1_repeat", "s1_1_1_repeat"
SIGNED = "flows.sign.steps.1.repeat.steps.1.steps.1.repeat.steps.1"


class Desk:
    """Who is asked answers later, by a message."""

    def __init__(self, world: World) -> None:
        self.world, self.asked = world, list[Any]()

    async def notify(self, question: Any) -> None:
        self.asked.append(question)

        async def later() -> None:
            verdict = await self.world.ask(question)
            send = self.world.module("support").answer
            await send(question.run, question.where, verdict.approved, {"said": question.role}, "so it is")

        self.task = asyncio.ensure_future(later())


def one(
    package: str, model: Model, fate: Fate, kill_after: int = -1, flow: str = "answer", told: bool = True
) -> tuple[dict[str, Any], World, list[Any]]:
    """A run, killed after a step and begun again where that is asked for."""
    world = World(package, model, fate)
    desk = Desk(world)

    async def go() -> Any:
        workflow, support = world.module("workflow"), world.module("support")
        ports = world.ports()
        support.SETTING.ports = lambda: ports
        support.SETTING.notifier = desk if told else None
        DBOS.begin(kill_after)
        try:
            return await getattr(workflow, flow)({"question": "why"})
        except Killed:
            DBOS.begin(fresh=False)
            return await getattr(workflow, flow)({"question": "why"})

    with in_place():
        return in_virtual_time(go()), world, desk.asked


def killed(package: str, model: Model, fate: Fate, at: int, expected: Counter[tuple[str, str]]) -> bool:
    """After a kill the step under way is done again, with the same keys, and no other one."""
    result, world, _ = one(package, model, fate, at)
    did = Counter((what, where) for _, what, where in world.log)
    again = did - expected
    return (
        result["outcome"] == "ok"
        and not expected - did
        and sum(again.values()) <= 7
        and len(set(world.keys)) == 1
        and result["data"]["said"] == "lead"
        and result["approved"] == ["refund"]
    )


def trials(model: Model) -> list[Trial]:
    found: list[Trial] = [
        lambda package: idle(package, model), lambda package: undone(package, model),
        lambda package: signed(package, model), lambda package: unsigned(package, model),
        lambda package: a_question_stays_as_it_is(package, model),
    ]  # fmt: skip
    spoken = [  # a message says yes or no, and can't fail
        (fate, expected)
        for fate, expected in worlds(model)
        if not any(f.site in model.people and f.kind not in ("rejected", "slow") for f in fate.faults)
    ]
    original = loaded(model, "python")
    for fate, expected in thinned(model, spoken, 1):
        way = gone_through(original, model, fate)
        found.append(lambda package, f=fate, e=expected, w=way: whole_run(package, model, f, e, w))
    unloaded(original)
    straight = Straight(3)
    expected = Counter(
        (what, where)
        for _, what, where in Reference(model, straight).run("answer")[1]
        if where != "90.000000"
    )
    found += [lambda package, at=at: killed(package, model, straight, at, expected) for at in range(24)]
    return found


def gone_through(package: str, model: Model, fate: Fate) -> list[str]:
    """The states of the flow itself that the plain export goes through."""
    own = {str(state.value) for state in World(package, model, fate).module("flow_answer").MAIN.work}
    _, _, run = plain(package, model, "answer", fate)
    return [event.where for event in run.trace if event.what == "state" and event.where in own]


def whole_run(package: str, model: Model, fate: Fate, expected: Expected, way: list[str]) -> bool:
    result, world, asked = one(package, model, fate)
    people = [where for _, what, where in expected[1] if what == "ask"]
    wanted = native(list(expected[1]))
    return (
        result["outcome"] == expected[0]
        and same(native(world.log), wanted)
        and result["trace"] == way
        and [q.role for q in asked] == people
        and all((q.run, q.data["question"]) == ("run", "why") and q.where.startswith("flows.") for q in asked)
        and (result["outcome"] == "ok" or result["error"][0] == result["outcome"])
        and result["undone"] == (result["undo"][::-1] if result["outcome"] != "ok" else [])
    )


def idle(package: str, model: Model) -> bool:
    """A flow of nothing says so, with nobody to tell."""
    result, world, _ = one(package, model, Fate(0), flow="idle", told=False)
    return not world.log and result == {
        "event": "", "error": None, "data": {"question": "why"}, "approved": [], "undo": [], "rounds": {},
        "outcome": "ok", "trace": [], "undone": [],
    }  # fmt: skip


def undone(package: str, model: Model) -> bool:
    """A no ends the run with the person's words; what undoes it is kept with how it ended."""
    fate = Straight(0, (Fault("lead", "rejected"), Fault("shop.release", "failed")))
    result, world, asked = one(package, model, fate)
    kept = [pickle.loads(made) for name, made in DBOS.kept if name.startswith("undo ")]
    return (
        result["error"] == ["rejected", asked[0].where, "so it is"]
        and kept == ["ok", "failed"]
        and same(native(world.log), native(list(Reference(model, fate).run("answer")[1])))
    )


def signed(package: str, model: Model) -> bool:
    """Each round is a question of its own."""
    result, _, asked = one(package, model, Straight(0), flow="sign")
    rounds = [f"{SIGNED}[{INNER}={inner},{OUTER}={outer}]" for outer in (1, 2) for inner in (1, 2)]
    return result["outcome"] == "ok" and [q.where for q in asked] == rounds and result["rounds"] == {}


def unsigned(package: str, model: Model) -> bool:
    """A no that is caught goes out of the inner loop, which begins anew in the next round of the outer one."""
    fate = Straight(14, (Fault("lead", "rejected", 0.5),))
    expected = Reference(model, fate).run("sign")[1]
    result, world, asked = one(package, model, fate, flow="sign")
    tagged = [where for _, _, where in world.log if where == "crm.tag"]
    assert len(tagged) == 1, "expected one no"
    firsts = [q.where.partition("[")[2] for q in asked if f"[{INNER}=1," in q.where]
    return (
        result["outcome"] == "ok"
        and result["rounds"] == {}
        and same(native(world.log), native(expected))
        and firsts == [f"{INNER}=1,{OUTER}={n}]" for n in (1, 2)]
    )


def a_question_stays_as_it_is(package: str, model: Model) -> bool:
    asked = World(package, model, Fate(0)).module("support").Asked("a", "b", "c", ())
    try:
        asked.where = "elsewhere"
    except AttributeError:
        return True
    return False


def test_dbos(capsys: pytest.CaptureFixture[str]) -> None:
    model = everything()
    tried = Trials(trials(model))
    count, missed = survivors(model, "dbos", ["workflow"], tried, in_generated)
    more, others = survivors(model, "dbos", ["support"], tried, in_library)
    with capsys.disabled():
        print(f" dbos: {count + more - len(missed) - len(others)} of {count + more} mutants caught", end="")
    nothing = "it approves nothing as it is"
    equal = {"'take over', (: approves nothing": nothing, "steps.1', 'lea: approves nothing": nothing}
    explained(missed, equal)
    explained(others, {})
    assert more > 90
