"""`groma export --to python`."""

from __future__ import annotations

from groma.exporters.export import Artefact, Export, Source
from groma.exporters.workflow import Form, all_of, forms, package_name, project
from groma.exporters.workflow.names import comment

HOW = """
Python 3.11 or newer, nothing to install. Implement the Protocols below, then:

```python
import asyncio

from {package}.machine import Ports
from {package}.workflow import {first}

ports = Ports(tools=..., checks=..., desk=...)
run, outcome = asyncio.run({first}("run-1", {{"what": "the run starts with"}}, ports))
print(outcome.kind, [event.where for event in run.trace if event.what == "state"])
```

`outcome.kind` is `ok` or the kind of the error that nobody handled; finished steps are undone by then. Choices and loops
ask `Ports.decider`; the one that comes with it draws as often as the design expects and is for trying out. The clock and the
random numbers of pauses can be replaced (`Ports.clock`, `Ports.random`). Breakers, rate limits, pools and caches live in `Ports`:
share one `Ports` among the runs of a process. What a request asks for is taken by name from the run's data, what is answered
is added to it. A key is the same for every attempt at the same work and must be honoured by the tool.
A run lives in memory: where it must survive a crash, export to `dbos` or `temporal`.
"""


def make(source: Source) -> tuple[Artefact, ...]:
    """The package and its README; nothing where there is no flow."""
    model = source.model
    flows = forms(model)
    if not flows:
        return ()
    folder = package_name(model)
    how = HOW.format(package=folder, first=flows[0].name)
    return (
        *project(model, flows, flows, how, about=f"Flows of {_said(model.system)}."),
        Artefact(f"{folder}/workflow.py", workflow(flows), all_of(flows)),
    )


def _said(text: str) -> str:
    return comment(text).replace("\\", "/").replace('"', "'")


def workflow(flows: tuple[Form, ...]) -> str:
    """`workflow.py`: one function for each flow."""
    imports = ", ".join(f"flow_{form.name}" for form in flows)
    parts = [
        f'"""The flows, each as a function that carries out one run."""\n\nfrom __future__ import annotations\n\n'
        f"from . import {imports}\nfrom .checks import Checks\nfrom .machine import Outcome, Ports, Run, carry_out\n"
        "from .tools import Tools\nfrom .world import Data\n"
    ]
    for form in flows:
        parts.append(
            f"\n\nasync def {form.name}(\n    id: str, data: Data, ports: Ports[Tools, Checks]\n"
            ") -> tuple[Run[Tools, Checks], Outcome]:\n"
            f"    # flows.{comment(form.flow)}\n"
            "    run = Run(id, ports, dict(data))\n"
            f"    return run, await carry_out(run, flow_{form.name}.MAIN, flow_{form.name}.UNDO)\n"
        )
    return "".join(parts)


EXPORT = Export(
    "python",
    "Plain Python",
    "flows as asyncio state machines in plain Python, without dependencies",
    make,
    ("ai",),
)
