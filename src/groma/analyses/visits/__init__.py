"""How often a run uses each operation, person and pool."""
