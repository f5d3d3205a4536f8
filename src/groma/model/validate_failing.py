"""What must hold of how things fail: few common causes, and no place that depends on what is in it."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.model.position import Problem

MOST_SHARES = 3
MOST_TOGETHER = 12


def together(model: Model) -> Iterator[Problem]:
    """Common causes whose sizes are told apart stay few: there is one for each set of replicas."""
    for component in (c for name in (*model.components, *model.alternatives) for c in model.candidates(name)):
        path = f"components.{component.name}.together"
        if len(component.together) > MOST_SHARES:
            found = f"found {len(component.together)}"
            yield Problem(component.at, f"{path}: expected at most {MOST_SHARES} shares, {found}")
        elif len(component.together) > 1 and component.replicas > MOST_TOGETHER:
            message = (
                f"expected one share for more than {MOST_TOGETHER} replicas, found {len(component.together)}"
            )
            yield Problem(component.at, f"{path}: {message}")


def crews(model: Model) -> Iterator[Problem]:
    """Crews are shared by replicas of a component that fail one by one, at a stated rate."""
    for component in (c for name in (*model.components, *model.alternatives) for c in model.candidates(name)):
        fails, path = component.fails, f"components.{component.name}"
        if fails is None or fails.crews is None:
            continue
        for wrong, message in (
            (fails.every is None or fails.repaired_in is None, "`crews` without `every` and `repaired_in`"),
            (
                bool(component.together),
                "`crews` beside `together`: who fails together isn't repaired one by one",
            ),
            (
                component.takeover is not None or component.noticed is not None,
                "`crews` beside `takeover` or `noticed`",
            ),
        ):
            if wrong:
                yield Problem(fails.at, f"{path}.fails: {message}: delete one, or state what lacks")
    sections = (("places", model.places), ("suppliers", model.suppliers), ("connections", model.connections))
    for section, elements in sections:
        for name, element in elements.items():
            if element.fails is not None and element.fails.crews is not None:
                message = (
                    "`crews` are shared by the replicas of a component; here there is one thing to repair"
                )
                yield Problem(element.fails.at, f"{section}.{name}.fails: {message}")


def fed_by_themselves(model: Model) -> Iterator[Problem]:
    """Places that depend on something that is in them, or that needs what is in them."""
    for place in model.places.values():
        todo, seen = list(place.depends_on), set[str]()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            for component in model.candidates(name):
                todo += [*component.depends_on, *(() if component.runs_on is None else (component.runs_on,))]
                around = {where for inner in component.place for where in _around(model, inner)}
                if place.name in around:
                    message = f"depends on `{name}`, which is in it: nothing could ever start"
                    yield Problem(place.at, f"places.{place.name}.depends_on: {message}")
                    return
                todo += [fed for where in sorted(around) for fed in model.places[where].depends_on]


def _around(model: Model, place: str) -> Iterator[str]:
    """A place and those around it, as far as the model describes them."""
    seen: set[str] = set()
    current: str | None = place
    while current is not None and current in model.places and current not in seen:
        seen.add(current)
        yield current
        current = model.places[current].in_
