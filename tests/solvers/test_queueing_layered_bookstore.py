"""The published bookstore model: simulated throughputs of 10 to 100 customers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from groma.solvers.queueing import LayeredResult, solve_layered
from solvers.bookstore import bookstore


@pytest.mark.parametrize(
    ("customers", "within"), [(10, 0.01), (20, 0.01), (40, 0.01), (60, 0.01), (100, 0.01)]
)
def test_throughput_is_that_of_the_published_simulation(
    shared_cases: Path, customers: int, within: float
) -> None:
    table = csv.DictReader((shared_cases / "queueing/bookstore-throughput.csv").read_text().splitlines())
    published = next(row for row in table if int(row["customers"]) == customers)
    wanted = 1000.0 * float(published["simulated_throughput_per_ms"])
    found = solve_layered(bookstore(shared_cases / "queueing/bookstore-model.json", customers))
    assert isinstance(found, LayeredResult)
    assert found.throughput["Customer"] == pytest.approx(wanted, rel=within)
    low, high = found.throughput_bounds["Customer"]
    assert low < wanted < high
    assert not found.exact
    assert "approximated" in found.validity
    layered = 1000.0 * float(published["layered_analytic_throughput_per_ms"])
    if customers >= 60:
        assert abs(layered / wanted - 1.0) > 0.13 > abs(found.throughput["Customer"] / wanted - 1.0)


def test_what_holds_the_customers_up_is_seen(shared_cases: Path) -> None:
    found = solve_layered(bookstore(shared_cases / "queueing/bookstore-model.json", 100))
    assert isinstance(found, LayeredResult)
    assert found.busy_threads["InventoryMgr"] > 0.99
    assert found.busy_threads["Server"] == pytest.approx(5.0, rel=0.03)
    assert found.utilisation["BookstoreProc"] < 0.2
