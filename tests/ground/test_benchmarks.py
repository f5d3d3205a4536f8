"""The benchmark harness lets contenders take turns, compares answers first, and never drops a peer silently."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`benchmarks/case.py`, as a module."""
    spec = importlib.util.spec_from_file_location("case", FOLDER / "case.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "case", module)
    spec.loader.exec_module(module)
    return module


def test_contenders_take_turns_and_the_ratio_is_peer_over_ours(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, order = [0.0], []
    monkeypatch.setattr(case.time, "perf_counter", lambda: now[0])

    def taking(name: str, seconds: float) -> Callable[[], Callable[[], int]]:
        def run() -> int:
            order.append(name)
            now[0] += seconds
            return 7

        return lambda: run

    fast, slow = case.Contender("ours", taking("ours", 0.5)), case.Contender("peer", taking("peer", 2.0))
    ours, peer = case.measure(case.Case("job", fast, (slow,)), rounds=4)
    assert order == ["ours", "peer"] * 5  # once for the answers, four times for the clock
    assert (ours.seconds, ours.ratio) == (0.5, None)
    assert (peer.seconds, peer.ratio) == (2.0, (4.0, 4.0, 4.0))


def test_a_wrong_answer_or_a_missing_peer_has_no_ratio_but_a_line(case: Any) -> None:
    def missing() -> Callable[[], int]:
        raise ImportError(name="ciw")

    peers = (case.Contender("wrong", lambda: lambda: 8), case.Contender("absent", missing))
    results = case.measure(case.Case("job", case.Contender("ours", lambda: lambda: 7), peers), rounds=3)
    assert [(r.contender, r.ratio, r.note) for r in results] == [
        ("ours", None, ""),
        ("wrong", None, "answers differ: 7 is not 8"),
        ("absent", None, "not installed (ciw)"),
    ]


def test_an_unknown_benchmark_is_answered_with_those_there_are() -> None:
    done = subprocess.run(
        [sys.executable, FOLDER / "run.py", "nonsense"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("no such benchmark: nonsense; there are ")
    assert "start_up" in done.stderr
