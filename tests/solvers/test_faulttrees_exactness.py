"""The diagrams against trying every state, an independent engine, and the laws they must obey."""

from fractions import Fraction
from itertools import product
from math import isclose, prod
from random import Random
from time import perf_counter

import oxidd.bdd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from groma.solvers.faulttrees import (
    ALWAYS,
    NEVER,
    And,
    AtLeast,
    CutSets,
    Event,
    Formula,
    Not,
    Or,
    Probability,
    Refusal,
    brute_force,
    brute_force_cut_sets,
    compile_formula,
    events_of,
    importances,
    minimal_cut_sets,
    probability,
    structure,
    xor,
)
from groma.solvers.faulttrees.bounds import _gate_bounds
from groma.solvers.faulttrees.brute_force import _few
from groma.solvers.faulttrees.net import Gate

NAMES = "abcdefgh"


@st.composite
def formulas(draw: st.DrawFn, negations: bool = True) -> Formula:
    """A random graph of gates that share events and each other."""
    pool: list[Formula] = [Event(n) for n in NAMES]
    if draw(st.booleans()):
        pool += [ALWAYS, NEVER]
    for _ in range(draw(st.integers(1, 9))):
        parts = tuple(draw(st.lists(st.sampled_from(pool), min_size=1, max_size=5)))
        kind = draw(
            st.sampled_from(["and", "or", "atleast", "not"] if negations else ["and", "or", "atleast"])
        )
        if kind == "and":
            pool.append(And(parts))
        elif kind == "or":
            pool.append(Or(parts))
        elif kind == "not":
            pool.append(Not(parts[0]))
        else:
            pool.append(AtLeast(draw(st.integers(0, len(parts) + 1)), parts))
    return pool[-1]


chances = st.fixed_dictionaries({n: st.sampled_from([0.0, 1e-6, 0.01, 0.3, 0.5, 0.9, 1.0]) for n in NAMES})


def exactly(formula: Formula, p: dict[str, float]) -> Probability:
    found = probability(formula, p)
    assert isinstance(found, Probability)
    return found


@settings(max_examples=300, deadline=None)
@given(formulas(), chances)
def test_the_probability_is_that_of_trying_every_state(formula: Formula, p: dict[str, float]) -> None:
    found = exactly(formula, p)
    assert isclose(found.value, brute_force(formula, p), rel_tol=1e-10, abs_tol=1e-300)
    assert isclose(found.complement, brute_force(Not(formula), p), rel_tol=1e-10, abs_tol=1e-300)


@settings(max_examples=300, deadline=None)
@given(formulas(negations=False))
def test_the_cut_sets_are_the_minimal_ones(formula: Formula) -> None:
    cut_sets = minimal_cut_sets(formula)
    assert isinstance(cut_sets, CutSets)
    expected = brute_force_cut_sets(formula)
    assert cut_sets.count() == len(expected)
    listed = cut_sets.first(len(expected) + 1)
    assert {frozenset(c.events) for c in listed} == expected
    assert [len(c.events) for c in listed] == sorted(len(c) for c in expected)


@settings(max_examples=150, deadline=None)
@given(formulas(negations=False), chances, st.integers(1, 5))
def test_the_likeliest_cut_sets_come_first(formula: Formula, p: dict[str, float], n: int) -> None:
    cut_sets = minimal_cut_sets(formula)
    assert isinstance(cut_sets, CutSets)
    every: list[float] = []
    for cut in brute_force_cut_sets(formula):
        value = 1.0
        for name in sorted(cut):
            value *= p[name]
        every.append(value)
    listed = cut_sets.first(n, by="probability", probabilities=p)
    assert [c.probability for c in listed] == pytest.approx(sorted(every, reverse=True)[:n])


@settings(max_examples=150, deadline=None)
@given(formulas(), chances)
def test_birnbaum_is_the_difference_the_event_makes(formula: Formula, p: dict[str, float]) -> None:
    found = importances(formula, p)
    assert not isinstance(found, Refusal)
    for name, importance in found.items():
        up = brute_force(formula, {**p, name: 1.0})
        down = brute_force(formula, {**p, name: 0.0})
        assert isclose(importance.birnbaum, up - down, rel_tol=1e-9, abs_tol=1e-12)
        top = brute_force(formula, p)
        if top > 0 and down > 0:
            assert isclose(importance.risk_reduction or 0.0, top / down, rel_tol=1e-6)


@settings(max_examples=150, deadline=None)
@given(formulas(), st.data())
def test_an_interval_encloses_every_value_and_is_tight_when_coherent(
    formula: Formula, data: st.DataObject
) -> None:
    names = events_of(formula)
    level = st.sampled_from([0.0, 0.01, 0.2, 0.7, 1.0])
    ends = {n: tuple(sorted((data.draw(level), data.draw(level)))) for n in names}
    found = probability(formula, ends)
    assert isinstance(found, Probability)
    corners = [
        brute_force(formula, dict(zip(names, corner, strict=True)))
        for corner in product(*(ends[n] for n in names))
    ]
    assert found.lower <= min(corners) + 1e-12
    assert found.upper >= max(corners) - 1e-12
    assert isclose(found.lower, 1 - found.complement_upper, abs_tol=1e-12)
    if compile_formula(formula).net.unate:
        assert isclose(found.lower, min(corners), abs_tol=1e-12)
        assert isclose(found.upper, max(corners), abs_tol=1e-12)


def test_an_interval_of_entangled_events_has_its_ends_where_all_are_lowest_and_highest() -> None:
    """Of an increasing function; against trying every state at both ends. Otherwise the truth lies inside."""
    formula = And((_ladder(3), Or((Event("p"), Event("q")))))
    names = events_of(formula)
    ends = {name: (0.05 + 0.02 * i, 0.3 + 0.03 * i) for i, name in enumerate(names)}
    found = probability(formula, ends)
    assert isinstance(found, Probability)
    for end, told in enumerate((found.lower, found.upper)):
        assert told == pytest.approx(brute_force(formula, {n: ends[n][end] for n in names}), rel=1e-12)
    other = Or((formula, And((Not(formula.parts[0]), Event("x0")))))
    found = probability(other, ends)
    assert isinstance(found, Probability)
    for share in (0.0, 0.5, 1.0):
        truth = brute_force(other, {n: low + share * (high - low) for n, (low, high) in ends.items()})
        assert found.lower <= truth <= found.upper < 1.0


@settings(max_examples=200, deadline=None)
@given(formulas(), chances)
def test_a_refusal_still_bounds_the_truth(formula: Formula, p: dict[str, float]) -> None:
    found = probability(formula, p, node_budget=0)
    truth = brute_force(formula, p)
    if isinstance(found, Refusal):
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower - 1e-12 <= truth <= found.upper + 1e-12
    else:
        assert isclose(found.value, truth, rel_tol=1e-10, abs_tol=1e-300)


@settings(max_examples=100, deadline=None)
@given(formulas(), chances)
def test_the_failure_formula_is_one_minus_success(success: Formula, up: dict[str, float]) -> None:
    down = {n: 1.0 - p for n, p in up.items()}
    assert isclose(exactly(structure(success), down).value, 1.0 - brute_force(success, up), abs_tol=1e-12)


@pytest.mark.parametrize("p", [1e-4, 0.01, 0.1, 0.5, 0.9])
def test_bounds_of_a_large_module_enclose_the_value_and_are_sharp_for_rare_events(p: float) -> None:
    formula = _ladder(8)
    given = dict.fromkeys(events_of(formula), p)
    value = exactly(formula, given).value
    for shape in (formula, Or((formula, And((Event("x0"), Not(Event("l3"))))))):
        found = probability(shape, given, node_budget=0)
        truth = exactly(shape, given).value
        assert isinstance(found, Refusal)
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower * (1 - 1e-12) <= truth <= found.upper * (1 + 1e-12)
    bounded = probability(formula, given, node_budget=0)
    assert isinstance(bounded, Refusal)
    assert bounded.lower is not None
    assert bounded.upper is not None
    if p <= 0.01:
        assert bounded.upper <= 1.05 * value
        assert bounded.lower >= 0.95 * value


@pytest.mark.parametrize("p", [0.01, 0.3, 0.8])
def test_conditioned_on_all_of_few_events_bounds_are_the_value(p: float) -> None:
    """Whether events occur negated or not; of intervals they still hold every value between."""
    a, b, c, d = (Event(name) for name in "abcd")
    for formula in (
        Or((And((a, b)), And((Not(a), c)), And((b, Not(c), d)))),
        Or((And((a, b)), And((a, c)), And((b, c, d)))),
    ):
        given = {name: p * share for name, share in zip("abcd", (1.0, 0.9, 0.8, 0.7), strict=True)}
        found = probability(formula, given, node_budget=0)
        assert isinstance(found, Refusal)
        truth = brute_force(formula, given)
        assert (found.lower, found.upper) == pytest.approx((truth, truth), rel=1e-12)
        wide = probability(formula, {n: (0.9 * x, x) for n, x in given.items()}, node_budget=0)
        assert isinstance(wide, Refusal)
        assert wide.lower is not None
        assert wide.upper is not None
        for share in (0.9, 0.95, 1.0):
            inside = brute_force(formula, {n: share * x for n, x in given.items()})
            assert wide.lower - 1e-12 <= inside <= wide.upper + 1e-12
        assert wide.upper <= 1.25 * truth + 0.1


def test_cut_sets_that_are_dropped_still_count_in_the_upper_bound() -> None:
    shared = Event("s")
    lines = [
        Or((*(Event(f"{line}{i}") for i in range(40)), And((shared, Event(f"{line}t"))))) for line in "ab"
    ]
    formula = And(tuple(lines))
    given = dict.fromkeys(events_of(formula), 0.02)
    truth = exactly(formula, given).value
    found = probability(formula, given, node_budget=0)
    assert isinstance(found, Refusal)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower <= truth <= found.upper


@pytest.mark.parametrize("sizes", [(300, 5), (5, 300)])
def test_cut_sets_dropped_before_a_product_count_on_either_side(sizes: tuple[int, int]) -> None:
    shared = [Event(f"s{i}") for i in range(5)]
    lines = [
        Or(tuple(And((Event(f"{line}{i}"), shared[i % 5])) for i in range(size)))
        for line, size in zip("ab", sizes, strict=True)
    ]
    formula = And(tuple(lines))
    given = {name: 0.3 if name.startswith("s") else 0.001 for name in events_of(formula)}
    truth = exactly(formula, given).value
    found = probability(formula, given, node_budget=0)
    assert isinstance(found, Refusal)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower <= truth <= found.upper


def _ladder(rungs: int) -> Formula:
    """A network of two lines with cross-links: entangled, no modules."""
    left: Formula = NEVER
    right: Formula = NEVER
    for i in range(rungs):
        x, y, link = Event(f"x{i}"), Event(f"y{i}"), Event(f"l{i}")
        left, right = (
            Or((left, And((x, Or((right, link)))))),
            Or((right, And((y, Or((left, link)))))),
        )
    return And((left, right))


def test_another_engine_counts_the_same_models() -> None:
    formula = _ladder(12)
    names = sorted(events_of(formula), key=lambda name: int(name[1:]))
    manager = oxidd.bdd.BDDManager(100_000, 10_000, 1)
    manager.add_vars(len(names))
    known: dict[int, oxidd.bdd.BDDFunction] = {}

    def build(f: Formula) -> oxidd.bdd.BDDFunction:
        if id(f) not in known:
            if isinstance(f, Event):
                known[id(f)] = manager.var(names.index(f.name))
            elif isinstance(f, And | Or):
                result = manager.true() if isinstance(f, And) else manager.false()
                for part in f.parts:
                    result = result & build(part) if isinstance(f, And) else result | build(part)
                known[id(f)] = result
            else:
                known[id(f)] = manager.false()
        return known[id(f)]

    models = build(formula).sat_count(len(names))
    found = exactly(formula, dict.fromkeys(names, 0.5)).value
    assert Fraction(found) == Fraction(models, 2 ** len(names))


def test_tiny_probabilities_keep_their_digits() -> None:
    parts = tuple(Event(f"e{i}") for i in range(12))
    p = {e.name: 1e-9 for e in parts}
    assert isclose(exactly(And(parts), p).value, 1e-108, rel_tol=1e-12)
    shared = Or((And((parts[0], parts[1])), And((parts[0], parts[2]))))
    assert isclose(exactly(shared, p).value, 1e-9 * (2e-9 - 1e-18), rel_tol=1e-12)
    assert isclose(exactly(Not(Or(parts)), p).complement, -((1 - 1e-9) ** 12 - 1), rel_tol=1e-6)


def test_an_exclusive_or_is_odd_parity() -> None:
    p = dict(zip("abc", (0.1, 0.2, 0.3), strict=True))
    odd = (1 - (1 - 0.2) * (1 - 0.4) * (1 - 0.6)) / 2
    assert isclose(exactly(xor([Event(n) for n in "abc"]), p).value, odd, rel_tol=1e-12)


def test_negated_events_have_no_cut_sets_and_say_so() -> None:
    found = minimal_cut_sets(Or((Event("a"), Not(Event("b")))))
    assert isinstance(found, Refusal)
    assert "coherent" in found.reason
    twice = minimal_cut_sets(Not(And((Not(Event("a")), Not(Event("b"))))))
    assert isinstance(twice, CutSets)
    assert twice.by_order() == {1: 2}


def test_a_deep_chain_needs_no_recursion() -> None:
    formula: Formula = Event("e0")
    for i in range(1, 20_000):
        formula = And((formula, Event(f"e{i}"))) if i % 2 else Or((formula, Event(f"e{i}")))
    p = {f"e{i}": 0.5 for i in range(20_000)}
    value = 0.5
    for i in range(1, 20_000):
        value = value * 0.5 if i % 2 else 1 - (1 - value) * 0.5
    assert isclose(exactly(formula, p).value, value, rel_tol=1e-9)


def test_a_long_chain_of_one_kind_is_one_gate() -> None:
    formula: Formula = Event("e0")
    for i in range(1, 50_000):
        formula = Or((formula, Event(f"e{i}")))
    assert len(compile_formula(formula).net.gates) == 1


def test_a_compiled_formula_is_asked_again_in_a_fraction_of_a_millisecond() -> None:
    compiled = compile_formula(_ladder(20))
    p = dict.fromkeys(compiled.net.events, 0.01)
    start = perf_counter()
    for _ in range(10):
        probability(compiled, p)
    assert (perf_counter() - start) / 10 < 0.02


@pytest.mark.parametrize("budget", [0, 3, 10, 20, 30, 45, 60, 5000])
def test_a_budget_of_nodes_is_kept_or_nothing_is_said(budget: int) -> None:
    """Of probability, importance and cut sets alike: what is said is true, else it is refused with the budget."""
    formula = _ladder(3)
    p = dict.fromkeys(events_of(formula), 0.1)
    truth = brute_force(formula, p)
    found = probability(formula, p, node_budget=budget)
    ranked = importances(formula, p, node_budget=budget)
    cuts = minimal_cut_sets(formula, node_budget=budget)
    if isinstance(found, Probability):
        assert isclose(found.value, truth, rel_tol=1e-12)
    else:
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower <= truth <= found.upper
    assert isinstance(ranked, Refusal) == isinstance(found, Refusal)
    if isinstance(cuts, CutSets):
        assert cuts.count() == len(brute_force_cut_sets(formula))
    for answer in (found, ranked, cuts):
        if isinstance(answer, Refusal):
            assert f"more than {budget} nodes" in answer.reason
    assert isinstance(found, Refusal) == (budget < 5000)


def test_an_interval_is_not_read_as_a_value() -> None:
    found = probability(Event("a"), {"a": (0.25, 0.5)})
    assert isinstance(found, Probability)
    assert (found.lower, found.upper, found.complement_lower, found.complement_upper) == (
        0.25,
        0.5,
        0.5,
        0.75,
    )
    with pytest.raises(ValueError, match=r"an interval, 0\.25 \.\. 0\.5"):
        _ = found.value
    with pytest.raises(ValueError, match=r"an interval, 0\.5 \.\. 0\.75"):
        _ = found.complement


def test_cut_sets_are_asked_for_with_a_number_and_all_probabilities() -> None:
    cuts = minimal_cut_sets(Or((Event("a"), And((Event("b"), Event("c"))))))
    assert isinstance(cuts, CutSets)
    with pytest.raises(ValueError, match="at least one cut set to be asked for, found 0"):
        cuts.first(0)
    with pytest.raises(ValueError, match="none given for a, c"):
        cuts.first(1, probabilities={"b": 0.1})
    with pytest.raises(ValueError, match="none given for a, b, c"):
        cuts.first(1, by="probability")
    assert [c.probability for c in cuts.first(2)] == [None, None]


def test_trying_all_states_ends_at_twenty_events() -> None:
    twenty = tuple(Event(f"e{i}") for i in range(20))
    assert len(_few(And(twenty))) == 20
    with pytest.raises(ValueError, match="at most 20 events, found 21"):
        brute_force_cut_sets(And((*twenty, Event("more"))))


def test_missing_and_impossible_probabilities_are_named_together() -> None:
    with pytest.raises(
        ValueError, match=r"a: no probability given; b: expected 0 <= low <= high <= 1, found 1.5"
    ):
        probability(And((Event("a"), Event("b"))), {"b": 1.5})


def test_any_of_associated_parts_fails_at_most_as_if_they_were_independent() -> None:
    """1 - the product of what is left (Esary, Proschan and Walkup 1967); of others only Frechet's sum is known."""
    gate = Gate("any", (2, 4, 6), 1)
    lows, highs = [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]
    assert _gate_bounds(gate, lows, highs, True) == pytest.approx((0.3, 1.0 - 0.6 * 0.5 * 0.4))
    assert _gate_bounds(gate, lows, [0.1, 0.2, 0.3], False) == pytest.approx((0.3, 0.6))


@pytest.mark.parametrize("kind", ["all", "any", "at least"])
@pytest.mark.parametrize("seed", range(6))
def test_bounds_of_a_gate_hold_whatever_hangs_together(kind: str, seed: int) -> None:
    """Least and greatest over every joint law of the parts with these chances, as linear programmes."""
    draw = Random(seed)
    k = {"all": 4, "any": 1, "at least": draw.choice([2, 3])}[kind]
    given = [draw.uniform(0.5, 1.0) if seed % 2 else draw.uniform(0.0, 0.4) for _ in range(4)]
    states = list(product((0, 1), repeat=4))
    holds = [float(sum(state) >= k) for state in states]
    rows = [[1.0] * 16, *([float(state[i]) for state in states] for i in range(4))]
    least, most = (
        sign * linprog([sign * h for h in holds], A_eq=rows, b_eq=[1.0, *given], bounds=(0, 1)).fun
        for sign in (1, -1)
    )
    low, high = _gate_bounds(Gate(kind, k, (2, 4, 6, 8)), given, given, associated=False)
    assert 0.0 <= low <= least + 1e-9
    assert most - 1e-9 <= high <= 1.0
    if kind != "at least":
        assert (low, high) == pytest.approx((least, most), abs=1e-9)
    best = sorted(given, reverse=True)[:k]
    if kind == "at least":
        assert low == pytest.approx(max(0.0, sum(best) - k + 1))  # these alone, by Frechet
        assert high == pytest.approx(min(1.0, sum(given) / k))  # by Markov
        apart = _gate_bounds(Gate(kind, k, (2, 4, 6, 8)), given, given, associated=True)[0]
        assert apart == pytest.approx(prod(best))
        parts = tuple(Event(name) for name in "abcd")
        assert apart <= brute_force(AtLeast(k, parts), dict(zip("abcd", given, strict=True))) + 1e-12


def test_what_remains_without_an_event_that_is_nearly_all_keeps_its_digits() -> None:
    """P(top) = 0.1 + 0.9e-13: subtracting what the event brings would leave three digits of the rest."""
    found = importances(Or((Event("a"), And((Event("b"), Event("c"))))), {"a": 0.1, "b": 1e-6, "c": 1e-7})
    assert not isinstance(found, Refusal)
    rest = 1e-13
    assert found["a"].risk_reduction == pytest.approx((0.1 + 0.9 * rest) / rest, rel=1e-9)
