"""Tools and seats that are paid for and serve nothing."""

from __future__ import annotations

from groma.analyses.interval import Interval, mean_of
from groma.model.elements import Component
from groma.model.finding import Finding
from groma.model.quantity import Quantity
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Part, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, elements, quoted, touched


def fault(ground: Ground, finding: Finding) -> str | None:
    """All that nobody uses is one case; tools that do the same are one for each function."""
    part = element_in(ground, finding, "components")
    return part if part is None or finding.rule == "overlapping-tools" else ""


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    if key:
        component = ground.model.components[key.partition(".")[2]]
        parts = tuple(ground.priced(other) for other in _others(ground, component, mine))
        title = f"“{ground.name_of(key)}” has company: several tools do the same"
        return Case(key=key, title=title, symptoms=mine, parts=parts, touches=(key,))
    components = {path: ground.model.components[path.partition(".")[2]] for path in touched(ground, mine)}
    whole = {path for f in mine if f.rule == "unused-tool" for path in elements(ground, f)}
    parts = tuple(
        ground.priced(part) if path in whole else unused_seats(ground, part)
        for path, part in components.items()
    )
    what = quoted(ground.name_of(path) for path in components)
    title = f"Paid for, in whole or in part, and used by nobody: {what}"
    return Case(key=key, title=title, symptoms=mine, parts=parts, touches=tuple(components))


def unused_seats(ground: Ground, component: Component) -> Part:
    """The share of the price that goes to seats without a person."""
    used = ground.seats_used(component)
    if not isinstance(component.seats, Quantity) or not component.used_by:
        return ground.priced(component, Interval(0.0, None, 1.0), "seats that nobody uses")
    paid = mean_of(component.seats)

    def free(seats: float, people: float) -> float:
        return max(0.0, 1.0 - people / seats) if seats > 0 else 0.0

    value = None if paid.value is None or used.value is None else free(paid.value, used.value)
    share = Interval(free(paid.low, used.high), value, free(paid.high, used.low))
    return ground.priced(component, share, "seats that nobody uses")


def _others(ground: Ground, component: Component, mine: tuple[Finding, ...]) -> list[Component]:
    """The further tools for a function: the one named first is kept."""
    names = [
        part for f in mine if f.rule == "overlapping-tools" for part in f.id.rpartition("/")[2].split("+")
    ]
    return [
        ground.model.components[n]
        for n in dict.fromkeys(names)
        if n in ground.model.components and n != component.name
    ]


CAUSE = Cause(
    id="bought-without-use",
    title="It was bought without saying what for",
    why="A trial became a subscription, a colleague left, a second tool came; nobody ended the first contract.",
    risk="It is paid every month, and what lies in it is forgotten.",
    source="application portfolio analysis: TOGAF Standard 10, Phase C; ISO/IEC 19770-1:2017 (software assets)",
    explains=(
        Explains("unused-tool", "no function, no user, no work calls it", "certain"),
        Explains("unused-seats", "more seats than people", "certain"),
        Explains("overlapping-tools", "the second was bought without looking at the first"),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Take its data out, give notice, and lower the seats at the next renewal.",
        (1.0, 6.0),
        OWN_PEOPLE,
        (0.9, 1.0),
        "judgement: an export, a letter; prices may stay until the term ends",
    ),
    tags=("waste",),
    good="""\
people: {ana: {}}
components:
  a: {kind: tool, owner: ana, does: Plans jobs, price: 20 EUR/month, used_by: [ana], functions: [plan]}
""",
    bad="""\
people: {ana: {}}
components:
  a: {kind: tool, owner: ana, does: Plans jobs, price: 20 EUR/month, used_by: [ana], functions: [plan]}
  b: {kind: tool, owner: ana, does: plans jobs., price: 30 EUR/month, used_by: [ana], functions: [plan]}
""",
    expected=("components.a",),
)
