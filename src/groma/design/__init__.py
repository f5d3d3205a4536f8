"""From a brief to designs that are proven: the front of what is possible, proposals, and the price of everything.

`design(brief, catalog, patterns)` gives a `Blueprint`. Wishes are compared at their nominal values, needs are held
against whole intervals; everything shown is proven on the finished model of the design.
"""

from groma.design.blueprint import (
    Blueprint,
    Certificate,
    FrontPoint,
    Proposal,
    RoleSummary,
    SpaceSummary,
)
from groma.design.conflicts import Conflicts, Relaxation
from groma.design.decisions import Broken, Decision, Rejected
from groma.design.designer import design
from groma.design.prices import Flip, Price, PriceFlip
from groma.design.risks import RiskHeld
from groma.design.robust import FactFlip, Robustness, Turn, UnderDemand
from groma.design.tradeoffs import Difference, Move, Tradeoff

__all__ = [
    "Blueprint", "Broken", "Certificate", "Conflicts", "Decision", "Difference", "FactFlip", "Flip",
    "FrontPoint", "Move", "Price", "PriceFlip", "Proposal", "Rejected", "Relaxation", "RiskHeld", "Robustness",
    "RoleSummary", "SpaceSummary", "Tradeoff", "Turn", "UnderDemand", "design",
]  # fmt: skip
