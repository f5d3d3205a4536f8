"""Stations and networks of queues: exact where theory is, proven bounds where it isn't, `Saturated` where nothing is.

`waiting` answers for one station whatever its law; `mmc`, `mmck` are closed forms; `jackson`, `open_network` and
`closed_network` are product-form networks. Inputs are numbers and laws, times in seconds, rates per second.
"""

from groma.solvers.queueing.closed_network import ClosedNetwork, closed_network
from groma.solvers.queueing.erlang import MMc, MMcK, erlang_b, erlang_c, mmc, mmck, processor_sharing_mean
from groma.solvers.queueing.layered_network import Call, Entry, LayeredNetwork, Processor, Task
from groma.solvers.queueing.open_network import (
    OpenClass,
    OpenNetwork,
    Station,
    jackson,
    open_network,
    traffic,
)
from groma.solvers.queueing.saturation import Saturated, saturation_rate, utilisation
from groma.solvers.queueing.single_server import pollaczek_khinchine_mean
from groma.solvers.queueing.waiting import Waiting, response, waiting

__all__ = [
    "Call",
    "ClosedNetwork",
    "Entry",
    "LayeredNetwork",
    "MMc",
    "MMcK",
    "OpenClass",
    "OpenNetwork",
    "Processor",
    "Saturated",
    "Station",
    "Task",
    "Waiting",
    "closed_network",
    "erlang_b",
    "erlang_c",
    "jackson",
    "mmc",
    "mmck",
    "open_network",
    "pollaczek_khinchine_mean",
    "processor_sharing_mean",
    "response",
    "saturation_rate",
    "traffic",
    "utilisation",
    "waiting",
]
