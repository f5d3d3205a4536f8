"""Figures of a model: money, time, dependability, exposure; each with its interval, inputs and validity.

- `assess(model, catalog)`: all needs, wishes and standard figures of a model, in a `Ledger`
- `Context`, `figure(context, measure)`: one figure, worked out once and entered into the ledger
- `bounds(context, measure)`: its optimistic and pessimistic ends only, for open models and many partial choices
"""

from groma.analyses.assess import assess
from groma.analyses.context import Context
from groma.analyses.registry import bounds, figure

__all__ = ["Context", "assess", "bounds", "figure"]
