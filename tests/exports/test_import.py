"""LangGraph applications read back: what Groma exports, what others write, and files that are hostile."""

from __future__ import annotations

import ast
import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.test_plain import HERE
from groma import api
from groma.exporters import Source, exports
from groma.importers.langgraph import GraphError, model_text, read, read_source
from groma.importers.langgraph.graph import END, START
from groma.importers.langgraph.structured import program
from groma.model import program as p
from groma.model.load import loads

AGENT = """
import os
from typing import Literal
from langgraph.graph import StateGraph, START, END, MessagesState
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import RetryPolicy, interrupt, Command
from langchain_openai import ChatOpenAI
os.system("touch HACKED")
def search(q): ...
def pay(q): ...
tools = [search, pay]
model = ChatOpenAI(model="gpt-4o", temperature=0).bind_tools(tools)
def agent(state): return {"messages": [model.invoke(state["messages"])]}
def review(state) -> Command[Literal["publish", "agent"]]:
    return Command(goto="publish" if interrupt({"q": "fine?"}) else "agent")
def publish(state): return {}
def classify(state): return {}
def route(state):
    if state: return "agent"
    return END
g = StateGraph(MessagesState)
g.add_node(classify)
g.add_node("agent", agent, retry_policy=RetryPolicy(max_attempts=4))
g.add_node("tools", ToolNode(tools))
g.add_node("review", review)
g.add_node("publish", publish)
g.set_entry_point("classify")
g.add_conditional_edges("classify", route)
g.add_conditional_edges("agent", tools_condition, {"tools": "tools", END: "review"})
g.add_edge("tools", "agent")
g.add_edge("publish", END)
app = g.compile(interrupt_before=["tools"])
app.invoke({}, {"recursion_limit": 20})
"""


def test_an_agent_with_tools_and_a_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = model_text(read_source(AGENT, "agent.py"))
    assert not (tmp_path / "HACKED").exists()
    (tmp_path / "m.yaml").write_text(found.text, encoding="utf-8")
    model = api.load(tmp_path / "m.yaml")
    (flow,) = model.flows.values()
    steps = list(p.walk(flow.steps))
    loops = [s.action for s in steps if isinstance(s.action, p.Repeat)]
    assert [loop.at_most for loop in loops] == [10]  # 20 steps, the shortest round has two
    calls = [s for s in steps if isinstance(s.action, p.Call)]
    agent = next(s for s in calls if s.action.operation == "agent")  # pyright: ignore
    assert agent.policies.retry is not None and agent.policies.retry.times == 3
    assert agent.policies.retry.backoff is not None and agent.policies.retry.backoff.mean == 0.5
    assert sum(isinstance(s.action, p.Ask) for s in steps) == 2
    assert {c.title for c in model.components.values() if c.kind == "tool"} == {"search", "pay"}
    assert [c.title for c in model.components.values() if c.kind == "llm"] == ["gpt-4o"]
    assert any(gap.key.endswith("repeat.until") for gap in found.gaps)


def walks(edges: dict[str, list[str]], most: int) -> set[tuple[str, ...]]:
    """Every way from START to END with at most so many nodes."""
    found, todo = set[tuple[str, ...]](), [(START,)]
    while todo:
        way = todo.pop()
        for target in edges.get(way[-1], []):
            if target == END:
                found.add(way[1:])
            elif len(way) <= most:
                todo.append((*way, target))
    return found


def runs(steps: list[dict[str, object]], most: int) -> set[tuple[str, ...]]:
    """Every sequence of nodes that a program can run, up to so many."""
    found: set[tuple[str, ...]] = {()}
    for step in steps:
        if "call" in step:
            ways: set[tuple[str, ...]] = {(str(step["call"]),)}
        elif "choose" in step:
            ways = set().union(*(runs(b["steps"], most) for b in step["choose"]))  # pyright: ignore
        else:
            body = runs(step["repeat"]["steps"], most)  # pyright: ignore
            ways, last = set(body), set(body)
            for _ in range(most):
                last = {(*a, *b) for a in last for b in body if len(a) + len(b) <= most} - ways
                ways |= last
        found = {(*a, *b) for a in found for b in ways if len(a) + len(b) <= most}
    return found


@given(st.integers(0, 10**6))
def test_no_way_through_a_graph_is_lost(seed: int) -> None:
    """Random graphs: each walk of the graph is a run of the program made of it."""
    roll = random.Random(seed)
    names = list("abcde")[: roll.randint(2, 5)]
    edges = {START: [names[0]]}
    for number, name in enumerate(names):
        onward = [*names[number + 1 :], END]
        targets = {roll.choice(onward)}
        if roll.random() < 0.5:
            targets.add(roll.choice([*names, END]))
        edges[name] = sorted(targets)
    lines = ["from langgraph.graph import *", "g = StateGraph(dict)"] + [
        f"g.add_node({n!r}, f)" for n in names
    ]
    lines.append(f"g.add_edge(START, {names[0]!r})")
    for name in names:
        to = [f"{t!r}" for t in edges[name]]
        if len(to) == 1:
            lines.append(f"g.add_edge({name!r}, {to[0]})")
        else:
            lines.append(f"g.add_conditional_edges({name!r}, f, [{', '.join(to)}])")
    (graph,) = read_source("\n".join(lines), "g.py")
    steps = program(graph, lambda name: [{"call": name}])
    if any("no structure" in what for _, what in graph.notes):
        return
    assert walks(edges, 6) <= runs(steps, 6)


def test_what_groma_exports_is_read_back() -> None:
    model = api.load(HERE / "everything.yaml")
    files = exports()["langgraph"].make(Source(model, None, None))  # pyright: ignore[reportArgumentType]
    (text,) = [file.text for file in files if file.path.endswith("graph_answer.py")]
    (graph,) = read_source(text, "graph_answer.py")
    said = {n.args[0].value for n in ast.walk(ast.parse(text))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "add_node"
            and isinstance(n.args[0], ast.Constant)}  # fmt: skip
    assert set(graph.nodes) == said
    retry = graph.nodes["s8_1_2_shop_refund"].retry
    assert retry is not None and (retry.attempts, retry.interval, retry.jitter) == (3, 1.0, False)
    kinds = {
        type(step.action).__name__ for step in p.walk(loads(model_text([graph]).text).flows["graph"].steps)
    }
    assert {"Call", "Choose", "Repeat"} <= kinds


def test_the_drawn_graph_says_the_same() -> None:
    graph_module = pytest.importorskip("langgraph.graph", reason="langgraph isn't installed")
    built = graph_module.StateGraph(graph_module.MessagesState)
    for name in "abc":
        built.add_node(name, lambda state: state)
    built.add_edge(START, "a")
    built.add_conditional_edges("a", lambda state: "b", ["b", "c"])
    built.add_edge("b", "a")
    built.add_edge("c", END)
    drawn = json.dumps(built.compile(interrupt_before=["b"]).get_graph().to_json())
    (graph,) = read(drawn.encode(), "graph.json")
    assert {(e.source, e.target) for e in graph.edges} == {
        (START, "a"), ("a", "b"), ("a", "c"), ("b", "a"), ("c", END)
    }  # fmt: skip
    assert graph.before == ("b",)
    steps = program(graph, lambda name: [{"call": name}])
    assert [next(iter(step)) for step in steps] == ["repeat", "call"]


@pytest.mark.parametrize(
    "data",
    [b"def f(:", b"\xff\xfe", b"{", b"{}", b"x = 1", b"(" * 5000, b'{"nodes": 1, "edges": []}', b"\x00" * 9],
)
def test_what_is_no_graph_is_refused_with_its_place(data: bytes) -> None:
    with pytest.raises(GraphError) as refused:
        read(data, "f.py")
    assert str(refused.value).startswith("f.py:")


@given(st.text(alphabet="abgST.()[]{}'\",=\n _:defadd_nodeedgeStateGraph", max_size=300))
def test_any_text_ends_in_graphs_or_a_refusal(text: str) -> None:
    for before in ("", "g = StateGraph(x)\ng.add_node('a', f)\n"):
        try:
            graphs = read(f"{before}{text}".encode(), "f.py")
        except GraphError:
            continue
        assert len(loads(model_text(graphs).text).flows) == len(graphs) >= 1


def test_hostile_names() -> None:
    names = ["a: b", "x'\"\n- y", "${z}", "日本", "__import__('os')", "a" * 300]
    lines = ["g = StateGraph(dict)"] + [f"g.add_node({n!r}, f)" for n in names]
    lines += [f"g.add_edge({a!r}, {b!r})" for a, b in itertools.pairwise(["__start__", *names, "__end__"])]
    (flow,) = loads(model_text(read_source("\n".join(lines), "x.py")).text).flows.values()
    assert sum(isinstance(step.action, p.Call) for step in p.walk(flow.steps)) == len(names)
