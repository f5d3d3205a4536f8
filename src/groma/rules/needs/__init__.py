"""Rules about what is asked and what it is decided by: needs that nothing measures, facts that are weak."""
