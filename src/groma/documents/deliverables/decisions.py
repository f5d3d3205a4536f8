"""Decision records: what was chosen, what was passed over and at what price, what going back takes.

Form: MADR 4.0 (adr.github.io/madr). Where the designer worked them out, "what it would have cost" is the whole brief
solved again without the option, so two best designs are compared, never a design and a straw man.
"""

from __future__ import annotations

import re
import unicodedata

from groma.design import Blueprint
from groma.design import Decision as Worked
from groma.documents.content import Blocks, Bullets, Column, Document, Paragraph, Row, Section, Table
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.plots import need_title
from groma.documents.printable import ident
from groma.model.elements import Decision

SAME = "about the same"
"""What designs cost that the designer counts as equal (`design.problem.FIRST_TOLERANCE`)."""
LONGEST_NAME = 60
"""Letters of a decision's title that go into its file name."""


def price_of_other(subject: Subject, decision: Worked) -> Inlines:
    """What the next-best alternative would change, in a sentence."""
    quoter = subject.quoter
    name = f"decision/{decision.role}/extra"
    if decision.extra is None:
        broken = ", ".join(f"“{need_title(subject.model, b.need)}”" for b in decision.breaks)
        told = f"; the others would break {broken}" if broken else ""
        return line(quoter.say(name, f"No other option keeps all needs{told}."))
    other = quoter.say(
        f"decision/{decision.role}/next", f"“{_title(subject, decision.role, decision.next_best or '')}”"
    )
    if quoter.ledger[name].value == 0 or abs(decision.extra) < 1e-12:
        return line("Taking ", other, " instead would cost ", quoter.say(name, SAME), ".")
    more = quoter.say(name, "more" if (quoter.ledger[name].value or 0) > 0 else "less")
    return line("Taking ", other, " instead would cost ", quoter.difference(name), " ", more, ".")


def _title(subject: Subject, role: str, answer: str) -> str:
    name = f"decision/{role}/next"
    figure = subject.quoter.ledger.figures.get(name)
    return figure.words if figure is not None and figure.words else answer


def _worked(subject: Subject, blueprint: Blueprint, decision: Worked) -> Section:
    quoter = subject.quoter
    chosen = f"choice/{decision.role}"
    blocks: list[Blocks] = [
        (
            Paragraph(
                line(
                    Strong(line("Chosen: ", quoter.figure(chosen))),
                    ".",
                    *((" ", quoter.say(chosen, decision.why)) if decision.why else ()),
                )
            ),
        )
    ]
    blocks.append((Paragraph(price_of_other(subject, decision)),))
    if decision.against:
        blocks.append(
            (Paragraph(line(Strong(line("What speaks against it: ")), quoter.say(chosen, decision.against))),)
        )
    if decision.to_reverse:
        blocks.append(
            (Paragraph(line(Strong(line("To go back on it: ")), quoter.say(chosen, decision.to_reverse))),)
        )
    if decision.changes:
        roles = ", ".join(f"“{_role_title(blueprint, role)}”" for role in decision.changes)
        words = line(
            "The next-best design would also answer differently to: ",
            quoter.say(f"decision/{decision.role}/extra", roles),
            ".",
        )
        blocks.append((Paragraph(words),))
    rows = tuple(
        Row(
            (
                line(quoter.say(chosen, r.title or r.option)),
                line(quoter.say(chosen, r.reason)) if r.reason else (),
            )
        )
        for r in decision.rejected
    )
    if rows:
        blocks.append((Table((Column("Passed over"), Column("Why")), rows),))
    inner = tuple(block for several in blocks for block in several)
    return Section(
        f"decision-{ident(decision.role)}", decision.title, 2, (subject.because(*inner, refs=(chosen,)),)
    )


def _role_title(blueprint: Blueprint, role: str) -> str:
    return next((r.title for r in blueprint.space.roles if r.name == role), role)


def _stated(subject: Subject, decision: Decision) -> Section:
    blocks: list[Paragraph | Bullets] = []
    if decision.chosen:
        blocks.append(Paragraph(line(Strong(line("Chosen: ", decision.chosen)), f". {decision.why}")))
    others = tuple(line(option) for option in decision.options if option != decision.chosen)
    if others:
        blocks += [Paragraph(line("The other options:")), Bullets(others)]
    if decision.to_reverse:
        blocks.append(Paragraph(line(Strong(line("To go back on it: ")), decision.to_reverse)))
    return Section(
        f"decision-{ident(decision.name)}",
        decision.title or decision.name.replace("_", " "),
        2,
        (subject.because(*blocks),),
    )


def records(subject: Subject) -> tuple[Section, ...]:
    """Decisions made or proposed, as sub-sections: worked out where a blueprint has them, else as stated."""
    if subject.blueprint is not None and subject.blueprint.decisions:
        return tuple(_worked(subject, subject.blueprint, d) for d in subject.blueprint.decisions)
    return tuple(_stated(subject, d) for d in subject.model.decisions.values() if d.status != "open")


def write(subject: Subject) -> Document | None:
    """All decisions on a few pages."""
    made = records(subject)
    if not made:
        return None
    summary = overview(subject)
    body: Blocks = (subject.because(*made),)
    return DELIVERABLE.document(
        subject,
        f"{subject.model.system}: what was chosen, why, and what the alternative would cost",
        summary,
        section("decisions", "records", "Records", body),
    )


def overview(subject: Subject) -> Blocks:
    """The decisions in a table: question, answer, what the alternative costs."""
    quoter = subject.quoter
    if subject.blueprint is None or not subject.blueprint.decisions:
        rows = tuple(
            Row((line(d.title or d.name), line(d.chosen or "open"), line(d.why)))
            for d in subject.model.decisions.values()
        )
        return (
            (subject.because(Table((Column("Question"), Column("Answer"), Column("Why")), rows)),)
            if rows
            else ()
        )
    rows = tuple(
        Row(
            (line(d.title), line(quoter.figure(f"choice/{d.role}")), _short(subject, d)),
            (f"choice/{d.role}",),
        )
        for d in subject.blueprint.decisions
    )
    columns = (Column("Question"), Column("Answer"), Column("The next-best answer", align="right"))
    return (subject.because(Table(columns, rows)),)


def _short(subject: Subject, decision: Worked) -> Inlines:
    quoter = subject.quoter
    name = f"decision/{decision.role}/extra"
    if decision.extra is None:
        return line(quoter.say(name, "breaks a need"))
    if abs(decision.extra) < 1e-12:
        return line(quoter.say(name, f"costs {SAME}"))
    word = "more" if (quoter.ledger[name].value or 0) > 0 else "less"
    return line(quoter.difference(name), " ", quoter.say(name, word))


def madr_files(subject: Subject) -> dict[str, bytes]:
    """Each decision as a MADR file, by file name."""
    from groma.documents.madr import madr

    made: dict[str, bytes] = {}
    from groma.documents.deliverables.memos import memos

    worked = subject.blueprint is not None and bool(subject.blueprint.decisions)
    stated = [d.status for d in subject.model.decisions.values() if d.status != "open"]
    done = records(subject)
    asked = memos(subject)
    for number, record in enumerate((*done, *asked), 1):
        status = "proposed" if worked or number > len(done) else stated[number - 1]
        part = "Decision Outcome" if number <= len(done) else "Context and Problem Statement"
        made[f"decisions/{number:04d}-{_slug(record.title)}.md"] = madr(
            record, subject.model.date, status, part
        )
    return made


def _slug(title: str) -> str:
    """A title as part of a file name: its words in small letters, as many as fit; the number before keeps it unique."""
    words = re.findall(
        r"[a-z0-9]+", unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    )
    fitting = [word for n, word in enumerate(words) if len("-".join(words[: n + 1])) <= LONGEST_NAME]
    return "-".join(fitting) or "decision"


DELIVERABLE = Deliverable(
    "decisions",
    "Decisions",
    "For whoever asks why",
    "What was decided, and what would the alternative have cost?",
    write,
    ("decisions",),
)
