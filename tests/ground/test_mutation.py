"""The tool that mutates the source: what it changes, what it leaves, and that nothing is excused that isn't there."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutation import constants, declared, operators, told

SOURCE = '''"""A text."""
from typing import TYPE_CHECKING, TypeAlias
if TYPE_CHECKING:
    from x import y
Rate: TypeAlias = int | float

def often(rates: list[int], most: float = 1.5) -> bool:
    """A text."""
    if not rates or len(rates) > 3:
        raise ValueError(f"{len(rates) + 1} rates")
    total = 0
    for rate, _ in zip(rates, rates, strict=True):
        total += rate * 2
    return min(total, 7) <= most - 1
'''


def test_slips_of_every_kind_are_made() -> None:
    made = {m.what for m in operators.mutants(SOURCE)}
    assert made >= {
        "1.5 -> 0.0", "1.5 -> 2.5", "len(rates) > 3 -> len(rates) >= 3", "len(rates) > 3 -> len(rates) <= 3",
        "not rates -> rates", "not rates or len(rates) > 3 -> len(rates) > 3", "total += rate * 2 -> pass",
        "not rates or len(rates) > 3 -> not rates and len(rates) > 3", "not rates or len(rates) > 3 -> False",
        "total += rate * 2 -> total -= rate * 2", "rate * 2 -> rate", "rate * 2 -> rate / 2", "min -> max",
        "most - 1 -> most", "most - 1 -> most + 1", "0 -> 1", "3 -> 4", "3 -> 0",
        "min(total, 7) <= most - 1 -> not min(total, 7) <= most - 1",
    }  # fmt: skip
    assert not any("A text" in what or "TYPE_CHECKING" in what or "int | float" in what for what in made)
    assert "len(rates) + 1 -> len(rates)" not in made  # said when something is raised
    assert "True -> False" not in made  # an assertion


def test_each_mutant_is_another_program_and_each_name_its_own(root: Path) -> None:
    for text in (SOURCE, (root / "src/groma/solvers/queueing/erlang.py").read_text("utf-8")):
        found = operators.mutants(text)
        assert all(operators.compiles(text.encode(), mutant) for mutant in found)
        assert len({(m.line, m.what) for m in found}) == len(found)


def test_a_sum_without_a_constant_of_zero_is_the_same_sum() -> None:
    """`STATE` is zero where it comes from, `FIRST` here: dropping them changes nothing; dropping what they are added
    to does, and so does dropping a factor."""
    source = (
        "from groma.a.layout import *\nfrom groma.a.other import STATE as S, PART\nFIRST = 0\nLAST = 1\n"
        "def at(t, n):\n"
        "    return t[n + STATE], t[S | n], t[n - S], t[PART + n], t[FIRST + n], t[n * FIRST], t[n + LAST]\n"
    )
    sources = {"a/layout": b"STATE = 0\nPART = 1\n", "a/other": b"STATE = 0\nPART = 2\n"}
    known = constants.zeros(source, sources.__getitem__)
    assert known == {"STATE", "S", "FIRST"}
    assert {m.what for m in operators.mutants(source, known) if m.kind == "term"} == {
        "n + STATE -> STATE", "S | n -> S", "n - S -> -S", "PART + n -> PART", "PART + n -> n",
        "FIRST + n -> FIRST", "n * FIRST -> n", "n * FIRST -> FIRST", "n + LAST -> n", "n + LAST -> LAST",
    }  # fmt: skip
    alone = {m.what for m in operators.mutants(source)}
    assert "n + STATE -> n" in alone and "FIRST + n -> n" not in alone


def test_no_declared_mutant_is_stale(root: Path) -> None:
    known = declared.read()
    for module in sorted(known.modules()):
        source = (root / "src/groma" / f"{module}.py").read_bytes()
        assert known.stale(module, operators.mutants(source.decode()), source) == []


def test_a_declared_mutant_is_told_by_its_line_and_goes_stale_with_it(tmp_path: Path) -> None:
    found = next(m for m in operators.mutants(SOURCE) if m.what == "rate * 2 -> rate")
    entry = declared.entry("a/b", found, SOURCE.encode())
    file = tmp_path / "equal.toml"
    file.write_text(entry.replace('reason = ""', 'reason = "because"'), "utf-8")
    known = declared.read(file)
    assert known.reason("a/b", found, SOURCE.encode()) == "because"
    assert known.reason("a/c", found, SOURCE.encode()) is None
    changed = SOURCE.replace("rate * 2", "rate * 3")
    assert len(known.stale("a/b", operators.mutants(changed), changed.encode())) == 1
    file.write_text(entry, "utf-8")
    with pytest.raises(ValueError, match="no reason"):
        declared.read(file)


def test_the_table_adds_up() -> None:
    ends = [
        ("solvers/queueing/erlang", "caught"),
        ("solvers/queueing/passage", "survived"),
        ("analyses/cost/use", "caught"),
    ]
    lines = told.table(ends, {"solvers/queueing": 9, "analyses/cost": 5})
    assert lines[2:] == [
        "| analyses/cost | 5 | 1 | 1 | 0 | 0 | 0 | 0 |",
        "| solvers/queueing | 9 | 2 | 1 | 0 | 0 | 1 | 0 |",
        "| together | 14 | 3 | 2 | 0 | 0 | 1 | 0 |",
    ]
