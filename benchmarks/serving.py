"""Simulated requests a second of the serving scheduler on one core: `python benchmarks/serving.py`."""

from __future__ import annotations

import time

from groma.solvers.serving import Costs, Policy, poisson, simulate


def main() -> None:
    costs = Costs(tuple(0.010 + 1e-5 * n for n in range(8193)), 1e-8, 1e-9, 1e-5)
    for name, rate, capacity in (("with room", 5.0, 400_000), ("overflowing", 30.0, 40_000)):
        n = 5000
        requests = poisson((1155,) * n, (211,) * n, rate)
        began = time.perf_counter()
        run = simulate(requests, costs, Policy(8192, 256), capacity)
        took = time.perf_counter() - began
        print(f"{name}: {n / took:,.0f} requests a second, {run.iterations / took:,.0f} iterations a second")


if __name__ == "__main__":
    main()
