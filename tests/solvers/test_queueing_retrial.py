"""Calls that come again after a full queue turned them away, against published results and exact chains."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.solvers.queueing import forgets_within, full_at_most, mmck
from solvers.retrial_chain import retrial


@pytest.mark.parametrize("room", [1, 2, 5, 40])
@pytest.mark.parametrize("load", [0.1, 0.9, 1.0, 3.0])
def test_one_server_forgets_as_takacs_says(load: float, room: int) -> None:
    """The gap of M/M/1/K: a + m - 2 sqrt(a m) cos(pi / (K + 1))."""
    gap = (load + 1 - 2 * math.sqrt(load) * math.cos(math.pi / (room + 1))) / 0.2
    assert forgets_within(load / 0.2, 0.2, 1, room) == pytest.approx(1 / gap, rel=1e-9)


def test_two_servers_forget_as_fast_as_the_slowest_root_of_their_chain() -> None:
    """Without a place to wait, arrivals and service both at rate one: -x (x^2 + 5 x + 5), roots (-5 +- sqrt 5) / 2."""
    assert forgets_within(1.0, 1.0, 2, 2) == pytest.approx(2 / (5 - math.sqrt(5)), rel=1e-12)


def test_nobody_says_how_soon_an_idle_or_a_huge_station_forgets() -> None:
    assert forgets_within(0.0, 1.0, 1, 1) == math.inf
    assert forgets_within(1.0, 0.0, 1, 1) == math.inf
    assert forgets_within(1.0, math.inf, 1, 1) == math.inf
    assert forgets_within(0.5, 1.0, 1, 2001) == math.inf > forgets_within(0.5, 1.0, 1, 2000)
    for servers, room in ((2, 1), (0, 0)):
        with pytest.raises(ValueError, match="room"):
            forgets_within(1.0, 1.0, servers, room)


@pytest.mark.parametrize("load", [0.05, 0.5, 0.95])
def test_one_server_to_which_everybody_comes_again_is_busy_as_falin_and_templeton_say(load: float) -> None:
    """M/M/1 with retrials: the server is busy with probability rho, however soon calls come again."""
    assert full_at_most(load, 1.0, 1, 1, busy=load) == pytest.approx(load, rel=1e-12)
    assert full_at_most(load / 0.2, 0.2, 1, 1, busy=load) == pytest.approx(load, rel=1e-12)
    for pause in (0.1, 1.0, 10.0):
        assert retrial(load / 2, 1.0, 1, 1, pause, None).full == pytest.approx(load / 2, abs=1e-6)


@pytest.mark.parametrize(("servers", "room"), [(1, 1), (1, 4), (2, 2), (3, 5)])
@pytest.mark.parametrize("pause", [0.01, 0.3, 5.0])
@pytest.mark.parametrize("load", [0.3, 0.6])
def test_no_chain_of_retrials_is_full_for_longer(servers: int, room: int, pause: float, load: float) -> None:
    truth = retrial(load * servers, 1.0, servers, room, pause, None)
    alone = mmck(load * servers, 1.0, servers, room).lost
    most = full_at_most(load * servers, 1.0, servers, room, busy=load * servers)
    assert alone - 1e-9 <= truth.full <= most + 1e-9
    assert most <= load + 1e-12  # a full station keeps all servers busy


def test_a_station_is_never_full_for_longer_than_always_nor_for_less_than_without_retries() -> None:
    assert full_at_most(1.0, 1.0, 1, 1, busy=5.0) == 1.0
    assert full_at_most(1e300, 1.0, 1, 1, busy=1.0) == 1.0
    assert full_at_most(1.0, 1.0, 2, 3, busy=0.0) == mmck(1.0, 1.0, 2, 3).lost


def test_the_longest_full_law_is_that_of_a_linear_programme() -> None:
    """Maximal share of full time, given the rates up from first calls and the servers that are busy (HiGHS)."""
    from scipy.optimize import linprog

    for servers, room, rate, busy in ((1, 3, 0.8, 0.8), (2, 2, 1.0, 0.9), (3, 6, 1.5, 1.6)):
        down = np.minimum(np.arange(room + 1), servers)
        up = np.zeros((room, room + 1))
        for n in range(room):  # rate p(n) - down(n + 1) p(n + 1) <= 0
            up[n, n], up[n, n + 1] = rate, -down[n + 1]
        found = linprog(
            -np.eye(room + 1)[room],
            A_ub=np.vstack((up, down)),
            b_ub=[*([0.0] * room), busy],
            A_eq=np.ones((1, room + 1)),
            b_eq=[1.0],
        )
        assert full_at_most(rate, 1.0, servers, room, busy) == pytest.approx(-found.fun, rel=1e-7)
