"""n8n workflows: the JSON that its editor exports (`nodes`, `connections`, `settings`; docs.n8n.io, Export and import).

`connections` are keyed by the name of the node they leave (by its id in files that machines rewrote), then by kind
(`main`, or `ai_tool` and the like for what an agent uses), then by output. A node's `type` ends in what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from groma.importers.workflow import Kind, Link, Node, Workflow

MOST_NODES = 2_000

_START = re.compile(
    r"trigger$|^webhook$|^cron$|^interval$|^start$|^emailreadimap$|^formtrigger$|^manualtrigger$", re.I
)
_MAILS = re.compile(
    r"emailsend|gmail(?!trigger)|outlook(?!trigger)|sendgrid|mailgun|mailjet|sendinblue|brevo"
)
_CHOICES = {"if": ("true", "false"), "switch": (), "filter": ("kept", "discarded"), "textclassifier": ()}
_INNER = frozenset(
    {
        "set", "merge", "splitinbatches", "splitout", "itemlists", "aggregate", "sort", "limit",
        "removeduplicates", "datetime", "crypto",
        "noop", "stickynote", "renamekeys", "comparedatasets", "converttofile", "extractfromfile", "html",
        "markdown", "xml", "movebinarydata",
        "summarize", "executionData", "respondtowebhook", "function", "functionitem", "code",
        "spreadsheetfile", "readwritefile", "compression",
        "stopanderror", "executeworkflow", "errortrigger", "form", "filter", "if", "switch", "wait",
        "editimage", "readbinaryfile", "writebinaryfile",
    }
)  # fmt: skip
_WORDS = {
    "httprequest": "",
    "emailsend": "E-mail",
    "emailreadimap": "E-mail",
    "webhook": "",
    "executecommand": "Shell",
    "ssh": "SSH",
}
_SMALL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KNOWN = {
    "microsoftoutlook": "Microsoft Outlook", "microsoftexcel": "Microsoft Excel",
    "microsoftonedrive": "Microsoft OneDrive",
    "microsoftteams": "Microsoft Teams", "microsoftsharepoint": "Microsoft SharePoint",
    "hubspot": "HubSpot", "woocommerce": "WooCommerce",
    "github": "GitHub", "gitlab": "GitLab", "openai": "OpenAI", "nocodb": "NocoDB", "mongodb": "MongoDB",
    "mysql": "MySQL", "postgres": "PostgreSQL",
    "quickbooks": "QuickBooks", "activecampaign": "ActiveCampaign", "wordpress": "WordPress",
    "paypal": "PayPal", "googlesheets": "Google Sheets",
}  # fmt: skip


class WorkflowError(ValueError):
    """A file isn't a workflow of this format; the message says what was expected and what was found."""


def looks_like(data: Any) -> bool:
    """Whether parsed JSON is an n8n workflow."""
    return isinstance(data, dict) and isinstance(cast(Any, data).get("nodes"), list) and "connections" in data


def read_n8n(data: Mapping[str, Any], file: str) -> Workflow:
    """One workflow. Raises WorkflowError where nodes or connections aren't what they should be."""
    given = data.get("nodes")
    if not isinstance(given, list) or not all(isinstance(node, dict) for node in cast("list[Any]", given)):
        raise WorkflowError("expected `nodes` to be a list of nodes")
    raw = cast("list[dict[str, Any]]", given)
    if len(raw) > MOST_NODES:
        raise WorkflowError(f"expected at most {MOST_NODES:,} nodes, found {len(raw):,}")
    links = tuple(_links(data.get("connections"), raw))
    settings = _mapping(data.get("settings"))
    tools = {link.source for link in links if link.port < 0}
    nodes = tuple(_node(node, number, str(_key(node, number)) in tools) for number, node in enumerate(raw))
    handler = settings.get("errorWorkflow")
    counts = {
        "nodes": len(raw),
        "node_types": len({str(node.get("type", "")) for node in raw}),
        "connections": _targets(data.get("connections")),
        "trigger_nodes": sum(
            1 for node in raw if re.search("trigger|webhook", str(node.get("type", "")), re.I)
        ),
        "credential_types": len({kind for node in raw for kind in _mapping(node.get("credentials"))}),
        "code_nodes": sum(1 for node in raw if _type(node) in ("code", "function", "functionitem")),
        "http_request_nodes": sum(1 for node in raw if _type(node) == "httprequest"),
        "has_error_workflow": int(bool(handler)),
    }
    own = any(_type(node) == "errortrigger" for node in raw)
    return Workflow(
        file, "n8n", str(data.get("name") or "Workflow")[:200], nodes, links,
        on_error="another workflow is run" if handler else "it has an error trigger of its own" if own else "",
        active=data.get("active") is not False, counts=counts,
    )  # fmt: skip


def _type(node: Mapping[str, Any]) -> str:
    return str(node.get("type", "")).rpartition(".")[2].lower()


def _key(node: Mapping[str, Any], number: int) -> str:
    return str(node.get("id") or node.get("name") or number)


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _outputs(connections: Any) -> list[tuple[str, str, int, Mapping[str, Any]]]:
    """Each connection as (source key, kind, output, target)."""
    found: list[tuple[str, str, int, Mapping[str, Any]]] = []
    for source, kinds in _mapping(connections).items():
        for kind, outputs in _mapping(kinds).items():
            for port, targets in enumerate(cast("list[Any]", outputs) if isinstance(outputs, list) else []):
                for target in cast("list[Any]", targets) if isinstance(targets, list) else []:
                    found.append((source, kind, port, _mapping(target)))
    return found


def _targets(connections: Any) -> int:
    return len(_outputs(connections))


def _links(connections: Any, nodes: list[dict[str, Any]]) -> list[Link]:
    """Links between nodes that are there; connections are keyed by name, in rewritten files by id."""
    known: dict[str, str] = {}
    for number, node in enumerate(nodes):
        for key in (node.get("name"), node.get("id")):
            if isinstance(key, str):
                known.setdefault(key, _key(node, number))
    kinds = {_key(node, number): _type(node) for number, node in enumerate(nodes)}
    links: list[Link] = []
    for source, kind, port, target in _outputs(connections):
        start, end = known.get(source), known.get(str(target.get("node", "")))
        if start is None or end is None:
            continue
        if kind != "main":
            links.append(Link(start, end, -1))
            continue
        names = _CHOICES.get(kinds[start], ())
        links.append(Link(start, end, port, names[port] if port < len(names) else ""))
    return links


def _node(node: Mapping[str, Any], number: int, tool: bool) -> Node:
    kind_of, parameters = _type(node), _mapping(node.get("parameters"))
    start = bool(_START.search(kind_of)) and kind_of != "errortrigger"
    kind = _kind(kind_of, start, tool)
    service = _service(str(node.get("type", "")), parameters)
    return Node(
        _key(node, number), str(node.get("name") or kind_of)[:200], kind, kind_of, service,
        often=_often(parameters) if kind_of in ("scheduletrigger", "cron", "interval") else "",
        caught=str(node.get("onError", "")).startswith("continue") or node.get("continueOnFail") is True,
        mails=_MAILS.search(kind_of) is not None,
        fields=_fields(parameters),
    )  # fmt: skip


def _kind(kind_of: str, start: bool, tool: bool) -> Kind:
    if start:
        return "start"
    if kind_of in _CHOICES and kind_of != "filter":
        return "choose"
    if kind_of == "wait":
        return "wait"
    return "other" if kind_of in _INNER or tool else "call"


def _service(kind: str, parameters: Mapping[str, Any]) -> str:
    """The outside product of a node, by the name of its type; for plain HTTP requests the host, if it is written."""
    bare = re.sub(r"(?:Trigger|Tool)$", "", kind.rpartition(".")[2])
    low = bare.lower()
    if low in ("httprequest", "graphql"):
        host = re.match(r"=?https?://([\w.-]+)", str(parameters.get("url", "")))
        return host[1] if host else ""
    if low in _INNER or low in _WORDS:
        return _WORDS.get(low, "")
    if low in (
        "manual",
        "schedule",
        "cron",
        "interval",
        "executeworkflow",
        "error",
        "chat",
        "form",
        "local file",
        "start",
    ) or low.startswith(
        (
            "lm",
            "memory",
            "outputparser",
            "chain",
            "agent",
            "textsplitter",
            "document",
            "vectorstoreinmemory",
            "embeddings",
            "tool",
            "retriever",
        )
    ):
        return ""
    return _KNOWN.get(low) or " ".join(word[:1].upper() + word[1:] for word in _SMALL.split(bare))


def _often(parameters: Mapping[str, Any]) -> str:
    """How often a schedule sets it off, in words; nothing where it can't be said in one."""
    rule = _mapping(parameters.get("rule"))
    given = rule.get("interval")
    intervals = cast("list[Any]", given) if isinstance(given, list) else []
    every = _mapping(intervals[0]) if len(intervals) == 1 else _mapping(None)
    field = str(every.get("field") or ("days" if len(intervals) == 1 and not every else ""))
    number = every.get(f"{field}Interval", 1)
    if (
        field not in ("minutes", "hours", "days", "weeks", "months")
        or not isinstance(number, int)
        or number < 1
    ):
        return ""
    return f"{number} {field}"


def _fields(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a node writes, and from what: the column map of a sheet or table."""
    columns = _mapping(_mapping(parameters.get("columns")).get("value"))
    return {
        str(k)[:60]: re.sub(r"^=?\{\{\s*|\s*\}\}$", "", str(v))[:120] for k, v in list(columns.items())[:50]
    }


def parse_json(data: bytes) -> Any:
    """JSON of bounded depth. Raises WorkflowError for what isn't JSON."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        where = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise WorkflowError(f"expected JSON, found something else{where}") from None
