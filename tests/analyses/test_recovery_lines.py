"""Copies on lines that are only just enough, restores in order with ranges, and places that nobody says."""

from __future__ import annotations

import itertools
import math

import pytest

from analyses.given import context
from groma.analyses import figure
from groma.analyses.interval import Interval
from groma.analyses.recovery.flow import needed
from groma.analyses.recovery.lines import _over  # pyright: ignore[reportPrivateUsage]

NONE = "detect: 0 s, decide: 0 s, verify: 0 s"


@pytest.mark.parametrize(
    "below", [(0.0, 0.0), (0.0, 2.0), (1.0, 2.0), (0.0, math.inf), (2.0, math.inf), (0.5, 0.5)]
)
@pytest.mark.parametrize("above", [(0.0, 0.0), (0.0, 3.0), (0.5, 3.0), (2.0, 2.0), (1.0, math.inf)])
def test_a_quotient_of_ranges_holds_every_quotient(
    above: tuple[float, float], below: tuple[float, float]
) -> None:
    """Nothing over nothing is nothing; something over nothing has no end; ends are reached where they are finite."""

    def middle(ends: tuple[float, float]) -> float | None:
        return None if math.isinf(ends[1]) else sum(ends) / 2

    found = _over(Interval(above[0], middle(above), above[1]), Interval(below[0], middle(below), below[1]))
    tops = [above[0], min(above[1], 1e9)]
    bottoms = [max(below[0], 1e-9), min(max(below[1], 1e-9), 1e9)]
    every = [a / b for a, b in itertools.product(tops, bottoms)]
    if below[1] > 0.0:
        assert found.low <= min(every) and max(every) <= found.high
        assert found.low == pytest.approx(min(every), abs=1e-6)
        assert found.high == (math.inf if max(every) > 1e8 else pytest.approx(max(every)))
    else:
        assert found.low == 0.0 and found.high == (0.0 if above[1] == 0.0 else math.inf)
    tried = middle(above), middle(below)
    expected = None if None in tried or not tried[1] else tried[0] / tried[1]  # pyright: ignore
    assert found.value == expected


def copied(changes: str, over: str, others: str = "") -> float | None:
    """The longest that a copy of changes takes, made every ten to twenty minutes over lines of 16 and 80 MB/s."""
    text = f"""
components:
  narrow: {{kind: link, provides: {{bandwidth: 128 Mbit/s}}}}
  wide: {{kind: link, provides: {{bandwidth: 640 Mbit/s}}}}
  db: {{kind: database, ready_in: 1 h}}
  v: {{kind: backup, copies: {{d: {{every: 10 min .. 20 min, moves: changes, over: {over}, {NONE}}}{others}}}}}
data: {{d: {{held_by: db, size: 1 GB, changes: {changes}}}, e: {{held_by: db, size: 1 GB, changes: 1 MB/s}}}}
"""
    return figure(context(text), "recovery/d/window").high


def test_changes_get_through_where_a_share_of_the_narrowest_line_is_as_fast_as_they_are_made() -> None:
    beside = f", e: {{every: 10 min, moves: changes, over: narrow, {NONE}}}"
    assert copied("8 MB/s", "narrow", beside) is not None  # exactly half of the line
    assert copied("8.1 MB/s", "narrow", beside) is None
    assert copied("8.1 MB/s", "narrow") is not None
    assert copied("8.1 MB/s", "[narrow, wide]", beside) is None  # the wide one would do
    assert copied("7.9 MB/s", "[narrow, wide]", beside) is not None


@pytest.mark.parametrize(("changes", "lost"), [("10 MB/s", 10.0), ("20 MB/s", None)])
def test_a_replica_lags_for_ever_where_changes_are_made_faster_than_its_line_takes_them(
    changes: str, lost: float | None
) -> None:
    text = f"""
components:
  line: {{kind: link, provides: {{bandwidth: 128 Mbit/s}}}}
  db: {{kind: database, ready_in: 1 h}}
  v: {{kind: backup, copies: {{d: {{every: 10 s, replica: true, over: line, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 1 GB, changes: {changes}}}}}
"""
    found = figure(context(text), "recovery/d@db/rpo")
    assert found.value == lost
    assert found.words == (None if lost else "all of it")


RANGED = f"""
places: {{home: {{}}, away: {{}}}}
components:
  line: {{kind: link, place: away, provides: {{bandwidth: 1 Gbit/s}}}}
  store: {{kind: storage, place: home, ready_in: 0 s}}
  v:
    kind: backup
    place: away
    copies:
      users: {{every: 1 h, over: line, detect: 0 s, decide: 0 s, verify: 10 min}}
      files: {{every: 1 h, over: line, {NONE}}}
data:
  users: {{held_by: store, size: 125 GB .. 250 GB}}
  files: {{held_by: store, size: 1.25 TB, after: users}}
"""


def test_data_that_come_after_others_wait_for_them_at_both_ends() -> None:
    """1000 to 2000 s and a check of 600 s for users, 10 000 s for files after that, one line for both."""
    found = figure(context(RANGED), "recovery/files@store/rto")
    assert found.low is not None and found.high is not None
    assert found.low == pytest.approx(1000 + 600 + 10_000)
    assert found.high * (1 + 1e-12) >= 2000 + 600 + 10_000


def test_data_don_t_wait_for_others_of_which_nothing_is_left() -> None:
    """Users have no copy: files are back without them (of exact and of ranged amounts)."""
    without = "".join(line for line in RANGED.splitlines(keepends=True) if "users: {every" not in line)
    ranged = figure(context(without), "recovery/files@store/rto")
    assert (ranged.low, ranged.high) == (pytest.approx(10_000), pytest.approx(10_000))


def test_the_place_of_what_is_needed_first_is_asked_for() -> None:
    """The database is at home and lost with it; whether what it depends on is lost too hangs on where that is."""
    text = f"""
places: {{home: {{}}, away: {{}}}}
components:
  net: {{kind: link, ready_in: 2 h}}
  db: {{kind: database, place: home, ready_in: 1 h, depends_on: [net]}}
  v: {{kind: backup, place: away, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 1 GB}}}}
"""
    found = figure(context(text), "recovery/d@home/rto")
    assert (
        found.value is None and found.low == pytest.approx(3601) and found.high == pytest.approx(3 * 3600 + 1)
    )
    assert "components.net.place: state where it is" in found.missing


def test_a_copy_takes_what_it_moves_over_its_line_at_both_ends() -> None:
    """1 to 2 GB over 16 MB/s, or over 8 to 16 MB/s."""
    text = f"""
components:
  line: {{kind: link, provides: {{bandwidth: SPEED}}}}
  db: {{kind: database, ready_in: 1 h}}
  v: {{kind: backup, copies: {{d: {{every: 1 h, over: line, {NONE}}}}}}}
data: {{d: {{held_by: db, size: SIZE}}}}
"""
    ranged = text.replace("SIZE", "{value: 1500 MB, known: 1 GB .. 2 GB}")
    found = figure(context(ranged.replace("SPEED", "128 Mbit/s")), "recovery/d/window")
    assert (found.low, found.value, found.high) == pytest.approx((62.5, 93.75, 125.0))
    slow = "{value: 96 Mbit/s, known: 64 Mbit/s .. 128 Mbit/s}"
    found = figure(context(text.replace("SIZE", "1 GB").replace("SPEED", slow)), "recovery/d/window")
    assert (found.low, found.value, found.high) == pytest.approx((62.5, 1e3 / 12, 125.0))


def test_only_what_stands_on_a_line_takes_of_its_bandwidth() -> None:
    """1 GB an hour over 16 MB/s, of which two replicas take 3 MB/s each where they stand on it."""
    text = f"""
components:
  line: {{kind: link, provides: {{bandwidth: 128 Mbit/s}}}}
  other: {{kind: link, provides: {{bandwidth: 128 Mbit/s}}}}
  app: {{kind: s, replicas: 2, ON, takes: {{bandwidth: 3 MB/s}}}}
  plain: {{kind: s, depends_on: [line]}}
  db: {{kind: database, ready_in: 1 h}}
  v: {{kind: backup, copies: {{d: {{every: 1000 s, over: line, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 1 GB}}}}
"""
    for on, free in (("runs_on: line", 10.0), ("depends_on: [line]", 10.0), ("runs_on: other", 16.0)):
        found = figure(context(text.replace("ON", on)), "copies/line")
        assert (found.low, found.value, found.high) == pytest.approx((1 / free, 1 / free, 1 / free))


def test_what_a_flow_needs_is_sorted() -> None:
    names = [f"c{n}" for n in range(12)]
    parts = ", ".join(
        f"{name}: {{kind: s, depends_on: [base{name}]}}, base{name}: {{kind: s}}" for name in names
    )
    calls = ", ".join(f"{{call: top.{name}}}" for name in ("f",))
    c = context(
        f"components: {{{parts}, top: {{kind: s, depends_on: [{', '.join(names)}], offers: {{f: {{}}}}}}}}\n"
        f"flows: {{main: {{starts: {{rate: 1/s}}, steps: [{calls}]}}}}\n"
    )
    assert needed(c, "main") == tuple(sorted([*names, *(f"base{n}" for n in names), "top"]))


def test_a_copy_that_others_may_meet_twice_takes_at_least_what_is_reached() -> None:
    """1 GB over 16 MB/s beside 500 MB: all at once 1.5 GB, and 2 GB where the other copy is made again meanwhile."""
    text = f"""
components:
  line: {{kind: link, provides: {{bandwidth: 128 Mbit/s}}}}
  db: {{kind: database, ready_in: 1 h}}
  v:
    kind: backup
    copies:
      d: {{every: 1 h, over: line, {NONE}}}
      e: {{every: 1 h, over: line, {NONE}}}
data: {{d: {{held_by: db, size: 1 GB}}, e: {{held_by: db, size: 500 MB}}}}
"""
    found = figure(context(text), "recovery/d/window")
    assert (found.low, found.value, found.high) == (pytest.approx(93.75), None, pytest.approx(125.0))
