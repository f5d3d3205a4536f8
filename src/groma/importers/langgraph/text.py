"""Graphs of LangGraph as the text of a model: a flow for each, and what nobody can read out of them as questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from groma.importers.intake.names import slug, unused
from groma.importers.intake.types import Gap, Note, Origin
from groma.importers.langgraph.graph import Graph, Node
from groma.importers.langgraph.structured import Steps, program
from groma.model import yamltext


@dataclass(frozen=True, slots=True)
class Imported:
    """A model file, the questions that are left, and what was read leniently."""

    text: str
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Elements:
    """The elements of a file's graphs, by section and name, as a model file has them."""

    people: dict[str, Any]
    components: dict[str, Any]
    flows: dict[str, Any]
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...]


def elements(graphs: list[Graph], taken: Mapping[str, Collection[str]] = MappingProxyType({})) -> Elements:
    """The elements of all graphs of a file, called otherwise than what is `taken`, by section."""
    writer = _Writer(PurePath(graphs[0].file).stem, taken)
    flows = {writer.flow_name(graph): writer.flow(graph) for graph in graphs}
    reviewer = {"title": "Whoever answers an interrupt", "role": "approves or corrects"}
    people = {writer.reviewer: reviewer} if writer.asks else {}
    notes = [Note(Origin(graph.file, row=line), what) for graph in graphs for line, what in graph.notes]
    return Elements(people, writer.components(), flows, tuple(writer.gaps), tuple(sorted(set(notes))))


def model_text(graphs: list[Graph]) -> Imported:
    """One model of all graphs of a file. Shares, times and prices are unknown: a graph doesn't say them."""
    made = elements(graphs)
    system = PurePath(graphs[0].file).stem.replace("_", " ").strip()[:100] or "LangGraph application"
    body: dict[str, Any] = {"groma": 1, "system": system, "currency": "EUR"}
    if made.people:
        body["people"] = made.people
    body |= {"components": made.components, "flows": made.flows}
    return Imported(yamltext.dump(body), made.gaps, made.notes)


class _Writer:
    def __init__(self, stem: str, taken: Mapping[str, Collection[str]]) -> None:
        self.taken = frozenset(taken.get("components", ()))
        self.app = unused(slug(stem, "app"), self.taken)
        self.reviewer = unused("reviewer", taken.get("people", ()))
        self.operations: dict[str, dict[str, Any]] = {}
        self.models: dict[str, str] = {}
        self.tools: dict[str, str] = {}
        self.asks = False
        self.gaps: list[Gap] = []
        self.flow_names = set(taken.get("flows", ()))

    def flow_name(self, graph: Graph) -> str:
        name = unused(slug(graph.name, "graph"), self.flow_names)
        self.flow_names.add(name)
        return name

    def flow(self, graph: Graph) -> dict[str, Any]:
        names: dict[str, str] = {}
        steps = program(graph, lambda name: self.steps(graph, graph.nodes[name], names))
        flow = f"flows.{slug(graph.name, 'graph')}"
        self.ask(
            f"{flow}.starts.rate", flow, "How often does it run?", "cost and load follow from it", "40/h"
        )
        for path, kind in _unknown(steps, f"{flow}.steps"):
            if kind == "share":
                self.ask(
                    path, path, "How often is this way taken?", "cost and latency are its average", "20 %"
                )
            elif kind == "until":
                self.ask(
                    path,
                    path,
                    "How likely is a round the last one?",
                    "rounds multiply calls and cost",
                    "60 %",
                )
            elif kind == "bound":
                self.ask(
                    path, path, "What is the most rounds?", "without a bound a run has no worst case", "10"
                )
        if any(node.model for node in graph.nodes.values()) and not graph.checkpointed and self.asks:
            graph.note(
                graph.line, "people are asked but no checkpointer is compiled in: a run can't wait for them"
            )
        return {
            "title": f"{graph.name} of {PurePath(graph.file).name}",
            "starts": {"rate": "unknown"},
            "steps": steps or [{"wait": "0 s"}],
        }

    def steps(self, graph: Graph, node: Node, names: dict[str, str]) -> Steps:
        """A node: a question before it, its call with its policies, a question after it."""
        operation = names.setdefault(node.name, slug(node.name, "node"))
        work = self.operations.setdefault(operation, {"title": node.name[:120], "work": "unknown"})
        inner: Steps = []
        if node.model:
            inner.append(
                {"call": f"{self.models.setdefault(node.model, self.free(node.model, 'model'))}.generate"}
            )
        inner += [
            {"call": f"{self.tools.setdefault(tool, self.free(tool, 'tool'))}.use"} for tool in node.tools[:1]
        ]
        if len(node.tools) > 1:
            branches = [
                {
                    "share": "unknown",
                    "when": tool,
                    "steps": [{"call": f"{self.tools.setdefault(tool, self.free(tool, 'tool'))}.use"}],
                }
                for tool in node.tools
            ]
            inner[-1:] = [{"choose": branches}]
        if inner:
            work["steps"] = inner
        call: dict[str, Any] = {"call": f"{self.app}.{operation}"}
        if node.retry is not None:
            call["retry"] = {
                "times": node.retry.attempts - 1,
                "backoff": f"{node.retry.interval:g} s",
                "factor": node.retry.factor,
            }
            if node.retry.jitter:
                graph.note(
                    node.line,
                    f"retries of `{node.name}` wait up to a second more at random: not in the model",
                )
        if node.timeout is not None and node.timeout > 0:
            call["timeout"] = f"{node.timeout:g} s"
        asked: Steps = [{"ask": self.reviewer, "takes": "unknown"}]
        before = asked if node.name in graph.before or "*" in graph.before else []
        after = asked if node.asks or node.name in graph.after or "*" in graph.after else []
        self.asks = self.asks or bool(before or after)
        return [*before, call, *after]

    def free(self, text: str, otherwise: str) -> str:
        known = {*self.taken, self.app, *self.models.values(), *self.tools.values()}
        return unused(slug(text, otherwise), known)

    def components(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            self.app: {
                "kind": "service",
                "title": "LangGraph application",
                "existing": True,
                "offers": self.operations,
            }
        }
        for title, name in self.models.items():
            found[name] = {
                "kind": "llm",
                "title": title[:120],
                "existing": True,
                "offers": {"generate": {"work": "unknown"}},
            }
            self.ask(
                f"components.{name}.offers.generate.work",
                f"components.{name}",
                f"How long does {title[:60]} take to answer?",
                "it is most of the latency",
                "2 s ± 1 s",
            )
        for title, name in self.tools.items():
            found[name] = {
                "kind": "tool",
                "title": title[:120],
                "existing": True,
                "offers": {"use": {"work": "unknown"}},
            }
            self.ask(
                f"components.{name}.offers.use.effect",
                f"components.{name}",
                f"What does using {title[:60]} twice do: none, idempotent, keyed, once?",
                "retries repeat it",
                "idempotent",
            )
        return found

    def ask(self, key: str, element: str, question: str, why: str, example: str) -> None:
        self.gaps.append(Gap(key, element, question, why, example=example))


def _unknown(steps: Steps, path: str) -> list[tuple[str, str]]:
    """Paths of shares, chances and bounds that the steps leave open."""
    found: list[tuple[str, str]] = []
    for number, step in enumerate(steps, 1):
        at = f"{path}.{number}"
        for n, branch in enumerate(step.get("choose", ()), 1):
            found.append((f"{at}.choose.{n}.share", "share"))
            found += _unknown(branch["steps"], f"{at}.choose.{n}.steps")
        for n, branch in enumerate(step.get("parallel", ()), 1):
            found += _unknown(branch, f"{at}.parallel.{n}")
        if "repeat" in step:
            found.append((f"{at}.repeat.until", "until"))
            if "at_most" not in step["repeat"]:
                found.append((f"{at}.repeat.at_most", "bound"))
            found += _unknown(step["repeat"]["steps"], f"{at}.repeat.steps")
    return found
