"""The economics of model calls against what sellers and textbooks say."""

from __future__ import annotations

import math

import pytest

from groma.solvers.inference import Line, Stage, crossings, kept_warm, throttled
from groma.solvers.inference.breakeven import SECONDS_A_MONTH
from groma.solvers.inference.cascades import cascade
from inference.test_figures import DESK, MONTH, value


def test_a_kept_start_pays_off_after_one_read_as_anthropic_says() -> None:
    """Written at 1.25 times the price, read at a tenth of it: one read a write saves 2 - 1.35 prices. AWS
    sells the desk's model at these ratios; at a life of ln 2 gaps, Poisson calls find the start half of the time."""
    price, rate = 1.10e-6, 0.8
    life = math.log(2) / rate
    assert kept_warm(rate, life) == pytest.approx(0.5)
    saved = value("inference/large/prefix", DESK.replace("5 min", f"{life:.12f} s"))
    assert saved == pytest.approx(rate * MONTH * 900 * price * (2 - 1.35) / 2, rel=1e-6)
    never = value("inference/large/prefix", DESK.replace("5 min", "1 us"))
    assert never == pytest.approx(-rate * MONTH * 900 * price * 0.25, rel=1e-4)


@pytest.mark.parametrize(
    ("z", "loss"), [(0.0, 0.3989), (0.5, 0.1978), (1.0, 0.0833), (1.5, 0.0293), (2.0, 0.0085)]
)
def test_what_is_turned_away_is_the_loss_of_the_normal_law_of_textbooks(z: float, loss: float) -> None:
    """Tables of the unit normal loss function (Silver, Pyke and Peterson): E (Z - z)+."""
    mean, square, rate = 2.0, 5.0, 40.0
    demand, deviation = rate * 60 * mean, math.sqrt(rate * 60 * square)
    found = throttled(rate, mean, square, demand + z * deviation)
    assert found.value * demand / deviation == pytest.approx(loss, abs=5e-5)
    scarf = (math.sqrt(1 + z * z) - z) / 2
    assert found.high * demand / deviation == pytest.approx(scarf, rel=1e-9) and scarf > loss


@pytest.mark.parametrize(
    ("cheap", "large", "unsure", "low", "high"),
    [
        (0.7, 0.9, 0.4, 0.3 + 0.3, 0.6 + 0.4),
        (0.2, 0.5, 0.5, 0.0, 0.2 + 0.5),
        (0.95, 0.99, 0.1, 0.85 + 0.09, 0.9 + 0.1),
    ],
)
def test_two_models_are_right_within_frechets_bounds(
    cheap: float, large: float, unsure: float, low: float, high: float
) -> None:
    """max(0, a + k - 1) and min(a, k) of each of the two parts (Frechet 1951); cost by FrugalGPT: c1 + unsure c2."""
    found = cascade((Stage("cheap", 1.0, 0.1, cheap, unsure), Stage("large", 20.0, 0.5, large)))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.cost == pytest.approx(1.0 + unsure * 20.0)
    assert found.seconds == pytest.approx(0.1 + unsure * 0.5)


def test_one_instance_breaks_even_where_textbooks_say() -> None:
    """Cost, volume, profit: fixed cost over what one unit brings; 1000 a month at 0.002 a call are 500,000 calls."""
    first, _ = crossings(Line(1000.0, 10.0), 0.002)
    assert first * SECONDS_A_MONTH == pytest.approx(500_000)
