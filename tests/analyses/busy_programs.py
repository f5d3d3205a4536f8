"""Random parts that are 20 to 85 % busy, and what of their figures doesn't hold the simulation."""

from __future__ import annotations

import math
import random

from groma.analyses.context import Context
from groma.analyses.registry import numbers
from groma.analyses.simulation import compiled
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.solvers.simulation import Settings, run

WORKS = ("exponential({m} ms)", "{m} ms", "{m} ms ± {half} ms", "{m} ms ± {thrice} ms",
         "lognormal(median {half} ms, p95 {thrice} ms)")  # fmt: skip
RUNS, AGAIN = 200_000, 4_000_000


def context(model: Model) -> Context:
    return Context(model, None, Ledger(model.digest))  # pyright: ignore


def work(r: random.Random, rate: float) -> tuple[int, str]:
    """Servers of a part that `rate` calls a second come to, and its work."""
    servers = r.choice((1, 1, 2, 4))
    mean = round(1000 * r.uniform(0.2, 0.85) * servers / rate, 3)
    return servers, r.choice(WORKS).format(m=mean, half=round(mean / 2, 3), thrice=round(3 * mean, 3))


def component(name: str, servers: int, work: str) -> str:
    """One line of a model."""
    return f"  {name}: {{kind: s, threads: {servers}, offers: {{f: {{work: '{work}'}}}}}}\n"


def missed(model: Model, rate: float, seed: int) -> list[str]:
    """Percentiles told that don't hold the simulation, by more than a percent and a sampling error; those are looked at
    again in twenty times as many runs, since few runs may hang together for long."""
    if not _outside(model, rate, seed, RUNS, 6.0 / math.sqrt(RUNS) + 0.002):
        return []
    return _outside(model, rate, seed + 1, AGAIN, 0.01)


def _outside(model: Model, rate: float, seed: int, runs: int, slack: float) -> list[str]:
    here, found = context(model), list[str]()
    seen = run(compiled(model).program, Settings(until=runs / rate), seed=seed).flow("main").latency
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        low, _, high = numbers(here, f"latency/main/{name}")
        if low is None or high is None:
            continue
        early, late = seen.above(0.99 * low - 1e-4), seen.above(1.01 * high + 1e-4)
        if early < 1 - share - slack or late > 1 - share + slack:
            told = f"told {low:.6g} to {high:.6g}, simulated {seen.quantile(share):.6g}"
            found.append(f"{seed}: {name} {told}")
    return found
