"""Random programs (tests/programs.py), in random worlds: the exports ask the world what the reference asks, when it does."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.harness import Fate, Fault, forgotten, langgraph, plain, written
from exports.reference import Reference, Tie, same
from exports.test_plain import native
from groma.exporters import NotExportable
from groma.model.load import loads
from programs import texts

SITES = ("a.f", "a.g", "b.f", "b.g", "c.f", "c.g", "ana", "check")


def worlds() -> st.SearchStrategy[Fate]:
    kinds = st.sampled_from(("timeout", "unavailable", "throttled", "rejected", "failed", "slow"))
    fault = st.builds(Fault, st.sampled_from(SITES), kinds, st.sampled_from((1.0, 0.4)))
    return st.builds(Fate, st.integers(0, 10**6), st.lists(fault, max_size=3).map(tuple))


@settings(max_examples=100)
@given(texts(), st.lists(worlds(), min_size=3, max_size=3))
def test_plain(text: str, fates: list[Fate]) -> None:
    model = loads(text)
    with tempfile.TemporaryDirectory() as folder:
        package = written(model, "python", Path(folder))
        try:
            for fate in fates:
                try:
                    expected = Reference(model, fate).run("main")
                except Tie:
                    continue
                end, log, _ = plain(package, model, "main", fate)
                assert (end, same(log, expected[1])) == (expected[0], True), (sorted(log), expected)
        finally:
            forgotten(package, Path(folder))


@settings(max_examples=25)
@given(texts(), worlds())
def test_langgraph(text: str, fate: Fate) -> None:
    pytest.importorskip("langgraph", reason="langgraph isn't installed")
    model = loads(text)
    try:
        expected = Reference(model, fate).run("main")
    except Tie:
        return
    with tempfile.TemporaryDirectory() as folder:
        package = written(model, "langgraph", Path(folder))
        try:
            end, log, _ = langgraph(package, model, "main", fate)
            assert end == expected[0] and same(native(log), native(expected[1])), (sorted(log), expected)
        finally:
            forgotten(package, Path(folder))


def test_what_has_no_bound_is_refused() -> None:
    head = (
        "groma: 1\nsystem: s\ncurrency: EUR\ncomponents:\n  a: {kind: x, offers: {f: {work: 1 s}}}\nflows:\n"
    )
    bad = {
        "{repeat: {until: 50 %, steps: [{call: a.f}]}}": "at_most",
        "{wait: unknown}": "is unknown",
        "{repeat: {times: 3 ± 1, steps: [{call: a.f}]}}": "at_most",
    }
    for step, word in bad.items():
        with pytest.raises(NotExportable) as refused:
            written(loads(f"{head}  m: {{starts: {{rate: 1/s}}, steps: [{step}]}}\n"), "python", Path())
        assert "model.yaml:7:" in refused.value.problems[0] and word in refused.value.problems[0]
