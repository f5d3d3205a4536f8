"""Pools that are asked for by whoever holds one of them already, or that are held in turns."""

from __future__ import annotations

from groma.analyses.held_in_turns import InTurns
from groma.analyses.held_within import Circle, Within, circles
from groma.analyses.reach import servers
from groma.model.program import Call, Hold
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every step that takes a unit of something of which there are so many only; those inside which a run asks for one
    more of the same, or of something that others hold while they ask for this, and nothing ends its wait."""
    takes = 0
    for _, step in subject.steps:
        if isinstance(step.action, Hold | Call):
            found = subject.context.candidates(step.action.component)
            takes += any(servers(component) is not None for component in found)
    return Look(takes, tuple(_hit(found) for found in circles(subject.context)))


def _hit(found: Circle) -> Hit:
    return _in_turns(found) if isinstance(found, InTurns) else _within(found)


def _in_turns(found: InTurns) -> Hit:
    first, names = found.turns[0].first, " and ".join(found.components)
    asked = "; ".join(f"{turn.told}{_through(turn.way)}" for turn in found.turns)
    there = ", ".join(f"{n} of {name}" for n, name in zip(found.units, found.components, strict=True))
    runs = "a single run is" if found.enough == 1 else f"{found.enough} runs at once that hold and wait are"
    return Hit(
        first.path,
        f"{names} are held in turns: runs may wait for each other for ever",
        f"{asked}; with {there}, {runs} enough",
        first.at,
        key=" and ".join(sorted(found.components)),
    )


def _through(way: tuple[str, ...]) -> str:
    return f", through {' > '.join(way)}" if way else ""


def _within(found: Within) -> Hit:
    way = _through(found.way)
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
    title="A pool that is held within itself, or in turns with another",
    looks_for="A `hold` of a pool, or a call that keeps a thread, inside which the same run asks for one more of the "
    "same: directly, in a flow it does, or through operations that it calls. Also pools and threads that are asked for "
    "in a circle, each while the one before is held: one flow takes a line and then a lock, another the lock and then "
    "a line. Left out are waits that a `timeout` or `deadline` ends, and ways on which an outer pool, or the number of "
    "customers or of places to wait, lets too few runs at it at once.",
    why="Who waits for one more keeps what it has. Once all units are held by those who wait, nobody ever goes on, "
    "however many units there are: more of them only make it seldom.",
    source="Coffman, Elphick and Shoshani, System Deadlocks, ACM Computing Surveys 3(2), 1971 (hold and wait, circular "
    "wait); "
    "Habermann, Prevention of System Deadlocks, CACM 12(7), 1969 (how many are enough)",
    severity="error",
    tags=("programs", "capacity"),
    consequence="On a busy day all that needs the pool stands still, without any error, until somebody restarts it.",
    remedy="Hold it once around both, ask for all at once or in the same order everywhere, take the second from a pool "
    "of its own, or give the wait a `timeout` after which what is held is given back.",
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
