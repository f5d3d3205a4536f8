"""The shipped calibration: it is what the tables give, and its errors are stated."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from groma.catalog import UnknownEntryError
from groma.catalog.serving import calibration, served_on, served_shape, served_window, spreads
from groma.catalog.serving_runs import left_out, measurements
from groma.catalog.tables import Tables, load_tables
from groma.solvers.serving import Requests, costs, expected, fit, simulate


@cache
def tables() -> Tables:
    return load_tables()


def error(group: str, quantity: str, column: str = "mean_error") -> float:
    found = next(e for e in tables().entries("serving-errors", group=group, quantity=quantity))
    return float(found.text(column))


def test_errors_on_groups_left_out_are_within_what_is_promised() -> None:
    assert error("all", "tpot") < 0.15
    assert error("all", "ttft") < 0.30
    for quantity in ("tpot", "ttft"):
        assert 0.88 <= error("interval", quantity, "coverage") <= 0.97


def test_stored_errors_are_those_of_a_fit_that_never_saw_the_group() -> None:
    rows = measurements(tables())
    group = ("meta-llama/Meta-Llama-3.1-70B", "h200_sxm", "vllm")
    left = [row for row in rows if row.group == group]
    _, tpot = expected(fit([row for row in rows if row.group != group]), left)
    found = float(np.mean(np.abs(tpot / np.array([row.tpot for row in left]) - 1)))
    assert found == pytest.approx(error(" / ".join(group), "tpot"), abs=0.01)


def test_every_run_of_the_table_is_used_or_left_out_for_a_reason() -> None:
    rows, reasons = measurements(tables()), left_out(tables())
    marked = reasons.pop("time to the first token only")
    assert len(rows) + sum(reasons.values()) == len(list(tables().entries("serving-measurements")))
    assert marked == sum(not row.admitted for row in rows) < len(rows) / 5
    names = {row.shape.name for row in rows}
    assert not {"deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-V3"} <= names
    assert len({(r.group, r.form.name, r.layout, r.load, r.ttft, r.tpot) for r in rows}) == len(rows)


def test_contradicted_times_to_the_first_token_are_marked_not_those_that_fit_badly() -> None:
    """Of runs alike but for the length of their answers, none that is used took half as long again as another."""
    alike: dict[object, list[float]] = {}
    for row in measurements(tables()):
        if row.admitted:
            key = (*row.group, row.form.name, row.layout, row.protocol, row.load.concurrency, row.load.read)
            alike.setdefault(key, []).append(row.ttft)
    assert all(max(times) <= 1.5 * min(times) for times in alike.values())
    assert {row.policy.poll for row in measurements(tables())} == {1, 10}


def test_experts_are_what_is_left_out_of_the_active() -> None:
    mixtral = served_shape(tables(), "mistralai/Mixtral-8x7B-v0.1")
    assert mixtral.expert_params == pytest.approx(32 * 8 * 3 * 4096 * 14336, rel=0.001)


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(UnknownEntryError, match="h100_sxm"):
        served_on(tables(), "h100_sx")


def test_the_window_of_a_served_model_is_what_its_table_says() -> None:
    window = served_window(tables(), "qwen3-8b")
    assert window is not None and window.value == 40960
    assert served_window(tables(), "nobody/knows-this") is None


def test_the_simulation_follows_what_the_fit_expects() -> None:
    """A closed loop simulated with the shipped costs, and the sums over its schedule that the fit uses."""
    low, high = spreads(tables())["tpot"]
    assert low < 1.0 < high
    found = calibration(tables())
    rows = [
        r
        for r in measurements(tables())
        if r.engine == "vllm" and r.load.written == 1024 and 8 <= r.load.concurrency <= 32
    ]
    for row in rows[::15]:
        load = row.load
        own = costs(row.shape, row.accelerator, row.form, row.layout, row.engine, found, row.policy.budget)
        n, mean = load.concurrency * 4, sum(load.between) / 2
        closed = Requests((), (round(load.read * mean),) * n, (round(load.written * mean),) * n)
        run = simulate(closed, own, row.policy, 10_000_000, load.concurrency)
        _, tpot = expected(found, [row])
        assert np.mean(run.tpot) == pytest.approx(float(tpot[0]), rel=0.1)
