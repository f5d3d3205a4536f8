"""Spans of OpenTelemetry's OTLP JSON (`ExportTraceServiceRequest`; one object, or one a line as collectors write it).

64-bit integers are strings there or numbers; a service is the resource's `service.name`. How an error ended is told by
Groma's own traces in the status message; else it is an error of some kind.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from groma.model.program import ERROR_KINDS

NANO = 1e9
MOST_SPANS = 1_000_000
ERROR = "error"
"""The end of a span that failed in a way that isn't told."""


class UnreadableTrace(Exception):
    """What is wrong with a text of traces, and where."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A span of a trace: who worked on what, for which other span, from when to when (s), and how it ended."""

    trace: str
    span: str
    parent: str | None
    service: str
    name: str
    begin: float
    end: float
    ended: str
    attributes: tuple[tuple[str, str | float], ...] = ()
    """What it says of generative AI (`gen_ai...`): texts and numbers."""

    def said(self, attribute: str) -> str | float | None:
        """The value of an attribute."""
        return next((value for name, value in self.attributes if name == attribute), None)


def read_otlp(text: str) -> tuple[Seen, ...]:
    """All spans, in the order they began. Raises `UnreadableTrace`."""
    found: list[tuple[int, Seen]] = []
    for where, request in _requests(text):
        for r, resource in enumerate(_list(request, "resourceSpans", where)):
            path = f"{where}resourceSpans[{r}]"
            service = _service(resource)
            for s, scope in enumerate(_list(resource, "scopeSpans", path)):
                for n, span in enumerate(_list(scope, "spans", f"{path}.scopeSpans[{s}]")):
                    found.append(_span(span, service, f"{path}.scopeSpans[{s}].spans[{n}]"))
                    if len(found) > MOST_SPANS:
                        raise UnreadableTrace(f"more than {MOST_SPANS:,} spans: look at a part of them")
    first = min((begin for begin, _ in found), default=0)
    moved = (
        replace(span, begin=(begin - first) / NANO, end=(begin - first) / NANO + span.end)
        for begin, span in found
    )
    return tuple(sorted(moved, key=lambda span: (span.begin, span.trace, span.span)))


def _requests(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """One JSON object, or one a line."""
    try:
        yield "", _object(json.loads(text), "the text")
        return
    except (ValueError, RecursionError) as error:
        whole = str(error)
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2:
        raise UnreadableTrace(f"expected OTLP JSON: {whole}")
    for n, line in lines:
        try:
            yield f"line {n}: ", _object(json.loads(line), f"line {n}")
        except (ValueError, RecursionError) as error:
            raise UnreadableTrace(f"line {n}: expected OTLP JSON: {error}") from error


def _object(item: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise UnreadableTrace(f"{where}: expected an object, found {type(item).__name__}")
    return cast("Mapping[str, Any]", item)


def _list(item: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    found = item.get(key, [])
    if not isinstance(found, list):
        raise UnreadableTrace(f"{where}.{key}: expected a list, found {type(found).__name__}")
    return [_object(each, f"{where}.{key}[{n}]") for n, each in enumerate(cast("list[Any]", found))]


def _service(resource: Mapping[str, Any]) -> str:
    described = resource.get("resource")
    attributes = cast("Any", described).get("attributes") if isinstance(described, dict) else None
    for each in cast("list[Any]", attributes) if isinstance(attributes, list) else ():
        if isinstance(each, dict) and cast("Any", each).get("key") == "service.name":
            value = cast("Any", each).get("value")
            text = cast("Any", value).get("stringValue") if isinstance(value, dict) else None
            if isinstance(text, str):
                return text
    return ""


def _span(span: Mapping[str, Any], service: str, where: str) -> tuple[int, Seen]:
    trace, number, name = (_text(span, key, where) for key in ("traceId", "spanId", "name"))
    parent = span.get("parentSpanId")
    begin, end = (_nanos(span, key, where) for key in ("startTimeUnixNano", "endTimeUnixNano"))
    if end < begin:
        raise UnreadableTrace(f"{where}: it ends before it begins")
    above = parent if isinstance(parent, str) and parent else None
    return begin, Seen(
        trace, number, above, service, name, 0.0, (end - begin) / NANO, _ended(span), _of_models(span, where)
    )


def _of_models(span: Mapping[str, Any], where: str) -> tuple[tuple[str, str | float], ...]:
    """Attributes of generative AI that are texts or numbers, in the order given."""
    found: list[tuple[str, str | float]] = []
    for each in _list(span, "attributes", where):
        name, value = each.get("key"), each.get("value")
        if isinstance(name, str) and name.startswith("gen_ai.") and isinstance(value, dict):
            said = _value(cast("Mapping[str, Any]", value), f"{where}: {name}")
            if said is not None:
                found.append((name, said))
    return tuple(found)


def _value(value: Mapping[str, Any], where: str) -> str | float | None:
    """A text or a number; whole numbers are texts in JSON, or numbers. Lists and objects aren't looked at."""
    text, whole, real = value.get("stringValue"), value.get("intValue"), value.get("doubleValue")
    if isinstance(text, str):
        return text
    number = whole if whole is not None else real
    if number is None:
        return None
    try:
        read = (
            float(number)
            if isinstance(number, int | float | str) and not isinstance(number, bool)
            else math.nan
        )
    except (ValueError, OverflowError):
        read = math.nan
    if not math.isfinite(read):
        raise UnreadableTrace(f"{where}: expected a number, found {number!r:.40}")
    return read


def _text(span: Mapping[str, Any], key: str, where: str) -> str:
    found = span.get(key)
    if not isinstance(found, str) or not found:
        raise UnreadableTrace(f"{where}.{key}: expected a text, found {found!r:.40}")
    return found


def _nanos(span: Mapping[str, Any], key: str, where: str) -> int:
    found = span.get(key)
    if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
        return found
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 20:
        return int(found)
    raise UnreadableTrace(f"{where}.{key}: expected nanoseconds as a whole number, found {found!r:.40}")


def _ended(span: Mapping[str, Any]) -> str:
    status = span.get("status")
    if not isinstance(status, dict):
        return "ok"
    said = cast("Mapping[str, Any]", status)
    if said.get("code") not in (2, "STATUS_CODE_ERROR"):
        return "ok"
    message = said.get("message")
    return message if message in ERROR_KINDS else ERROR
