"""What must hold of scenarios: something happens, by a factor where one is needed, while somebody looks."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.model.position import Problem


def scenarios(model: Model) -> Iterator[Problem]:
    """An event does something, with a factor where one is needed, and while somebody looks."""
    for name, scenario in model.scenarios.items():
        for number, event in enumerate(scenario.events, 1):
            path = f"scenarios.{name}.events.{number}"
            scaled = event.slow or event.load
            if not (event.down or event.stalled or scaled or event.cold):
                words = "`down`, `stalled`, `slow`, `load`, `cold`"
                yield Problem(event.at, f"{path}: nothing happens: say what ({words})")
            if event.load and any(f in model.flows and _replayed(model, f) for f in event.load):
                message = "arrivals that are replayed stay as they were recorded: they have no factor"
                yield Problem(event.at, f"{path}.load: {message}")
            if scaled and (event.times == 1.0 or event.times < 0.0):
                word = "slow" if event.slow else "load"
                yield Problem(event.at, f"{path}: `{word}` needs `times`, such as `times: 5`")
            if scenario.lasts is not None and event.from_.mean >= scenario.lasts.mean:
                message = f"begins at {event.from_.text}, when the scenario ({scenario.lasts.text}) is over"
                yield Problem(event.at, f"{path}: {message}")


def _replayed(model: Model, flow: str) -> bool:
    starts = model.flows[flow].starts
    return starts is not None and starts.replays is not None
