"""The published bookstore (layeredqueuing/V6, models/rads-bookstore) as a model of Groma: `examples/bookstore`.

Tasks are components with their threads; a processor is a component whose one server is held for a slice of work; what
the layered model forwards, its caller calls next. Work that is folded over slices there is one slice here.
"""

from __future__ import annotations

from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples/bookstore/model.yaml"


def bookstore(customers: int) -> str:
    """The text of the model with so many customers, without its head."""
    text = EXAMPLE.read_text()
    assert text.count("population: 60") == 1
    return text[text.index("\ncomponents:") :].replace("population: 60", f"population: {customers}")
