"""A crew: the same answers with helpers and without, whatever happens to them, and none is left behind."""

from __future__ import annotations

import gc
import multiprocessing
import time
from pathlib import Path

import pytest

from groma.workers import ALONE, Crew, spread
from workers.jobs import after_a_while, fussy, kills_once, number, slow


def test_helpers_give_what_one_gives_alone() -> None:
    alone = spread(fussy, range(60))
    assert ALONE.share(fussy, range(60)) == alone
    with Crew(2) as crew:
        assert crew.share(fussy, range(60)) == alone
        assert crew.ask(number, 5).result() == number(5)
        assert crew.share(slow, []) == []


def test_an_exception_is_raised_where_the_answer_is_asked_for() -> None:
    with Crew(1) as crew:
        asked = [ALONE.ask(fussy, 7), crew.ask(fussy, 7)]
        for each in asked:
            with pytest.raises(ValueError, match="seven divides"):
                each.result()


def test_a_helper_that_dies_costs_nothing(tmp_path: Path) -> None:
    items = [(n, str(tmp_path / "died")) for n in range(20)]
    with Crew(1) as crew:
        early = crew.ask(kills_once, items[12])
        until = time.monotonic() + 60
        while not (tmp_path / "died").exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert (tmp_path / "died").exists()
        later = [crew.ask(kills_once, item) for item in items]
        assert [each.result() for each in later] == [n + 1 for n in range(20)]
        assert early.result() == 13
        assert crew.ask(number, 3).result() == number(3)


def test_nobody_waits_for_work_that_is_not_needed_any_more() -> None:
    before, started = set(multiprocessing.active_children()), 0.0
    with pytest.raises(KeyboardInterrupt), Crew(1) as crew:
        crew.ask(time.sleep, 60)
        crew.ask(number, 1)
        started = time.monotonic()
        raise KeyboardInterrupt
    assert time.monotonic() - started < 20
    until = time.monotonic() + 20
    while not set(multiprocessing.active_children()) <= before and time.monotonic() < until:
        time.sleep(0.05)  # an ended process is counted until it has been collected
    assert set(multiprocessing.active_children()) <= before


def test_python_looks_for_circles_as_before_when_it_is_over() -> None:
    before = gc.get_threshold()
    with Crew() as crew:
        assert gc.get_threshold() != before
        assert crew.helpers == 0
    assert gc.get_threshold() == before


def test_what_is_asked_for_can_be_made_from_what_is_asked_for() -> None:
    assert ALONE.ask(fussy, ALONE.ask(fussy, 3)).result() == 81
    with Crew(2) as crew:
        longer = crew.ask(after_a_while, 0.2, 3)
        waits = crew.ask(fussy, longer)
        beside = crew.ask(fussy, 2)
        until = time.monotonic() + 60
        while not waits.ready and time.monotonic() < until:
            time.sleep(0.01)  # nobody asks for what it is made from
        assert waits.ready and longer.ready
        assert (waits.result(), beside.result()) == (9, 4)
        fails = crew.ask(fussy, crew.ask(fussy, 7))
        with pytest.raises(ValueError, match="seven divides"):
            fails.result()
