"""What a recovery says of its stages, its copies and what is brought back with it; ends of ranges by hand."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses import figure
from groma.analyses.recovery.details import recovery_details
from groma.model.figure import Figure

HOUR = 3600.0
NONE = "detect: 0 s, decide: 0 s, verify: 0 s"
FILES = f"""
places: {{home: {{}}, away: {{}}}}
components:
  line: {{kind: link, place: away, provides: {{bandwidth: 1 Gbit/s}}}}
  other: {{kind: link, place: away, provides: {{bandwidth: 1 Gbit/s}}}}
  store: {{kind: storage, place: home, ready_in: 0 s, offers: {{q: {{}}}}}}
  v:
    kind: backup
    place: away
    copies:
      files: {{every: 1 h, takes: 5 min, over: line, detect: 4 min, decide: 6 min, verify: 0 s}}
      users: {{every: 1 h, takes: 5 min, over: line, detect: 0 s, decide: 0 s, verify: 10 min}}
      notes: {{every: 1 h, takes: 5 min, over: other, {NONE}}}
data:
  files: {{held_by: store, size: 1.25 TB, after: users, changes: 1 MB/s}}
  users: {{held_by: store, size: 125 GB, grows: 2 MB/s}}
  notes: {{held_by: store, size: 125 GB}}
flows: {{read: {{starts: {{rate: 1/min}}, steps: [{{call: store.q}}]}}}}
"""


def lines(found: Figure) -> dict[str, str]:
    return {line.text: line.value for line in found.derivation}


def test_data_wait_for_what_is_written_after_them_in_the_model() -> None:
    """Users are back after 1000 s and a check of 600; files, decided on after 600 s, wait 1000 s more."""
    c = context(FILES)
    users, files = (figure(c, f"recovery/{name}@store/rto") for name in ("users", "files"))
    assert (users.value, files.value) == pytest.approx((1600.0, 1600.0 + 10_000.0))
    assert users.low == users.value == users.high and files.low == files.value == files.high
    told = {each.name: each for each in recovery_details(c)}
    assert told["recovery/files@store/rto/wait"].value == pytest.approx(1000.0)
    assert {each.reason for name, each in told.items() if "/rto/" in name} == {""}
    assert files.title == "Time until files are back after component store is lost"
    lost = figure(c, "recovery/files@store/rpo")
    assert lost.title == "Data lost of files after component store is lost"
    assert lines(lost)["that is, at the rate at which it changes"] == "3.9 GB"  # an hour and five minutes
    assert lines(lost)["and one takes"] == "5 min"
    grown = figure(c, "recovery/users@store/rpo")
    assert lines(grown)["that is, at the rate at which it grows"] == "7.8 GB"


def test_what_shares_a_line_or_an_order_is_brought_back_at_the_same_time() -> None:
    c = context(FILES.replace("over: line, detect: 0 s", "over: other, detect: 0 s"))
    said = {
        name: [text for text in figure(c, f"recovery/{name}@store/rto").valid if "same time" in text]
        for name in ("files", "users", "notes")
    }
    assert said["files"] == said["users"] == said["notes"]  # files after users, which share a line with notes
    assert "files, users, notes" in said["files"][0]
    apart = context(FILES)
    assert "files, users;" in " ".join(figure(apart, "recovery/users@store/rto").valid)
    alone = figure(apart, "recovery/notes@store/rto")
    assert not any("same time" in text for text in alone.valid)
    assert alone.value == pytest.approx(1000.0)


def test_parts_that_must_run_again_are_told_where_there_are_any() -> None:
    text = FILES.replace("ready_in: 0 s", "ready_in: 1 h")
    found = figure(context(text), "recovery/read@store/rto")
    assert lines(found)["parts enough to carry it run after"] == "70 min"
    whole = figure(context(text), "recovery/read@corrupted/rto")
    assert "parts enough to carry it run after" not in lines(whole)


def test_copies_on_a_line_are_told_with_what_they_move() -> None:
    """A line of 125 MB/s; 1.25 TB and 125 GB an hour."""
    found = figure(context(FILES), "copies/line")
    assert lines(found)["files, moved by a copy every 1 h"] == "1.25 TB"
    assert lines(found)["free for copies"] == "125 MB/s"
    assert found.value == pytest.approx(1.375e12 / 3600 / 125e6)


def test_both_ends_hold_checks_and_what_others_hold_up() -> None:
    """125 to 250 GB alone on 125 MB/s, checks of 10 to 20 min; beside 12.5 GB, which hold them up by 100 s at most."""
    alone = f"""
places: {{home: {{}}, away: {{}}}}
components:
  line: {{kind: link, place: away, provides: {{bandwidth: 1 Gbit/s}}}}
  store: {{kind: storage, place: home, ready_in: 0 s}}
  v: {{kind: backup, place: away, copies: {{
    d: {{every: 1 h, over: line, detect: 0 s, decide: 0 s, verify: 10 min .. 20 min}},
    e: {{every: 1 h, over: line, {NONE}}}}}}}
data: {{d: {{held_by: store, size: 125 GB .. 250 GB}}}}
"""
    found = figure(
        context(alone.replace(f"e: {{every: 1 h, over: line, {NONE}}}", "")), "recovery/d@store/rto"
    )
    assert (found.low, found.high) == pytest.approx((1000.0 + 600.0, 2000.0 + 1200.0))
    both = alone.replace("250 GB}}", "250 GB}, e: {held_by: store, size: 12.5 GB}}")
    found = figure(context(both), "recovery/d@store/rto")
    assert (found.low, found.high) == pytest.approx((1000.0 + 600.0, 2100.0 + 1200.0))


def test_of_several_copies_left_the_one_that_loses_least_counts_at_each_end() -> None:
    """One hour, or half an hour to three: two hours at the nominal value, so that the first is newest."""
    text = f"""
components:
  db: {{kind: database, ready_in: 1 h}}
  v: {{kind: backup, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
  w:
    kind: backup
    copies: {{d: {{every: {{value: 2 h, known: 30 min .. 3 h}}, takes: 0 s, rate: 1 GB/s, {NONE}}}}}
data: {{d: {{held_by: db, size: 1 GB}}}}
"""
    found = figure(context(text), "recovery/d@db/rpo")
    assert (found.low, found.value, found.high) == (0.5 * HOUR, HOUR, HOUR)


@pytest.mark.parametrize(
    ("enough", "place", "lost"),
    [(1, "home", False), (2, "home", True), (2, "away", False), (3, "away", True)],
)
def test_replicas_stand_at_their_places_in_turn(enough: int, place: str, lost: bool) -> None:
    """Three at two places: two at home, one away."""
    text = f"""
places: {{home: {{}}, away: {{}}, third: {{}}}}
components:
  db: {{kind: database, place: [home, away], replicas: 3, enough: {enough}, ready_in: 1 h}}
  v: {{kind: backup, place: third, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 1 GB}}}}
"""
    assert figure(context(text), f"recovery/d@{place}/rpo").value == (HOUR if lost else 0.0)


def test_a_join_has_ends_of_its_own() -> None:
    """Two of three: 1 to 2 h, 3 to 4 h, 5 to 6 h."""
    parts = "".join(
        f"  p{n}: {{kind: s, place: home, ready_in: {n} h .. {n + 1} h, offers: {{x: {{}}}}}}\n"
        for n in (1, 3, 5)
    )
    text = f"""
places: {{home: {{}}, away: {{}}}}
components:
{parts}  v: {{kind: backup, place: away, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
data: {{d: {{held_by: p1, size: 1 MB}}}}
flows:
  f:
    starts: {{rate: 1/min}}
    steps: [{{parallel: [[{{call: p1.x}}], [{{call: p3.x}}], [{{call: p5.x}}]], join: 2}}]
"""
    found = figure(context(text), "recovery/f@home/rto")
    assert (found.low, found.high) == pytest.approx((3 * HOUR, 4 * HOUR))


def test_how_long_data_wait_has_both_ends() -> None:
    """Users are back after 1600 s at best; at worst after twice their 2000 s, on half of the line, and the check."""
    text = FILES.replace(
        "users: {held_by: store, size: 125 GB,", "users: {held_by: store, size: 125 GB .. 250 GB,"
    )
    text = text.replace("detect: 4 min, decide: 6 min", "detect: 100 s .. 200 s, decide: 0 s")
    told = {each.name: each for each in recovery_details(context(text))}
    wait = told["recovery/files@store/rto/wait"]
    assert (wait.low, wait.high) == pytest.approx((1600.0 - 200.0, 4000.0 + 600.0 - 100.0))


def test_a_trial_long_ago_is_no_proof() -> None:
    text = f"""
date: 2026-11-21
components: {{db: {{kind: database, ready_in: 1 h}}, v: {{kind: backup}}}}
data: {{d: {{held_by: db, size: 1 GB, backup: {{every: 1 h, takes: 0 s, to: v, rate: 1 GB/s, {NONE}, tested: DAY}}}}}}
"""
    for day, words in (("2024-01-05", "tried 2024-01-05, too long ago"), ("2026-05-02", "tried 2026-05-02")):
        told = {each.name: each for each in recovery_details(context(text.replace("DAY", day)))}
        assert told["recovery/d/proof"].words == words


def test_a_line_of_which_only_a_range_is_known_leaves_a_range() -> None:
    """125 GB over 62.5 to 250 MB/s."""
    text = FILES.replace("1 Gbit/s", "{value: 1 Gbit/s, known: 500 Mbit/s .. 2 Gbit/s}")
    found = figure(context(text), "recovery/notes@store/rto")
    assert (found.low, found.value, found.high) == pytest.approx((500.0, 1000.0, 2000.0))
