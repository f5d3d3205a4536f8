"""The shipped calibration: it is what the tables give, and its errors are stated."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from groma.catalog import UnknownEntryError
from groma.catalog.serving import calibration, measurements, served_on, served_shape, spreads
from groma.catalog.tables import Tables, load_tables
from groma.solvers.serving import FORMATS, POLICIES, Layout, Requests, costs, fit, simulate, steady


@cache
def tables() -> Tables:
    return load_tables()


def test_stored_errors_are_those_of_a_fit_that_never_saw_the_group() -> None:
    rows = measurements(tables())
    group = ("meta-llama/Meta-Llama-3.1-70B", "h200_sxm", "vllm")
    left = [row for row in rows if row.group == group]
    _, tpot = steady(fit([row for row in rows if row.group != group]), left)
    error = float(np.mean(np.abs(tpot / np.array([row.tpot for row in left]) - 1)))
    stored = next(e for e in tables().entries("serving-errors", group=" / ".join(group), quantity="tpot"))
    assert error == pytest.approx(float(stored.text("mean_error")), abs=0.01)


def test_experts_are_what_is_left_out_of_the_active() -> None:
    mixtral = served_shape(tables(), "mistralai/Mixtral-8x7B-v0.1")
    assert mixtral.expert_params == pytest.approx(32 * 8 * 3 * 4096 * 14336, rel=0.001)


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(UnknownEntryError, match="h100_sxm"):
        served_on(tables(), "h100_sx")


def test_intervals_hold_one_and_the_simulation_follows_the_steady_state() -> None:
    """The closed loop simulated and its steady state, which the fit uses, agree on the time between tokens."""
    low, high = spreads(tables())["tpot"]
    assert low < 1.0 < high
    found = calibration(tables())
    rows = [
        r
        for r in measurements(tables())
        if r.engine == "vllm" and r.written == 1024 and 8 <= r.concurrency <= 32
    ]
    for row in rows[::15]:
        own = costs(row.shape, row.accelerator, row.form, row.layout, row.engine, found, 8192)
        n = row.concurrency * 4
        closed = Requests((), (row.read,) * n, (row.written,) * n)
        run = simulate(closed, own, POLICIES["vllm"], 10_000_000, row.concurrency)
        _, tpot = steady(found, [row])
        assert np.mean(run.tpot) == pytest.approx(float(tpot[0]), rel=0.15)
    assert FORMATS["fp8"].weight_bytes == 1.0 and Layout(4, 2).accelerators == 8
