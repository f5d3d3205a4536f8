"""Make (formerly Integromat) scenarios: the blueprint that its editor exports (JSON with `name`, `flow`, `metadata`).

Each module of `flow` has `id`, `module` (`google-sheets:addRow`) and `mapper` (field there -> expression); a router has
`routes`, each with a `flow` of its own; `onerror` lists modules that run when one fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from groma.importers.n8n import MOST_NODES, WorkflowError
from groma.importers.workflow import Kind, Link, Node, Workflow

_INNER = frozenset(
    {"builtin", "util", "gateway", "json", "regexp", "csv", "archive", "http", "tools", "flow control", "rss"}
)
_STARTS = ("watch", "trigger", "customwebhook", "onNew")


def looks_like(data: Any) -> bool:
    """Whether parsed JSON is a blueprint of Make."""
    flow = cast(Any, data).get("flow") if isinstance(data, dict) else None
    return isinstance(flow, list) and all(
        isinstance(m, dict) and "module" in m for m in cast("list[Any]", flow)
    )


def read_make(data: Mapping[str, Any], file: str) -> Workflow:
    """One scenario. Raises WorkflowError for one that is too large or nested too deeply."""
    nodes: list[Node] = []
    links: list[Link] = []
    caught = _walk(cast("list[Any]", data["flow"]), None, 0, nodes, links, 0)
    return Workflow(
        file, "make", str(data.get("name") or "Scenario")[:200], tuple(nodes), tuple(links),
        on_error="steps of its own run when one fails" if caught else "",
        counts={"modules": len(nodes), "links": len(links)},
    )  # fmt: skip


def _walk(
    flow: list[Any], before: str | None, port: int, nodes: list[Node], links: list[Link], depth: int
) -> bool:
    if depth > 20 or len(nodes) > MOST_NODES:
        raise WorkflowError(f"expected at most {MOST_NODES:,} modules, 20 routers deep")
    caught = False
    for module in flow:
        if not isinstance(module, dict):
            continue
        given = cast("Mapping[str, Any]", module)
        node = _node(given, len(nodes), first=not nodes)
        nodes.append(node)
        if before is not None:
            links.append(Link(before, node.id, port))
        before, port = node.id, 0
        caught = caught or bool(given.get("onerror"))
        routes = given.get("routes")
        for number, route in enumerate(cast("list[Any]", routes) if isinstance(routes, list) else []):
            inner = cast("Mapping[str, Any]", route).get("flow") if isinstance(route, dict) else None
            if isinstance(inner, list):
                caught = _walk(cast("list[Any]", inner), node.id, number, nodes, links, depth + 1) or caught
    return caught


def _node(module: Mapping[str, Any], number: int, *, first: bool) -> Node:
    name = str(module.get("module", ""))[:200]
    app, _, action = name.partition(":")
    designer = _mapping(_mapping(module.get("metadata")).get("designer"))
    service = (
        ""
        if app.lower() in _INNER
        else " ".join(word.capitalize() for word in app.replace("_", "-").split("-"))
    )
    service = {
        "Email": "E-mail",
        "Google Email": "Gmail",
        "Openai Gpt 3": "OpenAI",
        "Hubspotcrm": "HubSpot",
    }.get(service, service)
    starts = first and (action.lower().startswith(_STARTS) or app == "gateway" or number == 0)
    kind: Kind = (
        "start" if starts else "choose" if name == "builtin:BasicRouter" else "call" if service else "other"
    )
    mapper = _mapping(_mapping(module.get("mapper")).get("values") or module.get("mapper"))
    fields = {
        str(k)[:60]: str(v)[:120] for k, v in list(mapper.items())[:50] if isinstance(v, str | int | float)
    }
    writes = action.lower().startswith(("add", "create", "update", "insert"))
    return Node(
        f"{module.get('id', number)}/{number}", str(designer.get("name") or name)[:200], kind, name, service,
        caught=bool(module.get("onerror")), mails="email" in app.lower() and "watch" not in action.lower(),
        fields=fields if writes else {},
    )  # fmt: skip


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
