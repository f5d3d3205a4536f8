"""Pools that are asked for by whoever holds one of them already."""

from __future__ import annotations

from groma.analyses.held_within import Within, held_within
from groma.analyses.reach import servers
from groma.model.program import Call, Hold
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every step that takes a unit of something of which there are so many only; those inside which a run asks for one
    more of the same, and nothing ends its wait."""
    takes = 0
    for _, step in subject.steps:
        if isinstance(step.action, Hold | Call):
            found = subject.context.candidates(step.action.component)
            takes += any(servers(component) is not None for component in found)
    return Look(takes, tuple(_hit(found) for found in held_within(subject.context)))


def _hit(found: Within) -> Hit:
    way = f", through {' > '.join(found.way)}" if found.way else ""
    wants = f"a run then wants {found.depth} at once"
    if found.enough == 1:
        happens = f"a single run wants more than the {found.units} there are, and waits for itself"
    else:
        safe = (found.units - 1) // (found.depth - 1)
        happens = (
            f"with {found.units} of it, {found.enough} runs at once that hold what they have and wait are enough"
            f" (up to {safe} are safe)"
        )
    return Hit(
        found.first.path,
        f"{found.component} is asked for by whoever holds it: runs may wait for each other for ever",
        f"asked for again at {found.step.path}{way}; {wants}; {happens}",
        found.first.at,
        key=found.component,
    )


RULE = Rule(
    id="pool-held-within-itself",
    title="A pool that is held within itself",
    looks_for="A `hold` of a pool, or a call that keeps a thread, inside which the same run asks for one more of the "
    "same: directly, in a flow it does, or through operations that it calls. Left out are waits that a `timeout` or "
    "`deadline` ends, and ways on which an outer pool, or the number of customers, lets too few runs at it at once.",
    why="Who waits for one more keeps what it has. Once all units are held by those who wait, nobody ever goes on, "
    "however many units there are: more of them only make it seldom.",
    source="Coffman, Elphick and Shoshani, System Deadlocks, ACM Computing Surveys 3(2), 1971 (hold and wait); "
    "Habermann, Prevention of System Deadlocks, CACM 12(7), 1969 (how many are enough)",
    severity="error",
    tags=("programs", "capacity"),
    consequence="On a busy day all that needs the pool stands still, without any error, until somebody restarts it.",
    remedy="Hold it once around both, ask for all at once, take the second from a pool of its own, or give the wait a "
    "`timeout` after which what is held is given back.",
    phases=("assess", "build"),
    check=check,
    good="""\
components: {lines: {kind: pool, threads: 5}, more: {kind: pool, threads: 5}}
flows:
  book:
    steps:
      - {hold: lines, steps: [{wait: 1 s}, {hold: more, steps: [{wait: 1 s}]}]}
      - {hold: lines, steps: [{wait: 1 s}, {hold: lines, timeout: 5 s, steps: [{wait: 1 s}]}]}
""",
    bad="""\
components: {lines: {kind: pool, threads: 5}}
flows: {book: {steps: [{hold: lines, steps: [{wait: 1 s}, {hold: lines, steps: [{wait: 1 s}]}]}]}}
""",
    expected=("pool-held-within-itself:flows.book.steps.1/lines",),
)
