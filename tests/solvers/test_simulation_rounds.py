"""How many replications are made, and their intervals, with values that are given: by hand and any table of t."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from groma.model.law import Constant
from groma.solvers.simulation import (
    Assembler,
    Outcome,
    Program,
    Settings,
    Steady,
    batch_means,
    estimate,
    replicate,
    run,
    steady_state,
)


def test_each_round_makes_as_many_more_as_the_interval_seems_to_need() -> None:
    """Values are 0 and 4 in turn; half of their mean, one, is allowed. Of 4 the half width is 3.182 x 2 sqrt(1/3), or
    3.67: double; of 8 2.365 x 2 sqrt(1/7) = 1.79, which asks for 26: double; of 16 2.131 x 2 sqrt(1/15) = 1.10, which
    asks for 20; and of 20 2.093 x 2 sqrt(1/19) = 0.96. Every fifth was stopped."""
    made: list[Sequence[int]] = []

    def runner(numbers: Sequence[int]) -> list[Any]:
        made.append(list(numbers))
        return [SimpleNamespace(value=4.0 * (n % 2), too_many=n % 5 == 0) for n in numbers]

    a = Assembler()
    with a.flow("f"):
        a.delay(Constant(1.0))
    a.source("f", times=(0.0,))
    measures: Any = {"value": lambda outcome: outcome.value, "one": lambda _: 1.0}
    program = a.program()
    found = replicate(program, Settings(until=1.0), measures, relative=0.5, least=4, runner=runner)
    assert made == [list(range(*ends)) for ends in ((0, 4), (4, 8), (8, 16), (16, 20))]
    assert (found.replications, found.reached, found.too_many) == (20, True, 4)
    assert found.estimates["value"].half_width == pytest.approx(2.0930 * 2 * (1 / 19) ** 0.5, rel=1e-4)
    made.clear()
    fewer = replicate(program, Settings(until=1.0), measures, relative=0.5, least=4, most=11, runner=runner)
    assert (made[-1], fewer.replications, fewer.reached) == ([8, 9, 10], 11, False)


def test_an_interval_lies_around_its_mean() -> None:
    """t(0.975, 1) is 12.706; the deviation of 5 and 7 is the root of two."""
    assert estimate([5.0, 7.0]).interval == pytest.approx((6.0 - 12.7062, 6.0 + 12.7062), abs=1e-4)


def test_batches_are_the_last_values_in_their_order() -> None:
    """Of eleven values in three batches the first two are left out."""
    values = [90.0, 80.0, 1.0, 2.0, 6.0, 4.0, 5.0, 9.0, 7.0, 8.0, 12.0]
    assert batch_means(values, batches=3).values == (3.0, 6.0, 9.0)


def test_a_warm_up_ends_where_what_comes_is_all_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every 1.25 s one comes for half a second, or a whole one in the first 100 s: busy two fifths of the time, before
    that four. Pilots and what is measured are replications of their own."""
    numbers: list[int] = []

    def recorded(program: Program, settings: Settings, *, replication: int, **more: Any) -> Outcome:
        numbers.append(replication)
        return run(program, settings, replication=replication, **more)

    monkeypatch.setattr("groma.solvers.simulation.replications.run", recorded)
    a = Assembler()
    s = a.station("s")
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(0.5))
    a.source("f", gaps=Constant(1.25))
    a.action(0.0, "slow", s, 2.0)
    a.action(100.0, "slow", s, 1.0)
    found = steady_state(a.program(), 1000.0, {"busy": lambda outcome: outcome.station("s").busy}, least=3)
    assert isinstance(found, Steady)
    assert found.warm_up == 100.0
    assert found.replicated.estimates["busy"].mean == pytest.approx(0.4)
    assert len(numbers) == len(set(numbers)) == 5 + 3
