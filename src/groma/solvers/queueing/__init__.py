"""Stations and networks of queues: exact where theory is, proven bounds where it isn't, `Saturated` where nothing is.

`waiting` answers for one station whatever its law; `mmc`, `mmck` are closed forms; `jackson`, `open_network`,
`closed_network` and `mixed_network` are product-form networks; `approximate_network` and `closed_bounds` are for closed
ones that are too large. `solve_layered` is for threads held across calls. `*_response` are laws of whole runs.
Inputs are numbers and laws, times in seconds, rates per second.
"""

from groma.solvers.queueing.closed_approximate import (
    ApproximateNetwork,
    ClosedBounds,
    MixedNetwork,
    NotSettled,
    approximate_network,
    closed_bounds,
    mixed_network,
)
from groma.solvers.queueing.closed_network import ClosedNetwork, closed_network
from groma.solvers.queueing.closed_passage import closed_response
from groma.solvers.queueing.erlang import MMc, MMcK, erlang_b, erlang_c, mmc, mmck, processor_sharing_mean
from groma.solvers.queueing.layered import LayeredResult, NoAnswer, solve_layered
from groma.solvers.queueing.layered_bounds import LayeredBounds, layered_bounds
from groma.solvers.queueing.layered_network import Call, Entry, LayeredNetwork, Processor, Task
from groma.solvers.queueing.many_servers import crowding
from groma.solvers.queueing.open_network import (
    OpenClass,
    OpenNetwork,
    Station,
    jackson,
    open_network,
    traffic,
)
from groma.solvers.queueing.passage import (
    Passage,
    jackson_response,
    limited_response,
    series_response,
)
from groma.solvers.queueing.retrial import forgets_within, full_at_most
from groma.solvers.queueing.saturation import Saturated, saturation_rate, utilisation
from groma.solvers.queueing.single_server import pollaczek_khinchine_mean
from groma.solvers.queueing.waiting import Waiting, response, waiting

__all__ = [
    "ApproximateNetwork",
    "Call",
    "ClosedBounds",
    "ClosedNetwork",
    "Entry",
    "LayeredBounds",
    "LayeredNetwork",
    "LayeredResult",
    "MMc",
    "MMcK",
    "MixedNetwork",
    "NoAnswer",
    "NotSettled",
    "OpenClass",
    "OpenNetwork",
    "Passage",
    "Processor",
    "Saturated",
    "Station",
    "Task",
    "Waiting",
    "approximate_network",
    "closed_bounds",
    "closed_network",
    "closed_response",
    "crowding",
    "erlang_b",
    "erlang_c",
    "forgets_within",
    "full_at_most",
    "jackson",
    "jackson_response",
    "layered_bounds",
    "limited_response",
    "mixed_network",
    "mmc",
    "mmck",
    "open_network",
    "pollaczek_khinchine_mean",
    "processor_sharing_mean",
    "response",
    "saturation_rate",
    "series_response",
    "solve_layered",
    "traffic",
    "utilisation",
    "waiting",
]
