"""The modules that every workflow export has, and the words of its README that hold for all of them."""

from __future__ import annotations

from importlib.resources import files

from groma.exporters.export import Artefact
from groma.exporters.workflow.emit import flow_module
from groma.exporters.workflow.form import Form, Person, Post, State, Tool, states
from groma.exporters.workflow.names import identifier, markdown
from groma.exporters.workflow.ports import Ports, checks_module, ports, tools_module
from groma.model.elements import Model

CARRIED = ("world", "machine", "policies")


def package_name(model: Model) -> str:
    """The name of the Python package: the system's."""
    return identifier(model.system, "system")


def package(model: Model, flows: tuple[Form, ...]) -> tuple[Artefact, ...]:
    """Carried modules, Protocols, and a module for each flow."""
    folder, known = package_name(model), ports(flows)
    carried = files("groma.exporters.workflow.carried")
    called = tuple(f"components.{name}" for name in known.components)
    return (
        Artefact(f"{folder}/checks.py", checks_module(known)),
        *(Artefact(f"{folder}/{name}.py", carried.joinpath(f"{name}.py").read_text("utf-8")) for name in CARRIED),
        Artefact(f"{folder}/tools.py", tools_module(model, known), called),
        *(
            Artefact(f"{folder}/flow_{form.name}.py", flow_module(model, form, known), made_of(form))
            for form in flows
        ),
    )  # fmt: skip


def project(
    model: Model,
    flows: tuple[Form, ...],
    written: tuple[Form, ...],
    how: str,
    *,
    about: str,
    needs: str = "",
    support: str = "",
) -> tuple[Artefact, ...]:
    """What stands around the flows of an export: README, requirements, the package with its docstring, its support.

    `written` are the flows as their modules have them: what `needs` brings is left out of them. `support` is the
    package of ours that holds the carried `support.py.txt`.
    """
    folder = package_name(model)
    required = (Artefact("requirements.txt", f"{needs}\n"),) if needs else ()
    text = files(support).joinpath("support.py.txt").read_text("utf-8") if support else ""
    return (
        Artefact("README.md", readme(model, flows, how), all_of(flows)),
        *required,
        Artefact(f"{folder}/__init__.py", f'"""{about}"""\n'),
        *package(model, written),
        *((Artefact(f"{folder}/support.py", text),) if support else ()),
    )  # fmt: skip


def all_of(flows: tuple[Form, ...]) -> tuple[str, ...]:
    """The flows as elements of the model."""
    return tuple(f"flows.{form.flow}" for form in flows)


def made_of(form: Form) -> tuple[str, ...]:
    """The elements that a flow's code was made of."""
    found: dict[str, None] = {f"flows.{form.flow}": None}
    for state in states(form):
        match state.does:
            case Tool(component) | Post(component):
                found[f"components.{component}"] = None
            case Person(role):
                found[f"people.{role}"] = None
            case _:
                pass
    return tuple(found)


def readme(model: Model, flows: tuple[Form, ...], how: str) -> str:
    """`README.md`: how to run it, what has to be filled in, and every state with its element."""
    known: Ports = ports(flows)
    lines = [
        f"# {markdown(model.system)}: flows as running code",
        "",
        how.strip(),
        "",
        "## To fill in",
        "",
        "| what | where | from |",
        "|---|---|---|",
    ]
    for (component, operation), method in known.operations.items():
        lines.append(
            f"| `Tools.{known.components[component]}.{method}` | `tools.py` | {markdown(f'{component}.{operation}')} |"
        )
    for guard, method in known.checks.items():
        lines.append(f"| `Checks.{method}` | `checks.py` | guard {markdown(guard)} |")
    lines += ["| `Desk.ask` | `world.py` | people |", "| `Decider` | `world.py` | choices and loops |", ""]
    for form in flows:
        lines += [f"## Flow {markdown(form.flow)}", "", "| state | element | then |", "|---|---|---|"]
        lines += [_row(state) for state in states(form)]
        lines.append("")
    return "\n".join(lines)


def _row(state: State) -> str:
    then = ", ".join(f"{event} → {f'`{target}`' if target else 'end'}" for event, target in state.next)
    return f"| `{state.name}` | {markdown(state.path)} | {then} |"
