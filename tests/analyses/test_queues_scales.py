"""Queues don't know how long a second is: the same system in other units of time has the same shares."""

from __future__ import annotations

import pytest

from analyses.given import context, opened
from groma.analyses import bounds, figure
from groma.analyses.loads import rounds
from groma.analyses.loads.queues import component_at
from groma.analyses.loads.rounds import loads_of

TEXT = """
people: {{desk: {{}}}}
components: {{desk: {{kind: s, threads: 1, queue: 2, offers: {{f: {{work: {work:g} s ± {work:g} s}}}}}}}}
flows:
  main:
    starts: {{rate: {rate:g}/s}}
    steps: [{{call: desk.f{retry}}}]
"""


def mm13(load: float) -> float:
    """Erlang: the share that M/M/1 with room for three turns away."""
    return load**3 / (1 + load + load**2 + load**3)


@pytest.mark.parametrize("unit", [1e-5, 1e5])
def test_calls_turned_away_that_come_again_are_those_of_a_fixed_point_in_any_unit(unit: float) -> None:
    """Of M/M/1/3 with two retries, long after and well apart: what comes are all attempts, more than one can serve."""
    load = 0.8
    for _ in range(200):
        lost = mm13(load)
        load = 0.8 * (1 + lost + lost**2)
    assert load > 1.0
    c = context(
        TEXT.format(
            work=unit,
            rate=0.8 / unit,
            retry=f", retry: {{times: 2, backoff: {10_000 * unit:g} s, jitter: 1}}",
        )
    )
    truths = {
        "throughput/desk": load / unit,
        "utilisation/desk": load * (1 - mm13(load)),
        "success/main": 1 - mm13(load) ** 3,
    }
    for measure, truth in truths.items():
        found = figure(c, measure)
        assert found.value == pytest.approx(truth, rel=1e-4)
        assert truth * (1 - 2e-4) <= found.low <= truth * (1 + 1e-9)
        assert truth * (1 - 1e-9) <= found.high <= truth * (1 + 1e-3)
    first = figure(
        c, "saturation/main"
    )  # up to three attempts each; at the least those that nobody turns away
    assert first.value is None
    assert first.low == pytest.approx(1 / 3 / unit) and first.low < first.high < 1 / unit


def test_loads_that_settle_slowly_are_enclosed_and_have_no_value() -> None:
    """M/M/1/1 turns x / (1 + x) away; with a hundred retries each round closes little of the gap."""
    load = 1.0
    for _ in range(9000):
        load = sum((load / (1 + load)) ** n for n in range(101))
    many = ", retry: {times: 100, backoff: 10000 s, jitter: 1}"
    c = context(TEXT.format(work=1.0, rate=1.0, retry=many).replace("queue: 2", "queue: 0"))
    for measure, truth in (("throughput/desk", load), ("utilisation/desk", load / (1 + load))):
        found = figure(c, measure)
        assert found.value is None
        assert found.low < truth < found.high


@pytest.mark.parametrize("load", [0.5, 0.99, 1.0, 1.2, 5.0])
def test_a_queue_with_a_last_place_turns_calls_away_at_any_load(load: float) -> None:
    c = context(TEXT.format(work=1.0, rate=load, retry=""))
    assert figure(c, "throughput/desk").value == pytest.approx(load)
    assert figure(c, "success/main").value == pytest.approx(1 - mm13(load), rel=1e-9)
    assert figure(c, "utilisation/desk").value == pytest.approx(load * (1 - mm13(load)), rel=1e-9)
    assert "saturated" not in str(figure(c, "latency/main/mean"))


def test_nobody_knows_how_many_a_full_queue_turns_away_of_a_stream_that_is_not_poisson() -> None:
    text = TEXT.format(work=1.0, rate=0.8, retry="").replace(
        "rate: 0.8/s", "rate: 0.8/s, arrivals: 1.25 s ± 3 s"
    )
    found = figure(context(text), "success/main")
    assert (found.low, found.value, found.high) == (0.0, None, 1.0)


def test_a_person_is_no_component_of_the_same_name() -> None:
    c = context(TEXT.format(work=1.0, rate=0.5, retry=""))
    assert component_at(c, "people.desk") is None
    assert component_at(c, "components.desk") is c.model.components["desk"]


def test_while_it_is_open_whether_a_queue_has_a_last_place_calls_may_be_turned_away_or_not() -> None:
    """One with a single place turns 0.8 / 1.8 away, the other nobody."""
    text = """
components:
  desk: {kind: s, offers: {f: {}}}
  short: {kind: s, threads: 1, queue: 0, offers: {f: {work: 1 s ± 1 s}}}
  long: {kind: s, threads: 1, offers: {f: {work: 1 s ± 1 s}}}
flows: {main: {starts: {rate: 0.8/s}, steps: [{call: desk.f}]}}
"""
    c = opened(text, "desk", "place", short="short", long="long")
    assert bounds(c.with_partial({"place": "short"}), "success/main")[1] == pytest.approx(1 / 1.8)
    assert bounds(c.with_partial({"place": "long"}), "success/main") == (1.0, 1.0)
    best, worst = bounds(c, "success/main")
    assert worst <= 1 / 1.8 < best == 1.0


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (("rate: 0.8/s", "rate: unknown"), "flows.main.starts.rate"),
        (("work: 1 s ± 1 s", "work: unknown"), "components.desk.offers.f.work"),
    ],
)
def test_what_nobody_states_of_a_queue_with_a_last_place_leaves_the_share_of_success_unknown(
    change: tuple[str, str], missing: str
) -> None:
    text = TEXT.format(work=1.0, rate=0.8, retry="")
    found = figure(context(text.replace(*change)), "success/main")
    assert (found.low, found.value, found.high) == (None, None, None)
    assert found.missing == (missing,)


@pytest.mark.parametrize(
    ("rate", "steps"),
    [
        (0.1, "{call: desk.f, timeout: 4 s, retry: {times: 2}}, {call: desk.f, timeout: 4 s, retry: {times: 1}}"),
        (0.15, "{call: desk.f, timeout: 4 s, retry: {times: 2}}, {call: desk.f, timeout: 4 s, retry: {times: 1}}"),
        (0.1, "{deadline: 8 s, steps: [{call: desk.f, timeout: 4 s, retry: {times: 1}}, {call: desk.f}]}"),
        (0.2, "{deadline: 8 s, steps: [{call: desk.f, timeout: 4 s, retry: {times: 1}}, {call: desk.f}]}"),
    ],
)  # fmt: skip
def test_loads_whose_ends_stay_apart_are_gone_on_with_until_these_hardly_move(
    rate: float, steps: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What attempts that were given up still work on is only known between two ends. They enclose those that rounds
    without an end would come to, by no more than a hundredth of what lies between."""
    text = TEXT.format(work=1.0, rate=rate, retry="").replace("{call: desk.f}", steps)
    text = text.replace(", queue: 2", "")
    first = loads_of(context(text))
    monkeypatch.setattr(rounds, "BETWEEN", 0.0)
    last = loads_of(context(text))
    assert first is not None and last is not None and first.settled and last.settled
    early, settled = first.rate("components.desk"), last.rate("components.desk")
    between = settled.high - settled.low
    assert between > 0.05 * settled.high
    assert settled.low - 0.01 * between <= early.low < settled.low
    assert settled.high < early.high <= settled.high + 0.01 * between
