"""Failures and repairs simulated, against the fault tree, the states of the parts, and closed forms."""

from __future__ import annotations

import math
import os
import random

import pytest

from analyses.given import HEAD, on
from groma.analyses.availability import figures as availability
from groma.analyses.availability.second import availability_second
from groma.analyses.simulation import compiled, failing
from groma.model.elements import Model
from groma.model.load import loads
from groma.solvers.simulation import Settings, run
from groma.solvers.simulation.replications import student

SYSTEMS = 400 if os.environ.get("GROMA_THOROUGH") else 24
HOUR = 3600.0
REPLICATIONS = 10


def simulated(model: Model, lasts: float, replications: int = REPLICATIONS) -> tuple[float, float]:
    """(share of runs that were not `unavailable`, half width at 99.99 %); every replication fails anew."""
    shares: list[float] = []
    for n in range(replications):
        plan = failing(model, lasts, seed=5, replication=n)
        assert not plan.missing
        made = compiled(model, outages=plan.losses)
        ended = run(made.program, Settings(until=lasts), seed=5, replication=n).flow("f").ended
        shares.append(1.0 - ended["unavailable"] / sum(ended.values()))
    mean = sum(shares) / replications
    sd = math.sqrt(sum((s - mean) ** 2 for s in shares) / (replications - 1))
    return mean, student(0.9999, replications - 1) * sd / math.sqrt(replications)


def program(rng: random.Random, depth: int) -> str:
    """Steps that end in nothing but `unavailable` when parts are down."""

    def step() -> str:
        call = f"call: {rng.choice('abc')}.x"
        if depth <= 0:
            return "{" + call + "}"
        inner = program(rng, depth - 1)
        return rng.choice(
            [
                "{" + call + "}",
                "{" + call + f", fallback: {inner}" + "}",
                "{" + call + ", retry: {times: 2, backoff: 1 ms}}",
                f"{{parallel: [{inner}, {program(rng, depth - 1)}], join: {rng.choice(['all', 'any'])}}}",
                f"{{choose: [{{share: 30 %, steps: {inner}}}, {{share: 70 %, steps: {program(rng, depth - 1)}}}]}}",
                "{" + call + ", cache: {hits: 40 %, component: b}}",
            ]
        )

    return "[" + ", ".join(step() for _ in range(rng.choice([1, 2]))) + "]"


def system(rng: random.Random) -> str:
    """Places fed by power, hosts, suppliers, connections, common causes; everything down now and then."""
    text = (
        "places:\n  r: {fails: {every: 400 h, repaired_in: 14 h}, depends_on: [power]}\n"
        "  p: {in: r, fails: {every: 100 h, repaired_in: 5 h}}\n  q: {in: r}\n"
        "suppliers:\n  s: {fails: {every: 190 h, repaired_in: 10 h}}\n"
        "components:\n  power: {kind: feed, replicas: 2, fails: {every: 90 h, repaired_in: 10 h}}\n"
        "  host: {kind: host, replicas: 2, place: [p, q], fails: {every: 50 h, repaired_in: 6 h}}\n"
    )
    for name in "abc":
        replicas = rng.choice([1, 2, 3])
        keys = [
            f"kind: s, replicas: {replicas}, fails: {{every: {rng.choice([20, 60])} h, repaired_in: 3 h}}"
        ]
        if replicas == 3 and rng.random() < 0.5:
            keys.append("enough: 2")
        if rng.random() < 0.5:
            keys.append(rng.choice(["together: 20 %", "together: [30 %, 40 %]"]))
        other = "a" if name == "c" else "c"
        keys.append(
            rng.choice(["runs_on: host", "place: [p, q]", "place: p", "supplier: s", f"depends_on: {other}"])
        )
        text += f"  {name}: {{{', '.join(keys)}, offers: {{x: {{work: 1 ms}}}}}}\n"
    if rng.random() < 0.5:
        text += (
            "connections:\n  ab: {from: a, to: b, latency: 1 ms, fails: {every: 97 h, repaired_in: 3 h}}\n"
        )
    return HEAD + text + f"flows:\n  f: {{by: a, starts: {{rate: 20/h}}, steps: {program(rng, 2)}}}\n"


@pytest.mark.parametrize("seed", range(SYSTEMS))
def test_success_with_failures_is_what_the_fault_tree_says(seed: int) -> None:
    model = loads(system(random.Random(seed)))
    context = on(model)
    tree, states = availability.solve(context, "f").up, availability_second(context, "f")
    seen, half = simulated(model, 3000 * HOUR)
    assert tree.low - half - 1e-3 <= seen <= tree.high + half + 1e-3
    assert states.low is not None
    assert states.high is not None
    assert states.low - half - 1e-3 <= seen <= states.high + half + 1e-3
    assert half < 0.06


def pair(keys: str) -> str:
    return (HEAD + f"components:\n  a: {{kind: s, threads: 9, {keys}, offers: {{x: {{work: 1 ms}}}}}}\n"
        "flows:\n  f: {starts: {rate: 60/h}, steps: [{call: a.x}]}\n")  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "truth"),
    [
        ("fails: {every: 9 h, repaired_in: 1 h}", 0.9),
        ("replicas: 2, fails: {every: 9 h, repaired_in: 1 h}", 0.99),
        ("replicas: 3, enough: 2, fails: {every: 9 h, repaired_in: 1 h}", 0.9**3 + 3 * 0.1 * 0.9**2),
        # beta factor: each alone with 80 % of its failures, both with 20 %
        ("replicas: 2, together: 20 %, fails: {every: 9 h, repaired_in: 1 h}", 0.98 * (1 - 0.08**2)),
    ],
)
def test_pairs_are_up_as_closed_forms_say(keys: str, truth: float) -> None:
    seen, half = simulated(loads(pair(keys)), 6000 * HOUR)
    assert abs(seen - truth) <= half
    assert half < 0.1 * (1 - truth) + 0.004


@pytest.mark.parametrize(
    "keys",
    [
        # what feeds the place, the line, the carrier, the supplier: each is up for nine tenths of the time
        "place: r, offers: {x: {work: 1 ms}}}\n  power: {kind: feed, FAILS}\nplaces:\n  r: {depends_on: power}\n",
        "offers: {x: {work: 1 ms}}}\n  web: {kind: s}\nconnections:\n  l: {from: web, to: a, FAILS}\n",
        "runs_on: host, offers: {x: {work: 1 ms}}}\n  host: {kind: host, FAILS}\n",
        "supplier: s, offers: {x: {work: 1 ms}}}\nsuppliers:\n  s: {FAILS}\n",
    ],
)
def test_what_a_part_stands_on_takes_it_along(keys: str) -> None:
    text = (
        HEAD
        + "components:\n  a: {kind: s, "
        + keys
        + "flows:\n  f: {BY starts: {rate: 60/h}, steps: [{call: a.x}]}\n"
    )
    text = text.replace("FAILS", "fails: {every: 9 h, repaired_in: 1 h}")
    seen, half = simulated(loads(text.replace("BY", "by: web," if "web" in text else "")), 6000 * HOUR)
    assert abs(seen - 0.9) <= half < 0.03


def test_failures_come_as_often_and_last_as_long_as_stated() -> None:
    model = loads(pair("fails: {every: 9 h, repaired_in: 1 h}"))
    losses = failing(model, 50_000 * HOUR, seed=2).losses
    assert len(losses) == pytest.approx(5000, rel=0.05)
    assert sum(loss.end - loss.begin for loss in losses) / len(losses) == pytest.approx(HOUR, rel=0.05)
    assert losses == failing(model, 50_000 * HOUR, seed=2).losses
    assert losses != failing(model, 50_000 * HOUR, seed=2, replication=1).losses


def test_what_has_no_time_scale_is_named_and_too_many_failures_are_refused() -> None:
    plan = failing(loads(pair("fails: {availability: 99 %}")), 1000.0)
    assert plan.missing == ("components.a.fails.every",)
    taken = failing(
        loads(pair("replicas: 2, takeover: 1 min, fails: {every: 9 h, repaired_in: 1 h}")), 1000.0
    )
    assert taken.missing == ("components.a.takeover: simulated failures are taken over at once",)
    with pytest.raises(ValueError, match="look for less time"):
        failing(loads(pair("fails: {every: 1 s, repaired_in: 1 s}")), 1e6)
