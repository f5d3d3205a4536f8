"""Fault trees: exact probability, cut sets and importance of Boolean formulas over independent events.

Write a formula (`Event`, `And`, `Or`, `Not`, `AtLeast`), or take the failure formula of a success formula with
`structure`; then ask for its `probability`, `minimal_cut_sets` or `importances`. `compile_formula` once when
the same formula is asked often. What can't be answered exactly is a `Refusal`, with bounds where they exist.
"""

from groma.solvers.faulttrees.apportion import apportioned
from groma.solvers.faulttrees.brute_force import brute_force, brute_force_cut_sets
from groma.solvers.faulttrees.common_cause import (
    CommonCause,
    alpha_shares,
    beta_factor,
    beta_shares,
    causes,
    common_cause,
    greek_shares,
    k_of_n_failed,
    phi_shares,
)
from groma.solvers.faulttrees.compiled import Compiled, compile_formula
from groma.solvers.faulttrees.cutsets import CutSet, CutSets, minimal_cut_sets
from groma.solvers.faulttrees.evaluation import Chance
from groma.solvers.faulttrees.formula import (
    ALWAYS,
    NEVER,
    And,
    AtLeast,
    Constant,
    Event,
    Formula,
    Not,
    Or,
    events_of,
    structure,
    xor,
)
from groma.solvers.faulttrees.importance import Importance, importances
from groma.solvers.faulttrees.openpsa import OpenPsaModel, read_openpsa
from groma.solvers.faulttrees.openpsa_write import write_openpsa
from groma.solvers.faulttrees.openpsa_xml import OpenPsaError
from groma.solvers.faulttrees.probability import Probability, probability
from groma.solvers.faulttrees.refusal import Refusal
from groma.solvers.faulttrees.repairable import (
    equivalent_unavailability,
    group_unavailability,
    mean_time_to_down,
    probability_of_down,
    unavailability,
)
from groma.solvers.faulttrees.standby import pair_unavailability, role_unavailability

__all__ = [
    "ALWAYS",
    "NEVER",
    "And",
    "AtLeast",
    "Chance",
    "CommonCause",
    "Compiled",
    "Constant",
    "CutSet",
    "CutSets",
    "Event",
    "Formula",
    "Importance",
    "Not",
    "OpenPsaError",
    "OpenPsaModel",
    "Or",
    "Probability",
    "Refusal",
    "alpha_shares",
    "apportioned",
    "beta_factor",
    "beta_shares",
    "brute_force",
    "brute_force_cut_sets",
    "causes",
    "common_cause",
    "compile_formula",
    "equivalent_unavailability",
    "events_of",
    "greek_shares",
    "group_unavailability",
    "importances",
    "k_of_n_failed",
    "mean_time_to_down",
    "minimal_cut_sets",
    "pair_unavailability",
    "phi_shares",
    "probability",
    "probability_of_down",
    "read_openpsa",
    "role_unavailability",
    "structure",
    "unavailability",
    "write_openpsa",
    "xor",
]
