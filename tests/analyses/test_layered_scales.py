"""What the layered network says of shares doesn't hang on the unit of time; of one customer nobody waits."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses import Context, figure
from groma.analyses.interval import Interval
from groma.analyses.layered import estimate
from groma.analyses.layered.estimate import Estimate, busy, calls, layered, needed, response
from groma.solvers.queueing import NoAnswer, closed_network

HELD = """
components:
  web: {{kind: service, threads: 4, offers: {{page: {{work: {0:g} s ± {0:g} s, steps: [{{call: db.read}}]}}}}}}
  db: {{kind: database, threads: 1, offers: {{read: {{work: {1:g} s ± {1:g} s}}}}}}
flows: {{visit: {{starts: {{rate: {2:g}/s}}, steps: [{{call: web.page}}]}}}}
"""
ALONE = """
components: {desk: {kind: service, threads: 2, offers: {serve: {work: 500 ms ± 500 ms}}}}
flows: {visit: {starts: {population: 1, think: 1 s ± 1 s}, steps: [{call: desk.serve}, {wait: 100 ms}]}}
"""


def test_a_system_in_other_units_of_time_has_the_same_shares() -> None:
    of_a_second, of_hours = (
        busy(context(HELD.format(0.01 * unit, 0.02 * unit, 35 / unit)), "components.web")
        for unit in (1.0, 1e4)
    )
    assert of_a_second.low == pytest.approx(
        35 * 0.03
    )  # those who ask hold a thread for their own work and the read
    for end in ("low", "value", "high"):
        assert getattr(of_hours, end) == pytest.approx(getattr(of_a_second, end), rel=1e-6)


def test_one_customer_keeps_a_server_busy_for_the_share_of_its_cycle_and_only_its_time_may_be_off() -> None:
    """By hand: 0.5 s of a cycle of 1 + 0.5 + 0.1 s; without a wait, times were seen off by a tenth."""
    c = context(ALONE)
    held, taken = busy(c, "components.desk"), response(c, "visit", None)
    assert (held.low, held.value, held.high) == pytest.approx((0.5 / 1.66, 0.5 / 1.6, 1.1 * 0.5 / 1.54))
    assert (taken.low, taken.value, taken.high) == pytest.approx((0.54, 0.6, 0.66))
    assert taken.error == pytest.approx(0.1)
    assert Estimate(0.0, 0.0, 0.0, (), True).error == 0.0


def test_of_customers_who_wait_all_of_the_wait_may_be_off_and_a_tenth() -> None:
    """Six before two servers of 0.5 s, thinking for 1 s (and 0.1 s on the way): the closed network of product form."""
    c = context(ALONE.replace("population: 1", "population: 6"))
    exact = closed_network([6], [1.1], [[0.5]], [2])
    rate, time = exact.throughput[0], 0.1 + exact.response[0]
    off = time - 0.6 + 0.1 * time
    taken, reached, held = response(c, "visit", None), calls(c, "components.desk"), busy(c, "components.desk")
    assert time - 0.6 > 0.2
    assert (taken.low, taken.value, taken.high) == pytest.approx((time - off, time, time + off), rel=1e-4)
    fewer, more = (1.0 + time) / (1.0 + time + off), (1.0 + time) / (1.0 + time - off)
    assert (reached.low, reached.value, reached.high) == pytest.approx(
        (rate * fewer, rate, rate * more), rel=1e-4
    )
    assert held.low == pytest.approx(0.5 * rate * fewer, rel=1e-4)  # at least the work under them
    most = 1.1 * 0.5 * rate + rate * (exact.response[0] - 0.5)  # a tenth more, and all who wait
    assert held.high == pytest.approx(most * more, rel=1e-4)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("rate: 35/s", "rate: 35/s, arrivals: 28.57 ms ± 10 ms"), "Poisson"),
        (("work: 0.02 s ± 0.02 s", "work: {value: 0.02 s ± 0.02 s, max: 1 s}"), "isn't exponential"),
    ],
)
def test_other_arrivals_and_work_that_is_cut_off_are_refused(change: tuple[str, str], reason: str) -> None:
    text = HELD.format(0.01, 0.02, 35.0)
    assert change[0] in text
    found = context(text.replace(*change))
    assert response(found, "visit", None) is None
    assert reason in layered(found).reason


SHOP = """
people: {{shop: {{role: shop}}, ana: {{role: clerk}}}}
components:
  web: {{kind: s, threads: 2, offers: {{page: {{{0}work: 5 ms ± 5 ms, steps: [{1}]}}}}}}
  db: {{kind: s, threads: 1, {2}offers: {{read: {{{3}work: 4 ms ± 4 ms}}}}}}
  far: {{kind: s, offers: {{ask: {{work: 7 ms, per: {{rows: 1 ms}}}}, log: {{work: 3 ms}}}}}}
connections: {{line: {{from: shop, to: web, latency: 3 ms{4}}}}}
flows: {{visit: {{by: shop, starts: {{population: 1, think: 1 s ± 1 s}}, steps: [{5}]}}}}
"""
WAYS = "{choose: [{share: 25 %, steps: [{call: far.log}]}, {share: 75 %, steps: [{wait: 8 ms}]}]}"
THRICE = "{choose: [{share: 50 %, steps: [{repeat: {times: 3, steps: [{call: far.log}]}}]}, {share: 50 %, steps: []}]}"
TONE = "{name: tone, takes: 2 ms, steps: [{call: far.log}]}"
READ, PAGE = "{call: db.read}", "{call: web.page}"


def shop(
    steps: str = PAGE, page: str = "", inside: str = READ, db: str = "", read: str = "", line: str = ""
) -> Context:
    return context(SHOP.format(page, inside, db, read, line, steps))


@pytest.mark.parametrize(
    ("steps", "inside", "told"),
    [
        (PAGE, READ, 3 + 5 + 4),
        (PAGE, "{repeat: {times: 3, steps: [{call: db.read}]}}", 3 + 5 + 3 * 4),
        (PAGE, "{repeat: {times: 5, at_most: 3, steps: [{call: db.read}]}}", 3 + 5 + 3 * 4),
        (PAGE, "{repeat: {until: 20 %, steps: [{call: db.read}, {wait: 1 ms}]}}", 3 + 5 + 5 * 5),
        (PAGE, "{repeat: {until: 100 %, steps: [{call: db.read}]}}", 3 + 5 + 4),
        (PAGE, "{repeat: {until: 90 %, at_most: 50, steps: [{call: db.read}]}}", 3 + 5 + 4 / 0.9),
        (PAGE, "{repeat: {times: 0, steps: [{call: db.read}]}}", 3 + 5),
        (f"{PAGE}, {{call: far.ask, sizes: {{rows: 4}}}}, {{call: far.ask, sizes: {{rows: 1}}}}", READ, 12 + 11 + 8),
        (f"{PAGE}, {{send: far.log}}", READ, 12),
        (f"{PAGE}, {{stop: ok}}", READ, 12),
        (f"{PAGE}, {{call: far.log, cache: {{hits: 100 %, takes: 1 ms}}}}", READ, 12 + 1),
        (f"{PAGE}, {{call: far.log, cache: {{hits: 25 %}}}}", READ, 12 + 0.75 * 3),
        (f"{PAGE}, {WAYS}", READ, 12 + 0.75 + 6),
        (f"{PAGE}, {THRICE}", READ, 12 + 0.5 * 9),
        (f"{PAGE}, {{call: far.log, guard: {TONE}}}", READ, 12 + 3 + 2 + 3),
    ],
)  # fmt: skip
def test_one_customer_takes_the_sum_of_its_steps_and_only_a_tenth_may_be_off(
    steps: str, inside: str, told: float
) -> None:
    c = shop(steps, inside=inside)
    assert layered(c).reason == "" and needed(c)
    taken = response(c, "visit", None)
    assert (taken.low, taken.value, taken.high) == pytest.approx((0.0009 * told, 0.001 * told, 0.0011 * told))


@pytest.mark.parametrize("inside", ["", READ])
def test_who_is_answered_at_once_waits_for_the_work_alone(inside: str) -> None:
    """By hand: 3 ms of way and 5 ms of work in a cycle of 1.008 s; 4 ms below are done all the same."""
    c = shop(page="answers: at once, ", inside=inside)
    assert response(c, "visit", None).value == pytest.approx(0.008)
    assert busy(c, "components.web").value == pytest.approx(0.005 / 1.008)
    below = busy(c, "components.db")
    assert below is None if not inside else below.value == pytest.approx(0.004 / 1.008)


@pytest.mark.parametrize("left", [NoAnswer("not settled", {}, {}), ValueError("too large")], ids=str)
def test_where_no_solution_is_found_bounds_stay(left: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def solve(network: object) -> object:
        if isinstance(left, ValueError):
            raise left
        return left

    monkeypatch.setattr(estimate, "solve_layered", solve)
    monkeypatch.setattr(estimate, "_solved", estimate._solved.__wrapped__)
    c = shop()
    assert layered(c).result is None and layered(c).bounds is not None
    assert response(c, "visit", None) is None and busy(c, "components.web") is None


def test_of_one_customer_servers_are_held_and_called_for_their_share_of_a_cycle() -> None:
    """By hand: a cycle is 1 s, 3 ms of way, 5 ms of work and twice 4 ms below it; 16 ms of it may be off by a tenth."""
    c = shop(inside="{repeat: {times: 2, steps: [{call: db.read}]}}")
    cycle, off = 1.016, 0.0016
    for name, held_for, asked in (("web", 0.013, 1), ("db", 0.008, 2)):
        held, reached = busy(c, f"components.{name}"), calls(c, f"components.{name}")
        assert held.value == pytest.approx(held_for / cycle)
        assert held.low == pytest.approx(held_for / (cycle + off))
        assert held.high == pytest.approx(1.1 * held_for / (cycle - off))
        assert (reached.low, reached.value, reached.high) == pytest.approx(
            (asked / (cycle + off), asked / cycle, asked / (cycle - off))
        )
    assert busy(c, "components.nowhere") is None and calls(c, "components.nowhere") is None
    for measure in ("utilisation/web", "throughput/web"):
        told = figure(c, measure)
        assert told.method == "layered queueing network" and any("seen off" in note for note in told.valid)


def test_where_nothing_is_held_the_network_says_nothing() -> None:
    c = context(HELD.format(0.01, 0.02, 35.0).replace(", steps: [{call: db.read}]", ""))
    assert busy(c, "components.web") is None and calls(c, "components.web") is None
    assert response(c, "visit", None) is None
    assert not needed(context(HELD.format(0.01, 0.02, 35.0).replace("threads: 1, ", "")))  # what never queues
    asked = HELD.replace("{{call: db.read}}", "{{ask: ana, takes: 1 s ± 1 s}}").format(0.01, 0.02, 0.5)
    assert needed(context("people: {ana: {role: clerk}}" + asked))  # a person can be busy


def test_what_is_sent_keeps_its_server_and_nobody_waits_for_it() -> None:
    """30/s of 20 ms at one, as the other is held for its own 10 ms only."""
    c = context(HELD.replace("{{call: db.read}}", "{{send: db.read}}").format(0.01, 0.02, 30.0))
    assert busy(c, "components.web").value == pytest.approx(0.3)
    assert busy(c, "components.db").value == pytest.approx(0.6)


def test_an_estimate_is_scaled_whole_and_lies_inside_of_guaranteed_ends() -> None:
    one = Estimate(2.0, 1.0, 4.0, (), True)
    twice = one.scaled(2.0)
    assert (twice.value, twice.low, twice.high) == (4.0, 2.0, 8.0)
    assert Estimate(2.0, 0.5, 4.0, (), True).scaled(2.0).low == 1.0
    assert one.error == 1.0 and Estimate(2.0, 0.5, 2.5, (), True).error == 0.75
    assert one.within(0.5, 8.0) == Interval(1.0, 2.0, 4.0)
    assert one.within(1.5, 3.0) == Interval(1.5, 2.0, 3.0)
    assert one.within(2.5, 3.0) == Interval(2.5, 2.5, 3.0)
    assert one.within(0.5, 1.5) == Interval(1.0, 1.5, 1.5)
    assert one.within(5.0, 9.0) == Interval(5.0, None, 9.0)
    assert Estimate(2.0, 1.0, 4.0, (), False).within(0.5, 8.0) == Interval(0.5, 2.0, 8.0)


def test_what_is_known_to_a_range_keeps_the_ends_that_hold_for_all_of_it() -> None:
    """At 34/s and at 36/s alone, the mean is inside."""
    text = HELD.format(0.01, 0.02, 35.0)
    ranged = context(text.replace("rate: 35/s", "rate: {value: 35/s, known: 34/s .. 36/s}"))
    assert response(ranged, "visit", None).sharp is False
    assert response(context(text), "visit", None).sharp is True
    told = figure(ranged, "latency/visit/mean")
    for rate in ("34/s", "36/s"):
        alone = figure(context(text.replace("rate: 35/s", f"rate: {rate}")), "latency/visit/mean").value
        assert told.low <= alone and (told.high is None or alone <= told.high)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"read": "fails: 1 %, "}, "offers.read.fails: calls may end in an error"),
        ({"read": "throttled: 1 %, "}, "offers.read.throttled: calls may end in an error"),
        ({"line": ", loss: 1 %"}, "line.loss: calls may end in an error"),
        ({"db": "queue: 3, "}, "its queue has a last place"),
        ({"db": "discipline: sharing, "}, "it serves by `sharing`"),
        ({"db": "scales: {to: 3, aims: 70 %, every: 10 s, after: 20 s}, "}, "it scales"),
        ({"steps": f"{PAGE}, {{ask: ana, takes: 1 s}}"}, "the time it takes isn't exponential"),
        ({"steps": f"{PAGE}, {{ask: ana, takes: {{value: 1 s ± 1 s, max: 9 s}}}}"}, "isn't exponential"),
        ({"steps": f"{PAGE}, {{ask: ana, takes: 1 s ± 1 s, rejects: 5 %}}"}, "rejects: calls may end in an error"),
        ({"steps": f"{PAGE}, {{ask: ana}}"}, "takes isn't known"),
        ({"steps": f"{PAGE}, {{wait: unknown}}"}, "wait isn't known"),
        ({"steps": f"{PAGE}, {{fail: failed}}"}, "end before their last step"),
        ({"steps": f"{{stop: ok}}, {PAGE}"}, "end before their last step"),
        ({"steps": f"{PAGE}, {{call: far.ask}}"}, "sizes.rows isn't known"),
        ({"steps": "{call: web.page, deadline: 1 s}"}, "it has a `deadline`"),
        ({"steps": "{call: web.page, limit: {rate: 5/s}}"}, "it has a `limit`"),
        ({"steps": "{call: web.page, hedge: {after: 1 s}}"}, "it has a `hedge`"),
        ({"steps": "{call: web.page, cache: {hits: unknown}}"}, "cache.hits isn't known"),
        ({"steps": "{call: web.page, guard: {name: tone, rejects: 5 %}}"}, "guard tone.rejects: calls may end in an"),
        ({"inside": "{repeat: {times: 2.5, steps: [{call: db.read}]}}"}, "how often it is repeated varies"),
        ({"inside": "{repeat: {times: unknown, at_most: 3, steps: [{call: db.read}]}}"}, "times isn't known"),
        ({"inside": "{repeat: {until: 90 %, at_most: 8, steps: [{call: db.read}]}}"}, "may come to its bound"),
    ],
)  # fmt: skip
def test_what_the_network_can_not_say_is_refused_by_name(given: dict[str, str], reason: str) -> None:
    c = shop(**given)
    assert reason in layered(c).reason
    assert response(c, "visit", None) is None
