"""The recommended next iteration, each step with the figure that justifies it."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Numbered
from groma.documents.deliverables.subject import Subject, part
from groma.documents.deliverables.uncertainty_sections import load_stood, which_facts
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, Strong, line, sentence
from groma.documents.plots import need_title
from groma.model.figure import Figure

MOST_RISKS = 3


def steps(subject: Subject) -> tuple[Inlines, ...]:
    """What to do, the most pressing first, each with its figure."""
    return (*_needs(subject), *_risks(subject), *_first_full(subject), *_dearest(subject))


def next_iteration(subject: Subject, document: str) -> Blocks:
    """What to do first, then what the figures behind it are."""
    first = steps(subject)
    blocks: list[Block] = []
    if first:
        blocks.append(subject.because(Numbered(first)))
    blocks += part(document, "next-load", "How far it can grow as it is", load_stood(subject))
    blocks += part(
        document, "next-facts", "What is worth measuring first", which_facts(subject, f"{document}-next")
    )
    return tuple(blocks)


def _needs(subject: Subject) -> tuple[Inlines, ...]:
    """Needs that aren't met, with what would decide them."""
    quoter = subject.quoter
    found: list[Inlines] = []
    for result in quoter.ledger.needs:
        if result.verdict == "met" or result.accompanies:
            continue
        ref = f"need/{result.need}"
        words = line(
            "Settle ",
            Strong(line(quoter.say(ref, need_title(subject.model, ref)))),
            ": it is ",
            quoter.verdict(result),
            " at ",
            quoter.figure(result.figure),
        )
        if result.would_change:
            facts = ", ".join(f.rpartition("/")[2].replace("_", " ") for f in result.would_change[:3])
            words = line(words, "; measure ", quoter.say(ref, facts))
        found.append(line(words, "."))
    return tuple(found)


def _risks(subject: Subject) -> tuple[Inlines, ...]:
    """Ways to fail that have an answer on offer and none taken, grave ones first."""
    blueprint = subject.blueprint
    if blueprint is None:
        return ()
    open_ones = [risk for risk in blueprint.risks if risk.open][:MOST_RISKS]
    return tuple(
        line(
            "Decide whether to answer “",
            Strong(line(subject.quoter.say("design", risk.cause))),
            "”. On offer and not taken: ",
            subject.quoter.say("design", sentence(f"{risk.response[:1].lower()}{risk.response[1:]}")),
        )
        for risk in open_ones
    )


def _first_full(subject: Subject) -> tuple[Inlines, ...]:
    """The part that fills up first, and the load at which the flow that fills it stops."""
    model, quoter = subject.model, subject.quoter
    busy = [f for f in quoter.named("utilisation/") if f.high is not None and f.status != "not shown"]
    if not busy:
        return ()
    first = max(busy, key=lambda f: (_high(f), f.name))
    who = name_of(model, first.name.removeprefix("utilisation/"))
    words = line(
        "Watch ",
        Strong(line(quoter.say(first.name, who))),
        ", the busiest part: ",
        quoter.figure(first.name),
        " in the busiest hour",
    )
    for figure in quoter.named("saturation/"):
        if figure.status != "not shown":
            flow = name_of(model, f"flow:{figure.name.removeprefix('saturation/')}")
            words = line(
                words, "; ", quoter.say(figure.name, flow), " can start ", quoter.figure(figure.name)
            )
            break
    return (line(words, "."),)


def _dearest(subject: Subject) -> tuple[Inlines, ...]:
    """The dearest line of the bill."""
    quoter = subject.quoter
    lines = [f for f in quoter.named("cost/component/") if f.value is not None]
    whole = quoter.ledger.figures.get("cost/month")
    if not lines or whole is None or not whole.value:
        return ()
    first = max(lines, key=lambda f: (f.value or 0.0, f.name))
    if not first.value:
        return ()
    who = name_of(subject.model, first.name.removeprefix("cost/component/"))
    return (
        line(
            "Look for the next saving at ",
            Strong(line(quoter.say(first.name, who))),
            ": ",
            quoter.figure(first.name),
            ", ",
            quoter.ratio(first.name, first.value / whole.value),
            " of the bill.",
        ),
    )


def _high(figure: Figure) -> float:
    return figure.high or 0.0
