"""Spread, chances, swings and shares of variance, against closed forms, rewritten models and brute force."""

# ruff: noqa: E501 (a part of a model is one line)

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.given import CATALOG, HEAD, context, on, opened
from groma.analyses import Context, assess, figure
from groma.analyses.instance import Instances, coordinates
from groma.analyses.registry import numbers
from groma.analyses.uncertainty.drawn import Drawn, Effort
from groma.analyses.uncertainty.figures import figures
from groma.analyses.uncertainty.points import AtPoints
from groma.analyses.uncertainty.spread import Uncertain, facts_of, measures_of, uncertain
from groma.analyses.uncertainty.study import studied, thorough
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger, NeedResult, Target
from groma.model.load import loads
from groma.workers import spread

Sense = Literal["at_most", "at_least"]
ENOUGH = Effort(8, 64, 8)
BILL = """
needs:
  cheap: {measure: cost/month, at_most: 75 EUR/month}
facts:
  one: {value: 10 EUR/month, known: 10 EUR/month .. 40 EUR/month, source: a test, date: 2026-11-01}
  two: {value: 20 EUR/month, known: 10 EUR/month .. 30 EUR/month, source: a test, date: 2026-11-01}
components:
  a: {kind: s, price: $one}
  b: {kind: s, price: $two}
  c: {kind: s, price: 12 EUR/month .. 24 EUR/month}
"""
"""Triangles over [10, 40] with mode 10 and over [10, 30] with mode 20, and a uniform law over [12, 24]."""
HOSTING = """
needs:
  cheap: {measure: cost/month, at_most: 60 EUR/month}
facts:
  h: {value: 50 EUR/month, known: 40 EUR/month .. 70 EUR/month, source: a test, date: 2026-11-01}
components:
  a: {kind: s, price: $h}
"""
TRIANGLES = [(10 + 10 + 40) / 3, 20.0, 18.0]
VARIANCES = [30**2 / 18, 20**2 / 24, 12**2 / 12]


def study(
    text: str, effort: Effort = ENOUGH, seed: str = "t"
) -> tuple[dict[str, Figure], dict[str, Uncertain]]:
    model = loads(HEAD + text)
    ledger = assess(model, CATALOG)
    found = uncertain(on(model), measures_of(model), effort, spread, seed=seed)
    made = {f.name: f for u in found for f in figures(u, ledger, effort, seed=seed)}
    return made, {u.measure: u for u in found}


def test_the_variance_of_a_bill_is_shared_as_the_closed_form_says() -> None:
    made, found = study(BILL)
    mean, whole = made["spread/cost/month/mean"], sum(VARIANCES)
    assert mean.low is not None and mean.high is not None
    assert mean.low <= sum(TRIANGLES) <= mean.high
    assert mean.value == pytest.approx(sum(TRIANGLES), rel=2e-3)
    assert np.var(found["cost/month"].sample[:, :, 1]) == pytest.approx(whole, rel=0.02)
    for name, part in zip(("fact/one", "fact/two", "model/components.c.price.month"), VARIANCES, strict=True):
        for kind in ("alone", "all"):
            share = made[f"variance/cost/month/{name}/{kind}"]
            assert share.low is not None and share.high is not None
            assert share.low <= part / whole <= share.high
            assert share.value == pytest.approx(part / whole, abs=0.03)


def test_percentiles_and_chances_are_those_of_the_law() -> None:
    """One fact: P(X <= x) of a triangle is known."""
    made, _ = study(HOSTING)
    below = 1 - 10**2 / (30 * 20)
    chance = made["chance/cheap"]
    assert chance.value == pytest.approx(below, abs=0.01)
    assert chance.low <= below <= chance.high  # type: ignore[operator]
    for name, share in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95)):
        truth = 40 + math.sqrt(share * 30 * 10) if share < 1 / 3 else 70 - math.sqrt((1 - share) * 30 * 20)
        estimate = made[f"spread/cost/month/{name}"]
        assert estimate.value == pytest.approx(truth, abs=0.15)
        assert estimate.low - 0.1 <= truth <= estimate.high + 0.1  # type: ignore[operator]
    most = made["spread/cost/month/most"]
    assert (most.low, most.high) == (made["spread/cost/month/p5"].low, made["spread/cost/month/p95"].high)


@pytest.mark.parametrize(("limit", "chance"), [("95 EUR/month", 1.0), ("31 EUR/month", 0.0)])
def test_what_the_interval_decides_is_certain(limit: str, chance: float) -> None:
    found = study(BILL.replace("75 EUR/month", limit), Effort(2, 2, 0))[0]["chance/cheap"]
    assert (found.low, found.value, found.high) == (chance, chance, chance)


def test_what_every_point_says_is_not_certain() -> None:
    """At 93 of at most 94 EUR all points meet it, but the interval doesn't promise it."""
    found = study(BILL.replace("75 EUR/month", "93 EUR/month"), Effort(2, 4, 0))[0]["chance/cheap"]
    assert found.high == 1.0
    assert found.low == pytest.approx(0.01 ** (1 / 16))


def test_the_chance_of_a_need_for_more_is_that_of_the_law() -> None:
    """Uniform from 95 to 99 %: a quarter of it lies above 98 %."""
    text = """
needs: {up: {measure: availability/f, at_least: 98 %}}
components: {a: {kind: s, fails: {availability: 95 % .. 99 %}, offers: {x: {work: 1 ms}}}}
flows: {f: {starts: {rate: 1/h}, steps: [{call: a.x}]}}
"""
    made, _ = study(text)
    assert made["chance/up"].value == pytest.approx(0.25, abs=0.01)
    assert made["spread/availability/f/mean"].value == pytest.approx(0.97, abs=1e-4)


def test_the_chance_of_two_facts_together_is_that_of_their_sum() -> None:
    """Uniform over [10, 40] and over [10, 30]: their sum is below 45 on a trapezium of 25 by 30, less a corner."""
    text = """
needs: {cheap: {measure: cost/month, at_most: 45 EUR/month}}
components:
  a: {kind: s, price: 10 EUR/month .. 40 EUR/month}
  b: {kind: s, price: 10 EUR/month .. 30 EUR/month}
"""
    below = (25**2 / 2 - 5**2 / 2) / (30 * 20)
    chance = study(text)[0]["chance/cheap"]
    assert chance.value == pytest.approx(below, abs=0.01)
    assert chance.low is not None and chance.high is not None and chance.low <= below <= chance.high


def test_the_chance_that_a_queue_is_quick_enough_is_that_of_the_rates_which_allow_it() -> None:
    """M/M/1 with work of 1 s is below 2 s in the mean as long as less than half a call comes a second (Erlang):
    of a rate spread evenly over 0.2 to 0.8 that is half of the time, of three flows' rates the law of Irwin and Hall."""
    text = """
needs: {quick: {measure: latency/f/mean, at_most: 2 s}}
components: {a: {kind: s, threads: 1, offers: {x: {work: 1 s ± 1 s}}}}
flows: {f: {starts: {rate: 0.2/s .. 0.8/s}, steps: [{call: a.x}]}}
"""
    chance = study(text)[0]["chance/quick"]
    assert chance.value == pytest.approx(0.5, abs=0.02)
    three = text.replace("0.2/s .. 0.8/s", "0.1/s .. 0.25/s") + (
        "  g: {starts: {rate: 0.1/s .. 0.25/s}, steps: [{call: a.x}]}\n"
        "  h: {starts: {rate: 0.1/s .. 0.25/s}, steps: [{call: a.x}]}\n"
    )
    three = three.replace("flows: {f: {starts", "flows:\n  f: {starts").replace(
        "steps: [{call: a.x}]}}", "steps: [{call: a.x}]}"
    )
    # the sum of three is below 0.5 where their parts of the span, u + v + w, are below 0.2 / 0.15 = 4 / 3 (Irwin-Hall)
    below = ((4 / 3) ** 3 - 3 * (1 / 3) ** 3) / 6
    found = study(three)[0]["chance/quick"]
    assert found.value == pytest.approx(below, abs=0.03)
    assert found.low is not None and found.high is not None and found.low <= below <= found.high


@pytest.mark.parametrize(
    ("sense", "wanted", "chance"),
    [("at_most", 2.0, (0, 1)), ("at_most", 3.0, (1, 1)), ("at_most", 0.5, (0, 0)), ("at_least", 2.0, (0, 1)),
     ("at_least", 1.0, (1, 1)), ("at_least", 3.5, (0, 0))],
)  # fmt: skip
def test_bounds_at_points_bound_the_chance(sense: Sense, wanted: float, chance: tuple[int, int]) -> None:
    """Every point between 1 and 3: what is between isn't known, what is beyond is, as far as the points go."""
    sample = np.tile([1.0, math.nan, 3.0], (4, 8, 1))
    need = NeedResult("n", "latency/f/mean", Target(sense, wanted), "undecided")
    ledger = Ledger(
        "", {"latency/f/mean": Figure("latency/f/mean", "t", "s", low=0.0, high=9.0)}, needs=[need]
    )
    found = Uncertain("latency/f/mean", (), (1.0, None, 3.0), (), sample)
    made = {f.name: f for f in figures(found, ledger, Effort(4, 4, 0))}
    rare = 0.01 ** (1 / 32)
    truth = made["chance/n"]
    assert truth.low == pytest.approx(min(chance[0], rare))
    assert truth.high == pytest.approx(max(chance[1], 1 - rare))
    assert (truth.value is None) == (chance == (0, 1))
    spread_of = made["spread/latency/f/mean/p50"]
    assert (spread_of.low, spread_of.value, spread_of.high) == (1.0, None, 3.0)


def test_a_product_has_the_shares_of_its_closed_form() -> None:
    """Time a month = times x takes: total index of X in a product is v_x (1 + v_y) / (v_x + v_y + v_x v_y), v the
    variance over the squared mean."""
    text = """
wishes: [people/hours]
people:
  ana: {rate: 60 EUR/h}
flows:
  f: {starts: {rate: 10/month .. 90/month}, steps: [{ask: ana, takes: 1 h .. 3 h}]}
"""
    made, _ = study(text)
    v = {"flows.f.starts.rate": (80**2 / 12) / 50**2, "flows.f.step 1.takes": (2**2 / 12) / 2**2}
    names = [
        n.split("/all")[0].removeprefix("variance/people/hours/model/") for n in made if n.endswith("/all")
    ]
    assert len(names) == 2
    x, y = v.values()
    both = x + y + x * y
    rate = next(n for n in names if "rate" in n)
    takes = next(n for n in names if n != rate)
    for name, alone, every in ((rate, x / both, x * (1 + y) / both), (takes, y / both, y * (1 + x) / both)):
        assert made[f"variance/people/hours/model/{name}/alone"].value == pytest.approx(alone, abs=0.03)
        assert made[f"variance/people/hours/model/{name}/all"].value == pytest.approx(every, abs=0.03)
    assert made["spread/people/hours/mean"].value == pytest.approx(100, rel=0.01)


MIXED = """
wishes: [latency/f/mean, success/f, utilisation/a]
facts:
  speed: {value: 200 ms ± 50 ms, known: 100 ms .. 400 ms, source: a test, date: 2026-11-01}
  lost: {value: 2 %, known: 1 % .. 6 %, source: a test, date: 2026-11-01}
  often: {value: 60/min, known: 30/min .. 90/min, source: a test, date: 2026-11-01}
  other: {value: 30 ms, known: 20 ms .. 60 ms, source: a test, date: 2026-11-01}
components:
  a: {kind: s, threads: 2, offers: {x: {work: $speed, fails: $lost}}}
  b: {kind: s, offers: {y: {work: $other}}}
flows:
  f: {starts: {rate: $often}, steps: [{call: a.x, retry: {times: 1, on: [failed]}}, {call: b.y}]}
"""
ENDS = {
    "speed": (("200 ms ± 50 ms", "100 ms .. 400 ms"), ("100 ms ± 25 ms", "400 ms ± 100 ms")),
    "lost": (("2 %", "1 % .. 6 %"), ("1 %", "6 %")),
    "often": (("60/min", "30/min .. 90/min"), ("30/min", "90/min")),
    "other": (("30 ms", "20 ms .. 60 ms"), ("20 ms", "60 ms")),
}


def written(**values: str) -> str:
    """The model with every fact exactly known: as stated, or as told."""
    text = MIXED
    for name, ((stated, known), _) in ENDS.items():
        text = text.replace(f"value: {stated}, known: {known}", f"value: {values.get(name, stated)}")
    return text


def test_swings_are_those_of_models_written_anew_and_in_their_order() -> None:
    _, found = study(MIXED, Effort(2, 2, 0))
    assert set(found) == {"latency/f/mean", "success/f", "utilisation/a"}
    for measure, known in found.items():
        base = figure(context(written()), measure)
        assert close(known.base) == pytest.approx(close((base.low, base.value, base.high)), rel=1e-9)
        brute: dict[str, float] = {}
        for name, (_, ends) in ENDS.items():
            anew = [figure(context(written(**{name: end})), measure) for end in ends]
            middles = [f.value if f.value is not None else (f.low + f.high) / 2 for f in anew]  # type: ignore[operator]
            brute[f"fact/{name}"] = abs(middles[1] - middles[0])
        order = [s.coordinate.input for s in known.swings if s.width > 1e-9]
        assert order == sorted((n for n in brute if brute[n] > 1e-9), key=lambda n: -brute[n])
        for swing in known.swings:
            assert swing.width == pytest.approx(brute[swing.coordinate.input], rel=1e-6, abs=1e-12)


RATE, WORK = st.integers(1, 40), st.integers(1, 30)
RANGE = st.tuples(st.integers(1, 60), st.integers(0, 60))


@st.composite
def small_models(draw: st.DrawFn) -> str:
    """A few parts with ranges of every kind, called in a row, in a choice, tried again."""
    parts: list[str] = []
    for name in "abc":
        low, more = draw(RANGE)
        lost, worse = draw(st.tuples(st.integers(0, 10), st.integers(0, 10)))
        price, dearer = draw(RANGE)
        parts.append(
            f"  {name}: {{kind: s, threads: {draw(st.integers(1, 3))}, price: {price} EUR/month .. {price + dearer} EUR/month, "
            f"fails: {{availability: {95 - worse} % .. 99 %}}, "
            f"offers: {{x: {{work: {{value: {low} ms ± {max(low // 3, 1)} ms, known: {low} ms .. {low + more} ms}}, fails: {lost} % .. {lost + worse} %}}}}}}"
        )
    share, other = draw(st.tuples(st.integers(0, 50), st.integers(0, 20)))
    rate, busier = draw(st.tuples(st.integers(1, 300), st.integers(0, 200)))
    retry = draw(
        st.sampled_from(
            ["", ", retry: {times: 2, on: [failed]}", ", timeout: 50 ms, retry: {times: 1, on: [timeout]}"]
        )
    )
    middle = share + other
    return (
        "facts:\n"
        f"  p: {{value: {share + other // 2} %, known: {share} % .. {middle} %, source: t, date: 2026}}\n"
        f"  q: {{value: {100 - share - other // 2} %, known: {100 - middle} % .. {100 - share} %, source: t, date: 2026}}\n"
        "components:\n" + "\n".join(parts) + "\nflows:\n"
        f"  f:\n    starts: {{rate: {rate}/min .. {rate + busier}/min}}\n    steps:\n"
        f"      - {{call: a.x{retry}}}\n"
        "      - choose: [{share: $p, steps: [{call: b.x}]}, {share: $q, steps: [{call: c.x}]}]\n"
    )


ASKED = ("latency/f/mean", "latency/f/p95", "success/f", "availability/f", "cost/month", "utilisation/a")


@settings(max_examples=5)
@given(small_models())
def test_the_guaranteed_interval_holds_every_point(text: str) -> None:
    c = context(text)
    for found in uncertain(c, ASKED, Effort(2, 1, 0), spread, seed="held"):
        known = c.ledger[found.measure]
        slack = 1e-9 * max(abs(known.low or 0.0), abs(known.high or 0.0)) + 1e-9
        for low, value, high in found.sample.reshape(-1, 3):
            assert known.low is None or (math.isnan(value) or value >= known.low - slack)
            assert known.high is None or (math.isnan(value) or value <= known.high + slack)
            if math.isfinite(low) and math.isfinite(high):
                # a bracket around the truth at a point meets the interval that holds it
                assert known.high is None or low <= known.high + slack
                assert known.low is None or high >= known.low - slack


@settings(max_examples=2)
@given(small_models())
def test_what_is_not_taken_for_a_fact_of_a_figure_does_not_move_it(text: str) -> None:
    c = context(text)
    taken = facts_of(c, ASKED, AtPoints(c.model, CATALOG), spread)
    for measure, facts in taken.items():
        for coordinate in coordinates(c):
            if coordinate in facts:
                continue
            ends = [
                numbers(on(Instances(c.model).at({coordinate.key: end})), measure)
                for end in (coordinate.range.low, coordinate.range.high)
            ]
            assert close(ends[0]) == pytest.approx(close(ends[1]), rel=1e-9), (measure, coordinate.input)


def close(ends: tuple[float | None, ...]) -> list[float]:
    """Ends that can be compared: -1 where one isn't known."""
    return [-1.0 if end is None else end for end in ends]


def test_samples_are_the_same_on_any_number_of_cores_and_for_one_seed() -> None:
    one = study(BILL, Effort(2, 4, 2))[0]
    model = loads(HEAD + BILL)
    two = uncertain(on(model), measures_of(model), Effort(2, 4, 2), partial(spread, jobs=2), seed="t")
    ledger = assess(model, CATALOG)
    assert repr({f.name: f for u in two for f in figures(u, ledger, Effort(2, 4, 2), seed="t")}) == repr(one)
    other = study(BILL, Effort(2, 4, 2), seed="u")[0]
    assert one["spread/cost/month/mean"].value != other["spread/cost/month/mean"].value


def test_a_point_that_fails_leaves_the_figure_unbounded() -> None:
    """Shares that can't sum to one: the third is exactly known, so nothing but the stated values is possible."""
    model = loads(HEAD + BILL)

    def broken(function: object, points: list[object]) -> list[object]:
        from groma.workers import Failed

        found: list[object] = list(spread(function, points))  # type: ignore[arg-type]
        if len(points) == 2 * (2 + 2) * 4:  # the sample, not what comes before it
            found[0] = Failed("ValueError", "none")
        return found

    (found,) = uncertain(on(model), ["cost/month"], Effort(2, 4, 2), broken)  # type: ignore[arg-type]
    assert found.failed == 1
    first = found.sample[0, 0].tolist()
    assert first[::2] == [-math.inf, math.inf] and math.isnan(first[1])
    assert np.allclose(found.sample[:, 1:, :], found.sample[:, 1:, 1:2], rtol=0.01)
    assert found.shares == {}
    made = {f.name: f for f in figures(found, assess(model, CATALOG), Effort(2, 4, 2))}
    assert made["spread/cost/month/mean"].value is None
    assert (
        made["spread/cost/month/mean"].high == assess(model, CATALOG)["cost/month"].high
    )  # the guarantee stays


def test_open_choices_have_no_distribution() -> None:
    c = opened(
        "components:\n  a: {kind: s, price: 5 EUR/month}\n  b: {kind: s, price: 9 EUR/month}\n",
        "x",
        "r",
        one="a",
        two="b",
    )
    with pytest.raises(ValueError, match="choices of the design are open"):
        uncertain(c, ["cost/month"], ENOUGH, spread)
    ledger = Ledger("")
    assert studied(c.model, ledger, CATALOG).figures == {}


def test_a_model_without_ranges_has_nothing_to_study() -> None:
    made, _ = study("wishes: [cost/month]\ncomponents:\n  a: {kind: s, price: 5 EUR/month}\n")
    assert made == {}


def test_efforts_give_at_least_the_points_asked_for() -> None:
    for samples in (1, 16, 17, 256, 1000):
        for effort in thorough(samples):
            assert samples <= effort.sample < max(2 * samples, 65)


def test_a_study_is_beside_the_figures_not_among_them() -> None:
    model: Model = loads(HEAD + BILL)
    ledger = assess(model, CATALOG)
    before = dict(ledger.figures)
    after = studied(model, ledger, CATALOG)
    assert ledger.figures == before
    assert {n: f for n, f in after.figures.items() if n in before} == before
    assert Ledger.from_json(after.to_json()).figures == after.figures
    assert isinstance(Context(model, CATALOG, replace(after)), Context)


def test_what_is_only_bounded_at_each_point_says_so() -> None:
    """Nobody knows how many runs call what costs 1 EUR a call: at least the fee, at most a euro an hour more."""
    text = """
facts: {fee: {value: 20 EUR/month, known: 10 EUR/month .. 30 EUR/month, source: a test, date: 2026-11-01}}
needs: {cheap: {measure: cost/month, at_most: 700 EUR/month}}
components: {a: {kind: s, price: {month: $fee, call: 1 EUR}, offers: {x: {}}}}
flows:
  f:
    starts: {rate: 1/h}
    steps: [{choose: [{share: unknown, steps: [{call: a.x}]}, {share: unknown, steps: []}]}]
"""
    made, _ = study(text, Effort(2, 2, 0))
    for statistic in ("mean", "p5", "p95"):
        found = made[f"spread/cost/month/{statistic}"]
        assert (found.value, found.reason) == (None, "only bounded at each point")
    told, _ = study(BILL, Effort(2, 2, 0))
    assert told["spread/cost/month/mean"].reason == ""


def chance(sample: list[list[float]], sense: Sense, wanted: float) -> Figure:
    """That a need is met, from the ends of a figure at points."""
    need = NeedResult("n", "m", Target(sense, wanted), "undecided")
    ledger = Ledger("", {"m": Figure("m", "t", "s", low=-1e9, high=1e9)}, needs=[need])
    found = Uncertain("m", (), (0.0, None, 0.0), (), np.array([sample] * 4))
    return {f.name: f for f in figures(found, ledger, Effort(4, 2, 0))}["chance/n"]


@pytest.mark.parametrize("sense", ["at_most", "at_least"])
def test_a_point_of_which_nothing_is_known_may_meet_a_need_or_not(sense: Sense) -> None:
    """Half of the points surely do, one in four surely doesn't, of one in four nobody knows."""
    good, bad = (1.0, 9.0) if sense == "at_most" else (9.0, 1.0)
    sample = [[good] * 3, [good] * 3, [bad] * 3, [-math.inf, math.nan, math.inf]]
    shown = chance(sample, sense, 5.0)
    assert shown.value is None and shown.reason
    assert (shown.low, shown.high) == pytest.approx((0.5, 0.75))


@pytest.mark.parametrize("wanted", [1e-3, 1.0, -1e6, 1e6])
@pytest.mark.parametrize(("sense", "worse"), [("at_most", 1.0), ("at_least", -1.0)])
def test_the_dust_of_floats_misses_no_need(sense: Sense, worse: float, wanted: float) -> None:
    dust = worse * abs(wanted) * 1e-12
    points = [[wanted + part * dust] * 3 for part in (0.0, 0.5, 2.0, 3.0)]
    assert chance(points, sense, wanted).value == pytest.approx(0.5)


def test_shares_of_variance_are_the_jackknife_over_scramblings() -> None:
    """f = 3 x + y at random points: pseudo-values n v - (n - 1) v without one, v by Saltelli and Jansen, written anew."""
    draw = np.random.default_rng(3)
    whole = tuple(coordinates(context(BILL)))[:2]
    a, b = draw.random((3, 16, 2)), draw.random((3, 16, 2))
    f = np.array([3.0, 1.0])
    at_a, at_b = a @ f, b @ f
    mixed = {n: np.where(np.arange(2) == n, b, a) @ f for n in range(2)}

    def index(rows: list[int], n: int) -> tuple[float, float]:
        one, two, there = (values[rows].ravel() for values in (at_a, at_b, mixed[n]))
        both = np.concatenate([one, two])
        first = ((two - both.mean()) * (there - one)).mean() / both.var()
        return float(first), float(((one - there) ** 2).mean() / (2 * both.var()))

    def wide(values: np.ndarray) -> np.ndarray:
        return np.stack([values, values, values], axis=-1)

    drawn = Drawn({"m": wide(np.concatenate([at_a, at_b], axis=1))}, {("m", 1): wide(mixed[1])}, {"m": 0})
    found = drawn.shares("m", whole[1:], whole)
    assert set(found) == {whole[1].input}
    whole_first, whole_total = index([0, 1, 2], 1)
    left = [index([r for r in range(3) if r != out], 1) for out in range(3)]
    assert found[whole[1].input].first == pytest.approx([3 * whole_first - 2 * one for one, _ in left])
    assert found[whole[1].input].total == pytest.approx([3 * whole_total - 2 * one for _, one in left])
    still = np.concatenate([at_a, at_b], axis=1)
    still[1:] = (
        2.0  # nothing varies in two of three scramblings: without the first there is nothing to share out
    )
    same = {("m", 1): wide(np.concatenate([mixed[1][:1], np.full((2, 16), 2.0)]))}
    assert Drawn({"m": wide(still)}, same, {"m": 0}).shares("m", whole[1:], whole) == {}
