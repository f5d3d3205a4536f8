"""YAML 1.2 core schema, from the tables of the specification (section 10.3.2)."""

from __future__ import annotations

import pytest

from groma.model.core_schema import plain_data
from groma.model.source import parse

TABLE = [
    ("null", None), ("~", None), ("", None), ("Null", None),
    ("true", True), ("False", False), ("no", "no"), ("on", "on"), ("y", "y"),
    ("0", 0), ("012", 12), ("0o14", 12), ("0x3A", 58), ("-19", -19), ("+7", 7), ("1_000", "1_000"), ("12:30", "12:30"),
    ("0.", 0.0), ("-0.0", -0.0), (".5", 0.5), ("+12e03", 12000.0), ("-2E+05", -200000.0), ("1e999", "1e999"),
    (".inf", ".inf"), (".nan", ".nan"), ("2026-11-01", "2026-11-01"),
    ("'1'", "1"), ('"true"', "true"), ("4 ms", "4 ms"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "value"), TABLE)
def test_scalars_mean_what_the_specification_says(written: str, value: object) -> None:
    read = plain_data(parse(f"a: {written}\n", "m"))
    assert read == {"a": value}
    assert type(read["a"]) is type(value)  # type: ignore[index,call-overload]
