"""Answers, remarks, progress and tables go where they should and look right there."""

from __future__ import annotations

import io
import json
import random

import pytest

from groma.cli import progress as progress_module
from groma.cli.console import Console
from groma.cli.progress import TerminalProgress, describe
from groma.cli.table import Column, cells, render


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_gets_text_and_a_program_gets_json_alone() -> None:
    for as_json in (False, True):
        out, err = io.StringIO(), io.StringIO()
        console = Console(out, err, json=as_json)
        console.say("two needs are met")
        console.answer({"met": 2, "name": "Größe"})
        console.note("a remark")
        assert err.getvalue() == "a remark\n"
        if as_json:
            assert json.loads(out.getvalue()) == {"met": 2, "name": "Größe"}
        else:
            assert out.getvalue() == "two needs are met\n"


def test_quiet_leaves_out_remarks_but_never_problems() -> None:
    err = Terminal()
    console = Console(io.StringIO(), err, quiet=True)
    console.note("a remark")
    console.complain("b.yaml:1:1: wrong")
    assert err.getvalue() == "b.yaml:1:1: wrong\n"


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Console(Terminal(), io.StringIO()).toned("met", "good") == "\x1b[32mmet\x1b[0m"
    assert Console(io.StringIO(), Terminal()).toned("met", "good") == "met"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Console(Terminal(), io.StringIO()).toned("met", "good") == "met"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    return now


def test_progress_waits_a_second_then_keeps_a_pace_and_leaves_no_trace(clock: list[float]) -> None:
    err = Terminal()
    progress = TerminalProgress(err)
    for now in (0.5, 0.99, 1.0, 1.05, 1.2):
        clock[0] = now
        progress.step("proving", round(now * 100), 200)
    assert err.getvalue() == "\r\x1b[Kproving: 100 of 200 (50 %)\r\x1b[Kproving: 120 of 200 (60 %)"
    progress.clear()
    progress.clear()
    assert err.getvalue().endswith("(60 %)\r\x1b[K")


@pytest.mark.parametrize(
    ("shown", "lines"), [(None, []), (False, []), (True, ["a: 1 of 4 (25 %)", "a: 3 of 4 (75 %)"])]
)
def test_progress_without_a_terminal_is_shown_only_if_asked(
    clock, shown: bool | None, lines: list[str]
) -> None:
    err = io.StringIO()
    progress = TerminalProgress(err, shown)
    for done, now in ((1, 2.0), (2, 2.5), (3, 3.5)):
        clock[0] = now
        progress.step("a", done, 4)
    assert err.getvalue().splitlines() == lines


def test_an_unknown_or_empty_total_gives_no_share() -> None:
    assert describe("cuts", 7, None) == "cuts: 7"
    assert describe("cuts", 0, 0) == "cuts: 0 of 0"


def test_a_table_keeps_columns_straight_with_wide_and_combining_characters() -> None:
    columns = [Column("need"), Column("value", number=True), Column("why")]
    rows = [["日本", "1.5", "x"], ["e\u0301te", "12.25", "longer"]]
    assert render(columns, rows) == (
        "need  value  why\n"
        "----  -----  ------\n"
        "日本    1.5  x\n"
        "e\u0301te   12.25  longer"
    )  # fmt: skip
    assert cells("日本") == 4
    assert cells("e\u0301te") == 3


def test_a_wrapped_table_fits_the_width_and_loses_no_word() -> None:
    chance = random.Random(1)
    for width in (24, 40, 79):
        rows = [
            [
                " ".join("w" * chance.randint(1, 7) for _ in range(chance.randint(1, 9))),
                str(chance.randint(0, 99999)),
            ]
            for _ in range(8)
        ]
        text = render([Column("why"), Column("n", number=True)], rows, width)
        rule = text.splitlines()[1]
        assert len(rule) == min(
            width, max(len(row[0]) for row in rows) + 2 + max(len(row[1]) for row in rows)
        )
        assert all(len(line) <= width for line in text.splitlines())
        body = text.split("\n", 2)[2].split()
        assert sorted(body) == sorted(word for row in rows for cell in row for word in cell.split())


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 2 cells"):
        render([Column("a"), Column("b")], [["1"]])
