"""Every mutant of exported code is caught by running it: the worlds of the other tests tell it from the design."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

import pytest

from exports.harness import (
    Fate,
    Fault,
    Log,
    World,
    in_virtual_time,
    loaded,
    plain,
    plain_many,
    text_of,
    unloaded,
)
from exports.mutate import Change, in_generated, mutants
from exports.reference import Reference, Tie, same
from exports.test_plain import HERE, KINDS, MANY, many, sites
from groma import api
from groma.model.elements import Model

Trial = Callable[[str], bool]
"""Whether a package behaves as the design says."""

pytestmark = pytest.mark.mutants


class TooLong(SystemExit):
    """A trial that doesn't end. An event loop lets this kind of error through; the others it hands to a handler."""


@contextmanager
def at_most(seconds: float) -> Generator[None]:
    """Raises TooLong in what computes longer than this (s of its own time, so that a busy machine changes nothing)."""

    def over(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


@dataclass
class Trials:
    """What mutants go through; those that caught most come first. What computes longer than `seconds` is caught."""

    all: list[Trial]
    seconds: float = 60.0
    kills: dict[int, int] = field(default_factory=dict[int, int])

    def reached(self, package: str, module: str) -> list[set[int]]:
        """The lines of a module that each trial goes through; the unchanged package has to pass."""
        found: list[set[int]] = []
        for number, trial in enumerate(self.all):
            with _Lines(f"<{module}>") as lines:
                assert trial(package), number
            found.append(lines)
        return found

    def catch(self, package: str, lines: range, reached: list[set[int]], always: bool) -> bool:
        order = sorted(range(len(self.all)), key=lambda n: (-self.kills.get(n, 0), n))
        for number in order:
            if always or any(line in reached[number] for line in lines):
                try:
                    with at_most(self.seconds):
                        fine = self.all[number](package)
                except (Exception, TooLong):
                    fine = False
                if not fine:
                    self.kills[number] = self.kills.get(number, 0) + 1
                    return True
        return False


class _Lines:
    """Collects the lines of one file that are run."""

    def __init__(self, filename: str) -> None:
        self.filename, self.seen = filename, set[int]()

    def __enter__(self) -> set[int]:
        self.before = sys.gettrace()
        sys.settrace(self.called)
        return self.seen

    def __exit__(self, *error: object) -> None:
        sys.settrace(self.before)

    def called(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != self.filename:
            return None
        self.seen.add(frame.f_lineno)
        return self.called


def survivors(
    model: Model,
    format_: str,
    modules: Sequence[str],
    trials: Trials,
    changes: Callable[..., Iterator[tuple[str, Change]]],
    every: int = 1,
    anywhere: bool = False,
) -> tuple[int, list[str]]:
    """How many mutants there are (one in `every`), and those that no trial catches. `anywhere`: all trials are tried,
    as what runs in other threads isn't seen."""
    count, missed = 0, list[str]()
    for module in modules:
        package = loaded(model, format_)
        reached = trials.reached(package, module)
        unloaded(package)
        package = loaded(model, format_)
        with _Lines(f"<{module}>") as on_import:
            importlib.import_module(f"{package}.{module}")
        unloaded(package)
        for mutant in islice(mutants(text_of(model, format_, module), changes), 0, None, every):
            count += 1
            package = loaded(model, format_, {module: mutant.tree})
            always = anywhere or any(line in on_import for line in mutant.lines)
            if not trials.catch(package, mutant.lines, reached, always):
                missed.append(f"{module}:{mutant.lines.start}: {mutant.what}")
            unloaded(package)
    return count, missed


def explained(missed: list[str], equal: dict[str, str]) -> None:
    """Fails for survivors that aren't known to mean the same; `equal` tells why by a part of what was done."""
    left = [line for line in missed if not any(part in line for part in equal)]
    unused = [part for part in equal if not any(part in line for line in missed)]
    if left or unused:
        pytest.fail("\n".join([*left, *(f"caught after all: {part}" for part in unused)]), pytrace=False)


Expected = tuple[str, Log]


def worlds(model: Model, fate_of: type[Fate] = Fate) -> list[tuple[Fate, Expected]]:
    """Worlds in which everything happens: no fault, one of each kind at each site, and rare paths more often."""
    plans = [fate_of(seed) for seed in range(12)]
    for site in sites(model):
        for kind in KINDS:
            plans += [fate_of(len(plans), (Fault(site, kind, share),)) for share in (1.0, 0.5)]
    for seed in range(12):
        for kind in KINDS:
            for share in (0.5, 1.0):
                plans.append(fate_of(1000 + seed, (Fault("shop.refund", kind, share),)))
    twice = Fault("model.generate", "failed")
    plans += [fate_of(2000 + n, (twice, Fault("model.small", kind, share))) for kind in KINDS for n, share in enumerate((0.5, 0.5, 1.0))]  # fmt: skip
    found: list[tuple[Fate, Expected]] = []
    for fate in plans:
        try:
            expected = Reference(model, fate).run("answer")
        except Tie:
            continue
        rare = fate.seed >= 1000 and fate.seed < 2000
        if not rare or any(where == "shop.refund" for _, _, where in expected[1]):
            found.append((fate, expected))
    return found


def thinned(model: Model, some: list[tuple[Fate, Expected]], each: int) -> list[tuple[Fate, Expected]]:
    """The first `each` worlds that go through each line of the flow, and from each state to each other."""
    package = loaded(model, "python")
    seen: dict[object, int] = {}
    kept: list[tuple[Fate, Expected]] = []
    for fate, expected in some:
        with _Lines("<flow_answer>") as lines:
            _, _, run = plain(package, model, "answer", fate)
        states = [event.where for event in run.trace if event.what == "state"]
        met = {where for _, _, where in expected[1]}
        turned_down = [f.site for f in fate.faults if f.kind == "rejected" and f.site in met]
        through = {*lines, *pairwise(states), (expected[0], states[-1]), *turned_down}
        if any(seen.get(at, 0) < each for at in through):
            kept.append((fate, expected))
            for at in through:
                seen[at] = seen.get(at, 0) + 1
    unloaded(package)
    return kept


def gated(package: str, model: Model) -> bool:
    """Without anybody's yes the refund is rejected, and nothing is asked of the shop."""
    world = World(package, model, Fate(0))
    flow, machine = world.module("flow_answer"), world.module("machine")

    async def go() -> str:
        try:
            await flow.s8_1_2_shop_refund(machine.Run("run", world.ports()), machine.Here())
        except world.module("world").StepError as error:
            return error.kind
        return "ok"

    return in_virtual_time(go()) == "rejected" and not world.log


def plain_trials(model: Model) -> list[Trial]:
    trials: list[Trial] = [lambda package: gated(package, model)]
    for fate, expected in worlds(model):

        def trial(package: str, fate: Fate = fate, expected: Expected = expected) -> bool:
            end, log, _ = plain(package, model, "answer", fate)
            return end == expected[0] and same(log, expected[1])

        trials.append(trial)
    for fate in MANY[::3]:
        try:
            remembered = many(model, fate, 20)
        except Tie:
            continue

        def again(package: str, fate: Fate = fate, expected: tuple[list[str], Log] = remembered) -> bool:
            kinds, log = plain_many(package, model, "answer", fate, 20)
            return kinds == expected[0] and same(log, expected[1])

        trials.append(again)
    return trials


def test_what_does_not_end_is_caught() -> None:
    def endless(package: str) -> bool:
        while True:
            pass

    async def turning() -> None:
        while True:
            pass

    def in_a_loop(package: str) -> bool:
        return in_virtual_time(turning())

    for trial in (endless, in_a_loop):
        assert Trials([trial], seconds=0.1).catch("none", range(1), [{0}], always=False)
    assert not Trials([lambda package: True], seconds=0.1).catch("none", range(1), [{0}], always=False)


def test_plain(capsys: pytest.CaptureFixture[str]) -> None:
    model = api.load(HERE / "everything.yaml")
    count, missed = survivors(model, "python", ["flow_answer"], Trials(plain_trials(model)), in_generated)
    with capsys.disabled():
        print(f" plain: {count - len(missed)} of {count} mutants caught", end="")
    explained(missed, {})
    assert count > 60
