"""Decompression that ends: a few kilobytes can hold gigabytes."""

from __future__ import annotations

import zlib
from typing import NamedTuple


class Inflated(NamedTuple):
    data: bytes
    is_cut: bool
    error: str


def inflated(data: bytes, encoding: str, most: int) -> Inflated:
    """The first `most` bytes of a compressed text (`gzip` or `deflate`, RFC 1952 and 1950; raw deflate forgiven)."""
    if encoding == "gzip":
        return _whole(data, 31, most)
    found = _whole(data, 15, most)
    return found if found.data or not found.error else _whole(data, -15, most)


def _whole(data: bytes, window: int, most: int) -> Inflated:
    parts: list[bytes] = []
    size = 0
    while data:
        machine = zlib.decompressobj(window)
        try:
            part = machine.decompress(data, most + 1 - size)
        except zlib.error as error:
            return Inflated(b"".join(parts), False, f"broken compression ({error})")
        parts.append(part)
        size += len(part)
        if size > most:
            return Inflated(b"".join(parts)[:most], True, "")
        if not machine.eof:
            return Inflated(b"".join(parts), False, "compression ends too early")
        data = machine.unused_data.lstrip(b"\0") if window == 31 else b""  # gzip may have several members
    return Inflated(b"".join(parts), False, "")
