"""Mathematics that knows no model: distributions, queueing, simulation, fault trees, serving, optimisation."""
