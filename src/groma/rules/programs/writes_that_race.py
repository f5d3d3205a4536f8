"""Branches that write the same thing at the same time."""

from __future__ import annotations

from groma.analyses.orchestration.checks import racing_writes
from groma.rules.programs.flaws import look
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every `parallel`; operations with an effect that two of its branches reach, nested ones included."""
    return look(subject, racing_writes(subject.context), "Two branches write the same thing at the same time")


RULE = Rule(
    id="writes-that-race",
    title="Writes that race",
    looks_for="`parallel` of which two branches reach the same operation with `effect: once` or `idempotent`, through "
    "nested operations and flows too, without a common `hold` around both.",
    why="Which of two comes last is chance. The same run then leaves different data behind on different days.",
    source="Bernstein, Analysis of Programs for Parallel Processing, 1966 (conditions for branches to commute)",
    severity="warning",
    tags=("programs", "consistency"),
    consequence="One of the writes is lost or done twice, now and then, and no test shows it reliably.",
    remedy="Write after the join, hold a lock around both, or give the operation a key (`effect: keyed`).",
    phases=("assess", "build"),
    check=check,
    good="""\
components: {books: {kind: tool, offers: {enter: {work: 1 s, effect: idempotent}}}, lock: {kind: lock, threads: 1}}
flows:
  pay:
    steps:
      - parallel: [[{hold: lock, steps: [{call: books.enter}]}], [{hold: lock, steps: [{call: books.enter}]}]]
""",
    bad="""\
components:
  books: {kind: tool, offers: {enter: {work: 1 s, effect: idempotent}}}
  desk: {kind: service, offers: {close: {work: 1 s, steps: [{call: books.enter}]}}}
flows: {pay: {steps: [{parallel: [[{call: books.enter}], [{call: desk.close}]]}]}}
""",
    expected=("writes-that-race:flows.pay.steps.1/books.enter",),
)
