"""Runs that outlive their process: a question that is answered in another one, and processes that are really killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exports.harness import Fate, Fault, Straight, World, in_virtual_time, loaded, plain, unloaded, written
from exports.reference import Reference, same
from exports.test_plain import HERE, native
from groma import api
from groma.model.elements import Model
from groma.model.load import loads

ASKED = "flows.answer.steps.8.choose.1.steps.1"
Did = Counter[tuple[str, str]]


class Quick(Straight):
    """Nothing takes long: no limit of time is near."""

    def work(self, site: str, time: float, mean: float) -> tuple[float, str]:
        takes, kind = super().work(site, time, mean)
        return takes / 10, kind


@dataclass
class Kept:
    """What outlives the processes of one run."""

    format: str
    folder: Path
    package: str

    def process(self, does: str, *, approved: bool = True, kill: str = "") -> dict[str, Any] | None:
        """How the run stands when a process ends; None where it was killed."""
        told = {
            "format": self.format, "folder": str(self.folder), "package": self.package, "flow": "answer",
            "kept": str(self.folder / "runs.sqlite"), "ledger": str(self.folder / "ledger"), "does": does,
            "approved": approved, "kill": kill, "where": ASKED,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(HERE / "elsewhere.py"), json.dumps(told)],
            capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip
        if kill:
            assert done.returncode == -signal.SIGKILL, done.stderr
            return None
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def did(self, how: str) -> tuple[Did, list[str]]:
        """What was `begun` or `done` of the world, and the keys."""
        lines = [json.loads(line) for line in (self.folder / "ledger").read_text("utf-8").splitlines()]
        mine = [line for line in lines if line[0] == how]
        return Counter((what, where) for _, what, where, _ in mine), [key for *_, key in mine if key]


def said(model: Model, *faults: Fault) -> tuple[str, Did]:
    """How the run ends by the design, and what is asked of the world."""
    kind, log = Reference(model, Quick(0, faults)).run("answer")
    return kind, Counter((what, where) for _, what, where in log if what != "sleep")


def states(model: Model, *faults: Fault) -> list[str]:
    """The states that the plain export goes through."""
    package = loaded(model, "python")
    _, _, run = plain(package, model, "answer", Quick(0, faults))
    unloaded(package)
    return [event.where for event in run.trace if event.what == "state"]


def interrupted(
    package: Callable[[], str], model: Model, fate: Fate, flow: str = "answer", checkpoint: bool = True
) -> tuple[list[Any], Any, list[tuple[float, str, str]]]:
    """A run whose people answer an interrupt: an application is built anew on the checkpointer for each verdict.

    Gives how it stood each time, the last run, and what was asked of the world."""
    from langgraph.checkpoint.memory import InMemorySaver

    saver, log = InMemorySaver() if checkpoint else None, list[tuple[float, str, str]]()
    outcomes: list[Any] = []

    async def one(world: World, data: dict[str, Any] | None, answer: dict[str, Any] | None) -> Any:
        graph, support = world.module(f"graph_{flow}"), world.module("support")
        compiled = graph.build().compile(checkpointer=saver)
        ports = support.with_interrupts(world.ports(), graph.DESK)
        return await support.carry_out(compiled, graph.UNDO, graph.LIMIT, "run", data, ports, answer)

    async def go() -> Any:
        world = World(package(), model, fate, log)
        run, outcome = await one(world, {"question": "why"}, None)
        outcomes.append(outcome)
        while outcome.kind == "waiting":
            asked = world.module("world").Question("run", outcome.where, outcome.why, "", (), {})
            approved = (await world.ask(asked)).approved
            world = World(package(), model, fate, log)
            answer = {"approved": approved, "data": {"said": outcome.why}, "note": "so it is"}
            run, outcome = await one(world, None, answer)
            outcomes.append(outcome)
        return run

    return outcomes, in_virtual_time(go()), log


@pytest.mark.parametrize("verdict", ["ok", "rejected"])
def test_an_interrupt_outlives_the_application(verdict: str) -> None:
    pytest.importorskip("langgraph", reason="langgraph isn't installed")
    model = api.load(HERE / "everything.yaml")
    fate = Straight(0, (Fault("lead", "rejected"),) if verdict == "rejected" else ())
    packages: list[str] = []

    def package() -> str:
        packages.append(loaded(model, "langgraph"))
        return packages[-1]

    outcomes, run, log = interrupted(package, model, fate)
    kind, expected = Reference(model, fate).run("answer")
    waiting, last = outcomes
    assert (waiting.kind, waiting.where, waiting.why) == ("waiting", ASKED, "lead")
    assert last.kind == kind == verdict
    assert same(native(log), native(expected))  # the same effects, once each, at the same times
    assert run.data["question"] == "why" and ("refund" in run.approved) == (verdict == "ok")
    for package_ in packages:
        unloaded(package_)


DEEP = """groma: 1
system: Asked inside
currency: EUR
people: {ana: {role: clerk}, bo: {role: chief}}
components:
  a: {kind: service, offers: {f: {work: 10 ms}, g: {work: 20 ms}}}
flows:
  main:
    starts: {rate: 1/min}
    by: a
    steps:
      - {call: a.f}
      - {ask: ana, takes: 1 min, retry: {times: 1, on: [rejected]}, title: once more}
      - steps: [{call: a.g}, {ask: bo, takes: 1 min}, {call: a.f}]
        deadline: 1 d
      - repeat: {times: 2, steps: [{ask: ana, takes: 1 min}]}
"""


def test_a_question_inside_a_policy_is_asked_at_a_desk_and_nothing_is_done_twice() -> None:
    pytest.importorskip("langgraph", reason="langgraph isn't installed")
    model = loads(DEEP)
    package = loaded(model, "langgraph")
    world = World(package, model, Quick(0))
    graph, support = world.module("graph_main"), world.module("support")
    assert set(graph.DESK) == {"flows.main.steps.3.steps.2"}
    ports = world.ports()
    ports.desk = None
    with pytest.raises(ValueError, match=r"a desk for flows\.main\.steps\.3\.steps\.2, found none"):
        support.with_interrupts(ports, graph.DESK)
    for seed, faults in enumerate([(), (Fault("ana", "rejected", 0.5),), (Fault("bo", "rejected"),)] * 3):
        fate = Quick(seed, faults)
        outcomes, _, log = interrupted(lambda: package, model, fate, "main")
        kind, expected = Reference(model, fate).run("main")
        assert outcomes[-1].kind == kind and same(log, expected)
    unloaded(package)


@pytest.mark.parametrize("approved", [True, False])
def test_another_process_resumes_what_langgraph_interrupted(tmp_path: Path, approved: bool) -> None:
    pytest.importorskip("langgraph.checkpoint.sqlite", reason="langgraph-checkpoint-sqlite isn't installed")
    model = api.load(HERE / "everything.yaml")
    faults = () if approved else (Fault("lead", "rejected"),)
    kind, expected = said(model, *faults)
    kept = Kept("langgraph", tmp_path, written(model, "langgraph", tmp_path))
    first = kept.process("begin")
    assert first and (first["outcome"], first["why"]) == ("waiting", "lead")
    before, _ = kept.did("done")
    assert not any(where == "shop.refund" for _, where in before)
    last = kept.process("answer", approved=approved)
    assert last and last["outcome"] == kind and last["data"]["question"] == "why"
    done, keys = kept.did("done")
    assert done + Counter({("ask", "lead"): 1}) == expected and kept.did("begun")[0] == done
    assert len(keys) == approved
    way = states(model, *faults)
    assert set(first["trace"]) | set(last["trace"]) == set(way)
    assert first["trace"][-1] == last["trace"][0] and last["trace"][-1] == way[-1]


@pytest.mark.parametrize("format_", ["langgraph", "dbos"])
def test_killed_processes_go_on_with_the_step_under_way(tmp_path: Path, format_: str) -> None:
    pytest.importorskip("dbos" if format_ == "dbos" else "langgraph.checkpoint.sqlite")
    model = api.load(HERE / "everything.yaml")
    kind, expected = said(model)
    kept = Kept(format_, tmp_path, written(model, format_, tmp_path))
    kills = ["crm.note", "shop.refund"]
    kept.process("begin", kill=kills[0])
    if format_ == "langgraph":
        assert (waiting := kept.process("go on")) and waiting["outcome"] == "waiting"
        kept.process("answer", kill=kills[1])
    else:
        kept.process("go on", kill=kills[1])
    last = kept.process("go on")
    assert last and last["outcome"] == kind == "ok" and last["data"]["answer"] == "so it is"
    assert last["trace"][-1] == states(model)[-1]
    done, keys = kept.did("done")
    begun, asked = kept.did("begun")
    asked_by = Counter({("ask", "lead"): 1 if format_ == "langgraph" else 0})
    again = begun - (expected - asked_by)
    assert not (expected - asked_by) - done  # all of it was done
    assert all(again["call", where] == 1 for where in kills)  # what was under way, once more
    beside = {("call", "crm.read")}  # the other branch of the state that was under way
    assert set(again) - {("call", where) for where in kills} <= beside
    assert all(done["call", where] == expected["call", where] for where in kills)
    assert len(set(asked)) == 1 and len(asked) == 2 and len(keys) == 1  # the same key, though asked twice


def test_a_process_killed_while_it_undoes_goes_on_undoing(tmp_path: Path) -> None:
    pytest.importorskip("dbos", reason="dbos isn't installed")
    model = api.load(HERE / "everything.yaml")
    kind, expected = said(model, Fault("lead", "rejected"))
    kept = Kept("dbos", tmp_path, written(model, "dbos", tmp_path))
    kept.process("begin", approved=False, kill="shop.release")
    last = kept.process("go on")
    assert last and last["outcome"] == kind == "rejected" and len(last["undone"]) == 2
    assert kept.did("done")[0] == expected
    assert kept.did("begun")[0] - expected == Counter({("call", "shop.release"): 1})
