"""Which data can reach which sink, over flows, nested operations, stores, caches and people: information flow.

A sound over-approximation, as such an analysis has to be (Denning, "A Lattice Model of Secure Information Flow", CACM
1976): whatever a run can do is covered, what can't happen may be covered too. `docs/safety.md` says what is taken from
the model at its word.

- `followed(context)`: the `Spreading`: every use of an operation with what it is handed and by which way it came
- `trifectas(context)`: ways out past which untrusted content can carry private data (Willison 2025)
- `figure`, `bounds`: the measures `exposure/LABEL@SINK` and `trifecta/FLOW`
- `is_model`: whether a component is a model whose output follows what it reads
"""

from groma.analyses.information.figures import bounds, figure
from groma.analyses.information.labels import Check, Label, Way, is_model, is_private, is_untrusted
from groma.analyses.information.spreading import Spreading, Use, followed
from groma.analyses.information.trifecta import Trifecta, trifectas

__all__ = [
    "Check",
    "Label",
    "Spreading",
    "Trifecta",
    "Use",
    "Way",
    "bounds",
    "figure",
    "followed",
    "is_model",
    "is_private",
    "is_untrusted",
    "trifectas",
]
