"""Audits about the words: titles, headings, answers, sources."""
