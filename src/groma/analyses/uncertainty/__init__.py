"""What isn't known better, carried to figures: studies of many points, sweeps, and which fact matters most."""
