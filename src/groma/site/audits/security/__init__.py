"""Audits about headers and forms that protect visitors."""
