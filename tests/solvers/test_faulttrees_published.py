"""Published fault trees of the Aralia set, and figures that stand without them."""

import csv
from collections import defaultdict
from math import isclose
from pathlib import Path

import pytest

from groma.solvers.faulttrees import (
    And,
    AtLeast,
    CutSets,
    Event,
    Or,
    Probability,
    Refusal,
    beta_factor,
    group_unavailability,
    importances,
    k_of_n_failed,
    mean_time_to_down,
    minimal_cut_sets,
    probability,
    probability_of_down,
    read_openpsa,
    unavailability,
)

TREES = Path(__file__).parents[2] / "../shared/cases/fault-trees"


def _rows(name: str) -> list[dict[str, str]]:
    path = TREES / name
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


def _value(found: Probability | Refusal) -> float:
    assert isinstance(found, Probability)
    return found.value


def _orders() -> dict[str, dict[int, int]]:
    orders: dict[str, dict[int, int]] = defaultdict(dict)
    for row in _rows("cut-sets-by-order.csv"):
        orders[row["tree"]][int(row["order"])] = int(row["minimal_cut_sets"])
    return orders


@pytest.mark.skipif(not TREES.exists(), reason="the published trees aren't here")
class TestAralia:
    @pytest.mark.parametrize("row", _rows("expected.csv"), ids=lambda row: row["tree"])
    def test_the_top_probability_is_the_published_one(self, row: dict[str, str]) -> None:
        model = read_openpsa((TREES / row["file"]).read_bytes())
        assert len(model.probabilities) == int(row["variables"])
        assert len(model.gates) == int(row["gates"])
        found = _value(probability(model.top(), model.probabilities))
        assert isclose(found, float(row["p_top"]), rel_tol=float(row["p_top_relative_tolerance"]))

    @pytest.mark.parametrize(("tree", "orders"), _orders().items(), ids=list(_orders()))
    def test_the_minimal_cut_sets_are_counted_by_order(self, tree: str, orders: dict[int, int]) -> None:
        model = read_openpsa((TREES / f"{tree}.xml").read_bytes())
        cut_sets = minimal_cut_sets(model.top())
        assert isinstance(cut_sets, CutSets)
        assert cut_sets.by_order() == orders
        expected = {row["tree"]: int(row["minimal_cut_sets"]) for row in _rows("expected.csv")}
        assert cut_sets.count() == expected[tree]

    @pytest.mark.parametrize("row", _rows("expected.csv"), ids=lambda row: row["tree"])
    def test_without_any_diagram_the_bounds_hold_the_published_value(self, row: dict[str, str]) -> None:
        model = read_openpsa((TREES / row["file"]).read_bytes())
        found = probability(model.top(), model.probabilities, node_budget=0)
        assert isinstance(found, Refusal)
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower * (1 - 1e-5) <= float(row["p_top"]) <= found.upper * (1 + 1e-5)
        if row["tree"] in ("chinese", "baobab1", "das9209"):  # rare events: the bounds are of use
            assert found.upper <= 1.03 * found.lower


def test_a_published_bridge_has_its_four_cut_sets_and_reliability() -> None:
    # the five-part bridge: 2p^2 + 2p^3 - 5p^4 + 2p^5 (Barlow & Proschan 1975, p. 10), 0.97848 at p = 0.9
    a, b, c, d, e = (Event(x) for x in "abcde")
    down = Or((And((a, b)), And((d, e)), And((a, c, e)), And((b, c, d))))
    assert isclose(1 - _value(probability(down, dict.fromkeys("abcde", 0.1))), 0.97848, rel_tol=1e-12)
    cut_sets = minimal_cut_sets(down)
    assert isinstance(cut_sets, CutSets)
    assert cut_sets.by_order() == {2: 2, 3: 2}


def test_two_of_three_with_and_without_a_common_cause() -> None:
    names = ["a", "b", "c"]
    parts = tuple(Event(n) for n in names)
    assert isclose(_value(probability(AtLeast(2, parts), dict.fromkeys(names, 0.01))), 2.98e-4, rel_tol=1e-12)
    split = beta_factor(names, 0.01, 0.1, cause="cause")
    found = _value(probability(AtLeast(2, split.parts), split.probabilities))
    assert abs(found - 1.241300e-3) < 1e-9
    assert isclose(found, k_of_n_failed(2, 3, 0.01, 0.1), rel_tol=1e-12)


def test_one_of_two_with_and_without_a_common_cause() -> None:
    assert isclose(k_of_n_failed(2, 2, 1e-3), 1e-6, rel_tol=1e-12)
    assert abs(k_of_n_failed(2, 2, 1e-3, 0.1) - 1.008099e-4) < 1e-9


def test_repairable_pairs_match_their_closed_forms() -> None:
    rate, repair = 1e-4, 0.1
    assert isclose(
        mean_time_to_down(1, 2, rate, repair, crews=2), (3 * rate + repair) / (2 * rate**2), rel_tol=1e-12
    )
    assert isclose(mean_time_to_down(1, 2, rate, repair, crews=2), 5.015e6, rel_tol=1e-4)
    assert isclose(group_unavailability(1, 2, rate, repair, crews=1), 1.996004e-6, rel_tol=1e-6)
    assert isclose(group_unavailability(1, 2, rate, repair, crews=2), 9.98003e-7, rel_tol=1e-6)


def test_parts_with_a_crew_each_are_independent() -> None:
    q = unavailability(0.2, 1.3)
    for needed in range(1, 5):
        expected = k_of_n_failed(4 - needed + 1, 4, q)
        assert isclose(group_unavailability(needed, 4, 0.2, 1.3, crews=4), expected, rel_tol=1e-12)
    assert isclose(sum(probability_of_down(4, 0.2, 1.3, crews=2)), 1.0, rel_tol=1e-12)


def test_importances_of_a_published_pair_in_series_with_one() -> None:
    # top = a or (b and c): Birnbaum of a is 1 - bc, of b is (1 - a) c
    a, b, c = Event("a"), Event("b"), Event("c")
    p = {"a": 0.01, "b": 0.2, "c": 0.3}
    found = importances(Or((a, And((b, c)))), p)
    assert not isinstance(found, Refusal)
    top = 0.01 + 0.99 * 0.06
    assert isclose(found["a"].birnbaum, 1 - 0.06, rel_tol=1e-12)
    assert isclose(found["b"].birnbaum, 0.99 * 0.3, rel_tol=1e-12)
    assert isclose(found["b"].fussell_vesely or 0, 1 - 0.01 / top, rel_tol=1e-12)
    assert isclose(found["b"].risk_achievement or 0, (0.01 + 0.99 * 0.3) / top, rel_tol=1e-12)
    assert isclose(found["b"].risk_reduction or 0, top / 0.01, rel_tol=1e-12)


def test_an_event_in_every_cut_set_has_an_infinite_reduction_worth() -> None:
    found = importances(And((Event("a"), Or((Event("b"), Event("c"))))), {"a": 1e-7, "b": 0.1, "c": 0.3})
    assert not isinstance(found, Refusal)
    assert found["a"].risk_reduction == float("inf")
    assert found["a"].fussell_vesely == 1.0
