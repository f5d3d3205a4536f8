"""The safety specification: made of this model's names and values; what is taken away goes from it."""

from __future__ import annotations

import json

from safety_reading import CATALOG, HEAD
from test_threats import DESK

from groma.analyses import assess
from groma.documents import write as writing
from groma.documents.content import CodeBlock, walk
from groma.documents.deliverables import safety
from groma.documents.deliverables.subject import Subject
from groma.documents.markdown import render_markdown
from groma.documents.quote import Quoter
from groma.exporters import contracts
from groma.exporters.export import Source
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
    for word in ("wording", "7 s", "4 %", "3 s", "What the guards cost", "refund approved by ana"):
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


def test_schemas_are_those_of_the_contracts_and_allow_only_what_is_stated() -> None:
    stated = "impact: refund, request: {note: text, order: orders.id, sum: money}"
    body = DESK.replace("impact: refund", stated)
    made = subject(body)
    document = safety.write(made)
    assert document is not None
    shown = [b.text for b in walk(document.sections) if isinstance(b, CodeBlock) and b.language == "json"]
    files = {a.path: a.text for a in contracts.make(Source(made.model, made.quoter.ledger, CATALOG))}
    mine = [text for path, text in files.items() if path.endswith("request.schema.json")]
    assert len(mine) == 1 and [text.rstrip("\n") for text in mine] == shown
    told = json.loads(shown[0])
    assert told["additionalProperties"] is False and told["required"] == ["note", "order", "sum"]
    assert told["properties"]["sum"]["type"] == "string"  # money as a decimal, so that no reader rounds it
    assert told["properties"]["order"]["type"] == "string"


def test_contracts_that_point_nowhere_are_told_and_not_shown() -> None:
    text_ = text(
        DESK.replace("impact: refund", "impact: refund, request: {note: text, order: orders.nowhere}")
    )
    assert "Contracts can't be written down yet" in text_ and "orders has no field nowhere" in text_
