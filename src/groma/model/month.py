"""A month as rates and bills count it everywhere: 730 hours, a twelfth of 8,760."""

HOURS_PER_MONTH = 730
SECONDS_PER_HOUR = 3600
SECONDS_PER_MONTH = HOURS_PER_MONTH * SECONDS_PER_HOUR
WEEKS_PER_MONTH = HOURS_PER_MONTH / 168
