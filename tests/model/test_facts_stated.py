"""A fact states a quantity of its own: neither one that nobody knows nor that of another fact."""

from __future__ import annotations

import pytest

from groma.model.load import loads
from groma.model.position import ModelError

HEAD = "groma: 1\nsystem: x\ncurrency: EUR\nfacts:\n"


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        ("value: unknown", "5:14: facts.d.value: expected a quantity of its own, found `unknown`"),
        ("value: '?'", "5:14: facts.d.value: expected a quantity of its own, found `?`"),
        ("value: $e", "5:14: facts.d.value: expected a quantity of its own, found `$e`"),
        (
            "value: 2 h, known: unknown",
            "5:26: facts.d.known: expected a quantity of its own, found `unknown`",
        ),
    ],
)
def test_a_fact_that_is_none_is_refused_with_its_place(fact: str, problem: str) -> None:
    text = f"{HEAD}  d: {{{fact}, source: x, date: 2026-10}}\n  e: {{value: 1 h, source: x, date: 2026-10}}\n"
    with pytest.raises(ModelError) as error:
        loads(f"{text}flows: {{f: {{steps: [{{wait: $d}}]}}}}\n")
    assert [str(each) for each in error.value.problems] == [f"model.yaml:{problem}"]
