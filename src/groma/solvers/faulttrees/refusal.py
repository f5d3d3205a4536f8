"""What a method answers when it won't give a value: why, what would help, and the bounds that still hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """No value. `lower` and `upper` bound it all the same where they are known."""

    reason: str
    remedy: str
    lower: float | None = None
    upper: float | None = None
