"""Parts, data and connections that nobody answers for."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, everywhere, flows_at, quoted, touched


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    paths = touched(ground, mine)
    title = f"Nobody answers for {quoted(ground.name_of(path) for path in paths)}"
    return Case(key=key, title=title, symptoms=mine, touches=paths, flows=flows_at(ground, paths))


CAUSE = Cause(
    id="nobody-owns-it",
    title="Nobody answers for it",
    why="It was set up by whoever needed it first; since then everybody uses it and nobody is asked.",
    risk="Updates, renewals, permissions and the bill are left to chance.",
    source="ISO/IEC 27001:2022, A.5.9; NIST SP 800-53 CM-8",
    explains=(
        Explains("component-without-owner", "no person is named", "certain"),
        Explains("data-without-owner", "no person is named", "certain"),
        Explains("connection-without-owner", "no person is named", "certain"),
        Explains("evaluation-without-owner", "no person is named", "certain"),
        Explains("hand-over-without-error-path", "nobody is told when it fails"),
        Explains("renewal-near", "nobody watches the day on which notice has to be given"),
        Explains("knowledge-of-nobody", "what nobody answers for nobody learns"),
    ),
    find=by(everywhere, tell),
    remedy=Remedy(
        "Write one person's name beside each, and agree on what they look at once a month.",
        (2.0, 12.0),
        OWN_PEOPLE,
        (0.5, 1.0),
        "judgement: one meeting with a list, and an hour for each new owner",
    ),
    good="people: {ana: {}}\ncomponents: {shop: {kind: tool, owner: ana}}\n",
    bad="people: {ana: {}}\ncomponents: {shop: {kind: tool}}\n",
    expected=("",),
)
