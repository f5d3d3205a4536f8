"""Exported contracts held against the model: each schema has to take what its words mean and nothing else, and the
OpenAPI document has to say of each operation what the model says. Written without the exporter's own code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from groma.model.elements import Component, Model, Operation
from groma.model.model_programs import programs
from groma.model.program import Call, Send, Step, walk

Documents = Mapping[str, Any]
PROBES: tuple[Any, ...] = (
    "", "0", "0.50", "0.2500", "35.1250", "3.1250", "-8.1250", "0.250", "1.500", "35", "3", "7.25", "-8.125",
    "word", "two words", "c1", "tenant/42:order.9",
    "a" * 64, "a" * 65, "-a", "a-", "é", "12", "-12", "012", "12.5",
    "12.50", "12.500", "12.5000", "012.50", "-3.10", "1.", "2026-11-28", "28.11.2026", "2026-11-28T09:30:00Z",
    "2026-11-28t09:30:00z", "2026-11-28T09:30:00.123456789+01:00", "2026-11-28T09:30:00.1234567891Z",
    "2026-11-28T09:30:00", "2026-11-28x09:30:00Z", "2026-11-28T09:30:00x", "2026-11-28T09:30:00.1Z",
    "2026-11-28T09:30:00-11:30", "2026-11-28 and more", "x 2026-11-28", "a@b.de", "no mail", "https://a.example/b",
    "6f1c2d3e-4b5a-4c6d-8e7f-90a1b2c3d4e5", 0, 1, -1, 2, 0.5, -0.5, 1.5, 1e9, True, False, None, {}, {"a": 1}, [],
    ["a"], [1], [0.5, 1], ["a", 1], [[1]], [["a"]], [{}], [True], ["gold"], ["12.50"], [""], ["2026-11-28"],
)  # fmt: skip
FORMATS = {
    "uuid": "uuid", "email": "email", "url": "uri", "uri": "uri", "date": "date", "time": "date-time",
    "datetime": "date-time", "timestamp": "date-time",
}  # fmt: skip
CLOSED = ("id", "date", "time", "datetime", "timestamp")
"""Types whose pattern lets no sentence through."""
STATUS = {"rejected": "422", "throttled": "429", "failed": "500", "unavailable": "503", "timeout": "504"}
OTHERS = {
    "llm", "model", "embedder", "tool", "app", "application", "saas", "spreadsheet", "sheet", "workbook", "host",
    "cluster", "vm", "link", "network", "switch", "router", "power", "cooling", "database", "queue", "store", "storage",
    "cable", "person",
}  # fmt: skip
"""Kinds whose interface is somebody else's."""
DECIMALS = {"no": 0, "two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}


def problems(model: Model, documents: Documents) -> Iterator[str]:
    """What is wrong with contracts of a model, by file; the model's own words first, others' validators last."""
    wanted = expected(model)
    yield from (f"{path}: too much or missing" for path in sorted(set(documents) ^ set(wanted)))
    for path in sorted(set(documents) & set(wanted)):
        yield from (f"{path}: {told}" for told in of_file(model, path, documents[path]))


def of_file(model: Model, path: str, document: Any) -> Iterator[str]:
    """What is wrong with one of them."""
    if path == "openapi.json":
        yield from _openapi(model, document)
    else:
        yield from _schema(model, path, document)


def expected(model: Model) -> dict[str, tuple[str, str, Mapping[str, str]]]:
    """Schemas that a model asks for: path -> title, description, fields; the OpenAPI document has none."""
    found: dict[str, tuple[str, str, Mapping[str, str]]] = {}
    for name, data in model.data.items():
        if data.fields:
            found[f"data/{name}.schema.json"] = (data.title or name, f"class: {data.class_}", data.fields)
    for name, part in model.components.items():
        for operation in part.offers.values():
            of = f"{operation.title or operation.name} of {part.title or name}"
            for word, fields in (("request", operation.request), ("response", operation.response)):
                if fields is not None:
                    found[f"operations/{name}.{operation.name}.{word}.schema.json"] = (
                        f"{of}: {word}",
                        "",
                        fields,
                    )
    if services(model):
        found["openapi.json"] = ("", "", {})
    return found


def services(model: Model) -> list[Component]:
    """What is built here: it has operations, and nobody sells it."""
    return [
        part
        for _, part in sorted(model.components.items())
        if part.offers and part.supplier is None and part.kind.lower() not in OTHERS
    ]


def _schema(model: Model, path: str, schema: Any) -> Iterator[str]:
    title, says, fields = expected(model)[path]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": path, "title": title}
    for key, wanted in (head | ({"description": says} if says else {})).items():
        if schema.get(key) != wanted:
            yield f"{key} is {schema.get(key)!r}, not {wanted!r}"
    yield from record(model, schema, fields)


def record(model: Model, schema: Any, fields: Mapping[str, str]) -> Iterator[str]:
    """A record's schema: by its meta-schema, by what it takes and refuses, and by the words at its fields."""
    problem = _meta(schema)
    if problem:
        yield problem
    odd = set(schema) - {
        "$schema",
        "$id",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "additionalProperties",
    }
    if odd or set(schema["properties"]) != set(fields):
        yield f"keys {sorted(odd)}, fields {sorted(schema['properties'])}"
        return
    takes = Draft202012Validator(schema, format_checker=FormatChecker()).is_valid
    alone = Draft202012Validator(schema).is_valid  # passes over formats, as it may
    good = {name: next(p for p in probes(kind) if fits(model, kind, p)) for name, kind in fields.items()}
    if not takes(good):
        yield f"refuses {good}"
    if takes([good]) or takes("word") or takes(None):
        yield "takes what is no record"
    if takes({**good, "one more": 1}):
        yield "takes a field that nobody named"
    for name, kind in fields.items():
        if takes({k: v for k, v in good.items() if k != name}) != optional(kind):
            yield f"{name}: may be left out, or not"
        for probe in probes(kind):
            if takes({**good, name: probe}) != fits(model, kind, probe):
                yield f"{name}: {probe!r} against the words `{kind}`"
        if closed(model, kind) and any(
            alone({**good, name: p}) and not fits(model, kind, p) for p in probes(kind)
        ):
            yield f"{name}: takes more where a format is a remark"
        yield from (f"{name}: {told}" for told in _said(model, kind, schema["properties"][name]))


def probes(kind: str) -> tuple[Any, ...]:
    """What a field is tried with, the words that it names among them."""
    found = (*PROBES, *re.findall(r"[\w-]+", kind))
    return (*found, *([each] for each in found))


def _said(model: Model, kind: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """What a schema says beside what it takes: words for readers, and formats, which a validator may pass over."""
    if schema.get("description") != described(model, kind):
        yield "description"
    if schema.get("format") != formatted(model, kind):
        yield "format"
    lower = bare(kind).lower()
    for word in ("list of ", "array of "):
        if lower.startswith(word):
            yield from _said(model, bare(kind)[len(word) :], schema["items"])


def _meta(schema: Any) -> str:
    errors = [
        error.message for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)
    ]
    return errors[0] if errors else ""


def optional(kind: str) -> bool:
    return kind.strip().lower().startswith("optional ")


def pointer(model: Model, kind: str) -> str:
    """The words of the field that a pointer leads to; nothing where it is none."""
    data, dot, field = kind.strip().partition(".")
    return model.data[data].fields[field] if dot and data in model.data else ""


def bare(kind: str) -> str:
    return kind.strip()[9:].strip() if optional(kind) else kind.strip()


def described(model: Model, kind: str) -> str | None:
    """What a reader is told: where it points, or the words as far as they say more than a type."""
    kind = bare(kind)
    if pointer(model, kind):
        return kind
    lower = kind.lower()
    if lower.startswith(("list of ", "array of ")) or "|" in kind or lower in TAKES:
        return None
    return kind


def formatted(model: Model, kind: str) -> str | None:
    """The format that the words mean."""
    kind = bare(kind)
    if pointer(model, kind):
        return formatted(model, pointer(model, kind))
    return FORMATS.get(re.split(r"[\s,(:;]", kind.lower())[0])


def closed(model: Model, kind: str) -> bool:
    """Whether its values, or those of its list, let no sentence through."""
    kind = bare(kind)
    if pointer(model, kind):
        return closed(model, pointer(model, kind))
    if kind.lower().startswith(("list of ", "array of ")):
        return closed(model, kind.split(" of ", 1)[1])
    return kind.lower() in CLOSED


def text(value: Any) -> bool:
    return isinstance(value, str)


def real(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: Any) -> bool:
    return real(value) and value == int(value)


def day(value: Any) -> bool:
    return text(value) and len(value) == 10 and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


def moment(value: Any) -> bool:
    return text(value) and day(value[:10]) and bool(
        re.fullmatch(r"[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", value[10:])
    )  # fmt: skip


def ident(value: Any) -> bool:
    return (
        text(value) and 0 < len(value) <= 64 and value.isascii() and value[0].isalnum() and value[-1].isalnum()
        and all(c.isalnum() or c in "._:/-" for c in value)
    )  # fmt: skip


def _mail(value: Any) -> bool:
    return text(value) and "@" in value


def _uuid(value: Any) -> bool:
    return text(value) and len(value) == 36 and value.count("-") == 4


TAKES: dict[str, Any] = {
    "string": text, "text": text, "id": ident, "uuid": _uuid, "email": _mail, "url": text, "uri": text,
    "integer": whole, "int": whole, "count": lambda v: whole(v) and v >= 0, "number": real, "decimal": real,
    "float": real, "share": lambda v: real(v) and 0 <= v <= 1, "boolean": lambda v: isinstance(v, bool),
    "bool": lambda v: isinstance(v, bool), "flag": lambda v: isinstance(v, bool), "date": day, "time": moment,
    "datetime": moment, "timestamp": moment, "list": lambda v: isinstance(v, list),
    "array": lambda v: isinstance(v, list), "object": lambda v: isinstance(v, dict),
    "vector": lambda v: isinstance(v, list) and all(map(real, v)),
}  # fmt: skip


def fits(model: Model, kind: str, value: Any) -> bool:
    """Whether a value is what these words mean."""
    kind = bare(kind)
    if pointer(model, kind):
        return fits(model, pointer(model, kind), value)
    lower = kind.lower()
    for word in ("list of ", "array of "):
        if lower.startswith(word):
            return isinstance(value, list) and all(fits(model, kind[len(word) :], each) for each in value)
    if re.fullmatch(r"[\w-]+(\s*\|\s*[\w-]+)+", kind):
        return value in [word.strip() for word in kind.split("|")]
    first = re.split(r"[\s,(:;]", lower)[0]
    if first in ("money", "amount", "price"):
        places = re.search(r"(no|two|three|four|2|3|4) decimals?", lower)
        digits = DECIMALS[places[1]] if places else None
        return text(value) and _money(value, digits)
    return TAKES[first](value) if first in TAKES else True


def _money(value: str, digits: int | None) -> bool:
    sign, _, rest = value.rpartition("-")
    units, dot, cents = rest.partition(".")
    if sign or not units.isdigit() or (len(units) > 1 and units[0] == "0") or (dot and not cents.isdigit()):
        return False
    return digits is None or len(cents) == digits


def _openapi(model: Model, document: Any) -> Iterator[str]:
    made = services(model)
    if document["openapi"] != "3.1.0" or set(document) != {"openapi", "info", "tags", "paths", "components"}:
        yield "head"
    if document["info"] != {"title": model.system, "version": model.digest[:12]}:
        yield "info"
    if document["tags"] != [
        {"name": c.name} | ({"description": c.does or c.title} if c.does or c.title else {}) for c in made
    ]:
        yield "tags"
    yield from _problem(document["components"])
    wanted = {f"/{c.name}/{o.name}": (c, o) for c in made for o in c.offers.values()}
    if list(document["paths"]) != list(wanted):
        yield "paths"
    for path, (part, operation) in wanted.items():
        if set(document["paths"][path]) != {"post"}:
            yield f"{path}: methods"
        yield from (
            f"{path}: {told}" for told in _post(model, part, operation, document["paths"][path]["post"])
        )
    yield from (str(error) for error in OpenAPIV31SpecValidator(document).iter_errors())


def _problem(components: Any) -> Iterator[str]:
    """RFC 9457's members and the kind; a status of an error."""
    if set(components) != {"schemas"} or set(components["schemas"]) != {"Problem"}:
        yield "components"
    schema = components["schemas"]["Problem"]
    takes = Draft202012Validator(schema).is_valid
    good: dict[str, Any] = {
        "title": "No",
        "status": 422,
        "kind": "rejected",
        "type": "about:blank",
        "detail": "so",
    }
    least = {key: good[key] for key in ("title", "status", "kind")}
    if not takes(good) or not takes(least) or takes([]) or takes(None):
        yield "Problem"
    for key, value in (
        ("title", 1), ("status", 399), ("status", 600), ("status", "422"), ("status", 422.5), ("kind", "odd"),
        ("type", 1), ("detail", 1),
    ):  # fmt: skip
        if takes({**good, key: value}):
            yield f"Problem takes {key} {value}"
    if any(not takes({**good, "status": status}) for status in (400, 599)):
        yield "Problem: status"
    if any(not takes({**good, "kind": kind}) for kind in STATUS):
        yield "Problem: kinds"
    yield from (
        f"Problem: {key} isn't required"
        for key in least
        if takes({k: v for k, v in least.items() if k != key})
    )
    if (
        schema["description"] != "Problem details (RFC 9457)"
        or schema["properties"]["type"]["format"] != "uri-reference"
    ):
        yield "Problem: words"


EFFECTS = {
    "none": "may be repeated", "idempotent": "the effect of doing it once", "once": "must not be repeated",
    "keyed": "with the same Idempotency-Key",
}  # fmt: skip


def _post(model: Model, part: Component, operation: Operation, post: Any) -> Iterator[str]:
    callers = [
        step
        for _, program in programs(model)
        for step in walk(program)
        if isinstance(step.action, Call | Send)
        and (step.action.component, step.action.operation) == (part.name, operation.name)
    ]
    wanted: dict[str, Any] = {
        "operationId": f"{part.name}.{operation.name}",
        "tags": [part.name],
        "summary": operation.title or f"{operation.name} of {part.title or part.name}",
        "x-effect": operation.effect,
        "x-impact": operation.impact or None,
        "x-allowed": list(operation.allowed) or None,
        "x-limits": _limits(part, callers) or None,
    }
    yield from (f"{key} is {post.get(key)!r}" for key, value in wanted.items() if post.get(key) != value)
    odd = set(post) - set(wanted) - {"description", "parameters", "requestBody", "responses"}
    later = operation.answers == "at once"
    if odd or EFFECTS[operation.effect] not in post["description"]:
        yield f"description, or {odd}"
    told = post["description"]
    if told.endswith(" It answers before its own calls have ended.") != later or not told.endswith("."):
        yield "description of when it answers"
    keys = post.get("parameters", [])
    if bool(keys) != (operation.effect == "keyed"):
        yield "parameters"
    for key in keys:
        takes = Draft202012Validator(key["schema"]).is_valid
        if (key["name"], key["in"], key.get("required")) != ("Idempotency-Key", "header", True):
            yield "key"
        if [takes(v) for v in ("", "k", "k" * 255, "k" * 256, 1)] != [False, True, True, False, False]:
            yield "what is a key"
        if "same for every attempt" not in key.get("description", "") or not key["description"].endswith("."):
            yield "description of the key"
    yield from _body(model, post.get("requestBody"), operation.request, "request")
    if post.get("requestBody") and post["requestBody"].get("required") is not True:
        yield "request isn't required"
    yield from _answers(model, part, operation, callers, post["responses"])


def _body(model: Model, body: Any, fields: Mapping[str, str] | None, word: str) -> Iterator[str]:
    if fields is not None and not fields:
        if body is not None and "content" in body:
            yield f"{word}: there is nothing to say"
        return
    content = (body or {}).get("content", {})
    if set(content) != {"application/json"} or "schema" not in content["application/json"]:
        yield f"{word}: content"
        return
    schema = content["application/json"]["schema"]
    if fields is None:
        if schema != {"type": "object", "description": "not stated yet"}:
            yield f"{word}: not stated yet"
    else:
        yield from (f"{word}: {told}" for told in record(model, schema, fields))


def _answers(
    model: Model, part: Component, operation: Operation, callers: list[Step], answers: Any
) -> Iterator[str]:
    inner = [step.policies for step in walk(operation.steps)]
    kinds = {"rejected", "failed", "unavailable"}
    if operation.throttled is not None or part.queue is not None or any(p.limit for p in inner):
        kinds.add("throttled")
    if any(p.timeout is not None or p.deadline is not None for p in inner):
        kinds.add("timeout")
    good = "202" if operation.answers == "at once" else "200"
    if set(answers) != {good, *(STATUS[kind] for kind in kinds)}:
        yield f"answers {sorted(answers)}"
    if answers[good]["description"] != {"200": "Done.", "202": "Taken in."}[good]:
        yield f"{good}: description"
    yield from _body(model, answers[good], operation.response, "response")
    for kind in kinds:
        answer = answers[STATUS[kind]]
        retried = [
            {"caller": s.path, "attempts_more": s.policies.retry.times, "factor": s.policies.retry.factor}
            | ({"backoff": s.policies.retry.backoff.text} if s.policies.retry.backoff is not None else {})
            for s in callers
            if s.policies.retry is not None and kind in s.policies.retry.on and s.policies.retry.times
        ]
        if (answer.get("x-kind"), answer.get("x-retried-by")) != (kind, retried):
            yield f"{kind}: who tries again"
        schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
        if answer.get("content") != {"application/problem+json": schema}:
            yield f"{kind}: content"
        if not answer["description"].endswith((".",)):
            yield f"{kind}: description"
        header = answer.get("headers", {}).get("Retry-After")
        if (header is not None) != (kind in ("throttled", "unavailable")):
            yield f"{kind}: headers"
        if header is not None:
            takes = Draft202012Validator(header["schema"]).is_valid
            seconds = [takes(v) for v in (-1, 0, 5, 1.5, "5")] == [False, True, True, False, False]
            if not seconds or not header.get("description", "").endswith("again"):
                yield f"{kind}: Retry-After"


def _limits(part: Component, callers: list[Step]) -> dict[str, Any]:
    of_one = {"at_once": part.threads, "waiting": part.queue}
    found: dict[str, Any] = {word: part.replicas * most for word, most in of_one.items() if most is not None}
    rates = [
        {"caller": s.path, "rate": s.policies.limit.rate.text, "burst": s.policies.limit.burst}
        for s in callers
        if s.policies.limit is not None
    ]
    return found | ({"callers": rates} if rates else {})
