"""Calls that may wait for ever."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.model_programs import programs
from groma.model.program import Call, Step, inner_steps
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every call; those without a timeout or deadline of their own or around them in the same program."""
    calls = [found for _, steps in programs(subject.model) for found in _calls(steps, bounded=False)]
    hits = (
        Hit(
            step.path,
            f"How long {call.component}.{call.operation} is waited for isn't stated",
            "neither `timeout` nor `deadline`",
            step.at,
            key="timeout",
        )
        for step, call, bounded in calls
        if not bounded
    )
    return Look(len(calls), tuple(hits))


def _calls(steps: tuple[Step, ...], bounded: bool) -> Iterator[tuple[Step, Call, bool]]:
    for step in steps:
        limited = bounded or step.policies.timeout is not None or step.policies.deadline is not None
        if isinstance(step.action, Call):
            yield step, step.action, limited
        for _, inner in inner_steps(step):
            yield from _calls(inner, limited)


RULE = Rule(
    id="call-without-limit",
    title="Call of which nobody says how long it is waited for",
    looks_for="Calls without `timeout` or `deadline` of their own or around them, whoever starts the flow.",
    why="Every library has a limit of its own, from none to two minutes; whoever builds it takes that.",
    source="Nygard, Release It!, 2nd ed. 2018, chapter 5 (timeouts)",
    severity="warning",
    tags=("ambiguity", "programs"),
    consequence="What waits hangs as long as some default says.",
    remedy="State a timeout a little above the slowest answer that is still of use.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}}
flows: {ask: {steps: [{call: crm.add, timeout: 10 s}]}}
""",
    bad="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}}
flows: {ask: {steps: [{call: crm.add}]}}
""",
    expected=("call-without-limit:flows.ask.steps.1/timeout",),
)
