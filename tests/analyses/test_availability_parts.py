"""When a component is up: every state of replicas, places, carriers and suppliers of random small systems."""

from __future__ import annotations

import itertools
import random

import pytest

from analyses.given import context
from groma.analyses.availability import figures as availability
from groma.model.elements import Component, Model

SHARES = {"a": 0.9, "b": 0.8, "c": 0.95, "p": 0.97, "q": 0.9, "r": 0.99, "s": 0.98}


def random_system(rng: random.Random) -> str:
    """Three components that may run on, depend on, be bought and stand somewhere."""
    text = (
        "places:\n  r: {fails: {availability: 99 %}}\n  p: {in: r, fails: {availability: 97 %}}\n"
        "  q: {in: r, fails: {availability: 90 %}}\nsuppliers:\n  s: {fails: {availability: 98 %}}\ncomponents:\n"
    )
    for number, name in enumerate("abc"):
        replicas = rng.choice([1, 1, 2, 3] if name != "c" else [1, 2])
        keys = [
            f"kind: s, replicas: {replicas}, fails: {{availability: {SHARES[name]:.2%}}}".replace("%", " %")
        ]
        if replicas > 1 and rng.random() < 0.5:
            keys.append(f"enough: {rng.randint(1, replicas)}")
        if rng.random() < 0.6:
            keys.append(f"place: {rng.choice(['p', 'q', '[p, q]', 'r'])}")
        if number < 2 and rng.random() < 0.6:
            keys.append(f"runs_on: {'abc'[rng.randint(number + 1, 2)]}")
        if rng.random() < 0.4:
            keys.append(f"depends_on: {rng.choice([n for n in 'abc' if n != name])}")
        if rng.random() < 0.4:
            keys.append("supplier: s")
        text += f"  {name}: {{{', '.join(keys)}, offers: {{x: {{}}}}}}\n"
    return text + "flows:\n  f: {starts: {rate: 1/s}, steps: [{call: a.x}]}\n"


def is_up(model: Model, name: str, state: dict[str, bool]) -> bool:
    """By the words of the documentation: enough replicas where they stand, and everything that is shared."""
    needed: set[str] = set()
    todo = [name]
    spread_only: set[str] = set()
    while todo:
        here = todo.pop()
        if here in needed:
            continue
        needed.add(here)
        component = model.components[here]
        todo += component.depends_on
        if component.runs_on is not None:
            carrier = model.components[component.runs_on]
            if alongside(component, carrier):
                spread_only.add(carrier.name)
            todo.append(carrier.name)
    whole = {name} | {d for n in needed for d in model.components[n].depends_on}
    for n in needed:
        component = model.components[n]
        if component.runs_on is not None and not alongside(component, model.components[component.runs_on]):
            whole.add(component.runs_on)
    return all(enough_up(model, n, state) for n in needed & whole) and all(
        state[f"suppliers.{model.components[n].supplier}"]
        for n in needed
        if model.components[n].supplier is not None
    )


def alongside(component: Component, carrier: Component) -> bool:
    return component.replicas > 1 and carrier.replicas > 1 and carrier.enough is None


def enough_up(model: Model, name: str, state: dict[str, bool]) -> bool:
    component = model.components[name]
    return sum(replica_up(model, component, i, state) for i in range(component.replicas)) >= (
        component.enough or 1
    )


def replica_up(model: Model, component: Component, i: int, state: dict[str, bool]) -> bool:
    own = f"components.{component.name}#{i + 1}" if component.replicas > 1 else f"components.{component.name}"
    up = state[own]
    if component.place:
        place: str | None = component.place[i % len(component.place)]
        while place is not None:
            up = up and state[f"places.{place}"]
            place = model.places[place].in_
    if component.runs_on is not None:
        carrier = model.components[component.runs_on]
        if alongside(component, carrier):
            up = up and replica_up(model, carrier, i % carrier.replicas, state)
    return up


@pytest.mark.parametrize("seed", range(80))
def test_random_systems_agree_with_every_state(seed: int) -> None:
    c = context(random_system(random.Random(seed)))
    model = c.model
    chances = {"places.r": 0.99, "places.p": 0.97, "places.q": 0.9, "suppliers.s": 0.98}
    for name, component in model.components.items():
        for i in range(component.replicas):
            chances[f"components.{name}#{i + 1}" if component.replicas > 1 else f"components.{name}"] = (
                SHARES[name]
            )
    want = 0.0
    for ups in itertools.product((True, False), repeat=len(chances)):
        state = dict(zip(chances, ups, strict=True))
        if is_up(model, "a", state):
            weight = 1.0
            for part, chance in chances.items():
                weight *= chance if state[part] else 1 - chance
            want += weight
    assert availability.solve(c, "f").up.value == pytest.approx(want, abs=1e-12)
