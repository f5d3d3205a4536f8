"""A published layered model simulated on the general kernel: an online bookstore with 10 to 100 customers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from groma.model.law import Gamma
from groma.solvers.queueing import Entry, LayeredNetwork
from groma.solvers.simulation import Assembler, Program, Routine, Settings, run
from solvers.bookstore import bookstore

pytestmark = pytest.mark.compiled

CASES = Path(__file__).parents[2] / ".." / "shared" / "cases" / "queueing"
cases = pytest.mark.skipif(not CASES.is_dir(), reason="the reference cases aren't beside this checkout")


def program(network: LayeredNetwork) -> Program:
    """Tasks are pools of threads, held around the work on their processor and the calls below."""
    a = Assembler()
    processors = {
        p.name: a.station(f"processor {p.name}", threads=p.multiplicity) for p in network.processors
    }
    rates = {p.name: p.rate for p in network.processors}
    tasks = {
        t.name: a.station(f"task {t.name}", threads=t.multiplicity) for t in network.tasks if not t.reference
    }
    routines = {e.name: a.declare(e.name) for t in network.tasks if not t.reference for e in t.entries}

    def body(entry: Entry, processor: str) -> None:
        if entry.demand > 0.0:
            mean = entry.demand / rates[processor]
            with a.hold(processors[processor]):
                a.work(processors[processor], Gamma(mean, mean))
        if entry.choice:
            shares = [call.mean for call in entry.calls]
            with a.choose([share / sum(shares) for share in shares]) as way:
                for n, call in enumerate(entry.calls):
                    with way(n):
                        a.call(routines[call.entry])
        else:
            for call in entry.calls:
                made(call.mean, call.law, routines[call.entry], a.call)
        for call in entry.sends:
            made(call.mean, "fixed", routines[call.entry], a.send)

    def made(mean: float, kind: str, routine: Routine, do) -> None:  # type: ignore[no-untyped-def]
        """Calls whose number is fixed (a rest by chance) or geometric from nought on."""
        if kind == "geometric":
            with (
                a.choose((1.0 / (1.0 + mean), mean / (1.0 + mean))) as way,
                way(1),
                a.loop(until=1.0 / (1.0 + mean)),
            ):
                do(routine)
            return
        for _ in range(int(mean)):
            do(routine)
        rest = mean - int(mean)
        if rest > 1e-9:
            with a.choose((1.0 - rest, rest)) as way, way(1):
                do(routine)

    for task in network.tasks:
        for entry in task.entries:
            if task.reference:
                with a.flow(task.name):
                    body(entry, task.processor)
                a.source(
                    task.name, customers=task.multiplicity or 1, gaps=Gamma(task.think_time, task.think_time)
                )
            else:
                with a.define(routines[entry.name]):
                    with a.hold(tasks[task.name]):
                        body(entry, task.processor)
                    for forward in entry.forwards:
                        a.call(routines[forward.entry])
    return a.program()


@cases
@pytest.mark.parametrize("customers", [10, 20, 40, 60, 100])
def test_the_bookstore_is_simulated_within_two_percent(customers: int) -> None:
    with (CASES / "bookstore-throughput.csv").open() as text:
        published = {
            int(row["customers"]): float(row["simulated_throughput_per_ms"]) for row in csv.DictReader(text)
        }
    made = program(bookstore(CASES / "bookstore-model.json", customers))
    until, warm = 4000.0, 400.0
    seen = [
        run(made, Settings(until=until, warm_up=warm), seed=1, replication=n).flow("Customer").ended["ok"]
        / (until - warm)
        for n in range(4)
    ]
    assert float(np.mean(seen)) / 1000.0 == pytest.approx(published[customers], rel=0.02)
