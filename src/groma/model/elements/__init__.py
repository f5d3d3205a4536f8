"""The elements of a model: people, places, components, connections, data, flows, needs, suppliers, decisions, stages.

Each class is one kind of thing a person writes in a model file. A field's `key(...)` says how it is written, which is
all that the reader, the JSON Schema, the formatter and the reference page need: one description, four readers.
All elements are frozen; references between them are by name and are checked by `groma.model.validate`.

A key whose value is another element names its class, `Record("Failure")`, which is looked up at this door.
"""

from groma.model.elements.asked import Need, Want
from groma.model.elements.backup import Backup
from groma.model.elements.component import Alternative, Component
from groma.model.elements.component_records import Index, Scales, Serves
from groma.model.elements.connection import Connection
from groma.model.elements.control import Control
from groma.model.elements.cut import Cut
from groma.model.elements.data import Data
from groma.model.elements.decision import Decision
from groma.model.elements.evaluation_set import EvaluationSet
from groma.model.elements.fact import Fact
from groma.model.elements.failure import Failure
from groma.model.elements.flow import Flow, Start
from groma.model.elements.model import Model
from groma.model.elements.operation import Operation
from groma.model.elements.stage import Stage
from groma.model.elements.surroundings import Person, Place, Supplier
from groma.model.elements.telemetry import Telemetry
from groma.model.quantity import Amounts

__all__ = [
    "Alternative",
    "Amounts",
    "Backup",
    "Component",
    "Connection",
    "Control",
    "Cut",
    "Data",
    "Decision",
    "EvaluationSet",
    "Fact",
    "Failure",
    "Flow",
    "Index",
    "Model",
    "Need",
    "Operation",
    "Person",
    "Place",
    "Scales",
    "Serves",
    "Stage",
    "Start",
    "Supplier",
    "Telemetry",
    "Want",
]
