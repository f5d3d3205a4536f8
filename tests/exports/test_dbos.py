"""The DBOS export, run by DBOS on SQLite, against the reference interpreter; and a run that outlives its process."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from exports.harness import Fate, Fault, World, in_virtual_time, written
from exports.reference import Reference, Tie
from exports.test_plain import HERE
from groma.model.load import loads

dbos = pytest.importorskip("dbos", reason="dbos isn't installed: pip install -r requirements/dev.txt")

FAULTS = [
    (), (Fault("search.query", "failed"),), (Fault("model.generate", "slow"),), (Fault("model.generate", "rejected"),),
    (Fault("shop.refund", "unavailable", 0.5),), (Fault("crm.note", "failed"),), (Fault("crm.tag", "slow"),),
    (Fault("lead", "rejected"),), (Fault("model.judge", "timeout"),), (Fault("shop.reserve", "throttled"),),
]  # fmt: skip


class Desk:
    """Somebody who answers from another thread, as people do."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def notify(self, question: Any) -> None:
        verdict = await self.world.ask(question)
        support = self.world.module("support")

        def send() -> None:
            asyncio.run(support.answer(question.run, question.where, verdict.approved))

        thread = threading.Thread(target=send)
        thread.start()
        thread.join(20)


def test_runs_ask_the_world_what_the_design_says(tmp_path: Path) -> None:
    # Virtual time jumps over what runs on while the database is asked, which takes real time.
    model = loads(
        (HERE / "everything.yaml")
        .read_text(encoding="utf-8")
        .replace("left_over: run on", "left_over: cancel")
    )
    package = written(model, "dbos", tmp_path)
    seen, ends = 0, set[str]()
    first = World(package, model, Fate(0))
    workflow, support = first.module("workflow"), first.module("support")
    dbos.DBOS(
        config={
            "name": "test",
            "system_database_url": f"sqlite:///{tmp_path}/runs.sqlite",
            "log_level": "ERROR",
        }
    )
    dbos.DBOS.launch()
    try:
        for seed, faults in enumerate([*FAULTS, *FAULTS]):
            fate = Fate(seed, faults)
            try:
                expected = Reference(model, fate).run("answer")
            except Tie:
                continue
            world = World(package, model, fate)
            world.now = lambda: asyncio.get_running_loop().time()
            ports = world.ports()
            support.SETTING.ports = lambda: ports
            support.SETTING.notifier = Desk(world)

            async def go() -> Any:
                with dbos.SetWorkflowID(f"run {seed}"):
                    return await workflow.answer({})

            result = in_virtual_time(go(), 2_000)
            assert result["outcome"] == expected[0], (seed, faults)
            did = [(what, where) for _, what, where in world.log]
            said = [(what, where) for _, what, where in expected[1]]
            assert sorted(did) == sorted(said), (seed, faults)
            seen += 1
            ends.add(result["outcome"])
            before = len(world.log)
            assert (
                in_virtual_time(go(), 2_000)["outcome"] == expected[0]
            )  # the same id: nothing is done twice
            assert len(world.log) == before
    finally:
        dbos.DBOS.destroy()
    assert seen >= 12 and len(ends) >= 3
