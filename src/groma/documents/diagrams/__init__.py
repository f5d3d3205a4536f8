"""Diagrams: what they say (`diagram`), how they are laid out and drawn, and how other tools read them."""
