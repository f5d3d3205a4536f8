"""Single fields of a log: numbers, times, digests of prompts. What can't be read is None, never nothing."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

PART = 1024
MOST_PARTS = 64
LARGEST = Decimal("1e12")


def field(row: dict[str, Any], *names: str) -> Any:
    """The first of the fields that is there and not empty; `usage.input` looks inside."""
    for name in names:
        value: Any = row
        for part in name.split("."):
            value = opened(value).get(part) if isinstance(opened(value), dict) else None
        if value is None and "." in name:
            value = row.get(name)
        if value not in (None, "", "null", "None"):
            return value
    return None


def opened(value: Any) -> Any:
    """A cell of CSV that holds JSON, as what it holds."""
    if isinstance(value, str) and value[:1] == "{":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def count(value: Any) -> int | None:
    """A whole number of at least 0."""
    number = money(value)
    return None if number is None or number != number.to_integral_value() else int(number)


def money(value: Any) -> Decimal | None:
    """A number of at least 0."""
    if value is None or isinstance(value, (bool, dict, list)):
        return None
    try:
        number = Decimal(str(value).strip().replace("$", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= LARGEST else None


def time(value: Any) -> float | None:
    """Seconds since 1970 of ISO 8601 (UTC where no zone is stated), or of a number of seconds or milliseconds."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        try:
            at = datetime.fromisoformat(text.removesuffix(" UTC"))
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if not math.isfinite(number) or not 1e8 < number < 1e14:
        return None
    return number / 1000 if number > 1e11 else number


def truth(value: Any) -> bool | None:
    text = str(value).strip().casefold()
    return True if text in ("true", "1", "yes") else False if text in ("false", "0", "no") else None


def prompt(value: Any) -> tuple[str, tuple[str, ...], int]:
    """A digest of what was sent, digests of its beginnings, its length. No words are kept."""
    if value in (None, "", "{}", "[]", {}, []):
        return "", (), 0
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    running = hashlib.blake2b(digest_size=12)
    parts: list[str] = []
    for start in range(0, min(len(text), PART * MOST_PARTS) - PART + 1, PART):
        running.update(text[start : start + PART].encode("utf-8", "surrogatepass"))
        parts.append(running.hexdigest())
    whole = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return whole, tuple(parts), len(text)
