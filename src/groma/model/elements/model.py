"""A whole model: its headings, and its elements section by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groma.model.elements.asked import Need, Want
from groma.model.elements.component import Alternative, Component
from groma.model.elements.connection import Connection
from groma.model.elements.control import Control
from groma.model.elements.data import Data
from groma.model.elements.decision import Decision
from groma.model.elements.evaluation_set import EvaluationSet
from groma.model.elements.fact import Fact
from groma.model.elements.flow import Flow
from groma.model.elements.stage import Stage
from groma.model.elements.surroundings import Person, Place, Supplier
from groma.model.elements.telemetry import Telemetry
from groma.model.grammar import Amount, Flag, Measure, OneOrMany, Record, Table, Text, key
from groma.model.position import Position
from groma.model.quantity import Amounts, Quantity
from groma.model.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A whole model, read from a file and what it includes."""

    at: Position
    system: str = key(Text(), "the system's name", required=True)
    currency: str = key(Text("currency"), "what money is counted in (ISO 4217)", required=True)
    date: str | None = key(Text("date"), "the date that documents carry")
    author: str = key(Text(), "who answers for the model", default="")
    practice: str = key(
        Text(), "which document set is written: `ai`, `business`, `infrastructure`", default=""
    )
    today: str = key(
        Text(),
        "file of a model of how the work is done today, beside a brief: costs before and after",
        default="",
    )
    planned: bool = key(
        Flag(),
        "true for a design that isn't built: what isn't `existing` can't have been tried, and is a task",
        default=False,
    )
    problem: str = key(Text(), "what is asked, in the client's words", default="")
    background: str = key(Text(), "what a reader should know", default="")
    growth: Quantity | None = key(Amount("share"), "how much more load is expected each year: `30 %`")
    regulated: tuple[str, ...] = key(
        OneOrMany(Text()),
        "what makes it a high-risk system (AI Act, Annex III or a product's law): `credit`, `clinical`, `hiring`, ...",
        default=(),
    )
    out_of_scope: Mapping[str, str] = key(Table(Text()), "what is not part of it -> who owns it", default={})
    exchange: Amounts = key(
        Table(Amount("money")), "what one unit of a foreign currency is worth: `{USD: $usd}`", default={}
    )
    facts: Mapping[str, Fact] = key(
        Table(Record("Fact")), "facts that no table holds, with source, date and range", default={}
    )
    needs: Mapping[str, Need] = key(Table(Record("Need")), "what must hold", default={})
    wishes: tuple[str, ...] = key(
        OneOrMany(Measure()), "measures to be traded, the one to be least first", default=()
    )
    wants: Mapping[str, Want] = key(Table(Record("Want")), "capabilities to be designed", default={})
    people: Mapping[str, Person] = key(Table(Record("Person")), "people and teams", default={})
    places: Mapping[str, Place] = key(Table(Record("Place")), "where things are", default={})
    suppliers: Mapping[str, Supplier] = key(
        Table(Record("Supplier")), "who things are bought from", default={}
    )
    components: Mapping[str, Component] = key(Table(Record("Component")), "parts of the system", default={})
    connections: Mapping[str, Connection] = key(
        Table(Record("Connection")), "how parts reach each other", default={}
    )
    data: Mapping[str, Data] = key(Table(Record("Data")), "data and where they live", default={})
    flows: Mapping[str, Flow] = key(Table(Record("Flow")), "what the system does", default={})
    scenarios: Mapping[str, Scenario] = key(
        Table(Record("Scenario", Scenario)), "disturbances to be simulated", default={}
    )
    decisions: Mapping[str, Decision] = key(Table(Record("Decision")), "choices made or open", default={})
    controls: Mapping[str, Control] = key(
        Table(Record("Control")), "what is done against threats and isn't seen elsewhere", default={}
    )
    evaluations: Mapping[str, EvaluationSet] = key(
        Table(Record("EvaluationSet")), "data sets on which parts and flows are tried", default={}
    )
    telemetry: Telemetry | None = key(
        Record("Telemetry"),
        "how much is recorded of the running system, how long it is kept, what that costs",
    )
    stages: Mapping[str, Stage] = key(
        Table(Record("Stage")), "states in time, laid over the model", default={}
    )
    alternatives: Mapping[str, tuple[Alternative, ...]] = field(default_factory=dict[str, Any])
    """Components whose choice is open: name -> the alternatives, exactly one of which will stand."""
    states: Mapping[str, Model] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """The model at each of its stages; at a stage itself only those that open decisions ask for."""
    digest: str = ""
    """SHA-256 over the texts it was read from."""
    files: tuple[str, ...] = ()

    def candidates(self, component: str) -> tuple[Component, ...]:
        """The component of this name, or all that may come to stand for it while the choice is open."""
        known = self.components.get(component)
        if known is not None:
            return (known,)
        return tuple(alternative.component for alternative in self.alternatives.get(component, ()))
