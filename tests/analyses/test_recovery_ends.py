"""Losses at their ends: choices, carriers, spares that need each other, parts of which nobody says where they are."""

from __future__ import annotations

import math

import pytest

from analyses.given import context, opened
from groma.analyses import Context, bounds, figure
from groma.model.figure import Figure

HOUR = 3600.0
NONE = "detect: 0 s, decide: 0 s, verify: 0 s"


def lines(found: Figure) -> dict[str, str]:
    return {line.text: line.value for line in found.derivation}


def open_model() -> Context:
    """Two tiers of a component that has nothing to do with the data, and two of one that copies them as well."""
    text = f"""
components:
  db: {{kind: database, ready_in: 1 h}}
  v:
    kind: backup
    copies: {{d: {{every: 1 h, takes: 0 s, rate: 100 MB/s, detect: 1 min, decide: 2 min, verify: 3 min}}}}
  w: {{kind: backup, copies: {{d: {{every: 30 min, takes: 0 s, rate: 100 MB/s, {NONE}}}}}}}
  n: {{kind: backup}}
  late: {{kind: x}}
data: {{d: {{held_by: db, size: 360 GB}}}}
flows: {{f: {{starts: {{rate: 1/min}}, carries: [d], steps: [{{wait: 1 s}}]}}}}
"""
    return opened(text, "late", "tier", copies="w", nothing="n")


@pytest.mark.parametrize(
    ("chosen", "point", "time"),
    [
        ({"nothing"}, (HOUR, HOUR), 180.0 + HOUR + HOUR + 180.0),
        ({"nothing", "copies"}, (0.5 * HOUR, HOUR), HOUR + HOUR),
        ({"copies"}, (0.5 * HOUR, 0.5 * HOUR), HOUR + HOUR),
    ],
)
def test_a_copy_that_hangs_on_a_choice_is_not_sure(
    chosen: set[str], point: tuple[float, float], time: float
) -> None:
    """The least is what the copy left or perhaps left gives alone: detect, decide, an hour each to run and to copy."""
    c = open_model().with_partial({"tier": frozenset(chosen)})
    assert bounds(c, "recovery/d@db/rpo") == bounds(c, "recovery/f@db/rpo") == pytest.approx(point)
    assert bounds(c, "recovery/d@db/rto")[0] == pytest.approx(time)


def test_what_waits_far_behind_asks_for_what_comes_first() -> None:
    text = """
needs: {n: {measure: recovery/last/rto, at_most: 4 h}}
components: {db: {kind: database}}
data:
  first: {held_by: db, backup: {every: 1 h}}
  middle: {held_by: db, after: first, backup: {every: 1 h}}
  last: {held_by: db, after: middle, backup: {every: 1 h}}
"""
    for name in ("first", "middle", "last"):
        assert figure(context(text), f"recovery/{name}/rto_required").value == 4 * HOUR


def test_what_stands_in_for_what_it_depends_on_waits_for_nothing() -> None:
    """The spare needs what it stands in for: a circle of one, which is taken as there."""
    text = f"""
places: {{home: {{}}, away: {{}}}}
components:
  db: {{kind: database, place: home, ready_in: 5 h}}
  spare: {{kind: database, place: away, ready_in: 20 min, stands_in_for: [db], depends_on: [db]}}
  v: {{kind: backup, place: away, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 60 GB}}}}
"""
    assert figure(context(text), "recovery/d@home/rto").value == pytest.approx(1200.0 + 60.0)


def test_a_flow_waits_for_what_an_operation_calls() -> None:
    """The application stands, its database is built anew in two hours; an operation that calls nothing goes on."""
    text = f"""
components:
  app: {{kind: service, offers: {{x: {{steps: [{{call: db.q}}]}}, y: {{}}}}}}
  db: {{kind: database, ready_in: 2 h, offers: {{q: {{}}}}}}
  v: {{kind: backup, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 1 MB}}}}
flows:
  f: {{starts: {{rate: 1/min}}, steps: [{{call: app.x}}]}}
  g: {{starts: {{rate: 1/min}}, carries: [d], steps: [{{call: app.y}}]}}
"""
    c = context(text)
    assert lines(figure(c, "recovery/f@db/rto"))["parts enough to carry it run after"] == "2 h"
    assert "parts enough to carry it run after" not in lines(figure(c, "recovery/g@db/rto"))


def test_what_a_supplier_runs_elsewhere_is_not_lost_with_a_place() -> None:
    text = f"""
places: {{home: {{in: DE}}}}
components:
  db: {{kind: database, place: home, ready_in: 1 h}}
  v: {{kind: backup, product: PRODUCT, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 1 GB}}}}
"""
    assert (
        figure(context(text.replace("PRODUCT", "aws/m7g.large@us-east-1")), "recovery/d@home/rpo").value
        == HOUR
    )


def test_a_spare_and_its_helper_that_need_each_other_start_one_after_the_other() -> None:
    text = f"""
places: {{home: {{}}, away: {{}}}}
components:
  db: {{kind: database, place: home, ready_in: 5 h}}
  app: {{kind: service, place: home, ready_in: 5 h}}
  spare: {{kind: database, place: away, ready_in: 20 min, stands_in_for: [db], depends_on: [helper]}}
  helper: {{kind: service, place: away, ready_in: 10 min, stands_in_for: [app], depends_on: [spare]}}
  v: {{kind: backup, place: away, copies: {{d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}}}}}
data: {{d: {{held_by: db, size: 60 GB}}}}
"""
    assert figure(context(text), "recovery/d@home/rto").value == pytest.approx(1800.0 + 60.0)


@pytest.mark.parametrize(("enough", "lost"), [(1, 0.0), (2, HOUR)])
def test_what_is_carried_at_two_places_is_lost_with_its_carrier(enough: int, lost: float) -> None:
    """And asked about are the losses of what holds data, of what carries that and of the places around, no others."""
    text = f"""
places: {{home: {{in: DE}}, cellar: {{in: home}}, away: {{}}, third: {{}}}}
components:
  host: {{kind: host, place: [cellar, away], replicas: 2, enough: {enough}, ready_in: 1 h}}
  db: {{kind: database, runs_on: host, ready_in: 1 h}}
  one: {{kind: host, place: cellar, ready_in: 1 h}}
  store: {{kind: storage, runs_on: one, ready_in: 1 h}}
  v:
    kind: backup
    place: third
    copies:
      d: {{every: 1 h, takes: 0 s, rate: 1 GB/s, {NONE}}}
      e: {{every: {{value: 1 h, known: 1 h .. 2 h}}, takes: 0 s .. 5 min, rate: 1 GB/s, {NONE}}}
data: {{d: {{held_by: db, size: 1 GB}}, e: {{held_by: store, size: 1 GB, changes: 1 MB/s}}}}
"""
    c = context(text)
    assert figure(c, "recovery/d@cellar/rpo").value == lost
    asked = {
        name: {line.refs[0].split("@")[1] for line in figure(c, f"recovery/{name}/rpo").derivation}
        for name in ("d", "e")
    }
    assert asked["d"] == {"corrupted/rpo", "cellar/rpo", "home/rpo", "away/rpo"}
    assert asked["e"] == {"corrupted/rpo", "store/rpo", "one/rpo", "cellar/rpo", "home/rpo"}
    told = lines(figure(c, "recovery/e@store/rpo"))
    assert (told["and one takes"], told["that is, at the rate at which it changes"]) == ("2.5 min", "3.75 GB")


def test_parts_of_a_flow_without_data_run_again_when_nobody_says() -> None:
    """What is lost for sure takes its hour at least; what may be elsewhere perhaps nothing."""
    text = """
places: {home: {}}
components:
  p: {kind: s, place: home, ready_in: 1 h, offers: {x: {}}}
  q: {kind: s, ready_in: 1 h, offers: {x: {}}}
flows:
  f: {starts: {rate: 1/min}, steps: [{call: p.x}]}
  g: {starts: {rate: 1/min}, steps: [{call: q.x}]}
"""
    for flow, low in (("f", HOUR), ("g", 0.0)):
        found = figure(context(text), f"recovery/{flow}@home/rto")
        assert (found.low, found.value, found.high) == (low, None, None)


def test_a_flow_that_does_another_uses_what_that_carries_and_nobody_asks_for_more() -> None:
    text = f"""
needs: {{n: {{measure: recovery/d/rto, at_most: 4 h}}}}
components: {{db: {{kind: database, ready_in: 1 h, offers: {{q: {{}}}}}}, v: {{kind: backup}}}}
data: {{d: {{held_by: db, size: 1 GB, backup: {{every: 1 h, takes: 0 s, to: v, rate: 1 GB/s, {NONE}}}}}}}
flows:
  outer: {{starts: {{rate: 1/min}}, steps: [{{do: inner}}]}}
  inner: {{carries: [d], steps: [{{wait: 1 s}}]}}
  sent: {{starts: {{rate: 1/min}}, steps: [{{send: db.q}}]}}
"""
    c = context(text)
    assert figure(c, "recovery/outer@db/rpo").value == figure(c, "recovery/sent@db/rpo").value == HOUR
    assert bounds(c, "recovery/d/rto_required") == (4 * HOUR, 4 * HOUR)
    assert bounds(c, "recovery/d/rpo_required") == (math.inf, math.inf)
