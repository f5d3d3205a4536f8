"""From a requirement to the elements that meet it, the threats there, their controls, tests and signals, and back.

A row is one chain. Requirements reach elements by what their measure is about (a flow, a component, an impact, a class
of data); threats stand at elements; a chain that breaks off is a gap, with its severity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groma.analyses.content import blocking
from groma.analyses.context import Context
from groma.analyses.information import Use
from groma.analyses.threats.found import Found
from groma.analyses.threats.safety import Answer, Safety, safety_of
from groma.analyses.threats.signals import signals_of
from groma.model.elements import Need
from groma.model.measure import ParsedMeasure, parse_measure


@dataclass(frozen=True, slots=True)
class Chain:
    """One line of the matrix; what is empty is missing. `gap` says what is missing, `severity` how much it matters."""

    needs: tuple[str, ...]
    element: str
    elements: tuple[str, ...]
    """The element, and those that it belongs to or uses."""
    threat: str
    ids: tuple[str, ...]
    control: str
    kind: str
    test: str
    signals: tuple[str, ...]
    owner: str
    gap: str = ""
    severity: str = ""

    def names(self) -> frozenset[str]:
        """Everything it can be asked for by, in lower case; an id without its edition as well."""
        told = (*self.needs, *self.elements, self.threat, *self.ids, self.control, *self.signals)
        short = (each.partition(":")[0] for each in self.ids if ":" in each)
        return frozenset(each.lower() for each in (*told, *short) if each)


def traced(context: Context, signals: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Chain, ...]:
    """All chains of a model. `signals` are those of `signals_of`, with more where somebody has them."""
    safety = safety_of(context)
    known = signals_of(context.model) if signals is None else signals
    chains = [chain for answer in safety.answers for chain in _chains(safety, answer, known)]
    reached = {need for chain in chains for need in chain.needs}
    for name, need in context.model.needs.items():
        if f"needs.{name}" not in reached:
            about = tuple(sorted(_elements(context, need)))
            chains.append(
                Chain((f"needs.{name}",), about[0] if about else "", about, "", (), "", "", "",
                      known.get(f"needs.{name}", ()), need.from_ or "",
                      "" if about else "no element is found that meets it", "" if about else "error")
            )  # fmt: skip
    return tuple(chains)


def _chains(safety: Safety, answer: Answer, known: Mapping[str, tuple[str, ...]]) -> Iterator[Chain]:
    context, place, threat = safety.seen.context, answer.place, answer.threat
    elements = _around(safety, answer)
    needs = tuple(
        f"needs.{name}"
        for name, need in context.model.needs.items()
        if _elements(context, need) & set(elements)
    )
    alarms = tuple(signal for need in needs for signal in known.get(need, ()))
    if answer.gap:
        owner = safety.owner(place)
        gap = f"nothing stands against it: {', '.join(threat.controls)}" + (
            "" if owner else "; nobody owns it"
        )
        yield Chain(
            needs,
            place.element,
            elements,
            threat.id,
            threat.ids,
            "",
            "",
            "",
            alarms,
            owner,
            gap,
            threat.severity,
        )
        return
    for control in answer.controls:
        names = tuple(
            dict.fromkeys(
                (*((control.signal,) if control.signal else ()), *known.get(control.element, ()), *alarms)
            )
        )
        gap = _lacks(control)
        own = tuple(
            f"needs.{name}"
            for name, need in context.model.needs.items()
            if control.element in _elements(context, need)
        )
        yield Chain(
            tuple(dict.fromkeys((*needs, *own))), place.element, (*elements, control.element), threat.id, threat.ids,
            control.id, control.kind,
            control.test, names, control.owner or safety.owner(place), gap, "warning" if gap else "",
        )  # fmt: skip


def _lacks(control: Found) -> str:
    lacks = [word for word, there in (("test", control.test), ("signal", control.signal)) if not there]
    return f"the control has no {' and no '.join(lacks)}" if lacks else ""


def _around(safety: Safety, answer: Answer) -> tuple[str, ...]:
    """The place's element with its flow, the parts used there, what they offer and the data that pass."""
    place, seen = answer.place, safety.seen
    uses: list[Use] = [use for use in seen.uses if use.path == place.element]
    found = [place.element, *([f"flows.{place.flow}"] if place.flow else [])]
    for use in uses:
        found += [f"components.{use.component}", f"components.{use.component}.offers.{use.operation}"]
        found += [
            f"data.{label.data}" for label in sorted(use.handed) if label.data in seen.context.model.data
        ]
    return tuple(dict.fromkeys(found))


def _elements(context: Context, need: Need) -> set[str]:
    """Elements that a need is about."""
    measure = parse_measure(need.measure)
    if not isinstance(measure, ParsedMeasure):
        return set()
    model, subject = context.model, measure.subject
    if measure.kind == "approval":
        return {
            f"components.{part.name}.offers.{name}"
            for part in model.components.values()
            for name, operation in part.offers.items()
            if operation.impact == subject
        }
    if measure.kind == "unblocked":
        return {each.step.path for each in blocking(context) if subject in each.guard.blocks}
    if measure.kind in ("residency", "exposure"):
        return {f"data.{n}" for n, d in model.data.items() if subject in (n, d.class_, d.trust)}
    if subject in model.flows and measure.kind not in ("utilisation", "throughput", "headroom", "quality"):
        return {f"flows.{subject}"}
    if subject in model.components:
        return {f"components.{subject}"}
    if subject in model.data:
        return {f"data.{subject}"}
    if measure.kind in ("cost", "people", "dependence", "effort"):
        return {f"flows.{name}" for name, flow in model.flows.items() if flow.starts is not None}
    return set()


def about(chains: tuple[Chain, ...], name: str) -> tuple[Chain, ...]:
    """The chains in which something of this name stands: a path or its last word, an id, a threat, a control."""
    wanted = name.lower()
    exact = tuple(chain for chain in chains if wanted in chain.names())
    if exact:
        return exact
    return tuple(
        c
        for c in chains
        if any(n.rpartition(".")[2] == wanted or n.startswith(f"{wanted}.") for n in c.names())
    )
