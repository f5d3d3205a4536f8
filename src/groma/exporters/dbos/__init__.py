"""Flows as DBOS workflows: each state a step whose result is kept, people by messages, waits that outlive a crash."""

from groma.exporters.dbos.export import EXPORT

__all__ = ["EXPORT"]
