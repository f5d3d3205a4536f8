"""Causes, one a file: what is behind symptoms, whatever the practice."""
