"""How many scopes can be open at once is counted as the code is written: each case by hand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from groma.model.law import Constant
from groma.solvers.simulation import Assembler, listing


def nested(a: Assembler, count: int) -> None:
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(a.timeout(9.0))
        a.delay(Constant(1.0))


def caught(a: Assembler, station: int) -> None:
    with a.catching() as handled:
        nested(a, 2)
        with handled():
            nested(a, 3)
    nested(a, 3)


def after_caught(a: Assembler, station: int) -> None:
    with a.hold(station):
        with a.catching() as handled, handled():
            nested(a, 1)
        nested(a, 2)


def uncaught(a: Assembler, station: int) -> None:
    with a.catching():
        nested(a, 2)
    nested(a, 3)


def cached(a: Assembler, station: int) -> None:
    with a.cached(a.cache("c", 1, (1.0,))) as hit:
        with hit():
            nested(a, 3)
        nested(a, 2)
    nested(a, 3)


def found(a: Assembler, station: int) -> None:
    with a.hold(station), a.cached(a.cache("c", 1, (1.0,))) as hit:
        with hit():
            nested(a, 2)
        nested(a, 0)


def cached_inside(a: Assembler, station: int) -> None:
    with a.hold(station), a.cached(a.cache("c", 1, (1.0,))) as hit:
        with hit():
            nested(a, 2)
        nested(a, 1)


def branched(a: Assembler, station: int) -> None:
    with a.hold(station), a.parallel(2) as branch:
        for n in range(2):
            with branch(n):
                nested(a, 3)


def waited_for(a: Assembler, station: int) -> None:
    with a.hold(station), a.hold(station), a.parallel(1):
        pass


def hedged(a: Assembler, station: int) -> None:
    with a.hold(station), a.hedge(1.0):
        nested(a, 3)


def hedged_inside(a: Assembler, station: int) -> None:
    with a.hold(station), a.hold(station), a.hedge(1.0):
        nested(a, 1)


def started(a: Assembler, station: int) -> None:
    with a.hold(station), a.by_itself():
        nested(a, 3)
    with a.hold(station), a.seized(station):
        nested(a, 1)
        with a.by_itself(takes_hold=True):
            nested(a, 2)
    nested(a, 3)


def seized(a: Assembler, station: int) -> None:
    with a.hold(station):
        with a.seized(station), a.by_itself(takes_hold=True):
            nested(a, 1)
        nested(a, 2)


def seized_inside(a: Assembler, station: int) -> None:
    with a.hold(station), a.hold(station), a.seized(station), a.by_itself(takes_hold=True):
        nested(a, 1)


def looped(a: Assembler, station: int) -> None:
    with a.loop(times=2.0):
        nested(a, 2)
    with a.choose((0.5, 0.5)) as way, way(1):
        nested(a, 3)


def open_or_not(a: Assembler, station: int) -> None:
    with a.hold(station), a.hold(station), a.if_up(station) as down:
        a.delay(Constant(1.0))
        with down():
            nested(a, 1)


def asked_whether_open(a: Assembler, station: int) -> None:
    with a.hold(station), a.hold(station), a.if_up(station):
        a.delay(Constant(1.0))


CASES = (
    caught, after_caught, uncaught, cached, found, cached_inside, branched, waited_for, hedged, hedged_inside,
    started, seized, seized_inside, looped, open_or_not, asked_whether_open,
)  # fmt: skip


@pytest.mark.parametrize("write", CASES)
def test_three_scopes_are_open_at_most(write: Callable[[Assembler, int], None]) -> None:
    a = Assembler()
    station = a.station("s", threads=9)
    with a.flow("f"):
        write(a, station)
    a.source("f", times=(0.0,))
    assert a.program().depth == 3 + 2


@pytest.mark.parametrize(("around", "inside", "most"), [(0, 0, 1), (1, 1, 3), (2, 3, 6), (3, 0, 4)])
def test_a_call_opens_one_more_in_what_is_open(around: int, inside: int, most: int) -> None:
    a = Assembler()
    with a.routine("op") as op:
        nested(a, inside)
    with a.routine("between") as between, a.catching():
        a.call(op)
    with a.flow("f"), ExitStack() as stack:
        for _ in range(around):
            stack.enter_context(a.timeout(9.0))
        a.call(op)
    with a.flow("g"):
        a.call(between)
    for name in "fg":
        a.source(name, times=(0.0,))
    # Of `g`: the operation, the try, the operation in it, and what is inside.
    assert a.program().depth == max(most, 3 + inside) + 2


def test_code_is_listed_with_addresses_names_and_operands() -> None:
    """Each of eight whole numbers, behind the two that every program begins with."""
    a = Assembler()
    with a.flow("f"):
        a.hang()
        a.fail("rejected")
    a.source("f", times=(0.0,))
    assert listing(a.program().code).split("\n")[2:] == [
        "    16  HANG              0 0 0 0 0 0 0",
        "    24  RAISE             4 0 0 0 0 0 0",
        "    32  END               0 0 0 0 0 0 0",
    ]
