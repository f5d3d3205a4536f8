"""Data that are, or go, where they mustn't be."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, flows_at, quoted, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    paths = touched(ground, mine)
    what = quoted(ground.name_of(path) for path in paths)
    sure = any(finding.confidence != "possible" for finding in mine)
    title = f"Data of {what} {'are' if sure else 'may be'}, or pass, where they mustn't be"
    data = tuple(path.partition(".")[2] for path in paths if path.startswith("data."))
    return Case(key=key, title=title, symptoms=mine, data=data, touches=paths, flows=flows_at(ground, paths))


CAUSE = Cause(
    id="data-where-not-allowed",
    title="Data are where they mustn't be",
    why="Tools were chosen by what they do; where they keep data was in nobody's list.",
    risk="A complaint or an audit stops the work, and the fine is up to a share of the turnover.",
    source="Regulation (EU) 2016/679 (GDPR), Articles 5, 32, 44 and 83",
    explains=(
        Explains("outside-allowed-places", "they can reach a place that isn't allowed", "certain"),
        Explains("personal-data-by-mail", "mail keeps copies in places that nobody lists"),
    ),
    find=by(everywhere, tell),
    remedy=Remedy(
        "Move them, or the tool, to an allowed place; until then don't send what isn't needed.",
        (8.0, 80.0),
        "data-protection officer or legal adviser",
        (0.8, 1.0),
        "judgement: asking the supplier for another region to changing the supplier",
    ),
    structural=True,
    tags=("residency", "privacy"),
    good="""\
needs: {eu: {measure: residency/personal, within: [EU]}}
places: {fra: {kind: region, in: DE}}
people: {ana: {}}
components: {crm: {kind: tool, owner: ana, place: fra, offers: {write: {work: 1 s}}}}
data: {people: {class: personal, owner: ana, held_by: crm}}
flows: {add: {by: ana, carries: [people], starts: {rate: 1/h}, steps: [{call: crm.write}]}}
""",
    bad="""\
needs: {eu: {measure: residency/personal, within: [EU]}}
places: {ohio: {kind: region, in: US}}
people: {ana: {}}
components: {crm: {kind: tool, owner: ana, place: ohio, offers: {write: {work: 1 s}}}}
data: {people: {class: personal, owner: ana, held_by: crm}}
flows: {add: {by: ana, carries: [people], starts: {rate: 1/h}, steps: [{call: crm.write}]}}
""",
    expected=("",),
)
