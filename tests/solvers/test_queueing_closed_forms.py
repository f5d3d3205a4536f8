"""Erlang, M/M/c, M/M/c/K, processor sharing: published values, limits, Little's law, a Markov chain."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate

from groma.solvers.queueing import (
    MMc,
    MMcK,
    OpenNetwork,
    Saturated,
    Station,
    closed_network,
    erlang_b,
    erlang_c,
    jackson,
    mmc,
    mmck,
    processor_sharing_mean,
    saturation_rate,
    utilisation,
)

EXPECTED = Path(__file__).parents[2] / "../shared/cases/queueing/expected.csv"

# M/M/3, lambda = 2.4/s, mu = 1/s (closed form, worked out with 50 digits elsewhere)
MM3 = {
    "probability of waiting (Erlang C)": 0.647191,
    "mean wait (s)": 1.078652,
    "mean response (s)": 2.078652,
    "p50 response (s)": 1.578807,
    "p90 response (s)": 4.532353,
    "p95 response (s)": 5.729218,
    "p99 response (s)": 8.455477,
    "p99.9 response (s)": 12.31025,
    "utilisation": 0.8,
}


def steady(arrival_rate: float, service_mean: float, servers: int) -> MMc:
    station = mmc(arrival_rate, service_mean, servers)
    assert isinstance(station, MMc)
    return station


def mm3_answers() -> dict[str, float]:
    station = steady(2.4, 1.0, 3)
    quantiles = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
    return {
        "probability of waiting (Erlang C)": station.wait_probability,
        "mean wait (s)": station.mean_wait,
        "mean response (s)": station.mean_response,
        "utilisation": station.utilisation,
        **{f"{name} response (s)": station.response_quantile(p) for name, p in quantiles.items()},
    }


def tandem_answers() -> dict[str, float]:
    """Five M/M/2 in series, each repeated with probability 0.1."""
    routing = [[0.1 if j == i else 0.9 if j == i + 1 else 0.0 for j in range(5)] for i in range(5)]
    network = jackson([Station(1 / 1.5, 2)] * 5, [2.0, 0, 0, 0, 0], routing)
    assert isinstance(network, OpenNetwork)
    return {
        "arrival rate at each station (1/s)": network.arrival_rates[3],
        "utilisation of each station": network.utilisation[4],
        "mean response end to end (s)": network.class_response[0],
        "mean visits per job (all stations)": sum(network.arrival_rates) / 2.0,
    }


def lazowska_answers() -> dict[str, float]:
    visits, service = (121, 70, 50), (0.005, 0.030, 0.027)
    network = closed_network([3], [15.0], [[v * s for v, s in zip(visits, service, strict=True)]], [1, 1, 1])
    names = ("cpu", "disk1", "disk2")
    return {
        "throughput (1/s)": network.throughput[0],
        "system response (s)": network.response[0],
        **{f"response per visit, {n} (s)": network.residence[0][k] / visits[k] for k, n in enumerate(names)},
        **{f"utilisation, {n}": network.utilisation[0][k] for k, n in enumerate(names)},
    }


def test_mm3_has_its_published_values() -> None:
    answers = mm3_answers()
    assert answers == pytest.approx(MM3, rel=1e-6)


@pytest.mark.skipif(not EXPECTED.exists(), reason="the shared cases aren't there")
def test_every_exact_case_of_the_shared_table_is_met() -> None:
    answers = {"mm3": mm3_answers(), "tandem5": tandem_answers(), "lazowska117": lazowska_answers()}
    with EXPECTED.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["case"] in answers]
    assert len(rows) == 9 + 4 + 8
    for row in rows:
        tolerance = float(row["tolerance"].split()[0])
        found = answers[row["case"]][row["quantity"]]
        assert found == pytest.approx(float(row["expected"]), rel=tolerance), row["quantity"]


def test_five_stations_in_series_with_repeats() -> None:
    answers = tandem_answers()
    assert answers["arrival rate at each station (1/s)"] == pytest.approx(2.222222, rel=1e-6)
    assert answers["utilisation of each station"] == pytest.approx(0.7407407, rel=1e-6)
    assert answers["mean response end to end (s)"] == pytest.approx(8.206687, rel=1e-6)
    assert answers["mean visits per job (all stations)"] == pytest.approx(5.555556, rel=1e-6)


def test_lazowska_page_117() -> None:
    """Lazowska et al., Quantitative System Performance (1984), p. 117."""
    answers = lazowska_answers()
    assert answers["throughput (1/s)"] == pytest.approx(0.1515165, rel=1e-4)
    assert answers["system response (s)"] == pytest.approx(4.79982, rel=1e-4)
    assert answers["response per visit, disk1 (s)"] == pytest.approx(0.03721, rel=1e-3)
    assert answers["utilisation, disk1"] == pytest.approx(0.31818, rel=1e-3)


def test_erlang_b_equals_its_definition_and_holds_for_a_thousand_servers() -> None:
    for servers, load in ((1, 0.3), (5, 4.0), (20, 30.0)):
        terms = [load**n / math.factorial(n) for n in range(servers + 1)]
        assert erlang_b(servers, load) == pytest.approx(terms[-1] / sum(terms), rel=1e-12)
    assert 0.0 < erlang_b(2000, 1900.0) < erlang_b(1950, 1900.0) < 0.1


def test_one_server_gives_the_formulas_of_mm1() -> None:
    station = steady(0.7, 1.0, 1)
    assert station.wait_probability == pytest.approx(0.7)
    assert station.mean_response == pytest.approx(1 / 0.3)
    assert station.response_quantile(0.95) == pytest.approx(math.log(20) / 0.3, rel=1e-12)
    assert station.wait_quantile(0.2) == 0.0
    assert station.wait_quantile(0.95) == pytest.approx(math.log(0.7 / 0.05) / 0.3)


def test_many_servers_leave_only_the_service() -> None:
    station = steady(5.0, 1.0, 200)
    assert station.mean_wait < 1e-12
    assert station.response_quantile(0.9) == pytest.approx(math.log(10), rel=1e-9)


@pytest.mark.parametrize(("rate", "servers"), [(2.4, 3), (2.0, 3), (0.95, 1), (12.0, 16)])
def test_response_survival_integrates_to_the_mean(rate: float, servers: int) -> None:
    """The case 3 - 2 = 1 / mean is the one in which both exponentials coincide."""
    station = steady(rate, 1.0, servers)
    area = integrate.quad(station.response_sf, 0.0, math.inf, limit=300)[0]
    assert area == pytest.approx(station.mean_response, rel=1e-8)
    assert station.mean_queue == pytest.approx(rate * station.mean_wait)


def test_saturation_is_an_answer_and_not_a_number() -> None:
    refused = mmc(3.0, 1.0, 3)
    assert isinstance(refused, Saturated)
    assert "saturated" in refused.reason
    assert erlang_c(3, 3.0) == 1.0
    assert isinstance(processor_sharing_mean(2.0, 1.0), Saturated)


def chain_solution(rate: float, mean: float, servers: int, room: int) -> np.ndarray:
    """M/M/c/K by its generator matrix, as a linear system."""
    q = np.zeros((room + 1, room + 1))
    for n in range(room):
        q[n, n + 1] = rate
        q[n + 1, n] = min(n + 1, servers) / mean
    q -= np.diag(q.sum(axis=1))
    system = np.vstack([q.T, np.ones(room + 1)])
    return np.linalg.lstsq(system, np.append(np.zeros(room + 1), 1.0), rcond=None)[0]


@pytest.mark.parametrize(("rate", "servers", "room"), [(0.8, 1, 4), (5.0, 3, 9), (2.0, 4, 4), (40.0, 2, 30)])
def test_limited_room_equals_its_markov_chain_and_littles_law(rate: float, servers: int, room: int) -> None:
    station = mmck(rate, 1.0, servers, room)
    assert np.allclose(station.number, chain_solution(rate, 1.0, servers, room), atol=1e-10)
    in_system = sum(n * p for n, p in enumerate(station.number))
    assert in_system == pytest.approx(station.throughput * station.mean_response)
    area = integrate.quad(station.wait_sf, 0.0, 200.0, limit=500)[0]
    assert area == pytest.approx(station.mean_wait, rel=1e-6, abs=1e-12)


def test_limits_of_the_room() -> None:
    assert mmck(4.0, 1.0, 5, 5).lost == pytest.approx(erlang_b(5, 4.0))
    wide, open_ended = mmck(2.4, 1.0, 3, 400), steady(2.4, 1.0, 3)
    assert wide.mean_wait == pytest.approx(open_ended.mean_wait, rel=1e-9)
    assert wide.wait_sf(2.0) == pytest.approx(open_ended.wait_sf(2.0), rel=1e-9)
    idle = mmck(0.0, 1.0, 2, 5)
    assert isinstance(idle, MMcK)
    assert (idle.lost, idle.mean_wait) == (0.0, 0.0)


def test_before_it_comes_nobody_has_waited_and_what_has_no_servers_is_refused() -> None:
    station, limited = steady(2.4, 1.0, 3), mmck(2.4, 1.0, 3, 5)
    assert station.response_sf(-0.1) == station.wait_sf(-0.1) == limited.wait_sf(-0.1) == 1.0
    assert station.wait_sf(0.0) == station.wait_probability < station.response_sf(0.0) == 1.0
    # those let in wait unless one of the first three states is found
    found = sum(limited.number[:3]) / (1.0 - limited.lost)
    assert limited.wait_sf(0.0) == pytest.approx(1.0 - found)
    assert limited.utilisation == pytest.approx(sum(min(n, 3) * p for n, p in enumerate(limited.number)) / 3)
    assert mmck(2.0, 1.0, 4, 4).wait_sf(0.0) == 0.0
    assert erlang_b(0, 1.0) == 1.0
    assert erlang_b(3, 0.0) == 0.0
    for servers, load in ((-1, 1.0), (1, -0.1)):
        with pytest.raises(ValueError, match="servers >= 0 and load >= 0"):
            erlang_b(servers, load)
    for servers, room in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="must hold at least the servers"):
            mmck(1.0, 1.0, servers, room)
    for rate, mean in ((-1.0, 1.0), (1.0, -1.0), (math.nan, 1.0)):
        with pytest.raises(ValueError, match="a rate >= 0, a mean >= 0"):
            utilisation(rate, mean, 1)


def test_processor_sharing_depends_on_the_mean_only() -> None:
    assert processor_sharing_mean(0.5, 1.2) == pytest.approx(1.2 / (1 - 0.6))
    assert processor_sharing_mean(2.4, 1.0, 3) == pytest.approx(2.078652, rel=1e-6)


def test_the_first_station_to_saturate_sets_the_rate() -> None:
    assert saturation_rate([0.605, 2.1, 1.35, 9.0], [1, 1, 1, None]) == (1 / 2.1, 1)
    assert saturation_rate([1.0, 0.0], [None, 3]) == (math.inf, None)
    assert utilisation(3.0, 0.5, 2) == 0.75
    with pytest.raises(ValueError, match="at least one server"):
        utilisation(1.0, 1.0, 0)
