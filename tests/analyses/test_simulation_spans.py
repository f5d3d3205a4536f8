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


def test_an_operation_that_stops_has_ended_ok() -> None:
    """4 ms of its own and 40 ms of the one it calls; the step behind its stop is never taken."""
    text = TEXT.replace("fails: 50 %", "").replace(
        "[{call: b.g}]}", "[{call: b.g}, {stop: ok}, {call: b.g}]}"
    )
    found = spans(loads(text), compiled(loads(text)), 20, seed=3)
    asked = [span for span in found if span.service == "a"]
    assert len(asked) == 20
    assert all(span.ended == "ok" and span.end - span.begin == pytest.approx(0.044) for span in asked)


def test_what_undoes_steps_of_what_was_sent_leaves_the_span_of_who_sent_it() -> None:
    """`f` takes 1 s and 9 s; sent at 1 s, `g` has done its step and failed at 3 s, and undoes it until 23 s."""
    text = (
        HEAD
        + """components:
  a: {kind: s, threads: 99, offers: {f: {work: 1 s, steps: [{send: b.g}, {wait: 9 s}]}}}
  b:
    kind: s
    threads: 99
    offers: {g: {work: 1 s, steps: [{call: c.h, compensate: [{call: c.undo}]}, {fail: rejected}]}}
  c: {kind: s, threads: 99, offers: {h: {work: 1 s}, undo: {work: 20 s}}}
flows: {main: {starts: {rate: 0.001/s}, steps: [{call: a.f}]}}
"""
    )
    found = spans(loads(text), compiled(loads(text)), 3, seed=3)
    begin = found[0].begin
    first = [(span.name, span.begin - begin, span.end - begin, span.ended) for span in found[:5]]
    expected = [
        ("main", 0.0, 10.0, "ok"), ("f", 0.0, 10.0, "ok"), ("g", 1.0, 3.0, "rejected"), ("h", 2.0, 3.0, "ok"),
        ("undo", 3.0, 23.0, "ok"),
    ]  # fmt: skip
    for seen, told in zip(first, expected, strict=True):
        assert (seen[0], seen[3]) == (told[0], told[3])
        assert seen[1:3] == pytest.approx(told[1:3])
