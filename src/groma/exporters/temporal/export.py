"""`groma export --to temporal`."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

from groma.exporters.export import Artefact, Export, Source
from groma.exporters.workflow import Form, State, all_of, forms, package_name, project, states
from groma.exporters.workflow.form import Around, Attempts, Fork, Inner, Machine, Remember, Tool
from groma.exporters.workflow.names import class_name, comment
from groma.exporters.workflow.ports import Ports, ports
from groma.model.program import ERROR_KINDS

HOW = """
Needs `temporalio` 1.x and a Temporal server. A workflow for each flow, an activity for each operation.

```python
from temporalio.client import Client
from temporalio.worker import Worker

from {package}.activities import Activities
from {package}.workflow import {first}

client = await Client.connect("localhost:7233")
activities = Activities(tools=..., checks=..., outbox=..., notify=...)
async with Worker(client, task_queue="{queue}", workflows=[{all}], activities=activities.all()):
    handle = await client.start_workflow({first}.run, {{"what": "it starts with"}}, id="run-1", task_queue="{queue}")
    open_questions = await handle.query("waiting")  # place -> question; `notify` is told of each
    await handle.signal("answer", args=["flows.{flow}.steps.N#1", {{"approved": True}}])
    result = await handle.result()
```

- Everything the flow asks of the world is an activity; after a crash the workflow is replayed and goes on where it was.
  An activity that was under way counts as failed by its limit of time.
- Each activity states its attempts, since Temporal would retry without end. A retry with nothing but a timeout around the
  operation is the activity's `RetryPolicy` (`OPTIONS`); others are code of the workflow around activities of one attempt.
- A step without a timeout has a limit of one day for an attempt (`support.LONGEST`), since Temporal needs one.
- People are asked by a durable wait for the signal `answer`; a verdict counts once, for the round that it was given in.
- Breakers, rate limits, retry budgets and pools remember within one run only {shared}: limit the rate of a
  task queue (`Worker(max_task_queue_activities_per_second=...)`) where all runs share one.
- Loops are bounded by the design, so that a run's history is.
"""


def make(source: Source) -> tuple[Artefact, ...]:
    """The package and its README; nothing where there is no flow."""
    model = source.model
    flows = forms(model)
    if not flows:
        return ()
    options = {form.name: native(form) for form in flows}
    plain = tuple(without(form) for form in flows)
    folder, known = package_name(model), ports(plain)
    every = all_of(flows)
    remember = [comment(state.path) for form in plain for state in states(form) if remembers(state)]
    names = [class_name(form.name) for form in flows]
    how = HOW.format(
        package=folder, first=names[0], all=", ".join(names), queue=folder.replace("_", "-"),
        flow=comment(flows[0].flow), shared=f"({', '.join(dict.fromkeys(remember))})" if remember else "(none here)",
    )  # fmt: skip
    return (
        *project(
            model, flows, plain, how, about="Flows as Temporal workflows.", needs="temporalio>=1.10,<2",
            support="groma.exporters.temporal",
        ),
        Artefact(f"{folder}/activities.py", activities(known), every),
        Artefact(f"{folder}/workflow.py", workflow(flows, options), every),
    )  # fmt: skip


def remembers(state: State) -> bool:
    """Whether something around a state is shared among runs."""
    around = state.around
    budget = around.retry is not None and around.retry.budget is not None
    pool = getattr(state.does, "places", None) is not None
    return around.breaker is not None or around.limit is not None or budget or pool


def is_native(state: State) -> bool:
    """Whether Temporal's retry of the activity says the step's: an operation with nothing but a timeout around it."""
    around, retry = state.around, state.around.retry
    if retry is None or not isinstance(state.does, Tool) or state.does.needs_approval is not None:
        return False
    alone = replace(around, retry=None, timeout=None, cache=None, deadline=None) == Around()
    heard = around.timeout is None or "timeout" in retry.on
    return alone and heard and not retry.jitter and retry.budget is None and retry.factor >= 1.0


def native(form: Form) -> dict[str, tuple[float | None, Attempts | None]]:
    """By the path of a step: the limit of its activity and its retry, where there is one."""
    found: dict[str, tuple[float | None, Attempts | None]] = {}
    for state in states(form):
        around = state.around
        if is_native(state):
            found[state.path] = (around.timeout, around.retry)
        elif isinstance(state.does, Tool) and around.timeout is not None and not around.guards:
            found[state.path] = (around.timeout, None)
    return dict(sorted(found.items()))


def without(form: Form) -> Form:
    """The flow without the retries and timeouts that its activities have."""

    def state(old: State) -> State:
        does = old.does
        match does:
            case Fork(branches=branches):
                does = replace(does, branches=tuple(map(machine, branches)))
            case Inner(machine=within):
                does = replace(does, machine=machine(within))
            case Remember(undo):
                does = replace(does, undo=machine(undo))
            case _:
                pass
        around = old.around
        guards = tuple(
            guard if guard.machine is None else replace(guard, machine=machine(guard.machine))
            for guard in around.guards
        )
        around = replace(around, guards=guards)
        if is_native(old):
            around = replace(around, retry=None, timeout=None)
        return replace(old, does=does, around=around)

    def machine(old: Machine) -> Machine:
        return replace(old, states=tuple(map(state, old.states)))

    return replace(form, machine=machine(form.machine))


def activities(known: Ports) -> str:
    """`activities.py`: an activity for each operation and check, and those of the house."""
    parts: list[str] = []
    names: list[str] = []
    for (component, operation), method in known.operations.items():
        attribute = known.components[component]
        name = f"tools.{attribute}.{method}"
        names.append(f"on_{attribute}_{method}")
        parts.append(
            f"    @activity.defn(name={name!r})\n    async def {names[-1]}(self, request: Data, key: str) -> Data | None:\n"
            f"        # components.{comment(component)}.offers.{comment(operation)}\n"
            f"        return await asked(self.tools.{attribute}.{method}, request, key)\n"
        )
    for guard, method in known.checks.items():
        names.append(f"check_{method}")
        parts.append(
            f"    @activity.defn(name={f'checks.{method}'!r})\n    async def {names[-1]}(self, data: Data) -> bool:\n"
            f"        # guard {comment(guard)}\n"
            f"        return bool(await kinds(self.checks.{method}(data)))\n"
        )
    listed = "".join(f"            self.{name},\n" for name in names)
    operations = "".join(
        f"            {f'tools.{known.components[c]}.{m}'!r}: self.tools.{known.components[c]}.{m},\n"
        for (c, _), m in known.operations.items()
    )
    body = "\n".join(parts)
    return (
        files("groma.exporters.temporal")
        .joinpath("activities.py.txt")
        .read_text("utf-8")
        .replace("    # OPERATIONS\n", body)
        .replace("            # LISTED\n", listed)
        .replace("            # SENT\n", operations)
    )


def workflow(
    flows: tuple[Form, ...], options: dict[str, dict[str, tuple[float | None, Attempts | None]]]
) -> str:
    """`workflow.py`: a workflow for each flow."""
    imports = ", ".join(f"flow_{form.name}" for form in flows)
    parts = [
        '"""The flows as Temporal workflows."""\n\nfrom __future__ import annotations\n\nfrom datetime import timedelta\n\n'
        "from temporalio import workflow\nfrom temporalio.common import RetryPolicy\n\n"
        f"from . import {imports}\nfrom .support import ONCE, Flow, Options\nfrom .world import Data\n\n"
        '__all__ = ["ONCE", "RetryPolicy", "timedelta"]\n'
    ]
    for form in flows:
        rows = "".join(
            f"    {path!r}: Options({_limits(*given)}),\n" for path, given in options[form.name].items()
        )
        word = form.name.upper()
        parts.append(
            f"\n# Limits and retries of activities, by the step.\nOPTIONS_{word}: dict[str, Options] = {{\n{rows}}}\n\n\n"
            f"@workflow.defn(name={form.flow!r})\nclass {class_name(form.name)}(Flow):\n    # flows.{comment(form.flow)}\n\n"
            "    @workflow.run\n    async def run(self, data: Data) -> Data:\n        module = flow_"
            f"{form.name}\n        return await self.drive(module.MAIN, module.UNDO, OPTIONS_{word}, data)\n"
        )
    return "\n".join(parts)


def _limits(timeout: float | None, retry: Attempts | None) -> str:
    given: list[str] = []
    if timeout is not None:
        given.append(f"timeout=timedelta(seconds={timeout!r})")
    if retry is not None:
        never = [kind for kind in sorted(ERROR_KINDS) if kind not in retry.on]
        first = max(retry.backoff, 0.001)  # of none, the server would take a second
        given.append(
            f"retry=RetryPolicy(maximum_attempts={retry.times + 1}, initial_interval=timedelta(seconds={first!r}), "
            f"backoff_coefficient={retry.factor!r}, maximum_interval=timedelta(days=365), non_retryable_error_types={never!r})"
        )
    return ", ".join(given)


EXPORT = Export(
    "temporal",
    "Temporal",
    "flows as Temporal workflows: activities with explicit retries, signals, timers",
    make,
)
