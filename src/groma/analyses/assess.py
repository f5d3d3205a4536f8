"""Everything that a model says: its needs with their verdicts, its wishes, and the figures that documents show.

The standard figures stand beside the needs, so that what nobody asked for is seen all the same: money by component and
flow, latency, success, availability and saturation of each flow and to its marks, load of stations and people, where
data are and how they are recovered; what availability hangs on (`reliability`, `alone`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from groma.analyses import alone, reliability
from groma.analyses.agreement import agree
from groma.analyses.context import Context
from groma.analyses.inference.details import inference_details
from groma.analyses.loads.envelope import envelope_of
from groma.analyses.needs import results
from groma.analyses.options import option_figures
from groma.analyses.recovery.details import recovery_details
from groma.analyses.registry import figure
from groma.analyses.uncertainty.sensitivity import would_change
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger, NeedResult
from groma.model.model_programs import marks_of, programs
from groma.model.program import Call, walk

PERCENTILES = ("mean", "p50", "p95", "p99")


def assess(model: Model, catalog: Catalog, *, twice: bool = True) -> Ledger:
    """All needs, wishes and standard figures of a model; `twice`: by a second method, too, where there is one."""
    context = Context(model, catalog, Ledger(model.digest))
    return assessed(context, twice=twice)


def assessed(context: Context, *, twice: bool = True) -> Ledger:
    """The same in a context: its ledger, with the needs in it."""
    list(results(context))
    for measure in (*context.model.wishes, *standard(context.model)):
        figure(context, measure)
    for recorded in (*recovery_details(context), *inference_details(context)):
        context.ledger.write(recorded)
    for weakness in (
        *(
            each
            for subject in reliability.subjects(context)
            for each in reliability.standard(context, subject)
        ),
        *alone.figures(context),
    ):
        context.ledger.write(weakness)
    for option in option_figures(context):
        context.ledger.write(option)
    for name, found in list(context.ledger.figures.items()):
        envelope = envelope_of(context, found)
        if envelope is not None:
            context.ledger.figures[name] = replace(found, envelope=envelope)
    if twice:
        agree(context)
    context.ledger.needs[:] = _explained(context, list(results(context)))
    return context.ledger


def standard(model: Model) -> Iterator[str]:
    """The measures that documents show, whatever the needs are."""
    yield "cost/month"
    yield "cost/once"
    for name in model.components:
        yield f"cost/component/{name}"
    for name, flow in model.flows.items():
        if flow.starts is None:
            continue
        yield f"cost/flow/{name}"
        yield f"cost/{name}/run"
        yield f"cost/{name}/bound"
        for subject in (name, *(f"{name}@{mark}" for mark in dict.fromkeys(marks_of(model, name)))):
            for statistic in PERCENTILES:
                yield f"latency/{subject}/{statistic}"
            yield f"success/{subject}"
            yield f"availability/{subject}"
            yield f"downtime/{subject}"
        yield f"saturation/{name}"
    for name, component in model.components.items():
        if component.offers:
            yield f"throughput/{name}"
        if component.threads is not None:
            yield f"utilisation/{name}"
    yield from serving(model)
    if model.people:
        yield "people/hours"
        yield "people/month"
        for name, person in model.people.items():
            if person.hours is not None:
                yield f"load/{name}"
    yield "effort/month"
    for data_class in sorted({data.class_ for data in model.data.values()} - {"public"}):
        yield f"residency/{data_class}"
    yield from recoveries(model)
    yield from read_and_found(model)
    yield from supervised(model)


def supervised(model: Model) -> Iterator[str]:
    """The measures of the content policy, of records, and of switches."""
    guards = [
        guard for _, program in programs(model) for step in walk(program) for guard in step.policies.guards
    ]
    started = [name for name, flow in model.flows.items() if flow.starts is not None]
    if any(guard.blocks for guard in guards):
        for name in started:
            for what in ("turned_down", "false_alarms", "let_through", "people", "takes", "cost"):
                yield f"content/{name}/{what}"
        for category in dict.fromkeys(category for guard in guards for category in guard.blocks):
            yield f"unblocked/{category}"
    for name, data in model.data.items():
        if data.records:
            for what in ("month", "stored", "cost", "kept"):
                yield f"records/{name}/{what}"
    if any(control.stops for control in model.controls.values()):
        for name in started:
            for what in ("attended", "worst", "effects"):
                yield f"stopping/{name}/{what}"


def read_and_found(model: Model) -> Iterator[str]:
    """The measures of indexes, of context windows, and of data that are made from others."""
    for name, data in model.data.items():
        if data.cut is not None:
            yield f"passages/{name}"
    for name, component in model.components.items():
        if component.index is not None:
            yield f"memory/{name}"
            yield f"recall/{name}"
    for _, program in programs(model):
        for step in walk(program):
            if isinstance(step.action, Call) and step.action.context is not None:
                for statistic in ("tokens", "share", "overflow", "stuck"):
                    yield f"context/{step.path}/{statistic}"
                if step.action.context.found:
                    yield f"context/{step.path}/fits"
    sources = {source for data in model.data.values() for source in data.made_from}
    for name, data in model.data.items():
        if data.made_from:
            yield f"freshness/{name}"
        if name in sources or data.made_from:
            yield f"deletion/{name}"
        if data.served_as is not None:
            yield f"skew/{name}"


def serving(model: Model) -> Iterator[str]:
    """The measures of models served by oneself, with both bills where something else would answer."""
    for name, component in model.components.items():
        if component.serves is None:
            continue
        for part in ("ttft/p95", "tpot/p95", "throughput", "instances", "users"):
            yield f"serving/{name}/{part}"
        if component.serves.instead_of is not None:
            for part in ("own", "api", "saves", "breakeven", "always", *(("when",) if model.growth else ())):
                yield f"inference/{name}/{part}"
        if component.serves.committed is not None:
            yield f"inference/{name}/commitment"


def recoveries(model: Model) -> Iterator[str]:
    """The measures of recovery that documents show: of data with a copy, of flows where there are any, of lines."""
    backups = [(name, data.backup) for name, data in model.data.items() if data.backup is not None]
    backups += [each for component in model.components.values() for each in component.copies.items()]
    for name in dict.fromkeys(name for name, _ in backups):
        for statistic in ("rpo", "rto", "window", "rpo_required", "rto_required"):
            yield f"recovery/{name}/{statistic}"
    for name, flow in model.flows.items():
        if backups and flow.starts is not None:
            subject = f"flows.{name}" if name in model.data else name
            yield f"recovery/{subject}/rpo"
            yield f"recovery/{subject}/rto"
    for line in sorted({line for _, backup in backups for line in backup.over}):
        yield f"copies/{line}"


def _explained(context: Context, found: list[NeedResult]) -> list[NeedResult]:
    """Undecided needs with the facts that would decide them; those that aren't shown with those that are missing."""
    open_ones = [r for r in found if not r.would_change and r.target.value is not None]
    deciding = would_change(context, (r for r in open_ones if r.verdict == "undecided"))
    for r in open_ones:
        if r.verdict == "not shown":
            deciding[r.need] = context.ledger[r.figure].missing
    return [replace(r, would_change=deciding[r.need]) if r.need in deciding else r for r in found]
