"""Requirements that follow from the model: needs as gates, what the parts must carry, what they must work with.

A need becomes a gate whose threshold is the need's own target: it is held against the figure that comes out when a
bid's values stand in the model. Nothing here knows a practice; the chapter follows from what is measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groma.model.elements import Component, Model, Need
from groma.model.figure import Ledger, NeedResult
from groma.model.program import Call, Do, Hold, Send, Step, inner_steps
from groma.model.quantity import Quantity
from groma.procurement.asked import asked_of
from groma.procurement.request import Requirement, Sense, Threshold

CHAPTERS = {
    "cost": "Price",
    "people": "Effort of the buyer's people",
    "effort": "Effort of the buyer's people",
    "dependence": "Effort of the buyer's people",
    "headroom": "Capacity",
    "utilisation": "Capacity",
    "saturation": "Capacity",
    "throughput": "Capacity",
    "copies": "Capacity",
    "recovery": "Recovery",
    "residency": "Data and where they are",
    "approval": "Data and where they are",
}
"""Kind of measure -> chapter; all others are service levels."""


def gates(model: Model, ledger: Ledger, lot: tuple[str, ...]) -> Iterator[Requirement]:
    """Each need that the parts asked for have a say in."""
    for result in ledger.needs:
        need = model.needs.get(result.need)
        if need is not None and not result.accompanies and touched(model, ledger, result, lot):
            yield _gate(model, ledger, need, result)


def _gate(model: Model, ledger: Ledger, need: Need, result: NeedResult) -> Requirement:
    kind = need.measure.partition("/")[0]
    figure = ledger.figures.get(result.figure)
    asked = Threshold(
        result.target.text or ", ".join(result.target.words),
        f"need/{need.name}/target",
        _sense(result),
        result.target.value,
        result.target.words,
    )
    title = figure.title if figure is not None else need.measure
    why = f" ({need.why})" if need.why else ""
    return Requirement(
        "",
        f"needs.{need.name}",
        CHAPTERS.get(kind, "Service levels"),
        "gate",
        f"{title}{_called_so(model, need.measure)}{why}.",
        "yes or no",
        "",
        asked,
        "worked out by the buyer with the values of the bid, and measured in operation",
        (f"needs.{need.name}",),
        need=need.name,
    )


def _sense(result: NeedResult) -> Sense | None:
    sense = result.target.sense
    return sense if sense in ("at_most", "at_least") else None


def _called_so(model: Model, measure: str) -> str:
    """How people call what is measured, where the measure has it by its short name."""
    name = [*measure.split("/"), ""][1].partition("@")[0].removeprefix("flows.")
    data_first = measure.startswith("recovery/") and "/flows." not in measure
    first = (model.data, model.flows) if data_first else (model.flows, model.data)
    for table in (*first, model.components):
        if name in table and table[name].title:
            return f" ({name}: {table[name].title})"
    return ""


def touched(model: Model, ledger: Ledger, result: NeedResult, lot: Iterable[str]) -> bool:
    """Whether the figure of a need is made from anything of these parts, or names one; yes where that isn't known."""
    parts = set(lot)
    names = {given.name for given in ledger.inputs_of(result.figure)}
    if not names or any(part in result.figure.split("/") for part in parts):
        return True
    own = {f"model/components.{part}." for part in parts}
    facts = {
        f"fact/{each.fact}"
        for part in parts
        if part in model.components
        for each in quantities(model.components[part])
        if each.fact
    }
    return bool(names & facts) or any(name.startswith(prefix) for name in names for prefix in own)


def moved(model: Model, ledger: Ledger, figure: str, lot: Iterable[str]) -> bool:
    """Whether an answer of a bidder can move this figure."""
    names = {given.name for given in ledger.inputs_of(figure)}
    for part in lot:
        for each in asked_of(model, model.components[part]):
            if f"model/{each.path}" in names or (each.amount.fact and f"fact/{each.amount.fact}" in names):
                return True
    return False


def quantities(component: Component) -> Iterator[Quantity]:
    """Every amount of a part."""
    tables = [component.price, component.provides, component.takes, component.qualities]
    for operation in component.offers.values():
        tables += [operation.price, operation.per]
        yield from _known(operation.work, operation.fails, operation.throttled)
    for table in tables:
        yield from _known(*table.values())
    for copy in component.copies.values():
        yield from _known(
            copy.every, copy.save_rate, copy.takes, copy.rate, copy.detect, copy.decide, copy.verify
        )
    fails = component.fails
    if fails is not None:
        yield from _known(fails.availability, fails.every, fails.repaired_in)
    yield from _known(
        component.ready_in, component.takeover, component.noticed, component.effort, component.lasts
    )


def _known(*amounts: object) -> Iterator[Quantity]:
    return (each for each in amounts if isinstance(each, Quantity))


def carried(
    model: Model, lot: tuple[str, ...]
) -> Iterator[tuple[str, str, tuple[tuple[str, Quantity], ...], bool]]:
    """What the parts asked for must carry: (carrier, resource, who takes how much, whether all who run on it
    say so)."""
    for name in lot:
        component = model.components[name]
        resources = dict.fromkeys(component.provides)
        runs = [c for c in model.components.values() if c.runs_on == name]
        for resource in resources:
            takers = tuple(
                (f"components.{c.name}.takes.{resource}", amount)
                for c in runs
                if isinstance(amount := c.takes.get(resource), Quantity)
            )
            if takers:
                yield name, resource, takers, len(takers) == len(runs)


def interfaces(model: Model, lot: tuple[str, ...]) -> Iterator[Requirement]:
    """What the parts asked for must work with: what calls them, what they call, carry or hang on, and isn't
    asked for."""
    for one, other, how in sorted(_meets(model, set(lot))):
        a, b = model.components[one], model.components[other]
        fields = _fields(model, one, other)
        text = f"{a.title or one} works with {b.title or other}, which is the buyer's: {how}.{fields}"
        yield Requirement(
            "",
            f"interfaces.{one}.{other}",
            "Interfaces",
            "gate",
            text,
            "yes or no",
            verify="shown with the buyer's own part before acceptance",
            source=(f"components.{one}", f"components.{other}"),
        )


def _meets(model: Model, lot: set[str]) -> set[tuple[str, str, str]]:
    found: dict[tuple[str, str], str] = {}
    for component in model.components.values():
        edges = [(each, "it depends on it") for each in component.depends_on]
        if component.runs_on:
            edges.append((component.runs_on, "it runs on it"))
        for operation in component.offers.values():
            edges += [(called, "it calls it") for called in _called(operation.steps)]
        for to, how in edges:
            ours, theirs = component.name in lot, to in lot
            if ours != theirs and to in model.components:
                mine, other = (component.name, to) if ours else (to, component.name)
                words = (
                    how
                    if ours
                    else {
                        "it depends on it": "that part depends on it",
                        "it runs on it": "that part runs on it",
                        "it calls it": "that part calls it",
                    }[how]
                )
                found.setdefault((mine, other), words)
    for connection in model.connections.values():
        ends = connection.from_, connection.to
        if (ends[0] in lot) != (ends[1] in lot) and all(end in model.components for end in ends):
            mine, other = ends if ends[0] in lot else ends[::-1]
            found[mine, other] = f"by {connection.protocol}" if connection.protocol else "they are connected"
    return {(mine, other, how) for (mine, other), how in found.items()}


def _called(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        action = step.action
        if isinstance(action, Call | Send | Hold):
            yield action.component
        elif isinstance(action, Do):
            continue
        for _, inner in inner_steps(step):
            yield from _called(inner)


def _fields(model: Model, one: str, other: str) -> str:
    """The fields that a connection between the two hands over, where they are stated."""
    for connection in model.connections.values():
        if {connection.from_, connection.to} == {one, other} and connection.maps:
            pairs = ", ".join(f"{there} from {here}" for there, here in connection.maps.items())
            return f" Fields: {pairs}."
    return ""


def knowledge(model: Model, lot: tuple[str, ...]) -> tuple[str, ...]:
    """What somebody must know to run the parts asked for."""
    return tuple(dict.fromkeys(k for name in lot for k in model.components[name].needs_knowledge))


def held_data(model: Model, lot: tuple[str, ...]) -> tuple[str, ...]:
    """Data that the parts asked for hold or keep copies of, public ones left out."""
    return tuple(
        name
        for name, data in model.data.items()
        if data.class_ != "public"
        and (
            set(data.held_by) & set(lot)
            or (data.backup is not None and data.backup.to in lot)
            or any(name in model.components[part].copies for part in lot)
        )
    )
