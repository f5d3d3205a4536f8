"""One OpenAPI 3.1 document of the operations of a design's own services.

Each operation is a POST to `/component/operation`. Error kinds are answers: a request that doesn't fit its schema or
was turned down 422 (`rejected`), a rate limit 429 (`throttled`), a failure 500 (`failed`), out of service 503
(`unavailable`), too slow 504 (`timeout`). Each says which calls of the design retry on it, how often and after which
pause
(`x-retried-by`), and that nothing may retry what takes effect `once`. `keyed` operations ask for an `Idempotency-Key`
(IETF draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

from typing import Any

from groma.exporters.contracts.schemas import fields_schema
from groma.model.elements import Component, Model, Operation
from groma.model.model_programs import programs
from groma.model.program import Call, ErrorKind, Send, Step, walk

BOUGHT = frozenset(
    {
        "llm", "model", "embedder", "tool", "app", "application", "saas", "spreadsheet", "sheet", "workbook", "host",
        "cluster", "vm", "link", "network", "switch", "router", "power", "cooling", "database", "queue", "store",
        "storage", "cable", "person",
    }
)  # fmt: skip
"""Kinds of component whose interface is somebody else's."""
STATUS: dict[ErrorKind, str] = {
    "rejected": "422",
    "throttled": "429",
    "failed": "500",
    "unavailable": "503",
    "timeout": "504",
}
SAID: dict[ErrorKind, str] = {
    "rejected": "The request doesn't fit its schema, or a check turned it down. Sending it again changes nothing.",
    "throttled": "Too many calls.",
    "failed": "It tried and failed.",
    "unavailable": "It is out of service.",
    "timeout": "It, or what it calls, took too long; whether it took effect isn't known.",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457)",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "kind": {"enum": list(STATUS)},
    },
    "required": ["title", "status", "kind"],
}


def own(model: Model) -> tuple[Component, ...]:
    """Components with operations that are built here: without a supplier or a product of a catalog that answers for
    them."""
    return tuple(
        component
        for _, component in sorted(model.components.items())
        if component.offers and component.supplier is None and component.kind.lower() not in BOUGHT
    )


def document(model: Model, services: tuple[Component, ...]) -> dict[str, Any]:
    """The document."""
    callers = _callers(model)
    paths = {
        f"/{component.name}/{operation.name}": {
            "post": _operation(model, component, operation, callers.get((component.name, operation.name), []))
        }
        for component in services
        for operation in component.offers.values()
    }
    tags = [
        {"name": c.name, **({"description": c.does or c.title} if c.does or c.title else {})}
        for c in services
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": model.system, "version": model.digest[:12] or "0"},
        "tags": tags,
        "paths": paths,
        "components": {"schemas": {"Problem": PROBLEM}},
    }


def _callers(model: Model) -> dict[tuple[str, str], list[Step]]:
    found: dict[tuple[str, str], list[Step]] = {}
    for _, program in programs(model):
        for step in walk(program):
            if isinstance(step.action, Call | Send):
                found.setdefault((step.action.component, step.action.operation), []).append(step)
    return found


def _operation(
    model: Model, component: Component, operation: Operation, callers: list[Step]
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": f"{component.name}.{operation.name}",
        "tags": [component.name],
        "summary": operation.title or f"{operation.name} of {component.title or component.name}",
        "description": _description(operation),
        "x-effect": operation.effect,
    }
    if operation.impact:
        said["x-impact"] = operation.impact
    if operation.allowed:
        said["x-allowed"] = list(operation.allowed)
    limits = _limits(component, callers)
    if limits:
        said["x-limits"] = limits
    if operation.effect == "keyed":
        said["parameters"] = [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "The same for every attempt at one thing: the second gives the answer of the first.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        ]
    if operation.request is None or operation.request:
        said["requestBody"] = {"required": True, "content": _content(model, operation.request)}
    said["responses"] = _responses(model, component, operation, callers)
    return said


def _description(operation: Operation) -> str:
    match operation.effect:
        case "none":
            effect = "It changes nothing: it may be repeated."
        case "idempotent":
            effect = "Repeating it has the effect of doing it once."
        case "keyed":
            effect = "Repeating it with the same Idempotency-Key has the effect of doing it once."
        case "once":
            effect = "Every call takes effect: it must not be repeated."
    later = " It answers before its own calls have ended." if operation.answers == "at once" else ""
    return effect + later


def _content(model: Model, fields: Any) -> dict[str, Any]:
    schema = (
        {"type": "object", "description": "not stated yet"}
        if fields is None
        else fields_schema(model, fields)
    )
    return {"application/json": {"schema": schema}}


def _limits(component: Component, callers: list[Step]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if component.threads is not None:
        found["at_once"] = component.threads * component.replicas
    if component.queue is not None:
        found["waiting"] = component.queue * component.replicas
    rates = [
        {"caller": step.path, "rate": step.policies.limit.rate.text, "burst": step.policies.limit.burst}
        for step in callers
        if step.policies.limit is not None
    ]
    return found | ({"callers": rates} if rates else {})


def _responses(
    model: Model, component: Component, operation: Operation, callers: list[Step]
) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done." if operation.answers == "when done" else "Taken in."}
    code = "200" if operation.answers == "when done" else "202"
    if operation.response is None or operation.response:
        answer["content"] = _content(model, operation.response)
    found = {code: answer}
    for kind in _kinds(component, operation):
        retried = _retries(kind, operation, callers)
        response: dict[str, Any] = {
            "description": SAID[kind],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            "x-kind": kind,
            "x-retried-by": retried,
        }
        if kind in ("throttled", "unavailable"):
            response["headers"] = {
                "Retry-After": {
                    "description": "Seconds after which to try again",
                    "schema": {"type": "integer", "minimum": 0},
                }
            }
        found[STATUS[kind]] = response
    return found


def _kinds(component: Component, operation: Operation) -> list[ErrorKind]:
    """Error kinds that the program gives a call of it: a request can always be wrong and a server fail or be away."""
    inner = list(walk(operation.steps))
    kinds: list[ErrorKind] = ["rejected"]
    if operation.throttled is not None or component.queue is not None or any(s.policies.limit for s in inner):
        kinds.append("throttled")
    kinds.extend(("failed", "unavailable"))
    if any(s.policies.timeout is not None or s.policies.deadline is not None for s in inner):
        kinds.append("timeout")
    return kinds


def _retries(kind: ErrorKind, operation: Operation, callers: list[Step]) -> list[dict[str, Any]]:
    """The design's own calls that try again on it."""
    found: list[dict[str, Any]] = []
    for step in callers:
        retry = step.policies.retry
        if retry is None or kind not in retry.on or retry.times == 0:
            continue
        entry: dict[str, Any] = {"caller": step.path, "attempts_more": retry.times, "factor": retry.factor}
        if retry.backoff is not None:
            entry["backoff"] = retry.backoff.text
        found.append(entry)
    return found
