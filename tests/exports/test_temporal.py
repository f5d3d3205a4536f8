"""The Temporal export: the SDK's own workflow instance, driven in virtual time, against the reference interpreter."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exports.harness import Fate, Fault, World, in_virtual_time, loaded, written
from exports.reference import Reference, Tie, same
from exports.test_langgraph import native
from exports.test_plain import HERE, sites
from groma import api
from groma.model.elements import Model
from groma.model.load import loads

pytest.importorskip("temporalio", reason="temporalio isn't installed: pip install -r requirements/dev.txt")

from temporalio.testing import ActivityEnvironment
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from exports.temporal_server import Server
from temporalio import workflow

KINDS = ("timeout", "unavailable", "rejected", "failed", "slow")


def settled() -> Model:
    """What runs on doesn't outlive a workflow, and a breaker there knows one run."""
    text = (HERE / "everything.yaml").read_text(encoding="utf-8")
    return loads(text.replace("left_over: run on", "left_over: cancel"))


def one(package: str, model: Model, fate: Fate) -> tuple[dict[str, Any], World, Server]:
    world = World(package, model, fate)
    activities, module = world.module("activities"), world.module("workflow")

    async def notify(question: dict[str, Any]) -> None:
        async def later() -> None:
            said = await world.ask(SimpleNamespace(role=question["role"]))
            server.signal("answer", question["place"], {"approved": said.approved})

        world.later = asyncio.ensure_future(later())  # pyright: ignore

    made = activities.Activities(world.tools(), world.checks(), world, notify, world, world)
    by_name = {a.__temporal_activity_definition.name: a for a in made.all()}

    async def perform(name: str, given: list[Any]) -> Any:
        return await by_name[name](*given)

    async def go() -> Any:
        nonlocal server
        server = Server(module.Answer, perform)
        return await server.run({})

    server: Any = None
    return in_virtual_time(go(), 20), world, server


def test_runs_ask_the_world_what_the_design_says() -> None:
    model = settled()
    package = loaded(model, "temporal")
    seen, ends = 0, set[str]()
    plans = [(), (), *(((Fault(site, kind),)) for site in sites(model) for kind in KINDS)]
    for seed, faults in enumerate(plans):
        if any(fault.site in model.people and fault.kind not in ("rejected", "slow") for fault in faults):
            continue
        try:
            expected = Reference(model, Fate(seed, faults)).run("answer")
        except Tie:
            continue
        result, world, _ = one(package, model, Fate(seed, faults))
        assert result["outcome"] == expected[0], (seed, faults)
        assert same(native(world.log), native(expected[1])), (seed, faults, sorted(world.log), expected[1])
        seen += 1
        ends.add(result["outcome"])
    assert seen > 40 and len(ends) >= 4


def test_every_activity_has_a_limit_and_a_number_of_attempts() -> None:
    model = settled()
    _, _, server = one(loaded(model, "temporal"), model, Fate(0))
    assert len(server.scheduled) > 8
    for given in server.scheduled:
        assert given.start_to_close_timeout.ToTimedelta().total_seconds() > 0
        assert given.retry_policy.maximum_attempts > 0


def test_options_are_the_policies_numbers() -> None:
    model = api.load(HERE / "everything.yaml")
    options = World(loaded(model, "temporal"), model, Fate(0)).module("workflow").OPTIONS_ANSWER
    judge, search = options["flows.answer.steps.7.repeat.steps.1"], options["flows.answer.steps.1"]
    assert search.timeout.total_seconds() == 0.08 and search.retry.maximum_attempts == 1
    assert (judge.retry.maximum_attempts, judge.retry.initial_interval.total_seconds()) == (2, 0.01)
    assert judge.retry.backoff_coefficient == 2.0 and judge.retry.non_retryable_error_types == ["rejected"]
    assert "flows.answer.steps.8.choose.1.steps.2" not in options  # behind a gate: the flow's own retry


def test_the_sandbox_takes_it(tmp_path: Path) -> None:
    model = settled()
    world = World(written(model, "temporal", tmp_path), model, Fate(0))
    SandboxedWorkflowRunner().prepare_workflow(
        workflow._Definition.must_from_class(world.module("workflow").Answer)  # pyright: ignore
    )


def test_an_activity_tells_the_kind() -> None:
    model = settled()
    world = World(loaded(model, "temporal"), model, Fate(0, (Fault("shop.reserve", "throttled"),)))
    made = world.module("activities").Activities(world.tools(), world.checks(), world)

    async def go() -> None:
        from temporalio.exceptions import ApplicationError

        with pytest.raises(ApplicationError) as told:
            await ActivityEnvironment().run(made.on_shop_reserve, {}, "")
        assert told.value.type == "throttled"

    in_virtual_time(go())
