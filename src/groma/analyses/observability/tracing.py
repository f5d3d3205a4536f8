"""The design of traces: which spans a run leaves, with which attributes, which runs are kept, and how many
spans that is.

Spans that concern models follow OpenTelemetry's conventions for generative AI as the catalog's table
`otel-genai-attributes` has them (1.41.0). A `Profile` says how another version spells them; only names differ. What
holds what people wrote is never recorded where data of a run are personal or secret: the conventions' opt-in
attributes of contents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ANY_SHARE, ONE, ZERO, Interval, total
from groma.analyses.observability.indicators import traffic
from groma.analyses.observability.metrics import language_models, started, steps_of
from groma.analyses.visits.counts import uses
from groma.catalog import Catalog
from groma.model.elements import Flow, Model
from groma.model.figure import Figure, Line
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import Ask, Call, Send

TABLE = "otel-genai-attributes"
CONTENTS = (
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.retrieval.query.text",
    "gen_ai.retrieval.documents",
)
"""Attributes that hold what people and models wrote."""

ORDINARY_A_DAY = 1000.0
"""Ordinary runs kept a day: enough to see percentiles of every step."""

LEVELS = ("required", "conditionally_required", "recommended")
PERSONAL = ("personal", "secret", "sensitive", "health", "financial", "confidential")


@dataclass(frozen=True, slots=True)
class Profile:
    """A version of the conventions: its number, and names that differ from the table's."""

    version: str = "1.41.0"
    names: Mapping[str, str] = field(default_factory=dict[str, str])

    def name(self, attribute: str) -> str:
        """How this version spells an attribute."""
        return self.names.get(attribute, attribute)


PINNED = Profile()
BEFORE_1_37 = Profile("1.36.0", {"gen_ai.provider.name": "gen_ai.system"})
"""Before 1.37 the provider was called `gen_ai.system`."""

PROFILES = {profile.version: profile for profile in (PINNED, BEFORE_1_37)}


@dataclass(frozen=True, slots=True)
class Span:
    """A kind of span: its name, OpenTelemetry's kind, attributes with the level at which they are asked for."""

    name: str
    kind: str
    operation: str
    element: str
    attributes: tuple[tuple[str, str], ...]


def spans(model: Model, catalog: Catalog, profile: Profile = PINNED) -> tuple[Span, ...]:
    """Every kind of span that runs leave: flows, calls, models, people."""
    found: dict[str, Span] = {}
    llms = set(language_models(model))
    for flow in started(model):
        found[flow.name] = Span(
            flow.name, "SERVER", "", f"flows.{flow.name}", _own("groma.flow", "groma.outcome")
        )
        for step in steps_of(model, flow):
            match step.action:
                case Call(component, operation) | Send(component, operation):
                    if component in llms:
                        span = _of_model(model, catalog, component, operation, profile)
                    else:
                        span = Span(
                            f"{component}.{operation}",
                            "CLIENT",
                            "",
                            f"components.{component}",
                            _own("groma.flow", "groma.step", "peer.service", "error.type"),
                        )
                    found.setdefault(span.name, span)
                case Ask(person=person):
                    found.setdefault(
                        f"ask {person}",
                        Span(
                            f"ask {person}",
                            "INTERNAL",
                            "",
                            f"people.{person}",
                            _own("groma.flow", "groma.step", "groma.answer"),
                        ),
                    )
                case _:
                    pass
    return tuple(found.values())


def _own(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, "required") for name in names)


def _of_model(model: Model, catalog: Catalog, component: str, operation: str, profile: Profile) -> Span:
    embeds = "embed" in f"{component} {operation}".lower()
    what, used_in = (
        ("embeddings", "span.gen_ai.embeddings.client")
        if embeds
        else ("chat", "span.gen_ai.inference.client")
    )
    asked = attributes_of(catalog, used_in)
    attributes = tuple(
        (profile.name(name), level) for name, level in asked if level in LEVELS and name not in CONTENTS
    )
    product = model.components[component].product or component
    return Span(
        f"{what} {product.rpartition('/')[2].partition('@')[0]}",
        "CLIENT",
        what,
        f"components.{component}",
        attributes,
    )


def attributes_of(catalog: Catalog, used_in: str) -> tuple[tuple[str, str], ...]:
    """Attributes of a kind of span with their levels, the required ones first."""
    rows = [
        (entry.key[1], entry.text("requirement_level"))
        for entry in catalog.entries(TABLE)
        if entry.key[0] == "attribute" and entry.key[2] == used_in
    ]
    order = {level: n for n, level in enumerate((*LEVELS, "opt_in", ""))}
    return tuple(sorted(rows, key=lambda row: (order.get(row[1], 9), row[0])))


def withheld(model: Model) -> tuple[str, ...]:
    """Data whose contents no span may hold."""
    return tuple(
        f"data.{name}"
        for name, data in model.data.items()
        if any(word in data.class_.lower() for word in PERSONAL)
    )


def ordinary_share(context: Context, a_second: float) -> float:
    """The share of ordinary runs whose traces are kept: as stated, else enough for percentiles a day."""
    telemetry = context.model.telemetry
    if telemetry is not None and telemetry.keeps is not None:
        return min(1.0, telemetry.keeps.mean)
    return min(1.0, ORDINARY_A_DAY / (a_second * 86400.0))


def kept_share(context: Context, flow: Flow, rate: Interval) -> Interval:
    """The share of a flow's runs whose traces are kept: those that ask a person, and a share of the rest."""
    if rate.value is None or rate.value <= 0.0:
        return ANY_SHARE
    special = total(use.weight for use in uses(context, flow.name) if use.kind == "ask")
    return _portion(special, ordinary_share(context, rate.value))


def _portion(special: Interval, share: float) -> Interval:
    low, high = min(1.0, special.low), min(1.0, special.high)
    nominal = None if special.value is None else min(1.0, special.value)
    return Interval(
        low + (1 - low) * share,
        None if nominal is None else nominal + (1 - nominal) * share,
        high + (1 - high) * share,
    )


def volume(context: Context) -> Iterator[Figure]:
    """`traces/FLOW/spans` a run, `traces/FLOW/share` of ordinary runs that are kept, `traces/month/spans` and
    `.../kept`."""
    everything, kept, inputs = ZERO, ZERO, list[str]()
    for flow in started(context.model):
        evidence = Evidence(context)
        rate = traffic(context, flow.name, evidence)
        each, special = ONE, ZERO
        for use in uses(context, flow.name):
            if use.kind in ("call", "send", "ask"):
                each = each + use.made
            if use.kind == "ask":
                special = special + use.weight
        yield Figure(
            f"traces/{flow.name}/spans",
            f"Spans of one run of {flow.name}",
            "1",
            each.value,
            each.low,
            each.high,
            method="expected calls and questions, and the run itself",
            inputs=evidence.inputs,
        )
        if rate.value is None or rate.value <= 0.0:
            continue
        stated = context.model.telemetry is not None and context.model.telemetry.keeps is not None
        share = ordinary_share(context, rate.value)
        lines = (
            Line("runs a day", f"{rate.value * 86400.0:.4g}", evidence.inputs),
            Line("share stated", f"{share:.4g}")
            if stated
            else Line("ordinary runs to be kept a day", f"{ORDINARY_A_DAY:g}"),
        )
        yield Figure(
            f"traces/{flow.name}/share",
            f"Share of ordinary runs of {flow.name} whose traces are kept",
            "1",
            share,
            share,
            share,
            method="as stated" if stated else "enough for percentiles a day",
            inputs=evidence.inputs,
            derivation=lines,
        )
        a_month = (rate * each).scaled(SECONDS_PER_MONTH)
        portion = _portion(special, share)
        everything, kept = everything + a_month, kept + a_month * portion
        inputs += [f"traces/{flow.name}/spans", f"traces/{flow.name}/share", *evidence.inputs]
    if inputs:
        refs = tuple(dict.fromkeys(inputs))
        note = Line(
            "kept: every run that asks a person, and the share of ordinary runs; runs that fail come on top",
            "",
            refs,
        )
        yield Figure(
            "traces/month/spans",
            "Spans of a month",
            "1",
            everything.value,
            everything.low,
            everything.high,
            method="runs a month times spans of a run",
            inputs=refs,
        )
        yield Figure(
            "traces/month/kept",
            "Spans of a month that are kept",
            "1",
            kept.value,
            kept.low,
            kept.high,
            method="tail sampling: people asked, and a share of the rest",
            inputs=refs,
            derivation=(note,),
        )
