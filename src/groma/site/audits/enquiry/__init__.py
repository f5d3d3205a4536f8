"""Audits about whether a visitor can ask."""
