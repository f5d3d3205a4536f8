"""A regulated sector was entered without what it asks for."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, quoted, touched, where


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    return Case(
        key=key,
        title=f"Regulated work without oversight: {quoted([ground.name_of(key)])}",
        symptoms=mine,
        flows=(key.partition(".")[2],),
        touches=touched(ground, mine),
    )


CAUSE = Cause(
    id="regulated-unprepared",
    title="Regulated work without oversight",
    why="The model was put into work of a regulated sector as into any other.",
    risk="It may not run at all, or is stopped once it does.",
    source="Regulation (EU) 2024/1689 (AI Act), Articles 9 to 15 and 26",
    explains=(
        Explains(
            "regulated-data-unseen", "no person and no guard sees what the model does with it", "likely"
        ),
    ),
    find=by(where("flows"), tell),
    remedy=Remedy(
        "Decide which effects a person approves, guard what goes in and out, keep a trail, write "
        "down control for control.",
        (80.0, 320.0),
        "solution architect",
        (0.0, 0.5),
        "judgement: two to eight weeks for risk file, oversight and trail of one use",
    ),
    structural=True,
    tags=("law",),
    good="""\
people: {nurse: {}}
components: {brain: {kind: llm, owner: nurse, offers: {say: {work: 1 s}}}}
data: {findings: {class: health}}
flows: {ask: {starts: {rate: 1/h}, steps: [{call: brain.say, carries: findings}, {ask: nurse, takes: 1 min}]}}
""",
    bad="""\
people: {nurse: {}}
components: {brain: {kind: llm, owner: nurse, offers: {say: {work: 1 s}}}}
data: {findings: {class: health}}
flows: {ask: {starts: {rate: 1/h}, steps: [{call: brain.say, carries: findings}]}}
""",
    expected=("flows.ask",),
)
