"""What happens by chance, with numbers that are chosen: each case counted by hand."""

from __future__ import annotations

import pytest

from groma.model.law import Constant, Gamma, Uniform
from groma.solvers.simulation import Assembler, Outcome, Settings, run
from solvers.simulation_numbers import chosen, in_layer, word

KINDS = ("ok", "timeout", "unavailable", "throttled", "rejected", "failed")


def played(a: Assembler, until: float = 60.0) -> Outcome:
    return run(a.program(), Settings(until=until, trace=400), interpreted=True)


def ends(outcome: Outcome, flow: int) -> list[tuple[float, str]]:
    return [(t.time, KINDS[t.b]) for t in outcome.trace if (t.what, t.c) == ("end", flow)]


def starts(outcome: Outcome, flow: int) -> list[float]:
    return [t.time for t in outcome.trace if (t.what, t.b) == ("run", flow)]


def test_arrivals_of_hidden_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """In each state an exponential time over the sum of its rates goes by; then the number, times that sum, is an
    arrival if it lies below its rate, else the state where the rates up to it, added, exceed it."""
    first = ((1.0, (0.0, 2.0, 1.0)), (0.0, (3.0, 0.0, 5.0)), (2.0, (1.0, 0.0, 1.0)))
    second = ((3.0, (0.0, 1.0)), (1.0, (7.0, 0.0)))
    # Sum of the state's rates, the number, and whether it is an arrival.
    ways = (
        [(4.0, 0.125, True), (4.0, 0.5, False), (8.0, 0.5, False), (4.0, 0.25, True), (4.0, 0.5, False),
         (4.0, 0.875, False), (4.0, 0.75, False), (4.0, 0.5, False), (4.0, 0.5, False), (8.0, 0.125, False),
         (4.0, 0.0, True)],
        [(4.0, 0.5, True), (4.0, 0.875, False), (8.0, 0.0625, True), (8.0, 0.125, False), (4.0, 0.625, True)],
    )  # fmt: skip
    words: list[list[int]] = []
    expected: list[list[float]] = []
    for way in ways:
        at, numbers, times = 0.0, list[int](), list[float]()
        for n, (rates, uniform, arrives) in enumerate(way):
            number, time = in_layer(10 + 5 * n, 0.5)
            numbers += [number, word(uniform)]
            at += time / rates
            times += [at] * arrives
        # The last comes long after the end.
        words.append([*numbers, *[word(0.99)] * 4, in_layer(1, 0.9)[0]])
        expected.append(times)
    chosen(monkeypatch, *words)
    a = Assembler()
    for name, states in (("f", first), ("g", second)):
        with a.flow(name):
            pass
        a.source(name, states=states)
    until = max(expected[0][-1], expected[1][-1]) + 0.01
    outcome = played(a, until)
    assert [starts(outcome, n) for n in range(2)] == [pytest.approx(times) for times in expected]


def test_who_was_on_the_unit_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four units one fails: lost is whose number lies below a quarter; of the three left one more: below a third.
    Another station, before it, with a batch: three are in it, of whom two are lost. Others draw beside them."""
    drawn = [[word(0.9)] for _ in range(6)]
    words = [
        [word(x) for x in (0.25, 0.125, 0.0)],
        [word(x) for x in (0.125, 0.25, 0.5, 0.0625, 0.375, 0.3125)],
    ]
    chosen(monkeypatch, *drawn, [in_layer(50, 0.5)[0]], *words)
    a = Assembler()
    alone = a.station("alone", discipline="batch", batch=1, batch_laws=(Gamma(0.1, 0.1),))
    b = a.station("b", units=4, discipline="batch", batch=3, most_wait=9.0, batch_laws=(Constant(8.0),) * 3)
    s = a.station("s", units=4)
    units = a.unit(b), a.unit(s), a.unit(s)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(10.0))
    with a.flow("g"):
        a.batch(b)
    a.source("f", times=(0.0, 0.5, 0.75, 1.0))
    a.source("g", times=(0.0, 0.0, 0.0))
    register = a.register()
    with a.flow("draws"):
        for _ in drawn:
            a.draw(register, Uniform(0.0, 1.0))
    a.source("draws", times=(0.0,))
    with a.flow("alone"):
        a.batch(alone)
    a.source("alone", times=(0.0,))
    a.action(1.5, "down", units[0])
    a.action(2.0, "down", units[1])
    a.action(3.0, "down", units[2])
    outcome = played(a)
    lost = "unavailable"
    assert ends(outcome, 0) == [(2.0, lost), (2.0, lost), (3.0, lost), (10.5, "ok")]
    assert ends(outcome, 1) == [(1.5, lost), (1.5, lost), (8.0, "ok")]


def test_a_batch_that_is_lost_frees_its_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three batches of one, and beside them another station's. The second is lost with its unit at 1.5 s; when that is
    up again, at 2 s, the fourth begins; so it is with the third of those there, at 3 and 4 s. Nobody is lost with a
    second unit, which is down for an eighth of a second."""
    chosen(monkeypatch, [word(x) for x in (0.5, 0.25, 0.5, 0.75, 0.75, 0.75, 0.5, 0.0)])
    a = Assembler()
    a.station("first")
    other, b = (
        a.station(name, units=3, discipline="batch", batch=1, batch_laws=(Constant(8.0),)) for name in "ab"
    )
    unit, second = a.unit(b), a.unit(b)
    a.action(1.75, "down", second)
    a.action(1.875, "up", second)
    for name, station, times in (("g", other, (0.0, 0.125, 0.25)), ("f", b, (0.0, 0.125, 0.25, 0.5, 0.75))):
        with a.flow(name):
            a.batch(station)
        a.source(name, times=times)
    for at, kind in ((1.5, "down"), (2.0, "up"), (3.0, "down"), (4.0, "up")):
        a.action(at, kind, unit)
    outcome = played(a)
    lost = "unavailable"
    assert ends(outcome, 0) == [(8.0, "ok"), (8.125, "ok"), (8.25, "ok")]
    assert ends(outcome, 1) == [(1.5, lost), (3.0, lost), (8.0, "ok"), (8.25, "ok"), (12.0, "ok")]
    assert outcome.station("b").busy * 60.0 == pytest.approx(8.0 + 1.375 + 8.0 + 1.0 + 8.0)


def test_pauses_between_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause of 4, 8 and 12 s (16 is too long), times 1 + j (2 u - 1): a quarter or half more or less. Without that
    no number is drawn."""
    chosen(monkeypatch, [word(x) for x in (0.5, 1.0 - 2.0**-53, 0.0)], [word(x) for x in (0.25, 0.75)])
    a = Assembler()
    for name, times, jitter, longest in (("h", 1, 0.0, 3.0), ("f", 3, 0.25, 12.0), ("g", 2, 0.5, 9.0)):
        with a.flow(name), a.retry(times, backoff=4.0, jitter=jitter, longest=longest):
            a.fail("failed")
        a.source(name, times=(float("fgh".index(name)),))
    outcome = played(a)
    assert outcome.events == 3 + (1 + 3 + 2)
    assert ends(outcome, 0) == [(2.0 + 3.0, "failed")]
    assert ends(outcome, 1) == [(pytest.approx(4.0 + 10.0 + 9.0), "failed")]
    assert ends(outcome, 2) == [(pytest.approx(1.0 + 3.0 + 10.0), "failed")]


def test_keys_of_a_cache_and_rounds_of_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys with shares 1/2, 1/4 and 1/4, of which one is kept; rounds that end when the number is below a quarter, and
    a choice of three ways."""
    keys = [word(x) for x in (0.25, 0.49, 0.5, 0.74, 0.75, 0.0)]
    rounds = [word(x) for x in (0.25, 0.9, 0.125, 0.0)]
    ways = [word(x) for x in (0.0, 0.125, 0.875, 0.5)]
    chosen(monkeypatch, keys, rounds, ways)
    a = Assembler()
    a.cache("other", 2, (1.0, 1.0))
    cache = a.cache("c", 1, (2.0, 1.0, 1.0))
    with a.flow("f"), a.cached(cache):
        a.tally("missed")
    with a.flow("g"), a.loop(until=0.25):
        a.tally("rounds")
    with a.flow("h"), a.choose((0.125, 0.5, 0.375)) as way:
        for n in range(3):
            with way(n):
                a.tally(f"way {n}")
    for name, times in (("f", 6), ("g", 2), ("h", 4)):
        a.source(name, times=tuple(float(n) for n in range(times)))
    outcome = played(a)
    # Keys 0 0 1 1 2 0: the second and the fourth are there.
    assert (outcome.caches, outcome.tallies) == (
        ((0, 0), (2, 4)),
        {"missed": 4.0, "rounds": 4.0, "way 0": 1.0, "way 1": 2.0, "way 2": 1.0},
    )


def test_batches_parts_and_sources_draw_from_streams_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exponential times: of parts that fail, of what arrives, of batches of two stations."""
    numbers = [[in_layer(40 + 10 * n + m, 0.5) for m in range(1, 5)] for n in range(7)]
    chosen(monkeypatch, *([number for number, _ in some] for some in numbers))
    never, part, _, arrivals, thinking, one, two = ([time for _, time in some] for some in numbers)
    a = Assembler()
    with a.flow("idle"):
        pass
    stations = [
        a.station(name, units=2, discipline="batch", batch=2, batch_laws=(Gamma(mean, mean), Constant(1.0)))
        for name, mean in (("one", 0.25), ("two", 0.5))
    ]
    gate = a.station("gate")
    a.part("never", Gamma(99.0, 99.0), Constant(1.0), [])
    a.part("part", Gamma(2.0, 2.0), Gamma(0.5, 0.5), [a.unit(gate)])
    for name, station in zip("fg", stations, strict=True):
        with a.flow(name):
            a.batch(station)
    a.source("idle", gaps=Gamma(5.0, 5.0))
    a.source("f", gaps=Gamma(3.0, 3.0))
    a.source("g", gaps=Gamma(4.0, 4.0), customers=1)
    up, down = 2.0 * part[0], 0.5 * part[1]
    done = 3.0 * arrivals[0] + 0.25 * one[0], 4.0 * thinking[0] + 0.5 * two[0]
    outcome = played(a, max(*done, up + down) + 0.01)
    assert starts(outcome, 1)[0] == pytest.approx(3.0 * arrivals[0])
    assert ends(outcome, 1)[0] == (pytest.approx(done[0]), "ok")
    assert starts(outcome, 2)[0] == pytest.approx(4.0 * thinking[0])
    assert ends(outcome, 2)[0] == (pytest.approx(done[1]), "ok")
    assert outcome.now < 99.0 * never[0]
    assert outcome.now < up + down + 2.0 * part[2]
    assert outcome.station("gate").servers * outcome.now == pytest.approx(outcome.now - down)


def test_every_step_draws_from_a_stream_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """After forty draws of others: a size, a delay, work at a station with a queue and at a shared one, rounds of two
    loops, each by its own law, and a row of four; none asks for a number twice."""
    numbers = [in_layer(60 + n, 0.5) for n in range(6)]
    chosen(
        monkeypatch, *([word(0.5)] for _ in range(40)), *([number] for number, _ in numbers), [word(0.625)]
    )
    times = [time for _, time in numbers]
    a = Assembler()
    s, q = a.station("s"), a.station("q", discipline="sharing")
    first = a.register(2)
    for rows in (2, 4, 3):
        a.table([(0.5, 0.25)] * rows)
    table = a.table([(n, 10.0 * n) for n in range(4)])
    with a.flow("before"):
        for n in range(40):
            a.draw(first, Uniform(0.0, 1.0 + n))
    with a.flow("f"):
        a.draw(first + 1, Gamma(3.0, 3.0))
        a.tally("size", 0.0, per=[(first + 1, 1.0)])
        a.delay(Gamma(2.0, 2.0))
        with a.hold(s):
            a.work(s, Gamma(0.5, 0.5))
        with a.hold(q):
            a.work(q, Gamma(0.25, 0.25))
        for n, mean in enumerate((4.0, 8.0)):
            with a.loop(times=Gamma(mean, mean)):
                a.tally(f"rounds {n}")
        a.draw_row(first, table)
        a.tally("row", 0.0, per=[(first, 1.0), (first + 1, 1.0)])
    a.source("before", times=(0.0,))
    a.source("f", times=(1.0,))
    outcome = played(a)
    assert ends(outcome, 1) == [
        (pytest.approx(1.0 + 2.0 * times[1] + 0.5 * times[2] + 0.25 * times[3]), "ok")
    ]
    rounds = {f"rounds {n}": float(round(mean * times[4 + n])) for n, mean in enumerate((4.0, 8.0))}
    assert outcome.tallies == pytest.approx({"size": 3.0 * times[0], **rounds, "row": 22.0})


def test_events_are_those_that_are_told() -> None:
    """One comes and is served: two. Utilisation is looked at three times, and what was asked for at the second look
    comes once; hours change at 0 (which is no event), 5 and 10 s."""
    a = Assembler()
    s, t = a.station("s"), a.station("t")
    a.scaler(s, least=1, most=5, target=0.5, every=4.0, delay=1.0)
    a.calendar(t, 10.0, ((0.0, 1), (5.0, 0)))
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(3.5))
    a.source("f", times=(4.25,))
    assert played(a, 12.5).events == 2 + 3 + 1 + 2
