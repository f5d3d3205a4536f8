"""Chapters of the safety specification on keeping a hand on it: the content policy, the audit trail, the switches."""

from __future__ import annotations

from groma.analyses import Context
from groma.analyses.content import Blocking, blocking
from groma.analyses.jurisdictions import lies_in
from groma.analyses.records import recorded_steps, records_of
from groma.analyses.residency import places_of
from groma.analyses.stopping import Switch, irreversible, stopped_by, switches
from groma.analyses.threats import Safety, instead, recorded
from groma.analyses.unblocked import directions, ways_past
from groma.documents.content import Block, Blocks, Bullets, Callout, Column, Paragraph, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.safety_words import STEP, words
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.steps_in_words import short_path
from groma.model.elements import Data, Model
from groma.model.program import Ask, walk

WAYS = {"in": "before a model reads it", "out": "before it leaves"}


def content_policy(subject: Subject, safety: Safety) -> Blocks:
    """Each kind of content that is blocked: by which guard, what happens then, how good the guard is, what it does."""
    context = safety.seen.context
    where = directions(context)
    rows = [
        Row(
            (
                line(Strong(line(", ".join(each.guard.blocks)))),
                line(each.guard.name),
                line(Code(short_path(each.step.path))),
                line(
                    "; ".join(
                        WAYS[way]
                        for way in sorted(frozenset[str]().union(*(where[c] for c in each.guard.blocks)))
                    )
                ),
                line(_then(subject, each)),
                subject.quoter.amount(f"{each.path}.false_alarms", each.guard.false_alarms),
                subject.quoter.amount(f"{each.path}.misses", each.guard.misses),
            )
        )
        for each in blocking(context)
    ]
    if not rows:
        return ()
    columns = (
        Column("Content", share=1.3), Column("Blocked by"), STEP, Column("When"),
        Column("What happens then", share=1.2),
        Column("Good turned down", align="right"), Column("Bad let through", align="right"),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, alike(subject.quoter, "content", rows, place=2))]
    blocks += _a_month(subject)
    past = [
        line(
            Strong(line(category)),
            ": ",
            ", ".join(dict.fromkeys(words(subject, safety, use.path) for use in uses)),
        )
        for category, ways in where.items()
        for way in sorted(ways)
        if (uses := ways_past(context, category, way))
    ]
    if past:
        names = ", ".join(dict.fromkeys(each.guard.name for each in blocking(context)))
        blocks.append(Paragraph(line(f"Past {names}, unblocked:")))
        blocks.append(Bullets(tuple(past)))
    return (subject.because(*blocks),)


def _then(subject: Subject, each: Blocking) -> str:
    again = "asked for once more; then " if each.again else ""
    if each.then is None:
        return f"{again}refused: the run fails"
    people = dict.fromkeys(s.action.person for s in walk(each.then) if isinstance(s.action, Ask))
    if not people:
        return f"{again}refused: the run goes on by its fallback"
    return f"{again}handed over to {', '.join(name_of(subject.model, person) for person in people)}"


def _a_month(subject: Subject) -> list[Block]:
    """What the policy does in a month, and what it adds to time, bill and people's work, flow by flow."""
    quoter, found = subject.quoter, list[Block]()
    for name, flow in subject.model.flows.items():
        known = [
            f"content/{name}/{what}" for what in ("turned_down", "false_alarms", "let_through", "people")
        ]
        if not any(quoter.shown(each) for each in known):
            continue
        down, alarms, through, people = known
        text = line(
            f"{flow.title or name}: ", quoter.figure(down), " are turned down, of them ", quoter.figure(alarms),
            " although nothing is wrong; ", quoter.figure(through), " are wrong and come through.",
        )  # fmt: skip
        if quoter.shown(people) and quoter.ledger[people].high != 0.0:
            text = line(
                text,
                f" What “{flow.title or name}” turns down wrongly takes people ",
                quoter.figure(people),
                ".",
            )
        takes, cost = f"content/{name}/takes", f"content/{name}/cost"
        if quoter.shown(takes):
            text = line(text, " Checking adds ", quoter.figure(takes), f" to a run of “{flow.title or name}”")
            if quoter.shown(cost) and quoter.ledger[cost].high != 0.0:
                text = line(text, " and ", quoter.figure(cost))
            text = line(text, ".")
        found.append(Paragraph(text))
    return found


def audit_trail(subject: Subject, safety: Safety) -> Blocks:
    """Each record: what it shows, who writes it, where it lies, for how long, how large it gets; what leaves none."""
    model, quoter, context = subject.model, subject.quoter, safety.seen.context
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, name)))),
                line(_shows(subject, safety, data)),
                line(Code(", ".join(short_path(step.path) for step in recorded_steps(model, name)))),
                line(_lies(context, data)),
                line(quoter.figure(f"records/{name}/kept")),
                line(quoter.monthly(f"records/{name}/month")),
                line(quoter.figure(f"records/{name}/stored")),
                line(quoter.figure(f"records/{name}/cost")),
            )
        )
        for name, data in model.data.items()
        if data.records and f"records/{name}/kept" in quoter.ledger
    )
    columns = (
        Column("Record", share=1.2), Column("Shows"), Column("Step", share=0.8), Column("Lies in", share=1.1),
        Column("Kept for", share=0.7, align="right"), Column("A month", align="right"),
        Column("Kept at any time", share=1.1, align="right"), Column("Keeping costs", share=1.1, align="right"),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, rows)] if rows else []
    bare = [
        use
        for use in safety.seen.acting
        if (o := safety.seen.operation(use)) is not None
        and o.impact is not None
        and not recorded(safety.seen, use)
    ]
    if bare:
        names = ", ".join(dict.fromkeys(words(subject, safety, use.path) for use in bare))
        blocks.append(Callout("open", line(f"Of {names} some run leaves no record."), "No trace"))
    asked = [each for each in subject.obligations if each.id in ("AI Act 12", "AI Act 19", "AI Act 26")]
    if rows and asked:
        shown = ", ".join(name_of(model, name) for name, data in model.data.items() if data.records)
        articles = ", ".join(f"{each.id.removeprefix('AI Act ')} ({each.verdict})" for each in asked)
        blocks.append(Paragraph(line(f"Against Articles {articles} of the AI Act stands: {shown}.")))
    return (subject.because(*blocks),) if blocks else ()


def _shows(subject: Subject, safety: Safety, data: Data) -> str:
    """What a record shows: as it says, with the effects that surely leave one."""
    model = subject.model
    shown: dict[str, None] = {}
    for use in safety.seen.uses:
        if data in records_of(model, use.component, use.operation, use.flow) and data in recorded(
            safety.seen, use
        ):
            operation = safety.seen.operation(use)
            if operation is not None and (operation.impact or operation.effect == "once"):
                shown[words(subject, safety, use.path)] = None
    return ", ".join(shown) or ", ".join(each.replace("_", " ") for each in data.records)


def _lies(context: Context, data: Data) -> str:
    """Where the holders of a record are: place and jurisdiction."""
    model = context.model
    found: dict[str, None] = {}
    for holder in data.held_by:
        for candidate in context.candidates(holder):
            for place in places_of(context, candidate):
                told = (
                    "a place that nobody states"
                    if place is None
                    else ", ".join(_named(model, each) for each in lies_in(model, place)[:2])
                )
                found[f"{name_of(model, holder)}: {told}"] = None
    return "; ".join(found)


def _named(model: Model, place: str) -> str:
    return name_of(model, place) if place in model.places else place


def the_switches(subject: Subject, safety: Safety) -> Blocks:
    """Each switch: what it stops, who may use it, what runs do then; how long it takes; what no switch stops."""
    model, quoter, seen = subject.model, subject.quoter, safety.seen
    found = switches(model)
    rows = tuple(
        Row(
            (
                line(Strong(line(each.control.title or each.name))),
                line(", ".join(words(subject, safety, element) for element in each.control.stops)),
                line(", ".join(name_of(model, person) for person in each.control.by)),
                quoter.amount(f"controls.{each.name}.within", each.control.within),
                line(_instead(safety, each)),
                line(each.control.test) if each.control.test else line(Strong(line("none"))),
            )
        )
        for each in found
    )
    columns = (
        Column("Switch", share=1.2), Column("Stops"), Column("Who may"), Column("Takes", align="right"),
        Column("What runs do then", share=1.2), Column("How it is tried", share=1.8),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, rows)] if rows else []
    blocks += [Paragraph(text) for name in model.flows if (text := _how_long(subject, name))]
    bare = [use for use in seen.acting if _bare(safety, use.path, found)]
    if found and bare:
        names = ", ".join(dict.fromkeys(words(subject, safety, use.path) for use in bare))
        blocks.append(
            Callout("open", line(f"No switch stops {names}, which nobody can take back."), "No switch")
        )
    return (subject.because(*blocks),) if blocks else ()


def _how_long(subject: Subject, flow: str) -> Inlines:
    quoter = subject.quoter
    attended, worst, effects = (f"stopping/{flow}/{what}" for what in ("attended", "worst", "effects"))
    if not quoter.shown(attended):
        return ()
    title = subject.model.flows[flow].title or flow
    text = line(
        f"{title}: from the beginning of the trouble it stands still after ", quoter.figure(attended),
        " while somebody who may stop it is at work",
    )  # fmt: skip
    if quoter.shown(worst) and quoter.ledger[worst].high != quoter.ledger[attended].high:
        text = line(text, ", at the worst hour after ", quoter.figure(worst))
    if quoter.shown(effects) and quoter.ledger[effects].high != 0.0:
        text = line(text, "; until then ", quoter.figure(effects), " effects happen that can't be taken back")
    return line(text, ".")


def _instead(safety: Safety, each: Switch) -> str:
    """What runs do when a switch is used, for every effect that it stops."""
    seen = safety.seen
    told = [instead(seen, use, each.control) for use in seen.uses if stopped_by(seen.context, use, each.control)
            and (use in seen.acting or f"components.{use.component}" in each.control.stops)]  # fmt: skip
    return "; ".join(dict.fromkeys(told))


def _bare(safety: Safety, path: str, found: tuple[Switch, ...]) -> bool:
    seen = safety.seen
    for use in seen.acting:
        operation, steps = seen.operation(use), seen.around.get(use.path, ())
        if (
            use.path == path
            and operation is not None
            and irreversible(operation, steps[-1] if steps else None)
        ):
            return not any(stopped_by(seen.context, use, each.control) for each in found)
    return False
