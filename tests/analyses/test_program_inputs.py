"""What a flow's time, success and use are told to be worked out from, path by path as it is written."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ONE
from groma.analyses.program_inputs import enter_counts, enter_held, enter_inputs, enter_rate, unstated_counts
from groma.analyses.visits.use import Use
from groma.model.program import Step

PARTS = """
people: {ana: {role: clerk}, bo: {role: clerk}}
components:
  a: {kind: s, offers: {f: {work: 1 ms, per: {rows: 2 ms}, fails: 1 %, throttled: 2 %, steps: [{call: b.g}]}}}
  b: {kind: s, offers: {g: {work: 3 ms}, h: {work: 4 ms}}}
  pool: {kind: pool, threads: 2}
connections:
  ab: {from: a, to: b, latency: 5 ms, loss: 3 %, gives_up_after: 6 ms}
  bb: {from: bo, to: b, latency: 7 ms}
flows:
  main: {starts: {rate: 1/h}, steps: [STEPS]}
  other: {starts: {rate: 2/h, busiest: 9/h}, by: bo, steps: [{call: b.h}]}
  inner: {steps: [{wait: 8 ms}, {call: b.h}]}
"""
STARTS = ("flows.main.starts.rate", "flows.other.starts.rate", "flows.other.starts.busiest")
A = "components.a.offers.f"
OF_A = (f"{A}.work", f"{A}.per.rows", f"{A}.fails", f"{A}.throttled")
B = ("components.b.offers.g.work",)
LINE = ("connections.ab.latency", "connections.ab.loss", "connections.ab.gives_up_after")
CALL = "{call: a.f, sizes: {rows: 3}"
OF_CALL = ("STEP.sizes.rows", *OF_A, *LINE, *B)


def program(steps: str) -> Context:
    return context(PARTS.replace("STEPS", steps))


def entered(evidence: Evidence) -> set[str]:
    return {name.removeprefix("model/") for name in evidence.inputs}


@pytest.mark.parametrize(
    ("steps", "paths", "counts"),
    [
        (CALL + "}", OF_CALL, (f"{A}.fails", f"{A}.throttled", "connections.ab.loss")),
        ("{send: a.f, sizes: {rows: 3}}", OF_CALL, (f"{A}.fails", f"{A}.throttled", "connections.ab.loss")),
        # what is called twice is read once, and each call has its own sizes
        (CALL + "}, " + CALL + "}", ("flows.main.steps.2.sizes.rows", *OF_CALL), None),
        ("{call: b.h}", ("components.b.offers.h.work",), ()),
        ("{wait: 1 s}", ("STEP.wait",), ()),
        ("{ask: ana, takes: 1 s, rejects: 5 %}", ("STEP.takes", "STEP.rejects"), ("STEP.rejects",)),
        (
            "{choose: [{share: 30 %, steps: [{wait: 1 s}]}, {share: 70 %, steps: []}]}",
            ("STEP.branch 1.share", "STEP.branch 2.share", "STEP.choose.1.steps.1.wait"),
            ("STEP.branch 1.share", "STEP.branch 2.share"),
        ),
        ("{repeat: {times: 3, steps: []}}", ("STEP.times",), ("STEP.times",)),
        ("{repeat: {until: 10 %, steps: []}}", ("STEP.until",), ("STEP.until",)),
        ("{do: inner}", ("flows.inner.steps.1.wait", "components.b.offers.h.work"), ()),
        # who runs it calls from where they are
        ("{do: other}", ("connections.bb.latency", "components.b.offers.h.work"), ()),
        ("{hold: pool, steps: [{wait: 1 s}]}", ("STEP.steps.1.wait",), ()),
        ("{wait: 1 s, retry: {times: 1, backoff: 2 s}}", ("STEP.wait", "STEP.retry.backoff"), ()),
        ("{wait: 1 s, timeout: 2 s, deadline: 3 s}", ("STEP.wait", "STEP.timeout", "STEP.deadline"), None),
        ("{wait: 1 s, hedge: {after: 2 s}}", ("STEP.wait", "STEP.hedge.after"), None),
        ("{wait: 1 s, limit: {rate: 2/s, burst: 3}}", ("STEP.wait", "STEP.limit.rate"), None),
        (
            "{wait: 1 s, cache: {hits: 30 %, takes: 1 ms}}",
            ("STEP.wait", "STEP.cache.hits", "STEP.cache.takes"),
            ("STEP.cache.hits",),
        ),
        (
            "{wait: 1 s, guard: {name: x, takes: 1 ms, rejects: 4 %, steps: [{wait: 2 s}]}}",
            ("STEP.wait", "STEP.guard x.takes", "STEP.guard x.rejects", "STEP.guard.steps.1.wait"),
            ("STEP.guard x.rejects",),
        ),
        ("{wait: 1 s, fallback: [{wait: 2 s}]}", ("STEP.wait", "STEP.fallback.1.wait"), ()),
    ],
)
def test_a_flow_depends_on_what_stands_in_it(
    steps: str, paths: tuple[str, ...], counts: tuple[str, ...] | None
) -> None:
    """All it names, and the rates of all flows; how often it uses anything on a part of that, and on everything (None)
    where somebody gives up or is turned away."""

    def here(names: tuple[str, ...]) -> set[str]:
        return {name.replace("STEP", "flows.main.steps.1") for name in names}

    given = program(steps)
    whole, often = Evidence(given), Evidence(given)
    enter_inputs(whole, "main")
    assert entered(whole) == here(paths) | set(STARTS)
    enter_counts(often, "main")
    assert entered(often) == (
        here(counts) if counts is not None and "timeout" not in steps else entered(often)
    )


def test_rates_are_those_of_the_busiest_hour_and_of_who_starts_by_itself() -> None:
    given = program("{wait: 1 s}")
    for flow, names in (("main", {"flows.main.starts.rate"}), ("inner", set[str]())):
        evidence = Evidence(given)
        enter_rate(evidence, flow)
        assert entered(evidence) == names and evidence.missing == ()
    unknown = context("flows: {main: {starts: {rate: unknown}, steps: []}}\n")
    evidence = Evidence(unknown)
    enter_rate(evidence, "main")
    assert evidence.missing == ("flows.main.starts.rate: state the mean rate over a month",)


UNKNOWN = (
    "{wait: unknown}, {repeat: {times: unknown, steps: [{wait: 1 s}]}}, {call: a.f, sizes: {rows: unknown}}"
)


def test_what_decides_how_often_anything_is_used_and_nobody_states() -> None:
    assert unstated_counts(program(UNKNOWN), "main") == ("flows.main.steps.2.times",)
    hurried = program(UNKNOWN + ", {wait: 1 s, timeout: 2 s}")
    assert unstated_counts(hurried, "main") == (
        "flows.main.steps.1.wait", "flows.main.steps.2.times", "flows.main.steps.3.sizes.rows",
    )  # fmt: skip
    evidence = Evidence(hurried)
    enter_counts(evidence, "main")
    assert "flows.main.steps.4.timeout" in entered(evidence) and evidence.missing == ()


def use(given: Context, step: Step, kind: str) -> Use:
    return Use(kind, "", "", step, None, ONE)


def test_how_long_one_use_holds_what_it_uses() -> None:
    given = program("{hold: pool, steps: [{wait: 1 s}], timeout: 9 s}, " + CALL + ", timeout: 1 s}")
    holding, calling = given.model.flows["main"].steps
    evidence = Evidence(given)
    enter_held(evidence, use(given, holding, "hold"))
    assert entered(evidence) == {"flows.main.steps.1.steps.1.wait"}
    evidence = Evidence(given)
    enter_held(evidence, use(given, calling, "call"))
    assert entered(evidence) == {"flows.main.steps.2.sizes.rows", *OF_A, *LINE, *B}
