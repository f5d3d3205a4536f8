"""What a problem says of its own mistakes, and small wishes against hand-worked optima."""

from __future__ import annotations

import pytest

from groma.solvers.optimisation import (
    ABSENT,
    Assignment,
    Clause,
    Cut,
    Group,
    Master,
    Problem,
    ProblemError,
    Term,
    Verdict,
    best,
    by_tables,
    walk_front,
)

PLAIN = Group("a", ("x", "y"))


@pytest.mark.parametrize("literal", [("a", "z"), ("b", "x"), ("b", ABSENT)])
def test_a_clause_or_condition_names_variants_of_the_problem(literal: tuple[str, str]) -> None:
    told = f"no variant {literal[1]!r} of a group {literal[0]!r}"
    with pytest.raises(ProblemError) as error:
        Problem((PLAIN,), (Clause(frozenset({literal}), frozenset()),), ())
    assert str(error.value) == f"clause: {told}"
    with pytest.raises(ProblemError) as error:
        Problem((PLAIN, Group("c", ("z",), active_when=frozenset({literal}))), (), ())
    assert str(error.value) == f"condition of c: {told}"


def test_what_can_not_be_together_needs_no_value() -> None:
    """A cache where there is a front, none where there isn't: of six pairs three can be, and each of them must have
    a value."""
    groups = (
        Group("front", ("web", "none")),
        Group("cache", ("s", "l"), active_when=frozenset({("front", "web")})),
    )
    table = {("web", "s"): 3.0, ("web", "l"): 1.0, ("none", ABSENT): 2.0}
    for missing in sorted(table):
        rest = {key: value for key, value in table.items() if key != missing}
        with pytest.raises(ProblemError) as error:
            Problem(groups, (), (Term("cost", ("front", "cache"), rest),))
        assert str(error.value) == f"term of cost over front, cache: no value for {missing}"
    master = Master(Problem(groups, (), (Term("cost", ("front", "cache"), table),)))
    found = best(master, ["cost"], by_tables(master), [])
    assert found is not None
    assert found.assignment == {"front": "web", "cache": "l"}


@pytest.mark.parametrize("start", [0.0, -5.0, 0.3])
def test_differences_below_one_and_values_below_zero_decide(start: float) -> None:
    """Two groups, costs that differ by hundredths: the least is looked up by hand."""
    groups = (PLAIN, Group("b", ("x", "y")))
    terms = (
        Term("cost", ("a",), {("x",): start + 0.02, ("y",): start + 0.01}),
        Term("cost", ("a", "b"), {("x", "x"): 0.3, ("x", "y"): 0.1, ("y", "x"): 0.15, ("y", "y"): 0.2}),
    )
    master = Master(Problem(groups, (), terms))
    found = best(master, ["cost"], by_tables(master), [])
    assert found is not None
    assert found.assignment == {"a": "x", "b": "y"}
    assert found.values["cost"] == pytest.approx(start + 0.12)


@pytest.mark.parametrize("start", [0.0, -5.0, 7.0])
def test_what_is_only_proven_later_orders_by_hundredths_too(start: float) -> None:
    """Tables promise 0.1, 0.2, 0.3 and 0.6; it turns out to be 0.9, 0.45, 0.31 and 0.6 (each above `start`)."""
    truths = {"w": 0.9, "x": 0.45, "y": 0.31, "z": 0.6}
    promised = {("w",): start + 0.1, ("x",): start + 0.2, ("y",): start + 0.3, ("z",): start + 0.6}
    asked: list[str] = []

    def oracle(assignment: Assignment) -> Verdict:
        variant = assignment["a"]
        asked.append(variant)
        return Verdict(
            {"delay": start + truths[variant]}, (Cut("delay", {"a": variant}, start + truths[variant]),)
        )

    master = Master(Problem((Group("a", tuple("wxyz")),), (), (Term("delay", ("a",), promised),)))
    found = best(master, ["delay"], oracle, [])
    assert found is not None
    assert (found.assignment, found.values["delay"]) == ({"a": "y"}, pytest.approx(start + 0.31))
    assert asked == ["w", "x", "y"]


@pytest.mark.parametrize("scale", [1.0, 1e-9])
def test_a_front_over_what_only_the_proof_knows_ends(scale: float) -> None:
    """Cost and delay pull apart; of delay there is no table. All three are on the front."""
    costs, delays = {"x": 1.0, "y": 2.0, "z": 3.0}, {"x": 3.0, "y": 2.0, "z": 1.0}
    master = Master(
        Problem((Group("a", tuple("xyz")),), (), (Term("cost", ("a",), {(n,): c for n, c in costs.items()}),))
    )

    def oracle(assignment: Assignment) -> Verdict:
        variant = assignment["a"]
        delay = delays[variant] * scale
        return Verdict({"cost": costs[variant], "delay": delay}, (Cut("delay", {"a": variant}, delay),))

    found = walk_front(master, "cost", ["delay"], oracle)
    assert found.complete
    assert [point.assignment["a"] for point in found.points] == ["x", "y", "z"]
