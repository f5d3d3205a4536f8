"""How far long work has come, told to whoever listens.

Engines take a `Progress` and report steps; they never print, so the same engine serves the command line, the web
page and a notebook. The shape is the observer of Gamma et al., "Design Patterns" (1994), cut down to one event.
It stands below the model because every floor may do long work.
"""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Listens to long work."""

    def step(self, text: str, done: int, total: int | None = None) -> None:
        """Told that `done` of `total` parts of the work called `text` are finished (None: nobody knows how many)."""
        ...


class _Unheard:
    def step(self, text: str, done: int, total: int | None = None) -> None:
        pass


UNHEARD: Progress = _Unheard()
"""For work nobody waits for: the default of every engine's `progress` argument."""
