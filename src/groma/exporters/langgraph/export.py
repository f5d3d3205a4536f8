"""`groma export --to langgraph`."""

from __future__ import annotations

from dataclasses import replace

from groma.exporters.export import Artefact, Export, Source
from groma.exporters.workflow import Form, Machine, State, all_of, forms, package_name, project
from groma.exporters.workflow.form import (
    END,
    Around,
    Attempts,
    Fork,
    Halt,
    Loop,
    Person,
    Tool,
    inside,
    machines,
)
from groma.exporters.workflow.names import comment

HOW = """
Needs `langgraph` 1.x. A node for each state, an edge for each event; the same Protocols as the plain export.

```python
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # langgraph-checkpoint-sqlite; or another one

from {package}.graph_{first} import DESK, LIMIT, UNDO, build
from {package}.machine import Ports
from {package}.support import carry_out, with_interrupts

async with AsyncSqliteSaver.from_conn_string("runs.sqlite") as kept:
    graph = build().compile(checkpointer=kept)
    ports = with_interrupts(Ports(tools=..., checks=..., desk=None), DESK)
    run, outcome = await carry_out(graph, UNDO, LIMIT, "run-1", {{"what": "it starts with"}}, ports)
    while outcome.kind == "waiting":  # somebody is asked: outcome.where, outcome.why
        run, outcome = await carry_out(graph, UNDO, LIMIT, "run-1", None, ports, {{"approved": True}})
```

- A question is an `interrupt`: the process may end there, and another one goes on days later on the same checkpointer. After a
  crash, `carry_out` with neither data nor a verdict goes on after the last node that ended.

- An error that nobody handles ends the graph with a StepError; `carry_out` then undoes what was done and gives its kind.
- `LIMIT` is the recursion limit, worked out from the bounds of the loops: no run of the design takes more steps.
- Retries that LangGraph can say are `RetryPolicy` of the node (`RETRIES`); those with jitter, a budget, a fallback or a limit
  around them are code of the node.
- Branches that are all waited for are fanned out by `Send`; other joins are code of one node, as LangGraph waits for every
  node of a step.
- A node that was interrupted runs again from its beginning. People who are asked inside other policies or branches
  {desk} (`DESK`) are therefore asked at the desk of the Ports, never by `interrupt`; limits of time around a question count
  only while the graph runs.
"""


def make(source: Source) -> tuple[Artefact, ...]:
    """The package and its README; nothing where there is no flow."""
    model = source.model
    flows = forms(model)
    if not flows:
        return ()
    natives = {form.name: native_retries(form) for form in flows}
    plain = tuple(without(form, natives[form.name]) for form in flows)
    folder = package_name(model)
    asked = [state.path for form in flows for state in deep_questions(form)]
    desk = f"({', '.join(map(comment, asked))})" if asked else "(none here)"
    how = HOW.format(package=folder, first=flows[0].name, desk=desk)
    return (
        *project(
            model, flows, plain, how, about="Flows as LangGraph applications.", needs="langgraph>=1.0,<2",
            support="groma.exporters.langgraph",
        ),
        *(
            Artefact(f"{folder}/graph_{form.name}.py", graph(form, natives[form.name]), all_of((form,)))
            for form in plain
        ),
    )  # fmt: skip


def deep_questions(form: Form) -> list[State]:
    """Questions to people whose node would do something twice: inside other policies or branches, or with calls, counts
    or second attempts of their own."""
    asked = [
        (machine, state)
        for machine in machines(form.machine)
        for state in machine.states
        if isinstance(state.does, Person)
    ]
    return [
        state
        for machine, state in asked
        if machine is not form.machine
        or replace(state.around, retry=None, timeout=None, deadline=None) != Around()
    ]


def native_retries(form: Form) -> dict[str, Attempts]:
    """Retries that LangGraph's `RetryPolicy` can say: outermost, without jitter or budget, nothing after their end."""
    found: dict[str, Attempts] = {}
    for state in form.machine.states:
        around, events = state.around, dict(state.next)
        retry = around.retry
        if retry is None or retry.jitter or retry.budget is not None or not isinstance(state.does, Tool):
            continue
        if around.cache is None and around.deadline is None and "error" not in events:
            found[state.name] = retry
    return found


def without(form: Form, natives: dict[str, Attempts]) -> Form:
    """The flow without the retries that its graph does."""
    states = tuple(
        replace(state, around=replace(state.around, retry=None)) if state.name in natives else state
        for state in form.machine.states
    )
    return replace(form, machine=replace(form.machine, states=states))


def limit(machine: Machine) -> int:
    """The most nodes that a run can go through, from the bounds of its loops."""
    states = {state.name: state for state in machine.states}
    known: dict[tuple[str, frozenset[str]], int] = {}

    def most(name: str, until: frozenset[str]) -> int:
        if name == END or name in until:
            return 0
        if (name, until) not in known:
            state, events = states[name], dict(states[name].next)
            if isinstance(state.does, Loop):
                rounds, after = state.does.at_most, (to for event, to in events.items() if event != "again")
                body = most(events["again"], until | {name})
                known[name, until] = rounds + 1 + rounds * body + max(most(to, until) for to in after)
            else:
                own = 3 if fans_out(state) else 1
                known[name, until] = own + max((most(to, until) for to in events.values()), default=0)
        return known[name, until]

    return most(machine.start, frozenset()) + 1


def stops(state: State) -> bool:
    """Whether a run can end inside a state."""
    return isinstance(state.does, Halt) or any(
        stops(inner) for machine in inside(state) for inner in machine.states
    )


def fans_out(state: State) -> bool:
    """Whether branches are nodes: all are waited for, and nothing is around them."""
    does = state.does
    return (
        isinstance(does, Fork)
        and does.join == len(does.branches) > 1
        and not does.run_on
        and state.around == Around()
        and "error" not in dict(state.next)
        and not stops(state)
    )


def graph(form: Form, natives: dict[str, Attempts]) -> str:
    """`graph_FLOW.py`: the StateGraph."""
    nodes: list[str] = []
    edges: list[str] = []
    retries: list[str] = []
    for state in form.machine.states:
        name, constant = state.name, f"S.{state.name.upper()}"
        nodes.append(f"    # {comment(state.path)}")
        if fans_out(state):
            edges += _fan(state, nodes)
            continue
        more = ""
        if name in natives:
            retry = natives[name]
            retries.append(
                f"    {name!r}: RetryPolicy(\n        max_attempts={retry.times + 1},\n"
                f"        initial_interval={retry.backoff!r},\n        backoff_factor={retry.factor!r},\n"
                f"        max_interval=1e9,\n        jitter=False,\n        retry_on=on({', '.join(map(repr, retry.on))}),\n    ),\n"
            )
            more = f", retry_policy=RETRIES[{name!r}]"
        nodes.append(f"    graph.add_node({name!r}, node({constant}, {name}){more})")
        edges += _edges(name, dict(state.next), stops(state))
    start = repr(form.machine.start) if form.machine.start else "END"
    fork = any(fans_out(state) for state in form.machine.states)
    used = [state.name for state in form.machine.states if not fans_out(state)]
    branches = [
        f"M_{branch.name.upper()}"
        for state in form.machine.states
        if fans_out(state) and isinstance(state.does, Fork)
        for branch in state.does.branches
    ]
    asked = sorted({state.path for state in deep_questions(form)})
    flow_names = ",\n    ".join([*sorted(branches), "S", "UNDO", *sorted(used)])
    return (
        f'"""Flow {comment(form.flow).replace(chr(34), chr(39)).replace(chr(92), "/")} as a LangGraph StateGraph."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Any\n\nfrom langgraph.graph import END, START, StateGraph\n"
        + ("from langgraph.types import RetryPolicy\n" if retries else "")
        + f"\nfrom .flow_{form.name} import (\n    {flow_names},\n)\n"
        f"from .support import Context, Progress{', all_of, branch' if fork else ''}, event_of, node{', nothing' if fork else ''}\n"
        + ("from .world import StepError\n" if retries else "")
        + '\n__all__ = ["DESK", "LIMIT", "UNDO", "build", "event_of"]\n\n'
        f"# Questions that can't be interrupts: their nodes would do other work twice.\nDESK = frozenset({asked})\n\n"
        f"# The most steps that a run of the design can take.\nLIMIT = {limit(form.machine)}\n\n"
        + (_ON + f"RETRIES = {{\n{''.join(retries)}}}\n\n" if retries else "")
        + "\ndef build() -> StateGraph[Progress, Context, Any, Any]:\n"
        f"    # flows.{comment(form.flow)}\n"
        "    graph: StateGraph[Progress, Context, Any, Any] = StateGraph(Progress, context_schema=Context)\n"
        + "\n".join(nodes)
        + f"\n    graph.add_edge(START, {start})\n"
        + "\n".join(edges)
        + "\n    return graph\n"
    )


_ON = """
def on(*kinds: str) -> Any:
    # Whether an error is of a kind that is tried again.
    return lambda error: isinstance(error, StepError) and error.kind in kinds


"""


def _target(name: str) -> str:
    return repr(name) if name else "END"


def _edges(name: str, events: dict[str, str], can_stop: bool) -> list[str]:
    if can_stop:
        events = {**events, "stop": END}
    if len(events) == 1:
        (to,) = events.values()
        return [f"    graph.add_edge({name!r}, {_target(to)})"]
    if not events:
        return []
    ways = ", ".join(f"{event!r}: {_target(to)}" for event, to in events.items())
    return [f"    graph.add_conditional_edges({name!r}, event_of, {{{ways}}})"]


def _fan(state: State, nodes: list[str]) -> list[str]:
    """Branches as nodes that one node sends off, and one that waits for them all."""
    assert isinstance(state.does, Fork)
    name, constant = state.name, f"S.{state.name.upper()}"
    parts = [f"{name}_branch_{n}" for n in range(1, len(state.does.branches) + 1)]
    nodes.append(f"    graph.add_node({name!r}, node({constant}, nothing))")
    for n, (part, machine) in enumerate(zip(parts, state.does.branches, strict=True), 1):
        nodes.append(f"    graph.add_node({part!r}, branch({constant}, M_{machine.name.upper()}, {n}))")
    nodes.append(f"    graph.add_node({f'{name}_joined'!r}, node({constant}, nothing))")
    sends = ", ".join(map(repr, parts))
    return [
        f"    graph.add_conditional_edges({name!r}, all_of({sends}), {parts!r})",
        f"    graph.add_edge({parts!r}, {f'{name}_joined'!r})",
        *_edges(f"{name}_joined", dict(state.next), False),
    ]


EXPORT = Export(
    "langgraph",
    "LangGraph",
    "flows as LangGraph applications: nodes, conditional edges, fan-out, interrupts for people",
    make,
    ("ai",),
)
