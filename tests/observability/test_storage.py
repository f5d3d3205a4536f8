"""What traces, logs and metrics take and cost, against lengths of OTLP messages, sums by hand and drawn runs."""

from __future__ import annotations

import numpy as np
import pytest

from analyses.given import context
from groma.analyses import figure
from groma.analyses.needs import results
from groma.analyses.observability.span_sizes import encoded_bytes, least_bytes
from groma.analyses.observability.storage import series
from groma.analyses.observability.tracing import Span
from groma.documents.content import Table, walk
from groma.documents.deliverables.observability import write
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.rules import run

DESK = """
exchange: {USD: 0.5 EUR}
people: {ana: {title: Ana}}
components:
  web: {kind: service, title: Web, offers: {take: {work: 5 ms, fails: 1 %}}}
  writer: {kind: llm, title: Writer, offers: {write: {work: 1 s}}}
flows:
  answer:
    starts: {rate: 2/s}
    steps:
      - call: web.take
      - call: writer.write
        timeout: 5 s
      - choose: [{share: 10 %, steps: [{ask: ana, takes: 1 min}]}, {share: 90 %, steps: []}]
TELEMETRY"""
STATED = """
telemetry:
  keeps: 5 %
  span: 800 B
  lines: 6
  line: 250 B
  every: 15 s
  traces_for: 30 d
  logs_for: 14 d
  metrics_for: 400 d
  price: {ingested: 2 USD/GB, stored: 0.1 USD/GB/month}
"""


def desk(telemetry: str = STATED) -> str:
    return DESK.replace("TELEMETRY", telemetry)


MEASURED = [
    ("chat gpt-4o", [("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai")], False, 138),
    ("answer", [("groma.flow", "answer"), ("groma.outcome", "o")], True, 102),
    ("x", [("k", "v")], False, 71),
    ("x", [("k", "v" * 200)], False, 273),
]
"""Lengths of messages written by opentelemetry-proto 1.45.2 (`Span.SerializeToString`)."""


@pytest.mark.parametrize(("name", "attributes", "root", "length"), MEASURED)
def test_bytes_are_those_that_opentelemetry_writes(
    name: str, attributes: list[tuple[str, str]], root: bool, length: int
) -> None:
    texts = [(len(key), len(value)) for key, value in attributes]
    assert encoded_bytes(len(name), texts, root=root) == length


def test_a_span_takes_at_least_its_required_attributes() -> None:
    span = Span("x", "CLIENT", "", "components.x", (("k", "required"), ("other", "recommended")))
    assert least_bytes(span) == 71
    assert least_bytes(span, root=True) == 61


def test_bytes_by_hand() -> None:
    c = context(desk())
    ask = 0.99 * 0.1  # a run that gets to the choice, one in ten
    of_run = 1 + 1 + 0.99 + ask
    kept = ask + (1 - ask) * 0.05
    traces = 2 * of_run * kept * 800
    logs = 2 * 6 * 250
    a_day = figure(c, "telemetry/traces/day")
    assert a_day.low == a_day.value == a_day.high == pytest.approx(traces * 86400)
    assert figure(c, "telemetry/traces/unsampled").value == pytest.approx(2 * of_run * 800 * 730 * 3600)
    assert figure(c, "telemetry/logs/month").value == pytest.approx(logs * 730 * 3600)
    assert figure(c, "telemetry/logs/stored").value == pytest.approx(logs * 14 * 86400)
    money = traces * 730 * 3600 * 1e-9 + traces * 30 * 86400 * 0.05e-9
    assert figure(c, "telemetry/traces/cost").value == pytest.approx(money)
    assert figure(c, "telemetry/traces/cost").unit == "EUR/month"
    assert "model/telemetry.price.ingested" in figure(c, "telemetry/traces/cost").inputs


def test_kept_runs_against_runs_drawn_at_random() -> None:
    rng = np.random.default_rng(4)
    n = 400_000
    through = rng.random(n) < 0.99
    asked = through & (rng.random(n) < 0.1)
    kept = asked | (rng.random(n) < 0.05)
    share = float(kept.mean())
    c = context(desk())
    all_of_them, some = (figure(c, f"telemetry/traces/{what}").value for what in ("unsampled", "month"))
    assert all_of_them is not None and some is not None
    assert some / all_of_them == pytest.approx(share, rel=0.01)


def test_series_counted_by_hand() -> None:
    found = series(context(desk()).model)
    # one flow, no marks; two operations, one of them of a model; one person
    reached, called, spent = 10 + 3, 2 * (10 + 3), 2
    tokens, model_time = 2 * (10 + 3), 10 + 3
    assert found.high == 6 + reached + 2 * 6 + called + tokens + model_time + spent + 2
    c = context(desk())
    metrics = figure(c, "telemetry/metrics/month")
    assert metrics.low == pytest.approx(found.low * 1 * 730 * 3600 / 15)
    assert metrics.high == pytest.approx(found.high * 2 * 730 * 3600 / 15)


def test_a_sample_takes_what_is_stated_else_what_prometheus_says() -> None:
    stated = context(desk(STATED + "  sample: 1.5 B\n"))
    found, low = figure(stated, "telemetry/metrics/month"), series(stated.model).low
    assert (found.low, len(found.valid)) == (pytest.approx(low * 1.5 * 730 * 3600 / 15), 1)
    assumed = figure(context(desk()), "telemetry/metrics/month").valid
    assert assumed[0] == "a sample takes 1 to 2 bytes (prometheus/prometheus, docs/storage.md)"


def test_what_nobody_measured_is_bounded_from_below_or_not_shown() -> None:
    c = context(desk(""))
    traces = figure(c, "telemetry/traces/month")
    assert traces.value is None and traces.high is None
    assert traces.low is not None and traces.low > 730 * 3600 * 2 * 100 * 0.005
    assert traces.missing == ("telemetry.span: measure how large a span is on the first thousand runs",)
    assert traces.reason == "at least: what it hangs on isn't stated"
    assert figure(c, "telemetry/logs/month").status == "not shown"
    assert figure(c, "telemetry/logs/month").reason == "sizes, how long it is kept or its price aren't stated"
    assert figure(c, "telemetry/traces/cost").status == "not shown"


@pytest.mark.parametrize(
    ("measure", "title"),
    [
        ("traces/cost", "Traces: cost a month"),
        ("logs/stored", "Logs, kept at any time"),
        ("all/day", "Traces, logs and metrics, taken in a day"),
    ],
)
def test_titles(measure: str, title: str) -> None:
    assert figure(context(desk()), f"telemetry/{measure}").title == title


def test_all_is_the_sum_of_its_kinds() -> None:
    c = context(desk())
    for what in ("day", "month", "stored", "cost"):
        parts = [figure(c, f"telemetry/{kind}/{what}") for kind in ("traces", "logs", "metrics")]
        whole = figure(c, f"telemetry/all/{what}")
        assert whole.low == pytest.approx(sum(each.low or 0.0 for each in parts))
        assert whole.high == pytest.approx(sum(each.high or 0.0 for each in parts))


def test_they_can_be_needs() -> None:
    needs = (
        "needs:\n"
        "  small: {measure: telemetry/traces/stored, at_most: 1 GB}\n"
        "  cheap: {measure: telemetry/logs/cost, at_most: 50 EUR/month}\n"
    )
    c = context(needs + desk())
    assert {r.need: r.verdict for r in results(c)} == {"small": "missed", "cheap": "met"}


def told(body: str) -> str:
    c = context(body)
    made = write(Subject(c.model, Quoter(c.ledger), run(c.model, c.ledger)))
    assert made is not None
    rows = [r for b in walk(made.sections) if isinstance(b, Table) for r in b.rows]
    return "\n".join(" | ".join(plain(cell) for cell in row.cells) for row in rows)


def test_the_plan_says_what_recording_takes() -> None:
    text = told(desk())
    assert "Traces | " in text and "Together | " in text
    assert "not shown" not in text.partition("Traces | ")[2].partition("Together")[0]
    assert "Logs | not shown" not in told(desk(""))  # a row with nothing to say isn't there
