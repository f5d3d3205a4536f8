"""The least that a span can take as OTLP carries it: Protocol Buffers with the attributes that the design asks for.

Every field of the message costs its tag, its length where it has one, and its content (Protocol Buffers encoding;
opentelemetry-proto, trace.proto): 16 bytes of trace, 8 of span and of parent, two fixed times of 8, the kind, the name,
and each attribute with its key and at least one character, or a number below 128. Real spans are longer: ids and texts.
"""

from __future__ import annotations

from groma.analyses.observability.tracing import Span

TRACE_ID, SPAN_ID, TIME = 16, 8, 8
LEAST_VALUE = 1
"""Bytes of the shortest text, or of a number below 128."""


def least_bytes(span: Span, *, root: bool = False) -> int:
    """Bytes of a span with all attributes that are required, and none of the others."""
    names = [name for name, level in span.attributes if level == "required"]
    return encoded_bytes(
        len(span.name.encode()), [(len(name.encode()), LEAST_VALUE) for name in names], root=root
    )


def encoded_bytes(name: int, texts: list[tuple[int, int]], *, root: bool = False) -> int:
    """Bytes of a span message with a name and text attributes (bytes of key, bytes of value) of these lengths."""
    ids = field_bytes(TRACE_ID) + field_bytes(SPAN_ID) + (0 if root else field_bytes(SPAN_ID))
    times, kind = 2 * (1 + TIME), 2
    attributes = sum(field_bytes(field_bytes(key) + field_bytes(field_bytes(value))) for key, value in texts)
    return ids + field_bytes(name) + kind + times + attributes


def field_bytes(content: int) -> int:
    """A field with a length: tag, length as a varint, content."""
    length, left = 1, content >> 7
    while left:
        length, left = length + 1, left >> 7
    return 1 + length + content
