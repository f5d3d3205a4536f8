"""Rules about recurring work: what it brings, who it waits for, what growth does to it, on whom its value hangs."""
