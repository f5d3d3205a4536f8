"""A process of its own that runs exported code, told by one JSON argument:

    folder, package, flow, kept (a database file), ledger (a file), does (`begin`, `answer` or `go on`), approved,
    kill (the site at which this process is killed, in the middle of its work, or "").

Everything asked of the world is a line of the ledger, `begun` before the work and `done` after it. The last line of what
it prints is how the run stands. It knows nothing of Groma.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
from typing import Any

TOLD: dict[str, Any] = json.loads(sys.argv[1])
sys.path.insert(0, TOLD["folder"])


def module(name: str) -> Any:
    return importlib.import_module(f"{TOLD['package']}.{name}")


def write(*line: str) -> None:
    with open(TOLD["ledger"], "a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(line) + "\n")
        ledger.flush()
        os.fsync(ledger.fileno())


def work(what: str, where: str, key: str = "") -> None:
    write("begun", what, where, key)
    if where == TOLD["kill"]:
        os.kill(os.getpid(), signal.SIGKILL)
    write("done", what, where, key)


class Tools:
    """Every component with every operation."""

    def __init__(self, path: str = "") -> None:
        self.path = path

    def __getattr__(self, name: str) -> Tools:
        return Tools(f"{self.path}.{name}".lstrip("."))

    async def __call__(self, request: dict[str, Any], *, key: str = "") -> dict[str, Any]:
        work("call", self.path, key)
        return {"answer": "so it is"} if self.path == "model.generate" else {}


class World:
    """The first way, one round, nothing cached; what is sent is written down."""

    def __getattr__(self, name: str) -> Any:
        async def passes(data: dict[str, Any]) -> bool:
            work("check", name)
            return True

        return passes

    async def choose(self, where: str, options: Any, data: Any) -> int:
        work("choose 1", where)
        return 0

    async def again(self, where: str, rounds: int, expected: float, data: Any) -> bool:
        work("again False", where)
        return False

    async def get(self, where: str, asked: str) -> dict[str, Any] | None:
        work("cache False", where)
        return None

    async def put(self, where: str, *rest: Any) -> None:
        work("send" if str(rest[0]).startswith("at ") else "keep", where)

    async def notify(self, question: Any) -> None:
        work("ask", question.role)

    def ports(self) -> Any:
        return module("machine").Ports(
            tools=Tools(), checks=self, desk=None, decider=self, outbox=self, caches=self
        )


async def langgraph() -> dict[str, Any]:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    graph, support = module(f"graph_{TOLD['flow']}"), module("support")
    async with AsyncSqliteSaver.from_conn_string(TOLD["kept"]) as kept:
        compiled = graph.build().compile(checkpointer=kept)
        ports = support.with_interrupts(World().ports(), graph.DESK)
        data = {"question": "why"} if TOLD["does"] == "begin" else None
        verdict = {"approved": TOLD["approved"]} if TOLD["does"] == "answer" else None
        run, outcome = await support.carry_out(compiled, graph.UNDO, graph.LIMIT, "run", data, ports, verdict)
    trace = [event.where for event in run.trace if event.what == "state"]
    return {"outcome": outcome.kind, "trace": trace, "data": run.data, "why": outcome.why}


async def dbos() -> dict[str, Any]:
    from dbos import DBOS, SetWorkflowID

    workflow, support, world = module("workflow"), module("support"), World()
    ports = world.ports()
    support.SETTING.ports, support.SETTING.notifier = lambda: ports, world
    DBOS(
        config={
            "name": "elsewhere",
            "system_database_url": f"sqlite:///{TOLD['kept']}",
            "log_level": "ERROR",
        }
    )
    DBOS.launch()
    try:
        if TOLD["does"] == "begin":
            with SetWorkflowID("run"):
                await DBOS.start_workflow_async(getattr(workflow, TOLD["flow"]), {"question": "why"})
            await support.answer("run", TOLD["where"], TOLD["approved"])
        handle = await DBOS.retrieve_workflow_async("run")
        return await handle.get_result()
    finally:
        DBOS.destroy()


if __name__ == "__main__":
    print(json.dumps(asyncio.run({"langgraph": langgraph, "dbos": dbos}[TOLD["format"]]())))
