"""Orchestration: flow programs as explicit state machines, and what can go wrong in them, each with the way there.

`machine_of` reads a flow into a `Machine`; `checks` finds steps that no run meets, runs that never end, joins that
can't complete, effects that nothing undoes, writes that race, models that fail without a way to a person. `certificate`
says what one run can take at most, and how it comes to that.
"""

from groma.analyses.orchestration.draft import TooLarge
from groma.analyses.orchestration.machine import (
    DONE,
    FAILED,
    START,
    UNDO,
    Machine,
    Outcome,
    State,
    StateKind,
    Transition,
    problems,
)
from groma.analyses.orchestration.paths import Reached, name_of_state, reach, told
from groma.analyses.orchestration.reading import machine_of, may_be_skipped, operation_machine

__all__ = [
    "DONE", "FAILED", "START", "UNDO",
    "Machine", "Outcome", "Reached", "State", "StateKind", "TooLarge", "Transition",
    "machine_of", "may_be_skipped", "name_of_state", "operation_machine", "problems", "reach", "told",
]  # fmt: skip
