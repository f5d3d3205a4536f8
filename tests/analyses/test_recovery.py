"""Recovery of data and flows after each loss: against simulated timelines, arithmetic by hand, published tables."""

from __future__ import annotations

import math
import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.given import CATALOG, HEAD, context, opened
from groma.analyses import Context, assess, bounds, figure
from groma.analyses.recovery.details import recovery_details
from groma.model.figure import Figure, Ledger, NeedResult
from groma.model.load import loads
from groma.model.position import ModelError
from groma.rules import rules, run

HOUR = 3600.0
FIVE = "detect: 5 min, decide: 5 min, verify: 5 min"
NONE = "detect: 0 s, decide: 0 s, verify: 0 s"


def spelt(text: str) -> str:
    """A text with its stages written out."""
    return text.replace("FIVE", FIVE).replace("NONE", NONE)


DESK = spelt("""
places: {home: {in: DE}, away: {in: IE}, cellar: {in: home}}
suppliers: {cloud: {}, other: {}}
components:
  host: {kind: host, place: cellar, supplier: cloud, ready_in: 3 h}
  db: {kind: database, runs_on: host, supplier: cloud, ready_in: 1 h, offers: {q: {}}}
  app: {kind: service, runs_on: host, ready_in: 30 min, depends_on: [db], offers: {x: {steps: [{call: db.q}]}}}
  near: {kind: backup, runs_on: host, copies: {orders: {every: 15 min, takes: 1 min, rate: 1 GB/s, FIVE}}}
  shelf: {kind: x, place: home, supplier: other, copies: {orders: {every: 1 h, takes: 5 min, rate: 200 MB/s, FIVE}}}
  mirror: {kind: db, place: away, supplier: cloud, copies: {orders: {every: 10 s, replica: true, rate: 1 GB/s, FIVE}}}
  vault: {kind: backup, place: away, supplier: other, copies: {orders: {every: 24 h, takes: 2 h, rate: 100 MB/s, FIVE}}}
data: {orders: {held_by: db, size: 360 GB}}
flows: {sell: {starts: {rate: 1/min}, steps: [{call: app.x}]}}
""")


def value(text: str, measure: str) -> float | None:
    return figure(context(spelt(text)), measure).value


@pytest.mark.parametrize(
    ("event", "point"),
    [
        ("corrupted", 15 * 60 + 60),  # the mirror repeats the mistake; the copy on the same host is newest
        ("db", 10.0),
        ("host", 10.0),  # the copy on the host is gone with it, the mirror isn't
        ("cellar", 10.0),
        ("home", 10.0),
        ("cloud", HOUR + 300),  # the mirror is the same supplier's
        ("away", 0.0),  # nothing is lost
        ("other", 0.0),
    ],
)
def test_the_newest_copy_that_a_loss_leaves_is_brought_back(event: str, point: float) -> None:
    assert value(DESK, f"recovery/orders@{event}/rpo") == pytest.approx(point)
    without_mirror = re.sub(r"  mirror: .*\n", "", DESK)
    if event == "home":
        assert value(without_mirror, "recovery/orders@home/rpo") == 26 * HOUR  # the shelf is at home too
    if event == "cellar":
        assert value(without_mirror, "recovery/orders@cellar/rpo") == HOUR + 300
    if event == "host":
        assert value(without_mirror, "recovery/orders@host/rpo") == HOUR + 300


def test_stages_by_hand() -> None:
    """Detect, decide, host and database anew, 360 GB, check; of a mistake nothing is built anew."""
    assert value(DESK, "recovery/orders@corrupted/rto") == pytest.approx(15 * 60 + 360)
    assert value(DESK, "recovery/orders@db/rto") == pytest.approx(15 * 60 + HOUR + 360)
    assert value(DESK, "recovery/orders@host/rto") == pytest.approx(15 * 60 + 4 * HOUR + 360)
    assert value(DESK, "recovery/orders@away/rto") == 0.0
    assert value(DESK, "recovery/orders/rto") == pytest.approx(15 * 60 + 4 * HOUR + 360)
    stages = figure(context(DESK), "recovery/orders@host/rto").derivation
    told = {line.text.partition(": ")[2]: line.value for line in stages}
    assert told["until what holds it runs again"] == "4 h"
    assert told["to copy it back"] == "6 min"


def test_a_flow_runs_again_when_data_and_parts_do() -> None:
    """The host, then the database, then the application, from the decision on; the data are back before that."""
    assert value(DESK, "recovery/sell@host/rto") == pytest.approx(600 + 3 * HOUR + HOUR + 0.5 * HOUR)
    assert value(DESK, "recovery/sell@corrupted/rto") == pytest.approx(15 * 60 + 360)
    assert value(DESK, "recovery/sell@corrupted/rpo") == pytest.approx(16 * 60)
    slow = DESK.replace("size: 360 GB", "size: 3.6 TB")
    assert value(slow, "recovery/sell@host/rto") == pytest.approx(15 * 60 + 4 * HOUR + 3600)


def test_a_fallback_that_is_left_runs_at_once_but_its_data_must_be_back() -> None:
    text = DESK.replace("steps: [{call: app.x}]", "steps: [{call: app.x, fallback: [{call: spare.x}]}]")
    text = text.replace("  near:", "  spare: {kind: service, place: away, offers: {x: {}}}\n  near:")
    assert value(text, "recovery/sell@host/rto") == pytest.approx(15 * 60 + 4 * HOUR + 360)


def test_what_stands_in_takes_over_and_a_replica_in_it_needs_no_copying() -> None:
    text = DESK.replace(
        "  mirror: {kind: db, place: away,",
        "  spare: {kind: service, place: away, stands_in_for: [app], ready_in: 4 min, depends_on: [mirror]}\n"
        "  mirror: {kind: db, place: away, stands_in_for: [db], ready_in: 10 min,",
    )
    assert value(text, "recovery/orders@home/rto") == pytest.approx(600 + 600 + 300)
    assert value(text, "recovery/sell@home/rto") == pytest.approx(
        600 + 600 + 300
    )  # 4 min after the mirror's 10
    slower = text.replace("ready_in: 4 min", "ready_in: 7 min")
    assert value(slower, "recovery/sell@home/rto") == pytest.approx(600 + 600 + 420)
    assert value(text, "recovery/orders@corrupted/rto") == pytest.approx(15 * 60 + 360)


def test_what_is_at_two_places_stands_the_loss_of_one_while_enough_is_left() -> None:
    text = """
places: {home: {}, away: {}}
components:
  db: {kind: database, place: [home, away], replicas: 2, ready_in: 1 h, offers: {q: {}}}
  vault: {kind: backup, place: away, copies: {orders: {every: 1 h, takes: 0 s, rate: 1 GB/s, NONE}}}
data: {orders: {held_by: db, size: 1 TB}}
"""
    assert value(text, "recovery/orders@home/rpo") == 0.0
    needs_both = text.replace("replicas: 2,", "replicas: 2, enough: 2,")
    assert value(needs_both, "recovery/orders@home/rpo") == HOUR
    assert {line.refs[0] for line in figure(context(spelt(text)), "recovery/orders/rpo").derivation} == {
        f"recovery/orders@{event}/rpo" for event in ("corrupted", "home", "away")
    }  # both at once isn't one loss


def shared_restores(begins: list[float], volumes: list[float], rate: float) -> list[float]:
    """When each restore ends on a line shared equally: the clock goes from event to event."""
    left, ended, now = list(volumes), [math.inf] * len(volumes), 0.0
    while any(math.isinf(e) for e in ended):
        live = [n for n in range(len(left)) if math.isinf(ended[n]) and begins[n] <= now + 1e-9]
        later = [b for n, b in enumerate(begins) if math.isinf(ended[n]) and b > now + 1e-9]
        if not live:
            now = min(later)
            continue
        each = rate / len(live)
        step = min([left[n] / each for n in live] + [b - now for b in later])
        now += step
        for n in live:
            left[n] -= each * step
            if left[n] <= 1e-3:
                ended[n] = now
    return ended


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flows_come_back_when_a_simulated_restore_over_one_line_says(data: st.DataObject) -> None:
    number = data.draw(st.integers(1, 4))
    minutes = st.integers(0, 90)
    rows = [
        {
            "ready": data.draw(minutes), "detect": data.draw(minutes), "decide": data.draw(minutes),
            "verify": data.draw(minutes), "size": data.draw(st.integers(10, 900)),
        }
        for _ in range(number)
    ]  # fmt: skip
    used = data.draw(st.sets(st.integers(0, number - 1), min_size=1))
    text = (
        "places: {home: {}, away: {}}\ncomponents:\n  line: {kind: link, provides: {bandwidth: 1 Gbit/s}}\n"
    )
    for n, row in enumerate(rows):
        stages = f"detect: {row['detect']} min, decide: {row['decide']} min, verify: {row['verify']} min"
        text += (
            f"  db{n}: {{kind: database, place: home, ready_in: {row['ready']} min, offers: {{q: {{}}}}}}\n"
        )
        copy = f"{{every: 1 h, takes: 0 s, over: line, {stages}}}"
        text += f"  v{n}: {{kind: backup, place: away, copies: {{d{n}: {copy}}}}}\n"
    text += "data:\n" + "".join(
        f"  d{n}: {{held_by: db{n}, size: {row['size']} GB}}\n" for n, row in enumerate(rows)
    )
    calls = ", ".join(f"{{call: db{n}.q}}" for n in sorted(used))
    text += f"flows: {{f: {{starts: {{rate: 1/min}}, steps: [{calls}]}}}}\n"
    begins = [60.0 * (r["detect"] + r["decide"] + r["ready"]) for r in rows]
    ended = shared_restores(begins, [r["size"] * 1e9 for r in rows], 1e9 / 8)
    usable = [e + 60.0 * r["verify"] for e, r in zip(ended, rows, strict=True)]
    decided = max(60.0 * (rows[n]["detect"] + rows[n]["decide"]) for n in used)
    parts = max(decided + 60.0 * rows[n]["ready"] for n in used)
    c = context(text)
    assert figure(c, "recovery/f@home/rto").value == pytest.approx(max(parts, *(usable[n] for n in used)))
    for n in range(number):
        assert figure(c, f"recovery/d{n}@home/rto").value == pytest.approx(usable[n])
    alone = 60.0 * (rows[0]["detect"] + rows[0]["decide"] + rows[0]["verify"]) + rows[0]["size"] * 8
    assert figure(c, "recovery/d0@corrupted/rto").value == pytest.approx(alone)


def test_ends_of_ranges_hold_every_value_within() -> None:
    """Volumes and stages known as ranges, on one line: every corner's simulation lies inside."""
    text = """
places: {home: {}, away: {}}
components:
  line: {kind: link, provides: {bandwidth: 1 Gbit/s}}
  a: {kind: database, place: home, ready_in: 10 min .. 2 h}
  b: {kind: database, place: home, ready_in: 1 h}
  va: {kind: backup, place: away, copies: {da: {every: 1 h, over: line, NONE}}}
  vb: {kind: backup, place: away, copies: {db: {every: 1 h, over: line, NONE}}}
data: {da: {held_by: a, size: 300 GB .. 900 GB}, db: {held_by: b, size: 200 GB .. 2 TB}}
"""
    found = figure(context(spelt(text)), "recovery/da@home/rto")
    assert found.value is not None and found.low is not None and found.high is not None
    assert found.low <= found.value <= found.high
    for ready, mine, other in product((600, 3600, 7200), (3e11, 6e11, 9e11), (2e11, 1e12, 2e12)):
        ended = shared_restores([float(ready), 3600.0], [mine, other], 1.25e8)[0]
        assert found.low - 1e-6 <= ended <= found.high + 1e-6
    assert found.low == pytest.approx(600 + 3e11 / 1.25e8)


def test_data_come_after_what_must_be_back_first() -> None:
    text = """
components:
  line: {kind: link, provides: {bandwidth: 1 Gbit/s}}
  store: {kind: storage, ready_in: 0 s}
  v:
    kind: backup
    copies:
      users: {every: 1 h, over: line, detect: 0 s, decide: 0 s, verify: 10 min}
      files: {every: 1 h, over: line, NONE}
data: {users: {held_by: store, size: 125 GB}, files: {held_by: store, size: 1.25 TB, after: users}}
"""
    assert value(text, "recovery/users@store/rto") == pytest.approx(1000 + 600)
    assert value(text, "recovery/files@store/rto") == pytest.approx(1000 + 600 + 10_000)
    with pytest.raises(ModelError, match=r"data: `after` goes in a circle: users -> files -> users"):
        loads(HEAD + spelt(text).replace("size: 125 GB}", "size: 125 GB, after: files}"))


@pytest.mark.parametrize(
    ("line", "days"), [("1.544 Mbit/s", 82), ("10 Mbit/s", 13), ("44.736 Mbit/s", 3), ("1 Gbit/s", 0.13)]
)
def test_transfer_times_of_the_published_table(line: str, days: float) -> None:
    """Days to move 1 TB at 80 % utilisation: AWS Import/Export (2009, recalled): T1 82, 10 Mbps 13, T3 3 days."""
    number, unit = line.split()
    text = f"""
components: {{db: {{kind: database, ready_in: 0 s}}, v: {{kind: backup}}}}
connections: {{w: {{from: db, to: v, bandwidth: {line}, traffic: {float(number) * 0.2:.6f} {unit}}}}}
data: {{d: {{held_by: db, size: 1 TiB, backup: {{every: 365 days, to: v, over: w, NONE}}}}}}
"""
    found = value(text, "recovery/d@db/rto")
    assert found is not None
    assert found / 86400 == pytest.approx(days, rel=0.06)


NIGHTS = """
components:
  db: {kind: database, ready_in: 1 h}
  others: {kind: service, depends_on: [line], takes: {bandwidth: 250 Mbit/s}, replicas: 2}
  line: {kind: link, provides: {bandwidth: 1 Gbit/s}}
  v:
    kind: backup
    copies: {a: {every: 24 h, over: line}, b: {every: 24 h, over: line}, c: {every: 1 h, moves: changes, over: line}}
data: {a: {held_by: db, size: 360 GB}, b: {held_by: db, size: 720 GB}, c: {held_by: db, changes: 5 MB/s}}
"""


def test_windows_are_of_copies_that_meet_on_what_is_free_of_a_line() -> None:
    """By hand: 500 Mbit/s are free; the smallest copy meets both others throughout, the largest waits for all."""
    free = 62.5e6
    assert value(NIGHTS, "recovery/c/window") == pytest.approx(3 * 18e9 / free)
    c = context(NIGHTS)
    largest = figure(c, "recovery/b/window")
    assert largest.low == pytest.approx((360e9 + 720e9 + 18e9) / free)
    assert largest.high is not None and largest.high >= (360e9 + 720e9 + 5 * 18e9) / free
    share = figure(c, "copies/line").value
    assert share == pytest.approx(((360e9 + 720e9) / 86400 + 5e6) / free)
    assert value(NIGHTS, "recovery/c@corrupted/rpo") == pytest.approx(3600 + 3 * 18e9 / free)


def test_a_line_of_two_has_what_one_must_have() -> None:
    """Two lines of which one is enough: a copy can count on one."""
    two = NIGHTS.replace("provides: {bandwidth: 1 Gbit/s}}", "replicas: 2, provides: {bandwidth: 1 Gbit/s}}")
    assert value(two, "recovery/c/window") == value(NIGHTS, "recovery/c/window")
    both = two.replace("replicas: 2, provides", "replicas: 2, enough: 2, provides")
    assert value(both, "recovery/c/window") == pytest.approx(3 * 18e9 / 187.5e6)


def test_changes_that_others_hold_up_may_pile_up_without_end() -> None:
    """40 of 62.5 MB/s get through alone, but not in a third of the line while the nightly copies are made."""
    found = figure(context(NIGHTS.replace("changes: 5 MB/s", "changes: 40 MB/s")), "recovery/c@corrupted/rpo")
    assert (found.value, found.high) == (None, None)
    assert found.low is not None and found.low >= 3600 + 40e6 * 3600 / 62.5e6


def test_a_join_waits_for_as_many_branches_as_it_asks_for() -> None:
    text = DESK.replace(
        "steps: [{call: app.x}]",
        "steps: [{parallel: [[{call: app.x}], [{call: spare.x}], [{call: late.x}]], join: 2}]",
    ).replace(
        "  near:",
        "  spare: {kind: service, place: home, ready_in: 6 h, offers: {x: {}}}\n"
        "  late: {kind: service, place: home, ready_in: 9 h, offers: {x: {}}}\n  near:",
    )
    assert value(text, "recovery/sell@home/rto") == pytest.approx(600 + 6 * HOUR)
    every = text.replace(", join: 2", "")
    assert value(every, "recovery/sell@home/rto") == pytest.approx(600 + 9 * HOUR)


def test_changes_faster_than_their_line_are_lost_for_good() -> None:
    text = NIGHTS.replace("changes: 5 MB/s", "changes: 80 MB/s")
    found = figure(context(spelt(text)), "recovery/c@corrupted/rpo")
    assert (found.words, found.value, found.low) == ("all of it", None, None)
    asked = "needs: {n: {measure: recovery/c@corrupted/rpo, at_most: 30 days}}\n"
    assert verdict(asked + text).verdict == "missed"


def verdict(text: str) -> NeedResult:
    return assess(loads(HEAD + text), CATALOG).needs[0]


PROOF = spelt("""
date: 2026-11-21
needs: {n: {measure: recovery/orders/rto, at_most: 3 h}}
components: {db: {kind: database, ready_in: 1 h}, vault: {kind: backup}}
data: {orders: {held_by: db, size: 360 GB, backup: {every: 1 h, takes: 0 s, to: vault, rate: 100 MB/s, NONE}}}
""")


def test_a_restore_that_was_never_tried_meets_nothing() -> None:
    never = verdict(PROOF)
    assert (never.verdict, never.figure) == ("undecided", "recovery/orders/rto")
    assert "never tried" in never.why
    assert never.would_change == ("data.orders.backup.tested: try a restore, time it, state the date",)
    tried = PROOF.replace("verify: 0 s", "verify: 0 s, tested: 2026-05-02")
    assert verdict(tried).verdict == "met"
    missed = PROOF.replace("at_most: 3 h", "at_most: 1 h")
    assert verdict(missed).verdict == "missed"


def test_what_is_planned_is_a_plan_and_what_exists_in_it_is_not() -> None:
    planned = "planned: true\n" + PROOF
    found = verdict(planned)
    assert found.verdict == "met"
    assert found.why.endswith("a plan, unproven until the restore is tried before it is relied on")
    assert verdict(planned.replace("{kind: backup}", "{kind: backup, existing: true}")).verdict == "undecided"
    ledger = assess(loads(HEAD + planned), CATALOG)
    assert ledger["recovery/orders/proof"].words == "to be tried before it is relied on"


@pytest.mark.parametrize(
    ("more", "said"),
    [("tested: 2024-01", True), ("tested: 2026-01", False), ("tested: 2026-01, test_every: 90 days", True)],
)
def test_a_trial_that_is_too_long_ago_is_said(more: str, said: bool) -> None:
    text = PROOF.replace("verify: 0 s", f"verify: 0 s, {more}")
    model = loads(HEAD + text)
    ledger = assess(model, CATALOG)
    assert ledger.needs[0].verdict == "met"
    assert any("too long ago" in words for words in ledger["recovery/orders/rto"].valid) is said
    found = run(model, ledger, only=[rules()["untested-restore"]])
    assert bool(found) is said


def test_nothing_left_is_never_back_and_an_unknown_place_is_only_a_bound() -> None:
    text = """
needs: {n: {measure: recovery/orders@home/rpo, at_most: 10 days}}
places: {home: {}}
components: {db: {kind: database, place: home, ready_in: 1 h}, vault: {kind: backup, place: home}}
data: {orders: {held_by: db, size: 1 GB, backup: {every: 1 h, takes: 0 s, to: vault, rate: 1 MB/s, tested: 2026-01}}}
"""
    gone = figure(context(spelt(text)), "recovery/orders@home/rto")
    assert (gone.words, gone.value) == ("never", None)
    assert verdict(text).verdict == "missed"
    somewhere = text.replace("vault: {kind: backup, place: home}", "vault: {kind: backup}")
    found = figure(context(somewhere), "recovery/orders@home/rpo")
    assert (found.value, found.low, found.high) == (None, HOUR, None)
    assert "components.vault.place: state where it is" in found.missing
    assert verdict(somewhere).verdict == "undecided"


def test_an_unknown_stage_or_duration_leaves_a_lower_end() -> None:
    unknown = figure(context(PROOF.replace("ready_in: 1 h", "title: DB")), "recovery/orders@db/rto")
    assert (unknown.value, unknown.low, unknown.high) == (None, HOUR, None)
    assert "components.db.ready_in" in " ".join(unknown.missing)
    untimed = figure(context(PROOF.replace("takes: 0 s, ", "")), "recovery/orders/rpo")
    assert (untimed.value, untimed.low, untimed.high) == (None, HOUR, 2 * HOUR)


DEMANDS = """
needs:
  data: {measure: recovery/orders/rto, at_most: 8 h}
  sales: {measure: recovery/sell@home/rto, at_most: 4 h}
  reports: {measure: recovery/report/rto, at_most: 24 h}
  fresh: {measure: recovery/report/rpo, at_most: 6 h}
places: {home: {}}
components: {db: {kind: database, place: home, offers: {q: {}}}, files: {kind: storage, offers: {r: {}}}}
data:
  users: {held_by: db, backup: {every: 1 h}}
  orders: {held_by: db, after: users, backup: {every: 1 h}}
  paper: {held_by: files, backup: {every: 1 h}}
flows:
  sell: {starts: {rate: 1/min}, carries: [orders], steps: [{wait: 1 s}]}
  report: {starts: {rate: 1/day}, steps: [{call: files.r}]}
"""


def test_the_strictest_dependant_wins() -> None:
    c = context(DEMANDS)
    assert figure(c, "recovery/orders/rto_required").value == 4 * HOUR
    assert figure(c, "recovery/users/rto_required").value == 4 * HOUR  # orders wait for them
    assert figure(c, "recovery/paper/rto_required").value == 24 * HOUR
    assert figure(c, "recovery/paper/rpo_required").value == 6 * HOUR
    assert figure(c, "recovery/users/rpo_required").status == "not shown"
    told = [line.text for line in figure(c, "recovery/orders/rto_required").derivation]
    assert told == ["need `sales` when place home is lost, through flows.sell", "need `data`"]


def test_measures_name_what_there_is() -> None:
    def message(measure: str) -> str:
        with pytest.raises(ModelError) as error:
            loads(HEAD + PROOF.replace("recovery/orders/rto", measure))
        return str(error.value)

    assert "there is no `ordres` in `data` or `flows`; did you mean `orders`?" in message(
        "recovery/ordres/rto"
    )
    assert "there is no `moon` in `components` or `places` or `suppliers`" in message(
        "recovery/orders@moon/rto"
    )
    assert "expected `rpo`, `rto`, `window`, `rpo_required` or `rto_required`, found `x`" in message(
        "recovery/orders/x"
    )


@pytest.mark.parametrize(
    "measure",
    [f"recovery/{x}/{w}" for x in ("orders", "sell", "orders@home", "sell@home") for w in ("rpo", "rto")],
)
def test_an_open_standby_is_bounded_by_every_way_of_choosing_it(measure: str) -> None:
    """One role with four tiers standing under one name: the open bounds enclose the figure of each."""
    over = "place: away, stands_in_for: [db, app, host]"
    slow = f"{{every: 1 min, replica: true, {FIVE}}}"
    fast = "detect: 1 min, decide: 0 s, verify: 1 min"
    tiers = {
        "none": "{kind: x, place: away}",
        "pilot": f"{{kind: x, {over}, ready_in: 1 h, copies: {{orders: {slow}}}}}",
        "warm": f"{{kind: x, {over}, ready_in: 3 min, copies: {{orders: {{every: 10 s, replica: true, {fast}}}}}}}",
        "beside": f"{{kind: x, place: home, copies: {{orders: {{every: 1 min, takes: 1 s, rate: 1 GB/s, {fast}}}}}}}",
    }
    base = re.sub(r"  mirror: .*\n", "", DESK)
    every = "".join(f"  {name}: {tier}\n" for name, tier in tiers.items())
    whole = opened(base.replace("data:", every + "data:", 1), "standby", "tier", **{n: n for n in tiers})
    for left in (frozenset(tiers), frozenset({"pilot", "warm"}), *(frozenset({n}) for n in tiers)):
        low, high = bounds(whole.with_partial({"tier": left}), measure)
        for name in left:
            closed = loads(HEAD + base.replace("data:", f"  standby: {tiers[name]}\ndata:", 1))
            found: Figure = figure(Context(closed, CATALOG, Ledger(closed.digest)), measure)
            assert found.value is not None
            assert low <= found.value + 1e-9 and found.value <= high
    if measure == "recovery/sell@home/rto":
        assert bounds(whole.with_partial({"tier": "warm"}), measure)[0] == pytest.approx(300.0)


def test_the_worst_of_all_losses_tells_each_and_what_is_never_back() -> None:
    text = """
places: {home: {}}
components: {db: {kind: database, place: home, ready_in: 1 h}, vault: {kind: backup, place: home}}
data: {orders: {held_by: db, size: 360 GB, backup: {every: 1 h, takes: 0 s, to: vault, rate: 100 MB/s, NONE}}}
"""
    worst = figure(context(spelt(text)), "recovery/orders/rto")
    told = {line.text: line.value for line in worst.derivation}
    assert (worst.words, worst.reason) == ("never", "no copy is left: what is lost is lost")
    assert told["after place home is lost"] == "never"
    assert told["after component db is lost"] == "2 h"
    lost = figure(context(spelt(text)), "recovery/orders/rpo")
    assert lost.words == "all of it"
    assert (worst.method, lost.method) == ("schedule of stages", "age of the newest copy left")
    assert {line.value for line in lost.derivation if "home" in line.text} == {"all of it"}


def test_why_a_recovery_has_only_a_lower_end_is_told() -> None:
    unknown = figure(context(PROOF.replace("ready_in: 1 h", "title: DB")), "recovery/orders@db/rto")
    assert unknown.reason == "at least: a stage of it isn't known"
    ranged = PROOF.replace("ready_in: 1 h", "ready_in: {value: 1 h, known: 1 h .. 2 h}")
    found = figure(context(ranged), "recovery/orders@db/rto")
    assert (found.low, found.high) == (2 * HOUR, 3 * HOUR)
    assert found.reason == ("" if found.value is not None else "bounds: what happens meanwhile isn't fixed")


def test_stages_and_proof_are_told_of_what_is_copied_and_left() -> None:
    text = """
date: 2026-05-02
places: {home: {}}
components: {db: {kind: database, place: home, ready_in: 1 h}, vault: {kind: backup, place: home}}
data:
  orders:
    held_by: db
    size: 360 GB
    backup: {every: 1 h, takes: 0 s, to: vault, rate: 100 MB/s, NONE, tested: 2026-03-01}
  notes: {held_by: db, size: 1 GB}
"""
    told = {f.name: f for f in recovery_details(context(spelt(text)))}
    assert told["recovery/orders/proof"].words == "tried 2026-03-01"
    assert not any("notes" in name for name in told)  # nothing is copied, so there is nothing to try
    assert not any("@home" in name for name in told)  # nothing is left to bring back
    assert {f.value for name, f in told.items() if "@db/rto/" in name} == {HOUR}  # built anew, copied back


def test_a_plan_with_nothing_but_its_holder_is_tested_where_that_exists() -> None:
    text = "planned: true\n" + PROOF.replace("to: vault, ", "").replace(", vault: {kind: backup}", "")
    proof = assess(loads(HEAD + text), CATALOG)["recovery/orders/proof"]
    assert proof.words == "to be tried before it is relied on"
    standing = text.replace("{kind: database,", "{kind: database, existing: true,")
    assert assess(loads(HEAD + standing), CATALOG)["recovery/orders/proof"].words == "never tried: unproven"


def test_where_a_copy_goes_is_asked_for_where_nobody_says_it() -> None:
    text = """
places: {home: {}}
components: {db: {kind: database, place: home, ready_in: 1 h}}
data: {orders: {held_by: db, size: 1 GB, backup: {every: 1 h, takes: 0 s, rate: 1 MB/s}}}
"""
    found = figure(context(text), "recovery/orders@home/rpo")
    assert found.missing == ("data.orders.backup.to: state where copies go",)
