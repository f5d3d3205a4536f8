"""The safety and guardrails specification: what can go wrong with consequences, and what stops it.

For security and compliance. Good when each threat has a control, each control a test and a signal, and gaps are owned.
Threats, controls and articles come from `groma.analyses.threats`; nothing is ticked off here.
"""

from __future__ import annotations

from groma.analyses.threats import Safety
from groma.documents.content import Block, Blocks, Callout, Document, Paragraph
from groma.documents.deliverables.common_sections import FEW, glossary, open_points
from groma.documents.deliverables.safety_control_sections import (
    controls,
    costs,
    gaps,
    gravest,
    laws,
    oversight,
    stops,
    triggers,
)
from groma.documents.deliverables.safety_supervision_sections import audit_trail, content_policy, the_switches
from groma.documents.deliverables.safety_threat_sections import (
    boundaries,
    rules_in,
    rules_out,
    threats,
    ways_out,
)
from groma.documents.deliverables.safety_words import words as spot_words
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.inlines import line

ID = "safety-specification"


def write(subject: Subject) -> Document | None:
    """The whole document; None where no part of the system writes freely."""
    safety = subject.safety
    if safety is None or not safety.seen.writers:
        return None
    sections = (
        *section(ID, "boundaries", "Who is trusted with what", boundaries(subject, safety)),
        *section(ID, "threats", "What can go wrong", threats(subject, safety)),
        *section(ID, "ways-out", "Ways out", ways_out(subject, safety)),
        *section(ID, "input", "What may come in", rules_in(subject, safety)),
        *section(ID, "output", "What may go out", rules_out(subject, safety)),
        *section(ID, "content", "Content policy", content_policy(subject, safety)),
        *section(ID, "escalation", "When a person takes over", triggers(subject, safety)),
        *section(
            ID,
            "stops",
            "Breakers, limits and the switch",
            (*stops(subject, safety), *the_switches(subject, safety)),
        ),
        *section(ID, "trail", "Audit trail", audit_trail(subject, safety)),
        *section(ID, "oversight", "Human oversight", oversight(subject, safety)),
        *section(ID, "controls", "Controls, their tests and signals", controls(subject, safety)),
        *section(ID, "law", "What the law asks", laws(subject, safety)),
        *section(ID, "cost", "What the guards cost", costs(subject)),
        *section(ID, "gaps", "Gaps and who owns them", gaps(subject, safety)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject, FEW)),
        *section(ID, "terms", "Terms", glossary(subject, "reach")),
    )
    return DELIVERABLE.document(
        subject,
        f"{subject.model.system}: what can go wrong with consequences, and what stops it",
        summary(subject, safety),
        sections,
    )


def summary(subject: Subject, safety: Safety) -> Blocks:
    """How many threats apply, where nothing stands, and the worst of it."""
    quoter = subject.quoter
    total = quoter.count("threats", "Threats that apply", len(safety.threats), "the structure of the model")
    places = quoter.count(
        "threat-places", "Places of threats", len(safety.answers), "the structure of the model"
    )
    bare = quoter.count(
        "threat-gaps", "Places where nothing stands", len(safety.gaps), "threats against controls"
    )
    names = ", ".join(part.title or part.name for part in safety.seen.writers)
    text = line(
        f"{names}: ", total, " kinds of threat apply, at ", places, " places of the programs; at ", bare,
        " of them nothing stands yet.",
    )  # fmt: skip
    blocks: list[Block] = [Paragraph(text)]
    worst = [answer for answer in safety.gaps if answer.threat.severity == "error"]
    if worst:
        first = worst[0]
        where = spot_words(subject, safety, first.place.element)
        words = f"At “{where}” {first.place.text}, and nothing stands between: {first.threat.effect}."
        blocks.append(Callout("risk", line(words), first.threat.title))
    else:
        grave = ", ".join(threat.title.lower() for threat in safety.threats if threat.severity == "error")
        done = f"Every place of {grave} is answered."
        blocks.append(Callout("good", line(done)))
    open_articles = [each.id for each in subject.obligations if each.verdict != "met"]
    system = subject.model.system
    if open_articles:
        blocks.append(
            Paragraph(
                line(f"Nothing, or not everything, shows yet that {system} meets {', '.join(open_articles)}.")
            )
        )
    return (subject.because(*blocks), *gravest(subject, safety))


DELIVERABLE = Deliverable(
    ID,
    "Safety and guardrails",
    "For security and compliance",
    "What can go wrong with consequences, and what stops it?",
    write,
    ("data",),
)
