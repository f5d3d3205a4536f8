"""The error of a diagram that can't be drawn, apart so that data types and layout engine both can raise it."""

from __future__ import annotations


class DiagramError(ValueError):
    """What is wrong with the diagram, in words for the person who described it."""
