"""Common causes, takeovers, apportioning and the Open-PSA expressions, against published figures and closed forms."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import product

import pytest

from groma.solvers.faulttrees import (
    And,
    AtLeast,
    CutSets,
    Event,
    Formula,
    Not,
    OpenPsaError,
    Or,
    Probability,
    Refusal,
    alpha_shares,
    apportioned,
    beta_factor,
    beta_shares,
    brute_force,
    common_cause,
    equivalent_unavailability,
    events_of,
    greek_shares,
    group_unavailability,
    importances,
    k_of_n_failed,
    mean_time_to_down,
    minimal_cut_sets,
    pair_unavailability,
    phi_shares,
    probability,
    probability_of_down,
    read_openpsa,
    role_unavailability,
    unavailability,
    write_openpsa,
)

GROUPS = {
    "beta-factor": "<factor level='3'><float value='0.2'/></factor>",
    "MGL": "<factors><factor level='2'><float value='0.2'/></factor>"
    "<factor level='3'><float value='0.1'/></factor></factors>",
    "alpha-factor": "<factors><factor level='1'><float value='0.7'/></factor>"
    "<factor level='2'><float value='0.2'/></factor><factor level='3'><float value='0.1'/></factor></factors>",
}
GROUPS["phi-factor"] = GROUPS["alpha-factor"]


def trains(model: str) -> str:
    """Three trains of a pump and a valve each; pumps share causes, and so do valves."""
    gates = "".join(
        f"<define-gate name='t{n}'><or><event name='P{n}'/><event name='V{n}'/></or></define-gate>"
        for n in "123"
    )
    groups = "".join(
        f"<define-CCF-group name='{kind}' model='{model}'><members>"
        + "".join(f"<basic-event name='{kind}{n}'/>" for n in "123")
        + f"</members><distribution><float value='0.1'/></distribution>{GROUPS[model]}</define-CCF-group>"
        for kind in "PV"
    )
    top = (
        "<define-gate name='top'><and><gate name='t1'/><gate name='t2'/><gate name='t3'/></and></define-gate>"
    )
    return f"<opsa-mef><define-fault-tree name='two'>{top}{gates}{groups}</define-fault-tree></opsa-mef>"


@pytest.mark.parametrize(
    ("model", "published", "orders"),
    [
        # SCRAM's benchmark of common cause models (rakhimov/scram, risk_analysis_tests.cc): P to five places, products
        ("beta-factor", 0.04308, {1: 2, 3: 8}),
        ("MGL", 0.01630, {1: 2, 2: 24, 3: 8}),
        ("alpha-factor", 0.05298, {1: 2, 2: 24, 3: 8}),
        ("phi-factor", 0.04104, {1: 2, 2: 24, 3: 8}),
    ],
)
def test_common_cause_groups_give_another_engines_published_values(
    model: str, published: float, orders: dict[int, int]
) -> None:
    read = read_openpsa(trains(model))
    found = probability(read.top(), read.probabilities)
    assert isinstance(found, Probability)
    assert found.value == pytest.approx(published, abs=1e-5)
    sets = minimal_cut_sets(read.top())
    assert isinstance(sets, CutSets)
    assert sets.by_order() == orders
    again = read_openpsa(write_openpsa("again", read.top(), read.probabilities))
    same = probability(again.top(), again.probabilities)
    assert isinstance(same, Probability)
    assert same.value == pytest.approx(found.value, rel=1e-13)


@pytest.mark.parametrize("n", range(2, 7))
def test_every_model_gives_each_part_its_whole_probability_back(n: int) -> None:
    rng = random.Random(n)
    letters = [rng.random() for _ in range(n - 1)]
    for shares in (
        beta_shares(n, 0.3),
        greek_shares(n, letters),
        alpha_shares(n, [rng.random() for _ in range(n)]),
    ):
        assert sum(math.comb(n - 1, k) * share for k, share in enumerate(shares)) == pytest.approx(
            1.0, rel=1e-12
        )
    assert greek_shares(n, [0.3]) == pytest.approx(beta_shares(n, 0.3))


def test_greek_letters_as_nureg_cr_5485_writes_them_for_three() -> None:
    # Q1 = (1 - b) Q, Q2 = b (1 - g) Q / 2, Q3 = b g Q; alpha: Q2 = a2 Q / at, at = a1 + 2 a2 + 3 a3
    assert greek_shares(3, [0.1, 0.27]) == pytest.approx((0.9, 0.1 * 0.73 / 2, 0.1 * 0.27), rel=1e-15)
    at = 0.95 + 2 * 0.04 + 3 * 0.01
    assert alpha_shares(3, [0.95, 0.04, 0.01]) == pytest.approx(
        (0.95 / at, 0.04 / at, 3 * 0.01 / at), rel=1e-15
    )


def test_impossible_groups_are_refused() -> None:
    for wrong in (
        lambda: beta_shares(3, 1.2),
        lambda: greek_shares(3, [0.1, 0.2, 0.3]),
        lambda: alpha_shares(3, [0.0, 0.0, 0.0]),
        lambda: alpha_shares(3, [0.5, 0.5]),
        lambda: phi_shares(2, [0.5, 0.4]),
        lambda: common_cause(["a", "a"], 0.1, (0.9, 0.1)),
        lambda: common_cause([f"e{i}" for i in range(13)], 0.1, greek_shares(13, [0.1, 0.1])),
    ):
        with pytest.raises(ValueError, match="expected"):
            wrong()
    large = common_cause([f"e{i}" for i in range(40)], 0.1, beta_shares(40, 0.1))
    assert len(large.probabilities) == 41
    assert greek_shares(3000, [0.1])[0] == pytest.approx(0.9)


# --- takeover --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noticed", [1.0, 0.95, 0.5])
@pytest.mark.parametrize("takeover", [0.003, 0.05, 0.5])
def test_a_takeover_beside_a_pair_is_never_better_than_its_markov_chain_and_close(
    takeover: float, noticed: float
) -> None:
    up, down = 2000.0, 4.0
    role = role_unavailability(up, down, takeover, noticed)
    q = down / (up + down)
    exact = pair_unavailability(up, down, takeover, noticed)
    together = 1 - (1 - role) * (1 - q * q)
    # too much by at most what a repair would have brought back during the takeover
    assert exact <= together <= exact * (1 + takeover / down + 3 * down / up)


def test_the_chain_of_a_pair_has_its_limits() -> None:
    up, down = 1000.0, 10.0
    q = down / (up + down)
    assert pair_unavailability(up, down, 1e-9) == pytest.approx(
        q * q, rel=1e-6
    )  # at once: two independent parts
    # never noticed: the active part alone decides, its spare only after both failed; within the second order
    assert pair_unavailability(up, down, 1.0, 0.0) == pytest.approx(q, rel=0.01)
    # rate times time: one failure in 1,000 h and 36 s to take over are 1e-5
    assert role_unavailability(1000.0, 10.0, 0.01) == pytest.approx(1e-5, rel=2e-5)


# --- apportioning ----------------------------------------------------------------------------------------------------


def random_formula(rng: random.Random, names: list[str], depth: int = 3) -> Formula:
    if depth == 0 or rng.random() < 0.2:
        return Event(rng.choice(names))
    parts = tuple(random_formula(rng, names, depth - 1) for _ in range(rng.randint(2, 3)))
    return rng.choice([And(parts), Or(parts), AtLeast(2, parts), Not(parts[0])])


@pytest.mark.parametrize("seed", range(25))
def test_what_is_given_out_adds_up_and_is_the_integral_of_the_derivative(seed: int) -> None:
    rng = random.Random(seed)
    formula = random_formula(rng, list("abcdef"))
    names = events_of(formula)
    start = {name: rng.choice([0.0, rng.random()]) for name in names}
    end = {name: rng.choice([start[name], rng.random()]) for name in names}
    found = apportioned(formula, start, end)
    assert not isinstance(found, Refusal)
    assert sum(found.values()) == pytest.approx(
        brute_force(formula, end) - brute_force(formula, start), abs=1e-12
    )
    points = 13  # Simpson's rule on brute-force differences
    for name in names[:1]:
        total = 0.0
        for i in range(points):
            here = {n: start[n] + i / (points - 1) * (end[n] - start[n]) for n in names}
            slope = brute_force(formula, {**here, name: 1.0}) - brute_force(formula, {**here, name: 0.0})
            weight = 1 if i in (0, points - 1) else 4 if i % 2 else 2
            total += weight * slope * (end[name] - start[name]) / (3 * (points - 1))
        assert found[name] == pytest.approx(total, abs=1e-5)


def test_a_pair_shares_and_a_series_carries_its_own() -> None:
    zero, q = {"a": 0.0, "b": 0.0}, {"a": 0.1, "b": 0.2}
    pair = apportioned(And((Event("a"), Event("b"))), zero, q)
    series = apportioned(Or((Event("a"), Event("b"))), zero, q)
    assert pair == pytest.approx({"a": 0.01, "b": 0.01})
    assert series == pytest.approx({"a": 0.09, "b": 0.19})


def test_a_large_formula_is_apportioned_with_its_sum_checked() -> None:
    names = [f"e{i}" for i in range(150)]
    formula = AtLeast(3, tuple(Event(n) for n in names))
    q = dict.fromkeys(names, 0.05)
    found = apportioned(formula, dict.fromkeys(names, 0.0), q)
    assert not isinstance(found, Refusal)
    whole = probability(formula, q)
    assert isinstance(whole, Probability)
    assert sum(found.values()) == pytest.approx(whole.value, rel=1e-9)
    assert max(found.values()) == pytest.approx(min(found.values()), rel=1e-9)
    assert isinstance(
        apportioned(Or((And((Event("a"), Event("b"))), And((Event("a"), Event("c"))))), {}, {}, 0), Refusal
    )


def test_importances_are_their_definitions_by_every_state() -> None:
    for seed in range(40):
        rng = random.Random(seed)
        formula = random_formula(rng, list("abcde"))
        p = {name: rng.uniform(0.05, 0.95) for name in "abcde"}
        found = importances(formula, p)
        assert not isinstance(found, Refusal)
        top = brute_force(formula, p)
        products: dict[str, float] = {}
        for name, each in found.items():
            certain, never = (brute_force(formula, {**p, name: end}) for end in (1.0, 0.0))
            assert each.birnbaum == pytest.approx(certain - never, abs=1e-12)
            products[name] = p[name] * (certain - never)
            if top > 0:
                assert each.fussell_vesely == pytest.approx(products[name] / top, abs=1e-9)
                assert each.diagnostic == pytest.approx(p[name] * certain / top, abs=1e-9)
        for name, each in found.items():
            if abs(sum(products.values())) > 1e-9:
                assert each.differential == pytest.approx(products[name] / sum(products.values()), abs=1e-9)


# --- numbers in files ------------------------------------------------------------------------------------------------


def event_of(expression: str, more: str = "", mission_time: float | None = None) -> float:
    text = (
        "<opsa-mef><define-fault-tree name='t'><define-gate name='g'><event name='e'/></define-gate>"
        f"</define-fault-tree><model-data>{more}<define-basic-event name='e'>{expression}</define-basic-event>"
        "</model-data></opsa-mef>"
    )
    return read_openpsa(text, mission_time).probabilities["e"]


def f(value: float) -> str:
    return f"<float value='{value}'/>"


def test_laws_of_failure_over_time_are_their_formulas() -> None:
    at = "<system-mission-time/>"
    rate = (
        "<define-parameter name='rate'><mul><float value='2'/><float value='1e-4'/></mul></define-parameter>"
    )
    assert event_of(
        f"<exponential><parameter name='rate'/>{at}</exponential>", rate, 1000.0
    ) == pytest.approx(1 - math.exp(-0.2), rel=1e-14)
    weibull = f"<Weibull>{f(500)}{f(2)}{f(100)}{at}</Weibull>"
    assert event_of(weibull, "", 600.0) == pytest.approx(1 - math.exp(-1.0), rel=1e-14)
    assert event_of(weibull, "", 50.0) == 0.0
    glm = f"<GLM>{f(0.02)}{f(1e-3)}{f(0.1)}{at}</GLM>"
    assert event_of(glm, "", 0.0) == pytest.approx(0.02, rel=1e-14)
    assert event_of(glm, "", 1e6) == pytest.approx(1e-3 / 0.101, rel=1e-12)
    # the derivative at the start is failure (1 - q) - repair q
    slope = (event_of(glm, "", 1e-4) - 0.02) / 1e-4
    assert slope == pytest.approx(1e-3 * 0.98 - 0.1 * 0.02, rel=1e-4)


def test_arithmetic_of_expressions() -> None:
    for text, value in (
        (f"<div><sub>{f(1)}{f(0.25)}{f(0.25)}</sub><int value='2'/></div>", 0.25),
        (f"<add>{f(0.1)}{f(0.2)}<neg>{f(0.05)}</neg></add>", 0.25),
        (f"<pow>{f(0.5)}{f(3)}</pow>", 0.125),
        (f"<min>{f(0.5)}{f(0.3)}<max>{f(0.1)}{f(0.4)}</max></min>", 0.3),
        (f"<mean>{f(0.5)}{f(0.3)}<sqrt>{f(0.01)}</sqrt></mean>", 0.3),
        (f"<exp><log>{f(0.7)}</log></exp>", 0.7),
        (f"<abs><log10>{f(0.5)}</log10></abs>", math.log10(2)),
        ("<bool value='true'/>", 1.0),
    ):
        assert event_of(text) == pytest.approx(value, rel=1e-12)


GROUP = "<opsa-mef><model-data><define-CCF-group name='g' model='{}'>{}</define-CCF-group></model-data></opsa-mef>"
MEMBERS = "<members><basic-event name='a'/><basic-event name='b'/></members>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "<exponential><float value='1e-3'/><system-mission-time/></exponential>",
            "mission time isn't stated",
        ),
        ("<exponential><float value='1e-3'/></exponential>", "expected 2 arguments, found 1"),
        ("<div><float value='1'/></div>", "expected 2 or more arguments, found 1"),
        ("<div><float value='1'/><float value='0'/></div>", "has no value for 1, 0"),
        ("<parameter name='x'/>", "parameter x isn't defined"),
        ("<add><float value='0.7'/><float value='0.7'/></add>", "from 0 to 1, found '1.4'"),
        ("<float value='nan'/>", "expected a number, found 'nan'"),
        ("<sqrt><float value='-1'/></sqrt>", "has no value for -1"),
        (f"<Weibull>{f(-2)}{f(0.5)}{f(0)}{f(5)}</Weibull>", "has no value for -2, 0.5, 0, 5"),
    ],
)
def test_numbers_that_have_no_value_are_refused(text: str, message: str) -> None:
    with pytest.raises(OpenPsaError, match=message):
        event_of(text)


def test_parameters_in_a_circle_are_refused() -> None:
    circle = "".join(
        f"<define-parameter name='{a}'><parameter name='{b}'/></define-parameter>" for a, b in ("xy", "yx")
    )
    with pytest.raises(OpenPsaError, match="depends on itself"):
        event_of("<parameter name='x'/>", circle)


@pytest.mark.parametrize(
    ("model", "body", "message"),
    [
        ("gamma", MEMBERS, "expected one of beta-factor"),
        ("MGL", MEMBERS, "expected <distribution>"),
        (
            "MGL",
            f"{MEMBERS}<distribution>{f(0.1)}</distribution>",
            "expected factors of level 2 to 2, found none",
        ),
        (
            "beta-factor",
            f"<members><basic-event name='a'/></members><distribution>{f(0.1)}</distribution>",
            "at least two distinct members",
        ),
        (
            "alpha-factor",
            "<members>" + "".join(f"<basic-event name='m{i}'/>" for i in range(2000)) + "</members>"
            f"<distribution>{f(0.1)}</distribution>",
            "at most 12 members of model alpha-factor, found 2000",
        ),
        (
            "beta-factor",
            f"{MEMBERS}<distribution>{f(0.1)}</distribution><factor>{f(1.5)}</factor>",
            "factors from 0 to 1",
        ),
    ],
)
def test_groups_that_say_something_wrong_are_refused(model: str, body: str, message: str) -> None:
    with pytest.raises(OpenPsaError, match=message):
        read_openpsa(GROUP.format(model, body))


def test_two_of_three_with_three_kinds_of_causes_by_every_state() -> None:
    caused = common_cause(["a", "b", "c"], 0.2, greek_shares(3, [0.3, 0.4]))
    formula = AtLeast(2, caused.parts)
    names = list(caused.probabilities)
    total = 0.0
    for state in product((0, 1), repeat=len(names)):
        on = {name for name, up in zip(names, state, strict=True) if up}
        down = {part for part in "abc" if any(part in name.strip("[]").split() for name in on)}
        if len(down) >= 2:
            total += math.prod(
                caused.probabilities[n] if up else 1 - caused.probabilities[n]
                for n, up in zip(names, state, strict=True)
            )
    found = probability(formula, caused.probabilities)
    assert isinstance(found, Probability)
    assert found.value == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("q", [1e-9, 0.01, 0.3, 0.9])
def test_the_chance_of_each_part_is_that_whose_binomial_tail_is_the_groups(q: float) -> None:
    """One of three, two of three and three of three needed: q^3, 3 q^2 - 2 q^3 and 1 - (1 - q)^3."""
    for needed, group in (1, q**3), (2, 3 * q**2 - 2 * q**3), (3, q * (3 - 3 * q + q**2)):
        assert equivalent_unavailability(needed, 3, group) == pytest.approx(q, rel=1e-8)
    assert equivalent_unavailability(2, 3, 0.0) == 0.0
    assert equivalent_unavailability(2, 3, 1.0) == 1.0


@pytest.mark.parametrize(("needed", "n", "group"), [(0, 3, 0.1), (4, 3, 0.1), (2, 3, -0.1), (2, 3, 1.1)])
def test_a_group_of_like_parts_is_one(needed: int, n: int, group: float) -> None:
    with pytest.raises(ValueError, match="needed <= n and a chance"):
        equivalent_unavailability(needed, n, group)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: k_of_n_failed(0, 3, 0.1), "1 <= k <= n, found k = 0, n = 3"),
        (lambda: k_of_n_failed(4, 3, 0.1), "1 <= k <= n, found k = 4, n = 3"),
        (lambda: k_of_n_failed(2, 3, 1.1), "q and beta from 0 to 1"),
        (lambda: k_of_n_failed(2, 3, 0.1, -0.1), "q and beta from 0 to 1"),
        (lambda: beta_factor(["a", "b"], 0.1, 0.1, "a"), "distinct names of parts and cause"),
        (lambda: beta_factor(["a", "a"], 0.1, 0.1, "c"), "distinct names of parts and cause"),
        (lambda: beta_factor(["a", "b"], 0.1, 1.1, "c"), "q and beta from 0 to 1"),
        (lambda: common_cause(["a", "a"], 0.1, (0.9, 0.1)), "distinct names and a share for each order"),
        (lambda: common_cause(["a", "b"], 0.1, (1.0,)), "distinct names and a share for each order"),
        (lambda: common_cause(["a", "b"], 2.0, (0.9, 0.1)), "of probability 0 to 1, found 1.8"),
        (lambda: common_cause(["a", "[a c]", "c"], 0.1, (0.8, 0.1, 0.0)), r"event \[a c\]: expected one"),
        (
            lambda: common_cause([str(n) for n in range(13)], 0.1, (0.9, 0.1, *(0.0,) * 11)),
            "at most 12 parts in a common cause group, found 13",
        ),
        (lambda: greek_shares(3, [0.1, 0.1, 0.1]), "at most 2 factors for 3 parts, found 3"),
        (lambda: greek_shares(3, [1.1]), "factors from 0 to 1"),
        (lambda: alpha_shares(2, [0.1]), "expected 2 factors of zero or more"),
        (lambda: alpha_shares(2, [0.1, -0.1]), "expected 2 factors of zero or more"),
        (lambda: alpha_shares(2, [0.0, 0.0]), "not all zero"),
        (lambda: phi_shares(2, [0.5, 0.6]), "sum to 1"),
        (lambda: phi_shares(3, [0.5, 0.5]), "expected 3 factors"),
        (lambda: group_unavailability(0, 2, 0.1, 1.0, 1), "1 <= needed <= n, found needed = 0"),
        (lambda: group_unavailability(3, 2, 0.1, 1.0, 1), "1 <= needed <= n, found needed = 3"),
        (lambda: mean_time_to_down(0, 2, 0.1, 1.0, 1), "1 <= needed <= n, found needed = 0"),
        (lambda: mean_time_to_down(3, 2, 0.1, 1.0, 1), "1 <= needed <= n, found needed = 3"),
        (lambda: probability_of_down(0, 0.1, 1.0, 1), "at least one part and one crew"),
        (lambda: probability_of_down(1, 0.1, 1.0, 0), "at least one part and one crew"),
        (lambda: unavailability(0.0, 1.0), "positive rates"),
        (lambda: unavailability(1.0, 0.0), "positive rates"),
        (lambda: role_unavailability(0.0, 1.0, 0.1), "times of zero or more and a share"),
        (lambda: role_unavailability(1.0, -1.0, 0.1), "times of zero or more and a share"),
        (lambda: role_unavailability(1.0, 1.0, -0.1), "times of zero or more and a share"),
        (lambda: role_unavailability(1.0, 1.0, 0.1, 1.1), "times of zero or more and a share"),
        (lambda: pair_unavailability(0.0, 1.0, 0.1), "positive times and a share"),
        (lambda: pair_unavailability(1.0, 0.0, 0.1), "positive times and a share"),
        (lambda: pair_unavailability(1.0, 1.0, 0.0), "positive times and a share"),
        (lambda: pair_unavailability(1.0, 1.0, 0.1, -0.1), "positive times and a share"),
    ],
)
def test_what_is_no_group_of_parts_is_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()


def test_ends_of_what_groups_may_be_are_taken() -> None:
    """Where the factors are nought or one, or a spare takes no time, the laws are those of single parts."""
    assert k_of_n_failed(1, 1, 0.25) == 0.25
    assert k_of_n_failed(2, 3, 0.1, 1.0) == pytest.approx(0.1, rel=1e-15)
    assert beta_shares(1, 0.3) == (1.0,)
    assert greek_shares(1, []) == (1.0,)
    assert greek_shares(3, []) == (0.0, 0.0, 1.0)
    twelve = common_cause([str(n) for n in range(12)], 0.1, (0.9, 0.1 / 11, *(0.0,) * 10))
    assert len(twelve.probabilities) == 12 + 66
    many = common_cause([str(n) for n in range(20)], 0.1, beta_shares(20, 0.1))
    assert len(many.probabilities) == 21
    assert unavailability(1.0, 3.0) == 0.25
    assert mean_time_to_down(1, 1, 0.25, 1.0, 1) == 4.0
    assert role_unavailability(3.0, 1.0, 0.0, 0.0) == 0.25
    assert role_unavailability(3.0, 0.0, 0.0) == 0.0


def test_laws_at_their_ends() -> None:
    """A repairable part without rates stays as it began; before its start a Weibull law has no failures."""
    assert event_of(f"<GLM>{f(0.02)}{f(0)}{f(0)}{f(5)}</GLM>") == 0.02
    assert event_of(f"<Weibull>{f(500)}{f(2)}{f(100)}{f(100)}</Weibull>") == 0.0
    assert event_of("<bool value='false'/>") == 0.0
    for value in ("0", "1"):
        assert event_of(f"<float value='{value}'/>") == float(value)
