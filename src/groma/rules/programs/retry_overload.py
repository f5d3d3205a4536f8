"""Parts that their own callers' retries can hold down: overload that goes on after its reason is gone."""

from __future__ import annotations

from groma.model.model_programs import programs
from groma.model.program import Call, Send, Step, walk
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Components with a stated number of servers that are called with retries; those that can't carry every attempt."""
    calls: dict[str, list[Step]] = {}
    for _, steps in programs(subject.model):
        for step in walk(steps):
            if isinstance(step.action, Call | Send):
                calls.setdefault(step.action.component, []).append(step)
    looked_at = 0
    hits: list[Hit] = []
    for component in subject.components():
        attempts = min((_attempts(step) for step in calls.get(component.name, ())), default=1)
        if component.threads is None or attempts == 1:
            continue
        looked_at += 1
        figure = subject.figure(f"utilisation/{component.name}")
        if figure.low is not None and figure.low < 1.0 < figure.low * attempts:
            hits.append(
                Hit(
                    calls[component.name][0].path,
                    f"Retries alone can keep {component.title or component.name} overloaded",
                    f"every call may be tried {attempts} times: more than its servers can carry",
                    calls[component.name][0].at,
                    figures=(figure.name,),
                )
            )
    return Look(looked_at, tuple(hits))


def _attempts(step: Step) -> int:
    """How often one call may be tried, where nothing bounds its retries; one where a budget or a breaker does."""
    retry = step.policies.retry
    if retry is None or retry.budget is not None or step.policies.breaker is not None:
        return 1
    return 1 + retry.times


RULE = Rule(
    id="retry-overload",
    title="Retries that can hold a part down",
    looks_for="Components with `threads` that carry today's load, but not with every call tried as often as its "
    "`retry` allows; calls with a retry budget or a breaker are bounded.",
    why="After a short fault all callers try again at once. If that is more than the part can carry, calls go on "
    "failing and being tried again, though the fault is over.",
    source="Bronson, Aghayev, Charapko and Zhu, Metastable Failures in Distributed Systems, HotOS 2021",
    severity="warning",
    tags=("programs", "capacity"),
    consequence="An outage of seconds lasts until somebody turns the load away.",
    remedy="Give the retries a budget (`budget: 10 %`) or a breaker, or leave room for every attempt.",
    check=check,
    good="""\
components: {db: {kind: database, threads: 8, offers: {read: {work: 100 ms}}}}
flows: {show: {starts: {rate: 20/s}, steps: [{call: db.read, timeout: 1 s, retry: {times: 1}}]}}
""",
    bad="""\
components: {db: {kind: database, threads: 3, offers: {read: {work: 100 ms}}}}
flows: {show: {starts: {rate: 20/s}, steps: [{call: db.read, timeout: 1 s, retry: {times: 1}}]}}
""",
    expected=("retry-overload:flows.show.steps.1",),
)
