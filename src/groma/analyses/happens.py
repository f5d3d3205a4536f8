"""Whether a model says that something with a chance happens at all."""

from __future__ import annotations

from groma.model.quantity import Quantity, Unknown


def happens(share: Quantity | Unknown | None) -> bool:
    """Whether a share can be above zero; what isn't known can be, what isn't stated isn't said to happen."""
    return isinstance(share, Unknown) or (share is not None and share.high > 0)
