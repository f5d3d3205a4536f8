"""The safety specification: made of this model's names and values; what is taken away goes from it."""

from __future__ import annotations

from safety_reading import CATALOG, HEAD
from test_threats import DESK

from groma.analyses import assess
from groma.documents import write as writing
from groma.documents.deliverables import safety
from groma.documents.deliverables.safety_threat_sections import schema
from groma.documents.deliverables.subject import Subject
from groma.documents.markdown import render_markdown
from groma.documents.quote import Quoter
from groma.model.load import loads

CHECKED = "{call: bot.say, timeout: 7 s, guard: [{name: wording, misses: 4 %, takes: 2 s}]}"
GUARDED = DESK.replace("{call: bot.say}", CHECKED)
GUARDED = GUARDED.replace("{call: shop", "{ask: ana, takes: 3 s, approves: [refund]}\n      - {call: shop")


def subject(body: str) -> Subject:
    model = loads(HEAD + body)
    ledger, found, asked = writing._guarded(model, assess(model, CATALOG, twice=False), CATALOG)
    return Subject(model, Quoter(ledger), safety=found, obligations=asked)


def text(body: str) -> str:
    made = subject(body)
    document = safety.write(made)
    assert document is not None
    return render_markdown(document).decode()


def test_a_system_without_a_model_gets_none() -> None:
    assert safety.write(subject(DESK.replace("kind: llm", "kind: service"))) is None


def test_it_holds_this_models_values_and_loses_them_with_what_they_hang_on() -> None:
    with_, without = text(GUARDED), text(DESK)
    for word in ("wording", "7 s", "4 %", "3 s", "What the guards cost", "ana approves refund"):
        assert word in with_, word
        assert word not in without, word
    assert "Nobody can stop" in without
    assert "LLM01:2025" in without and "ASI02" in without


def test_what_guards_cost_is_their_time_and_the_peoples() -> None:
    ledger = subject(GUARDED).quoter.ledger
    mean = ledger["checks/latency/care/mean"].value
    assert mean is not None
    # the guard's 2 s, ana's 3 s, and the queue before her: M/D/1 at half load waits 3 s * 0.5 / (2 * 0.5)
    assert abs(mean - (2.0 + 3.0 + 1.5)) < 0.15
    load = ledger["checks/load/ana"].value
    assert load is not None
    assert abs(load - 10 / 60 * 3.0 * 168 / 38) < 0.01 * load  # of her 38 hours, in a week of 168


def test_schemas_allow_only_what_is_stated() -> None:
    made = schema(subject(GUARDED), "x.y", {"order": "orders.id", "sum": "money", "when": "date"})
    assert made["additionalProperties"] is False and made["required"] == ["order", "sum", "when"]
    properties = made["properties"]
    assert isinstance(properties, dict) and properties["sum"] == {"type": "number"}
    assert properties["order"]["pattern"] == "^[A-Za-z0-9_-]{1,64}$"
