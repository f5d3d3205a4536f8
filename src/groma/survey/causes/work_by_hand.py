"""Work that people do again and again, though a form, a rule or a tool could take it over."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, said


def fault(ground: Ground, finding: Finding) -> str | None:
    """The flow, unless the step carries data between tools that don't speak with each other: that is another cause."""
    if any(evidence.element in ground.carried for evidence in finding.evidence):
        return None
    return element_in(ground, finding, "flows")


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    steps = [
        path for path in dict.fromkeys(e.element for f in mine for e in f.evidence) if path in ground.asks
    ]
    if not steps:
        steps = [path for path in ground.asks if ground.element(path) == key]
    parts = tuple(part for path in steps for part in ground.worked(path))
    named = [_what(ground, path) for path in steps]
    what = said(each for each in named if each.lower() != ground.name_of(key).lower())
    flow = key.partition(".")[2]
    title = f"“{ground.name_of(key)}” is done by hand" + (f": {what}" if what != "nothing" else "")
    return Case(
        key=key, title=title, symptoms=mine, parts=parts, flows=(flow,), touches=(key,), worked=tuple(steps)
    )


def _what(ground: Ground, path: str) -> str:
    """What a step asks, in its own words, else whom it asks."""
    step = ground.asks[path]
    who = getattr(step.action, "person", "")
    return (
        step.title
        or f"what {ground.name_of(f'people.{who}')} {'are' if ground.many(who) else 'is'} asked for"
    )


CAUSE = Cause(
    id="work-by-hand",
    title="Work is done by hand that a form, a rule or a tool could take over",
    why="It began with a few cases a month, and nobody has looked again since it became many.",
    risk="It is paid every month, grows with the business, and is where mistakes are made.",
    source="toil: Beyer et al., Site Reliability Engineering, 2016, chapter 5",
    explains=(
        Explains("manual-work", "the same work, many times a month"),
        Explains("work-costs-more-than-it-brings", "its hours cost more than it brings", "certain"),
        Explains("long-wait-for-person", "each case waits until somebody has time", "possible"),
    ),
    find=by(fault, tell),
    remedy=Remedy(
        "Take the plain cases out: a list of packages, a form, a template, a tool. Leave people what needs a person.",
        (16.0, 80.0),
        "software engineer",
        (0.3, 0.7),
        "judgement: half of the cases are plain in most offices; set-up of a bought tool to a small program",
        (0.1, 1.0),
    ),
    good="""\
people: {office: {rate: 40 EUR/h}}
flows: {invoice: {starts: {rate: 60/month}, steps: [{ask: office, takes: 10 min, title: write the invoice}]}}
""",
    bad="""\
people: {office: {rate: 40 EUR/h}}
flows: {invoice: {starts: {rate: 60/month}, steps: [{ask: office, takes: 25 min, title: write the invoice}]}}
""",
    expected=("flows.invoice",),
)
