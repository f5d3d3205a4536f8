"""Audits about structured data: who and what the site says it is about."""
