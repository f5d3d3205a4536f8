"""The simulator beside SimPy, Ciw and a loop written by hand in C, each on the same job in the same minute.

Jobs are counted, so ratios are those of jobs a second. All streams differ, so answers agree within a few standard
errors. The C loop (c/queueing.c) knows nothing but the job; a simulator can come near it, not pass it.
"""

from __future__ import annotations

import ctypes
import random
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from case import Case, Contender

SOURCE = Path(__file__).parents[1] / "c" / "queueing.c"


@dataclass(frozen=True, slots=True)
class Job:
    """Stations in series that each job may repeat; with a timeout, two attempts, and work that goes on."""

    name: str
    stations: int
    servers: int
    rate: float
    mu: float
    again: float
    timeout: float
    runs: int
    peer_runs: int
    """Peers do fewer runs, and their times are scaled: they take long enough as it is."""
    tolerance: float


JOBS = (
    Job("M/M/3 at 80 %", 1, 3, 2.4, 1.0, 0.0, 0.0, 1_000_000, 20_000, 0.15),
    Job("five stations with feedback", 5, 2, 2.0, 1.5, 0.1, 0.0, 300_000, 4_000, 0.25),
    Job("five stations with timeouts and retries", 5, 2, 1.0, 1.5, 0.1, 7.0, 300_000, 4_000, 0.15),
)

Answer = tuple[float, int]
"""(mean latency of runs that ended ok, runs made)."""


def _ours(job: Job) -> Callable[[], Callable[[], Answer]]:
    def prepare() -> Callable[[], Answer]:
        from groma.model.law import Gamma
        from groma.solvers.simulation import Assembler, Settings, run

        a = Assembler()
        stations = [a.station(f"s{n}", threads=job.servers) for n in range(job.stations)]
        with a.routine("work") as work:
            for station in stations:
                if job.again:
                    with a.loop(until=1 - job.again), a.hold(station):
                        a.work(station, Gamma(1 / job.mu, 1 / job.mu))
                else:
                    with a.hold(station):
                        a.work(station, Gamma(1 / job.mu, 1 / job.mu))
        with a.flow("job"):
            if job.timeout:
                with a.retry(times=1), a.timeout(job.timeout):
                    a.call(work)
            else:
                a.call(work)
        a.source("job", gaps=Gamma(1 / job.rate, 1 / job.rate))
        program = a.program()
        return lambda: (run(program, Settings(runs=job.runs)).flow("job").latency.mean, job.runs)

    return prepare


def _c(job: Job) -> Callable[[], Callable[[], Answer]]:
    def prepare() -> Callable[[], Answer]:
        folder = tempfile.mkdtemp()
        library = Path(folder) / "queueing.so"
        command = [
            "cc",
            "-O3",
            "-shared",
            "-fPIC",
            "-ffp-contract=off",
            str(SOURCE),
            "-lm",
            "-o",
            str(library),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise ImportError("no C compiler", name="cc") from error
        simulate = ctypes.CDLL(str(library)).simulate
        simulate.restype = ctypes.c_double
        real, whole = ctypes.c_double, ctypes.c_int
        simulate.argtypes = [
            whole,
            whole,
            real,
            real,
            real,
            real,
            whole,
            ctypes.c_int64,
            ctypes.c_uint64,
            ctypes.c_void_p,
        ]

        def run() -> Answer:
            ok = real()
            mean = simulate(
                job.stations,
                job.servers,
                job.rate,
                job.mu,
                job.again,
                job.timeout,
                2,
                job.runs,
                5,
                ctypes.addressof(ok),
            )
            return float(mean), job.runs

        return run

    return prepare


def _simpy(job: Job) -> Callable[[], Callable[[], Answer]]:
    def prepare() -> Callable[[], Answer]:
        simpy: Any = import_module("simpy")

        def run() -> Answer:
            draw = random.Random(1)
            env: Any = simpy.Environment()
            stations: list[Any] = [simpy.Resource(env, job.servers) for _ in range(job.stations)]
            times: list[float] = []
            done = env.event()
            ended = [0]

            def work() -> Any:
                for station in stations:
                    while True:
                        with station.request() as request:
                            yield request
                            yield env.timeout(draw.expovariate(job.mu))
                        if draw.random() >= job.again:
                            break

            def client() -> Any:
                start = env.now
                if job.timeout:
                    for _ in range(2):
                        attempt = env.process(work())
                        yield attempt | env.timeout(job.timeout)
                        if attempt.triggered:
                            times.append(env.now - start)
                            break
                else:
                    yield from work()
                    times.append(env.now - start)
                ended[0] += 1
                if ended[0] == job.peer_runs:
                    done.succeed()

            def arrivals() -> Any:
                while True:
                    yield env.timeout(draw.expovariate(job.rate))
                    env.process(client())

            env.process(arrivals())
            env.run(done)
            return sum(times) / len(times), job.peer_runs

        return run

    return prepare


def _ciw(job: Job) -> Callable[[], Callable[[], Answer]]:
    def prepare() -> Callable[[], Answer]:
        ciw: Any = import_module("ciw")

        distributions: Any = ciw.dists
        n = job.stations
        routing = [
            [job.again if i == j else (1 - job.again) * (j == i + 1) for j in range(n)] for i in range(n)
        ]
        network: Any = ciw.create_network(
            arrival_distributions=[distributions.Exponential(job.rate), *([None] * (n - 1))],
            service_distributions=[distributions.Exponential(job.mu)] * n,
            number_of_servers=[job.servers] * n,
            routing=routing,
        )

        def run() -> Answer:
            ciw.seed(1)
            simulation: Any = ciw.Simulation(network)
            simulation.simulate_until_max_customers(job.peer_runs, method="Finish")
            first: dict[int, float] = {}
            last: dict[int, float] = {}
            for record in simulation.get_all_records():
                who = record.id_number
                first[who] = min(first.get(who, record.arrival_date), record.arrival_date)
                if record.destination == -1:
                    last[who] = record.exit_date
            return sum(last[k] - first[k] for k in last) / len(last), job.peer_runs

        return run

    return prepare


def _differ(job: Job) -> Callable[[Answer, Answer], str]:
    def differ(ours: Answer, theirs: Answer) -> str:
        if abs(ours[0] - theirs[0]) <= job.tolerance * ours[0]:
            return ""
        return f"mean latency {ours[0]:.3f} s and {theirs[0]:.3f} s"

    return differ


def _work(answer: Answer) -> float:
    return answer[1]


CASES = tuple(
    Case(
        job.name,
        Contender("groma", _ours(job)),
        (
            Contender("C, written by hand", _c(job)),
            Contender("SimPy", _simpy(job)),
            *(() if job.timeout else (Contender("Ciw", _ciw(job)),)),
        ),
        _differ(job),
        work=_work,
    )
    for job in JOBS
)
