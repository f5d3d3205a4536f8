"""How the search behaves: what it asks, what it refuses, what it leaves when it is stopped."""

from collections.abc import Callable, Mapping
from math import inf
from random import Random

import pytest

from groma.solvers.optimisation import (
    ABSENT,
    Assignment,
    Bound,
    Clause,
    Cut,
    Group,
    Master,
    Oracle,
    Problem,
    ProblemError,
    Record,
    Stopped,
    Term,
    UnsoundBound,
    Verdict,
    all_assignments,
    best,
    by_tables,
    conflict,
    walk_front,
)
from groma.solvers.optimisation.master import FEW, Query
from solvers.choice_problems import PLAIN, random_case

SIZES = ("s", "m", "l")


@pytest.fixture(autouse=True, params=[0, FEW], ids=["programs", "few tried"])
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a program for each question, and with few assignments tried one by one."""
    monkeypatch.setattr("groma.solvers.optimisation.master.FEW", request.param)


def shop() -> Problem:
    """A database and a cache that exists only with the web front; prices add up, speed is left to the oracle."""
    groups = (
        Group("database", SIZES),
        Group("front", ("web", "none"), parts={"none": 0}),
        Group("cache", SIZES, active_when=frozenset({("front", "web")})),
    )
    prices = {"s": 1.0, "m": 2.0, "l": 4.0}
    terms = (
        Term("cost", ("database",), {(v,): 10 * p for v, p in prices.items()}),
        Term("cost", ("cache",), {(v,): p for v, p in prices.items()} | {(ABSENT,): 0.0}),
        Term("cost", ("front",), {("web",): 5.0, ("none",): 0.0}),
    )
    return Problem(groups, (), terms)


def slow(assignment: Assignment, problem: Problem, cuts: bool) -> Verdict:
    delay = {"s": 9.0, "m": 6.0, "l": 3.0}[assignment["database"]]
    delay -= {"s": 0.5, "m": 1.0, "l": 2.0, ABSENT: 0.0}[assignment["cache"]]
    found = Cut(
        "delay", {"database": assignment["database"]}, delay - (2.0 if assignment["cache"] != "l" else 0.0)
    )
    values = {"cost": problem.value("cost", assignment), "delay": delay}
    return Verdict(values, (found,) if cuts and assignment["cache"] == "l" else ())


def counted(problem: Problem, cuts: bool) -> tuple[Oracle, list[dict[str, str]]]:
    asked: list[dict[str, str]] = []

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        asked.append(dict(assignment))
        return slow(assignment, problem, cuts)

    return oracle, asked


def test_a_search_tells_what_it_tried_and_within_which_limits() -> None:
    """Tables that say no more than zero of the delay: the small database is tried first and breaks the limit."""
    for limits, told in ((), "no limit"), ([Bound("cost", 20.0)], "cost <= 20"):
        record = Record()
        master = Master(shop())
        best(master, ["cost"], by_tables(master), limits, record=record)
        assert record.log == [
            "cost: bound 10, best inf; tried database = s, front = none: cost 10",
            f"cost: 10 is the least under {told}",
        ]
    record = Record()
    oracle, _ = counted(shop(), cuts=False)
    best(Master(shop()), ["cost"], oracle, [Bound("delay", 6.0)], record=record)
    assert record.log[0].endswith("tried database = s, front = none: cost 10, breaks delay")
    assert record.log[-1] == "cost: 20 is the least under delay <= 6"


def test_an_inactive_group_is_absent() -> None:
    master = Master(shop())
    found = best(master, ["cost"], by_tables(master))
    assert found is not None
    assert found.assignment == {"cache": ABSENT, "database": "s", "front": "none"}


def test_the_same_assignment_is_never_proven_twice() -> None:
    oracle, asked = counted(shop(), cuts=False)
    master = Master(shop())
    front = walk_front(master, "cost", ["delay"], oracle)
    best(master, ["delay", "cost"], oracle)
    assert len(asked) == len({tuple(sorted(a.items())) for a in asked})
    assert front.proofs <= len(asked)
    assert [p.values for p in front.points] == sorted(
        (p.values for p in front.points), key=lambda v: v["cost"]
    )


def test_an_oracle_may_stop_at_a_broken_limit_and_is_asked_for_the_rest_when_the_limit_is_gone() -> None:
    """The cheap one is too slow; what it costs isn't looked at until it may be slow."""
    problem = Problem((PLAIN,), (), (Term("cost", ("a",), {("x",): 1.0, ("y",): 2.0}),))
    truth = {"x": {"cost": 1.5, "delay": 9.0}, "y": {"cost": 2.5, "delay": 3.0}}
    told: list[tuple[str, tuple[str, ...]]] = []

    def oracle(assignment: Assignment, limits: Mapping[str, float]) -> Verdict:
        values = truth[assignment["a"]]
        late = values["delay"] > limits.get("delay", inf)
        told.append((assignment["a"], ("delay",) if late else ("cost", "delay")))
        return Verdict({m: values[m] for m in told[-1][1]})

    master, record = Master(problem), Record()
    quick = best(master, ["cost"], oracle, [Bound("delay", 5.0)], record=record)
    assert quick is not None and quick.assignment == {"a": "y"}
    assert any("tried a = x: breaks delay" in line for line in record.log)
    still = best(master, ["cost"], oracle, [Bound("delay", 7.0)], record=record)
    assert still is not None and still.assignment == {"a": "y"}
    cheap = best(master, ["cost"], oracle, record=record)
    assert cheap is not None and (cheap.assignment, cheap.values) == ({"a": "x"}, truth["x"])
    assert told == [("x", ("delay",)), ("y", ("cost", "delay")), ("x", ("cost", "delay"))]
    assert record.proofs == 2


def test_the_nearest_is_proven_first_and_of_what_looks_equally_good_the_smallest() -> None:
    """Of 27 that cost the same the oracle is asked about one."""
    groups = tuple(Group(name, tuple("xyz"), parts={"x": 2, "y": 1, "z": 3}) for name in "abc")
    problem = Problem(groups, (), (Term("cost", ("a",), {("x",): 1.0, ("y",): 1.0, ("z",): 1.0}),))
    for near, first in ((None, "yyy"), ({"a": "z", "b": "x", "c": "z"}, "zxz")):
        asked: list[str] = []

        def oracle(assignment: Assignment, _: Mapping[str, float], asked: list[str] = asked) -> Verdict:
            asked.append("".join(assignment[name] for name in "abc"))
            return Verdict({"cost": 1.0})

        found = best(Master(problem), ["cost"], oracle, near=near)
        assert found is not None and "".join(found.assignment[name] for name in "abc") == first
        assert asked == [first]


def test_a_cut_on_a_part_saves_asking_about_its_completions() -> None:
    groups = (Group("engine", tuple("abcdefgh")), Group("paint", tuple("0123456789")))
    table = {(v,): float(i) for i, v in enumerate("abcdefgh")}
    problem = Problem(groups, (), (Term("cost", ("engine",), table),))
    true = dict.fromkeys("abcdef", 100.0) | {"g": 6.0, "h": 7.0}
    asked: list[str] = []

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        engine = assignment["engine"]
        asked.append(engine)
        return Verdict({"cost": true[engine]}, (Cut("cost", {"engine": engine}, true[engine]),))

    found = best(Master(problem), ["cost"], oracle)
    assert found is not None
    assert found.assignment == {"engine": "g", "paint": "0"}
    assert asked.count("a") == 1
    assert "h" not in asked
    assert len(asked) <= 8  # one of each failing engine, g, and the first by name among its paints


def test_a_cut_below_the_optimum_orders_the_search_best_first() -> None:
    # every a costs at least 5 although its table says 0: the bs, from 3 on, are looked at first
    groups = (Group("kind", ("a", "b")), Group("variant", tuple("0123456789")))
    table = {("a", v): 0.0 for v in "0123456789"} | {("b", v): 3.0 + int(v) for v in "0123456789"}
    problem = Problem(groups, (), (Term("cost", ("kind", "variant"), table),))
    asked: list[tuple[str, str]] = []

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        asked.append((assignment["kind"], assignment["variant"]))
        true = 5.0 if assignment["kind"] == "a" else table["b", assignment["variant"]] + 0.5
        return Verdict({"cost": true}, (Cut("cost", {"kind": "a"}, 5.0),))

    found = best(Master(problem), ["cost"], oracle)
    assert found is not None
    assert found.values["cost"] == 3.5
    assert sum(kind == "a" for kind, _ in asked) <= 1


def test_a_proposal_has_the_least_bound_of_all() -> None:
    for seed in range(30):
        rng = Random(seed)
        groups = tuple(Group(f"g{i}", ("a", "b", "c")) for i in range(4))
        table = {(v, w): float(rng.randint(0, 9)) for v in "abc" for w in "abc"}
        problem = Problem(groups, (), (Term("cost", ("g0", "g1"), table), Term("cost", ("g1", "g2"), table)))
        master = Master(problem)
        for _ in range(rng.randint(1, 12)):
            some = {f"g{i}": rng.choice("abc") for i in rng.sample(range(4), rng.randint(1, 2))}
            master.learn(Cut("cost", some, float(rng.randint(0, 20))))
            master.learn(
                Cut("delay", {f"g{rng.randrange(4)}": rng.choice("abc")}, 20.0)
            )  # says nothing of cost
        proposal = master.propose("cost", Query())
        assert proposal is not None
        least = min(master.bound("cost", a) for a in all_assignments(problem))
        assert master.bound("cost", proposal) == least


def test_a_table_that_promises_too_much_is_found_out() -> None:
    problem = shop()
    with pytest.raises(UnsoundBound, match=r"cost of .*promise at least 10\.0, the oracle found 9\.0"):
        best(Master(problem), ["cost"], lambda _, __: Verdict({"cost": 9.0}))


def test_a_cut_that_promises_too_much_is_found_out() -> None:
    problem = shop()

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        return Verdict({"cost": problem.value("cost", assignment)}, (Cut("cost", {"front": "none"}, 15.0),))

    with pytest.raises(UnsoundBound):
        best(Master(problem), ["cost"], oracle)


def test_a_cut_that_denies_an_earlier_proof_is_found_out() -> None:
    master = Master(shop())
    best(master, ["cost"], by_tables(master))
    with pytest.raises(UnsoundBound, match=r"promise at least 11\.0, the oracle found 10\.0"):
        master.learn(Cut("cost", {"database": "s"}, 11.0))
    master.learn(Cut("delay", {"database": "s"}, 11.0))  # of which nothing was proven
    assert master.bound("delay", {"database": "s", "front": "none", "cache": ABSENT}) == 11.0


def test_what_cannot_be_had_at_any_price_is_infinite() -> None:
    problem = shop()

    def oracle(assignment: Assignment, _: Mapping[str, float]) -> Verdict:
        unknown = assignment["database"] == "s"
        return Verdict({"cost": problem.value("cost", assignment), "delay": inf if unknown else 1.0})

    master = Master(problem)
    fast = best(master, ["cost"], oracle, [Bound("delay", 5.0)])
    assert fast is not None
    assert fast.assignment["database"] == "m"
    front = walk_front(Master(problem), "cost", ["delay"], oracle)
    assert [(p.values["cost"], p.values["delay"]) for p in front.points] == [(10.0, inf), (20.0, 1.0)]


def _after(calls: int) -> Callable[[], bool]:
    left = [calls]

    def stop() -> bool:
        left[0] -= 1
        return left[0] < 0

    return stop


def test_a_stopped_walk_keeps_what_is_proven_and_can_go_on() -> None:
    case = random_case(4024, groups=4)
    whole = walk_front(Master(case.problem), "cost", ["delay"], case.oracle)
    assert whole.complete
    assert len(whole.points) > 2
    master = Master(case.problem)
    part = walk_front(master, "cost", ["delay"], case.oracle, stop=_after(whole.proofs // 3))
    assert not part.complete
    assert {tuple(p.values.items()) for p in part.points} <= {tuple(p.values.items()) for p in whole.points}
    assert part.open_bounds
    rest = walk_front(master, "cost", ["delay"], case.oracle)
    assert rest.points == whole.points
    assert rest.proofs < whole.proofs


def test_a_stopped_search_says_how_far_the_best_known_may_be_from_the_best() -> None:
    for seed in range(8000, 8030):
        case = random_case(seed)
        truths = case.all_truths()
        if not truths:
            continue
        with pytest.raises(Stopped) as stopped:
            best(Master(case.problem), ["risk"], case.oracle, record=Record(_after(0)))
        assert stopped.value.found is None
        assert stopped.value.bounds["risk"] <= min(v["risk"] for _, v in truths) + 1e-9
        try:
            found = best(Master(case.problem), ["risk"], case.oracle, record=Record(_after(2)))
        except Stopped as after_two:
            found = after_two.found
        assert found is not None
        least = min(v["risk"] for _, v in truths)
        assert found.bounds["risk"] <= least + 1e-9 <= found.values["risk"] + 2e-9


def test_the_price_of_a_need_that_excludes_another_is_said() -> None:
    problem = shop()
    oracle, _ = counted(problem, cuts=True)
    found = conflict(Master(problem), [Bound("cost", 20.0), Bound("delay", 3.0)], oracle)
    assert [[b.measure for b in s] for s in found.sets] == [["cost", "delay"]]
    assert [(r.need.measure, r.at_most) for r in found.relaxations] == [("cost", 40.0), ("delay", 6.0)]
    fine = conflict(Master(problem), [Bound("cost", 20.0), Bound("delay", 6.0)], oracle)
    assert (fine.sets, fine.relaxations) == ((), ())


def test_no_choice_at_all_is_a_conflict_of_nothing() -> None:
    problem = Problem((Group("a", ("x",)),), (Clause(frozenset({("a", "x")})),))
    found = conflict(Master(problem), [Bound("cost", 1.0)], lambda _, __: Verdict({}))
    assert found.sets == ((),)
    assert found.relaxations[0].at_most is None


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    for seed in range(9000, 9010):
        case = random_case(seed)
        best(Master(case.problem), ["cost", "delay"], case.oracle)
    assert capfd.readouterr() == ("", "")


def test_all_faults_of_a_problem_are_told_at_once() -> None:
    groups = (
        Group("a", ("x", "x")),
        Group("b", ("y",), active_when=frozenset({("c", "z")})),
        Group("c", ("z",), active_when=frozenset({("b", "y")})),
    )
    terms = (
        Term("cost", ("b",), {("y",): 1.0}),
        Term("cost", ("c", "nowhere"), {}),
        Term("delay", ("c",), {("z",): -inf, (ABSENT,): 0.0, ("q",): 1.0}),
    )
    with pytest.raises(ProblemError) as error:
        Problem(groups, (), terms)
    assert str(error.value).split("; ") == [
        "group a: expected distinct variants other than 'absent', found ('x', 'x')",
        "conditions run in a circle among b, c",
        "term of cost over b: no value for ('absent',)",
        "term of cost over c, nowhere: expected distinct groups of the problem",
        "term of delay over c: no such variants: ('q',)",
        "term of delay over c: expected numbers or +inf",
    ]


def test_a_cut_about_nothing_is_refused() -> None:
    with pytest.raises(ProblemError, match="no variant 'xl' of a group 'database'"):
        Master(shop()).learn(Cut("cost", {"database": "xl"}, 3.0))
