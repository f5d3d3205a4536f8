"""Spreads pure work over one process, all cores or a Dask cluster; the answer is the same bytes wherever it ran.

Replications of a simulation and points of a sweep are many calls of one function that depend on nothing but their
item. This room runs them in any order and gives what they said in the order of the items. It stands below the model,
knows nothing of what is worked out, and is used like this:

- `spread(function, items, jobs=4)`: an `Outcome` for each item, `Done(value)` or `Failed(kind, message)`
- `Journal(path)`: what is finished already, so that work that was interrupted goes on where it stopped
- `Crew(helpers)`: processes that stay for work beside one's own; `ALONE` is nobody
- `ClusterError`: there is no such cluster, it went away, or it runs other versions than this machine
"""

from groma.workers.cluster import ClusterError
from groma.workers.crew import ALONE, Asked, Crew
from groma.workers.journal import Journal
from groma.workers.outcome import Done, Failed, Outcome
from groma.workers.spread import cores, spread

__all__ = [
    "ALONE", "Asked", "ClusterError", "Crew", "Done", "Failed", "Journal", "Outcome", "cores", "spread",
]  # fmt: skip
