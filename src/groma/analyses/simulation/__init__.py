"""Models simulated: flow programs compiled for `groma.solvers.simulation`, and what runs of them say.

- `compiled(model)`: the program of a closed model; `simulated(context)`: its figures in a steady state
- `failing(model, lasts)`: failures and repairs of its parts, for `compiled(model, outages=...)`
- `watch(model, scenario)`: a scenario beside the undisturbed system; `built_in(model)`: those every model gets
- `spans(model, made, runs)`: a few runs as a trace, span by span
- `savings(model, scenario)`: policies that would have saved it; `edge(model, scenario)`: up to which load it comes back
"""

from groma.analyses.simulation.built_in import built_in
from groma.analyses.simulation.compiled import Compiled, compiled
from groma.analyses.simulation.disturbed import Loss
from groma.analyses.simulation.failing import Failing, failing
from groma.analyses.simulation.measured import Simulated, simulated
from groma.analyses.simulation.played import Played, played, scenarios_of
from groma.analyses.simulation.put_through import Answer, Plan, PutThrough, answer_of
from groma.analyses.simulation.saving import Saving, savings
from groma.analyses.simulation.spans import Span, spans
from groma.analyses.simulation.threshold import Edge, edge
from groma.analyses.simulation.watched import Course, Watched, watch

__all__ = [
    "Answer",
    "Compiled",
    "Course",
    "Edge",
    "Failing",
    "Loss",
    "Plan",
    "Played",
    "PutThrough",
    "Saving",
    "Simulated",
    "Span",
    "Watched",
    "answer_of",
    "built_in",
    "compiled",
    "edge",
    "failing",
    "played",
    "savings",
    "scenarios_of",
    "simulated",
    "spans",
    "watch",
]
