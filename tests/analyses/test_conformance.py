"""Traces held against programs: what a simulation emits conforms, what is spoilt in it doesn't, at the place where."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from analyses.given import HEAD
from groma.analyses.conformance import Seen, UnreadableTrace, conform, read_otlp
from groma.analyses.simulation import compiled, spans
from groma.cli.main import main
from groma.exporters import otlp
from groma.model.elements import Model
from groma.model.load import loads
from programs import texts

TEXT = """
components:
  web: {kind: service, threads: 9, offers: {page: {work: 1 ms, steps: [{call: db.read}, {call: db.write}]}}}
  db: {kind: database, offers: {read: {work: 2 ms}, write: {work: 3 ms, fails: 30 %}}}
  log: {kind: service, offers: {note: {work: 1 ms}}}
flows:
  visit:
    starts: {rate: 1/s}
    steps:
      - {call: web.page, retry: {times: 2, backoff: 10 ms, on: [failed]}}
      - choose:
          - {share: 50 %, steps: [{call: log.note}]}
          - {share: 50 %, steps: [{repeat: {times: 2, steps: [{call: db.read}]}}]}
"""


def traces(model: Model, runs: int = 30, seed: int = 1) -> tuple[Seen, ...]:
    return read_otlp(otlp(spans(model, compiled(model), runs, seed=seed), seed))


def span(
    number: int,
    service: str,
    name: str,
    begin: float,
    end: float,
    parent: int | None = None,
    ended: str = "ok",
) -> Seen:
    above = None if parent is None else str(parent)
    return Seen("t", str(number), above, service, name, begin, end, ended)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(texts(spread=True, mark=True))
def test_traces_of_a_simulation_conform(text: str) -> None:
    model = loads(text)
    made = compiled(model)
    assume(not made.missing)
    for each in conform(model, traces(model)):
        assert each.verdict in ("conforms", "undecided"), (text, each)


def test_traces_of_held_threads_retries_and_choices_conform() -> None:
    found = conform(loads(HEAD + TEXT), traces(loads(HEAD + TEXT), 200))
    assert len(found) == 200
    assert {each.verdict for each in found} == {"conforms"}
    assert {each.runs for each in found} == {"visit"}


def test_a_call_by_another_name_never_conforms() -> None:
    model = loads(HEAD + TEXT)
    seen = traces(model, 60)
    for name in sorted({s.span for s in seen if s.parent is not None}):
        other = tuple(replace(s, name="other", service="other") if s.span == name else s for s in seen)
        spoilt = [each for each in conform(model, other) if each.verdict == "deviates"]
        assert len(spoilt) == 1
        assert spoilt[0].deviation.span == name or spoilt[0].deviation.within != "visit"


RUN = (
    span(0, "visit", "visit", 0.0, 0.016),
    span(1, "web", "page", 0.0, 0.006, 0),
    span(2, "db", "read", 0.001, 0.003, 1),
    span(3, "db", "write", 0.003, 0.006, 1),
    span(4, "db", "read", 0.006, 0.008, 0),
    span(5, "db", "read", 0.008, 0.010, 0),
)


def test_a_run_by_hand_conforms() -> None:
    (found,) = conform(loads(HEAD + TEXT), RUN)
    assert (found.verdict, found.spans, found.deviation) == ("conforms", 6, None)


@pytest.mark.parametrize(
    ("spoilt", "where", "said", "expected"),
    [
        (RUN[:5], "0", "ends `ok`", ("db.read",)),
        ((*RUN, span(6, "db", "read", 0.011, 0.012, 0)), "6", "db.read", ()),
        ((*RUN[:3], replace(RUN[3], name="read"), *RUN[4:]), "3", "db.read", ("db.write",)),
        ((*RUN[:4], replace(RUN[4], service="log", name="note"), RUN[5]), "5", "db.read", ()),
        ((*RUN[:3], replace(RUN[3], begin=0.002), *RUN[4:]), "3", "db.write", ("db.write",)),
        ((*RUN[:2], replace(RUN[2], ended="failed"), *RUN[3:]), "2", "ends `failed`", ("ok",)),
        ((replace(RUN[0], ended="failed"), *RUN[1:]), "0", "ends `failed`", ("ok",)),
        ((RUN[0], replace(RUN[1], ended="failed"), *RUN[2:]), "1", "ends `failed`", ()),
        (
            (*RUN[:4], replace(RUN[4], service="cache", name="get"), RUN[5]),
            "4",
            "cache.get",
            ("db.read", "log.note"),
        ),
        ((replace(RUN[0], name="order", service="order"), *RUN[1:]), "0", "order", ()),
    ],
)
def test_a_spoilt_run_deviates_where_it_was_spoilt(
    spoilt: tuple[Seen, ...], where: str, said: str, expected: tuple[str, ...]
) -> None:
    (found,) = conform(loads(HEAD + TEXT), spoilt)
    assert found.verdict == "deviates", found
    assert found.deviation.span == where, found
    assert said in found.deviation.found
    if expected:
        assert found.deviation.expected == expected


def test_retries_are_counted_and_pause() -> None:
    failed = (
        span(0, "visit", "visit", 0.0, 1.0),
        span(1, "web", "page", 0.0, 0.006, 0, "failed"),
        span(2, "db", "read", 0.001, 0.003, 1),
        span(3, "db", "write", 0.003, 0.006, 1, "failed"),
        span(4, "web", "page", 0.016, 0.022, 0),
        span(5, "db", "read", 0.017, 0.019, 4),
        span(6, "db", "write", 0.019, 0.022, 4),
        span(7, "log", "note", 0.022, 0.023, 0),
    )
    model = loads(HEAD + TEXT)
    assert conform(model, failed)[0].verdict == "conforms"
    early = tuple(replace(s, begin=s.begin - 0.008) if s.span == "4" else s for s in failed)
    assert conform(model, early)[0].deviation.span == "4"
    without = loads(HEAD + TEXT.replace("times: 2, backoff", "times: 0, backoff"))
    assert conform(without, failed)[0].deviation.span == "4"


def test_a_timeout_leaves_its_call_running() -> None:
    text = """
components: {slow: {kind: s, offers: {f: {work: 1 s ± 1 s}}}, quick: {kind: s, offers: {g: {work: 1 ms}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: slow.f, timeout: 100 ms, fallback: [{call: quick.g}]}]}}
"""
    model = loads(HEAD + text)
    late = (
        span(0, "main", "main", 0.0, 0.101),
        span(1, "slow", "f", 0.0, 2.0, 0),
        span(2, "quick", "g", 0.1, 0.101, 0),
    )
    assert conform(model, late)[0].verdict == "conforms"
    hasty = (late[0], late[1], replace(late[2], begin=0.05))
    assert conform(model, hasty)[0].deviation.span == "2"
    waits = (replace(late[0], end=2.0), late[1])
    assert conform(model, waits)[0].verdict == "deviates"
    well = (replace(late[0], end=0.05), replace(late[1], end=0.05))
    assert conform(model, well)[0].verdict == "conforms"


def test_spans_of_a_service_itself_are_looked_through_and_errors_may_be_untold() -> None:
    model = loads(HEAD + TEXT)
    inner = tuple(replace(s, parent="9") if s.span in ("2", "3") else s for s in RUN)
    assert conform(model, (*inner, span(9, "web", "render", 0.0, 0.006, 1)))[0].verdict == "conforms"
    failed = tuple(replace(s, ended="error") if s.span in ("0", "1", "3") else s for s in RUN[:4])
    assert conform(loads(HEAD + TEXT.replace("times: 2", "times: 0")), failed)[0].verdict == "conforms"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "expected OTLP JSON"),
        ("[1]", "expected an object"),
        ('{"resourceSpans": 3}', "expected a list"),
        ('{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "a"}]}]}]}', "spanId"),
        ('{"a": 1}\n{"a": ', "line 2"),
        ("[" * 100_000, "expected"),
    ],
)
def test_what_is_no_trace_is_told_with_its_place(text: str, wrong: str) -> None:
    with pytest.raises(UnreadableTrace, match=wrong):
        read_otlp(text)


def test_times_are_whole_numbers_of_nanoseconds_in_order() -> None:
    request = {"traceId": "a", "spanId": "b", "name": "n", "startTimeUnixNano": "5", "endTimeUnixNano": 4}
    text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [request]}]}]})
    with pytest.raises(UnreadableTrace, match="ends before"):
        read_otlp(text)
    assert read_otlp(text.replace('"5"', '"-5"').replace("-5", "3"))[0].end == pytest.approx(1e-9)
    with pytest.raises(UnreadableTrace, match="nanoseconds"):
        read_otlp(text.replace('"5"', '"x"'))


def test_the_published_example_of_otlp_is_read(shared_cases: Path) -> None:
    found = read_otlp((shared_cases / "traces/otlp-trace.json").read_text())
    assert found
    assert all(span.end >= span.begin for span in found)


def test_the_command_tells_the_first_deviation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, runs = tmp_path / "model.yaml", tmp_path / "runs.json"
    model.write_text(HEAD + TEXT)
    assert main(["simulate", str(model), "--trace", str(runs), "--runs", "5"]) == 0
    assert main(["conform", str(model), str(runs)]) == 0
    assert "5 of 5 traces run the model's programs" in capsys.readouterr().out
    runs.write_text(runs.read_text().replace('"page"', '"pages"'))
    assert main(["conform", str(model), str(runs)]) == 1
    assert "web.pages" in capsys.readouterr().out
    assert main(["conform", str(model), str(tmp_path / "none.json")]) == 2
    assert main(["conform", str(model), str(runs), "--name", "x=nowhere"]) == 2


@pytest.mark.parametrize(("attempts", "verdict"), [(3, "conforms"), (4, "deviates")])
def test_no_more_attempts_than_are_said(attempts: int, verdict: str) -> None:
    text = """
components: {a: {kind: s, offers: {f: {work: 4 ms, fails: 20 %}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f, retry: 2}]}}
"""
    calls = tuple(span(n + 1, "a", "f", n * 0.004, (n + 1) * 0.004, 0, "failed") for n in range(attempts - 1))
    last = span(9, "a", "f", (attempts - 1) * 0.004, attempts * 0.004, 0)
    (found,) = conform(loads(HEAD + text), (span(0, "main", "main", 0.0, attempts * 0.004), *calls, last))
    assert found.verdict == verdict
    if found.deviation is not None:
        assert found.deviation.span == "9"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"intValue": 5}, 5.0), ({"intValue": "5"}, 5.0), ({"doubleValue": 2.5}, 2.5), ({"stringValue": "5"}, "5"),
        ({"boolValue": True}, None), ({"intValue": True}, "True"), ({"intValue": [5]}, "[5]"),
        ({"doubleValue": "NaN"}, "'NaN'"), ({"intValue": "1e999"}, "'1e999'"),
    ],
)  # fmt: skip
def test_numbers_of_otlp_are_read_as_json_has_them(
    value: dict[str, object], read: float | str | None
) -> None:
    """Whole numbers are texts or numbers in OTLP JSON; what is none is refused."""
    request = {"traceId": "a", "spanId": "b", "name": "n", "startTimeUnixNano": "5", "endTimeUnixNano": 9}
    request |= {"attributes": [{"key": "gen_ai.usage.input_tokens", "value": value}]}
    text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [request]}]}]})
    if isinstance(read, str) and "stringValue" not in value:
        with pytest.raises(UnreadableTrace, match=re.escape(f"expected a number, found {read}")):
            read_otlp(text)
        return
    assert read_otlp(text)[0].said("gen_ai.usage.input_tokens") == read


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ({}, "ok"), ({"code": 1}, "ok"), ({"code": 2, "message": "timeout"}, "timeout"),
        ({"code": "STATUS_CODE_ERROR", "message": "rejected"}, "rejected"), ({"code": 2, "message": "boom"}, "error"),
        ({"code": 2}, "error"), ({"message": "failed"}, "ok"),
    ],
)  # fmt: skip
def test_an_error_ends_in_the_kind_that_its_message_names(status: dict[str, object], ended: str) -> None:
    request = {"traceId": "a", "spanId": "b", "name": "n", "startTimeUnixNano": "5", "endTimeUnixNano": 9}
    text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [request | {"status": status}]}]}]})
    assert read_otlp(text)[0].ended == ended


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"startTimeUnixNano": True}, "nanoseconds"), ({"startTimeUnixNano": -1}, "nanoseconds"),
        ({"startTimeUnixNano": "٣"}, "nanoseconds"), ({"startTimeUnixNano": "0" * 21}, "nanoseconds"),
        ({"name": 3}, "expected a text"), ({"name": ""}, "expected a text"), ({}, None),
    ],
)  # fmt: skip
def test_spans_are_read_strictly_but_for_what_is_left_out(
    change: dict[str, object], wrong: str | None
) -> None:
    """Attributes that aren't of models, parents that are none and blank lines between requests are passed over."""
    request: dict[str, object] = {"traceId": "a", "spanId": "b", "name": "n", "parentSpanId": ""}
    request |= {"startTimeUnixNano": "5", "endTimeUnixNano": 9}
    keys: list[object] = ["http.method", 7, "gen_ai.system"]
    said: list[object] = [{"key": key, "value": {"stringValue": "x"}} for key in keys]
    request["attributes"] = [*said, {"key": "gen_ai.tool.name", "value": "x"}]
    named: list[object] = [{"key": "host.name", "value": {"stringValue": "h"}}, 7]
    named.append({"key": "service.name", "value": {"stringValue": "web"}})
    scopes = [{"spans": [request | change, request | change | {"parentSpanId": 7}]}]
    line = json.dumps({"resourceSpans": [{"resource": {"attributes": named}, "scopeSpans": scopes}]})
    text = f"{line}\n\n{line}\n"
    if wrong is not None:
        with pytest.raises(UnreadableTrace, match=wrong):
            read_otlp(text)
        return
    expected = Seen("a", "b", None, "web", "n", 0.0, 4e-9, "ok", (("gen_ai.system", "x"),))
    assert read_otlp(text) == (expected,) * 4
