"""What was big enough when it was set up, and is nearly full."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, first_there, flows_at


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    title = (
        f"“{ground.name_of(key)}” is nearly full, and more is coming"
        if key
        else "More is coming than there is room for"
    )
    if key.startswith("people."):
        title = f"{ground.name_of(key)} has no time left"
    return Case(
        key=key, title=title, symptoms=mine, touches=(key,) if key else (), flows=flows_at(ground, (key,))
    )


CAUSE = Cause(
    id="growth-not-planned",
    title="Growth was never planned for",
    why="It was right for the size of then; nobody said at which size it has to change.",
    risk="It breaks in the best month, when there is least time to mend it.",
    source="Kleinrock, Queueing Systems I, 1975; Beyer et al., Site Reliability Engineering, 2016, chapter 18",
    explains=(
        Explains("growth-breaks-it", "next year's load is more than it carries", "certain"),
        Explains("hot-station", "it is nearly full in the busiest hour", "certain"),
        Explains("copy-outgrows-window", "data have grown beyond the time for saving them", "certain"),
        Explains("overloaded-person", "more work came and nobody else"),
        Explains("no-reserve", "what was reserve has been used up", "possible"),
    ),
    find=by(first_there, tell),
    remedy=Remedy(
        "Say at which load each part has to change, and change the first one before that month comes.",
        (16.0, 80.0),
        "system administrator",
        (0.5, 1.0),
        "judgement: measuring, choosing the next size, moving once",
    ),
    structural=True,
    tags=("capacity",),
    good="components: {web: {kind: service, threads: 1, offers: {get: {work: 70 ms}}}}\n"
    "flows: {visit: {starts: {rate: 1/s, busiest: 5/s}, steps: [{call: web.get}]}}\n",
    bad="components: {web: {kind: service, threads: 1, offers: {get: {work: 90 ms}}}}\n"
    "flows: {visit: {starts: {rate: 1/s, busiest: 10/s}, steps: [{call: web.get}]}}\n",
    expected=("components.web",),
)
