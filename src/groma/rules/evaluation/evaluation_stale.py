"""Data sets whose cases are older than they may become."""

from __future__ import annotations

from groma.model.printed import format_quantity
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data sets of which it is known how old they may become; those that are older at the model's date."""
    looked, hits = 0, list[Hit]()
    for name, held in subject.model.evaluations.items():
        age = subject.figure(f"evaluated/{name}/age")
        if not isinstance(held.lives, Quantity) or age.low is None:
            continue
        looked += 1
        if age.low > held.lives.high:
            hits.append(
                Hit(
                    f"evaluations.{name}",
                    f"{held.title or name} is out of date",
                    f"drawn {held.drawn}, {format_quantity(age.low, 's')} ago; its cases show the work for "
                    f"{held.lives.text}",
                    held.at,
                    figures=(age.name,),
                )
            )
    return Look(looked, tuple(hits))


RULE = Rule(
    id="evaluation-stale",
    title="Data set out of date",
    looks_for="`evaluations` that were `drawn` longer than they live (`lives`) before the model's date.",
    why="What people ask changes; a set of last year's questions shows last year's quality.",
    source="NIST AI 600-1 (2024), MS-2.5; Google, The ML Test Score, 2017, Monitor 1",
    severity="warning",
    tags=("evaluation", "ai", "observability"),
    consequence="The evaluation passes on questions that nobody asks any more.",
    remedy="Draw cases anew from the work of the last weeks, and have them labelled.",
    check=check,
    good="""\
date: 2026-10-01
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations: {golden: {judges: components.writer, metric: approved, drawn: 2026-08-15, lives: 90 d}}
""",
    bad="""\
date: 2026-10-01
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations: {golden: {judges: components.writer, metric: approved, drawn: 2026-01-15, lives: 90 d}}
""",
    expected=("evaluation-stale:evaluations.golden",),
)
