"""Random models whose runs meet one another, and themselves, in queues: few servers, pools, branches, messages sent."""

from __future__ import annotations

import random

CALLS = ("a.f", "a.g", "b.f", "b.g", "c.f")
WORK = {
    "a": ("exponential(4 ms)", "4 ms", "4 ms ± 2 ms"),
    "b": ("exponential(7 ms)", "uniform(3 ms, 12 ms)", "7 ms"),
    "c": ("exponential(15 ms)", "lognormal(median 8 ms, p95 30 ms)", "15 ms"),
}
RATES = (2, 5, 10, 20, 40)


LIMITS = (
    "timeout: 10 ms",
    "timeout: 60 ms",
    "deadline: 40 ms",
    "hedge: {after: 10 ms}",
    "hedge: {after: 30 ms}",
    "retry: {times: 1, on: [timeout]}, timeout: 25 ms",
    "retry: {times: 2, on: [failed, throttled]}, deadline: 80 ms",
)


def model(seed: int, limits: bool = False) -> str:
    """Two flows over three parts and a pool; with `limits`, steps are given up after a time, and tried beside."""
    r = _Limited(seed) if limits else random.Random(seed)
    pool = f"  pool: {{kind: resource, threads: {r.choice((1, 2, 8))}}}\n"
    parts = "".join(_part(r, name) for name in WORK)
    main = f"  main: {{starts: {{rate: {r.choice(RATES)}/s}}, steps: {_steps(r, 2, 3)}}}\n"
    other = f"  other: {{starts: {{rate: {r.choice(RATES)}/s}}, steps: {_steps(r, 1, 2)}}}\n"
    return f"groma: 1\nsystem: random\ncurrency: EUR\ncomponents:\n{parts}{pool}flows:\n{main}{other}"


class _Limited(random.Random):
    """The numbers for a model whose steps have limits of time."""


def _part(r: random.Random, name: str) -> str:
    offers = {
        "a": "{f: {work: WORK}, g: {work: 9 ms, fails: 25 %}}",
        "b": "{f: {work: WORK, throttled: 10 %}, g: {work: 2 ms, steps: [{call: a.g}]}}",
        "c": "{f: {work: WORK, fails: 30 %}, g: {work: 1 ms, per: {rows: 2 ms}}}",
    }[name].replace("WORK", f"'{r.choice(WORK[name])}'")
    threads = f", threads: {r.randint(1, 3)}" if r.random() < 0.9 else ""
    queue = f", queue: {r.choice((1, 3, 10))}" if threads and r.random() < 0.2 else ""
    return f"  {name}: {{kind: service{threads}{queue}, offers: {offers}}}\n"


def _steps(r: random.Random, depth: int, most: int = 2) -> str:
    return "[" + ", ".join(_step(r, depth) for _ in range(r.randint(1, most))) + "]"


def _step(r: random.Random, depth: int) -> str:
    share = r.choice((20, 50, 75))
    ways = [
        f"call: {r.choice(CALLS)}",
        f"call: {r.choice(CALLS)}",
        f"send: {r.choice(('a.f', 'c.f'))}",
        "wait: 5 ms",
    ]
    if depth > 0:
        one, two = _steps(r, depth - 1), _steps(r, depth - 1)
        ways += [
            f"choose: [{{share: {share} %, steps: {one}}}, {{share: {100 - share} %, steps: {two}}}]",
            f"parallel: [{one}, {two}], join: all",
            f"parallel: [{one}, {two}], join: any",
            f"repeat: {{times: 2, steps: {one}}}",
            f"repeat: {{until: 60 %, at_most: 3, steps: {one}}}",
            f"hold: pool, steps: {one}",
        ]
    step, policies = r.choice(ways), ""
    if isinstance(r, _Limited) and r.random() < 0.5:
        policies = ", " + r.choice(LIMITS)
    elif r.random() < 0.3:
        again = "retry: {times: 2, backoff: 3 ms, on: [failed]}"
        policies = ", " + r.choice(
            (again, f"fallback: {_steps(r, 0, 1)}", "cache: {hits: 30 %, takes: 1 ms}")
        )
    return "{" + step + policies + "}"
