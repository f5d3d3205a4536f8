"""The graphs that a Python file builds, read from its syntax tree. Nothing of the file is run."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from groma.importers.langgraph.expressions import (
    CONSTANTS,
    annotations_of,
    argument,
    chain_root,
    constant_of,
    items_of,
    key_text,
    name_of,
    number_of,
)
from groma.importers.langgraph.graph import (
    END,
    MOST_BYTES,
    MOST_NODES,
    START,
    Edge,
    Graph,
    GraphError,
    Node,
    Retried,
)

_GRAPHS = ("StateGraph", "MessageGraph", "Graph")


def read_source(text: str, file: str) -> list[Graph]:
    """One graph for each `StateGraph(...)` of the file. Raises GraphError for what is no Python, or too large."""
    if len(text) > MOST_BYTES:
        raise GraphError(f"{file}:1:1: expected a Python file of at most {MOST_BYTES:,} characters")
    try:
        tree = ast.parse(text)
        return _File(tree, file).graphs()
    except SyntaxError as error:
        where = f"{file}:{error.lineno or 1}:{error.offset or 1}"
        raise GraphError(f"{where}: expected Python, found {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise GraphError(
            f"{file}:1:1: expected Python that can be read; it is nested too deeply, or no text"
        ) from None


class _File:
    """One file: its functions, its chat models, and its graphs by the name of their variable."""

    def __init__(self, tree: ast.Module, file: str) -> None:
        self.tree, self.file = tree, file
        self.functions = {
            node.name: node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        self.assigned: dict[str, ast.expr] = {}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
            ):
                self.assigned.setdefault(node.targets[0].id, node.value)
            elif (
                isinstance(node, ast.AnnAssign)
                and isinstance(node.target, ast.Name)
                and node.value is not None
            ):
                self.assigned.setdefault(node.target.id, node.value)

    def graphs(self) -> list[Graph]:
        found: dict[str, Graph] = {}
        for name, value in self.assigned.items():
            built = chain_root(value)
            if isinstance(built, ast.Call) and name_of(built.func) in _GRAPHS:
                found[name] = Graph(self.file, name, built.lineno)
        compiled: dict[str, Graph] = {}
        for name, value in self.assigned.items():
            root = chain_root(value)
            if isinstance(root, ast.Name) and root.id in found:
                compiled[name] = found[root.id]
        calls = sorted(
            (node for node in ast.walk(self.tree) if isinstance(node, ast.Call)),
            key=lambda c: (c.end_lineno or 0, c.end_col_offset or 0),
        )
        for call in calls:
            if not isinstance(call.func, ast.Attribute):
                continue
            root = chain_root(call)
            if isinstance(root, ast.Name) and root.id in found:
                self.apply(found[root.id], call)
            elif isinstance(root, ast.Name) and root.id in compiled:
                self.limits(compiled[root.id], call)
            elif isinstance(root, ast.Call):
                for name, value in self.assigned.items():
                    if name in found and chain_root(value) is root:
                        self.apply(found[name], call)
        for graph in found.values():
            self.close(graph)
        return [graph for graph in found.values() if graph.nodes]

    # What is called on a graph

    def apply(self, graph: Graph, call: ast.Call) -> None:
        assert isinstance(call.func, ast.Attribute)
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        match call.func.attr:
            case "add_node":
                self.add_node(graph, call, given)
            case "add_sequence":
                self.add_sequence(graph, call)
            case "add_edge":
                sources = self.texts(argument(call, 0, given, "start_key"))
                for target in self.texts(argument(call, 1, given, "end_key")):
                    graph.edges += [Edge(source, target) for source in sources]
                if not sources:
                    graph.note(
                        call.lineno, "an edge between nodes that are worked out while it runs: left out"
                    )
            case "set_entry_point":
                graph.edges += [Edge(START, target) for target in self.texts(argument(call, 0, given, "key"))]
            case "set_finish_point":
                graph.edges += [Edge(source, END) for source in self.texts(argument(call, 0, given, "key"))]
            case "add_conditional_edges" | "set_conditional_entry_point":
                self.conditional(graph, call, given)
            case "compile":
                graph.before = tuple(self.texts(given.get("interrupt_before")))
                graph.after = tuple(self.texts(given.get("interrupt_after")))
                graph.checkpointed = "checkpointer" in given
            case _:
                self.limits(graph, call)

    def limits(self, graph: Graph, call: ast.Call) -> None:
        """The recursion limit of a call such as `app.invoke(..., {"recursion_limit": 50})`."""
        for node in ast.walk(call):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    number = number_of(value)
                    if (
                        isinstance(key, ast.Constant)
                        and key.value == "recursion_limit"
                        and number is not None
                    ):
                        graph.recursion_limit = int(number)
            elif isinstance(node, ast.keyword) and node.arg == "recursion_limit":
                number = number_of(node.value)
                graph.recursion_limit = None if number is None else int(number)

    def add_node(self, graph: Graph, call: ast.Call, given: Mapping[str, ast.expr]) -> None:
        first, second = argument(call, 0, given, "node"), argument(call, 1, given, "action")
        named = self.texts(first)
        name = named[0] if named else name_of(first)
        if not name:
            graph.note(call.lineno, "a node whose name is worked out while it runs: left out")
            return
        if len(graph.nodes) >= MOST_NODES:
            raise GraphError(f"{graph.file}:{call.lineno}:1: expected at most {MOST_NODES} nodes")
        node = Node(name, call.lineno)
        node.retry = self.retry(given.get("retry_policy", given.get("retry")))
        node.timeout = number_of(given.get("timeout"))
        self.look_inside(graph, node, second if second is not None else first)
        graph.nodes[name] = node
        graph.edges += [Edge(name, to, True, to) for to in self.texts(given.get("destinations"))]

    def add_sequence(self, graph: Graph, call: ast.Call) -> None:
        before = None
        for item in items_of(argument(call, 0, {}, "")):
            named = item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item
            name = next(iter(self.texts(named)), name_of(named))
            if name:
                graph.nodes[name] = node = Node(name, call.lineno)
                self.look_inside(graph, node, item.elts[-1] if isinstance(item, ast.Tuple) else item)
                if before is not None:
                    graph.edges.append(Edge(before, name))
                before = name

    def retry(self, value: ast.expr | None) -> Retried | None:
        value = self.resolved(value)
        items = items_of(value)
        if items:
            value = self.resolved(items[0])
        if not isinstance(value, ast.Call) or name_of(value.func) != "RetryPolicy":
            return None
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        retried = Retried()
        attempts, interval = number_of(given.get("max_attempts")), number_of(given.get("initial_interval"))
        factor, jitter = number_of(given.get("backoff_factor")), given.get("jitter")
        retried.attempts = retried.attempts if attempts is None else max(1, int(attempts))
        retried.interval = retried.interval if interval is None else max(0.0, interval)
        retried.factor = retried.factor if factor is None else factor
        retried.jitter = not (isinstance(jitter, ast.Constant) and jitter.value is False)
        return retried

    def look_inside(self, graph: Graph, node: Node, action: ast.expr | None) -> None:
        """What a node's function does that a model knows: asks a person, calls a chat model, goes somewhere."""
        action = self.resolved(action)
        if isinstance(action, ast.Call) and name_of(action.func) == "ToolNode":
            tools = items_of(self.resolved(argument(action, 0, {}, "")))
            node.tools = tuple(name for tool in tools if (name := name_of(tool)))
            return
        body: ast.AST | None = self.functions.get(name_of(action)) if action is not None else None
        if body is None and isinstance(action, ast.Lambda):
            body = action
        if body is None:
            node.model = self.model(action)
            return
        for inner in ast.walk(body):
            if isinstance(inner, ast.Call):
                if name_of(inner.func) == "interrupt":
                    node.asks = True
                elif isinstance(inner.func, ast.Attribute) and inner.func.attr in (
                    "invoke",
                    "ainvoke",
                    "stream",
                    "astream",
                ):
                    node.model = node.model or self.model(inner.func.value)
                elif name_of(inner.func) == "Command":
                    goto = next((k.value for k in inner.keywords if k.arg == "goto"), None)
                    graph.edges += [Edge(node.name, to, True, to) for to in self.targets(goto)]
        if isinstance(body, ast.FunctionDef | ast.AsyncFunctionDef) and body.returns is not None:
            said = annotations_of(body.returns, "Command")
            known = {edge.target for edge in graph.edges if edge.source == node.name}
            graph.edges += [Edge(node.name, to, True, to) for to in said if to not in known]

    def model(self, value: ast.expr | None, depth: int = 0) -> str:
        """The name of the chat model behind an expression, such as `ChatOpenAI(model="gpt-4o").bind_tools(tools)`."""
        root = chain_root(value) if value is not None else None
        if isinstance(root, ast.Name) and root.id in self.assigned and depth < 5:
            return self.model(self.assigned[root.id], depth + 1)
        if not isinstance(root, ast.Call):
            return ""
        kind = name_of(root.func)
        if not (kind.startswith("Chat") or kind == "init_chat_model" or kind.endswith("LLM")):
            return ""
        given = {keyword.arg: keyword.value for keyword in root.keywords}
        named = self.texts(given.get("model", given.get("model_name", root.args[0] if root.args else None)))
        return named[0] if named else kind

    def conditional(self, graph: Graph, call: ast.Call, given: Mapping[str, ast.expr]) -> None:
        entry = isinstance(call.func, ast.Attribute) and call.func.attr == "set_conditional_entry_point"
        sources = [START] if entry else self.texts(argument(call, 0, given, "source"))
        path = argument(call, 0 if entry else 1, given, "path")
        ways = self.ways(argument(call, 1 if entry else 2, given, "path_map"), path)
        if not ways:
            graph.note(
                call.lineno,
                "where a conditional edge leads is worked out while it runs: every node is possible",
            )
        for source in sources:
            graph.edges += [Edge(source, target, True, when) for when, target in ways]
            if not ways:
                graph.edges.append(Edge(source, "", True, "?"))

    def ways(self, mapped: ast.expr | None, path: ast.expr | None) -> list[tuple[str, str]]:
        """The ways of a conditional edge as (what its function says, node)."""
        mapped = self.resolved(mapped)
        if isinstance(mapped, ast.Dict):
            return [
                (str(constant_of(key, key_text(key))), target)
                for key, value in zip(mapped.keys, mapped.values, strict=True)
                for target in self.texts(value)
                if key is not None
            ]
        if mapped is not None and (listed := self.texts(mapped)):
            return [(target, target) for target in listed]
        if name_of(path) == "tools_condition":
            return [("tools", "tools"), (END, END)]
        function = self.functions.get(name_of(path))
        if function is None:
            return [(to, to) for to in self.targets(path.body)] if isinstance(path, ast.Lambda) else []
        said = annotations_of(function.returns, "") if function.returns is not None else []
        for inner in ast.walk(function):
            if isinstance(inner, ast.Return) and inner.value is not None:
                said += [to for to in self.targets(inner.value) if to not in said]
        return [(to, to) for to in said]

    def targets(self, value: ast.expr | None) -> list[str]:
        """Nodes that an expression may name: constants, both sides of an `if`, lists, Send(...)."""
        if isinstance(value, ast.IfExp):
            return [*self.targets(value.body), *self.targets(value.orelse)]
        if isinstance(value, ast.Call) and name_of(value.func) == "Send":
            return self.texts(argument(value, 0, {}, ""))
        if isinstance(value, ast.ListComp):
            return self.targets(value.elt)
        if isinstance(value, ast.List | ast.Tuple):
            return [to for item in value.elts for to in self.targets(item)]
        return self.texts(value)

    # Values

    def resolved(self, value: ast.expr | None, depth: int = 0) -> ast.expr | None:
        if isinstance(value, ast.Name) and value.id in self.assigned and depth < 5:
            return self.resolved(self.assigned[value.id], depth + 1)
        if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
            table = self.resolved(value.value, depth + 1) if depth < 5 else None
            for key, item in (
                zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ()
            ):
                if isinstance(key, ast.Constant) and key.value == value.slice.value:
                    return self.resolved(item, depth + 1)
        return value

    def texts(self, value: ast.expr | None) -> list[str]:
        """The names that an expression stands for: a constant, START, END, a variable with one, a list of such."""
        if isinstance(value, ast.Name | ast.Attribute) and name_of(value) in CONSTANTS:
            return [CONSTANTS[name_of(value)]]
        value = self.resolved(value)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return [CONSTANTS.get(value.value, value.value)]
        if isinstance(value, ast.List | ast.Tuple | ast.Set):
            return [text for item in value.elts[:MOST_NODES] for text in self.texts(item)]
        return []

    def close(self, graph: Graph) -> None:
        """Unsaid ways lead everywhere; edges from or to what isn't a node are told and left out."""
        kept: dict[tuple[str, str, str], Edge] = {}
        for edge in graph.edges:
            ends = [edge.target] if edge.target else [*graph.nodes, END]
            for target in ends:
                missing = [
                    end for end in (edge.source, target) if end not in graph.nodes and end not in (START, END)
                ]
                if missing:
                    graph.note(graph.line, f"an edge names `{missing[0][:60]}`, which is no node: left out")
                    continue
                kept.setdefault(
                    (edge.source, target, edge.when), Edge(edge.source, target, edge.conditional, edge.when)
                )
        graph.edges = list(kept.values())
