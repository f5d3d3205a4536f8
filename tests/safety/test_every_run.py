"""Information flow against every run of small random programs: nothing that a run can do is missing from it.

The truth is an interpreter of its own that takes every branch, lets every call fail or not, turns down or passes at
every guard, goes round up to three times, and plays three runs after one another with what the store kept.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from safety_reading import context

from groma.analyses.information import followed

HEAD = """
data:
  own: {class: personal, trust: untrusted}
  held: {class: secret, trust: trusted, held_by: [store]}
components:
  store:
    kind: store
    offers: {read: {work: 1 s}, write: {work: 1 s, effect: idempotent, response: {}}}
  bot: {kind: llm, offers: {say: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, reaches_out: true, response: {}}}}
people: {ana: {}}
flows:
  run:
    carries: [own]
    steps: """


@dataclass(frozen=True)
class Run:
    """One run at a point: what it has, what its model's words may hold, checks since, and what the store holds."""

    has: frozenset[str]
    words: frozenset[str]
    checks: frozenset[str]
    store: frozenset[str]
    ended: bool = False


Node = tuple[object, ...]
WORDS = ["read", "write", "say", "send", "say", "send", "ask"]


def made(rng: random.Random, depth: int = 2) -> list[Node]:
    """A random program: nested tuples (word, ...)."""
    return [node(rng, depth) for _ in range(rng.randint(1, 3))]


def node(rng: random.Random, depth: int) -> Node:
    word = rng.choice(WORDS + ["choose", "again", "else"] * (depth > 0))
    guard = f"g{rng.randint(1, 2)}" if rng.random() < 0.3 else ""
    match word:
        case "choose":
            return ("choose", made(rng, depth - 1), made(rng, depth - 1))
        case "again":
            return ("again", made(rng, depth - 1))
        case "else":
            return ("else", made(rng, depth - 1), made(rng, depth - 1), guard)
        case _:
            return (word, guard)


def written(program: object) -> str:
    """The same program in the language."""
    assert isinstance(program, list)
    return "[" + ", ".join(step(each) for each in program) + "]"


def step(each: Node) -> str:
    calls = {"read": "store.read", "write": "store.write", "say": "bot.say", "send": "post.send"}
    word = each[0]
    if word == "choose":
        return f"{{choose: [{{share: 50 %, steps: {written(each[1])}}}, {{share: 50 %, steps: {written(each[2])}}}]}}"
    if word == "again":
        return f"{{repeat: {{until: 50 %, at_most: 3, steps: {written(each[1])}}}}}"
    if word == "else":
        guard = f", guard: [{{name: {each[3]}}}]" if each[3] else ""
        return f"{{steps: {written(each[1])}, fallback: {written(each[2])}{guard}}}"
    if word == "ask":
        return "{ask: ana, approves: [it]}"
    guard = f", guard: [{{name: {each[1]}}}]" if each[1] else ""
    return f"{{call: {calls[str(word)]}{guard}}}"


class Truth:
    """Every run of a program; `seen` at each way out: (what is handed, what a model wrote of it, checks)."""

    def __init__(self) -> None:
        self.seen: dict[str, set[tuple[frozenset[str], frozenset[str], frozenset[str]]]] = {}

    def steps(self, program: object, run: Run, path: str) -> set[tuple[bool, Run]]:
        """All (ended well, state) that a sequence can come to."""
        assert isinstance(program, list)
        points, failed = {run}, set[tuple[bool, Run]]()
        for number, each in enumerate(program, 1):
            after: set[Run] = set()
            for point in points:
                for good, then in self.step(each, point, f"{path}.{number}"):
                    if good:
                        after.add(then)
                    else:
                        failed.add((False, then))
            points = after
        return failed | {(True, point) for point in points}

    def step(self, each: Node, run: Run, path: str) -> Iterator[tuple[bool, Run]]:
        word = each[0]
        if word == "choose":
            yield from self.steps(each[1], run, f"{path}.choose.1.steps")
            yield from self.steps(each[2], run, f"{path}.choose.2.steps")
        elif word == "again":
            points = {run}
            for _ in range(3):
                after: set[Run] = set()
                for point in points:
                    for good, then in self.steps(each[1], point, f"{path}.repeat.steps"):
                        yield good, then
                        if good:
                            after.add(then)
                points = after
        elif word == "else":
            for good, then in self.steps(each[1], run, f"{path}.steps"):
                for passed, checked in self.guarded(good, then, str(each[3])):
                    if passed:
                        yield True, checked
                    else:
                        yield from self.steps(each[2], checked, f"{path}.fallback")
        elif word == "ask":
            yield True, replace(run, checks=run.checks | {"ana"})
            yield False, run
        else:
            yield False, run
            yield from self.guarded(True, self.called(str(word), run, path), str(each[1]))

    def guarded(self, good: bool, run: Run, guard: str) -> Iterator[tuple[bool, Run]]:
        if not good or not guard:
            yield good, run
            return
        yield False, run
        yield True, replace(run, checks=run.checks | {guard})

    def called(self, word: str, run: Run, path: str) -> Run:
        if word == "read":
            return replace(run, has=run.has | run.store)
        if word == "write":
            return replace(run, store=run.store | run.has | run.words)
        if word == "say":
            return replace(run, words=run.words | run.has, checks=frozenset())
        self.seen.setdefault(path, set()).add((run.has | run.words, run.words, run.checks))
        return run

    def all(self, program: list[Node]) -> None:
        stores = {frozenset({"held"})}
        for _ in range(3):
            after: set[frozenset[str]] = set()
            for store in stores:
                start = Run(frozenset({"own"}), frozenset(), frozenset(), store)
                after |= {run.store for _, run in self.steps(program, start, "flows.run.steps")}
            stores |= after


def names(labels: object) -> frozenset[str]:
    return frozenset(label.data for label in labels if not label.data.startswith("~"))  # type: ignore[attr-defined]


def held(seed: int, programs: int) -> tuple[int, int]:
    """(ways out looked at, those of which exactly what runs do is told); fails where something is missing."""
    rng = random.Random(seed)
    looked = exact = 0
    for _ in range(programs):
        program = made(rng)
        truth = Truth()
        truth.all(program)
        spreading = followed(context(HEAD + written(program)))
        uses = {use.path: use for use in spreading.uses.values() if use.component == "post"}
        assert truth.seen.keys() <= uses.keys()
        for path, seen in truth.seen.items():
            use = uses[path]
            handed = frozenset[str]().union(*(each[0] for each in seen))
            words = frozenset[str]().union(*(each[1] for each in seen))
            always = frozenset.intersection(*(each[2] for each in seen))
            told = frozenset(check.name for check in use.checks)
            assert handed <= names(use.handed), (program, path)
            assert words <= names(use.written), (program, path)
            assert told <= always, (program, path)
            looked += 1
            exact += (handed, words, always) == (names(use.handed), names(use.written), told)
    return looked, exact


@pytest.mark.parametrize("seed", range(10))
def test_nothing_that_a_run_does_is_missing(seed: int) -> None:
    looked, _ = held(seed, 25)
    assert looked > 10


def test_little_is_told_that_no_run_does() -> None:
    looked, exact = held(99, 150)
    assert looked > 100
    assert exact >= 0.95 * looked
