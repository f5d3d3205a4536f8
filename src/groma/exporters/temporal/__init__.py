"""Flows as Temporal workflows: an activity for each attempt at an operation, signals for people, durable timers."""

from groma.exporters.temporal.export import EXPORT

__all__ = ["EXPORT"]
