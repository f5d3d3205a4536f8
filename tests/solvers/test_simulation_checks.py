"""Programs that aren't from the assembler: what they are made of is refused where it can't be, with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from groma.model.law import Constant
from groma.solvers.simulation import Program
from groma.solvers.simulation.checks import MOST_CUSTOMERS, checked
from groma.solvers.simulation.checks_code import MOST_LEVELS
from groma.solvers.simulation.program import (
    Action,
    Breaker,
    Cache,
    Calendar,
    Capped,
    Limit,
    Part,
    Retry,
    Scaler,
    Shifted,
    Source,
)
from solvers.simulation_programs import whole_set

ONE = Constant(1.0)
ENDLESS = float("inf")
Allowed = list[dict[str, Any]]


def told(program: Program) -> str:
    """What is wrong with it; empty if nothing is."""
    try:
        checked(program)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("allowed", "refused", "message"),
    [
        ([{"threads": 1}, {"threads": None}], [{"threads": 0}], "needs a thread"),
        (
            [{"units": 1}, {"units": 3, "enough": 3}, {"enough": 0}],
            [{"units": 0}, {"enough": 2}, {"enough": -1}],
            "needs a unit, and",
        ),
        ([{"places": 0}, {"places": None}], [{"places": -1}], "fewer than no places"),
        ([{"levels": 2}, {"levels": MOST_LEVELS}], [{"levels": 0}, {"levels": MOST_LEVELS + 1}], "levels"),
        ([{"discipline": "lifo"}], [{"discipline": "random"}], "unknown discipline `random`"),
        ([{"slope": 0.0}], [{"slope": -0.1}, {"slope": float("nan")}, {"most_wait": -1.0}], "negative time"),
    ],
)
def test_stations_have_what_they_need(allowed: Allowed, refused: Allowed, message: str) -> None:
    program = whole_set()

    def of(features: dict[str, Any]) -> str:
        return told(
            replace(program, stations=(replace(program.stations[0], **features), *program.stations[1:]))
        )

    assert [of(features) for features in allowed] == [""] * len(allowed)
    assert [features for features in refused if message not in of(features)] == []
    assert all(of(features).startswith("station `s` ") for features in refused)


def test_batches_have_a_law_for_each_size() -> None:
    program = whole_set()
    first, second = program.stations
    for laws, message in (
        ((ONE, ONE), ""),
        ((ONE,), "each size of batch from 1 to 2"),
        ((ONE,) * 3, "1 to 2"),
    ):
        found = told(replace(program, stations=(first, replace(second, batch=2, batch_laws=laws))))
        assert (message in found) if message else not found


POISSON = {"gaps": ONE}
OTHER = "is one of: gaps, states, times, customers"


@pytest.mark.parametrize(
    ("allowed", "refused", "message"),
    [
        ([{**POISSON}, {"customers": 1, "gaps": ONE}], [{}, {**POISSON, "times": (1.0,)}], OTHER),
        ([], [{"customers": 2, "gaps": ONE, "times": (1.0,)}], OTHER),
        ([], [{"customers": 2}], "needs a law of thinking"),
        ([{**POISSON}], [{**POISSON, "flow": "g"}], "source of `g` has no flow of this name"),
        (
            [],
            [{"customers": 2, "gaps": ONE, "rates": ((0.0, 1.0),), "period": 1.0}],
            "thinking goes through no period",
        ),
        (
            [{"customers": MOST_CUSTOMERS, "gaps": ONE}],
            [{"customers": MOST_CUSTOMERS + 1, "gaps": ONE}, {"customers": -1, "gaps": ONE}],
            "customers",
        ),
        (
            [{"times": (0.0, 0.0, 2.0)}],
            [{"times": (2.0, 1.0)}, {"times": (-1.0, 1.0)}, {"times": (1.0, ENDLESS)}],
            "needs times in order, from 0 on",
        ),
        (
            [{"states": ((1.0, (0.0, 0.5)), (0.0, (0.5, 0.0)))}],
            [
                {"states": ((1.0, (0.0,)), (0.0, (0.5, 0.0)))},
                {"states": ((-1.0, (0.0, 0.5)), (0.0, (0.5, 0.0)))},
                {"states": ((1.0, (0.0, 0.5)), (0.0, (-0.5, 0.0)))},
            ],
            "for each state a rate into each state, none negative",
        ),
        (
            [{**POISSON, "rates": ((0.0, 0.0), (1.0, 2.0))}],
            [
                {**POISSON, "rates": ((0.5, 1.0),)},
                {**POISSON, "rates": ((0.0, 1.0), (2.0, 1.0), (1.0, 1.0))},
                {**POISSON, "rates": ((0.0, 1.0), (0.0, 1.0))},
                {**POISSON, "rates": ((0.0, -1.0),)},
            ],
            "pieces from 0 on, in order, with rates not negative",
        ),
        (
            [{**POISSON, "rates": ((0.0, 1.0), (2.0, 0.0)), "period": 2.5}],
            [
                {**POISSON, "rates": ((0.0, 1.0), (2.0, 0.0)), "period": 2.0},
                {**POISSON, "period": 2.0},
            ],
            "a period longer than its pieces",
        ),
        ([], [{**POISSON, "rates": ((0.0, 0.0),), "period": 2.0}], "never starts a run"),
        (
            [{"gaps": Shifted(Constant(0.0), 0.1)}, {"gaps": Shifted(ONE, 0.0)}, {"gaps": Capped(ONE, 0.1)}],
            [
                {"gaps": Constant(0.0)},
                {"gaps": Capped(ONE, 0.0)},
                {"gaps": Capped(Constant(0.0), 1.0)},
                {"gaps": Shifted(Constant(0.0), 0.0)},
            ],
            "gaps that are positive at times",
        ),
    ],
)
def test_sources_say_one_thing_that_can_be(allowed: Allowed, refused: Allowed, message: str) -> None:
    program = whole_set()

    def of(features: dict[str, Any]) -> str:
        stated: dict[str, Any] = {"flow": "f", **features}
        source = Source(**stated)
        laws = [source.gaps] if source.gaps is not None else []
        return told(replace(program, laws=(*program.laws, *laws), sources=(source,)))

    assert [of(features) for features in allowed] == [""] * len(allowed)
    assert [features for features in refused if message not in of(features)] == []


RETRY = Retry(1, 2, 0.0, 0.0, 1.0, ENDLESS, None, 1.0, 0)
BREAKER = Breaker(1.0, 0.1, 0.0, 2, 1)
SCALER = Scaler(0, 1, 1, 1.0, 0.1, 0.0)


def but(policy: Any, name: str, value: float) -> Any:
    """The policy with another value of one field."""
    return replace(policy, **{name: value})


@pytest.mark.parametrize(
    ("field", "allowed", "refused", "message"),
    [
        ("durations", [0.0, 5.0], [-1.0, ENDLESS], "a timeout is a finite time"),
        (
            "retries",
            [RETRY, replace(RETRY, times=0, jitter=0.0)],
            [
                but(RETRY, name, value)
                for name, value in (
                    ("times", -1), ("backoff", -0.1), ("factor", -0.1), ("jitter", -0.1), ("jitter", 1.1),
                )
            ],
            "a retry has times",
        ),
        (
            "breakers",
            [BREAKER, replace(BREAKER, share=0.1)],
            [
                but(BREAKER, name, value)
                for name, value in (
                    ("share", 0.0), ("share", 1.1), ("window", 0.0), ("half_open_after", -0.1),
                )
            ],
            "a breaker has a share",
        ),
        ("limits", [Limit(0.1, 1.0)], [Limit(0.0, 1.0), Limit(1.0, 0.9)], "a limit has a rate"),
        (
            "caches",
            [Cache(0, 0, 3, 0.1, 0)],
            [Cache(-1, 0, 3, 1.0, 0), Cache(1, 0, 3, 0.0, 0)],
            "a cache has a size and a life",
        ),
        (
            "calendars",
            [Calendar(0, 2.0, ((0.0, 0), (1.0, 2)))],
            [
                Calendar(0, 2.0, ()),
                Calendar(0, 2.0, ((0.5, 1),)),
                Calendar(0, 2.0, ((0.0, 1), (1.5, 1), (1.0, 2))),
                Calendar(0, 2.0, ((0.0, 1), (0.0, 2))),
                Calendar(0, 1.0, ((0.0, 1), (1.0, 2))),
            ],
            "a calendar has entries from 0 on, in order, within its period",
        ),
        ("calendars", [], [Calendar(0, 2.0, ((0.0, -1),))], "servers that aren't negative"),
        (
            "scalers",
            [SCALER, replace(SCALER, least=2, most=3, target=0.1)],
            [
                but(SCALER, name, value)
                for name, value in (
                    ("least", 0), ("least", 2), ("target", 0.0), ("target", 1.1), ("every", 0.0), ("delay", -0.1),
                )
            ],
            "a scaler has a station with threads",
        ),
        (
            "actions",
            [Action(0.0, "slow", 0, 0.0), Action(1.0, "down", 0), Action(1.0, "up", 0), Action(1.0, "servers", 1)],
            [
                Action(-1.0, "slow", 0, 1.0), Action(ENDLESS, "slow", 0, 1.0), Action(1.0, "slow", 2, 1.0),
                Action(1.0, "down", 1), Action(1.0, "up", 1), Action(1.0, "flush", 1), Action(1.0, "flush", -1),
            ],
            "has a target that is there, and a time",
        ),
        (
            "actions",
            [],
            [Action(1.0, "slow", 0, -1.0), Action(1.0, "slow", 0, ENDLESS)],
            "a slowness is a factor",
        ),
        (
            "parts",
            [Part("p", ONE, ONE, (0,))],
            [Part("p", ONE, ONE, (1,)), Part("p", ONE, ONE, (0, -1))],
            "part `p` has units that are not there",
        ),
    ],
)  # fmt: skip
def test_policies_and_faults_are_such_that_can_be(
    field: str, allowed: list[object], refused: list[object], message: str
) -> None:
    program = replace(whole_set(), laws=(*whole_set().laws, ONE))

    def of(value: object) -> str:
        given = getattr(program, field)
        return told(replace(program, **{field: (value, *given[1:])}))

    assert [of(value) for value in allowed] == [""] * len(allowed)
    assert [value for value in refused if message not in of(value)] == []


def test_no_more_units_are_named_than_a_station_has_and_only_threads_are_scaled() -> None:
    program = whole_set()
    assert "station `s` has fewer units than are named" in told(replace(program, units=(0, 0)))
    endless = replace(program.stations[0], threads=None)
    spread = replace(program, stations=(endless, *program.stations[1:]))
    assert told(spread) == ""
    assert "a scaler has a station with threads" in told(replace(spread, scalers=(SCALER,)))


def test_names_are_each_given_once_and_a_flow_is_there() -> None:
    program = whole_set()
    twice = replace(
        program,
        flows=program.flows * 2,
        stations=(program.stations[0], replace(program.stations[1], name="s")),
    )
    assert told(twice).startswith("there are two flows `f`; there are two stations `s`")
    assert "a program needs a flow" in told(replace(program, flows=(), sources=()))
