"""Small choice problems whose answers, fronts and conflicts are worked out by hand, and what is told of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from math import inf
from typing import Any

import pytest

from groma.solvers.optimisation import (
    ABSENT,
    Assignment,
    Bound,
    Clause,
    Cut,
    Found,
    Group,
    Master,
    Problem,
    ProblemError,
    Record,
    Stopped,
    Term,
    Verdict,
    best,
    by_tables,
    conflict,
    meeting,
    walk_front,
)
from groma.solvers.optimisation.master import FEW
from groma.solvers.optimisation.quiet import quiet
from solvers.choice_problems import PLAIN, PRICE, one


@pytest.fixture(autouse=True, params=[0, FEW], ids=["programs", "few tried"])
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a program for each question, and with few assignments tried one by one."""
    monkeypatch.setattr("groma.solvers.optimisation.master.FEW", request.param)


def test_what_was_proven_outside_of_what_is_asked_for_is_no_answer() -> None:
    """x is proven first; asked for y, or for a lower cost, it isn't it."""
    groups = (PLAIN, Group("b", ("s", "t")))
    master = Master(Problem(groups, (), (PRICE, Term("risk", ("b",), {("s",): 1.0, ("t",): 3.0}))))
    first = meeting(master, by_tables(master), [Bound("cost", 5.0)])
    assert first is not None
    assert (first.assignment, first.bounds, first.settled) == ({"a": "x", "b": "s"}, {}, True)
    record = Record()
    again = meeting(master, by_tables(master), [Bound("cost", 5.0)], record=record)
    assert again is not None
    assert (again.assignment, record.proofs) == (first.assignment, 0)
    assert record.log == ["a = x, b = s keeps cost <= 5"]
    within = {"a": frozenset("x"), "b": frozenset("t")}
    for account, proofs in ((record, 1), (record, 1)):
        found = meeting(master, by_tables(master), [Bound("cost", 5.0)], within, account)
        assert found is not None
        assert (found.assignment, account.proofs) == ({"a": "x", "b": "t"}, proofs)
    assert meeting(master, by_tables(master), [Bound("risk", 2.0)], within, record) is None
    assert record.log[-1] == "nothing keeps risk <= 2"
    assert meeting(master, by_tables(master), [Bound("risk", inf)], within, record) is not None
    assert record.log[-1] == "a = x, b = t keeps no limit"
    with pytest.raises(Stopped, match="stopped by the caller before the proof was complete"):
        meeting(master, by_tables(master), [], {"a": frozenset("y")}, Record(lambda: True))


def test_a_proposal_that_breaks_a_need_in_truth_is_followed_by_another() -> None:
    """Nothing is tabled of the delay: x has too much of it, y has little enough."""
    master = Master(Problem((PLAIN,), (), (PRICE,)))

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        return Verdict(
            {
                "cost": 0.0 + (2.0 if assignment["a"] == "y" else 1.0),
                "delay": 9.0 if assignment["a"] == "x" else 3.0,
            }
        )

    record = Record()
    found = meeting(master, oracle, [Bound("delay", 5.0)], record=record)
    assert found is not None
    assert (found.assignment, record.proofs) == ({"a": "y"}, 2)
    record = Record()
    found = best(
        Master(master.problem), ["cost"], oracle, [Bound("delay", 5.0), Bound("delay", 7.0)], record=record
    )
    assert found is not None
    assert (found.assignment, found.values, found.bounds) == (
        {"a": "y"},
        {"cost": 2.0, "delay": 3.0},
        {"cost": 2.0},
    )
    assert record.log == [
        "cost: bound 1, best inf; tried a = x: cost 1, breaks delay",
        "cost: bound 2, best inf; tried a = y: cost 2",
        "cost: 2 is the least under delay <= 5",
    ]
    nothing = best(Master(master.problem), ["cost"], oracle, [Bound("delay", 2.0)], record=record)
    assert nothing is None
    assert record.log[-1] == "cost: nothing keeps delay <= 2"


def test_objectives_are_settled_one_after_the_other() -> None:
    """Of nine choices those of least cost, of these the least delay, of these the least risk."""
    groups = (Group("a", tuple("xyz")), Group("b", tuple("xyz")))
    terms = (
        Term("cost", ("a",), {("x",): 2.0, ("y",): 1.0, ("z",): 1.0}),
        Term(
            "delay",
            ("a", "b"),
            {(a, b): float((a, b) not in (("y", "z"), ("z", "x"), ("x", "y"))) for a in "xyz" for b in "xyz"},
        ),
        Term("risk", ("b",), {("x",): 3.0, ("y",): 0.0, ("z",): 4.0}),
    )
    master = Master(Problem(groups, (), terms))
    found = best(master, ["cost", "delay", "risk"], by_tables(master))
    assert found is not None
    assert (found.assignment, found.bounds) == (
        {"a": "z", "b": "x"},
        {"cost": 1.0, "delay": 0.0, "risk": 3.0},
    )
    found = best(master, ["cost", "risk", "delay"], by_tables(master), [Bound("risk", 3.5)])
    assert found is not None
    assert (found.assignment, found.bounds) == (
        {"a": "y", "b": "y"},
        {"cost": 1.0, "risk": 0.0, "delay": 1.0},
    )


def test_a_later_objective_that_no_choice_has_is_passed_over() -> None:
    master = Master(Problem((PLAIN,), (), (PRICE,)))

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        return Verdict({"cost": 1.0 if assignment["a"] == "x" else 2.0, "delay": inf, "risk": 0.0})

    found = best(master, ["cost", "delay"], oracle)
    assert found is not None
    assert (found.assignment, found.bounds) == ({"a": "x"}, {"cost": 1.0, "delay": inf})
    found = best(Master(master.problem), ["risk", "delay", "cost"], oracle)
    assert found is not None
    assert (found.assignment, found.bounds) == ({"a": "x"}, {"risk": 0.0, "delay": inf, "cost": 1.0})
    assert best(Master(master.problem), ["delay", "cost"], oracle) is None


def test_stopped_at_each_point_it_says_what_is_proven() -> None:
    """Two objectives and the tie at the end: after each call of the oracle the search is stopped once."""
    groups = (PLAIN, Group("b", ("s", "t")))
    problem = Problem(groups, (), (PRICE,))
    delays = {("x", "s"): 9.0, ("x", "t"): 4.0, ("y", "s"): 1.0, ("y", "t"): 1.0}

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        return Verdict(
            {
                "cost": 1.0 if assignment["a"] == "x" else 2.0,
                "delay": delays[assignment["a"], assignment["b"]],
            }
        )

    known: list[tuple[Any, Any]] = []
    for calls in range(4):
        left = [calls]

        def stop(left: list[int] = left) -> bool:
            left[0] -= 1
            return left[0] < 0

        try:
            found = best(Master(problem), ["cost", "delay"], oracle, record=Record(stop))
        except Stopped as stopped:
            known.append(
                (stopped.found and (dict(stopped.found.values), stopped.found.settled), dict(stopped.bounds))
            )
        else:
            assert found is not None
            assert (found.assignment, found.values) == ({"a": "x", "b": "t"}, {"cost": 1.0, "delay": 4.0})
            break
    assert known == [
        (None, {"cost": 1.0}),
        (({"cost": 1.0, "delay": 9.0}, False), {"cost": 1.0, "delay": 0.0}),
    ]


POINTS = {
    "a": (0.0, 9.0),
    "b": (1.0, 8.0),
    "c": (2.0, 8.0),
    "d": (3.0, 7.0),
    "e": (4.0, 5.0),
    "f": (5.0, 4.0),
    "g": (6.0, 6.0),
}
"""Cost and delay."""


def seven() -> Master:
    terms = [Term(m, ("v",), {(v,): POINTS[v][at] for v in POINTS}) for at, m in enumerate(("cost", "delay"))]
    return Master(Problem((Group("v", tuple(POINTS)),), (), tuple(terms)))


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        (None, "abdef"),
        ({"delay": 2.5}, "ae"),
        ({"delay": 1.0}, "abdef"),
        ({"delay": 1.5, "cost": 9.0}, "ade"),
    ],
)
def test_each_point_of_a_front_is_told_once_and_no_step_is_missed(
    steps: dict[str, float] | None, wanted: str
) -> None:
    """Those that nothing beats; with steps those that are far enough below."""
    told: list[Found] = []
    master = seven()
    front = walk_front(master, "cost", ["delay"], by_tables(master), steps=steps, told=told.append)
    assert list(front.points) == told
    assert "".join(p.assignment["v"] for p in told) == wanted
    assert (front.complete, front.open, front.open_bounds, front.proofs) == (True, None, {}, len(wanted))
    assert front.solves == master.solves > 0


def test_a_front_is_within_what_is_asked_for_and_of_what_is_known_nothing_is_proven_again() -> None:
    master = seven()
    walk_front(master, "cost", ["delay"], by_tables(master))
    before = master.solves
    bounds, within = [Bound("cost", 4.0), Bound("delay", 8.5)], {"v": frozenset("acdef")}
    kept = walk_front(master, "cost", ["delay"], by_tables(master), bounds, within)
    assert [p.assignment["v"] for p in kept.points] == list("cde")
    assert kept.proofs == 1  # c alone is new: b beat it
    assert kept.solves == master.solves - before > 0
    assert kept.log[-1] == "cost: nothing keeps cost <= 4, delay <= 5"


def test_a_stopped_walk_says_what_was_being_sought() -> None:
    """Tables say half of the cost: b is proven before a, and the walk is stopped at what comes next."""
    truth = {"a": (6.0, 3.0), "b": (4.0, 5.0), "c": (5.0, 4.0)}
    table = {(v,): cost / 2.0 for v, (cost, _) in truth.items()}
    problem = Problem((Group("v", tuple("abc")),), (), (Term("cost", ("v",), table),))

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        cost, delay = truth[assignment["v"]]
        return Verdict({"cost": cost, "delay": delay}, (Cut("delay", assignment, delay),))

    seen = []
    for calls in range(4):
        left = [calls]

        def stop(left: list[int] = left) -> bool:
            left[0] -= 1
            return left[0] < 0

        front = walk_front(Master(problem), "cost", ["delay"], oracle, stop=stop)
        sought = front.open and front.open.assignment["v"]
        seen.append(
            (front.complete, [p.assignment["v"] for p in front.points], sought, dict(front.open_bounds))
        )
    assert seen == [
        (False, [], None, {"cost": 2.0}),
        (False, [], "b", {"cost": 2.5}),
        (False, [], "b", {"cost": 3.0}),
        (True, ["b", "c", "a"], None, {}),
    ]


def test_points_are_told_by_their_values_whenever_they_were_found() -> None:
    points = {"a": (1.0, 3.0, 3.0), "b": (5.0, 1.0, 3.0), "c": (3.0, 3.0, 1.0)}
    names = ("cost", "delay", "risk")
    terms = tuple(Term(m, ("v",), {(v,): points[v][at] for v in points}) for at, m in enumerate(names))
    master = Master(Problem((Group("v", tuple("abc")),), (), terms))
    told: list[Found] = []
    front = walk_front(master, "cost", ["delay", "risk"], by_tables(master), told=told.append)
    assert [p.assignment["v"] for p in told] == ["a", "b", "c"]
    assert [p.assignment["v"] for p in front.points] == ["a", "c", "b"]


def test_of_what_is_equally_good_the_first_that_keeps_its_promise_is_taken() -> None:
    """All three cost the same; r is known, p is too slow in truth, q isn't."""
    delays = {"p": 9.0, "q": 3.0, "r": 3.0}
    master = Master(
        Problem((Group("v", tuple("pqr")),), (), (Term("cost", ("v",), {(v,): 1.0 for v in "pqr"}),))
    )

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        return Verdict({"cost": 1.0, "delay": delays[assignment["v"]], "risk": 7.0})

    limits = [Bound("risk", 8.0), Bound("delay", 5.0)]
    assert meeting(master, oracle, limits, {"v": frozenset("r")}) is not None
    record = Record()
    found = best(master, ["cost"], oracle, limits, record=record)
    assert found is not None
    assert (found.assignment, found.values["delay"], record.proofs) == ({"v": "q"}, 3.0, 2)
    assert record.log == [
        "cost: 1 is the least under delay <= 5, risk <= 8",
        "tie: v = p doesn't hold what its tables promise",
    ]
    record = Record()
    assert (
        best(
            Master(master.problem), ["cost"], oracle, [Bound("risk", 1.0), Bound("delay", 1.0)], record=record
        )
        is None
    )
    assert all(line.endswith(", breaks delay, risk") for line in record.log[:-1])


def test_of_what_is_known_and_equally_good_the_first_by_name_is_held() -> None:
    """y was proven before x; z, of which more is hoped, isn't proven as the search is stopped."""
    master = Master(
        Problem((Group("v", tuple("xyz")),), (), (Term("cost", ("v",), {(v,): 0.0 for v in "xyz"}),))
    )

    def oracle(_: Assignment, __: Mapping[str, float]) -> Verdict:
        return Verdict({"cost": 1.0})

    for variant in "yx":
        assert meeting(master, oracle, [], {"v": frozenset(variant)}) is not None
    with pytest.raises(Stopped) as stopped:
        best(master, ["cost"], oracle, record=Record(lambda: True))
    assert stopped.value.found is not None
    assert stopped.value.found.assignment == {"v": "x"}


def test_what_is_within_the_tolerance_of_the_bound_is_the_least() -> None:
    """Tables say 0.95 and 0.97, in truth it is 1.0 and 0.98: with a tolerance of a tenth nobody looks at the second."""
    for tolerance, proofs in ((0.1, 1), (0.01, 2)):
        table = Term("cost", ("v",), {("x",): 0.95, ("y",): 0.97})
        master = Master(Problem((Group("v", ("x", "y"), parts={"y": 2}),), (), (table,)), {"cost": tolerance})
        record = Record()
        truth = {"x": 1.0, "y": 0.98}
        found = best(master, ["cost"], lambda a, _, t=truth: Verdict({"cost": t[a["v"]]}), record=record)
        assert found is not None
        assert (found.assignment["v"], record.proofs) == ("xy"[proofs - 1], proofs)


def test_no_more_conflicts_are_told_than_five_and_in_the_order_of_names() -> None:
    names = [f"m{n}" for n in range(10)]
    alone = Problem((Group("v", ("x",)),), (), tuple(Term(m, ("v",), {("x",): 1.0}) for m in names[:6]))
    master = Master(alone)
    found = conflict(master, [Bound(m, 0.5) for m in names[:6]], by_tables(master))
    assert ([s[0].measure for s in found.sets], found.complete) == (names[:5], False)
    # p breaks the second need, q the ninth, nothing else is ever broken
    terms = [Term(m, ("v",), {("p",): float(m == "m1"), ("q",): float(m == "m8")}) for m in names]
    master = Master(Problem((Group("v", ("p", "q")),), (), tuple(terms)))
    found = conflict(master, [Bound(m, 0.5) for m in reversed(names)], by_tables(master))
    assert [[b.measure for b in s] for s in found.sets] == [["m1", "m8"]]
    assert [r.at_most for r in found.relaxations] == [None, 1.0, *([None] * 6), 1.0, None]
    assert found.complete


def test_what_python_held_back_is_written_before_it_is_quiet(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(1, "w", encoding="utf-8", closefd=False) as buffered:
        monkeypatch.setattr(sys, "stdout", buffered)
        print("before")
        with quiet():
            print("noise")
            buffered.flush()
        print("after")
    monkeypatch.setattr(sys, "stdout", None)
    with quiet():
        pass
    assert capfd.readouterr().out == "before\nafter\n"


@pytest.mark.parametrize("far", [1e6, -1e6, 1e9, -1e9])
def test_a_front_ends_where_values_are_large_and_no_table_says_so(far: float) -> None:
    """Below a value by less than its last digit is no progress."""
    master = Master(Problem((PLAIN,), (), (PRICE,)))

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        more = 0.0 if assignment["a"] == "y" else 1.0
        value = far + more
        return Verdict(
            {"cost": 2.0 - more, "delay": value}, (Cut("delay", assignment, value),) if value > 0.0 else ()
        )

    if far < 0.0:  # tables say nothing, so zero is the least: a table below it is needed
        master = Master(
            Problem((PLAIN,), (), (PRICE, Term("delay", ("a",), {("x",): 2 * far, ("y",): 2 * far}))),
            {"delay": 1e-12},
        )
    front = walk_front(master, "cost", ["delay"], oracle)
    assert [p.values["delay"] for p in front.points] == [far + 1.0, far]


def test_the_front_of_three_is_told_once_each_and_solved_once_for_each_limit() -> None:
    """Corners of a cube, 1 or 3 each, of which three are beaten by nothing, and its middle, 2."""
    corners = {"011": (3.0, 1.0, 1.0), "101": (1.0, 3.0, 1.0), "110": (1.0, 1.0, 3.0), "111": (2.0, 2.0, 2.0)}
    terms = tuple(
        Term(m, ("v",), {(v,): values[at] for v, values in corners.items()})
        for at, m in enumerate(("cost", "delay", "risk"))
    )
    master = Master(Problem((Group("v", tuple(corners)),), (), terms))
    told: list[str] = []
    front = walk_front(
        master,
        "cost",
        ["delay", "risk"],
        by_tables(master),
        told=lambda p: told.append(p.assignment["v"]),
    )
    assert told == ["110", "101", "111", "011"]
    assert [p.assignment["v"] for p in front.points] == ["110", "101", "111", "011"]
    # with the risk below 3 and then below 2: 101 and "none" are known from before, 011 is found once more
    ends = [line for line in front.log if line.startswith("cost: ") and "tried" not in line]
    assert [line.split(" under ")[0] for line in ends if "least" in line] == [
        f"cost: {least} is the least" for least in (1, 1, 2, 3, 3)
    ]
    assert sum("nothing keeps" in line for line in ends) == 2


def test_needs_that_one_choice_meets_are_looked_at_once() -> None:
    names = ("cost", "delay", "risk")
    groups = (Group("v", tuple("pqr")),)
    values = {"p": (1.0, 5.0, 5.0), "q": (5.0, 1.0, 5.0), "r": (5.0, 5.0, 1.0)}
    terms = tuple(Term(n, ("v",), {(v,): values[v][at] for v in "pqr"}) for at, n in enumerate(names))
    master = Master(Problem(groups, (), terms))
    easy = conflict(master, [Bound(n, 5.0) for n in reversed(names)], by_tables(master))
    assert (easy.sets, easy.complete, easy.relaxations, easy.proofs) == ((), True, (), 1)
    assert [line.split(" keeps ")[1] for line in easy.log] == ["no limit"]
    # each two exclude each other: three conflicts, and no need alone is to blame
    hard = conflict(master, [Bound(n, 2.0) for n in reversed(names)], by_tables(master))
    assert [[b.measure for b in s] for s in hard.sets] == [
        ["cost", "delay"],
        ["cost", "risk"],
        ["delay", "risk"],
    ]
    assert [(r.need.measure, r.found, r.at_most) for r in hard.relaxations] == [
        (n, None, None) for n in names
    ]
    assert hard.complete
    # nothing was sought for relaxations
    assert all(line.startswith(("v = ", "nothing keeps ")) for line in hard.log)
    # the first two exclude each other, the third is met with either: two relaxations help
    some = conflict(master, [Bound("cost", 2.0), Bound("delay", 2.0), Bound("risk", 5.0)], by_tables(master))
    assert [[b.measure for b in s] for s in some.sets] == [["cost", "delay"]]
    assert [r.at_most for r in some.relaxations] == [5.0, 5.0, None]
    only = conflict(
        master, [Bound("cost", 2.0), Bound("delay", 2.0)], by_tables(master), {"v": frozenset("p")}
    )
    assert [[b.measure for b in s] for s in only.sets] == [["delay"]]
    assert [r.at_most for r in only.relaxations] == [None, 5.0]


def test_faults_of_groups_and_scopes_are_told_one_by_one() -> None:
    for groups, terms, told in (
        ((PLAIN, PLAIN), (), "group a is given twice"),
        ((Group("a", ()),), (), "group a: expected distinct variants other than 'absent', found ()"),
        (
            (Group("a", ("x", ABSENT)),),
            (),
            "group a: expected distinct variants other than 'absent', found ('x', 'absent')",
        ),
        (
            (PLAIN,),
            (Term("cost", (), {(): 1.0}),),
            "term of cost over : expected distinct groups of the problem",
        ),
        (
            (PLAIN,),
            (Term("cost", ("a", "a"), {}),),
            "term of cost over a, a: expected distinct groups of the problem",
        ),
        ((PLAIN,), (one(PLAIN, x=1.0),), "term of cost over a: no value for ('y',)"),
        (
            (Group("a", tuple("xyz")),),
            (one(PLAIN, x=1.0),),
            "term of cost over a: no value for ('y',) and 1 more",
        ),
        ((PLAIN,), (one(PLAIN, x=float("nan"), y=1.0),), "term of cost over a: expected numbers or +inf"),
    ):
        with pytest.raises(ProblemError) as error:
            Problem(groups, (), terms)
        assert str(error.value) == told
    strange = frozenset((name, "x") for name in "hgfedcb")
    with pytest.raises(ProblemError) as error:
        Problem((PLAIN,), (Clause(strange),), ())
    assert str(error.value) == "clause: no variant 'x' of a group 'b'"
    with pytest.raises(ProblemError, match="clause: no variant 'x' of a group 'q'"):
        Problem((PLAIN,), (Clause(frozenset({("a", "x")}), frozenset({("q", "x")})),), ())


def test_of_what_was_proven_before_the_best_is_where_a_search_starts() -> None:
    """All three are proven by a walk over another measure; then nothing has to be proven any more."""
    names = tuple("pqr")
    costs, delays = {"p": 3.0, "q": 1.0, "r": 1.0}, {"p": 1.0, "q": 2.0, "r": inf}
    master = Master(Problem((Group("v", names),), (), ()))
    asked: list[str] = []

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        asked.append(assignment["v"])
        return Verdict({"cost": costs[assignment["v"]], "delay": delays[assignment["v"]]})

    for name in names:
        assert meeting(master, oracle, [], {"v": frozenset(name)}) is not None
    assert asked == list(names)
    for objective, within, wanted in (
        ("cost", "pqr", "q"),
        ("cost", "pr", "r"),
        ("delay", "pqr", "p"),
        ("delay", "qr", "q"),
    ):
        record = Record()
        found = best(master, [objective], oracle, within={"v": frozenset(within)}, record=record)
        assert found is not None
        assert (found.assignment["v"], record.proofs) == (wanted, 0)
        value = found.values[objective]
        assert record.log == [f"{objective}: {value:g} is the least under no limit"]
    assert best(master, ["delay"], oracle, within={"v": frozenset("r")}) is None


def test_of_the_cheapest_the_nearest_is_found_and_only_what_differs_stays_open() -> None:
    """All of the first group cost the same; z is where we are, and b has to change."""
    groups = (Group("a", tuple("xyz")), Group("b", ("s", "t")))
    terms = (
        Term("cost", ("b",), {("s",): 1.0, ("t",): 2.0}),
        Term("delay", ("a",), {("x",): 1.0, ("y",): 2.0, ("z",): 3.0}),
    )
    for near, wanted in (({"a": "z", "b": "t"}, "z"), ({"a": "y", "b": "s"}, "y"), (None, "x")):
        master = Master(Problem(groups, (), terms))
        found = best(master, ["cost", "delay"], by_tables(master), near=near)
        assert found is not None
        assert found.assignment == {"a": wanted, "b": "s"}
        assert found.bounds == {"cost": 1.0, "delay": {"x": 1.0, "y": 2.0, "z": 3.0}[wanted]}


def test_what_is_cheapest_and_can_not_be_had_in_time_is_on_the_front() -> None:
    """Of x the delay is infinite, in truth and not by a table; y takes 1."""
    master = Master(Problem((PLAIN,), (), (PRICE,)))

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        first = assignment["a"] == "x"
        return Verdict({"cost": 1.0 if first else 2.0, "delay": inf if first else 1.0})

    for _ in range(2):  # the second time it is known from the start
        front = walk_front(master, "cost", ["delay"], oracle)
        assert [(p.values["cost"], p.values["delay"]) for p in front.points] == [(1.0, inf), (2.0, 1.0)]
    assert front.proofs == 0


def test_what_is_absent_is_not_told() -> None:
    groups = (PLAIN, Group("b", ("s",), frozenset({("a", "y")})))
    master, record = Master(Problem(groups, (), (PRICE,))), Record()
    assert meeting(master, by_tables(master), [Bound("cost", 1.5)], record=record) is not None
    assert record.log == ["a = x keeps cost <= 1.5"]
