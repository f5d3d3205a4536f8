"""Facts that are too old, too exact or missing, so that nothing should be decided by them yet."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, quoted, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    paths = touched(ground, mine)
    title = f"Not known well enough to decide on: {quoted(ground.name_of(path) for path in paths)}"
    return Case(key=key, title=title, symptoms=mine, touches=paths)


CAUSE = Cause(
    id="facts-too-vague",
    title="Facts are too vague to decide on",
    why="Numbers were remembered, not looked up; nobody needed them exactly until now.",
    risk="A decision that looks right on paper is wrong on the bill.",
    source="JCGM 100:2008 (GUM), 0.1; ISO/IEC/IEEE 29148:2018",
    explains=(
        Explains("fact-without-range", "it is said as if it were known exactly", "certain"),
        Explains("old-fact", "it is more than a year old", "certain"),
        Explains("price-unknown", "nobody knows what it costs", "certain"),
    ),
    find=by(everywhere, tell),
    remedy=Remedy(
        "Look up the few that change an answer: a bill, a log, a week's diary, a quote.",
        (2.0, 12.0),
        OWN_PEOPLE,
        (0.0, 1.0),
        "judgement: half an hour for each that matters",
    ),
    good="facts: {a: {value: 2 h, known: 1 h .. 3 h, source: diary, date: 2026-10}}\n",
    bad="facts: {a: {value: 2 h, source: recalled, date: 2026-10}}\n",
    expected=("",),
)
