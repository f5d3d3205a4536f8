"""Calls that wait, repeat or go round without a bound, so that a small fault becomes a large one."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, first_there, flows_at


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    rules = {finding.rule for finding in mine}
    title = f"“{ground.name_of(key)}”: when the other side is slow it is tried again without a bound"
    if rules <= {"call-without-timeout"}:
        title = f"“{ground.name_of(key)}”: when the other side is slow it waits without end"
    elif rules <= {"loop-without-bound"}:
        title = f"“{ground.name_of(key)}” may go round for ever"
    elif rules <= {"pool-held-within-itself"}:
        title = f"“{ground.name_of(key)}”: runs may wait for each other for ever"
    return Case(key=key, title=title, symptoms=mine, touches=(key,), flows=flows_at(ground, (key,)))


CAUSE = Cause(
    id="waits-without-policy",
    title="Nobody decided how long to wait and how often to try again",
    why="The way that works was built; what happens when the other side is slow or away was left to chance.",
    risk="A stutter of seconds becomes an outage of hours, or a bill of a month in a night.",
    source="Nygard, Release It!, 2nd ed. 2018, chapter 5; Beyer et al., Site Reliability Engineering, 2016, ch. 22; "
    "Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021",
    explains=(
        Explains("call-without-timeout", "it waits as long as the other side likes", "certain"),
        Explains("retry-amplification", "each layer tries again, so attempts multiply", "certain"),
        Explains("retry-overload", "its own attempts are more load than it can carry", "certain"),
        Explains("loop-without-bound", "nothing ends it", "certain"),
        Explains("pool-held-within-itself", "runs wait for what they hold, and for each other", "certain"),
    ),
    find=by(first_there, tell),
    remedy=Remedy(
        "State for each call how long to wait, how often to try again within which budget, and what happens then.",
        (4.0, 32.0),
        "software engineer",
        (0.7, 1.0),
        "judgement: an hour or two for each call, and a trial with the other side switched off",
    ),
    structural=True,
    tags=("programs",),
    good="""\
components:
  db: {kind: database, replicas: 2, threads: 8, fails: {availability: 99.9 %}, offers: {read: {work: 1 ms}}}
  app:
    kind: service
    replicas: 2
    fails: {availability: 99.9 %}
    offers: {get: {work: 1 ms, steps: [{call: db.read, timeout: 100 ms}]}}
flows: {show: {starts: {rate: 1/s}, steps: [{call: app.get, timeout: 1 s, retry: 1}]}}
""",
    bad="""\
components:
  db: {kind: database, replicas: 2, threads: 8, fails: {availability: 99.9 %}, offers: {read: {work: 1 ms}}}
  app:
    kind: service
    replicas: 2
    fails: {availability: 99.9 %}
    offers: {get: {work: 1 ms, steps: [{call: db.read, retry: 2}]}}
flows: {show: {starts: {rate: 1/s}, steps: [{call: app.get, retry: 2}]}}
""",
    expected=("components.app",),
)
