"""Audits about whether pages are found: sitemaps and the like."""
