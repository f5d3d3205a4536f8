"""Sizes that a builder needs and nobody states."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.program import Ask, Call, Send
from groma.model.quantity import Unknown
from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """How often flows start, how long work takes, how much data, how many seats and hours, how all of it grows."""
    return look((*_work(subject), *_stores(subject)))


def _work(subject: Subject) -> Iterator[Place]:
    model = subject.model
    if subject.started:
        yield Place(
            "model", "growth", model.growth is not None, "How much more is expected isn't stated", model.at
        )
    for name in subject.started:
        flow = model.flows[name]
        start = flow.starts
        stated = start is not None and (_stated(start.rate) or start.replays is not None)
        yield Place(
            f"flows.{name}", "rate", stated, f"{named(flow, name)}: how often it starts isn't stated", flow.at
        )
    asked: set[str] = set()
    for _, step in subject.steps:
        if isinstance(step.action, Ask):
            asked.add(step.action.person)
            missing = (
                f"How long {named(model.people[step.action.person], step.action.person)} takes isn't stated"
            )
            yield Place(step.path, "takes", _stated(step.action.takes), missing, step.at)
    for name in sorted(asked):
        person = model.people[name]
        missing = f"How many hours a week {named(person, name)} works isn't stated"
        yield Place(f"people.{name}", "hours", person.hours is not None, missing, person.at)
    called = {
        (s.action.component, s.action.operation)
        for _, s in subject.steps
        if isinstance(s.action, Call | Send)
    }
    for name, component in model.components.items():
        for operation in component.offers.values():
            if (name, operation.name) in called:
                missing = f"{named(component, name)}: how long `{operation.name}` takes isn't stated"
                path = f"components.{name}.offers.{operation.name}"
                stated = (
                    component.serves is not None
                    or _stated(operation.work)
                    or bool(operation.per)
                    or bool(operation.steps)
                )
                yield Place(path, "work", stated, missing, operation.at)


def _stores(subject: Subject) -> Iterator[Place]:
    for name, data in subject.model.data.items():
        path, title = f"data.{name}", named(data, name)
        yield Place(path, "size", _stated(data.size), f"{title}: how much there is isn't stated", data.at)
        yield Place(path, "grows", _stated(data.grows), f"{title}: how fast it grows isn't stated", data.at)
    for name, c in subject.model.components.items():
        if c.kind == "tool" and c.supplier is not None:
            path, title = f"components.{name}", named(c, name)
            yield Place(path, "seats", c.seats is not None, f"{title}: how many seats isn't stated", c.at)


def _stated(amount: object) -> bool:
    return amount is not None and not isinstance(amount, Unknown)


RULE = Rule(
    id="size-not-stated",
    title="Size that nobody states",
    looks_for="Flows without a rate, steps and operations without a duration, data without size and growth, "
    "people without hours, bought tools without seats, models with flows without `growth`.",
    why="Plans, tariffs and limits are bought by size. A guess is too dear or too small.",
    source="capacity: ISO/IEC 25010:2023, 3.2.3; ITIL 4, capacity and performance management",
    severity="warning",
    tags=("ambiguity", "capacity"),
    consequence="It is bought by feeling, and the next tariff comes as a surprise.",
    remedy="State it with its unit; a range (`known`) will do.",
    phases=("build",),
    check=check,
    good="""\
growth: 10 %
people: {ana: {hours: 38 h}}
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}}
data: {customer: {held_by: crm, size: 1 GB, grows: 1 GB/year}}
flows: {a: {starts: {rate: 3/day}, steps: [{call: crm.add}, {ask: ana, takes: 5 min}]}}
""",
    bad="""\
people: {ana: {}}
suppliers: {house: {}}
components: {crm: {kind: tool, supplier: house, offers: {add: {}}}}
data: {customer: {held_by: crm}}
flows: {a: {starts: {}, steps: [{call: crm.add}, {ask: ana}]}}
""",
    expected=(
        "size-not-stated:components.crm.offers.add/work",
        "size-not-stated:components.crm/seats",
        "size-not-stated:data.customer/grows",
        "size-not-stated:data.customer/size",
        "size-not-stated:flows.a.steps.2/takes",
        "size-not-stated:flows.a/rate",
        "size-not-stated:model/growth",
        "size-not-stated:people.ana/hours",
    ),
)
