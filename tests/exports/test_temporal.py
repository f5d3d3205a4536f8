"""The Temporal export: the SDK's own workflow instance, driven in virtual time, against the reference interpreter."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exports.harness import Fate, Fault, World, in_virtual_time, loaded, written
from exports.reference import Reference, Tie, same
from exports.test_plain import HERE, native, sites
from groma import api
from groma.model.elements import Model
from groma.model.load import loads

pytest.importorskip("temporalio", reason="temporalio isn't installed: pip install -r requirements/dev.txt")

from temporalio.testing import ActivityEnvironment

from exports.temporal_server import Server

KINDS = ("timeout", "unavailable", "rejected", "failed", "slow")


class Coarse(Fate):
    """Fates by the millisecond: the SDK rounds its timers."""

    def roll(self, *what: Any) -> Any:
        return super().roll(*(round(w, 3) if isinstance(w, float) else w for w in what))


def settled() -> Model:
    """What runs on doesn't outlive a workflow, and the SDK draws its own jitter."""
    text = (HERE / "everything.yaml").read_text(encoding="utf-8")
    return loads(text.replace("left_over: run on", "left_over: cancel").replace(" jitter: 0.2,", ""))


def one(
    package: str, model: Model, fate: Fate, *, sandbox: bool = False
) -> tuple[dict[str, Any], World, Server]:
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
        server = Server(module.Answer, perform, sandbox=sandbox)
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
            expected = Reference(model, Coarse(seed, faults)).run("answer")
        except Tie:
            continue
        result, world, _ = one(package, model, Coarse(seed, faults))
        assert result["outcome"] == expected[0], (seed, faults)
        assert same(native(world.log), native(expected[1])), (seed, faults, sorted(world.log), expected[1])
        seen += 1
        ends.add(result["outcome"])
    assert seen > 40 and len(ends) >= 4


def test_a_process_that_takes_over_asks_for_the_same() -> None:
    model = settled()
    package = loaded(model, "temporal")
    for seed, faults in enumerate([(), (Fault("model.generate", "slow"),), (Fault("crm.tag", "slow"),)]):
        _, world, server = one(package, model, Coarse(seed, faults))
        assert len(server.history) > 8 and replayed(world, server, server.history)
        assert not replayed(world, server, server.history[:1] + server.history[2:])  # the check can say no


def replayed(world: World, server: Server, history: list[tuple[bytes, list[bytes]]]) -> bool:
    async def go() -> bool:
        return Server(world.module("workflow").Answer, server.activity).replay(history)

    return in_virtual_time(go())


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
    package = written(model, "temporal", tmp_path)
    for seed in range(3):
        result, world, _ = one(package, model, Coarse(seed), sandbox=True)
        expected = Reference(model, Coarse(seed)).run("answer")
        assert result["outcome"] == expected[0] and same(native(world.log), native(expected[1]))


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
