"""Pools held in turns: every way runs can interleave for small programs, circles by hand, and the simulation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations_with_replacement

import pytest

from analyses.given import CATALOG, context
from groma.analyses import assess, figure
from groma.analyses.held_in_turns import InTurns
from groma.analyses.held_within import Within, circles, standing_still
from groma.model.load import loads

Program = tuple[tuple[str, "Program"], ...]
"""Holds one after the other: of what, and what is held inside."""
PARTS = """
components:
  p: {{kind: pool, threads: {p}}}
  q: {{kind: pool, threads: {q}}}
  r: {{kind: pool, threads: {r}}}
  app: {{kind: service, threads: {p}, offers: {{get: {{work: 1 s, steps: [{{call: mid.pass}}]}}, put: {{work: 1 s}}}}}}
  mid: {{kind: service, threads: {q}, offers: {{pass: {{work: 1 s, steps: [{{call: app.put}}]}}}}}}
  own:
    kind: service
    threads: {r}
    offers: {{take: {{work: 1 s, steps: [{{hold: q, steps: [{{wait: 1 s}}]}}]}}, rest: {{work: 1 s}}}}
flows:
  one: {{starts: {{rate: 0.2/s}}, steps: [{one}]}}
  other: {{starts: {{rate: 0.2/s}}, steps: [{other}]}}
"""
HELD_Q = "{hold: q, steps: [{wait: 1 s}]}"
P_THEN_Q = "{hold: p, steps: [{wait: 1 s}, {hold: q, steps: [{wait: 1 s}]}]}"
Q_THEN_P = "{hold: q, steps: [{wait: 1 s}, {hold: p, steps: [{wait: 1 s}]}]}"
Q_THEN_R = "{hold: q, steps: [{wait: 1 s}, {hold: r, steps: [{wait: 1 s}]}]}"


def parts(one: str, other: str = "", p: int = 1, q: int = 1, r: int = 1) -> str:
    return PARTS.format(one=one, other=other or "{wait: 1 s}", p=p, q=q, r=r)


def written(program: Program) -> str:
    return ", ".join(
        f"{{hold: {name}, steps: [{written(inside) or '{wait: 1 s}'}]}}" for name, inside in program
    )


def moves(program: Program) -> Iterator[tuple[str, int]]:
    """What is taken (1) and given back (-1), in order."""
    for name, inside in program:
        yield name, 1
        yield from moves(inside)
        yield name, -1


def hangs(runs: tuple[tuple[tuple[str, int], ...], ...], there: dict[str, int]) -> bool:
    """Whether any way to interleave runs ends with some that wait for ever: a search over all of them."""
    todo, seen = [(0,) * len(runs)], set[tuple[int, ...]]()
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        left = dict(there)
        for run, place in zip(runs, at, strict=True):
            for name, taken in run[:place]:
                left[name] -= taken
        going = [n for n, run in enumerate(runs) if at[n] < len(run)]
        able = [n for n in going if runs[n][at[n]][1] < 0 or left[runs[n][at[n]][0]] > 0]
        if going and not able:
            return True
        todo += [tuple(place + (n == m) for m, place in enumerate(at)) for n in able]
    return False


def drawn(dice: random.Random, held: str = "") -> Program:
    """Up to three deep; seldom of what is held already."""
    names = [dice.choice([name for name in "pqr" if name not in held or dice.random() < 0.1] or ["p"])]
    if held and dice.random() < 0.3:
        names = [] if dice.random() < 0.5 else [*names, dice.choice("pqr")]
    return tuple((name, drawn(dice, held + name) if len(held) < 2 else ()) for name in names)


MOST = 4


@pytest.mark.parametrize("seed", range(150))
def test_the_fewest_runs_that_stand_still_are_those_of_a_search_over_all_their_ways(seed: int) -> None:
    dice = random.Random(seed)
    programs = [drawn(dice), drawn(dice)]
    there = {name: dice.choice((1, 1, 2)) for name in "pqr"}
    found = circles(context(parts(*map(written, programs), **there)))
    told = min((circle.enough for circle in found), default=None)
    each = [tuple(moves(program)) for program in programs]
    fewest = next(
        (
            n
            for n in range(1, MOST + 1)
            if any(hangs(runs, there) for runs in combinations_with_replacement(each, n))
        ),
        None,
    )
    assert (told if told is not None and told <= MOST else None) == fewest, (programs, there, found)


@pytest.mark.parametrize(
    ("one", "other", "sizes", "enough"),
    [
        (P_THEN_Q, Q_THEN_P, (1, 1), 2),
        (P_THEN_Q, Q_THEN_P, (2, 3), 5),
        ("{hold: p, steps: [" + P_THEN_Q + "]}", Q_THEN_P, (4, 1), 3),  # two hold two each
        (P_THEN_Q + ", " + Q_THEN_R, "{hold: r, steps: [{hold: p, steps: [{wait: 1 s}]}]}", (2, 1, 3), 6),
        (P_THEN_Q + ", {hold: q, steps: [{do: other}]}", "{hold: p, steps: [{wait: 1 s}]}", (1, 2), 3),
        # Threads: of an operation that holds a pool, and of two that come to each other.
        ("{call: own.take}", "{hold: q, steps: [{call: own.rest}]}", (1, 3, 2), 5),
        ("{call: app.get}", "", (3, 2), 3),
        # A run of two branches waits for itself.
        ("{parallel: [[" + P_THEN_Q + "], [" + Q_THEN_P + "]]}", "", (1, 1), 1),
        ("{parallel: [[" + P_THEN_Q + "], [" + Q_THEN_P + "]]}", "", (2, 2), 2),
        ("{hold: r, steps: [{parallel: [[" + P_THEN_Q + "], [" + Q_THEN_P + "]]}]}", "", (1, 1), 1),
        ("{hold: r, steps: [{parallel: [[" + P_THEN_Q + "], [" + Q_THEN_P + "]]}]}", "", (2, 1), None),
        ("{hold: r, steps: [{parallel: [[" + P_THEN_Q + "], [" + Q_THEN_P + "]]}]}", "", (2, 1, 2), 2),
        # What nobody waits for under a limit of time, and what is given back by one.
        (P_THEN_Q.replace("{hold: q", "{timeout: 2 s, hold: q"), Q_THEN_P, (1, 1), None),
        ("{timeout: 9 s, steps: [" + P_THEN_Q + "]}", Q_THEN_P, (1, 1), None),
        ("{hold: p, steps: [{call: own.take, timeout: 9 s}]}", Q_THEN_P, (1, 1, 1), None),
        ("{hold: p, steps: [{send: own.take}]}", Q_THEN_P, (1, 1, 1), None),
        ("{hold: p, steps: [{call: own.take}]}", Q_THEN_P, (1, 1, 2), 2),
        # The same order, one after the other, and a lock around both that lets in too few.
        (P_THEN_Q, P_THEN_Q, (1, 1), None),
        (P_THEN_Q, HELD_Q + ", {hold: p, steps: [{wait: 1 s}]}", (1, 1), None),
        ("{hold: r, steps: [" + P_THEN_Q + "]}", "{hold: r, steps: [" + Q_THEN_P + "]}", (1, 1, 1), None),
        ("{hold: r, steps: [" + P_THEN_Q + "]}", "{hold: r, steps: [" + Q_THEN_P + "]}", (1, 1, 2), 2),
        ("{hold: r, steps: [" + P_THEN_Q + "]}", "{hold: r, steps: [" + Q_THEN_P + "]}", (1, 2, 2), None),
    ],
)
def test_circles_counted_by_hand(one: str, other: str, sizes: tuple[int, ...], enough: int | None) -> None:
    found = circles(context(parts(one, other, *sizes)))
    assert [c.enough for c in found if isinstance(c, InTurns)] == ([] if enough is None else [enough])
    assert all(c.components == ("p",) and c.enough == 4 for c in found if isinstance(c, Within))


@pytest.mark.parametrize(("units", "told"), [(2, ["Within"]), (4, ["Within", "InTurns"])])
def test_a_circle_is_told_where_fewer_runs_are_enough_than_for_a_part_of_it(
    units: int, told: list[str]
) -> None:
    """Who hold one p and ask for another stand still as soon as there are as many as p has units: two, or four. With q
    they are one with two of two p and who holds q, no fewer; or two with two each of four, and who holds q."""
    found = circles(context(parts("{hold: p, steps: [" + P_THEN_Q + "]}", Q_THEN_P, units)))
    assert sorted(type(circle).__name__ for circle in found) == sorted(told)
    assert [circle.enough for circle in found if isinstance(circle, InTurns)] == [3] * (len(told) - 1)


@pytest.mark.parametrize(
    ("customers", "queue", "found"), [(2, 9, True), (1, 9, False), (2, 1, True), (2, 0, False)]
)
def test_too_few_customers_or_places_keep_it_from_happening(customers: int, queue: int, found: bool) -> None:
    """One of two branches that are chosen holds p, the other q: it takes two customers, and a place each to wait."""
    text = parts(
        "{choose: [{share: 50 %, steps: [" + P_THEN_Q + "]}, {share: 50 %, steps: [" + Q_THEN_P + "]}]}"
    )
    text = text.replace("threads: 1}", f"threads: 1, queue: {queue}}}").replace(
        "{starts: {rate: 0.2/s}, steps: [{wait: 1 s}]}", "{steps: []}"
    )
    closed = text.replace("rate: 0.2/s", f"population: {customers}, think: 1 s")
    assert bool(circles(context(closed))) == found


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ("join: any, left_over: run on", True),
        ("join: any, left_over: cancel", False),
        ("left_over: run on", False),
    ],
)
def test_branches_that_go_on_let_others_begin_before_they_end(ends: str, found: bool) -> None:
    """Two hold p and one q. One run at a time has r and two branches, of which one holds p: unless one goes on, when
    the other has ended and the next run has r."""
    text = "{hold: r, steps: [{parallel: [[" + P_THEN_Q + "], [" + Q_THEN_P + "]], " + ends + "}]}"
    assert bool(circles(context(parts(text, p=2)))) is found


@pytest.mark.parametrize(
    ("one", "found"),
    [
        ("{hold: p, steps: [{call: done.take}]}", True),
        ("{hold: p, steps: [{call: soon.take}]}", False),
        ("{parallel: [[{wait: 1 s}], [{wait: 1 s}]], guard: [{name: g, steps: [" + P_THEN_Q + "]}]}", True),
    ],
)
def test_what_is_held_where_an_operation_answers_at_once_and_in_a_check(one: str, found: bool) -> None:
    """Who is answered at once gives p back while the operation waits for q; a check holds both as any step does."""
    offers = "{kind: service, offers: {take: {work: 1 s, answers: WHEN, steps: [" + HELD_Q + "]}}}"
    lines = [
        f"  {name}: {offers.replace('WHEN', when)}"
        for name, when in (("done", "when done"), ("soon", "at once"))
    ]
    text = parts(one, Q_THEN_P).replace("components:", "\n".join(["components:", *lines]))
    assert bool(circles(context(text))) is found


@pytest.mark.parametrize(("queue", "found"), [(1, False), (2, True)])
def test_all_who_wait_for_a_station_share_its_places(queue: int, found: bool) -> None:
    """Two hold a unit of q each, one of them inside r, and wait for the only p."""
    text = parts(P_THEN_Q, Q_THEN_P + ", {hold: r, steps: [" + Q_THEN_P + "]}", q=2)
    text = text.replace("p: {kind: pool, threads: 1}", f"p: {{kind: pool, threads: 1, queue: {queue}}}")
    assert bool(circles(context(text))) is found


@pytest.mark.parametrize(
    ("third", "found"),
    [
        ("third: {steps: [" + P_THEN_Q + "]}", False),  # begun inside r alone
        ("third: {starts: {rate: 1/h}, steps: [" + P_THEN_Q + "]}", True),
        ("third: {steps: []}\n  fourth: {steps: [" + P_THEN_Q + "]}", True),  # nobody says where it begins
    ],
)
def test_a_flow_that_others_do_runs_by_itself_only_where_it_starts(third: str, found: bool) -> None:
    """The only r is around the other order, and around the third flow where others do it."""
    one, other = "{hold: r, steps: [{do: third}]}", "{hold: r, steps: [" + Q_THEN_P + "]}"
    assert bool(circles(context(parts(one, other) + f"  {third}\n"))) is found


def test_a_flow_that_comes_to_nothing_that_may_stand_still_has_a_rate_that_it_can_stand() -> None:
    """A second of work at one server; runs of the other flow wait for each other."""
    c = context(parts(f"{P_THEN_Q}, {Q_THEN_P}", "{call: own.rest}"))
    assert figure(c, "saturation/other").value == pytest.approx(1.0)
    found = figure(c, "saturation/one")
    assert found.value is None and "held in turns" in found.reason


def test_all_stations_of_a_circle_stand_still_and_the_sentence_says_where() -> None:
    c = context(parts(P_THEN_Q, Q_THEN_P, 2, 3))
    still = standing_still(c)
    assert set(still) == {"components.p", "components.q"}
    assert still["components.p"].told == (
        "p and q are held in turns (q at flows.one.steps.1.steps.2 while flows.one.steps.1 holds p, p at"
        " flows.other.steps.1.steps.2 while flows.other.steps.1 holds q): with 2 of p, 3 of q, 5 runs at once wait"
        " for each other for ever"
    )
    (alone,) = circles(context(parts("{parallel: [[" + P_THEN_Q + "], [" + Q_THEN_P + "]]}")))
    assert alone.told.endswith("1 of p, 1 of q, one run waits for itself for ever")


def test_a_lock_of_which_there_is_one_is_taken_by_a_branch_or_by_another_run() -> None:
    """Whoever holds p waits for q inside the only r, in a branch; whoever holds q waits for p inside r, too."""
    branch = "{parallel: [[{hold: r, steps: [" + P_THEN_Q + "]}], [{wait: 1 s}]]}"
    assert circles(context(parts(branch, "{hold: r, steps: [" + Q_THEN_P + "]}"))) == ()
    (found,) = circles(context(parts(branch, "{hold: r, steps: [" + Q_THEN_P + "]}", r=2)))
    assert found.enough == 2


def test_threads_kept_along_a_long_way_in_one_order_are_no_circle_and_one_back_makes_one() -> None:
    """Forty services, each held while it calls the next: there are 2^39 ways over some of them, and none back."""
    offers = "{kind: s, threads: 2, offers: {get: {work: 1 s, steps: [{call: NEXT.get}]}, put: {work: 1 s}}}"
    lines = [f"  s{n:02}: {offers.replace('NEXT', f's{n + 1:02}')}" for n in range(40)]
    end = "  s40: {kind: s, threads: 2, offers: {get: {work: 1 s}}}"
    flow = "flows: {main: {starts: {rate: 1/s}, steps: [{call: s00.get}]}}"
    assert circles(context("\n".join(["components:", *lines, end, flow]))) == ()
    for first in ("s39", "s00"):  # to fill any of the 2^39 circles around it takes more than itself
        back = end.replace("{get: {work: 1 s}}", f"{{get: {{work: 1 s, steps: [{{call: {first}.put}}]}}}}")
        (found,) = circles(context("\n".join(["components:", *lines, back, flow])))
        assert (found.components, found.enough) == ((first,), 2)


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("one", "other", "sizes"),
    [(P_THEN_Q, Q_THEN_P, (1, 1)), (P_THEN_Q, Q_THEN_P, (1, 2)), ("{call: app.get}", "", (2, 1))],
)
def test_nothing_is_claimed_of_a_circle_and_the_simulation_finds_no_steady_state(
    one: str, other: str, sizes: tuple[int, ...]
) -> None:
    ledger = assess(loads("groma: 1\nsystem: t\ncurrency: EUR" + parts(one, other, *sizes)), CATALOG)
    for name in ("success/one", "latency/one/p95", "latency/one/mean"):
        shown = ledger[name]
        assert shown.status == "not shown" and shown.reason.endswith("for ever"), name
        assert shown.second is None
    part = "app" if "app" in one else "q"
    assert figure(context(parts(one, other, *sizes)), f"utilisation/{part}").status == "not shown"


@pytest.mark.compiled
def test_in_the_same_order_all_go_on_within_the_ends() -> None:
    ledger = assess(loads("groma: 1\nsystem: t\ncurrency: EUR" + parts(P_THEN_Q, P_THEN_Q, 2, 2)), CATALOG)
    for name in ("success/one", "latency/other/p95", "utilisation/p"):
        assert ledger[name].second is not None and not ledger[name].disputed, name
