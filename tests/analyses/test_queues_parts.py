"""Waits while choices are open: what their ends are worked out from."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from analyses.given import HEAD, context, on, opened
from groma.analyses import figure
from groma.analyses.context import Context
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.queues import Queues
from groma.analyses.loads.rounds import counted
from groma.analyses.outcome.law import FAST, SLOW, Grid
from groma.model.load import load

GRID = Grid(0.05, 400, 2)
TEXT = """
components:
  part: {kind: s, offers: {f: {}}}
  one: {kind: s, offers: {f: {}}}
  two: {kind: s, offers: {f: {work: 1 s}}}
  a: {kind: s, threads: THREADS, offers: {f: {work: WORK s ± WORK s}}}
flows: {main: {starts: {rate: RATE/s}, steps: [{call: a.f}, {call: part.f, timeout: 5 s}]}}
"""


def still_open(threads: int, work: float, rate: float) -> Context:
    text = TEXT.replace("THREADS", str(threads)).replace("WORK", f"{work:g}").replace("RATE", f"{rate:g}")
    return opened(text, "part", "which", one="one", two="two")


def chance_of_no_wait(c: Context, grid: Grid = GRID) -> float:
    wait = Queues(c, grid, None, "bound").waiting("components.a")
    assert wait.law is not None
    return float(wait.law.cdf[FAST, 0])


@pytest.mark.parametrize(
    ("threads", "work", "rate", "none"),
    [
        (1, 1.0, 0.8, 0.2),  # M/M/1 at 80 %
        (1, 2.0, 0.4, 0.2),
        (1, 4.0, 0.2, 0.2),
        (1, 0.2, 1.25, 1.0),
        (1, 1.0, 0.25, 1.0),  # below 30 % the least isn't looked at
        (2, 1.0, 0.5, 1.0),  # nor a quarter of two servers
        (2, 1.0, 1.0, 1 - 1 / 3),  # Erlang C of two servers at half load
    ],
)
def test_the_least_wait_is_that_of_the_least_load_where_it_can_be_high(
    threads: int, work: float, rate: float, none: float
) -> None:
    assert chance_of_no_wait(still_open(threads, work, rate)) == pytest.approx(none, abs=0.03)


def test_where_only_shares_are_asked_for_the_least_wait_is_none() -> None:
    c = still_open(1, 1.0, 0.8)
    assert chance_of_no_wait(c, time_grid(c, rows=2)) == 1.0


def test_saturated_by_the_least_load_there_is_no_steady_state() -> None:
    wait = Queues(still_open(1, 1.0, 1.5), GRID, None, "bound").waiting("components.a")
    assert wait.saturated and any("is saturated" in note for note in wait.notes)
    assert not Queues(still_open(1, 1.0, 0.9), GRID, None, "bound").waiting("components.a").saturated


@pytest.mark.parametrize(
    ("written", "bounded"), [("", True), (", discipline: lifo", False), (", queue: 3", False)]
)
def test_while_it_is_open_in_which_order_is_served_the_longest_wait_is_not_known(
    written: str, bounded: bool
) -> None:
    text = f"""
components:
  desk: {{kind: s, offers: {{f: {{}}}}}}
  one: {{kind: s, threads: 1{written}, offers: {{f: {{work: 500 ms ± 500 ms}}}}}}
  two: {{kind: s, threads: 1, offers: {{f: {{work: 500 ms ± 500 ms}}}}}}
flows: {{main: {{starts: {{rate: 0.5/s}}, steps: [{{call: desk.f}}]}}}}
"""
    wait = Queues(opened(text, "desk", "which", one="one", two="two"), GRID, None).waiting("components.desk")
    assert wait.law is not None and math.isfinite(float(wait.law.moment[SLOW])) == bounded
    assert (wait.full is not None) == ("queue" in written)


def test_a_station_that_nothing_comes_to_has_no_queue() -> None:
    text = TEXT.replace("THREADS", "1").replace("WORK", "1").replace("{call: a.f}, ", "").replace("RATE", "1")
    c = opened(text, "part", "which", one="one", two="two")
    assert Queues(c, GRID, None).waiting("components.a").law is None
    there = Queues(still_open(1, 1.0, 0.5), GRID, None).waiting("components.a")
    assert there.law is not None and there.law.moment[SLOW] == pytest.approx(1.0, rel=0.02)  # M/M/1 at 50 %


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("rate: 1/s, arrivals: 1 s ± 3 s", "aren't Poisson"),
        ("rate: 1/s, bursts: {last: 10 s, share: 10 %, times: 5}", "come in bursts"),
        ("population: 3, think: 5 s", "come again"),
    ],
)
def test_why_a_stream_gives_no_bound_on_waits_is_said(written: str, said: str) -> None:
    text = f"""
components: {{a: {{kind: s, threads: 1, queue: 5, offers: {{f: {{work: 300 ms ± 300 ms}}}}}}}}
flows: {{main: {{starts: {{{written}}}, steps: [{{call: a.f}}]}}}}
"""
    found = figure(context(text), "success/main")
    assert any(said in note and "isn't bounded" in note for note in found.valid), found.valid


def test_a_stream_that_is_replayed_gives_no_bound_on_waits(tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("when\n" + "".join(f"{3 * n}\n" for n in range(50)))
    text = (
        "components: {a: {kind: s, threads: 1, queue: 5, offers: {f: {work: 300 ms ± 300 ms}}}}\n"
        "flows: {main: {starts: {replays: {from: seen.csv, column: when}}, steps: [{call: a.f}]}}\n"
    )
    (tmp_path / "model.yaml").write_text(HEAD + text)
    found = figure(on(load(tmp_path / "model.yaml")), "success/main")
    assert any("are replayed" in note and "isn't bounded" in note for note in found.valid), found.valid


def test_a_part_that_may_be_one_with_servers_or_one_without_a_limit_may_let_wait() -> None:
    text = """
components:
  part: {kind: s, offers: {f: {work: 1 s}}}
  one: {kind: s, threads: 1, offers: {f: {work: 1 s}}}
  free: {kind: s, offers: {f: {work: 1 s}}}
flows: {main: {starts: {rate: 0.5/s}, steps: [{call: part.f}]}}
"""
    c = opened(text, "part", "which", one="one", free="free")
    assert counted(c).waiting("components.part").law is not None
    assert counted(c.with_partial({"which": "free"})).waiting("components.part").law is None
