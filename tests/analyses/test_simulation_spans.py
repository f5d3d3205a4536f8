"""Runs as spans against what the program says: who calls whom, how long, how it ends; as OTLP JSON."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from analyses.given import HEAD
from groma.analyses.simulation import Span, compiled, spans
from groma.cli.main import main
from groma.exporters import otlp
from groma.model.load import loads

TEXT = (
    HEAD
    + """people: {ana: {role: clerk}}
components:
  a: {kind: s, threads: 99, offers: {f: {work: 4 ms, steps: [{call: b.g}]}}}
  b: {kind: s, offers: {g: {work: 40 ms, fails: 50 %}}}
flows:
  main:
    starts: {rate: 1/s}
    steps: [{call: a.f, retry: {times: 3}}, {ask: ana, takes: 1 ms, title: looks at it}, {send: b.g}]
"""
)


@pytest.fixture(scope="module")
def found() -> tuple[Span, ...]:
    model = loads(TEXT)
    return spans(model, compiled(model), 400, seed=3)


def test_spans_nest_as_the_program_does(found: tuple[Span, ...]) -> None:
    by_number = {span.number: span for span in found}
    for span in found:
        parent = None if span.parent is None else by_number[span.parent]
        if span.service == "a":
            assert parent is not None
            assert (parent.service, span.name) == ("main", "f")
            assert parent.begin <= span.begin <= span.end <= parent.end
            assert span.end - span.begin == pytest.approx(0.044)
        if span.service == "ana":
            assert span.name == "looks at it"
        if parent is not None:
            assert span.trace == parent.trace
    assert {span.service for span in found} == {"main", "a", "b", "ana"}


def test_spans_end_as_the_program_does(found: tuple[Span, ...]) -> None:
    runs = [span for span in found if span.service == "main"]
    assert len(runs) >= 395
    failed = sum(span.ended == "failed" for span in runs) / len(runs)
    assert failed == pytest.approx(0.5**4, abs=0.04)
    calls = Counter(span.trace for span in found if span.service == "a")
    assert sum(calls.values()) / len(runs) == pytest.approx(1 + 0.5 + 0.25 + 0.125, abs=0.2)
    assert max(calls.values()) == 4
    asked = Counter(span.trace for span in found if span.service == "ana")
    assert all(asked[span.trace] == (span.ended == "ok") for span in runs)
    assert sum(span.ended == "ok" for span in found if span.service == "b") > 300


def test_otlp_json_is_what_a_collector_reads(found: tuple[Span, ...]) -> None:
    data = json.loads(otlp(found))
    names = [r["resource"]["attributes"][0]["value"]["stringValue"] for r in data["resourceSpans"]]
    assert names == ["a", "ana", "b", "main"]
    written = [s for r in data["resourceSpans"] for scope in r["scopeSpans"] for s in scope["spans"]]
    assert len(written) == len(found) == len({s["spanId"] for s in written})
    ids = {s["spanId"] for s in written}
    for span in written:
        assert len(bytes.fromhex(span["traceId"])) == 16
        assert len(bytes.fromhex(span["spanId"])) == 8
        assert span.get("parentSpanId", span["spanId"]) in ids
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        assert span["status"]["code"] == 1 or span["status"]["message"] in ("failed", "timeout")
    assert otlp(found) == otlp(found)


def test_the_command_writes_a_trace(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(TEXT, encoding="utf-8")
    out = tmp_path / "runs.json"
    assert main(["simulate", str(tmp_path / "model.yaml"), "--trace", str(out), "--runs", "20"]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["resourceSpans"]
