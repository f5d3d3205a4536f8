"""Rules about language models: those one serves oneself, and what their calls cost more than they must."""
