"""The least a run uses where somebody may give up meanwhile, or choices are open: counted by hand, step by step."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analyses.given import HEAD, context, on, opened
from groma.analyses.context import Context
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.outcome.law import Defective, Grid
from groma.analyses.outcome.reading import Outcomes, Waiting
from groma.analyses.visits.least import Least, LeastVisits
from groma.analyses.visits.use import Use
from groma.model.load import loads
from groma.model.program import Open, Step

TEXT = """
people: {ana: {role: clerk}}
components:
  a: {kind: s, offers: {f: {work: 0 s, fails: 20 %}, g: {work: 0 s}}}
  b: {kind: s, offers: {f: {work: 0 s, fails: 50 %}, g: {work: 0 s}}}
  busy: {kind: s, threads: 1, offers: {f: {work: 0 s}}}
  calls: {kind: s, offers: {f: {work: 0 s, steps: [{call: a.g}]}}}
  paged: {kind: s, offers: {f: {work: 0 s, per: {rows: 1 ms}}}}
  long: {kind: s, offers: {f: {work: 1 ms}}}
  plain: {kind: s, offers: {f: {}}}
  quits: {kind: s, offers: {f: {work: 1 ms, cancels: true, steps: [{wait: 1 ms}, {call: b.g}]}}}
  crowded: {kind: s, threads: 1, offers: {f: {work: 0 s, fails: 20 %}, g: {work: 1 s ± 1 s, fails: 20 %}}}
  front: {kind: s, offers: {f: {work: 0 s, fails: 20 %, steps: [{call: crowded.f}]}}}
  pool: {kind: pool}
  store: {kind: cache}
LINEflows:
  main: {starts: {rate: 1/s}, steps: [STEPS]}
  rest: {by: ana, steps: [{wait: 1 ms}, {call: b.g}]}
"""
LATE = "{choose: [{share: 25 %, steps: [{wait: 2 s}]}, {share: 75 %, steps: []}]}"
RARE = LATE.replace("25", "10").replace("75", "90")
OFTEN = LATE.replace("25", "X").replace("75", "25").replace("X", "75")
THEN = "{wait: 1 ms}, {call: b.g}"
"""Something that doesn't start at once."""


def model(steps: str, line: str = "") -> Context:
    written = steps.replace("LATE", LATE).replace("RARE", RARE).replace("OFTEN", OFTEN).replace("THEN", THEN)
    return context(TEXT.replace("STEPS", written).replace("LINE", line))


def named(use: Use) -> str:
    return f"{use.name}.{use.operation}" if use.kind == "call" else f"{use.kind} {use.name}"


def amounts(least: Least) -> dict[str, float]:
    return {name: amount for name, (amount, _) in least.items()}


def least(c: Context, outcomes: Outcomes | None = None) -> tuple[Least, Least]:
    """Uses, and uses that somebody further out may end."""
    outcomes = queues_on(c, time_grid(c, rows=2), "bound").outcomes if outcomes is None else outcomes
    counted = LeastVisits(c, outcomes, "uses", lambda use: (named(use), 1.0)).flow("main")
    ended = LeastVisits(c, outcomes, "ended", lambda use: (named(use), use.cut) if use.cut else None).flow(
        "main"
    )
    return counted, ended


@pytest.mark.parametrize(
    ("step", "surely"),
    [
        ("{call: a.g}", True),
        ("{send: a.g}", True),
        ("{mark: m}", True),
        ("{call: a.g}, {send: long.f}, {mark: m}", True),
        ("{wait: 0 s}", False),
        ("{steps: []}", False),
        ("{call: a.g, timeout: 9 s}", False),
        ("{send: a.g, timeout: 9 s}", False),
        ("{mark: m, timeout: 9 s}", False),
        ("{call: busy.f}", False),
        ("{call: calls.f}", False),
        ("{call: paged.f, sizes: {rows: 1}}", False),
        ("{call: long.f}", False),
        ("{call: long.f}, {call: a.g}", False),
    ],
)
def test_what_follows_starts_surely_where_nothing_before_it_takes_time(step: str, surely: bool) -> None:
    """Else it doesn't in a quarter of runs at the most: so often somebody gives up."""
    steps = f"{{steps: [{step}, {{ask: ana, takes: 1 ms}}, LATE], timeout: 1 s}}"
    assert least(model(steps))[0]["ask ana"] == (pytest.approx(1.0 if surely else 0.75), frozenset())


def test_a_line_anywhere_may_take_time() -> None:
    steps = "{steps: [{call: a.g}, {call: b.g}, LATE], timeout: 1 s}"
    found = least(model(steps, "connections: {x: {from: ana, to: long, latency: 1 ms}}\n"))[0]
    assert amounts(found) == pytest.approx({"a.g": 1, "b.g": 0.75})


@pytest.mark.parametrize(
    ("steps", "counted"),
    [
        # one after the other: cut 0.8 * 0.25 = 0.2; the group is begun in 0.8 - 0.2, and a third of these may end
        ("{steps: [{call: a.f}, {wait: 1 ms}, {steps: [THEN]}, LATE], timeout: 1 s}", {"a.f": 1, "b.g": 0.4}),
        ("{steps: [{wait: 2 s}, {call: a.g}, {call: b.g}], timeout: 1 s}", {}),
        # a branch of half the runs, in which a quarter of all may end
        (
            "{steps: [{choose: [{share: 50 %, steps: [THEN]}, {share: 50 %, steps: [LATE]}]}], timeout: 1 s}",
            {"b.g": 0.5 - 0.125},
        ),
        ("{choose: [{share: 0 %, steps: [{call: a.g}]}, {share: 100 %, steps: [{call: b.g}]}]}", {"b.g": 1}),
        # 0.2 that end the other branch, and 0.8 * 0.25 that give up
        ("{steps: [{parallel: [[THEN], [{call: a.f}]]}, LATE], timeout: 1 s}", {"a.f": 1, "b.g": 0.6}),
        # caches: half come in, a quarter of all may end; less where the look-up takes time
        ("{steps: [{steps: [THEN], cache: {hits: 50 %}}, LATE], timeout: 1 s}", {"b.g": 0.25}),
        ("{steps: [{steps: [THEN], cache: {hits: 20 %, takes: 1 ms}}, LATE], timeout: 1 s}", {"b.g": 0.3}),
        ("{steps: [{call: b.g, cache: {hits: 20 %, takes: 1 ms}}, LATE], timeout: 1 s}", {"b.g": 0.55}),
        (
            "{call: b.g, cache: {hits: 20 %, takes: 1 ms, component: store}}",
            {"look up store": 1, "b.g": 0.8},
        ),
        (
            "{steps: [{call: a.f, cache: {hits: 100 %, component: store}}, LATE], timeout: 1 s}",
            {"look up store": 1},
        ),
        # two limits: 0.25 for the inner one, 0.25 + 0.75 * 0.25 for the outer one
        ("{steps: [{steps: [THEN, LATE], deadline: 1 s}, LATE], timeout: 1 s}", {"b.g": 0.3125}),
        ("{steps: [{steps: [THEN, LATE], timeout: 1 s}, LATE], timeout: 1 s}", {"b.g": 0.3125}),
        # a retry within a limit may not come to a second attempt; one around it does, in 0.25
        ("{steps: [{call: a.f, retry: 1}, LATE], timeout: 1 s}", {"a.f": 1}),
        ("{steps: [THEN, LATE], timeout: 1 s, retry: 1}", {"b.g": 1.25 * 0.75}),
        ("{steps: [THEN], hedge: {after: 1 h}}", {}),
        # checks and fallbacks: begun so much less often, and cut in proportion
        (
            "{steps: [{call: a.f, guard: [{name: x, steps: [THEN]}]}, LATE], timeout: 1 s}",
            {"a.f": 1, "b.g": 0.4},
        ),
        (
            "{steps: [{call: a.f, guard: [{name: x, steps: [{call: b.f}]}, {name: y, steps: [{call: b.g}]}]},"
            " RARE], timeout: 1 s}",
            {"a.f": 1, "b.f": 0.8 - 0.04, "b.g": 0.4 - 0.04},
        ),
        (
            "{call: a.f, retry: 1, guard: [{name: x, steps: [{call: b.f}]}, {name: y, steps: [{call: b.g}]}]}",
            {"a.f": 1.6, "b.f": 1.28, "b.g": 0.64},
        ),
        (
            "{steps: [{call: b.f, fallback: [{call: a.g}, THEN]}, RARE], timeout: 1 s}",
            {"b.f": 1, "a.g": 0.4, "b.g": 0.3},
        ),
        ("{steps: [{call: b.f, fallback: [{call: a.g}]}, {wait: 2 s}], timeout: 1 s}", {"b.f": 1}),
        # loops whose first round is sure, or not
        ("{repeat: {times: {value: 2, known: 1 .. 3}, steps: [{call: b.g}]}}", {"b.g": 1}),
        ("{repeat: {times: {value: 2, known: 0 .. 3}, steps: [{call: b.g}]}}", {}),
        ("{repeat: {times: 'uniform(1, 3)', steps: [{call: b.g}]}}", {}),
        ("{steps: [{repeat: {until: 50 %, at_most: 3, steps: [THEN]}}, LATE], timeout: 1 s}", {"b.g": 0.75}),
        # people, sends, flows in place
        ("{ask: ana, takes: 1 s, rejects: 20 %}, {do: rest}", {"ask ana": 1, "b.g": 0.8}),
        ("{steps: [{send: a.f}, {do: rest}, LATE], timeout: 1 s}", {"send a": 1, "b.g": 0.75}),
        ("{fail: failed}, {call: b.g}", {}),
        ("{call: plain.f, deadline: 1 s}, {call: b.g}", {"plain.f": 1}),  # of unknown work nothing is sure
        ("{steps: [{call: plain.f}, {call: a.g}], timeout: 1 s}, {call: b.g}", {"plain.f": 1}),
        ("{hold: pool, steps: [{call: a.g}, {call: b.g}]}", {"hold pool": 1, "a.g": 1, "b.g": 1}),
    ],
)
def test_the_least_uses_where_somebody_may_give_up(steps: str, counted: dict[str, float]) -> None:
    found = {name: amount for name, amount in amounts(least(model(steps))[0]).items() if amount > 0}
    assert found == pytest.approx(counted, abs=1e-6)


def test_a_flow_done_in_place_is_called_by_whom_it_says() -> None:
    """One message in five of ana's is lost, each second of others'."""
    lines = "connections: {x: {from: ana, to: b, loss: 20 %}, y: {from: a, to: b, loss: 50 %}}\n"
    assert amounts(least(model("{do: rest}", lines))[0]) == pytest.approx({"b.g": 0.8})


def test_what_cancels_ends_with_whoever_gives_up() -> None:
    """A quarter of runs give up: so many calls may end, and what they call isn't begun then, or ends later."""
    counted, ended = map(amounts, least(model("{steps: [{call: quits.f}, LATE], timeout: 1 s}")))
    assert ended == pytest.approx({"quits.f": 0.25})
    assert counted == pytest.approx({"quits.f": 1, "b.g": 0.75 * (1 - 0.25 / 0.75)})
    for steps, amount in [  # never more than all of those that are begun, however many reasons there are
        ("{call: quits.f, hedge: {after: 1 h}}", 1),
        ("{call: quits.f, hedge: {after: 1 h}, timeout: 1 ms}", 1),
        ("{steps: [{call: quits.f, deadline: 1 ms}, {wait: 2 s}], timeout: 1 s}", 1),
        ("{steps: [{call: quits.f, cache: {hits: 80 %}}, LATE], timeout: 1 s}", 0.2),
        ("{steps: [{wait: 1 ms}, {call: quits.f}, OFTEN], timeout: 1 s}", 0.25),
        (
            "{steps: [{choose: [{share: 20 %, steps: [{call: quits.f}]}, {share: 80 %, steps: []}]}, LATE],"
            " timeout: 1 s}",
            0.2,
        ),
        ("{steps: [{call: a.f, guard: [{name: x, steps: [{call: quits.f}]}]}, OFTEN], timeout: 1 s}", 0.2),
        (
            "{steps: [{parallel: [[{call: quits.f}], [{call: b.f}]], timeout: 1 ms, fallback: []}, {wait: 2 s}],"
            " timeout: 1 s}",
            1,
        ),
        ("{parallel: [[{call: quits.f}], [{call: b.f}]], join: any}", 1),
        ("{steps: [{parallel: [[{call: quits.f}], [{call: b.f}]]}, OFTEN], timeout: 1 s}", 0.5 + 0.375),
    ]:
        assert amounts(least(model(steps))[1]) == pytest.approx({"quits.f": amount}), steps
    sent, none = map(amounts, least(model("{steps: [{send: quits.f}, LATE], timeout: 1 s}")))
    assert sent == pytest.approx({"send quits": 1, "b.g": 1}) and none == {}
    lines = "connections: {x: {from: ana, to: quits, latency: 1 ms}}\n"
    lossy = "connections: {x: {from: ana, to: quits, loss: 50 %}}\n"  # half are lost, and waited for in vain
    lost = amounts(least(model("{steps: [{call: quits.f}, LATE], timeout: 1 s}", lossy))[0])
    assert lost == pytest.approx({"quits.f": 0.5})
    far, gone = map(amounts, least(model("{steps: [{call: quits.f}, LATE], timeout: 1 s}", lines)))
    assert far == pytest.approx({"quits.f": 0.75, "b.g": 0.5}) and gone == pytest.approx(
        {"quits.f": 0.75 * 0.25}
    )


GRID = Grid(0.0025, 4096, 2)


def beside(steps: str, offered: float | None = None, **waiting: Waiting) -> Least:
    """The least uses where components let wait so."""
    c = model(steps)
    there = {f"components.{name}": here for name, here in waiting.items()}
    step = c.model.flows["main"].steps[0]
    outcomes = Outcomes(c, GRID, None, lambda station: there.get(station, Waiting(None)))
    return least(c, outcomes if offered is None else replace(outcomes, offered={id(step): offered}))[0]


def waits(share: float) -> Waiting:
    """That share waits for 20 s."""
    cells = np.zeros((2, GRID.cells))
    cells[:, 0] = 1 - share
    return Waiting(Defective(cells, np.ones(2), np.full(2, 20 * share)), ("waits", share))


E = math.exp(-1)
FULL = Waiting(waits(0.0).law, ("full",), GRID.triple(0.3, 0.1), crowded=True)


@pytest.mark.parametrize(
    ("steps", "waiting", "counted"),
    [
        # tried again surely after errors of the work alone where attempts hang on one another
        ("{call: crowded.g, timeout: 1 s, retry: 1}", waits(0.0), {"crowded.g": 1 + E + 0.2 * (1 - E)}),
        ("{call: crowded.g, timeout: 1 s, retry: 1}", waits(0.1), {"crowded.g": 1 + 0.2 * 0.9 * (1 - E)}),
        (
            "{call: crowded.g, timeout: 1 s, retry: {times: 2, on: failed}}", waits(0.1),
            {"crowded.g": 1 + 0.18 * (1 - E) + (0.18 * (1 - E)) ** 2},
        ),
        ("{call: front.f, retry: {times: 1, backoff: 1 s}}", FULL, {"front.f": 1 + 0.2 * (0.7 * 0.8) + 0.2 * 0.7}),
        ("{call: crowded.f}, {call: b.g}", FULL, {"b.g": 0.7 * 0.8}),
        # what turns calls away may hold nothing; where 30 % wait at all, so many may end before, at the most
        ("{hold: crowded, steps: [{call: b.g}]}, {call: a.g}", FULL, {"a.g": 0.7}),
        ("{steps: [{hold: crowded, steps: [THEN]}, RARE], timeout: 1 s}", waits(0.0), {"hold crowded": 1, "b.g": 0.9}),
        (
            "{steps: [{hold: crowded, steps: [{call: b.g}]}], timeout: 1 s}", waits(0.3),
            {"hold crowded": 1, "b.g": 0.7},
        ),
        (
            "{steps: [{hold: crowded, steps: [{call: b.g}]}, {wait: 2 s}], timeout: 1 s}", waits(0.3),
            {"hold crowded": 1, "b.g": 0.7},
        ),
    ],
)  # fmt: skip
def test_the_least_uses_beside_queues_that_are_given(
    steps: str, waiting: Waiting, counted: dict[str, float]
) -> None:
    found = {name: amount for name, amount in amounts(beside(steps, crowded=waiting)).items() if amount > 0}
    assert found == pytest.approx(counted, abs=3e-3)


@pytest.mark.parametrize(("offered", "share"), [(0.0, 1.0), (5.0, None), (20.0, 0.0)])
def test_a_rate_limit_lets_through_what_a_bucket_surely_does(offered: float, share: float | None) -> None:
    """5/s offered to 10/s with a burst of 3: at most exp(-2 theta / 10) are turned away, theta = 12.56 solves
    5 (e^(theta/10) - 1) = theta."""
    let = 1 - math.exp(-2 * 12.564312086261696 / 10) if share is None else share
    found = amounts(beside("{call: a.g, limit: {rate: 10/s, burst: 3}}", offered))
    assert found.get("a.g", 0.0) == pytest.approx(let, rel=1e-6)


def test_an_open_part_is_used_as_much_as_the_one_that_uses_least() -> None:
    """`part` calls b.g, or a.g and b.g twice: name by name the least, which hangs on the choice."""
    text = TEXT.replace("LINE", "").replace("STEPS", "{call: part.f}, {call: a.g}").replace(
        "  pool:",
        "  one: {kind: s, offers: {f: {work: 0 s, steps: [{call: b.g}]}}}\n"
        "  two: {kind: s, offers: {f: {work: 0 s, steps: [{call: a.g}, {call: b.g}, {call: b.g}]}}}\n"
        "  three: {kind: s, offers: {g: {work: 0 s}}}\n"
        "  part: {kind: s, offers: {f: {work: 0 s}}}\n  pool:",
    )  # fmt: skip
    c = opened(text, "part", "which", one="one", two="two")
    roles = frozenset({"which"})
    found = least(c)[0]
    assert found == {"part.f": (1.0, roles), "b.g": (1.0, roles), "a.g": (1.0, roles)}
    lacks = least(opened(text, "part", "which", three="three", two="two"))[0]
    assert (amounts(lacks)["a.g"], amounts(lacks)["b.g"]) == (1.0, 0.0)  # one of the ways doesn't call them
    assert least(c.with_partial({"which": "two"}))[0]["b.g"][0] == 2.0
    assert amounts(least(c.with_partial({"which": "one"}))[0]) == {"part.f": 1, "b.g": 1, "a.g": 1}


def test_an_open_step_is_the_alternative_that_uses_least() -> None:
    flows = loads(HEAD + TEXT.replace("LINE", "").replace("STEPS", "{call: a.g}, {call: b.g}"))
    main = flows.flows["main"]
    first, second = main.steps
    choice = Step(
        Open("which", (("x", (first,)), ("y", (first, first, second)))), main.at, "flows.main.steps.1"
    )
    both = replace(main, steps=(choice, second))
    c = on(replace(flows, flows={**flows.flows, "main": both}))
    roles = frozenset({"which"})
    assert least(c)[0] == {"a.g": (1.0, roles), "b.g": (1.0, roles)}
    assert least(c.with_partial({"which": "y"}))[0] == {"a.g": (2.0, roles), "b.g": (2.0, roles)}
