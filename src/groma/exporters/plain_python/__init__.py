"""Flows as a package of plain Python: asyncio state machines with policies, no dependencies."""

from groma.exporters.plain_python.export import EXPORT

__all__ = ["EXPORT"]
