"""The programs that small choice problems become, and the choices they give, worked out by hand."""

from __future__ import annotations

from itertools import product
from math import inf
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from groma.solvers.optimisation import (
    ABSENT,
    Clause,
    Cut,
    Group,
    Master,
    Problem,
    ProblemError,
    SolverFailure,
    Term,
    UnsoundBound,
    Verdict,
    all_assignments,
)
from groma.solvers.optimisation.encoding import encode
from groma.solvers.optimisation.master import Query
from solvers.choice_problems import PLAIN, PRICE, one


@pytest.fixture(autouse=True)
def _never_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few assignments are left, a program is made of them."""
    monkeypatch.setattr("groma.solvers.optimisation.master.FEW", 0)


def programs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What is given to HiGHS from now on, as plain numbers."""
    seen: list[tuple[Any, ...]] = []
    milp = scipy.optimize.milp

    def told(cost: Any, *, bounds: Any, constraints: list[Any], **rest: Any) -> Any:
        rows = [(c.A.toarray().tolist(), list(c.lb), list(c.ub)) for c in constraints]
        seen.append((cost.tolist(), list(bounds.ub), rows))
        return milp(cost, bounds=bounds, constraints=constraints, **rest)

    monkeypatch.setattr(scipy.optimize, "milp", told)
    return seen


def test_the_program_does_not_hang_on_the_order_in_which_cuts_were_learnt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = programs(monkeypatch)
    groups = tuple(Group(name, ("x", "y")) for name in "abc")
    cuts = [Cut("cost", {name: "x"}, 2.0 + n) for n, name in enumerate("abc")]
    cuts += [Cut("cost", {"a": "y", "b": frozenset("xy")}, 9.0)]
    made: list[Any] = []
    for order in (cuts, cuts[::-1], cuts[2:] + cuts[:2]):
        master = Master(Problem(groups, (), (Term("cost", ("a",), {("x",): 0.0, ("y",): 0.5}),)))
        for cut in order:
            master.learn(cut)
        assert master.cuts == tuple(sorted(master.cuts, key=lambda c: sorted(map(str, c.partial.items()))))
        seen.clear()
        assert master.propose("cost", Query()) == {"a": "x", "b": "y", "c": "y"}
        assert master.propose("cost", Query({"cost": 2.5})) == {"a": "x", "b": "y", "c": "y"}
        assert master.propose_small(Query({"cost": 1.5})) is None
        made.append(list(seen))
    assert all(m == made[0] for m in made)
    # without a limit a row of the level by the tables and one for each cut; with one of 2.5 the three above it are
    # ruled out, and one lifts the level; with one of 1.5 all are ruled out
    assert [len(program[2][1][0]) for program in made[0]] == [5, 6, 5]
    assert [len([row for row in program[2][1][0] if row[-1]]) for program in made[0]] == [5, 2, 0]


def test_the_least_by_name_is_found_among_thousands() -> None:
    """Four groups of 40 variants in whose places add up to at least 100: nothing of the first, 22 of the second, and
    all of the others. A number of five digits can't hold that."""
    names = tuple(f"v{n:02d}" for n in range(40))
    groups = tuple(Group(name, names) for name in "abcd")
    terms = tuple(Term("short", (g.name,), {(v,): -float(n) for n, v in enumerate(names)}) for g in groups)
    master = Master(Problem(groups, (), terms))
    found = master.propose_simplest(Query({"short": -100.0}))
    assert found == {"a": "v00", "b": "v22", "c": "v39", "d": "v39"}
    parted = tuple(Group(name, names, parts={v: 40 - n for n, v in enumerate(names)}) for name in "abcd")
    master = Master(Problem(parted, (), terms))
    assert master.propose_simplest(Query({"short": -100.0})) == dict.fromkeys("abcd", "v39")


@pytest.mark.parametrize(
    ("groups", "variants", "solves"), [(3, 2, 1), (3, 9, 1), (3, 47, 2), (5, 10, 1), (6, 10, 2)]
)
def test_ties_of_few_variants_are_one_program(
    monkeypatch: pytest.MonkeyPatch, groups: int, variants: int, solves: int
) -> None:
    """Places as digits of whole numbers of up to 100000: 9 * 9 * 9 and ten to the fifth fit, 47 * 47 * 47 don't."""
    seen = programs(monkeypatch)
    names = tuple(f"v{n:02d}" for n in range(variants))
    made = tuple(Group(name, names, parts=dict.fromkeys(names, 0)) for name in "abcdef"[:groups])
    master = Master(Problem(made, (), ()))
    assert master.propose_simplest(Query()) == dict.fromkeys("abcdef"[:groups], "v00")
    assert master.solves == len(seen) == solves
    for cost, _, _ in seen:
        assert all(float(c).is_integer() for c in cost)
        assert max(cost) <= 100_000


def test_more_parts_than_a_number_holds_come_first_all_the_same() -> None:
    groups = (Group("a", ("x", "y"), parts={"x": 300_000, "y": 299_999}), Group("b", ("s", "t")))
    assert Master(Problem(groups, (), ())).propose_simplest(Query()) == {"a": "y", "b": "s"}


def test_parts_come_before_names_and_groups_before_later_ones() -> None:
    """All nine choices but those ruled out cost the same: by trying all of them."""
    every = list(product("xyz", repeat=2))
    count = {"x": (2, 2), "y": (1, 1), "z": (1, 0)}
    groups = tuple(Group(g, tuple("xyz"), parts={v: count[v][n] for v in "xyz"}) for n, g in enumerate("ab"))
    for ruled_out in every:
        clauses = tuple(Clause(frozenset(zip("ab", c, strict=True))) for c in every if c <= ruled_out)
        master = Master(Problem(groups, clauses, ()))
        left = [(count[a][0] + count[b][1], a, b) for a, b in every if (a, b) > ruled_out]
        found = master.propose_simplest(Query())
        if not left:
            assert found is None
            continue
        parts, a, b = min(left)
        assert found == {"a": a, "b": b}
        assert master.problem.parts(found) == parts


def test_a_measure_is_scaled_to_a_thousand_and_counts_from_its_least() -> None:
    """Largest entry 8, of terms 3 + 8; least -3 - 1; what is ruled out or zero takes no part."""
    b = Group("b", ("s", "t"))
    terms = (
        Term("cost", ("a",), {("x",): 2.0, ("y",): -3.0}),
        Term("cost", ("b",), {("s",): 0.0, ("t",): inf}),
        Term("cost", ("a", "b"), {("x", "s"): 8.0, ("x", "t"): inf, ("y", "s"): -1.0, ("y", "t"): 4.0}),
        Term("none", ("a",), {("x",): 0.0, ("y",): 0.0}),
        Term("never", ("b",), {("s",): inf, ("t",): inf}),
    )
    encoding = encode(Problem((PLAIN, b), (), terms))
    cost, none, never = (encoding.measures[m] for m in ("cost", "none", "never"))
    assert (cost.scale, cost.magnitude, cost.least) == (125.0, 11.0, -4.0)
    assert sorted(cost.entries.values()) == [-3.0, -1.0, 2.0, 4.0, 8.0]
    for empty in (none, never):
        assert (dict(empty.entries), empty.scale, empty.magnitude, empty.least) == ({}, 1.0, 0.0, 0.0)
    # x, y, s, t, three pairs (one is ruled out) and the level
    assert (encoding.columns, encoding.level) == (8, 7)
    assert encoding.upper == (1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, inf)


def test_terms_of_one_scope_add_up_and_small_ones_are_scaled_up() -> None:
    terms = (one(PLAIN, x=0.25, y=0.125), one(PLAIN, x=0.25, y=0.0))
    cost = encode(Problem((PLAIN,), (), terms)).measures["cost"]
    assert (dict(cost.entries), cost.scale, cost.magnitude) == ({0: 0.5, 1: 0.125}, 2000.0, 0.5)


def test_rows_and_columns_stand_in_the_order_of_names() -> None:
    """Whatever order sets have: a choice of each group, conditions by parent, clauses, and pairs by their scopes."""
    groups = [Group(f"g{n}", ("x", "y")) for n in range(8)]
    active = frozenset((f"g{n}", "x") for n in range(8))
    terms = [
        Term("cost", (f"g{n}", f"g{m}"), {(v, w): 1.0 for v in "xy" for w in "xy"})
        for n, m in ((6, 7), (0, 5), (2, 3), (0, 1), (4, 5))
    ]
    clauses = [Clause(frozenset({(f"g{n}", "x")}), frozenset({(f"g{n + 1}", "y")})) for n in (5, 1, 3)]
    encoding = encode(Problem((*groups[::-1], Group("h", ("z",), active)), tuple(clauses), tuple(terms)))
    matrix = encoding.matrix.toarray()
    assert list(encoding.column_of) == [(f"g{n}", v) for n in range(8) for v in "xy"] + [
        ("h", "z"),
        ("h", ABSENT),
    ]
    for n in range(8):  # one of each group; the condition: absent or the parent's variant, not both
        assert np.flatnonzero(matrix[n]).tolist() == [2 * n, 2 * n + 1]
        assert np.flatnonzero(matrix[9 + n]).tolist() == [2 * n, 17]
    assert encoding.upper_rows[:17] == [1.0] * 17
    assert encoding.lower_rows[8:18] == [1.0, *([-inf] * 8), 1.0]
    assert matrix[17, [*range(0, 16, 2), 17]].tolist() == [1.0] * 9
    for row, n in zip(matrix[18:21], (1, 3, 5), strict=True):
        assert (row[2 * n], row[2 * n + 3], np.abs(row).sum()) == (1.0, -1.0, 2.0)
    assert encoding.upper_rows[17:21] == [inf, 0.0, 0.0, 0.0]
    pairs = [np.flatnonzero(matrix[21:, column] > 0) for column in range(18, 38)]
    scopes = [sorted({int(np.flatnonzero(matrix[21 + r] < 0)[0]) // 2 for r in rows}) for rows in pairs]
    assert scopes[::4] == [[0, 1], [0, 5], [2, 3], [4, 5], [6, 7]]


def test_cuts_and_what_is_proven_stand_in_the_order_of_names() -> None:
    groups = tuple(Group(f"g{n}", tuple("xyz")) for n in range(9))
    master = Master(Problem(groups, (), ()))
    narrowed = {f"g{n}": frozenset("yx") for n in range(8, -1, -1)}
    for measure, partial in (
        ("delay", {"g1": "x"}),
        ("cost", narrowed),
        ("delay", {"g0": "y"}),
        ("cost", {"g0": "x"}),
    ):
        master.learn(Cut(measure, partial, 1.0))
    assert [c.measure for c in master.cuts] == ["cost", "cost", "delay", "delay"]
    assert [list(c.partial) for c in master.cuts] == [["g0"], [f"g{n}" for n in range(9)], ["g0"], ["g1"]]
    master.record({f"g{n}": "z" for n in range(8, -1, -1)}, Verdict({"cost": 0.0, "risk": 0.0}))
    assert list(master.proven[0][0]) == [f"g{n}" for n in range(9)]
    assert len(master.cuts) == 4  # no more is known than the tables say


def test_a_problem_in_any_order_is_told_in_the_order_of_names() -> None:
    names = [f"g{n}" for n in range(7)]
    groups = [Group(name, ("y", "z", "x")) for name in names]
    assert groups[0].domain == ("x", "y", "z")
    clauses = [
        Clause(frozenset((n, "x") for n in names[k : k + 3]), frozenset((n, "y") for n in names[j : j + 2]))
        for k in (3, 0, 4, 1)
        for j in (5, 0)
    ]
    wanted = sorted(clauses, key=lambda c: (sorted(c.given), sorted(c.then)))
    terms = [
        Term(m, ("g0",), {(v,): float(n * at) for n, v in enumerate("xyz")})
        for at, m in enumerate("hgfedcba")
    ]
    twice = [Term("a", ("g0",), {(v,): 0.5 - n for n, v in enumerate("xyz")})]
    made = [
        Problem(tuple(groups[::step]), tuple(clauses[::step]), tuple((terms + twice)[::step]))
        for step in (1, -1)
    ]
    assert made[0] == made[1]
    assert list(made[0].clauses) == wanted
    assert made[0].measures == tuple("abcdefgh")
    assert [t.measure for t in made[0].terms] == ["a", *"abcdefgh"]


def test_a_table_has_a_value_for_all_that_may_be_together() -> None:
    """By going through all choices: a cache wherever there is a web front or a side door."""
    groups = (
        Group("front", ("web", "none")),
        Group("side", ("on", "off")),
        Group("cache", ("l", "s"), frozenset({("front", "web"), ("side", "on")})),
    )
    every = list(all_assignments(Problem(groups, (), ())))
    domains = {g.name: g.domain for g in groups}
    for scope in (
        ("cache",),
        ("front", "cache"),
        ("cache", "side"),
        ("front", "side"),
        ("side", "cache", "front"),
    ):
        needed = {tuple(a[g] for g in scope) for a in every}
        # of a part of the conditions alone it can't be told that a cache is one too many
        Problem(groups, (), (Term("cost", scope, dict.fromkeys(needed, 1.0)),))
        for key in product(*(domains[g] for g in scope)):
            table = {k: 1.0 for k in needed if k != key}
            if key in needed:
                with pytest.raises(ProblemError, match="no value for"):
                    Problem(groups, (), (Term("cost", scope, table),))
            else:
                Problem(groups, (), (Term("cost", scope, table),))


def test_an_absent_group_has_no_parts() -> None:
    group = Group("b", ("s", "t"), frozenset({("a", "x")}), {"t": 3})
    assert [group.parts_of(v) for v in ("s", "t", ABSENT)] == [1, 3, 0]
    problem = Problem((PLAIN, group), (), ())
    assert problem.parts({"a": "y", "b": ABSENT}) == 1
    assert problem.parts({"a": "x", "b": "t"}) == 4


@pytest.mark.parametrize("cut", [2.5, 2.4])
def test_up_to_its_tolerance_a_limit_lets_pass_and_a_cut_lifts(cut: float) -> None:
    """A limit of 2 with a tolerance of a half: up to 2.5 passes, and the lower bound of these is proposed."""
    master = Master(Problem((PLAIN,), (), (one(PLAIN, x=0.0, y=2.2),)), {"cost": 0.5})
    assert master.propose_small(Query({"cost": 2.0}, {"a": frozenset("y")})) == {"a": "y"}
    assert master.propose_small(Query({"cost": 1.6}, {"a": frozenset("y")})) is None
    master.learn(Cut("cost", {"a": "x"}, cut))
    assert master.propose("cost", Query({"cost": 2.0})) == {"a": "y"}
    assert master.propose("cost", Query({"cost": 2.0}, {"a": frozenset("x")})) == {"a": "x"}
    assert master.propose("cost", Query({"cost": 1.8}, {"a": frozenset("x")})) is None


def test_cuts_on_two_groups_lift_where_both_are_met_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = (PLAIN, Group("b", ("s", "t")))
    terms = (PRICE, Term("cost", ("b",), {("s",): 0.0, ("t",): 0.5}))
    seen = programs(monkeypatch)
    for value, wanted in ((1.4, "xs"), (1.6, "xt"), (9.0, "xt")):
        master = Master(Problem(groups, (), terms))
        assert master.propose("cost", Query()) == {"a": "x", "b": "s"}
        assert seen[-1][0][-1] == 0.0  # no level without a cut
        master.learn(Cut("cost", {"a": "x", "b": "s"}, value))
        master.learn(Cut("delay", {"a": "x", "b": "t"}, 50.0))  # says nothing of the cost
        assert master.propose("cost", Query()) == dict(zip("ab", wanted, strict=True))
        assert seen[-1][0][-1] == 1.0
    # what is below the least of the tables lifts nothing
    master = Master(Problem(groups, (), terms))
    master.learn(Cut("cost", {"a": "y", "b": "t"}, 0.0))
    assert master.propose("cost", Query()) == {"a": "x", "b": "s"}
    master.learn(Cut("cost", {"a": "x"}, inf))
    assert master.propose("cost", Query()) == {"a": "y", "b": "s"}


def test_cuts_alone_order_a_measure_without_a_table() -> None:
    for lifted in ((0.9, 0.3, 0.6), (0.3, 0.9, 0.6), (0.6, 0.9, 0.3)):
        master = Master(Problem((Group("a", tuple("xyz")),), (), ()))
        for variant, value in zip("xyz", lifted, strict=True):
            master.learn(Cut("delay", {"a": variant}, value))
        assert master.propose("delay", Query()) == {"a": "xyz"[lifted.index(0.3)]}


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_the_least_is_found_on_any_scale(scale: float) -> None:
    for first, second in ((1.0, 2.0), (2.0, 1.0)):
        master = Master(Problem((PLAIN,), (), (one(PLAIN, x=first * scale, y=second * scale),)))
        assert master.propose("cost", Query()) == {"a": "x" if first < second else "y"}


def test_a_tolerance_is_a_billionth_of_what_the_terms_may_add_up_to() -> None:
    b = Group("b", ("s", "t"))
    terms = (PRICE, Term("cost", ("b",), {("s",): -998.0, ("t",): 5.0}))
    master = Master(Problem((PLAIN, b), (), terms), {"delay": 0.25})
    assert master.tolerance("cost") == pytest.approx(1e-6, rel=1e-12)
    assert master.tolerance("delay") == 0.25
    assert master.tolerance("unheard of") == 1e-12


@pytest.mark.parametrize(("claimed", "slack"), [(1e12, 1000.0), (1.0, 1e-9)])
def test_what_is_off_by_a_billionth_denies_nothing(claimed: float, slack: float) -> None:
    """Of a measure without a table, whose tolerance is next to nothing."""
    master = Master(Problem((PLAIN,), (), (PRICE,)))
    master.learn(Cut("delay", {"a": "x"}, claimed))
    master.record({"a": "x"}, Verdict({"delay": claimed - 0.5 * slack}))
    assert master.verdict({"a": "x"}) == {"delay": claimed - 0.5 * slack}
    assert master.verdict({"a": "y"}) is None
    other = Master(Problem((PLAIN,), (), (PRICE,)))
    other.learn(Cut("delay", {"a": "x"}, claimed))
    with pytest.raises(UnsoundBound, match="make the table or the cut a true lower bound"):
        other.record({"a": "x"}, Verdict({"delay": claimed - 1.5 * slack}))


def test_the_stronger_of_two_cuts_stays_and_says_nothing_of_others() -> None:
    groups = (PLAIN, Group("b", ("s", "t", "u")))
    for values in ((3.0, 5.0), (5.0, 3.0)):
        master = Master(Problem(groups, (), (PRICE,)))
        for value in values:
            master.learn(Cut("cost", {"b": frozenset("st")}, value))
        assert [c.at_least for c in master.cuts] == [5.0]
        bounds = {(a, b): master.bound("cost", {"a": a, "b": b}) for a in "xy" for b in "stu"}
        assert bounds == {
            ("x", "s"): 5.0,
            ("x", "t"): 5.0,
            ("x", "u"): 1.0,
            ("y", "s"): 5.0,
            ("y", "t"): 5.0,
            ("y", "u"): 2.0,
        }
        assert master.bound("delay", {"a": "x", "b": "s"}) == 0.0
        assert master.propose("cost", Query()) == {"a": "x", "b": "u"}
        assert master.propose("cost", Query(within={"b": frozenset("st"), "a": frozenset("y")})) in (
            {"a": "y", "b": "s"},
            {"a": "y", "b": "t"},
        )
        # a cut counts for a limit up to the tolerance, and an infinite one for each
        assert master.propose_small(Query({"cost": 5.0}, {"b": frozenset("st")})) is not None
        solves = master.solves
        assert master.propose_small(Query({"cost": 4.99}, {"b": frozenset("st")})) is None
        assert master.solves == solves + 1  # it is known beforehand
        master.learn(Cut("cost", {"b": "t"}, inf))
        found = master.propose_small(Query({"cost": inf}, {"b": frozenset("st")}))
        assert found is not None
        assert found["b"] == "s"
        assert master.propose_small(Query({"cost": inf}, {"b": frozenset("t")})) is None


@pytest.mark.parametrize("below", [2.0, 1.0, 0.5])
def test_nothing_is_proposed_that_is_known_to_exceed_what_was_reached(below: float) -> None:
    """Tables say 1 and 2; a cut lifts the first to 1.5."""
    master = Master(Problem((PLAIN,), (), (PRICE,)))
    plain = {"a": "x"} if below >= 1.0 else None
    assert master.propose("cost", Query(), below=below) == plain
    assert master.propose("cost", Query({"cost": below})) == plain
    master.learn(Cut("cost", {"a": "x"}, 1.5))
    lifted = {"a": "x"} if below >= 1.5 else None
    assert master.propose("cost", Query(), below=below) == lifted
    assert master.propose("cost", Query({"cost": below}), below=9.0) == lifted
    master.learn(Cut("cost", {"a": "x"}, 2.5))
    assert master.propose("cost", Query({"cost": 9.0})) == {"a": "y"}
    # the level at the limit itself counts still
    assert master.propose("cost", Query({"cost": 2.5}, {"a": frozenset("x")})) == {"a": "x"}
    assert master.propose("cost", Query({"cost": 2.4}, {"a": frozenset("x")})) is None


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_cuts_lift_an_objective_on_any_scale(scale: float) -> None:
    """By tables 1 to 4 (from below zero too); of each variant it turns out later what it is at least."""
    names = tuple("pqrs")
    for start in (0.0, -10.0):
        table = {(v,): (start + 1.0 + n) * scale for n, v in enumerate(names)}
        master = Master(Problem((Group("a", names),), (), (Term("cost", ("a",), table),)))
        lifted = {"p": 7.0, "q": 2.5, "r": 2.75, "s": 3.9}
        order: list[str] = []
        while True:
            found = master.propose("cost", Query())
            assert found is not None
            order.append(found["a"])
            if len(order) > 1 and order[-1] == order[-2]:
                break
            master.learn(Cut("cost", found, (start + lifted[found["a"]]) * scale))
        # p (1), then q (2), which is 2.5 and still below r (3) as the table has it
        assert order == ["p", "q", "q"]


def test_nearest_is_by_the_number_of_groups_that_differ() -> None:
    groups = (*(Group(name, ("x", "y", "z")) for name in "abc"), Group("d", ("s",), frozenset({("a", "z")})))
    clauses = (Clause(frozenset({("a", "x"), ("b", "x")})), Clause(frozenset({("b", "y")})))
    master = Master(Problem(groups, clauses, ()))
    near = {"a": "x", "b": "x", "c": "z", "d": ABSENT}
    found = master.propose_nearest(Query(), near)
    assert found in ({**near, "a": "y"}, {**near, "b": "z"})
    assert master.propose_nearest(Query(within={"b": frozenset("z")}), near) == {**near, "b": "z"}
    both = Query(within={"a": frozenset("z"), "b": frozenset("x")})
    assert master.propose_nearest(both, near) == {**near, "a": "z", "d": "s"}
    beside = Query(within={"c": frozenset("zy")}).beside(near, {**near, "b": "z"})
    assert beside.within == {
        "a": frozenset("x"),
        "c": frozenset("z"),
        "d": frozenset({ABSENT}),
    }
    assert beside.allows({**near, "b": "y"})
    assert not beside.allows({**near, "c": "y"})
    assert not beside.allows({**near, "a": "y", "c": "x"})
    with pytest.raises(KeyError):
        beside.allows({"a": "x"})


def test_below_zero_a_billionth_is_one_of_the_size() -> None:
    """A table that promises -1e12 and a tolerance of next to nothing."""
    low = one(PLAIN, x=-1e12, y=0.0)
    for value, sound in ((-1e12 - 500.0, True), (-1e12 - 1500.0, False)):
        master = Master(Problem((PLAIN,), (), (low,)), {"cost": 1e-12})
        if sound:
            master.record({"a": "x"}, Verdict({"cost": value}))
        else:
            with pytest.raises(UnsoundBound):
                master.record({"a": "x"}, Verdict({"cost": value}))


def test_a_condition_holds_both_ways() -> None:
    """A cache wherever there is a web front or an api, and nowhere else, whatever is cheap."""
    groups = (
        Group("front", ("api", "none", "web")),
        Group("side", ("off", "on")),
        Group("cache", ("l", "s"), frozenset({("front", "web"), ("front", "api"), ("side", "on")})),
    )
    for sign in (1.0, -1.0):
        cache = Term("cost", ("cache",), {("l",): 2.0 * sign, ("s",): 1.0 * sign, (ABSENT,): 0.0})
        master = Master(Problem(groups, (), (cache,)))
        for front, side in product(("api", "none", "web"), ("off", "on")):
            active = front != "none" or side == "on"
            within = {"front": frozenset({front}), "side": frozenset({side})}
            found = master.propose("cost", Query(within=within))
            wanted = ("s" if sign > 0 else "l") if active else ABSENT
            assert found == {"front": front, "side": side, "cache": wanted}


def test_a_limit_that_slips_within_the_solver_is_kept_all_the_same() -> None:
    """HiGHS lets a row slip by 1e-9 of the largest entry; the tolerance of the measure is as much again."""
    cost, delay = one(PLAIN, x=1.0 + 1.5e-9, y=0.5), Term("delay", ("a",), {("x",): 0.0, ("y",): 1.0})
    master = Master(Problem((PLAIN,), (), (cost, delay)))
    assert master.propose("delay", Query({"cost": 1.0})) == {"a": "y"}
    assert master.propose("delay", Query({"cost": 1.0 + 1e-9})) == {"a": "x"}


@pytest.mark.parametrize("limit", [1e7, -1e7])
def test_a_limit_far_beyond_all_tables_costs_no_row(monkeypatch: pytest.MonkeyPatch, limit: float) -> None:
    """Scaled, it would be more than HiGHS takes for a finite number of use."""
    seen = programs(monkeypatch)
    master = Master(Problem((PLAIN,), (), (PRICE,)))
    assert (master.propose_small(Query({"cost": limit})) is not None) == (limit > 0)
    assert seen[0][2][1:] == []
    assert master.propose_small(Query({"cost": limit / 1e2})) == (None if limit < 0 else {"a": "x"})


def test_a_settled_tie_that_slips_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS's second answer is turned round: the first number said v00 everywhere."""
    names = tuple(f"v{n:02d}" for n in range(40))
    master = Master(Problem(tuple(Group(name, names) for name in "abc"), (), ()))
    milp, calls = scipy.optimize.milp, [0]

    def turned(*args: Any, **rest: Any) -> Any:
        found = milp(*args, **rest)
        calls[0] += 1
        if calls[0] == 2:
            found.x = np.concatenate((np.roll(found.x[:40], 1), found.x[40:]))
        return found

    monkeypatch.setattr(scipy.optimize, "milp", turned)
    with pytest.raises(SolverFailure, match="HiGHS let a settled tie slip"):
        master.propose_simplest(Query())


def test_a_solution_that_breaks_what_it_was_given_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS's answer turned round: both variants of a group, or none."""
    master = Master(Problem((PLAIN, Group("b", ("s", "t"))), (), (PRICE,)))
    milp = scipy.optimize.milp

    def turned(*args: Any, **rest: Any) -> Any:
        found = milp(*args, **rest)
        found.x = np.zeros_like(found.x)
        return found

    monkeypatch.setattr(scipy.optimize, "milp", turned)
    with pytest.raises(SolverFailure, match="inconsistent choice: group a takes None"):
        master.propose("cost", Query())


def test_a_limit_is_a_row_of_the_program_and_limits_stand_in_name_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """x has more parts and keeps the limit: it is found at once, whatever order the limits are told in."""
    seen = programs(monkeypatch)
    group = Group("a", ("x", "y"), parts={"x": 2})
    terms = (one(group, x=1.0, y=2.0), Term("risk", ("a",), {("x",): 0.5, ("y",): 0.25}))
    master = Master(Problem((group,), (), terms))
    assert master.propose_small(Query({"cost": 1.5, "risk": 1.0})) == {"a": "x"}
    assert master.propose_small(Query({"risk": 1.0, "cost": 1.5})) == {"a": "x"}
    assert master.solves == len(seen) == 2
    assert seen[0] == seen[1]


def test_what_is_within_the_tolerance_of_a_promise_denies_nothing() -> None:
    for value, sound in ((1.6, True), (1.4, False)):
        master = Master(Problem((PLAIN,), (), (one(PLAIN, x=2.0, y=2.0),)), {"cost": 0.5})
        if sound:
            master.record({"a": "x"}, Verdict({"cost": value}))
        else:
            with pytest.raises(UnsoundBound):
                master.record({"a": "x"}, Verdict({"cost": value}))


def test_a_choice_that_is_lost_while_ties_are_broken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS's second answer is that there is none (status 2)."""
    names = tuple(f"v{n:02d}" for n in range(40))
    master = Master(Problem(tuple(Group(name, names) for name in "abc"), (), ()))
    milp, calls = scipy.optimize.milp, [0]

    def lost(*args: Any, **rest: Any) -> Any:
        found = milp(*args, **rest)
        calls[0] += 1
        if calls[0] == 2:
            found.status = 2
        return found

    monkeypatch.setattr(scipy.optimize, "milp", lost)
    with pytest.raises(SolverFailure, match="was lost while breaking ties"):
        master.propose_simplest(Query())


def test_the_last_digit_of_a_full_number_weighs_less_than_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five digits of ten: where the fourth is nought the fifth is six at least; that comes before one and nought."""
    names = tuple(f"v{n}" for n in range(10))
    groups = tuple(Group(name, names, parts=dict.fromkeys(names, 0)) for name in "abcde")
    clause = Clause(frozenset({("d", "v0")}), frozenset(("e", v) for v in names[6:]))
    found = Master(Problem(groups, (clause,), ())).propose_simplest(Query())
    assert found == {"a": "v0", "b": "v0", "c": "v0", "d": "v0", "e": "v6"}
    seen = programs(monkeypatch)
    many = Group("a", ("x", "y"), parts={"x": 1000, "y": 1})
    assert Master(Problem((many, Group("b", names)), (), ())).propose_simplest(Query()) == {
        "a": "y",
        "b": "v0",
    }
    assert all(max(cost) <= 100_000 for cost, _, _ in seen)
