"""Obligations and controls that are written down, or not even that, and never shown to hold."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    rules = {finding.rule for finding in mine}
    title = "What the law asks of the system is met by nobody in particular"
    if rules <= {"control-without-test", "control-without-signal"}:
        title = "Controls are stated, and nobody knows whether they hold"
    elif rules <= {"personal-without-retention"}:
        title = "How long data about people are kept was never decided"
    return Case(key=key, title=title, symptoms=mine, touches=touched(ground, mine), flows=())


CAUSE = Cause(
    id="controls-on-paper",
    title="Controls are on paper only",
    why="Whoever wrote them down doesn't run the system, and whoever runs it wasn't asked to show them.",
    risk="An audit, an accident or a complaint finds that nothing was ever tried.",
    source="ISO/IEC 42001:2023, 9.1; Regulation (EU) 2024/1689 Articles 9, 12 and 26; "
    "Regulation (EU) 2016/679 Article 5(2)",
    explains=(
        Explains("article-unmet", "nobody says who meets it, and how", "likely"),
        Explains("threat-without-control", "a known way in has nothing against it", "likely"),
        Explains("control-without-test", "nobody has tried it", "certain"),
        Explains("control-without-signal", "nobody would see that it fails", "certain"),
        Explains("personal-without-retention", "nobody decided when it goes", "certain"),
        Explains("effect-without-record", "nothing shows later what was done", "certain"),
        Explains("record-kept-too-short", "it is gone when somebody asks", "certain"),
        Explains("content-unblocked", "it is enforced at one door only", "certain"),
    ),
    find=by(everywhere, tell),
    remedy=Remedy(
        "Give each obligation an owner, a control, a test that is repeated and a signal that somebody reads.",
        (8.0, 60.0),
        OWN_PEOPLE,
        (0.5, 0.9),
        "judgement: half a day for each obligation that applies",
    ),
    tags=("safety",),
    good="""\
controls: {training: {title: Training, against: [persuasion], test: planted wrong proposals, signal: share found}}
""",
    bad="""\
controls: {training: {title: Training, against: [persuasion], signal: share found}}
""",
    expected=("",),
)
