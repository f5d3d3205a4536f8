"""The envelope of load of figures: loads just inside of it have a steady state, just outside of it none."""

from __future__ import annotations

import pytest

from analyses.given import HEAD, context
from groma.analyses import assess
from groma.analyses.instance import loaded
from groma.analyses.loads.envelope import envelope_of
from groma.analyses.registry import figure
from groma.catalog import load_catalog
from groma.model.figure import Envelope, Figure, Ledger
from groma.model.load import loads

TEXT = """
components:
  web: {kind: service, threads: 4, offers: {page: {work: 20 ms ± 20 ms}}}
  db: {kind: database, threads: 1, offers: {read: {work: 10 ms ± 10 ms}}}
  far: {kind: service, offers: {ask: {work: 1 s}}}
people: {ana: {role: clerk}}
flows:
  visit: {starts: {rate: 20/s}, steps: [{call: web.page}, {mark: seen}, {call: db.read}, {call: far.ask}]}
  other: {starts: {rate: 5/s}, steps: [{call: db.read}]}
  slow: {starts: {rate: 10/h}, steps: [{ask: ana, takes: 3 min ± 3 min}]}
"""


def test_it_is_the_share_of_servers_that_is_left() -> None:
    found = context(TEXT)
    told = {
        m: envelope_of(found, figure(found, m))
        for m in (
            "latency/visit/p95",
            "latency/visit@seen/mean",
            "success/other",
            "utilisation/web",
            "latency/slow/mean",
        )
    }
    assert told["latency/visit/p95"] == Envelope(pytest.approx(4.0), pytest.approx(4.0), "db")
    assert told["latency/visit@seen/mean"] == Envelope(pytest.approx(10.0), pytest.approx(10.0), "web")
    assert told["success/other"] == Envelope(pytest.approx(4.0), pytest.approx(4.0), "db")
    assert told["utilisation/web"] == Envelope(pytest.approx(10.0), pytest.approx(10.0), "web")
    assert told["latency/slow/mean"] == Envelope(pytest.approx(2.0), pytest.approx(2.0), "ana")


@pytest.mark.parametrize(("times", "shown"), [(3.99, True), (4.01, False)])
def test_a_figure_is_shown_just_inside_of_it_and_not_outside(times: float, shown: bool) -> None:
    model = loaded(loads(HEAD + TEXT), ("visit", "other", "slow"), times)
    ledger = assess(model, load_catalog(), twice=False)
    assert (ledger["latency/visit/mean"].value is not None) == shown


def test_retries_narrow_it_and_without_them_it_is_wider() -> None:
    steps = "{call: db.read, timeout: 100 ms, retry: 2}"
    text = TEXT.replace("{call: db.read}]}\n  slow", f"{steps}]}}\n  slow")
    found = context(text)
    told = envelope_of(found, figure(found, "success/other"))
    assert told.low == pytest.approx(1 / (20 * 0.01 + 3 * 5 * 0.01), rel=1e-6)
    assert told.high == pytest.approx(4.0, rel=0.01)
    assert "surely not above" in told.words


def test_threads_held_while_calls_wait_are_shown_at_the_stated_load_only() -> None:
    text = TEXT.replace(
        "page: {work: 20 ms ± 20 ms}", "page: {work: 20 ms ± 20 ms, steps: [{call: db.read}]}"
    )
    found = context(text)
    told = envelope_of(found, figure(found, "latency/visit@seen/mean"))
    assert told.low == 1.0
    assert told.high == pytest.approx(1 / (0.4 + 0.05), rel=1e-6)


def test_what_load_does_not_act_on_and_customers_have_none() -> None:
    text = TEXT.replace("starts: {rate: 5/s}", "starts: {population: 5, think: 1 s}")
    found = context(text)
    for measure in ("cost/month", "availability/visit", "latency/visit/mean"):
        assert envelope_of(found, figure(found, measure)) is None
    assert envelope_of(found, figure(found, "latency/visit@seen/mean")) is not None


def test_it_is_in_the_ledger_and_comes_back() -> None:
    ledger = assess(loads(HEAD + TEXT), load_catalog(), twice=False)
    assert ledger["latency/visit/mean"].envelope is not None
    again = Ledger.from_json(ledger.to_json())
    assert again["latency/visit/mean"].envelope == ledger["latency/visit/mean"].envelope
    assert again.to_json() == ledger.to_json()


@pytest.mark.parametrize(
    ("envelope", "words"),
    [
        (
            Envelope(1.2399, 3.456, "db"),
            "1.23 times the load of the busiest hour (db), and surely not above 3.46 times",
        ),
        (Envelope(4.0, 4.0, "db"), "up to 4 times the load of the busiest hour (db)"),
        (Envelope(0.0, None, "db"), "up to 0 times"),
    ],
)
def test_its_words_never_say_more_than_was_shown(envelope: Envelope, words: str) -> None:
    assert words in envelope.words


def test_a_figure_that_is_not_shown_has_none() -> None:
    found = context(TEXT)
    assert envelope_of(found, Figure("latency/visit/mean", "", "s")) is None
