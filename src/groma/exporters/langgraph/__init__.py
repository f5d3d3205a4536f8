"""Flows as LangGraph applications: a node for each state, edges for its events, people by `interrupt`."""

from groma.exporters.langgraph.export import EXPORT

__all__ = ["EXPORT"]
