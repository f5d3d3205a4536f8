"""Which log a file is, and its calls.

LiteLLM: the table `LiteLLM_SpendLogs` of its schema (request_id, call_type, api_key, spend, prompt_tokens,
completion_tokens, startTime, model, user, team_id, end_user, cache_hit, cache_key, session_id, status, messages).
Langfuse: observations of the public API, of the export of the pages or of the blob storage, camel or snake case
(traceId, type, startTime, model, usage or usageDetails, calculatedTotalCost or totalCost, level,
sessionId, userId, input).
Only observations that are generations are calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from groma.analyses.usage import Bill, Call
from groma.importers.usage.rows import RowsError, rows
from groma.importers.usage.values import count, field, money, prompt, time, truth

LARGEST_FILE = 500_000_000
MOST_NOTES = 5
Format = Literal["LiteLLM", "Langfuse", "bills"]


class UsageError(Exception):
    """A log can't be read; the message says what was expected, what was found and what to do."""


@dataclass(frozen=True, slots=True)
class UsageFile:
    """What a file holds: calls, or bills; `notes` what was left out."""

    file: str
    format: Format
    calls: tuple[Call, ...] = ()
    bills: tuple[Bill, ...] = ()
    notes: tuple[str, ...] = ()


def read_usage(path: Path) -> UsageFile:
    """The calls or bills of a file. Raises UsageError."""
    file = str(path)
    try:
        if not path.is_file():
            raise UsageError(
                f"{file}: expected a log of calls, found {'a folder' if path.is_dir() else 'nothing'}"
            )
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{file}: expected at most {LARGEST_FILE // 10**6} MB: export fewer days")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file}: can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{file}: expected text in UTF-8, found other bytes: export it as CSV or JSON"
        ) from None
    try:
        found = list(rows(text, file, table=path.suffix.casefold() in (".csv", ".tsv")))
    except RowsError as error:
        raise UsageError(str(error)) from None
    return read_rows(found, file)


def read_rows(found: list[tuple[int, dict[str, Any]]], file: str) -> UsageFile:
    """The calls or bills of rows with their numbers. Raises UsageError."""
    names = {name for _, row in found[:100] for name in row}
    if {"spend", "prompt_tokens"} <= names:
        return _calls(found, file, "LiteLLM")
    if names & {"traceId", "trace_id"} and names & {
        "usage",
        "usageDetails",
        "usage_details",
        "inputUsage",
        "promptTokens",
        "input_usage",
        "calculatedTotalCost",
        "totalCost",
        "total_cost",
    }:
        return _calls(found, file, "Langfuse")
    if _name(names, "month", "monat") and _name(names, "amount", "betrag", "total", "summe"):
        return _bills(found, file, names)
    raise UsageError(
        f"{file}: expected LiteLLM spend logs (spend, prompt_tokens, ...), Langfuse observations "
        f"(traceId, usageDetails, ...) or "
        f"bills (month, amount, currency), found {', '.join(sorted(names)[:8]) or 'no fields'}"
    )


def _calls(
    found: list[tuple[int, dict[str, Any]]], file: str, kind: Literal["LiteLLM", "Langfuse"]
) -> UsageFile:
    calls: list[Call] = []
    notes: list[str] = []
    wrong = 0
    for number, row in found:
        if kind == "Langfuse" and str(field(row, "type") or "GENERATION").upper() != "GENERATION":
            continue
        call = _litellm(row) if kind == "LiteLLM" else _langfuse(row)
        if call is None:
            wrong += 1
            if wrong <= MOST_NOTES:
                notes.append(f"{file}, row {number}: left out: it has no time that can be read")
        else:
            calls.append(call)
    if wrong > MOST_NOTES:
        notes.append(f"{file}: {wrong - MOST_NOTES} more rows left out for the same reason")
    return UsageFile(file, kind, tuple(calls), (), tuple(notes))


def _litellm(row: dict[str, Any]) -> Call | None:
    at = time(field(row, "startTime", "start_time"))
    if at is None:
        return None
    whole, parts, size = prompt(field(row, "messages", "proxy_server_request.messages"))
    key = field(row, "cache_key")
    status = field(row, "status", "metadata.status")
    return Call(
        str(field(row, "request_id", "id") or ""),
        at,
        str(field(row, "model", "model_group") or ""),
        count(field(row, "prompt_tokens")),
        count(field(row, "completion_tokens")),
        money(field(row, "spend")),
        count(field(row, "metadata.usage_object.prompt_tokens_details.cached_tokens")),
        truth(field(row, "cache_hit")) is True,
        None if status is None else str(status).casefold() == "failure",
        str(field(row, "end_user", "user", "api_key") or ""),
        str(field(row, "team_id") or ""),
        str(field(row, "session_id", "metadata.trace_id") or ""),
        whole or ("" if key in (None, "Cache OFF") else f"key:{key}"),
        parts,
        size,
    )


def _langfuse(row: dict[str, Any]) -> Call | None:
    at = time(field(row, "startTime", "start_time"))
    if at is None:
        return None
    whole, parts, size = prompt(field(row, "input"))
    level = field(row, "level")
    read = count(
        field(
            row,
            "usageDetails.input",
            "usage_details.input",
            "usage.input",
            "inputUsage",
            "input_usage",
            "promptTokens",
            "prompt_tokens",
        )
    )
    cached = count(
        field(
            row,
            "usageDetails.input_cached_tokens",
            "usageDetails.cache_read_input_tokens",
            "usage_details.input_cached_tokens",
            "usage_details.cache_read_input_tokens",
        )
    )
    return Call(
        str(field(row, "id") or ""),
        at,
        str(field(row, "model", "providedModelName", "provided_model_name") or ""),
        None if read is None else read + (cached or 0),
        count(
            field(
                row,
                "usageDetails.output",
                "usage_details.output",
                "usage.output",
                "outputUsage",
                "output_usage",
                "completionTokens",
                "completion_tokens",
            )
        ),
        money(
            field(
                row,
                "calculatedTotalCost",
                "totalCost",
                "total_cost",
                "costDetails.total",
                "cost_details.total",
            )
        ),
        cached,
        False,
        None if level is None else str(level).upper() == "ERROR",
        str(field(row, "userId", "user_id") or ""),
        "",
        str(field(row, "sessionId", "session_id", "traceId", "trace_id") or ""),
        whole,
        parts,
        size,
    )


def _bills(found: list[tuple[int, dict[str, Any]]], file: str, names: set[str]) -> UsageFile:
    month, amount = _name(names, "month", "monat"), _name(names, "amount", "betrag", "total", "summe")
    currency = _name(names, "currency", "währung")
    bills: list[Bill] = []
    problems: list[str] = []
    for number, row in found:
        when = re.match(r"(\d{4})-(\d{2})", str(row.get(month) or ""))
        paid = money(row.get(amount))
        unit = str(row.get(currency) or "").strip().upper() if currency else ""
        if when is None or not 1 <= int(when.group(2)) <= 12:
            problems.append(
                f"{file}, row {number}: expected a month such as 2026-03, found {row.get(month)!r}"
            )
        elif paid is None:
            problems.append(
                f"{file}, row {number}: expected an amount such as 1234.50, found {row.get(amount)!r}"
            )
        elif not re.fullmatch(r"[A-Z]{3}", unit):
            problems.append(
                f"{file}, row {number}: expected a currency such as EUR, found {unit!r}: add a column `currency`"
            )
        else:
            bills.append(Bill(when.group(0), paid, unit))
    if problems:
        raise UsageError("\n".join(problems[:20]))
    return UsageFile(file, "bills", (), tuple(bills))


def _name(names: set[str], *wanted: str) -> str:
    return next((name for name in sorted(names) if name.strip().casefold() in wanted), "")
