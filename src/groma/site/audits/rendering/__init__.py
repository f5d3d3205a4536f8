"""Audits about what is there before scripts run."""
