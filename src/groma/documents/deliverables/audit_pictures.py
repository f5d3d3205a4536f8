"""Pictures of an audit: what each cause costs, which symptom points to which cause, and the map of what there is."""

from __future__ import annotations

from groma.documents.charts.chart import Axis, Bar, Bars
from groma.documents.content import Block, Blocks, Paragraph, Picture
from groma.documents.deliverables.subject import Subject
from groma.documents.diagrams.diagram import Diagram, Edge, Node
from groma.documents.inlines import line
from groma.documents.plots import datum
from groma.documents.quote import DESIGN
from groma.documents.views import container_view
from groma.survey import Diagnosis

MOST_BARS = 12
MOST_CAUSES = 6


def bars(subject: Subject, survey: Diagnosis, document: str) -> Blocks:
    """A bar for each cause whose cost is known, with its band; those that are only possible stand in the table."""
    quoter = subject.quoter
    drawn: list[Bar] = []
    for found in survey.found:
        figure = quoter.ledger[found.cost]
        at = datum(figure) if figure.high is not None else None
        if at is not None and at.value > 0 and found.confidence != "possible":
            quoter.figure(found.cost)
            drawn.append(Bar(line(quoter.say(found.cost, found.case.title)), (at,)))
    if not drawn:
        return ()
    first = survey.found[0]
    words = line(
        "What costs most: ",
        quoter.say(first.cost, _lowered(first.cause.title)),
        ". The thin line is the range that what was told leaves open.",
    )
    chart = Bars(Axis("Cost a month", subject.model.currency), tuple(drawn[:MOST_BARS]))
    return (
        subject.because(
            Picture(
                f"{document}-cost-bars", chart, words, line("Causes by what they cost a month"), wide=True
            )
        ),
    )


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def graph(subject: Subject, survey: Diagnosis, document: str) -> Blocks:
    """Kinds of symptom on the left, kinds of cause on the right, so many to a picture that it can be read."""
    kinds = list(dict.fromkeys(found.cause.id for found in survey.found))
    if not kinds:
        return ()
    quoter = subject.quoter
    symptoms = {symptom.rule for found in survey.found for symptom in found.symptoms}
    few, many = len(kinds), len(symptoms)
    text = line(
        "Mending a symptom leaves its cause. Each line is a reason, told with the cause it leads to; a broken line is "
        "less than sure. ",
        quoter.count("symptom-kinds", "Kinds of symptom", many, "the survey"),
        f" kind{'' if many == 1 else 's'} of symptom come{'s' if many == 1 else ''} from ",
        quoter.count("cause-kinds", "Kinds of cause", few, "the survey"),
        f" kind{'' if few == 1 else 's'} of cause.",
    )
    drawn: list[Block] = [Paragraph(text)]
    for first in range(0, few, MOST_CAUSES):
        shown = kinds[first : first + MOST_CAUSES]
        dearest = next(found for found in survey.found if found.cause.id == shown[0])
        caption = line("What points to “", quoter.say(dearest.cost, _lowered(dearest.cause.title)), "”")
        caption = line(caption, " and the causes after it." if len(shown) > 1 else ".")
        name = f"{document}-cause-graph" + (f"-{first // MOST_CAUSES + 1}" if first else "")
        alt = line("Symptoms on the left, the causes that explain them on the right")
        drawn.append(subject.because(Picture(name, _graph(survey, shown), caption, alt, wide=True)))
    return tuple(drawn)


def _graph(survey: Diagnosis, kinds: list[str]) -> Diagram:
    titles = {looked.rule.id: looked.rule.title for looked in survey.looked}
    seen: dict[str, int] = {}
    for finding in survey.findings:
        seen[finding.rule] = seen.get(finding.rule, 0) + bool(finding.symptom_of)
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], bool] = {}
    refs = (DESIGN,)
    for found in survey.found:
        if found.cause.id not in kinds:
            continue
        cause, dearest = f"cause:{found.cause.id}", found is survey.found[0]
        nodes.setdefault(
            cause, Node(cause, "decision", line(found.cause.title), (), None, refs, emphasis=dearest)
        )
        for link, symptom in zip(found.links, found.symptoms, strict=True):
            rule, many = f"symptom:{symptom.rule}", seen[symptom.rule]
            times = (line("once" if many == 1 else f"{many} times"),)
            title = line(titles.get(symptom.rule, symptom.title.partition(":")[0]))
            nodes.setdefault(rule, Node(rule, "state", title, times, None, refs))
            edges[(rule, cause)] = edges.get((rule, cause), False) or link.confidence == "certain"
    left = sorted(
        (node for node in nodes.values() if node.id.startswith("symptom:")), key=lambda node: node.id
    )
    right = [node for node in nodes.values() if node.id.startswith("cause:")]
    drawn = tuple(Edge(a, b, (), "sync" if sure else "async", refs) for (a, b), sure in sorted(edges.items()))
    return Diagram("Symptoms and causes", (*left, *right), drawn, (), "right")


def map_of(subject: Subject, document: str) -> Blocks:
    """What exists and how it is joined."""
    if not subject.model.components:
        return ()
    view = container_view(subject.model, subject.quoter)
    parts, links = len(subject.model.components), len(subject.model.connections)
    words = line(
        subject.quoter.count("parts/seen", "Parts that were described", parts, "components"),
        f" part{'' if parts == 1 else 's'} and ",
        subject.quoter.count("links/seen", "Connections that were described", links, "connections"),
        f" connection{'' if links == 1 else 's'} were described.",
    )
    return (
        subject.because(
            Picture(
                f"{document}-map-view", view, words, line("People and parts as they are today"), wide=True
            )
        ),
    )
