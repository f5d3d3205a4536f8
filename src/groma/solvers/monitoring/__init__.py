"""Mathematics of watching a system: alarms on shares and counts, control charts, sample sizes, raters' agreement.

Knows no model: rates (1/s), windows (s), shares and counts in; rates, probabilities and counts out.
"""

from groma.solvers.monitoring.agreement import cohen_kappa, krippendorff_alpha
from groma.solvers.monitoring.alarms import Pair, count_alarms, count_limit, ratio_alarms, ratio_detection
from groma.solvers.monitoring.burn import budget_spent, burn_rate, reset_time, time_to_detect
from groma.solvers.monitoring.charts import cusum_arl, cusum_limit, ewma_arl, ewma_limit
from groma.solvers.monitoring.distances import ks_limit, psi, psi_limit
from groma.solvers.monitoring.intervals import clopper_pearson, wilson
from groma.solvers.monitoring.samples import (
    cases_against_target,
    cases_paired,
    cases_two_shares,
    power_against_target,
    power_paired,
    power_two_shares,
)
from groma.solvers.monitoring.spend import Stream, spend_limit

__all__ = [
    "Pair", "Stream", "budget_spent", "burn_rate", "cases_against_target", "cases_paired", "cases_two_shares",
    "clopper_pearson", "cohen_kappa", "count_alarms", "count_limit", "cusum_arl", "cusum_limit", "ewma_arl",
    "ewma_limit", "krippendorff_alpha", "ks_limit", "power_against_target", "power_paired", "power_two_shares", "psi",
    "psi_limit", "ratio_alarms", "ratio_detection", "reset_time", "spend_limit", "time_to_detect", "wilson",
]  # fmt: skip
