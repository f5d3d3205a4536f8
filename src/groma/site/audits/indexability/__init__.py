"""Audits about whether pages may stand in an index, and under which address."""
