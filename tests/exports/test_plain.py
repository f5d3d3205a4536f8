"""The plain export against the reference interpreter: everything, at every step, with every fault."""

from __future__ import annotations

from pathlib import Path

from exports.harness import Fate, Fault, forgotten, plain, written
from exports.reference import Reference, Tie, same

from groma import api
from groma.model.elements import Model

HERE = Path(__file__).parent
KINDS = ("timeout", "unavailable", "throttled", "rejected", "failed", "slow")


def sites(model: Model) -> list[str]:
    return [f"{c}.{o}" for c, there in model.components.items() for o in there.offers] + list(model.people) + [
        "schema", "policy"
    ]  # fmt: skip


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
