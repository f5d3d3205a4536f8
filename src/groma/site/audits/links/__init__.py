"""Audits about what the site's own links say."""
