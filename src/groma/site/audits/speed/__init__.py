"""Audits about transport and speed, as far as a page's own answer shows them."""
