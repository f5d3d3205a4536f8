"""Decision memos: what is open, since when, who decides by when, what waits for it, and what each option would give.

One memo is read in two minutes and decided on: the question, the options with their figures side by side, what a month
of waiting costs, what going back later takes. Choices of a blueprint that hang on a fact which isn't known better count
as open, too. The parts are those of MADR 4.0.
"""

from __future__ import annotations

from groma.analyses.options import named
from groma.documents.content import Block, Blocks, Bullets, Column, Document, Paragraph, Row, Section, Table
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, Strong, line, plain
from groma.documents.plots import need_title
from groma.documents.printable import ident
from groma.model.elements import Decision

ID = "decision-memos"
BESIDE = {
    "cost/month": "Bill a month",
    "people/month": "People's time a month",
    "people/hours": "Hours a month",
}
"""What is shown of every option beside the needs, with how it is headed."""


def memos(subject: Subject) -> tuple[Section, ...]:
    """A memo for each open decision of the model, then for each choice of a blueprint that hangs on a fact."""
    opened = [d for d in subject.model.decisions.values() if d.status == "open"]
    return (*(_memo(subject, d) for d in opened), *_unsettled(subject))


def write(subject: Subject) -> Document | None:
    """All memos; None where everything is decided."""
    made = memos(subject)
    if not made:
        return None
    return DELIVERABLE.document(
        subject,
        f"{subject.model.system}: what is open, who decides, what each option gives",
        _overview(subject, len(made)),
        section(ID, "memos", "Memos", (subject.because(*made),)),
    )


def _overview(subject: Subject, number: int) -> Blocks:
    quoter = subject.quoter
    count = quoter.count(
        "decisions/open", "Decisions to be made", number, "open decisions and unsettled choices"
    )
    words = line(Strong(line(count, " decisions are" if number > 1 else " decision is", " to be made.")))
    rows = tuple(
        Row(
            (
                line(Strong(line(d.title or d.name.replace("_", " ")))),
                line(name_of(subject.model, d.owner) if d.owner else "nobody is named"),
                line(d.since or ""),
                line(d.due or ""),
                _dearest(subject, d),
            )
        )
        for d in subject.model.decisions.values()
        if d.status == "open"
    )
    columns = (
        Column("Question"),
        Column("Decided by"),
        Column("Open since"),
        Column("Due"),
        Column("Waiting costs a month", align="right"),
    )
    return (Paragraph(words), subject.because(Table(columns, rows))) if rows else (Paragraph(words),)


def _dearest(subject: Subject, d: Decision) -> Inlines:
    """What a month of waiting costs against the option that would save most; words where no option would."""
    name = _saving(subject, d)
    return line(subject.quoter.monthly(name)) if name else ()


def _saving(subject: Subject, d: Decision) -> str | None:
    """The waiting figure of the option that would save most, if it surely saves something and breaks no need more."""
    found = [
        (figure.value if figure.value is not None else figure.low or 0.0, figure.name)
        for n in range(1, len(d.options) + 1)
        if (figure := subject.quoter.ledger.figures.get(named(d.name, n, "waiting"))) is not None
        and (figure.low or 0.0) > 0
        and not _missed(subject, d, n)
    ]
    return max(found)[1] if found else None


def _missed(subject: Subject, d: Decision, number: int) -> list[str]:
    """Needs that an option surely misses."""
    prefix = named(d.name, number, "verdict/")
    return [f.name.removeprefix(prefix) for f in subject.quoter.named(prefix) if f.words == "missed"]


def _memo(subject: Subject, d: Decision) -> Section:
    blocks: list[Block] = [Paragraph(_head(subject, d))]
    if d.why:
        blocks.append(Paragraph(line(d.why)))
    if d.waits:
        told = tuple(line(_waiting(subject, path)) for path in d.waits)
        blocks += [Paragraph(line(Strong(line("What waits for it:")))), Bullets(told)]
    blocks += _options(subject, d)
    blocks += _cost_of_waiting(subject, d)
    blocks += _reversing(subject, d)
    missing = _not_stated(d)
    if missing:
        blocks.append(Paragraph(line(Strong(line("Not stated yet: ")), ", ".join(missing), ".")))
    title = d.title or d.name.replace("_", " ")
    return Section(f"memo-{ident(d.name)}", title, 2, (subject.because(*blocks),))


def _head(subject: Subject, d: Decision) -> Inlines:
    since = f" since {d.since}" if d.since else ""
    words: Inlines = line(Strong(line(f"Open{since}.")))
    if d.owner:
        words = line(words, f" {name_of(subject.model, d.owner)} decides")
        words = line(words, f", by {d.due}." if d.due else ".")
    elif d.due:
        words = line(words, f" To be decided by {d.due}.")
    return words


def _waiting(subject: Subject, path: str) -> str:
    part, _, name = path.partition(".")
    if part == "needs":
        return f"the need: {need_title(subject.model, f'need/{name}')}"
    element = getattr(subject.model, part, {}).get(name)
    if element is None:
        stages = (model for model in subject.model.states.values() if name in getattr(model, part, {}))
        element = next((getattr(model, part)[name] for model in stages), None)
    title = getattr(element, "title", "") or name.replace("_", " ")
    word = {
        "flows": "the work",
        "components": "the part",
        "connections": "the hand-over",
        "data": "the data",
    }.get(part)
    return f"{word}: {title}" if word else title


def _options(subject: Subject, d: Decision) -> list[Block]:
    if not d.options:
        return []
    measures = _measures(subject, d)
    quoter = subject.quoter
    if not measures:
        listed = tuple(line(option, *_none(subject, d, n)) for n, option in enumerate(d.options, 1))
        words = "The options; nothing in the model shows what each would give:"
        return [Paragraph(line(words)), Bullets(listed)]
    differing = [m for m in measures if len({_text(subject, d, n, m) for n in _shown(subject, d)}) > 1]
    rows: list[Row] = []
    for n, option in enumerate(d.options, 1):
        none = _none(subject, d, n)
        cells = tuple(_cell(subject, d, n, m) for m in differing)
        rows.append(Row((line(Strong(line(option)), *none), *cells)))
    heads = tuple(Column(_title(subject, m), align="right") for m in differing)
    blocks: list[Block] = [Table((Column("Option"), *heads), tuple(rows))]
    same = [m for m in measures if m not in differing]
    if same:
        first = _shown(subject, d)[0]
        told: Inlines = line("The same with each: ")
        for number, m in enumerate(same):
            value = quoter.figure(named(d.name, first, m), m)
            told = line(told, ", " if number else "", f"{_title(subject, m)} ", value)
        blocks.append(Paragraph(line(told, ".")))
    return blocks


def _none(subject: Subject, d: Decision, number: int) -> Inlines:
    """Why an option has no figures: no design has it, or nothing in the model shows it."""
    name = f"option/{d.name}/{number}/none"
    if name in subject.quoter.ledger:
        return line(": ", subject.quoter.figure(name))
    shown = _shown(subject, d)
    return line(": nothing in the model shows what it gives") if shown and number not in shown else ()


def _shown(subject: Subject, d: Decision) -> list[int]:
    """Numbers of the options that have figures."""
    return [
        n for n in range(1, len(d.options) + 1) if named(d.name, n, "cost/month") in subject.quoter.ledger
    ]


def _measures(subject: Subject, d: Decision) -> list[str]:
    """What is compared: measures of needs and what is shown beside, of which at least one option has a figure."""
    wanted = dict.fromkeys((*(n.measure for n in subject.model.needs.values()), *BESIDE))
    return [
        m
        for m in wanted
        if any(subject.quoter.shown(named(d.name, n, m)) for n in range(1, len(d.options) + 1))
    ]


def _text(subject: Subject, d: Decision, number: int, measure: str) -> str:
    return plain(_cell(subject, d, number, measure))


def _cell(subject: Subject, d: Decision, number: int, measure: str) -> Inlines:
    """A figure of an option, with its verdict where that isn't that the need is met."""
    quoter = subject.quoter
    name = named(d.name, number, measure)
    if name not in quoter.ledger:
        return line("not shown" if number in _shown(subject, d) else "")
    value = quoter.monthly(name) if measure in BESIDE else quoter.figure(name, measure)
    words: Inlines = line(value)
    for need in subject.model.needs.values():
        verdict = named(d.name, number, f"verdict/{need.name}")
        if need.measure == measure and verdict in quoter.ledger and quoter.ledger[verdict].words != "met":
            words = line(words, " (", quoter.figure(verdict), ")")
    return words


def _title(subject: Subject, measure: str) -> str:
    if measure in BESIDE:
        return BESIDE[measure]
    need = next((n for n, need in subject.model.needs.items() if need.measure == measure), None)
    return need_title(subject.model, f"need/{need}") if need is not None else measure


def _cost_of_waiting(subject: Subject, d: Decision) -> list[Block]:
    quoter = subject.quoter
    name = _saving(subject, d)
    waited = f"option/{d.name}/waited"
    if name is None:
        if any(named(d.name, n, "waiting") in quoter.ledger for n in range(1, len(d.options) + 1)):
            text = "No option that keeps the needs is sure to cost less a month than things as they are."
            return [Paragraph(line(Strong(line("Waiting: ")), quoter.say(f"option/{d.name}/waited", text)))]
        return []
    number = int(name.split("/")[2])
    option = d.options[number - 1]
    words: Inlines = line(
        Strong(line("What waiting costs: ")),
        quoter.figure(name),
        f" for as long as it isn't decided for \"{option}\": bill and people's time now, less the same then.",
    )
    if quoter.shown(waited):
        words = line(words, " It has waited for ", quoter.figure(waited), " months.")
    return [Paragraph(words)]


def _reversing(subject: Subject, d: Decision) -> list[Block]:
    if not d.to_reverse and d.cost_to_reverse is None:
        return []
    cost = subject.quoter.amount(f"decisions.{d.name}.cost_to_reverse", d.cost_to_reverse)
    words: Inlines = line(
        Strong(line("To go back on it later: ")), d.to_reverse or "what it takes isn't stated"
    )
    return [Paragraph(line(words, *((" (", *cost, ")") if cost else ()), "."))]


def _not_stated(d: Decision) -> list[str]:
    stated = {
        "who decides": d.owner,
        "since when it is open": d.since,
        "by when": d.due,
        "the options": len(d.options) > 1,
        "what waits for it": d.waits,
        "what going back later takes": d.to_reverse,
        "what going back later costs": d.cost_to_reverse,
    }
    return [what for what, known in stated.items() if not known]


def _unsettled(subject: Subject) -> tuple[Section, ...]:
    """Choices of a blueprint that another value of a fact, within what is known of it, would answer differently."""
    blueprint, best = subject.blueprint, subject.blueprint.best if subject.blueprint else None
    if blueprint is None or best is None or blueprint.robustness is None:
        return ()
    turning: dict[str, list[tuple[str, str]]] = {}
    for flip in blueprint.robustness.facts:
        for role, answer in flip.better.items():
            if answer != best.answers.get(role):
                turning.setdefault(role, []).append((flip.fact, answer))
    titles = {role.name: role.title for role in blueprint.space.roles}
    return tuple(
        _unsettled_memo(subject, role, titles.get(role, role), turning[role]) for role in sorted(turning)
    )


def _unsettled_memo(subject: Subject, role: str, title: str, turning: list[tuple[str, str]]) -> Section:
    quoter = subject.quoter
    choice = f"choice/{role}"
    blocks: list[Block] = [
        Paragraph(
            line(
                Strong(line("Open: it hangs on what isn't known better. ")),
                "The design takes ",
                quoter.choice(role),
                ".",
            )
        )
    ]
    items: list[Inlines] = []
    for fact, answer in dict.fromkeys(turning):
        saves = f"flip/fact/{fact}/saves"
        words = line("At an end of the range of ", quoter.say(choice, fact.replace("_", " ")), ", ")
        words = line(words, quoter.say(choice, answer), " belongs to the better design")
        if quoter.shown(saves):
            words = line(words, ", by ", quoter.difference(saves))
        items.append(line(words, ". Find out the fact, or decide knowing that."))
    blocks.append(Bullets(tuple(items)))
    return Section(f"memo-{ident(role)}", title, 2, (subject.because(*blocks, refs=(choice,)),))


DELIVERABLE = Deliverable(
    ID,
    "Decisions to be made",
    "For whoever decides",
    "What has to be decided, what does each option give, and what does waiting cost?",
    write,
    ("decisions",),
)
