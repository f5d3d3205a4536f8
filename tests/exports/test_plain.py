"""The plain export against the reference interpreter: everything, at every step, with every fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from exports.harness import Fate, Fault, Log, forgotten, langgraph, plain, plain_many, written
from exports.reference import Reference, Tie, same
from groma import api
from groma.model.elements import Model
from groma.model.load import loads

HERE = Path(__file__).parent
KINDS = ("timeout", "unavailable", "throttled", "rejected", "failed", "slow")


def native(log: Log) -> Log:
    """Without pauses: those of a RetryPolicy are LangGraph's own and show in the times of what follows."""
    return [entry for entry in log if entry[1] != "sleep"]


def sites(model: Model) -> list[str]:
    return [f"{c}.{o}" for c, there in model.components.items() for o in there.offers] + list(model.people) + [
        "schema", "policy"
    ]  # fmt: skip


def many(model: Model, fate: Fate, count: int) -> tuple[list[str], list[tuple[float, str, str]]]:
    """What the reference says of runs one after the other."""
    reference, kinds, log = Reference(model, fate), list[str](), list[tuple[float, str, str]]()
    for _ in range(count):
        kind, more = reference.run("answer", reference.over)
        kinds.append(kind)
        log += more
    return kinds, log


MANY = [
    Fate(seed, (Fault("model.generate", kind, share), Fault("model.small", "failed", 1.0)))
    for seed in range(4)
    for kind in ("unavailable", "throttled", "failed", "slow")
    for share in (1.0, 0.6)
]


def test_breakers_limits_and_budgets_remember(tmp_path: Path) -> None:
    model = api.load(HERE / "everything.yaml")
    package = written(model, "python", tmp_path)
    seen, fewest = 0, 99
    for fate in MANY:
        try:
            expected = many(model, fate, 25)
        except Tie:
            continue
        kinds, log = plain_many(package, model, "answer", fate, 25)
        assert kinds == expected[0]
        assert same(log, expected[1])
        seen += 1
        fewest = min(fewest, sum(where == "model.generate" for _, _, where in log))
    forgotten(package, tmp_path)
    assert seen > len(MANY) / 2
    assert fewest < 50  # of 75 attempts: the breaker was open, or the limit or the budget said no


def test_a_fault_of_every_kind_at_every_step(tmp_path: Path) -> None:
    model = api.load(HERE / "everything.yaml")
    package = written(model, "python", tmp_path)
    seen, ties, ends = 0, 0, set[str]()
    for site in sites(model):
        for kind in KINDS:
            for share in (1.0, 0.5):
                for seed in range(3):
                    fate = Fate(seed, (Fault(site, kind, share),))
                    try:
                        expected = Reference(model, fate).run("answer")
                    except Tie:
                        ties += 1
                        continue
                    end, log, _ = plain(package, model, "answer", fate)
                    assert end == expected[0], (site, kind, share, seed, end, expected[0])
                    assert same(log, expected[1]), (site, kind, share, seed, sorted(log), expected[1])
                    seen += 1
                    ends.add(end)
    forgotten(package, tmp_path)
    assert seen > 300 and ties < seen / 10
    assert ends == {"ok", "timeout", "unavailable", "throttled", "rejected", "failed"}


LEFT = """groma: 1
system: Left by an error
currency: EUR
people: {ana: {role: clerk}}
components:
  a: {kind: service, offers: {f: {work: 10 ms}, g: {work: 20 ms}, h: {work: 7 ms}}}
flows:
  main:
    starts: {rate: 1/min}
    by: a
    steps:
      - repeat:
          times: 3
          steps:
            - steps:
                - repeat:
                    times: 4
                    steps:
                      - choose:
                          - share: 50 %
                            steps: [{call: a.f}, {steps: [{call: a.h, compensate: [{call: a.g}]}], fallback: [{call: a.g}]}]
                          - share: 50 %
                            steps: [{ask: ana, takes: 1 min, rejects: 50 %}]
              fallback: [{call: a.g}, {mark: caught}]
"""


@pytest.mark.parametrize("format_", ["python", "langgraph"])
def test_a_loop_that_an_error_left_begins_anew(format_: str, tmp_path: Path) -> None:
    run = plain
    if format_ == "langgraph":
        pytest.importorskip("langgraph", reason="langgraph isn't installed")
        run = langgraph
    model = loads(LEFT)
    package = written(model, format_, tmp_path)
    ends, rounds = set[str](), set[int]()
    for seed in range(12):
        for fault in (Fault("a.f", "failed", 0.3), Fault("a.h", "failed", 0.5), Fault("ana", "rejected", 0.6)):  # fmt: skip
            fate = Fate(seed, (fault, Fault("a.g", "failed", 0.2)))
            expected = Reference(model, fate).run("main")
            end, log, _ = run(package, model, "main", fate)
            assert end == expected[0] and same(native(log), native(expected[1])), (seed, fault)
            ends.add(end)
            rounds.add(sum(what.startswith("choose") for _, what, _ in log))
    forgotten(package, tmp_path)
    assert ends == {"ok", "failed"} and len(rounds) > 6
