"""Groma, the architect's workbench: survey, design, prove, hand over, oversee."""

__version__ = "0.1.0"
