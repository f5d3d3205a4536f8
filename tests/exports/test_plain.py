"""The plain export against the reference interpreter: everything, at every step, with every fault."""

from __future__ import annotations

from pathlib import Path

from exports.harness import Fate, Fault, forgotten, plain, plain_many, written
from exports.reference import Reference, Tie, same
from groma import api
from groma.model.elements import Model

HERE = Path(__file__).parent
KINDS = ("timeout", "unavailable", "throttled", "rejected", "failed", "slow")


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
