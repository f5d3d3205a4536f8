"""Data written as YAML is read back equal, in the layout of a person."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from groma.model.core_schema import plain_data
from groma.model.source import parse
from groma.model.yamltext import WIDTH, dump

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["no", "012", "12:30", "null", "true", "- a", "a: b", "a #b", "4 ms ± 1 ms", "{x}", "a,b",
      "?", "=", "---", "a\nb\n", "a\n", " a", "a:", "<<", "%"]
)  # fmt: skip
KEY = TEXT.filter(lambda key: key != "" and len(key) < 100)
SCALAR = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e15, 1e15) | TEXT
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4), max_leaves=12
)


@settings(max_examples=250, deadline=None)
@given(st.dictionaries(KEY, VALUE, min_size=1, max_size=4))
def test_what_is_written_is_read_back_equal(data: dict[str, object]) -> None:
    text = dump(data)  # type: ignore[arg-type]
    read = plain_data(parse(text, "m.yaml"))
    assert read == data
    assert [type(value) for value in read.values()] == [type(value) for value in data.values()]  # type: ignore[union-attr]


def test_layout_of_a_model() -> None:
    data = {
        "groma": 1,
        "system": "Desk",
        "components": {
            "gateway": {"kind": "service", "replicas": 3, "offers": {"accept": {"work": "4 ms ± 1 ms"}}}
        },
        "flows": {
            "answer": {
                "starts": {"rate": "40/min"},
                "steps": [{"call": "gateway.accept", "guard": ["a", "b"]}],
            }
        },
    }
    assert dump(data) == (
        "groma: 1\n"
        "system: Desk\n"
        "\n"
        "components:\n"
        "  gateway:\n"
        "    kind: service\n"
        "    replicas: 3\n"
        "    offers: {accept: {work: 4 ms ± 1 ms}}\n"
        "\n"
        "flows:\n"
        "  answer:\n"
        "    starts: {rate: 40/min}\n"
        "    steps: [{call: gateway.accept, guard: [a, b]}]\n"
    )


def test_long_collections_are_broken() -> None:
    text = dump({"a": {"b": {"c": {f"key{i}": "word " * 3 for i in range(12)}}}})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("\n") == 15
