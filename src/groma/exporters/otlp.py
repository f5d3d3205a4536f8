"""Spans as OpenTelemetry's OTLP JSON (opentelemetry-proto 1.x, `ExportTraceServiceRequest`), as collectors read it.

Ids are hexadecimal and a function of the seed and the span's number, 64-bit integers are strings, times count from
1970 on. One resource a service, in order of names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from groma.analyses.simulation import Span

SERVER, ERROR, OK = 2, 2, 1
NANO = 1_000_000_000


def otlp(spans: Sequence[Span], seed: int = 1) -> str:
    """The JSON text of some spans."""
    services = sorted({span.service for span in spans})
    resources = [_resource(service, [s for s in spans if s.service == service], seed) for service in services]
    return json.dumps({"resourceSpans": resources}, ensure_ascii=False, indent=1) + "\n"


def _resource(service: str, spans: Sequence[Span], seed: int) -> dict[str, object]:
    return {
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
        "scopeSpans": [{"scope": {"name": "groma.simulate"}, "spans": [_span(span, seed) for span in spans]}],
    }


def _span(span: Span, seed: int) -> dict[str, object]:
    found: dict[str, object] = {
        "traceId": _id("trace", seed, span.trace, 32),
        "spanId": _id("span", seed, span.number, 16),
    }
    if span.parent is not None:
        found["parentSpanId"] = _id("span", seed, span.parent, 16)
    status: dict[str, object] = {"code": OK} if span.ended == "ok" else {"code": ERROR, "message": span.ended}
    return found | {
        "name": span.name,
        "kind": SERVER,
        "startTimeUnixNano": str(round(span.begin * NANO)),
        "endTimeUnixNano": str(round(span.end * NANO)),
        "status": status,
    }


def _id(kind: str, seed: int, number: int, digits: int) -> str:
    return hashlib.sha256(f"{kind}/{seed}/{number}".encode()).hexdigest()[:digits]
