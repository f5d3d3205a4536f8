"""The graph that `app.get_graph().to_json()` draws: nodes and edges, some of them conditional."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from groma.importers.langgraph.graph import END, MOST_BYTES, MOST_NODES, START, Edge, Graph, GraphError, Node
from groma.importers.langgraph.source import read_source


def looks_like(data: Any) -> bool:
    """Whether parsed JSON is a drawn graph of LangGraph."""
    if not isinstance(data, dict):
        return False
    given = cast("Mapping[str, Any]", data)
    nodes, edges = given.get("nodes"), given.get("edges")
    if not isinstance(nodes, list) or not isinstance(edges, list):
        return False
    ids = {str(_mapping(node).get("id")) for node in cast("list[Any]", nodes)[: MOST_NODES + 2]}
    return START in ids and all(
        "source" in _mapping(edge) and "target" in _mapping(edge)
        for edge in cast("list[Any]", edges)[:MOST_NODES]
    )


def read_graph(data: Mapping[str, Any], file: str) -> Graph:
    """The graph. Raises GraphError for one that is too large."""
    nodes, edges = cast("list[Any]", data["nodes"]), cast("list[Any]", data["edges"])
    if len(nodes) > MOST_NODES + 2 or len(edges) > MOST_NODES * 20:
        raise GraphError(f"{file}:1:1: expected at most {MOST_NODES} nodes and {MOST_NODES * 20:,} edges")
    graph = Graph(file, "graph")
    for given in map(_mapping, nodes):
        name = str(given.get("id"))[:200]
        if name not in (START, END):
            graph.nodes[name] = Node(name)
            facts = _mapping(given.get("metadata"))
            said = str(facts.get("__interrupt", ""))
            if said in ("before", "before,after"):
                graph.before = (*graph.before, name)
            if said in ("after", "before,after"):
                graph.after = (*graph.after, name)
    for given in map(_mapping, edges):
        source, target = str(given.get("source"))[:200], str(given.get("target"))[:200]
        if {source, target} <= {*graph.nodes, START, END}:
            conditional = given.get("conditional") is True
            graph.edges.append(
                Edge(
                    source, target, conditional, str(given.get("data") or target)[:80] if conditional else ""
                )
            )
        else:
            graph.note(
                1, f"an edge from `{source[:60]}` to `{target[:60]}`, one of which is no node: left out"
            )
    graph.note(
        1, "a drawn graph says nothing of retries, limits, models and what a node asks: give the source text"
    )
    return graph


def read(data: bytes, file: str) -> list[Graph]:
    """The graphs of a file, JSON or Python. Raises GraphError."""
    if len(data) > MOST_BYTES:
        raise GraphError(f"{file}:1:1: expected a file of at most {MOST_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraphError(f"{file}:1:1: expected UTF-8, found the byte 0x{data[error.start]:02x}") from None
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise GraphError(
                f"{file}:{error.lineno}:{error.colno}: expected JSON, found something else"
            ) from None
        except (ValueError, RecursionError):
            raise GraphError(f"{file}:1:1: expected JSON that isn't nested too deeply") from None
        if not looks_like(found):
            raise GraphError(
                f"{file}:1:1: expected the JSON of `get_graph().to_json()` with `nodes` and `edges`"
            )
        return [read_graph(found, file)]
    graphs = read_source(text, file)
    if not graphs:
        raise GraphError(f"{file}:1:1: expected a file that builds a StateGraph with add_node; found none")
    return graphs


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
