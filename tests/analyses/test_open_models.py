"""Ends of open models hold for every way of making the open choices, at every stage of making them."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from analyses.given import HEAD, on
from analyses.test_availability import random_steps
from groma.analyses import Context, bounds
from groma.analyses.availability import figures as availability
from groma.analyses.latency import bounds as latency_bounds
from groma.analyses.latency import numbers
from groma.design.corner import with_rates
from groma.model.elements import Alternative, Component, Model
from groma.model.load import loads
from groma.model.program import Open, Step

Partial = dict[str, "str | frozenset[str]"]
ROLES = {"r": ("one", "two"), "s": ("one", "two", "three"), "t": ("left", "right")}
MEASURES = ("availability/f", "availability/f@m", "downtime/f", "cost/month", "effort/month", "people/month")


def random_model(rng: random.Random) -> Model:
    """Components a and b stand, c and d are open; somewhere in the flow is an open step."""
    names = ["a", "b", "c", "d"]
    text = (
        HEAD
        + "people: {ana: {rate: 50 EUR/h}}\nsuppliers:\n  s: {fails: {availability: 90 %}}\ncomponents:\n"
    )
    for number, name in enumerate([*names, "c_one", "c_two", "d_one", "d_two", "d_three"]):
        inner = random_steps(rng, 0, ["a", "b"], 2) if number > 3 and rng.random() < 0.5 else "[]"
        keys = [f"replicas: {rng.randint(1, 3)}", f"fails: {{availability: {rng.choice([60, 80, 99])} %}}"]
        keys += [
            f"price: {{month: {rng.randint(1, 50)} EUR/month, call: 0.00{rng.randint(0, 9)} EUR}}",
            "owner: ana",
        ]
        keys += [f"effort: {rng.randint(0, 9)} h/month", *(["supplier: s"] if rng.random() < 0.3 else [])]
        text += f"  {name}: {{kind: s, {', '.join(keys)}, offers: {{x: {{work: 1 ms, steps: {inner}}}}}}}\n"
    text += f"flows:\n  f: {{starts: {{rate: 1/min}}, steps: {random_steps(rng, 2, names, 3)}}}\n"
    text += "".join(f"  {side}: {{steps: {random_steps(rng, 1, names, 2)}}}\n" for side in ROLES["t"])
    model = loads(text)
    alternatives = {
        name: tuple(
            Alternative(role=role, variant=v, component=replace(model.components[f"{name}_{v}"], name=name))
            for v in ROLES[role]
        )
        for name, role in (("c", "r"), ("d", "s"))
    }
    ways = tuple((side, model.flows[side].steps) for side in ROLES["t"])
    flow = model.flows["f"]
    choice = Step(Open("t", ways), flow.at, "flows.f.steps.open")
    place = rng.randint(0, len(flow.steps))
    steps = (*flow.steps[:place], choice, *flow.steps[place:])
    return replace(
        model,
        components={name: model.components[name] for name in ("a", "b")},
        alternatives=alternatives,
        flows={"f": replace(flow, steps=steps)},
    )


def completed(model: Model, taken: dict[str, str]) -> Context:
    """The same with the choices made, as a model in which nothing is open."""
    parts = dict(model.components)
    for name, alternatives in model.alternatives.items():
        parts[name] = next(a.component for a in alternatives if taken[a.role] == a.variant)
    flow = model.flows["f"]
    steps: list[Step] = []
    for step in flow.steps:
        if isinstance(step.action, Open):
            steps += dict(step.action.alternatives)[taken["t"]]
        else:
            steps.append(step)
    return on(
        replace(model, components=parts, alternatives={}, flows={"f": replace(flow, steps=tuple(steps))})
    )


def completes(taken: dict[str, str], partial: Partial) -> bool:
    """Whether choices are among those that are left."""
    return all(taken[role] == left or taken[role] in left for role, left in partial.items())


@pytest.mark.parametrize("seed", range(25))
def test_latency_of_every_completion_lies_between_the_ends_waits_included(seed: int) -> None:
    rng = random.Random(1000 + seed)
    model = random_model(rng)
    load = {name: rng.choice((None, 1, 2)) for name in ("a", "b", "one", "two", "three")}

    def busy(component: Component, key: str) -> Component:
        return replace(component, threads=load[key])

    model = replace(
        model,
        components={name: busy(c, name) for name, c in model.components.items()},
        alternatives={
            name: tuple(replace(a, component=busy(a.component, a.variant)) for a in each)
            for name, each in model.alternatives.items()
        },
    )
    chosen = {role: rng.choice(variants) for role, variants in ROLES.items()}
    for factor in (1.0, 3000.0):
        opened = on(with_rates(model, factor))
        least, _, most = numbers(completed(opened.model, chosen), "latency/f/p95")
        for partial in ({}, {"r": chosen["r"]}, {"s": frozenset({"one", chosen["s"]})}, chosen):
            narrowed = opened.with_partial({**partial})
            low, high = latency_bounds(narrowed, "latency/f/p95", success=0.0, cells=256)
            assert most is None or low <= most + 1e-9, (partial, low, most)
            assert least is None or high >= least - 1e-9, (partial, high, least)


@pytest.mark.parametrize("seed", range(25))
def test_every_completion_lies_between_the_ends(seed: int) -> None:
    rng = random.Random(seed)
    model = random_model(rng)
    whole = on(model)
    completions = [dict(zip(ROLES, way, strict=True)) for way in itertools.product(*ROLES.values())]
    truth = [(taken, {m: bounds(completed(model, taken), m) for m in MEASURES}) for taken in completions]
    chosen = rng.choice(completions)
    narrowed: Partial = {"s": frozenset({"one", chosen["s"]}), "t": chosen["t"]}
    partials: list[Partial] = [
        {},
        {"r": chosen["r"]},
        {"s": chosen["s"], "t": chosen["t"]},
        narrowed,
        {**chosen},
    ]
    for partial, subject in itertools.product(partials, ("f", "f@m")):
        solved = availability.solve(whole.with_partial(partial), subject)
        for taken, values in truth:
            if completes(taken, partial):
                high, low = values[f"availability/{subject}"]
                assert solved.up.low <= low + 1e-9 and high <= solved.up.high + 1e-9, (
                    subject,
                    partial,
                    taken,
                )
    for partial, measure in itertools.product(partials, MEASURES):
        sign = -1 if measure.startswith("availability") else 1
        best, worst = (sign * end for end in bounds(whole.with_partial(partial), measure))
        for taken, values in truth:
            if completes(taken, partial):
                true_best, true_worst = (sign * end for end in values[measure])
                assert best <= true_best + 1e-9 * (1 + abs(true_best)), (measure, partial, taken)
                assert true_worst <= worst + 1e-9 * (1 + abs(worst)), (measure, partial, taken)
                if partial == taken:
                    assert best == pytest.approx(true_best, rel=1e-9, abs=1e-9)
