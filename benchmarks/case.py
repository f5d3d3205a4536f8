"""What a benchmark is: the same job done by us and by peers, and a check that both did it.

A speed without the peer's beside it, measured in the same minute on the same machine, says nothing about either; a
speed at a wrong answer says less. Contenders therefore take turns, and their answers are compared first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Contender:
    """Someone who does the job: `prepare` (not timed) gives the function that does it once and returns its answer.

    ImportError from `prepare` means that the contender is not installed.
    """

    name: str
    prepare: Callable[[], Callable[[], Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """One job; `differ(ours, theirs)` says in words how two answers differ, "" if they don't.

    Where a peer does less of the job than we do, `work` tells from an answer how much was done, and times are compared
    for the same work.
    """

    job: str
    ours: Contender
    peers: tuple[Contender, ...]
    differ: Callable[[Any, Any], str] = lambda ours, theirs: (
        "" if ours == theirs else f"{ours!r} is not {theirs!r}"
    )
    work: Callable[[Any], float] = lambda _: 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds at the median for one contender, and `ratio`: the peer's time over ours (median of the rounds, with its
    quartiles); None for ourselves. `note` says what kept it from being measured, or how the answer differs.
    """

    job: str
    contender: str
    seconds: float | None
    ratio: tuple[float, float, float] | None = None
    note: str = ""


def measure(case: Case, rounds: int = 15, budget: float = 20.0) -> list[Result]:
    """Runs all contenders in turn for at most `rounds` rounds or `budget` seconds (three rounds at least)."""
    entrants: list[tuple[Contender, Callable[[], Any]]] = [(case.ours, case.ours.prepare())]
    absent: list[Result] = []
    answer = entrants[0][1]()
    shares = [1.0]
    for peer in case.peers:
        try:
            run = peer.prepare()
        except ImportError as error:
            absent.append(Result(case.job, peer.name, None, note=f"not installed ({error.name})"))
            continue
        theirs = run()
        difference = case.differ(answer, theirs)
        if difference:
            absent.append(Result(case.job, peer.name, None, note=f"answers differ: {difference}"))
        else:
            entrants.append((peer, run))
            shares.append(case.work(answer) / case.work(theirs))
    times = _in_turns([run for _, run in entrants], rounds, budget)
    times = [[t * share for t in own] for own, share in zip(times, shares, strict=True)]
    measured = [Result(case.job, case.ours.name, median(times[0]))]
    for (peer, _), theirs in zip(entrants[1:], times[1:], strict=True):
        ratios = sorted(t / o for t, o in zip(theirs, times[0], strict=True))
        quartiles = (ratios[len(ratios) // 4], median(ratios), ratios[(3 * len(ratios)) // 4])
        measured.append(Result(case.job, peer.name, median(theirs), quartiles))
    return measured + absent


def _in_turns(runs: list[Callable[[], Any]], rounds: int, budget: float) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in runs]
    started = time.perf_counter()
    for turn in range(rounds):
        if turn >= 3 and time.perf_counter() - started > budget:
            break
        for own, run in zip(times, runs, strict=True):
            begun = time.perf_counter()
            run()
            own.append(time.perf_counter() - begun)
    return times
