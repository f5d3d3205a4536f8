"""A finished design of an escalation desk goes through every export; what can't be said is told, where and why."""

from __future__ import annotations

import pytest

from exports.harness import Fate, World, loaded, plain
from exports.test_plain import HERE
from groma import api
from groma.exporters import NotExportable, Source, exports
from groma.model.load import loads


@pytest.mark.parametrize("name", ["python", "langgraph", "dbos", "temporal"])
def test_it_is_exported(name: str) -> None:
    model = api.load(HERE / "escalation.yaml")
    world = World(loaded(model, name), model, Fate(0))
    starts = [flow for flow in model.flows.values() if flow.starts is not None]
    for flow in starts:
        module = world.module(f"flow_{flow.name}")
        assert len(module.MAIN.work) > 3
    if name == "python":
        ends = {plain(world.package, model, starts[0].name, Fate(seed))[0] for seed in range(30)}
        assert "ok" in ends


def test_dbos_tells_of_the_question_inside_a_policy() -> None:
    text = (HERE / "escalation.yaml").read_text(encoding="utf-8")
    fallback = 'fallback:\n                  - {call: "zendesk.reply"}'
    assert text.count(fallback) == 1
    model = loads(text.replace(fallback, "deadline: 2 d"), file="escalation.yaml", folder=HERE)
    with pytest.raises(NotExportable) as refused:
        exports()["dbos"].make(Source(model, None, None))  # pyright: ignore[reportArgumentType]
    (problem,) = refused.value.problems
    assert (
        "escalation.yaml:247:21: flows.answer.steps.6.choose.3.steps.1" in problem and "temporal" in problem
    )
