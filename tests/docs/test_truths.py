"""At least half of what methods are held against comes from outside the project, as docs/validation.md says."""

from __future__ import annotations

import pytest
import truths

ROWS = """
## Mathematics

| method | held against | how far off |
|---|---|---|
| a | *Erlang's formula (1 - x; y)*; by hand | 1e-6 |
| | 300 runs | |
| b | brute force | exact |

## Other

| method | held against |
|---|---|
| c | *scipy* of a kind |
"""


def test_truths_are_told_apart_by_their_italics_and_what_has_none_is_our_own() -> None:
    found = list(truths.methods(ROWS))
    assert [(m.section, m.name) for m in found] == [
        ("Mathematics", "a"),
        ("Mathematics", "a"),
        ("Mathematics", "b"),
        ("Other", "c"),
    ]
    assert [(len(m.outside), len(m.inside)) for m in found] == [(1, 1), (0, 1), (0, 1), (0, 1)]
    assert truths.shares(found[:3]) == (1, 2, 1, 4)


@pytest.mark.parametrize("section", truths.HALF)
def test_at_least_half_of_what_methods_are_held_against_is_from_outside(section: str) -> None:
    found = [m for m in truths.methods(truths.PAGE.read_text("utf-8")) if m.section == section]
    held, methods, outside, every = truths.shares(found)
    assert methods >= 9
    assert 2 * held >= methods
    assert 2 * outside >= every


def test_a_table_of_which_less_than_half_is_from_outside_is_told() -> None:
    found = list(truths.methods(truths.PAGE.read_text("utf-8")))
    assert truths.short(found) == []
    assert truths.short(list(truths.methods(ROWS))) == list(truths.HALF)
    inside = [truths.Method(m.section, m.name, (), (*m.outside, *m.inside)) for m in found]
    assert truths.short(inside) == list(truths.HALF)
