"""Each cause of an audit: what was seen, what it costs and risks, what to do, when that has paid; by kinds of cause."""

from __future__ import annotations

import math
from collections.abc import Sequence

from groma.documents.content import Block, Blocks, Column, Definitions, Paragraph, Row, Section, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Emphasis, Inlines, Quote, Strong, line
from groma.documents.printable import ident
from groma.documents.quote import Quoter, figure_text
from groma.model.elements import Model
from groma.survey import OWN_PEOPLE, Diagnosis, Found, Link, said_at

ENQUIRY = "survey/website/enquiry"
MOST_SYMPTOMS = 8
MOST_AT_RISK = 3
MOST_MISSING = 3
MONTHS_OF_A_YEAR = 12
MOST_YEARS = 10


def causes(subject: Subject, survey: Diagnosis, document: str) -> Blocks:
    """A sub-section for each kind of cause, in the order of what the dearest of a kind costs; where several are of one
    kind, what they have in common is said once."""
    kinds: dict[str, list[Found]] = {}
    for found in survey.found:
        kinds.setdefault(found.cause.id, []).append(found)
    blocks: Blocks = ()
    for several in kinds.values():
        first = several[0]
        if len(several) == 1:
            inner = (subject.because(Paragraph(_reason(first)), *_cause(subject, survey, first)),)
            blocks += part(document, ident(first.id), first.case.title, inner)
            continue
        shared = _shared(several)
        blocks += part(
            document,
            f"kind-{ident(first.cause.id)}",
            first.cause.title,
            (
                subject.because(_common(first, shared)),
                *(
                    Section(
                        f"{document}-{ident(found.id)}",
                        found.case.title,
                        3,
                        (subject.because(*_cause(subject, survey, found, shared)),),
                    )
                    for found in several
                ),
            ),
        )
    if survey.unexplained:
        rows = tuple(
            Row((line(Strong(line(f.title))), line(f.consequence), line(f.remedy)))
            for f in survey.unexplained
        )
        words = line("These were found too; no cause that the survey knows explains them.")
        columns = (Column("Found"), Column("What it leads to"), Column("What to do"))
        blocks += part(
            document,
            "unexplained",
            "Symptoms without a cause",
            (Paragraph(words), subject.because(Table(columns, rows))),
        )
    return blocks


def _reason(found: Found) -> Inlines:
    return line(Strong(line(f"{found.cause.title}. ")), found.cause.why)


def _shared(several: Sequence[Found]) -> frozenset[str]:
    """What is said once for causes of one kind: the risk and the basis, and the remedy where it is the same."""
    alike = len({found.remedy for found in several}) == 1
    return frozenset({"risk", "basis"} | ({"remedy"} if alike else set()))


def _common(first: Found, shared: frozenset[str]) -> Paragraph:
    """What causes of one kind have in common."""
    cause = first.cause
    remedy = line(" ", Strong(line("What to do: ")), first.remedy) if "remedy" in shared else ()
    basis = Emphasis(line(f"Hours are a planning band ({cause.remedy.basis})."))
    return Paragraph(line(cause.why, " ", cause.risk, remedy, " ", basis))


def _cause(
    subject: Subject, survey: Diagnosis, found: Found, shared: frozenset[str] = frozenset()
) -> tuple[Block, ...]:
    """What is particular to a cause; `shared` isn't said again."""
    quoter = subject.quoter
    facts: list[tuple[Inlines, Inlines]] = [
        (line("What it costs"), _cost(subject, found)),
        (line("What is at risk"), _risk(subject, found, also="risk" not in shared)),
        (line("What to do"), line(found.remedy) if "remedy" not in shared else ()),
        (line("What that takes"), _effort(subject, found, basis="basis" not in shared)),
        (line("How sure"), line(quoter.say(found.cost, _sure(found)))),
    ]
    return (Definitions(tuple(fact for fact in facts if fact[1])), _symptoms(subject, survey, found))


def _cost(subject: Subject, found: Found) -> Inlines:
    quoter = subject.quoter
    figure = quoter.ledger[found.cost]
    missing = _missing(subject.model, figure.missing[:MOST_MISSING])
    if figure.low is None and figure.high is None:
        why = (
            f"It can't be told until somebody states {missing}."
            if missing
            else "Nothing that was told says what it costs; it is a risk, not a bill."
        )
        return line(quoter.say(found.cost, why))
    words = line(amount(quoter, found.cost), " a month.")
    if figure.valid:
        words = line(words, " Nothing where all of it is caught up later; so much when it is lost.")
    if missing:
        words = line(words, " Not counted, since it isn't stated: ", quoter.say(found.cost, f"{missing}."))
    return words


def _missing(model: Model, facts: Sequence[str]) -> str:
    """What would have to be stated, the same of several things said once: `what one run is worth (“A”, “B”)`."""
    found: dict[str, dict[str, None]] = {}
    for fact in facts:
        path, _, hint = fact.partition(": ")
        found.setdefault(hint.removeprefix("state ") or "what is missing", {})[_about(model, path)] = None
    return "; ".join(f"{hint} ({', '.join(names)})" for hint, names in found.items())


def _about(model: Model, path: str) -> str:
    """The element that a path leads to as people call it; other paths as they are."""
    section, _, rest = path.partition(".")
    name = rest.partition(".")[0]
    if section == "flows" and name in model.flows:
        return f"“{model.flows[name].title or name.replace('_', ' ')}”"
    if section == "connections" and name in model.connections:
        link = model.connections[name]
        return f"“{name_of(model, link.from_)}” to “{name_of(model, link.to)}”"
    if section in ("components", "suppliers", "people", "places", "data") and name in getattr(model, section):
        return f"“{name_of(model, name)}”"
    return path


def _risk(subject: Subject, found: Found, *, also: bool) -> Inlines:
    """Work, money and data at risk; with `also`, what that means for every cause of the kind."""
    quoter, case, model = subject.quoter, found.case, subject.model
    words: Inlines = line(found.cause.risk) if also else ()
    titles = [model.flows[flow].title or flow.replace("_", " ") for flow in case.flows]
    if titles:
        words = line(words, " " if words else "", "Work: ", quoter.say(found.cost, ", ".join(titles)))
        if found.stake is not None and quoter.shown(found.stake):
            some = " as far as it is stated" if quoter.ledger[found.stake].missing else ""
            words = line(words, "; it brings ", quoter.figure(found.stake), some)
        words = line(words, ".")
    if any(part.key == "website/enquiries" for part in case.parts) and quoter.shown(ENQUIRY):
        words = line(
            words, " " if words else "", "One enquiry brings ", quoter.figure(ENQUIRY), " on average."
        )
    down = [f.name for f in quoter.named(f"alone/{case.key}/") if f.name.endswith("/downtime") and f.high]
    if down:
        words = line(
            words, " " if words else "", "It is down ", quoter.figure(down[0]), " in a month on average."
        )
    if case.data:
        names = ", ".join(model.data[d].title or d.replace("_", " ") for d in case.data if d in model.data)
        words = line(words, " " if words else "", "Data: ", quoter.say(found.cost, names), ".")
    return words


def at_risk(model: Model, found: Found) -> str:
    """Work and data at risk, by their titles, in a few words."""
    flows = [model.flows[flow].title or flow.replace("_", " ") for flow in found.case.flows]
    data = [model.data[d].title or d.replace("_", " ") for d in found.case.data if d in model.data]
    each = [*flows, *data]
    return ", ".join(each[:MOST_AT_RISK]) + (
        f" and {len(each) - MOST_AT_RISK} more" if len(each) > MOST_AT_RISK else ""
    )


def _effort(subject: Subject, found: Found, *, basis: bool) -> Inlines:
    quoter = subject.quoter
    words = line(quoter.figure(found.hours), " of ", _who(found.cause.remedy.by))
    if quoter.shown(found.effort):
        words = line(words, ", ", quoter.figure(found.effort))
    else:
        words = line(words, "; what an hour costs isn't stated")
    if quoter.shown(found.payback):
        words = line(words, ". Paid back in ", payback_text(quoter, found.payback))
        if quoter.ledger[found.payback].high is None:
            words = line(words, ": it is a precaution, and may save nothing for years")
    if not basis:
        return line(words, ".")
    return line(words, ". ", Emphasis(line(f"A planning band ({found.cause.remedy.basis}).")))


def _who(by: str) -> str:
    """`a software engineer`, `an ERP consultant`, `your own people`."""
    if by == OWN_PEOPLE:
        return "your own people"
    return f"{'an' if by[0] in 'AEIOaeio' else 'a'} {by}"


def amount(quoter: Quoter, name: str, unknown: str = "not known") -> Quote:
    """Money where the words around it say `a month`: a band that begins at nothing is `up to` its end."""
    figure = quoter.ledger[name]
    if figure.low is None and figure.high is None:
        return quoter.say(name, unknown)
    if figure.low == 0.0 and figure.high:
        return quoter.say(name, f"up to {figure_text(figure).removesuffix(' a month').rpartition(' to ')[2]}")
    return quoter.monthly(name)


def payback_text(quoter: Quoter, name: str) -> Quote:
    """Months as people say them: `up to 14 months`, `3 to 9 months`, `2 years at best`."""
    figure = quoter.ledger[name]
    if figure.low is None:
        return quoter.say(name, "not known")
    if figure.high is None:
        return quoter.say(name, f"{_months(max(1.0, figure.low), up=False)} at best")
    last = _months(figure.high, up=True)
    if figure.low < 1:
        return quoter.say(name, f"up to {last}")
    first = _months(figure.low, up=False)
    return quoter.say(name, first if first == last else f"{first} to {last}")


def _months(value: float, *, up: bool) -> str:
    if value > MOST_YEARS * MONTHS_OF_A_YEAR:
        return f"more than {MOST_YEARS} years"
    whole = math.ceil if up else math.floor
    if value >= 2 * MONTHS_OF_A_YEAR:
        return f"{whole(value / MONTHS_OF_A_YEAR)} years"
    months = whole(value)
    return f"{months} month{'' if months == 1 else 's'}"


def sureness(found: Found) -> str:
    """In a word."""
    return {"certain": "sure", "likely": "likely", "possible": "possible"}[found.confidence]


def _sure(found: Found) -> str:
    rules = len({symptom.rule for symptom in found.symptoms})
    kinds = "one kind of symptom says so" if rules == 1 else f"{rules} kinds of symptom say so"
    return f"{sureness(found).capitalize()}: {kinds}."


def _symptoms(subject: Subject, survey: Diagnosis, found: Found) -> Block:
    links = {link.symptom: link for link in found.links}
    rows = tuple(
        Row(
            (
                line(Strong(line(symptom.title))),
                line(_because(links[symptom.id])),
                line(Code(said_at(survey, symptom))),
            ),
            tuple(symptom.figures),
        )
        for symptom in found.symptoms[:MOST_SYMPTOMS]
    )
    left = len(found.symptoms) - MOST_SYMPTOMS
    if left > 0:
        more = subject.quoter.count(f"symptoms/{found.id}", "Symptoms that aren't listed", left, "the survey")
        rows = (*rows, Row((line("and ", more, " more"), line(), line())))
    told = alike(subject.quoter, f"symptoms/{found.id}", rows)
    return Table((Column("What was seen"), Column("Why it points here"), Column("Where")), told)


def _because(link: Link) -> str:
    return link.why if link.confidence == "certain" else f"{link.why} ({link.confidence})"
