"""Parts that are busier in the busiest hour than queues forgive."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

MOST_BUSY = 0.8


def check(subject: Subject) -> Look:
    """Components with a stated number of servers; those whose utilisation surely is above 80 %, or may be."""
    stations = [c for c in subject.components() if c.threads is not None]
    hits: list[Hit] = []
    for component in stations:
        figure = subject.figure(f"utilisation/{component.name}")
        least = figure.low if figure.low is not None else 0.0
        middle = figure.value if figure.value is not None else least
        if middle > MOST_BUSY:
            hits.append(
                Hit(
                    f"components.{component.name}",
                    f"{component.title or component.name} runs nearly full in the busiest hour",
                    "more than four fifths of its servers are busy",
                    component.at,
                    figures=(figure.name,),
                    confidence="certain" if least > MOST_BUSY else "likely",
                )
            )
    return Look(len(stations), tuple(hits))


RULE = Rule(
    id="hot-station",
    title="Part nearly full in the busiest hour",
    looks_for="Components with `threads` of which more than 80 % are busy in the busiest hour.",
    why="Waiting grows as 1/(1 - utilisation): from 80 % to 90 % it doubles, and a small surplus fills the queue.",
    source="Kleinrock, Queueing Systems I, 1975",
    severity="warning",
    tags=("structure", "capacity"),
    consequence="Waiting grows steeply with every further request; a retry on top tips it over.",
    remedy="Add servers, take work from it (cache, batch), or limit what comes in.",
    check=check,
    good="""\
components: {web: {kind: service, threads: 1, offers: {get: {work: 70 ms}}}}
flows: {visit: {starts: {rate: 1/s, busiest: 10/s}, steps: [{call: web.get}]}}
""",
    bad="""\
components: {web: {kind: service, threads: 1, offers: {get: {work: 90 ms}}}}
flows: {visit: {starts: {rate: 1/s, busiest: 10/s}, steps: [{call: web.get}]}}
""",
    expected=("hot-station:components.web",),
)
