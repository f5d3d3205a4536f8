"""Rules about parts: what everything hangs on, what runs full, who it is bought from."""
