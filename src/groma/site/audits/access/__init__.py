"""Audits about whether crawlers and people can get pages at all."""
