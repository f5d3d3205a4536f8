"""Modules that every workflow export carries with it, word for word: they use Python's standard library only."""
