"""Optimisation: exact choice over finite variants, with an oracle for what tables can't tell.

A `Problem` (groups, clauses, local tables) goes into a `Master`; `best` finds the proven optimum, `walk_front` the
whole nondominated front, `conflict` the needs that exclude each other. The room knows no model.
"""

from groma.solvers.optimisation.conflict import Conflict, Relaxation, conflict
from groma.solvers.optimisation.encoding import block_of, covers
from groma.solvers.optimisation.front import Front, walk_front
from groma.solvers.optimisation.highs import Rows, SolverFailure, minimise
from groma.solvers.optimisation.master import Cut, Master, Oracle, UnsoundBound, Verdict
from groma.solvers.optimisation.problem import (
    ABSENT,
    Assignment,
    Bound,
    Clause,
    Group,
    Literal,
    Problem,
    ProblemError,
    Term,
    all_assignments,
)
from groma.solvers.optimisation.search import Found, Record, Stopped, best, by_tables, meeting

__all__ = [
    "ABSENT",
    "Assignment",
    "Bound",
    "Clause",
    "Conflict",
    "Cut",
    "Found",
    "Front",
    "Group",
    "Literal",
    "Master",
    "Oracle",
    "Problem",
    "ProblemError",
    "Record",
    "Relaxation",
    "Rows",
    "SolverFailure",
    "Stopped",
    "Term",
    "UnsoundBound",
    "Verdict",
    "all_assignments",
    "best",
    "block_of",
    "by_tables",
    "conflict",
    "covers",
    "meeting",
    "minimise",
    "walk_front",
]
