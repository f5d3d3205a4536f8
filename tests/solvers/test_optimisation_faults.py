"""What a problem says of its own mistakes, and small wishes against hand-worked optima."""

from __future__ import annotations

import pytest

from groma.solvers.optimisation import (
    ABSENT,
    Clause,
    Group,
    Master,
    Problem,
    ProblemError,
    Term,
    best,
    by_tables,
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
