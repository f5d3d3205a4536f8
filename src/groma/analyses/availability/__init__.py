"""The share of runs that find what they need up, in two ways: by structure, and state by state."""
