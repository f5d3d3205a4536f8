"""A flow as a state machine: every step a state, every way on a transition, every end named.

States follow the program, not what its parts do inside: a run is in exactly one state, or in one of each branch where
branches run at once. An error leaves a state for its fallback where it has one, else the run ends failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from groma.documents.diagrams.diagram import Diagram, Edge, Kind, Node
from groma.documents.facts_of_model import name_of, operation_of
from groma.documents.inlines import Inlines, line
from groma.documents.quote import DESIGN, Quoter
from groma.model.elements import Flow, Model
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
)
from groma.model.quantity import Quantity, Unknown

REFS = (DESIGN,)
Ends = tuple[tuple[str, Inlines], ...]
"""States that are left next, each with the words of the transition that leaves it."""


def state_view(model: Model, flow: Flow, quoter: Quoter) -> Diagram:
    """The flow's states from start to its ends."""
    machine = _Machine(model, quoter)
    quoter.say(DESIGN, "the design")
    start = machine.node("start", line(), "start")
    last = machine.steps(flow.steps, ((start, line()),), frozenset({flow.name}))
    if last:
        done = machine.node("end", line("done"), "done")
        machine.join(last, done)
    return Diagram(f"States of {flow.title or flow.name}", tuple(machine.nodes), tuple(machine.edges))


@dataclass(slots=True)
class _Machine:
    model: Model
    quoter: Quoter
    nodes: list[Node] = field(default_factory=list[Node])
    edges: list[Edge] = field(default_factory=list[Edge])
    failed: str = ""

    def node(self, kind: Kind, label: Inlines, ident: str = "", below: Inlines = ()) -> str:
        name = ident or f"s{len(self.nodes)}"
        self.nodes.append(Node(name, kind, label, (below,) if below else (), None, REFS))
        return name

    def join(self, ends: Ends, target: str) -> None:
        for source, words in ends:
            self.edges.append(Edge(source, target, words, "sync", REFS))

    def steps(self, steps: tuple[Step, ...], ends: Ends, inside: frozenset[str]) -> Ends:
        for step in steps:
            ends = self.step(step, ends, inside)
            if not ends:
                break
        return ends

    def step(self, step: Step, ends: Ends, inside: frozenset[str]) -> Ends:
        before = len(self.nodes)
        after = self.action(step, ends, inside)
        if len(self.nodes) == before:
            return after
        entered = self.nodes[before].id
        if step.policies.fallback is not None:
            words: Ends = ((entered, line("gives no answer")),)
            after = (*after, *self.steps(step.policies.fallback, words, inside))
        elif step.policies.guards:
            self.edges.append(Edge(entered, self.fails(), line("turned down"), "async", REFS))
        return after

    def fails(self) -> str:
        if not self.failed:
            self.failed = self.node("end", line("failed"), "failed")
        return self.failed

    def state(self, words: str, ends: Ends, below: str = "") -> Ends:
        name = self.node("state", line(words), "", line(below) if below else ())
        self.join(ends, name)
        return ((name, line()),)

    def action(self, step: Step, ends: Ends, inside: frozenset[str]) -> Ends:
        action = step.action
        match action:
            case Call(component, operation) | Send(component, operation):
                known = operation_of(self.model, component, operation)
                words = step.title or (known.title if known else "") or operation.replace("_", " ")
                return self.state(words, ends, name_of(self.model, component))
            case Ask(person):
                asked = self.state(
                    step.title or f"ask {name_of(self.model, person)}", ends, name_of(self.model, person)
                )
                if action.rejects is not None:
                    self.edges.append(Edge(asked[0][0], self.fails(), line("says no"), "async", REFS))
                return asked
            case Wait(time):
                return self.state("wait", ends, time.text)
            case Hold(component, steps):
                return self.steps(steps, self.state("hold", ends, name_of(self.model, component)), inside)
            case Choose(branches):
                choice = self.node("decision", line("which?"))
                self.join(ends, choice)
                left: Ends = ()
                for number, branch in enumerate(branches, 1):
                    share = self.amount(f"{step.path}.{number}.share", branch.share)
                    words = line(f"{branch.when}, " if branch.when else "", share)
                    left = (*left, *self.steps(branch.steps, ((choice, words),), inside))
                return left
            case Parallel(branches, join):
                fork = self.node("decision", line("at once"))
                self.join(ends, fork)
                left = tuple(e for branch in branches for e in self.steps(branch, ((fork, line()),), inside))
                if not left:
                    return ()
                meet = self.node("decision", line("all done" if join >= len(branches) else f"{join} done"))
                self.join(left, meet)
                return ((meet, line()),)
            case Repeat(steps, times, until):
                before = len(self.nodes)
                left = self.steps(steps, ends, inside)
                if len(self.nodes) > before:
                    words = self.amount(f"{step.path}.times", times) or line("not done yet")
                    self.join(tuple((end, line("again: ", words)) for end, _ in left), self.nodes[before].id)
                return tuple((end, line("done" if until else "enough")) for end, _ in left)
            case Fail(error):
                self.join(tuple((end, words or line(error)) for end, words in ends), self.fails())
                return ()
            case Stop():
                done = self.node("end", line("done"))
                self.join(ends, done)
                return ()
            case Do(flow):
                if flow not in self.model.flows or flow in inside:
                    return self.state(name_of(self.model, f"flow:{flow}"), ends)
                return self.steps(self.model.flows[flow].steps, ends, inside | {flow})
            case Mark(name):
                return self.state(name, ends, "mark")
            case Group(steps):
                return self.steps(steps, ends, inside)
            case Open(_, alternatives):
                if not alternatives:
                    return ends
                return tuple(e for _, steps in alternatives for e in self.steps(steps, ends, inside))
            case _:
                assert_never(action)

    def amount(self, path: str, amount: Quantity | Unknown | None) -> Inlines:
        return self.quoter.amount(path, amount)
