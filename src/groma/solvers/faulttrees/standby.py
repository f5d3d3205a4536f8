"""Parts that take over from one another: what a takeover costs, and the exact chain of a pair.

A role is filled by one part at a time. Its part fails once in `up` on average; a failure that is noticed (share
`noticed`) leaves the role empty for the takeover, one that isn't for the whole repair. Seen as an alternating renewal
process the role is empty lost / (up + lost) of the time (Trivedi 2001, section 8.2; Dugan & Trivedi 1989 for coverage).
`pair_unavailability` solves the Markov chain of two such parts exactly, and says how good that is.
"""

from __future__ import annotations

import numpy as np


def role_unavailability(up: float, down: float, takeover: float, noticed: float = 1.0) -> float:
    """Share of time that a role with spares is empty because one is taking over, or nobody noticed.

    `up` and `down` are mean times to failure and to repair of one part, in the same unit as `takeover`.
    """
    if not (up > 0.0 and down >= 0.0 and takeover >= 0.0 and 0.0 <= noticed <= 1.0):
        raise ValueError(
            f"expected times of zero or more and a share, found {up}, {down}, {takeover}, {noticed}"
        )
    lost = noticed * takeover + (1.0 - noticed) * down
    return lost / (up + lost)


def pair_unavailability(up: float, down: float, takeover: float, noticed: float = 1.0) -> float:
    """Unavailability of an active part with a hot spare, a crew for each, all times exponential.

    States: both up; active lost and the spare taking over; active lost unnoticed (until its repair); one up and
    serving; none up. The spare fails and is repaired like the active part. A repair during a takeover or an unnoticed
    failure brings the failed part back into its role.
    """
    if not (up > 0.0 and down > 0.0 and takeover > 0.0 and 0.0 <= noticed <= 1.0):
        raise ValueError(f"expected positive times and a share, found {up}, {down}, {takeover}, {noticed}")
    fail, repair, switch = 1.0 / up, 1.0 / down, 1.0 / takeover
    both, taking, unnoticed, one, none = range(5)
    rates = np.zeros((5, 5))
    rates[both, taking] = fail * noticed
    rates[both, unnoticed] = fail * (1.0 - noticed)
    rates[both, one] = fail  # the spare fails: nobody sees it
    rates[taking, one] = switch
    rates[taking, both] = rates[unnoticed, both] = rates[one, both] = repair
    rates[taking, none] = rates[unnoticed, none] = rates[one, none] = fail
    rates[none, one] = 2.0 * repair
    balance = (rates - np.diag(rates.sum(axis=1))).T
    balance[-1] = 1.0
    shares = np.linalg.solve(balance, [0.0, 0.0, 0.0, 0.0, 1.0])
    return float(shares[taking] + shares[unnoticed] + shares[none])
