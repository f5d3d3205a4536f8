"""Logs of calls of language models, as gateways export them, and bills over time.

`read_usage` reads LiteLLM's spend logs, Langfuse's observations (both as JSON, JSON lines or CSV) or a CSV of bills,
whichever the names of its fields say.
"""

from groma.importers.usage.read import UsageError, UsageFile, read_usage

__all__ = ["UsageError", "UsageFile", "read_usage"]
