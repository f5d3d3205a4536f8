"""The economics of model calls: numbers in, numbers out.

- `Line`, `crossings`: where a stepped monthly cost of instances meets a price by the request
- `Stage`, `Policy`, `policies`, `frontier`: one model, or a cheap one that hands on what it is unsure of
- `kept_warm`, `net_of_false_hits`: prompt (prefix) caches and semantic caches
- `throttled`, `accounts_needed`: rate limits of providers against a compound Poisson demand
- `pays_from`: the share of time from which a commitment pays
"""

from groma.solvers.inference.breakeven import Line, crossings, first_below, monthly
from groma.solvers.inference.caches import kept_warm, net_of_false_hits
from groma.solvers.inference.cascades import MOST_STAGES, Policy, Stage, frontier, policies
from groma.solvers.inference.commitments import pays_from
from groma.solvers.inference.limits import Throttled, accounts_needed, throttled

__all__ = [
    "MOST_STAGES",
    "Line",
    "Policy",
    "Stage",
    "Throttled",
    "accounts_needed",
    "crossings",
    "first_below",
    "frontier",
    "kept_warm",
    "monthly",
    "net_of_false_hits",
    "pays_from",
    "policies",
    "throttled",
]
