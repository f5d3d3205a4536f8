"""Mutants of what the DBOS export adds are caught by its runs, whole ones and those that are killed and go on."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from exports.harness import Fate, Straight, World, in_virtual_time
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
    return loads(text.replace(steps, "      - wait: 90 s\n" + steps))


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
    package: str, model: Model, fate: Fate, kill_after: int = -1
) -> tuple[dict[str, Any], World, list[Any]]:
    """A run, killed after a step and begun again where that is asked for."""
    world = World(package, model, fate)
    desk = Desk(world)

    async def go() -> Any:
        workflow, support = world.module("workflow"), world.module("support")
        ports = world.ports()
        support.SETTING.ports = lambda: ports
        support.SETTING.notifier = desk
        DBOS.begin(kill_after)
        try:
            return await workflow.answer({"question": "why"})
        except Killed:
            DBOS.begin(fresh=False)
            return await workflow.answer({"question": "why"})

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
    found: list[Trial] = []
    spoken = [  # a message says yes or no, and can't fail
        (fate, expected)
        for fate, expected in worlds(model)
        if not any(f.site in model.people and f.kind not in ("rejected", "slow") for f in fate.faults)
    ]
    for fate, expected in thinned(model, spoken, 1):
        found.append(lambda package, f=fate, e=expected: whole_run(package, model, f, e))
    straight = Straight(3)
    expected = Counter(
        (what, where)
        for _, what, where in Reference(model, straight).run("answer")[1]
        if where != "90.000000"
    )
    found += [lambda package, at=at: killed(package, model, straight, at, expected) for at in range(24)]
    return found


def whole_run(package: str, model: Model, fate: Fate, expected: Expected) -> bool:
    result, world, asked = one(package, model, fate)
    people = [where for _, what, where in expected[1] if what == "ask"]
    wanted = native(list(expected[1]))
    return (
        result["outcome"] == expected[0]
        and same(native(world.log), wanted)
        and [q.role for q in asked] == people
        and all((q.run, q.data["question"]) == ("run", "why") and q.where.startswith("flows.") for q in asked)
        and (result["outcome"] == "ok" or result["error"][0] == result["outcome"])
        and result["undone"] == (result["undo"][::-1] if result["outcome"] != "ok" else [])
    )


def test_dbos(capsys: pytest.CaptureFixture[str]) -> None:
    model = everything()
    tried = Trials(trials(model))
    count, missed = survivors(model, "dbos", ["workflow"], tried, in_generated)
    more, others = survivors(model, "dbos", ["support"], tried, in_library)
    with capsys.disabled():
        print(f" dbos: {count + more - len(missed) - len(others)} of {count + more} mutants caught", end="")
    equal = {"'take over', (: approves nothing": "it approves nothing as it is"}
    explained(missed, equal)
    assert more > 100 and len(others) <= 0.3 * more, "\n".join(others)
