"""The JSON Schema accepts what the reader accepts, and marks what an editor should mark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groma.model.core_schema import plain_data
from groma.model.schema import json_schema
from groma.model.source import parse

jsonschema: Any = pytest.importorskip("jsonschema")
ROOT = Path(__file__).resolve().parents[2]
OF_THEIR_OWN = ("engagement.yaml", "site.yaml", "terms.yaml")
"""Files beside examples that aren't models."""
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*/*.yaml") if path.name not in OF_THEIR_OWN)
HEAD = "groma: 1\nsystem: Shop\ncurrency: EUR\n"


def problems(text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(json_schema())
    return [error.json_path for error in validator.iter_errors(plain_data(parse(text, "m.yaml")))]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    broken = {**json_schema(), "type": "mapping"}
    with pytest.raises(jsonschema.SchemaError):
        jsonschema.Draft202012Validator.check_schema(broken)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_shipped_examples_are_valid(path: Path) -> None:
    assert problems(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("component: {}\n", "$"),
        ("components: {api: {replicas: 2}}\n", "$.components.api"),
        ("components: {api: {kind: service, replica: 2}}\n", "$.components.api"),
        ("components: {api: {kind: service, replicas: some}}\n", "$.components.api.replicas"),
        ("flows: {order: {starts: {rate: 1/h}}}\n", "$.flows.order"),
        ("flows: {order: {steps: [{cal: a.b}]}}\n", "$.flows.order.steps[0]"),
        ("flows: {order: {steps: [{call: a}]}}\n", "$.flows.order.steps[0]"),
        ("needs: {quick: {at_most: 3 s}}\n", "$.needs.quick"),
        ("stages: {next: {wishes: [cost/month]}}\n", "$.stages.next"),
    ],
)
def test_mistakes_are_marked_where_they_are(text: str, where: str) -> None:
    assert problems(HEAD + text) == [where]


def test_known_qualities_are_listed_with_their_help_and_others_stay_free() -> None:
    qualities = json_schema()["$defs"]["Component"]["properties"]["qualities"]
    assert {"context", "accuracy", "recall"} <= set(qualities["properties"])
    assert all(each["description"] for each in qualities["properties"].values())
    own = "components: {api: {kind: llm, qualities: {recall: 90 %, politeness: 4}}}\n"
    assert problems(HEAD + own) == []
    assert problems(HEAD + own.replace("90 %", "[90 %]")) == ["$.components.api.qualities.recall"]
