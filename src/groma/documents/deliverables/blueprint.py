"""The page that opens: in one screen what is proposed, what it costs, which needs hold, what it trades, what to decide.

For the person who decides, so in plain words: exact terms are one click away, in the derivations. Every sentence that
weighs one design against another is worked out by the designer; nothing here is an opinion.
"""

from __future__ import annotations

from groma.design import Blueprint, Decision
from groma.documents.content import (
    Block,
    Blocks,
    Callout,
    Card,
    Cards,
    Document,
    Numbered,
    Paragraph,
)
from groma.documents.deliverables import decisions
from groma.documents.deliverables.blueprint_chapters import (
    conflicts,
    growth,
    measure_of,
    prices,
    proof,
    risks,
    traded,
    tradeoffs,
    weighty,
)
from groma.documents.deliverables.buildable_sections import left_to_guess
from groma.documents.deliverables.common_sections import glossary, needs_table, open_points
from groma.documents.deliverables.findings_sections import findings_table
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.deliverables.uncertainty_sections import which_facts
from groma.documents.inlines import Inlines, Link, Strong, line
from groma.documents.measures_in_words import measure_title
from groma.documents.plots import front_chart, need_title

ID = "blueprint"


def write(subject: Subject) -> Document | None:
    """The front page of a blueprint; None for a model that nobody designed here."""
    blueprint = subject.blueprint
    if blueprint is None:
        return None
    sections = (
        *section(ID, "tradeoffs", "The choice you have", tradeoffs(subject, blueprint)),
        *section(
            ID,
            "needs",
            "What is asked, and what it gets",
            (needs_table(subject, f"{ID}-needs-table"),) if subject.quoter.ledger.needs else (),
        ),
        *section(ID, "findings", "What has to be mended first", grave(subject)),
        *section(ID, "prices", "What each need costs", prices(subject, blueprint)),
        *section(ID, "choices", "What is chosen", decisions.overview(subject)),
        *section(ID, "growth", "If demand changes", growth(subject, blueprint)),
        *section(ID, "facts", "Which facts matter most", which_facts(subject, ID)),
        *section(ID, "risks", "Risks that matter", risks(subject, blueprint)),
        *section(ID, "conflicts", "What can't be had together", conflicts(subject, blueprint)),
        *section(ID, "guess", "What is left to guess", left_to_guess(subject, ID, short=True)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject)),
        *section(ID, "proof", "How far this is proven", proof(subject, blueprint)),
        *section(ID, "terms", "Terms", glossary(subject)),
    )
    subtitle = "What is proposed, what it costs, what it trades"
    return DELIVERABLE.document(
        subject,
        subtitle,
        summary(subject, blueprint),
        sections,
        title=subject.model.system,
    )


def summary(subject: Subject, blueprint: Blueprint) -> Blocks:
    """One screen: proposal, cards, the picture of the trade-off, what to decide now."""
    best = blueprint.best
    if best is None:
        words = (
            "No design meets all needs. The chapter on what can't be had together says which needs collide."
        )
        return (subject.because(Callout("risk", line(words))),)
    opening = Paragraph(
        line(
            Strong(line(subject.quoter.say("design", best.title + "."))),
            " ",
            _in_a_sentence(subject, blueprint),
        )
    )
    blocks: list[Block] = [subject.because(opening), _cards(subject, blueprint)]
    chart = front_chart(subject.quoter, blueprint, f"{ID}-front")
    if chart is not None:
        blocks.append(subject.because(chart))
    blocks += _decide_now(subject, blueprint)
    return tuple(blocks)


def grave(subject: Subject) -> Blocks:
    """What rules find in the proposal that mustn't be built as it is; less grave ones are the architecture's."""
    found = tuple(finding for finding in subject.findings if finding.severity == "error")
    return findings_table(subject, found, ID)


def _in_a_sentence(subject: Subject, blueprint: Blueprint) -> Inlines:
    """The choices that move most, named."""
    quoter = subject.quoter
    weighed = [d for d in blueprint.decisions if f"choice/{d.role}" in quoter.ledger and _weighs(d)]
    chosen = [d for d in blueprint.decisions if f"choice/{d.role}" in quoter.ledger]
    head = "What it rests on most:" if weighed else "What it is made of:"
    weighed = weighed or chosen
    weighed.sort(key=lambda d: (d.extra is not None, -abs(d.extra or 0.0), d.role))
    parts: list[Inlines] = []
    for decision in weighed[:4]:
        ref = f"choice/{decision.role}"
        parts.append(line(" ", quoter.say(ref, decision.title), " ", quoter.choice(decision.role), "."))
    return line(head, *parts) if parts else ()


def _weighs(decision: Decision) -> bool:
    """Whether another answer would cost something or break a need."""
    return decision.extra is None or abs(decision.extra) > 1e-9


def _cards(subject: Subject, blueprint: Blueprint) -> Cards:
    quoter = subject.quoter
    cards: list[Card] = []
    if quoter.shown("cost/month"):
        note = line("a month, paid to suppliers")
        if quoter.shown("people/hours"):
            note = line("a month, beside ", quoter.monthly("people/hours"), " of people's time")
        cards.append(Card("Bill", line(quoter.monthly("cost/month")), note, f"#{ID}-tradeoffs"))
    results = quoter.ledger.needs
    met = sum(r.verdict == "met" for r in results)
    if results:
        value = line(
            quoter.count("needs-met", "Needs that are met", met, "verdicts"),
            " of ",
            quoter.count(
                "needs", "Needs, with those that come with others", len(results), "needs of the model"
            ),
            " met",
        )
        tight = [
            r
            for r in results
            if r.verdict == "met" and r.margin_low is not None and r.target.value is not None
        ]
        note: Inlines = line("over the whole range of what is known")
        if met < len(results):
            other = next(r for r in results if r.verdict != "met")
            ref = f"need/{other.need}"
            note = line(quoter.say(ref, need_title(subject.model, ref)), " is ", quoter.verdict(other))
        elif tight:
            nearest = min(tight, key=lambda r: r.margin_low or 0.0)
            ref = f"need/{nearest.need}"
            note = line(
                "tightest: “", quoter.say(ref, need_title(subject.model, ref)), "”, ", *quoter.margin(nearest)
            )
        cards.append(Card("Needs", value, note, f"#{ID}-needs"))
    for wish in blueprint.wishes[1:3]:
        if quoter.shown(wish):
            cards.append(Card(measure_title(wish), line(quoter.figure(wish)), _asked(subject, wish)))
    risky = sum(risk.open for risk in blueprint.risks)
    if blueprint.risks:
        count = quoter.count(
            "risks-open", "Failure modes with an answer on offer that isn't taken", risky, "patterns in use"
        )
        value = line(count if risky else quoter.say("count/risks-open", "none"))
        cards.append(
            Card(
                "Risks left open",
                value,
                line("with an answer on offer that isn't taken"),
                f"#{ID}-risks" if weighty(blueprint) else "",
            )
        )
    return Cards(tuple(cards))


def _asked(subject: Subject, measure: str) -> Inlines:
    for result in subject.quoter.ledger.needs:
        if result.figure == measure and result.target.value is not None:
            return line("asked: ", subject.quoter.target(result))
    return line("a wish, without a limit")


def _decide_now(subject: Subject, blueprint: Blueprint) -> list[Block]:
    """What only the client can decide: between proposals, about needs that cost, and facts to be found out."""
    quoter = subject.quoter
    items: list[Inlines] = []
    wrong = [finding.title for finding in subject.findings if finding.severity == "error"]
    if wrong:
        told = f"“{wrong[0]}”" + (f" and {len(wrong) - 1} more" if len(wrong) > 1 else "")
        items.append(
            line(
                Strong(line("Have mended first: ")),
                subject.quoter.say("design", told),
                ". ",
                Link(f"#{ID}-findings", line("What was found")),
                ".",
            )
        )
    if len(blueprint.proposals) > 1:
        first = next((t for t in blueprint.tradeoffs if t.before == blueprint.recommended), None)
        if first is not None:
            items.append(line(Strong(line("Which design? ")), *traded(subject, blueprint, first)))
    dear = _dearest(blueprint)
    if dear is not None:
        name = f"price/need/{dear}/looser"
        words = line(
            Strong(
                line("Keep “", quoter.say(name, need_title(subject.model, f"need/{dear}")), "” as it is? ")
            ),
            "A step looser (",
            quoter.figure(f"{name}/target", measure_of(subject, dear)),
            ") would save ",
            quoter.difference(name),
            ".",
        )
        items.append(words)
    undecided = [r for r in quoter.ledger.needs if r.verdict in ("undecided", "not shown") and r.would_change]
    for result in undecided[:2]:
        ref = f"need/{result.need}"
        fact = result.would_change[0].removeprefix("fact/").removeprefix("model/").replace("_", " ")
        items.append(
            line(
                Strong(line("Find out ", quoter.say(ref, fact), ". ")),
                "It decides “",
                quoter.say(ref, need_title(subject.model, ref)),
                "”.",
            )
        )
    open_risks = [risk for risk in blueprint.risks if risk.open]
    if open_risks:
        first = open_risks[0].cause
        more = len(open_risks) - 1
        told = f"“{first}”" + (f" and {more} more" if more else "")
        items.append(
            line(
                Strong(line("Take the answers that are on offer? ")),
                "Left open so far: ",
                quoter.say("design", told),
                ".",
            )
        )
    if not items:
        items.append(
            line(Strong(line("Say yes or no. ")), "Nothing else has to be decided for the next step.")
        )
    return [Paragraph(line(Strong(line("To decide now")))), subject.because(Numbered(tuple(items)))]


def _dearest(blueprint: Blueprint) -> str | None:
    """The need whose loosening by a step saves most."""
    saving = [
        (p.extra, p.need)
        for p in blueprint.prices
        if p.side == "looser" and p.extra is not None and p.target is not None
    ]
    saving = [(extra, need) for extra, need in saving if extra < -1e-9]
    return min(saving)[1] if saving else None


DELIVERABLE = Deliverable(
    ID,
    "Blueprint",
    "For the person who decides",
    "What is proposed, what does it cost, and what has to be decided now?",
    write,
    ("needs",),
)
