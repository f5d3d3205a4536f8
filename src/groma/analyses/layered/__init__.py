"""Flows whose steps hold a thread while they call, as layered queueing networks."""
