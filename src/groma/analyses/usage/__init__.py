"""What calls of language models cost and why: growth taken apart, and what of it could be saved.

`Call` and `Bill` are neutral rows; importers make them of logs. `looked_at` works out everything at once.
"""

from groma.analyses.usage.calls import Bill, Call
from groma.analyses.usage.growth import Growth, growth, growth_of_bills
from groma.analyses.usage.savings import Saving, savings
from groma.analyses.usage.told import Usage, looked_at

__all__ = ["Bill", "Call", "Growth", "Saving", "Usage", "growth", "growth_of_bills", "looked_at", "savings"]
