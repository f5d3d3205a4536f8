"""The LangGraph export, run by LangGraph, against the reference interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest

from exports.harness import Fate, Fault, forgotten, langgraph, written
from exports.reference import Reference, Tie, same
from exports.test_plain import HERE, KINDS, native, sites
from groma import api

pytest.importorskip("langgraph", reason="langgraph isn't installed: pip install -r requirements/dev.txt")


def test_a_fault_of_every_kind_at_every_step(tmp_path: Path) -> None:
    model = api.load(HERE / "everything.yaml")
    package = written(model, "langgraph", tmp_path)
    seen, ends = 0, set[str]()
    for site in sites(model):
        for kind in KINDS:
            for share in (1.0, 0.5):
                fate = Fate(1, (Fault(site, kind, share),))
                try:
                    expected = Reference(model, fate).run("answer")
                except Tie:
                    continue
                end, log, _ = langgraph(package, model, "answer", fate)
                assert end == expected[0], (site, kind, share, end, expected[0])
                assert same(native(log), native(expected[1])), (site, kind, share, sorted(log), expected[1])
                seen += 1
                ends.add(end)
    forgotten(package, tmp_path)
    assert seen > 100
    assert ends == {"ok", "timeout", "unavailable", "throttled", "rejected", "failed"}
