"""Models of Groma by both methods against closed forms of the literature."""

from __future__ import annotations

import pytest

from analyses.given import CATALOG
from groma.analyses import assess
from groma.model.figure import Figure
from groma.model.load import loads

pytestmark = pytest.mark.compiled
HEAD = "groma: 1\nsystem: t\ncurrency: EUR\n"


def shown(text: str, *names: str) -> list[Figure]:
    ledger = assess(loads(HEAD + text), CATALOG)
    return [ledger[name] for name in names]


def assert_both(figure: Figure, truth: float, within: float, simulated: float) -> None:
    """The analytic value and the second result are the truth."""
    assert figure.value == pytest.approx(truth, rel=within)
    assert figure.second is not None and figure.second.value == pytest.approx(truth, rel=simulated)
    assert not figure.disputed


def test_three_servers_are_those_of_erlang_by_both_methods() -> None:
    """M/M/3 at 80 %: mean 2.078652 s, 95th percentile 5.729218 s, 99th 8.455477 s (shared reference values)."""
    found = shown(
        """
components: {a: {kind: s, threads: 3, offers: {f: {work: 1 s ± 1 s}}}}
needs:
  often: {measure: latency/main/p95, at_most: 60 s}
  rarely: {measure: latency/main/p99, at_most: 60 s}
flows: {main: {starts: {rate: 2.4/s}, steps: [{call: a.f}]}}
""",
        "latency/main/mean", "latency/main/p95", "latency/main/p99",
    )  # fmt: skip
    for figure, truth in zip(found, (2.078652, 5.729218, 8.455477), strict=True):
        assert_both(figure, truth, 0.01, 0.04)


def test_a_tandem_with_feedback_is_that_of_jackson_by_both_methods() -> None:
    """Five M/M/2 stations, each repeated with probability 0.1: 8.206687 s from end to end (shared reference values)."""
    parts = "".join(
        f"  s{n}: {{kind: s, threads: 2, offers: {{f: {{work: 666.6666667 ms ± 666.6666667 ms}}}}}}\n"
        for n in range(5)
    )
    steps = ", ".join(f"{{repeat: {{until: 90 %, steps: [{{call: s{n}.f}}]}}}}" for n in range(5))
    (mean,) = shown(
        f"components:\n{parts}flows: {{main: {{starts: {{rate: 2/s}}, steps: [{steps}]}}}}\n",
        "latency/main/mean",
    )
    assert_both(mean, 8.206687, 0.01, 0.03)


def test_branches_that_wait_for_the_last_are_those_of_renyi() -> None:
    """The mean of the longest of five exponential times is 1 + 1/2 + ... + 1/5 (Renyi 1953)."""
    branches = ", ".join("[{call: a.f}]" for _ in range(5))
    (mean,) = shown(
        f"""
components: {{a: {{kind: s, offers: {{f: {{work: 1 s ± 1 s}}}}}}}}
flows: {{main: {{starts: {{rate: 1/s}}, steps: [{{parallel: [{branches}]}}]}}}}
""",
        "latency/main/mean",
    )
    assert_both(mean, sum(1 / n for n in range(1, 6)), 0.01, 0.02)


def test_a_fan_out_of_a_hundred_has_the_tail_of_dean_and_barroso() -> None:
    """1 - 0.99^100 = 63.4 % of requests meet a server that is slow once in a hundred (The Tail at Scale, 2013)."""
    branches = ", ".join("[{call: a.f}]" for _ in range(100))
    (success,) = shown(
        f"""
components: {{a: {{kind: s, offers: {{f: {{work: 1 ms, fails: 1 %}}}}}}}}
flows: {{main: {{starts: {{rate: 10/s}}, steps: [{{parallel: [{branches}]}}]}}}}
""",
        "success/main",
    )
    assert_both(success, 1 - 0.6339677, 1e-6, 0.03)


def test_a_thread_held_across_a_call_is_the_single_server_of_pollaczek_and_khinchine() -> None:
    """One thread works 300 ms and waits for 500 ms of another part's work, both exponential: M/G/1 at 64 % load."""
    rate, first, second = 0.8, 0.8, 2 * (0.3**2 + 0.5**2 + 0.3 * 0.5)
    mean, used = shown(
        """
components:
  a: {kind: s, threads: 1, offers: {f: {work: 500 ms ± 500 ms}}}
  w: {kind: s, threads: 1, offers: {g: {work: 300 ms ± 300 ms, steps: [{call: a.f}]}}}
flows: {main: {starts: {rate: 0.8/s}, steps: [{call: w.g}]}}
""",
        "latency/main/mean", "utilisation/w",
    )  # fmt: skip
    truth = first + rate * second / (2 * (1 - rate * first))
    assert_both(mean, truth, 1e-6, 0.03)
    assert mean.low is not None and mean.high is not None and mean.low < truth < mean.high
    assert used.second is not None and used.second.value == pytest.approx(rate * first, rel=0.02)
