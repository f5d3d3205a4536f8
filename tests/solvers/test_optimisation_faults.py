"""What a problem says of its own mistakes, and small wishes against hand-worked optima."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import scipy.optimize

from groma.solvers.optimisation import (
    ABSENT,
    Assignment,
    Bound,
    Clause,
    Cut,
    Group,
    Master,
    Problem,
    ProblemError,
    SolverFailure,
    Term,
    Verdict,
    best,
    block_of,
    by_tables,
    conflict,
    walk_front,
)
from groma.solvers.optimisation.encoding import in_order, literals_in
from groma.solvers.optimisation.master import Query
from groma.solvers.optimisation.problem import _words
from solvers.choice_problems import PLAIN


@pytest.mark.parametrize("literal", [("a", "z"), ("b", "x"), ("b", ABSENT)])
def test_a_clause_or_condition_names_variants_of_the_problem(literal: tuple[str, str]) -> None:
    told = f"no variant {literal[1]!r} of a group {literal[0]!r}"
    with pytest.raises(ProblemError) as error:
        Problem((PLAIN,), (Clause(frozenset({literal}), frozenset()),), ())
    assert str(error.value) == f"clause: {told}"
    with pytest.raises(ProblemError) as error:
        Problem((PLAIN, Group("c", ("z",), active_when=frozenset({literal}))), (), ())
    assert str(error.value) == f"condition of c: {told}"


@pytest.mark.parametrize(
    ("assignment", "told"),
    [
        ({"a": "x", "b": "s", "c": "u"}, None),
        ({"a": "y", "b": ABSENT, "c": "u"}, None),
        ({"a": "z", "b": "s", "c": "u"}, "group a takes 'z', expected one of x, y"),
        ({"a": "x", "c": "u"}, "group b takes None, expected one of "),
        ({"a": "y", "b": "s", "c": "u"}, "group b takes 's' although it is inactive"),
        ({"a": "x", "b": ABSENT, "c": "u"}, f"group b takes {ABSENT!r} although it is active"),
        ({"a": "x", "b": "s", "c": "v"}, "broken: if b = s and c = v then a = y"),
        ({"a": "y", "b": ABSENT, "c": "w"}, "broken: if c = w then never"),
        ({"a": "x", "b": "t", "c": "u"}, "forbidden: a = x and b = t (cost)"),
    ],
)
def test_why_a_choice_is_none_is_told(assignment: dict[str, str], told: str | None) -> None:
    groups = (PLAIN, Group("b", ("s", "t"), active_when=frozenset({("a", "x")})), Group("c", ("u", "v", "w")))
    clauses = (
        Clause(frozenset({("c", "v"), ("b", "s")}), frozenset({("a", "y")})),
        Clause(frozenset({("c", "w")})),
    )
    table = {("s", "x"): 1.0, ("t", "x"): float("inf"), (ABSENT, "y"): 0.0}
    found = Problem(groups, clauses, (Term("cost", ("b", "a"), table),)).violation(assignment)
    assert found == told or (told and found and found.startswith(told))


def test_where_the_solver_says_nothing_it_is_asked_again_and_then_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HiGHS's status 4 (a "solve error") with and without presolve."""
    asked: list[bool] = []

    class Nothing:
        status, message, x = 4, "solve error", None

    def milp(*_: object, options: dict[str, bool], **__: object) -> Nothing:
        asked.append(options["presolve"])
        return Nothing()

    monkeypatch.setattr(scipy.optimize, "milp", milp)
    monkeypatch.setattr("groma.solvers.optimisation.master.FEW", 0)
    master = Master(Problem((PLAIN,), (), (Term("cost", ("a",), {("x",): 1.0, ("y",): 2.0}),)))
    with pytest.raises(SolverFailure, match="status 4: solve error"):
        best(master, ["cost"], by_tables(master), [])
    assert asked == [True, False]


def test_tables_that_say_more_are_taken_and_what_was_proven_stays() -> None:
    """Of two variants the cheaper by its first table is the dearer by its second."""
    terms = (
        Term("cost", ("a",), {("x",): 1.0, ("y",): 2.0}),
        Term("cost", ("b", "a"), {(b, a): 0.0 for b in "st" for a in "xy"}),
    )
    master = Master(Problem((PLAIN, Group("b", ("s", "t"))), (), terms))
    assert master.propose("cost", Query()) in ({"a": "x", "b": "s"}, {"a": "x", "b": "t"})
    more = {("x", "s"): 4.0, ("x", "t"): 4.0, ("y", "s"): 0.0, ("y", "t"): 0.5}
    master.tighten([Term("cost", ("a", "b"), more)])
    assert master.propose("cost", Query()) == {"a": "y", "b": "s"}
    assert [master.bound("cost", {"a": a, "b": b}) for a, b in ("xs", "yt")] == [5.0, 2.5]
    found = best(master, ["cost"], by_tables(master), [])
    assert found is not None
    assert (found.assignment, found.values["cost"]) == ({"a": "y", "b": "s"}, 2.0)


def test_blocks_and_their_variants_stand_in_name_order() -> None:
    """Whatever order sets have: programs and logs are the same in every run."""
    block = block_of({"b": frozenset("zyxwvutsrq"), "a": "x"})
    assert in_order(block) == (("a", ("x",)), ("b", tuple("qrstuvwxyz")))
    assert literals_in(block) == [("a", "x"), *(("b", v) for v in "qrstuvwxyz")]
    assert _words(frozenset((name, "x") for name in "hgfedcba")) == " and ".join(
        f"{n} = x" for n in "abcdefgh"
    )


def test_a_problem_in_another_order_is_the_same_problem() -> None:
    groups = (PLAIN, Group("b", ("s", "t")), Group("c", ("u", "v")))
    clauses = (Clause(frozenset({("a", "x")}), frozenset({("b", "s")})), Clause(frozenset({("c", "v")})))
    table = {(a, b): float(n) for n, (a, b) in enumerate(["xs", "xt", "ys", "yt"])}
    one = Term("cost", ("a", "b"), table)
    other = Term("cost", ("b", "a"), {(b, a): value for (a, b), value in table.items()})
    more = (
        Term("delay", ("c",), {("u",): 1.0, ("v",): 2.0}),
        Term("cost", ("c",), {("u",): 1.0, ("v",): 0.0}),
    )
    assert Problem(groups, clauses, (one, *more)) == Problem(
        groups[::-1], clauses[::-1], (*more[::-1], other)
    )
    assert Problem(groups, clauses * 2, (one, *more)) == Problem(groups, clauses, (one, *more))


def test_what_counts_as_equal_is_said_by_measure() -> None:
    """Costs 1.0 and 1.05: with a tolerance of a tenth the one with fewer parts is as good."""
    group = Group("a", ("x", "y"), parts={"x": 2})
    terms = (Term("cost", ("a",), {("x",): 1.0, ("y",): 1.05}),)
    for tolerance, chosen in ((0.01, "x"), (0.1, "y")):
        master = Master(Problem((group,), (), terms))
        master.count_as_equal({"cost": tolerance})
        assert master.tolerance("cost") == tolerance
        found = best(master, ["cost"], by_tables(master), [])
        assert found is not None
        assert found.assignment == {"a": chosen}


def test_an_oracle_gives_a_value_of_every_measure_that_is_asked_for() -> None:
    master = Master(Problem((PLAIN,), (), (Term("cost", ("a",), {("x",): 1.0, ("y",): 2.0}),)))
    with pytest.raises(KeyError, match="no value of 'delay'; it gave cost"):
        best(master, ["cost"], by_tables(master), [Bound("delay", 1.0)])


def test_conflicts_are_of_one_need_each_and_as_many_as_are_asked_for() -> None:
    """Three needs that can't be kept at all: three conflicts, of which the first two are told."""
    names = ("cost", "delay", "risk")
    master = Master(Problem((PLAIN,), (), tuple(Term(n, ("a",), {("x",): 1.0, ("y",): 2.0}) for n in names)))
    needs = [Bound(name, 0.5) for name in names]
    with pytest.raises(ValueError, match="one need per measure"):
        conflict(master, [*needs, Bound("cost", 3.0)], by_tables(master))
    for most, complete in ((2, False), (3, True)):
        found = conflict(master, needs, by_tables(master), most=most)
        assert found.sets == tuple((need,) for need in needs[:most])
        assert found.complete is complete


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
    with pytest.raises(ProblemError, match=r"no value for \('none', 'absent'\) and 2 more$"):
        Problem(groups, (), (Term("cost", ("front", "cache"), {}),))
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

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
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

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        variant = assignment["a"]
        delay = delays[variant] * scale
        return Verdict({"cost": costs[variant], "delay": delay}, (Cut("delay", {"a": variant}, delay),))

    found = walk_front(master, "cost", ["delay"], oracle)
    assert found.complete
    assert [point.assignment["a"] for point in found.points] == ["x", "y", "z"]
