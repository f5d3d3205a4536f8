"""Audits about whether everybody can use the page."""
