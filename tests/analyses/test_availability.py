"""Availability against brute force: every state of the parts and every outcome of a run, by what programs mean."""

from __future__ import annotations

import itertools
import random

import pytest

from groma.analyses.availability import figures as availability
from groma.analyses.context import Context
from groma.catalog import load_catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.program import Call, Choose, Fail, Group, Mark, Parallel, Repeat, Step, Stop
from groma.model.quantity import Quantity

CATALOG = load_catalog()


def context(text: str) -> Context:
    model = loads(text)
    return Context(model, CATALOG, Ledger(model.digest))


HEAD = "groma: 1\nsystem: t\ncurrency: EUR\n"


def component(name: str, availability: str, more: str = "") -> str:
    return (
        f"  {name}: {{kind: service, fails: {{availability: {availability}}}, offers: {{x: {{}}}}{more}}}\n"
    )


def flow(steps: str, name: str = "f") -> str:
    return f"flows:\n  {name}:\n    starts: {{rate: 1/s}}\n    steps:\n" + "".join(
        f"      {line}\n" for line in steps.strip().splitlines()
    )


def test_three_parts_of_four_nines_in_series() -> None:
    # published arithmetic: 0.9999^3 = 0.999700029999, 13 min of a 730 h month
    text = HEAD + "components:\n" + "".join(component(n, "99.99 %") for n in "abc")
    c = context(text + flow("- call: a.x\n- call: b.x\n- call: c.x"))
    found = availability.figure(c, "availability/f")
    assert found.value == pytest.approx(0.9999**3, abs=1e-15)
    assert found.low == found.high == found.value
    down = availability.figure(c, "downtime/f")
    assert down.value == pytest.approx((1 - 0.9999**3) * 43800 * 60, rel=1e-9)


def test_two_of_three_over_three_places() -> None:
    text = HEAD + (
        "places:\n"
        "  region: {kind: region, fails: {availability: 99.9 %}}\n"
        "  z1: {kind: zone, in: region, fails: {availability: 99 %}}\n"
        "  z2: {kind: zone, in: region, fails: {availability: 99 %}}\n"
        "  z3: {kind: zone, in: region, fails: {availability: 99 %}}\n"
        "components:\n"
    )
    text += component("a", "98 %", ", replicas: 3, enough: 2, place: [z1, z2, z3]")
    p = 0.99 * 0.98
    want = 0.999 * (3 * p**2 * (1 - p) + p**3)
    assert availability.figure(context(text + flow("- call: a.x")), "availability/f").value == pytest.approx(
        want
    )


def test_replicas_stand_on_replicas_of_their_carrier_but_move_in_a_pool() -> None:
    base = HEAD + "components:\n" + component("a", "90 %", ", replicas: 2, runs_on: h")
    alongside = base + component("h", "80 %", ", replicas: 2")
    pool = base + component("h", "80 %", ", replicas: 2, enough: 1")
    steps = flow("- call: a.x")
    assert availability.figure(context(alongside + steps), "availability/f").value == pytest.approx(
        1 - (1 - 0.72) ** 2
    )
    assert availability.figure(context(pool + steps), "availability/f").value == pytest.approx(
        (1 - 0.2**2) * (1 - 0.1**2)
    )


def test_retry_of_a_dead_part_gains_nothing_but_a_fallback_does() -> None:
    text = HEAD + "components:\n" + component("a", "90 %") + component("b", "80 %")
    retried = context(text + flow("- {call: a.x, retry: 5}"))
    instead = context(text + flow("- {call: a.x, fallback: [{call: b.x}]}"))
    assert availability.figure(retried, "availability/f").value == pytest.approx(0.9)
    assert availability.figure(instead, "availability/f").value == pytest.approx(1 - 0.1 * 0.2)


def test_what_a_component_depends_on_is_counted_once_even_in_a_circle() -> None:
    text = HEAD + "suppliers:\n  s: {fails: {availability: 99 %}}\ncomponents:\n"
    text += component("a", "90 %", ", depends_on: b, supplier: s") + component(
        "b", "80 %", ", depends_on: [a, c], supplier: s"
    )
    text += component("c", "70 %")
    got = availability.figure(context(text + flow("- call: b.x\n- call: a.x")), "availability/f")
    assert got.value == pytest.approx(0.99 * 0.9 * 0.8 * 0.7)


def test_known_ranges_give_the_interval_and_its_ends_are_attained() -> None:
    text = (
        HEAD
        + "components:\n  a: {kind: s, fails: {every: 100 h .. 300 h, repaired_in: 1 h .. 2 h}, offers: {x: {}}}\n"
    )
    got = availability.figure(context(text + flow("- call: a.x")), "availability/f")
    assert got.low == pytest.approx(100 / 102)
    assert got.high == pytest.approx(300 / 301)
    assert got.value == pytest.approx(200 / 201.5)


def test_a_part_that_says_nothing_about_failing_is_not_shown_but_bounds_from_above() -> None:
    text = HEAD + "components:\n" + component("a", "90 %") + "  b: {kind: s, offers: {x: {}}}\n"
    got = availability.figure(context(text + flow("- call: a.x\n- call: b.x")), "availability/f")
    assert got.value is None and got.low is None
    assert got.high == pytest.approx(0.9)
    assert any(line.startswith("components.b.fails") for line in got.missing)
    assert got.reason == "a fact that it needs is missing"
    free = HEAD + "components:\n" + component("a", "100 %")
    assert availability.figure(context(free + flow("- call: a.x")), "availability/f").value == 1.0


def test_the_way_to_a_mark_needs_only_what_comes_before_it() -> None:
    text = HEAD + "components:\n" + component("a", "90 %") + component("b", "80 %")
    c = context(text + flow("- call: a.x\n- mark: m\n- call: b.x"))
    assert availability.figure(c, "availability/f@m").value == pytest.approx(0.9)
    assert availability.figure(c, "availability/f").value == pytest.approx(0.72)


def test_a_connection_that_fails_is_part_of_the_way() -> None:
    text = HEAD + "components:\n" + component("a", "90 %")
    text += "  b: {kind: s, fails: {availability: 80 %}, offers: {x: {steps: [{call: a.x}]}}}\n"
    text += "connections:\n  ba: {from: b, to: a, fails: {availability: 99 %}}\n"
    assert availability.figure(context(text + flow("- call: b.x")), "availability/f").value == pytest.approx(
        0.72 * 0.99
    )


# --- random programs against every state and every outcome -----------------------------------------------------------

Outcome = dict[str, float]


def run(model: Model, steps: tuple[Step, ...], state: dict[str, bool], mark: str | None) -> Outcome:
    """Chance of each end of a run, given which components are up: the meaning of programs, directly."""
    left: Outcome = {"ok": 1.0}
    for step in steps:
        ends = attempt(model, step, state, mark)
        going = left.pop("ok")
        for end, chance in ends.items():
            left[end] = left.get(end, 0.0) + going * chance
        left.setdefault("ok", 0.0)
    return left


def mixed(parts: list[tuple[float, Outcome]]) -> Outcome:
    total: Outcome = {}
    for weight, outcome in parts:
        for end, chance in outcome.items():
            total[end] = total.get(end, 0.0) + weight * chance
    return total


def attempt(model: Model, step: Step, state: dict[str, bool], mark: str | None) -> Outcome:
    policies = step.policies
    once = act(model, step, state, mark)
    tries = once
    for _ in range(0 if policies.retry is None else policies.retry.times):
        again = dict(once)
        for end in [e for e in again if e == "outage"]:
            weight = again.pop(end)
            again = mixed([(1.0, again), (weight, tries)])
        tries = again
    ends = tries
    if policies.cache is not None:
        hits = policies.cache.hits
        assert isinstance(hits, Quantity)
        up = policies.cache.component is None or state[policies.cache.component]
        ends = mixed([(hits.mean if up else 0.0, {"ok": 1.0}), (1 - hits.mean if up else 1.0, ends)])
    if policies.fallback is not None:
        bad, business = ends.pop("outage", 0.0), ends.pop("rejected", 0.0)
        other = run(model, policies.fallback, state, mark)
        after_outage = {("outage" if end == "rejected" else end): 0.0 for end in other}
        for end, chance in other.items():
            after_outage["outage" if end == "rejected" else end] += chance
        ends = mixed([(1.0, ends), (bad, after_outage), (business, other)])
    return ends


def act(model: Model, step: Step, state: dict[str, bool], mark: str | None) -> Outcome:
    match step.action:
        case Call(component, operation):
            if not state[component]:
                return {"outage": 1.0}
            inner = run(model, model.components[component].offers[operation].steps, state, None)
            inner["ok"] = inner.get("ok", 0.0) + inner.pop("ended", 0.0)
            return inner
        case Choose(branches):
            return mixed([(b.share.mean, run(model, b.steps, state, mark)) for b in branches])  # type: ignore[union-attr]
        case Parallel(branches, join):
            each = [run(model, steps, state, mark) for steps in branches]
            total: Outcome = {}
            for ends in itertools.product(*(list(e.items()) for e in each)):
                chance = 1.0
                for _, p in ends:
                    chance *= p
                names = [end for end, _ in ends]
                if names.count("ok") >= join:
                    end = "ok"
                elif names.count("ok") + names.count("ended") >= join and "ended" in names:
                    end = "ended"
                elif len(names) - names.count("outage") >= join:
                    end = "rejected"
                else:
                    end = "outage"
                total[end] = total.get(end, 0.0) + chance
            return total
        case Repeat(steps, times):
            assert isinstance(times, Quantity)
            return run(model, steps * round(times.mean), state, mark)
        case Group(steps):
            return run(model, steps, state, mark)
        case Stop():
            return {"ended": 1.0}
        case Fail(error):
            return {"rejected" if error == "rejected" else "outage": 1.0}
        case Mark(name):
            return {"ended": 1.0} if name == mark else {"ok": 1.0}
        case _:
            raise AssertionError(step.action)


def random_steps(rng: random.Random, depth: int, names: list[str], most: int = 3) -> str:
    return "[" + ", ".join(random_step(rng, depth, names) for _ in range(rng.randint(1, most))) + "]"


def random_step(rng: random.Random, depth: int, names: list[str]) -> str:
    kinds = ["call"] * 6 + ["stop", "rejected", "failed", "mark"]
    if depth:
        kinds += ["choose"] * 4 + ["parallel", "repeat", "group"] * 2
    kind = rng.choice(kinds)
    policy = ""
    if kind in ("call", "group", "choose") and rng.random() < 0.5:
        if rng.random() < 0.6:
            policy += f", fallback: {random_steps(rng, 0, names, 2)}"
        if rng.random() < 0.4:
            policy += ", retry: 2"
        if rng.random() < 0.4:
            policy += f", cache: {{hits: {rng.choice(['25 %', '50 %'])}, component: {rng.choice(names)}}}"
    if kind == "call":
        return f"{{call: {rng.choice(names)}.x{policy}}}"
    if kind == "stop":
        return "{stop: ok}"
    if kind in ("rejected", "failed"):
        return f"{{fail: {kind}}}"
    if kind == "mark":
        return "{mark: m}"
    if kind == "choose":
        share = rng.choice([25, 40, 70])
        inner = [random_steps(rng, depth - 1, names, 2) if rng.random() < 0.85 else "[]" for _ in range(2)]
        branches = [f"{{share: {s} %, steps: {i}}}" for s, i in zip((share, 100 - share), inner, strict=True)]
        return f"{{choose: [{', '.join(branches)}]{policy}}}"
    if kind == "parallel":
        calls = [f"[{{call: {rng.choice(names)}.x}}]" for _ in range(2)]
        return f"{{parallel: [{', '.join(calls)}, {random_steps(rng, 0, names, 2)}], join: all}}"
    if kind == "repeat":
        return f"{{repeat: {{times: {rng.randint(0, 3)}, steps: {random_steps(rng, depth - 1, names, 2)}}}}}"
    return f"{{steps: {random_steps(rng, depth - 1, names, 2)}{policy}}}"


@pytest.mark.parametrize("seed", range(400))
def test_random_programs_agree_with_every_state_and_outcome(seed: int) -> None:
    rng = random.Random(seed)
    names = ["a", "b", "c", "d"]
    shares = {name: rng.choice([50, 80, 90, 99]) for name in names}
    text = HEAD + "components:\n"
    for number, name in enumerate(names):
        nested = random_steps(rng, 1, names[number + 1 :], 2) if number < 2 and rng.random() < 0.4 else "[]"
        fails = f"fails: {{availability: {shares[name]} %}}"
        text += f"  {name}: {{kind: s, {fails}, offers: {{x: {{steps: {nested}}}}}}}\n"
    c = context(text + "flows:\n  f: {starts: {rate: 1/s}, steps: " + random_steps(rng, 2, names, 4) + "}\n")
    program = c.model.flows["f"].steps
    for mark in (None, "m"):
        want = 0.0
        for ups in itertools.product((True, False), repeat=len(names)):
            state = dict(zip(names, ups, strict=True))
            weight = 1.0
            for name in names:
                weight *= shares[name] / 100 if state[name] else 1 - shares[name] / 100
            ends = run(c.model, program, state, mark)
            want += weight * (1.0 - ends.get("outage", 0.0))
        solved = availability.solve(c, "f" if mark is None else "f@m")
        if solved.up.value is not None:
            assert solved.up.value == pytest.approx(want, abs=1e-12), text
        assert solved.up.low - 1e-12 <= want <= solved.up.high + 1e-12


# --- what it hangs on ------------------------------------------------------------------------------------------------


def test_single_points_carry_the_share_of_runs_that_they_stop() -> None:
    from groma.analyses.structure.weakness import single_points, weak_sets, weights

    text = (
        HEAD
        + "components:\n"
        + component("a", "99 %")
        + component("b", "98 %")
        + component("c", "97 %", ", replicas: 2")
    )
    steps = (
        "- call: a.x\n- choose: [{share: 30 %, steps: [{call: b.x}]}, {share: 70 %, steps: []}]\n- call: c.x"
    )
    c = context(text + flow(steps))
    alone = single_points(c, "f")
    assert [(w.parts, round(w.lost or 0, 9)) for w in alone] == [
        (("components.a",), 1.0),
        (("components.b",), 0.3),
    ]
    pairs = [w.parts for w in weak_sets(c, "f", 2) if len(w.parts) == 2]
    assert pairs == [("components.c#1", "components.c#2")]
    spent = {w.part: w for w in weights(c, "f")}
    up = 0.99 * (0.7 + 0.3 * 0.98) * (1 - 0.03**2)
    without_a = (0.7 + 0.3 * 0.98) * (1 - 0.03**2)
    assert spent["components.a"].birnbaum == pytest.approx(without_a)
    assert spent["components.a"].fussell_vesely == pytest.approx(1 - (1 - without_a) / (1 - up))
    # what parts spend adds up to the downtime; of a joint failure each part of a series bears half
    assert sum(w.spends for w in spent.values()) == pytest.approx((1 - up) * 730 * 3600, rel=1e-12)
    assert 0.99 * (without_a - up) * 730 * 3600 < spent["components.a"].spends < 0.01 * 730 * 3600
    assert spent["components.c#1"].spends == pytest.approx(spent["components.c#2"].spends)
    assert next(iter(spent)) == "components.a"


def test_open_alternatives_are_bounded_by_the_best_and_the_worst_of_them() -> None:
    import dataclasses

    from groma.model.elements import Alternative

    text = (
        HEAD
        + "components:\n"
        + component("a", "99 %")
        + component("c1", "90 %")
        + component("c2", "95 %", ", replicas: 2")
    )
    closed = context(text + "  b: {kind: s, offers: {x: {}}}\n" + flow("- call: a.x\n- call: b.x")).model
    parts = {n: c for n, c in closed.components.items() if n != "b"}
    one = dataclasses.replace(parts.pop("c1"), name="b")
    two = dataclasses.replace(parts.pop("c2"), name="b")
    options = tuple(Alternative(role="r", variant=v, component=c) for v, c in (("one", one), ("two", two)))
    model = dataclasses.replace(closed, components=parts, alternatives={"b": options})
    c = Context(model, CATALOG, Ledger(""))
    high, low = availability.bounds(c, "availability/f")
    ends = {v: availability.bounds(c.with_partial({"r": v}), "availability/f") for v in ("one", "two")}
    assert ends["one"] == pytest.approx((0.99 * 0.9, 0.99 * 0.9))
    assert ends["two"] == pytest.approx((0.99 * (1 - 0.05**2),) * 2)
    assert high >= ends["two"][0] and low <= ends["one"][0]
    assert high == pytest.approx(0.99 * (1 - 0.05**2))  # coupled: no better than the best alternative
    assert availability.figure(c, "availability/f").value is None
