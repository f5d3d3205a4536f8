"""Bytes over lines: when transfers that share lines end, and how long copies made again and again take.

`ends` runs transfers that start at given times (or after each other) with max-min fair shares of the lines; `duration`
bounds a copy that meets the copies of others; `recovery_point` is the age of the newest copy at the worst instant.
Volumes in bytes, rates in bytes a second, times in seconds; infinity says that something never ends.
"""

from groma.solvers.transfers.copies import Copying, duration, recovery_point
from groma.solvers.transfers.fluid import Ended, Transfer, ends

__all__ = ["Copying", "Ended", "Transfer", "duration", "ends", "recovery_point"]
