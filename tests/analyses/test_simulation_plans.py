"""What is planned before anything is simulated, counted by hand: loads, failures, losses, scenarios, policies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from analyses.given import HEAD, on
from groma.analyses.simulation import Loss, compiled, failing, measured, saving, scenarios_of, watch
from groma.analyses.simulation.outage import lost
from groma.model.elements import Model
from groma.model.load import load, loads
from groma.solvers.simulation import NotSteady, Source
from groma.solvers.simulation.program import Action

A = HEAD + "components: {a: {kind: s, threads: 2, offers: {f: {work: 10 ms}}}}\n"
DAY, WEEK = 86400.0, 7 * 86400.0


def source(starts: str, events: str = "", times: float = 1.0, folder: Path | None = None) -> Source:
    """What starts a flow, under a scenario if events are given."""
    text = f"{A}flows: {{main: {{starts: {{{starts}}}, steps: [{{call: a.f}}]}}}}\n"
    text += f"scenarios: {{out: {events}}}\n" if events else ""
    if folder is None:
        model = loads(text)
    else:
        (folder / "model.yaml").write_text(text)
        model = load(folder / "model.yaml")
    made = compiled(model, model.scenarios.get("out"), times)
    assert made.missing == ()
    (found,) = made.program.sources
    return found


LOADED = "{lasts: 100 s, events: [{from: 20 s, for: 30 s, load: main, times: 3}, {from: 40 s, load: main, times: 2}]}"


def test_arrivals_have_the_stated_rate_whatever_the_unit_of_their_law(tmp_path: Path) -> None:
    """Three times as many from 20 s to 50 s and twice as many from 40 s on: 1, 3, 6 and 2."""
    loaded = ((0.0, 1.0), (20.0, 3.0), (40.0, 6.0), (50.0, 2.0))
    for starts in ("rate: 4/s", "rate: 4/s, arrivals: 7 s ± 2 s"):
        found = source(starts, LOADED, times=2.0)
        assert (found.rates, found.gaps.mean) == (loaded, pytest.approx(1 / 8))  # pyright: ignore
    bursty = source("rate: 4/s, bursts: {times: 3, share: 20 %, last: 30 s}", LOADED, times=2.0)
    assert bursty.rates == loaded and [rate for rate, _ in bursty.states] == pytest.approx([24.0, 4.0])
    assert [into for _, into in bursty.states] == [(0.0, 1 / 30), (pytest.approx(1 / 120), 0.0)]
    closed = source("population: 5, think: 7 s", LOADED, times=2.0)
    assert (closed.rates, closed.customers, closed.gaps.mean) == (loaded, 10, 7.0)  # pyright: ignore
    (tmp_path / "seen.csv").write_text("t\n1\n3\n7\n")
    replayed = source("replays: {from: seen.csv, column: t}", times=2.0, folder=tmp_path)
    assert replayed.times == (0.0, 1.0, 3.0)


@pytest.mark.parametrize("weeks", [1, 3, 20])
def test_a_load_lies_over_every_week_that_is_watched(weeks: int) -> None:
    """Mondays until nine twice as often (and so in all 159 h of 168, counted with 9 h twice); Tuesdays six times."""
    starts = "rate: 177/h, through_the_week: [{on: Mon 00:00-09:00, times: 2}]"
    six = "{from: 1 day, for: 1 day, load: main, times: 6}"
    events = f"{{begins: Mon 00:00, lasts: {7 * weeks - 3} day, events: {six}}}"
    rates = dict(source(starts, events).rates)
    usual = 168 / 177
    assert (rates[DAY], rates[2 * DAY]) == (pytest.approx(6 * usual), pytest.approx(usual))
    for week in range(weeks):  # the last one isn't over
        assert rates[week * WEEK] == pytest.approx(2 * usual), week
        assert rates[week * WEEK + 9 * 3600] == pytest.approx(usual), week
    assert source(starts, events.replace("load: main, times: 6", "down: a")).period == WEEK


def test_the_rate_from_a_moment_of_the_week_on_is_the_mean_and_else_that_of_the_busiest_hour() -> None:
    starts = "rate: 177/h, through_the_week: [{on: Mon 00:00-09:00, times: 2}]"
    model = loads(f"{A}flows: {{main: {{starts: {{{starts}}}, steps: [{{call: a.f}}]}}}}\n")
    assert compiled(model).rates == {"main": pytest.approx(2 * 168 / 3600)}
    assert compiled(model, begins=0.0).rates == {"main": pytest.approx(177 / 3600)}
    assert compiled(model, None, 3.0).rates == {"main": pytest.approx(6 * 168 / 3600)}


def test_people_who_are_asked_keep_their_hours_from_a_moment_of_the_week_on() -> None:
    model = loads(
        HEAD + "people: {ana: {count: 3, works: Mon-Fri 09:00-17:00}, bo: {}, cy: {works: Mon 09:00-10:00}}\n"
        "flows: {main: {starts: {rate: 1/h}, steps: [{ask: ana, takes: 1 min}, {ask: bo, takes: 1 min}]}}\n"
    )
    (calendar,) = compiled(model, begins=10 * 3600.0).program.calendars
    assert calendar.period == WEEK and calendar.servers[:3] == ((0.0, 3), (7 * 3600.0, 0), (23 * 3600.0, 3))
    assert compiled(model).program.calendars == ()


# Failures

HOUR = 3600.0


def parts(fails: str, more: str = "") -> Model:
    return loads(
        f"{HEAD}components: {{a: {{kind: s, fails: {{{fails}}}{more}, offers: {{f: {{work: 1 ms}}}}}}}}\n"
        "flows: {main: {starts: {rate: 1/h}, steps: [{call: a.f}]}}\n"
    )


@pytest.mark.parametrize("more", ["", ", replicas: 3", ", replicas: 4, CREWS"])
def test_a_part_is_down_at_the_start_as_often_as_at_any_time(more: str) -> None:
    """3 h of 12 h: a quarter; four that share a crew are a birth-death chain, with 4! / (4 - k)! / 3^k for k down."""
    crews = "crews: 1" if "CREWS" in more else ""
    model = parts(f"every: 9 h, repaired_in: 3 h{', ' * bool(crews)}{crews}", more.replace(", CREWS", ""))
    begun = [sum(loss.begin == 0.0 for loss in failing(model, 0.1, seed=n).losses) for n in range(1000)]
    n = model.components["a"].replicas
    weights = [math.perm(n, k) / 3**k if crews else math.comb(n, k) / 3**k for k in range(n + 1)]
    mean = sum(k * w for k, w in enumerate(weights)) / sum(weights)
    sd = math.sqrt(sum((k - mean) ** 2 * w for k, w in enumerate(weights)) / sum(weights))
    assert abs(sum(begun) / 1000 - mean) <= 4 * sd / math.sqrt(1000)
    assert not any(loss.begin > 0.1 for seed in range(50) for loss in failing(model, 0.1, seed=seed).losses)


def test_replicas_that_share_a_crew_fail_as_often_as_their_chain_says() -> None:
    """Two of one crew, up for 3 h and repaired in 1 h: 9, 6 and 2 of 17 parts of the time none, one and both are down.

    They fail 2 x 9/17 + 6/17 = 24/17 times in 3 h and are down for 10/17 of the time; four standard errors around it.
    """
    hours = 4000
    model = parts("every: 3 h, repaired_in: 1 h, crews: 1", ", replicas: 2")
    losses = failing(model, hours * HOUR, seed=4).losses
    assert len(losses) == pytest.approx(hours * 8 / 17, abs=4 * math.sqrt(hours * 8 / 17))
    down = sum(min(loss.end, hours * HOUR) - loss.begin for loss in losses) / HOUR
    assert down == pytest.approx(hours * 10 / 17, rel=0.1)
    assert all(0.0 <= loss.begin < hours * HOUR for loss in losses)
    assert {loss.parts for loss in losses} == {("a#1",), ("a#2",)}
    # one at a time is repaired, so no two begun in a time end closer together than a repair takes now and then
    assert failing(parts("every: 3 h, repaired_in: 0 h, crews: 1", ", replicas: 2"), HOUR).losses == ()
    assert failing(parts("every: 3 h, repaired_in: 0 h"), 100 * HOUR).losses == ()


def test_places_suppliers_and_lines_that_fail_are_parts_of_their_own() -> None:
    fails = "fails: {every: 1 h, repaired_in: 1 h}"
    model = loads(
        f"{HEAD}places: {{p: {{{fails}}}, q: {{}}}}\nsuppliers: {{s: {{{fails}}}, t: {{}}}}\n"
        f"components: {{a: {{kind: s, {fails}}}, b: {{kind: s}}}}\n"
        f"connections: {{l: {{from: a, to: b, {fails}}}, m: {{from: b, to: a}}}}\n"
    )
    plan = failing(model, 40 * HOUR)
    assert plan.missing == ()
    assert {(loss.parts, loss.lines) for loss in plan.losses} == {
        (("p",), ()), (("s",), ()), (("a#1",), ()), ((), ("l",)),
    }  # fmt: skip
    assert plan.losses == tuple(sorted(plan.losses, key=lambda loss: loss.begin))


@pytest.mark.parametrize(
    ("fails", "more", "expected"),
    [
        ("every: 1 s, repaired_in: 4 s", "", 200_000),
        ("every: 1 s, repaired_in: 4 s, crews: 1", ", replicas: 3", 600_000),
        # 25 % of the failures of either take both: 0.75 x 4/5 and 0.25 x 4/5 of its time down by each cause
        ("every: 1 s, repaired_in: 4 s", ", replicas: 2, together: 25 %", 2 * 150_000 + 50_000),
    ],
)
def test_more_failures_than_can_be_planned_are_counted(fails: str, more: str, expected: float) -> None:
    whole = rf"in 1e\+06 s about {expected} failures are expected: look for less time$"
    with pytest.raises(ValueError, match=whole):
        failing(parts(fails, more), 1e6)


def test_common_causes_take_their_sets_of_replicas() -> None:
    """Greek letters: of three, 30 % of failures take a second, 40 % of these the third; more letters say no more."""
    model = parts("every: 9 h, repaired_in: 1 h", ", replicas: 3, together: [30 %, 40 %]")
    sets = {loss.parts for loss in failing(model, 4000 * HOUR).losses}
    assert {tuple(int(part[-1]) for part in each) for each in sets} == {
        (1,), (2,), (3,), (1, 2), (1, 3), (2, 3), (1, 2, 3),
    }  # fmt: skip
    alone = parts("every: 9 h, repaired_in: 1 h", ", replicas: 3")
    assert {len(loss.parts) for loss in failing(alone, 4000 * HOUR).losses} == {1}
    two = "every: 9 h, repaired_in: 1 h", ", replicas: 2, together: 30 %"
    more = parts(two[0], two[1].replace("30 %", "[30 %, 40 %]"))
    assert failing(more, 1000 * HOUR).losses == failing(parts(*two), 1000 * HOUR).losses


# What is lost, and what is planned for it


def test_replicas_stand_on_those_of_their_carrier_in_turn() -> None:
    model = loads(
        HEAD + "components:\n  host: {kind: host, replicas: 2}\n  a: {kind: s, replicas: 3, runs_on: host}\n"
        "  b: {kind: s, runs_on: a}\n"
    )
    assert lost(model, frozenset({"host#1"})) == {"host": {0}, "a": {0, 2}}
    assert lost(model, frozenset({"host#2"})) == {"host": {1}, "a": {1}}
    fed = loads(
        HEAD + "places: {hall: {depends_on: [power]}, room: {in: hall}, other: {}}\ncomponents:\n"
        "  power: {kind: feed}\n  c: {kind: s, place: room}\n  d: {kind: s, replicas: 2, place: [other, room]}\n"
    )
    assert lost(fed, frozenset({"power"})) == {"power": {0}, "c": {0}, "d": {1}}
    assert lost(fed, frozenset({"hall"})) == lost(fed, frozenset({"room"})) == {"c": {0}, "d": {1}}
    assert lost(model, frozenset({"host"})) == {"host": {0, 1}, "a": {0, 1, 2}, "b": {0}}


WHOLE = (
    HEAD
    + """people: {ana: {role: clerk, count: 3}, bo: {role: clerk}}
places: {room: {}, cellar: {}}
suppliers: {power: {}, idle: {}}
components:
  a: {kind: s, threads: 2, replicas: 2, place: room, offers: {f: {work: 1 ms, steps: [{call: inner.g}]}}}
  inner: {kind: s, supplier: power, offers: {g: {work: 1 ms}}}
  memory: {kind: cache, title: The memory}
  pool: {kind: pool, threads: 3}
  far: {kind: s, offers: {h: {work: 1 ms}}}
  unused: {kind: s, place: cellar, supplier: idle, offers: {f: {work: 1 ms}}}
flows:
  main:
    starts: {rate: 0.5/s}
    steps:
    - {call: a.f, cache: {hits: 50 %, component: memory}}
    - {hold: pool, steps: [{do: other}]}
    - {ask: ana, takes: 1 s}
  slow: {starts: {rate: 1/h}, steps: [{wait: 1 s}]}
  other: {steps: [{call: far.h, cache: {hits: 10 %}}]}
scenarios:
  lost-a: {title: Mine, lasts: 90 s, events: {from: 1 s, down: a}}
"""
)
CACHE = ", cache: {hits: 10 %}"
USED = ("a", "far", "inner", "memory", "pool")


def test_every_part_that_is_used_is_lost_slow_and_stalled_in_turn() -> None:
    """200 runs of the busiest flow take 400 s; what no flow uses, directly or not, is left alone."""
    found = scenarios_of(loads(WHOLE))
    assert list(found) == [
        "lost-a", "lost-far", "lost-inner", "lost-memory", "lost-pool", "lost-room", "lost-power",
        *(f"{kind}-{name}" for name in USED for kind in ("slow", "stalled")), "load-2", "load-10", "cold-caches",
    ]  # fmt: skip
    assert found["lost-a"].title == "Mine" and found["lost-memory"].title == "The memory is lost"
    (event,) = found["slow-memory"].events
    assert (event.slow, event.times, event.from_.mean, event.for_ and event.for_.mean) == (
        ("memory",), 5.0, 400.0, 400.0,
    )  # fmt: skip
    assert found["load-10"].events[0].load == ("main", "slow")
    plain = scenarios_of(
        loads(WHOLE.replace(", cache: {hits: 50 %, component: memory}", "").replace(CACHE, ""))
    )
    assert "cold-caches" not in plain and "lost-memory" not in plain
    busy = scenarios_of(loads(WHOLE.replace("0.5/s", "50/s")))
    assert busy["load-2"].events[0].from_.mean == 60.0


def actions(events: str, outages: Sequence[Loss] = ()) -> list[tuple[float, str, str, float]]:
    """(when, what, which station or unit's station, value) of a scenario's plan."""
    model = loads(WHOLE.replace("events: {from: 1 s, down: a}", f"events: {events}"))
    program = compiled(model, model.scenarios["lost-a"], outages=outages).program

    def name(action: Action) -> str:
        number = action.target if action.kind in ("slow", "servers") else program.units[action.target]
        return program.stations[number].name

    return sorted((a.at, a.kind, name(a), a.value) for a in program.actions)


def test_events_become_actions_at_their_beginning_and_their_end() -> None:
    during = "from: 10 s, for: 5 s"
    slow = actions(f"{{{during}, slow: [a, unused], times: 4}}")
    assert slow == [(10.0, "slow", "components.a", 4.0), (15.0, "slow", "components.a", 1.0)]
    away = actions(f"{{{during}, down: [ana, bo]}}")
    assert away == [(10.0, "servers", "people.ana", 0.0), (15.0, "servers", "people.ana", math.inf)]
    stalled = actions(f"{{{during}, stalled: [a, inner, unused]}}")
    assert stalled == [
        (10.0, "servers", "components.a", 0.0), (10.0, "slow", "components.inner", 1e9),
        (15.0, "servers", "components.a", math.inf), (15.0, "slow", "components.inner", 1.0),
    ]  # fmt: skip
    down = actions(f"[{{{during}, down: [room, unused]}}, {{from: 60 s, down: power}}]")
    assert down == [
        (10.0, "down", "components.a", 0.0), (10.0, "down", "components.a", 0.0),
        (15.0, "up", "components.a", 0.0), (15.0, "up", "components.a", 0.0),
        (60.0, "down", "components.inner", 0.0),
    ]  # fmt: skip


def test_what_two_losses_take_is_back_when_both_are_over() -> None:
    nothing = "{from: 80 s, slow: far, times: 2}"
    both = actions(
        nothing, [Loss(("a#2",), 10.0, 30.0), Loss(("room",), 20.0, 50.0), Loss(("a#2",), 5.0, 40.0)]
    )
    assert both[:-1] == [
        (5.0, "down", "components.a", 0.0), (20.0, "down", "components.a", 0.0),
        (50.0, "up", "components.a", 0.0), (50.0, "up", "components.a", 0.0),
    ]  # fmt: skip


def test_lines_go_down_and_what_scales_is_gone_where_all_of_it_is() -> None:
    model = loads(
        HEAD + "places: {p: {}, q: {}}\ncomponents:\n"
        "  a: {kind: s, threads: 1, replicas: 2, place: [p, q], scales: {to: 8, aims: 70 %, every: 10 s}, "
        "offers: {f: {work: 1 s}}}\n  b: {kind: s}\n"
        "connections: {ba: {from: b, to: a}, unused: {from: a, to: b}}\n"
        "flows: {main: {by: b, starts: {rate: 1/s}, steps: [{call: a.f}]}}\n"
        "scenarios: {one: {events: {from: 1 s, down: p}}, all: {events: {from: 1 s, down: [p, q]}}}\n"
    )
    lines = [Loss((), 5.0, 9.0, ("ba", "unused"))]
    for scenario, gone in (
        ("one", ["components.a"]),
        ("all", ["components.a", "components.a", "components.a at all"]),
    ):
        program = compiled(model, model.scenarios[scenario], outages=lines).program
        there = [(a.at, a.kind, program.stations[program.units[a.target]].name) for a in program.actions]
        assert sorted(there) == [
            *((1.0, "down", name) for name in gone), (5.0, "down", "connections.ba"), (9.0, "up", "connections.ba"),
        ]  # fmt: skip


@pytest.mark.parametrize(("after", "delay"), [("", 0.0), (", after: 20 s", 20.0)])
def test_what_scales_looks_as_often_and_waits_as_long_as_stated(after: str, delay: float) -> None:
    text = A.replace(
        "threads: 2", f"threads: 2, replicas: 2, scales: {{to: 8, aims: 70 %, every: 10 s{after}}}"
    )
    (scaler,) = compiled(
        loads(text + "flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f}]}}\n")
    ).program.scalers
    assert (scaler.least, scaler.most, scaler.target, scaler.every, scaler.delay) == (2, 8, 0.7, 10.0, delay)


def test_a_part_that_is_lost_twice_is_back_when_both_are_over() -> None:
    twice = actions(
        "{from: 80 s, slow: far, times: 2}", [Loss(("a#2",), 10.0, 30.0), Loss(("a#2",), 5.0, 40.0)]
    )
    assert [each[:3] for each in twice[:-1]] == [(5.0, "down", "components.a"), (40.0, "up", "components.a")]


def test_caches_are_cold_for_a_while_or_emptied() -> None:
    cold = actions("{from: 10 s, for: 5 s, cold: true}")
    assert cold == [(10.0, "down", "cold", 0.0), (15.0, "up", "cold", 0.0)]
    keyed = WHOLE.replace("hits: 50 %", "keys: 9, holds: 3, popularity: 0")
    model = loads(keyed.replace("events: {from: 1 s, down: a}", "events: {from: 10 s, cold: true}"))
    kinds = [(a.at, a.kind) for a in compiled(model, model.scenarios["lost-a"]).program.actions]
    assert sorted(kinds) == [(10.0, "down"), (10.0, "flush")]


# Policies that are tried


def changed(policy: str, text: str) -> Model:
    return dict(saving.policies(loads(text)))[policy](loads(text))


def test_capacity_is_doubled_and_a_queue_is_as_long_as_there_are_servers() -> None:
    doubled = changed("twice the capacity", WHOLE).components
    assert [doubled[name].threads for name in ("a", "pool", "inner")] == [4, 6, None]
    shed = changed("queues no longer than the servers, then turn away", WHOLE).components
    assert [shed[name].queue for name in ("a", "pool", "inner")] == [4, 3, None]


def test_a_breaker_is_put_where_something_is_given_up_or_tried_again() -> None:
    for policy, put in (("timeout: 1 s", True), ("retry: {times: 1}", True), ("deadline: 1 s", False)):
        text = A + f"flows: {{main: {{starts: {{rate: 1/s}}, steps: [{{call: a.f, {policy}}}]}}}}\n"
        assert ("a circuit breaker at 50 % over 10 s" in dict(saving.policies(loads(text)))) is put, policy


# How long is simulated


@pytest.mark.parametrize(
    ("text", "lasted"),
    [
        # 160,000 runs in sixteen replications, at 100 in a second; once more, four times as long, as it may settle
        ("rate: 60/s", 160_000 / 16 / 100 * 4),
        ("rate: 360/s", 160_000 / 16 / 400 * 4),
    ],
)
def test_so_long_is_simulated_that_there_are_enough_runs(
    monkeypatch: pytest.MonkeyPatch, text: str, lasted: float
) -> None:
    tried: list[float] = []

    def never(program: object, lasts: float, *_: object, **__: object) -> NotSteady:
        tried.append(lasts)
        return NotSteady("it swings", 0.0, grows=len(tried) > 1)

    monkeypatch.setattr(measured, "steady_state", never)
    model = loads(
        A + f"flows:\n  main: {{starts: {{{text}}}, steps: [{{call: a.f}}]}}\n"
        "  more: {starts: {rate: 40/s}, steps: [{call: a.f}]}\n"
    )
    found = measured.simulated(on(model))
    assert (found.lasted, found.reason) == (pytest.approx(lasted), "no steady state: it swings")
    assert tried == pytest.approx([lasted / 4, lasted])


def test_many_events_and_customers_who_come_again_take_the_time_they_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run of a hundred waits has over a hundred events: 2,400,000 of these, as the pilot shows, is the end."""

    def grows(program: object, lasts: float, *_: object, **__: object) -> NotSteady:
        return NotSteady("it grows", 1.0)

    monkeypatch.setattr(measured, "steady_state", grows)
    waits = A + "flows: {main: {starts: {STARTS}, steps: [{repeat: {times: 100, steps: [{wait: 1 ms}]}}]}}\n"
    found = measured.simulated(on(loads(waits.replace("STARTS", "rate: 10/s"))))
    assert 2_400_000 / 16 / 103 / 10 <= found.lasted <= 2_400_000 / 16 / 100 / 10
    # three customers, each 0.1 s of thinking and 0.1 s of waiting: 15 runs in a second
    again = measured.simulated(on(loads(waits.replace("STARTS", "population: 3, think: 100 ms"))))
    assert again.lasted == pytest.approx(found.lasted * 10 / 15, rel=0.03)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("flows: {}\n", "no flow is described"),
        ("flows: {main: {steps: [{call: a.f}]}}\n", "nothing says how often a flow starts"),
        (
            "flows: {main: {starts: {rate: unknown}, steps: [{wait: unknown}]}}\n",
            "facts are missing: flows.main.starts.rate, flows.main.steps.1.wait",
        ),
    ],
)
def test_why_nothing_is_simulated_is_told(text: str, reason: str) -> None:
    found = measured.simulated(on(loads(A + text)))
    assert (found.found, found.reason) == (None, reason)


def test_a_scenario_in_which_nothing_starts_lacks_its_rates() -> None:
    model = loads(WHOLE.replace("starts: {rate: 0.5/s}", "title: x").replace("starts: {rate: 1/h}, ", ""))
    seen = watch(model, model.scenarios["lost-a"])
    assert (seen.missing, seen.courses) == (("flows.*.starts.rate",), ())


def test_measures_name_what_can_be_read() -> None:
    names = set(measured.measures(loads(WHOLE)))
    assert {n for n in names if not n.startswith("latency/")} == {
        "success/main", "success/slow", "utilisation/a", "utilisation/pool",
        "throughput/a", "throughput/inner", "throughput/far", "throughput/unused",
    }  # fmt: skip
