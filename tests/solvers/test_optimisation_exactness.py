"""Against trying everything: optima, fronts and conflicts of random problems, conditional and lazily proven."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest

from groma.solvers.optimisation import (
    Bound,
    Found,
    Front,
    Group,
    Master,
    Problem,
    Term,
    Verdict,
    all_assignments,
    best,
    by_tables,
    conflict,
    walk_front,
)
from groma.solvers.optimisation.master import FEW
from solvers.choice_problems import Case, random_case

Vector = tuple[float, ...]


@pytest.fixture(autouse=True, params=[0, FEW], ids=["programs", "few tried"])
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a program for each question, and with few assignments tried one by one."""
    monkeypatch.setattr("groma.solvers.optimisation.master.FEW", request.param)


def vectors(case: Case, measures: Sequence[str]) -> list[Vector]:
    return [tuple(values[m] for m in measures) for _, values in case.all_truths()]


def nondominated(points: Sequence[Vector]) -> list[Vector]:
    """By comparing each with each; points equal to nine digits are one."""
    distinct = sorted({tuple(round(x, 9) for x in p): p for p in points}.values())

    def beats(q: Vector, p: Vector) -> bool:
        return all(a <= b + 1e-9 for a, b in zip(q, p, strict=True)) and any(
            a < b - 1e-9 for a, b in zip(q, p, strict=True)
        )

    return [p for p in distinct if not any(beats(q, p) for q in distinct)]


def front_vectors(front: Front, measures: Sequence[str]) -> list[Vector]:
    return sorted(tuple(p.values[m] for m in measures) for p in front.points)


@pytest.mark.parametrize("block", range(10))
def test_the_optimum_under_bounds_is_that_of_trying_everything(block: int) -> None:
    for seed in range(1000 + 22 * block, 1000 + 22 * (block + 1)):
        case = random_case(seed)
        truths = case.all_truths()
        rng = Random(seed)
        middle = {m: rng.choice([v[m] for _, v in truths]) if truths else 0.0 for m in ("delay", "risk")}
        bounds = [Bound(m, limit) for m, limit in middle.items()]
        found = best(Master(case.problem), ("cost", "risk"), case.oracle, bounds)
        fitting = [v for _, v in truths if all(v[m] <= limit + 1e-9 for m, limit in middle.items())]
        if not fitting:
            assert found is None, seed
            continue
        assert found is not None, seed
        least = min(v["cost"] for v in fitting)
        assert found.values["cost"] == pytest.approx(least, abs=1e-7), seed
        assert found.bounds["cost"] == pytest.approx(least, abs=1e-6), seed
        second = min(v["risk"] for v in fitting if v["cost"] <= least + 1e-7)
        assert found.values["risk"] == pytest.approx(second, abs=1e-7), seed
        assert dict(found.values) == case.truth(found.assignment)
        assert case.problem.violation(found.assignment) is None


def test_ties_go_to_fewer_parts_and_then_to_the_first_by_name() -> None:
    for seed in range(30):
        case = random_case(2000 + seed)
        same = Term("cost", ("g0",), {(v,): 1.0 for v in case.problem.groups[0].variants})
        equal = Problem(case.problem.groups, case.problem.clauses, (same,))
        master = Master(equal)
        found = best(master, ["cost"], by_tables(master))
        names = [g.name for g in equal.groups]

        every = [
            (equal.parts(a), [(a[n] == "absent", a[n]) for n in names], a) for a in all_assignments(equal)
        ]
        every.sort(key=lambda item: item[:2])
        assert (dict(found.assignment) if found else None) == (every[0][2] if every else None)


@pytest.mark.parametrize("block", range(5))
def test_the_front_of_two_wishes_is_complete(block: int) -> None:
    for seed in range(3000 + 3 * block, 3000 + 3 * (block + 1)):
        case = random_case(seed)
        front = walk_front(Master(case.problem), "cost", ["delay"], case.oracle)
        assert front.complete
        expected = nondominated(vectors(case, ("cost", "delay")))
        assert front_vectors(front, ("cost", "delay")) == [pytest.approx(p, abs=1e-7) for p in expected], seed


@pytest.mark.parametrize("seed", range(4000, 4008))
def test_the_front_of_three_wishes_is_complete(seed: int) -> None:
    case = random_case(seed, groups=4)
    measures = ("cost", "delay", "risk")
    front = walk_front(Master(case.problem), "cost", ["delay", "risk"], case.oracle)
    assert front_vectors(front, measures) == [
        pytest.approx(p, abs=1e-7) for p in nondominated(vectors(case, measures))
    ]


def _permuted(case: Case, rng: Random) -> Problem:
    groups = [
        Group(g.name, tuple(rng.sample(g.variants, len(g.variants))), g.active_when, g.parts)
        for g in case.problem.groups
    ]
    terms: list[Term] = []
    for t in case.problem.terms:
        order = rng.sample(range(len(t.scope)), len(t.scope))
        items = [(tuple(key[i] for i in order), v) for key, v in t.table.items()]
        rng.shuffle(items)
        terms.append(Term(t.measure, tuple(t.scope[i] for i in order), dict(items)))
    clauses = list(case.problem.clauses)
    for some in (groups, terms, clauses):
        rng.shuffle(some)
    return Problem(tuple(groups), tuple(clauses), tuple(terms))


@pytest.mark.parametrize("seed", [5000, 5002, 5003])
def test_the_same_problem_in_another_order_gives_the_same_answer_and_log(seed: int) -> None:
    case = random_case(seed)
    one = walk_front(Master(case.problem), "cost", ["delay"], case.oracle)
    other = walk_front(Master(_permuted(case, Random(seed))), "cost", ["delay"], case.oracle)
    assert one == other


def _true_conflicts(case: Case, needs: Sequence[Bound]) -> set[frozenset[str]]:
    truths = [v for _, v in case.all_truths()]
    minimal: list[frozenset[str]] = []
    for mask in sorted(range(2 ** len(needs)), key=lambda m: m.bit_count()):
        chosen = [b for i, b in enumerate(needs) if mask >> i & 1]
        names = frozenset(b.measure for b in chosen)
        met = any(all(v[b.measure] <= b.at_most + 1e-9 for b in chosen) for v in truths)
        if not met and not any(known <= names for known in minimal):
            minimal.append(names)
    return set(minimal)


def test_conflicts_are_all_the_minimal_ones_and_relaxations_the_cheapest() -> None:
    seen = 0
    for seed in range(6000, 6014):
        case = random_case(seed)
        truths = [v for _, v in case.all_truths()]
        if not truths:
            continue
        lows = {m: min(v[m] for v in truths) for m in ("cost", "delay", "risk")}
        highs = {m: max(v[m] for v in truths) for m in lows}
        needs = [Bound(m, lows[m] + 0.15 * (highs[m] - lows[m])) for m in lows]
        found = conflict(Master(case.problem), needs, case.oracle)
        expected = _true_conflicts(case, needs)
        assert {frozenset(b.measure for b in s) for s in found.sets} == expected, seed
        seen += bool(expected)
        for relaxation in found.relaxations:
            others = [b for b in needs if b.measure != relaxation.need.measure]
            fitting = [v for v in truths if all(v[b.measure] <= b.at_most + 1e-9 for b in others)]
            least = min((v[relaxation.need.measure] for v in fitting), default=None)
            assert relaxation.at_most == (None if least is None else pytest.approx(least, abs=1e-7)), seed
    assert seen > 3


def test_a_published_knapsack_has_its_published_optimum() -> None:
    # Martello & Toth 1990, example 2.1: value 107, with the first and the fourth item
    profits, weights, capacity = [70, 20, 39, 37, 7, 5, 10], [31, 10, 20, 19, 4, 3, 6], 50
    groups = tuple(Group(f"item{i}", ("in", "out"), parts={"out": 0}) for i in range(7))
    terms = [Term("lost", (f"item{i}",), {("in",): 0, ("out",): p}) for i, p in enumerate(profits)]
    terms += [Term("weight", (f"item{i}",), {("in",): w, ("out",): 0}) for i, w in enumerate(weights)]
    master = Master(Problem(groups, (), tuple(terms)))
    found = best(master, ["lost"], by_tables(master), [Bound("weight", capacity)])
    assert found is not None
    assert sum(profits) - found.values["lost"] == 107
    assert [g for g, v in sorted(found.assignment.items()) if v == "in"] == ["item0", "item3"]


def _found(found: Found | None) -> Found:
    assert found is not None
    return found


def test_forcing_an_alternative_and_tightening_a_bound_never_help() -> None:
    for seed in range(7000, 7010):
        case = random_case(seed)
        if not case.all_truths():
            continue
        master = Master(case.problem)
        free = _found(best(master, ["cost"], case.oracle))
        for group in case.problem.groups:
            others = frozenset(group.domain) - {free.assignment[group.name]}
            forced = best(master, ["cost"], case.oracle, within={group.name: others})
            true = [v["cost"] for a, v in case.all_truths() if a[group.name] in others]
            assert (forced.values["cost"] if forced else None) == (
                pytest.approx(min(true), abs=1e-7) if true else None
            )
            assert forced is None or forced.values["cost"] >= free.values["cost"] - 1e-9


def test_what_the_oracle_learns_is_used_again() -> None:
    case = random_case(3)
    master = Master(case.problem)
    first = walk_front(master, "cost", ["delay"], case.oracle)
    second = walk_front(master, "cost", ["delay"], lambda _, __: Verdict({}))
    assert second.proofs == 0
    assert second.points == first.points


def _coarse(case: Case) -> Problem:
    """The case with costs of nought, one or two each, so that many choices cost the same."""
    terms = [
        replace(
            t, table={key: value if math.isinf(value) else value % 3 // 1 for key, value in t.table.items()}
        )
        if t.measure == "cost"
        else t
        for t in case.problem.terms
    ]
    return replace(case.problem, terms=tuple(terms))


@pytest.mark.parametrize("block", range(6))
def test_the_nearest_of_the_least_is_that_of_trying_everything(block: int) -> None:
    """Of the least in cost one that differs least from another choice; then the least in delay, and of these the
    simplest, of those that differ from it in the same groups only."""
    nearer = 0
    for seed in range(7000 + 10 * block, 7000 + 10 * (block + 1)):
        problem = _coarse(random_case(seed))
        every = list(all_assignments(problem))
        if not every:
            continue
        near = Random(seed).choice(every)
        master = Master(problem)
        found = best(master, ["cost", "delay"], by_tables(master), near=near)
        plain = best(master, ["cost", "delay"], by_tables(master))
        assert found is not None and plain is not None, seed

        def apart(one: Mapping[str, str], near: Mapping[str, str] = near) -> frozenset[str]:
            return frozenset(group for group in near if one[group] != near[group])

        least = min(problem.value("cost", a) for a in every)
        cheap = [a for a in every if problem.value("cost", a) <= least + 1e-9]
        assert len(apart(found.assignment)) == min(len(apart(a)) for a in cheap), seed
        beside = [a for a in cheap if apart(a) <= apart(found.assignment)]
        quickest = min(problem.value("delay", a) for a in beside)
        quick = [a for a in beside if problem.value("delay", a) <= quickest + 1e-9]
        names = [g.name for g in problem.groups]
        quick.sort(key=lambda a: (problem.parts(a), [(a[n] == "absent", a[n]) for n in names]))
        assert dict(found.assignment) == quick[0], seed
        nearer += len(apart(found.assignment)) < len(apart(plain.assignment))
    assert nearer > 0
