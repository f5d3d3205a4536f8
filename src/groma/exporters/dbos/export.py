"""`groma export --to dbos`."""

from __future__ import annotations

from groma.exporters.export import Artefact, Export, NotExportable, Source
from groma.exporters.workflow import Form, State, all_of, forms, machines, package_name, project
from groma.exporters.workflow.form import Around, Pause, Person
from groma.exporters.workflow.names import comment

HOW = """
Needs `dbos` 3.x; its system database may be a SQLite file, so that it runs offline.

```python
from dbos import DBOS, SetWorkflowID

from {package} import workflow
from {package}.machine import Ports
from {package}.support import SETTING, answer

SETTING.ports = lambda: PORTS  # one Ports for the process: breakers and limits live in it
DBOS(config={{"name": "{package}", "system_database_url": "sqlite:///runs.sqlite"}})
DBOS.launch()
with SetWorkflowID("run-1"):  # the same id never runs twice
    handle = await DBOS.start_workflow_async(workflow.{first}, {{"what": "it starts with"}})
await answer("run-1", "flows.{flow}.steps.N", approved=True)  # a person's verdict, from wherever it comes
result = await handle.get_result()
```

- Each state is a step with its policies (retries included, own code): what it gave is kept, so that after a crash the run goes
  on with the state that was under way, from that state's first attempt. A tool with a `key` is then asked with the same key.
- People who are asked are `recv` of a message, waits are durable sleeps: both outlive a crash.
- Branches side by side, and what stands inside policies, are one step.
"""


def make(source: Source) -> tuple[Artefact, ...]:
    """The package and its README; nothing where there is no flow. Refuses people inside policies and branches."""
    model = source.model
    flows = forms(model)
    if not flows:
        return ()
    refuse_deep_questions(flows, "a step of DBOS can't wait for a message")
    folder = package_name(model)
    how = HOW.format(package=folder, first=flows[0].name, flow=comment(flows[0].flow))
    return (
        *project(
            model, flows, flows, how, about="Flows as DBOS workflows.", needs="dbos>=3,<4",
            support="groma.exporters.dbos",
        ),
        Artefact(f"{folder}/workflow.py", workflow(flows), all_of(flows)),
    )  # fmt: skip


def refuse_deep_questions(flows: tuple[Form, ...], why: str) -> None:
    """Raises NotExportable for people who are asked where nothing can wait for them."""
    problems = [
        f"{state.at}: {state.path}: a person is asked inside a policy or a branch, and {why}: ask outside of it, or "
        "export to `python`, `langgraph` or `temporal`"
        for form in flows
        for machine in machines(form.machine)
        for state in machine.states
        if isinstance(state.does, Person) and (machine is not form.machine or state.around != Around())
    ]
    if problems:
        raise NotExportable(*dict.fromkeys(problems))


def workflow(flows: tuple[Form, ...]) -> str:
    """`workflow.py`: a workflow for each flow."""
    imports = ", ".join(f"flow_{form.name}" for form in flows)
    parts = [
        '"""The flows as durable workflows."""\n\nfrom __future__ import annotations\n\nfrom enum import Enum\nfrom typing import Any\n\n'
        f"from dbos import DBOS\n\nfrom . import {imports}\nfrom .support import Asked, drive\nfrom .world import Data\n"
    ]
    for form in flows:
        top = form.machine.states
        questions = "".join(_question(form, state) for state in top if isinstance(state.does, Person))
        pauses = "".join(
            f"    flow_{form.name}.S.{state.name.upper()}: {state.does.seconds!r},\n"
            for state in top
            if isinstance(state.does, Pause) and state.around == Around()
        )
        word = form.name.upper()
        parts.append(
            f"\nQUESTIONS_{word}: dict[Enum, Asked] = {{\n{questions}}}\n\nPAUSES_{word}: dict[Enum, float] = {{\n{pauses}}}\n"
            f"\n\n@DBOS.workflow(name={form.flow!r})\nasync def {form.name}(data: Data) -> dict[str, Any]:\n"
            f"    # flows.{comment(form.flow)}\n    module = flow_{form.name}\n"
            f"    return await drive(module.MAIN, module.UNDO, QUESTIONS_{word}, PAUSES_{word}, data)\n"
        )
    return "\n".join(parts)


def _question(form: Form, state: State) -> str:
    assert isinstance(state.does, Person)
    leaves = f", {state.leaves!r}" if state.leaves else ""
    return (
        f"    # {comment(state.path)}\n    flow_{form.name}.S.{state.name.upper()}: "
        f"Asked({state.path!r}, {state.does.role!r}, {state.title!r}, {state.does.approves!r}{leaves}),\n"
    )


EXPORT = Export(
    "dbos", "DBOS", "flows as durable DBOS workflows (SQLite or Postgres): steps, messages, sleeps", make
)
