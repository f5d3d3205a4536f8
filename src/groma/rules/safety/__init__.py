"""Rules about systems with a model in them: what it reads, what it may do, what stands between, what the law asks.

They look only at models in which some component writes freely (`llm`, `agent`, ...).
"""
