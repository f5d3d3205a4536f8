"""Replicas that share crews: against closed forms, Markov chains solved as matrices, and simulated failures."""

from __future__ import annotations

import numpy as np
import pytest

from analyses.given import HEAD, context, on
from analyses.test_simulation_failures import HOUR, simulated
from groma.analyses.availability import figures as availability
from groma.analyses.availability.second import availability_second
from groma.analyses.registry import figure
from groma.analyses.structure.crews import equivalent
from groma.model.load import loads
from groma.model.position import ModelError
from groma.solvers.faulttrees import equivalent_unavailability, group_unavailability

TEXT = """
places: {{a: {{fails: {{every: 400 h, repaired_in: 20 h}}}}, b: {{}}}}
components:
  db: {{kind: database, replicas: {n}, enough: {m}, threads: 4{more}, offers: {{x: {{work: 1 ms}}}},
    fails: {{every: 100 h, repaired_in: 20 h{crews}}}}}
flows: {{f: {{starts: {{rate: 30/h}}, steps: [{{call: db.x}}]}}}}
"""


def text(n: int = 3, m: int = 2, crews: int | None = 1, more: str = "") -> str:
    return TEXT.format(n=n, m=m, more=more, crews="" if crews is None else f", crews: {crews}")


def chain(n: int, m: int, crews: int, fail: float, mend: float) -> tuple[float, float]:
    """(unavailability, failures of the group per unit of time) from the generator, solved as a matrix."""
    q = np.zeros((n + 1, n + 1))
    for down in range(n + 1):
        if down < n:
            q[down, down + 1] = (n - down) * fail
        if down > 0:
            q[down, down - 1] = min(down, crews) * mend
        q[down, down] = -q[down].sum()
    share = np.linalg.lstsq(np.vstack((q.T, np.ones(n + 1))), np.r_[np.zeros(n + 1), 1.0], rcond=None)[0]
    return float(share[n - m + 1 :].sum()), float(share[n - m] * m * fail)


@pytest.mark.parametrize(
    ("n", "m", "crews"), [(2, 1, 1), (3, 2, 1), (3, 1, 2), (5, 3, 2), (4, 4, 1), (2, 1, 2)]
)
def test_availability_and_outages_are_those_of_the_chain(n: int, m: int, crews: int) -> None:
    found = context(text(n, m, crews))
    down, often = chain(n, m, crews, 1 / 100, 1 / 20)
    told = figure(found, "availability/f")
    assert told.value == pytest.approx(1 - down, rel=1e-9)
    assert availability_second(found, "f").value == pytest.approx(1 - down, rel=1e-9)
    assert figure(found, "outages/f").value == pytest.approx(often / HOUR, rel=1e-6)
    assert figure(found, "outage/f").value == pytest.approx(down / often * HOUR, rel=1e-6)


def test_published_pair_with_one_crew() -> None:
    down, _ = equivalent(1, 2, 1000.0, 1.0, 1)
    assert down**2 == pytest.approx(1.996004e-6, rel=1e-6)
    assert equivalent_unavailability(1, 2, 1e-12) == pytest.approx(1e-6, rel=1e-9)
    assert group_unavailability(3, 5, 0.01, 0.1, 2) == pytest.approx(
        sum(
            float(np.prod([5, 4, 3, 2, 1][:j]))
            / float(np.prod(range(1, j + 1) or [1]))
            * q**j
            * (1 - q) ** (5 - j)
            for q in [equivalent_unavailability(3, 5, group_unavailability(3, 5, 0.01, 0.1, 2))]
            for j in (3, 4, 5)
        )
    )


def test_enough_crews_change_nothing_and_fewer_make_it_worse() -> None:
    without, many = (figure(context(text(crews=c)), "availability/f").value for c in (None, 3))
    two, one = (figure(context(text(crews=c)), "availability/f").value for c in (2, 1))
    assert without == many
    assert many > two > one


@pytest.mark.parametrize("crews", [1, 2])
def test_failures_simulated_agree(crews: int) -> None:
    model = loads(HEAD + text(crews=crews))
    seen, half = simulated(model, 20_000 * HOUR, 6)
    assert abs(seen - availability.figure(on(model), "availability/f").value) <= half


def test_replicas_that_stand_apart_have_bounds_that_hold_the_simulation() -> None:
    model = loads(HEAD + text(more=", place: [a, b]"))
    told = availability.figure(on(model), "availability/f")
    assert told.value is None
    assert availability_second(on(model), "f") is None or availability_second(on(model), "f").value is None
    seen, half = simulated(model, 20_000 * HOUR, 6)
    assert told.low - half <= seen <= told.high + half
    assert told.low < told.high


def test_a_range_of_repair_keeps_its_ends() -> None:
    ranged = text().replace(
        "repaired_in: 20 h, crews", "repaired_in: {value: 20 h, known: 10 h .. 30 h}, crews"
    )
    told = figure(context(ranged), "availability/f")
    assert told.low == pytest.approx(1 - chain(3, 2, 1, 1 / 100, 1 / 30)[0], rel=1e-9)
    assert told.high == pytest.approx(1 - chain(3, 2, 1, 1 / 100, 1 / 10)[0], rel=1e-9)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("every: 100 h, repaired_in: 20 h, crews: 1", "availability: 99 %, crews: 1"), "without `every`"),
        (("threads: 4", "threads: 4, together: 5 %"), "beside `together`"),
        (("threads: 4", "threads: 4, takeover: 1 min"), "beside `takeover`"),
        (
            ("every: 400 h, repaired_in: 20 h", "every: 400 h, repaired_in: 20 h, crews: 1"),
            "one thing to repair",
        ),
    ],
)
def test_crews_are_shared_by_replicas_that_fail_one_by_one(change: tuple[str, str], wrong: str) -> None:
    with pytest.raises(ModelError) as told:
        loads(HEAD + text().replace(*change))
    assert wrong in str(told.value)


def test_what_is_repaired_at_once_is_never_down() -> None:
    assert equivalent(1, 2, 100.0, 0.0, 1) == (0.0, 0.0)
    ranged = text().replace(
        "repaired_in: 20 h, crews", "repaired_in: {value: 20 h, known: 0 s .. 30 h}, crews"
    )
    assert figure(context(ranged), "availability/f").high == 1.0
