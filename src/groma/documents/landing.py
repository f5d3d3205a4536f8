"""The first page of an engagement: one door for each job, each a click from what was found and what is proposed.

In plain words, for somebody who has five minutes. Every number is quoted from the ledger of the folder that it stands
in, and leads there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groma.documents.content import (
    Block,
    Blocks,
    Bullets,
    Card,
    Cards,
    Column,
    Document,
    DocumentSet,
    Paragraph,
    Row,
    Section,
    Table,
)
from groma.documents.inlines import Inline, Inlines, Link, Quote, Strong, line
from groma.documents.measures_in_words import plain_words
from groma.documents.printable import ident
from groma.documents.quote import figure_text, target_text
from groma.model.engagement import Door, Engagement
from groma.model.figure import Ledger, NeedResult

ENQUIRY = "survey/website/enquiry"
"""The figure of a survey that says what one enquiry brings."""
VERDICTS = {
    "met": "holds",
    "missed": "does not hold",
    "undecided": "can't be said yet",
    "disputed": "two methods disagree",
    "not shown": "isn't known",
}


@dataclass(frozen=True, slots=True)
class Handed:
    """One folder that was written: what it is, its path beside the page, its figures, the documents that lie in it."""

    title: str
    folder: str
    ledger: Ledger
    documents: tuple[tuple[str, str], ...] = ()
    """(title, file)"""
    opens: str = "index.html"

    @property
    def page(self) -> str:
        return f"{self.folder}/{self.opens}"


@dataclass(frozen=True, slots=True)
class Changed:
    """What a later run made different: a need's target or a figure, before and after, in words."""

    door: str
    folder: str
    ref: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A door with what lies behind it, by the kind of work: `survey`, `design`, `rfp`, `site`."""

    door: Door
    handed: Mapping[str, Handed]


def landing(engagement: Engagement, doors: Sequence[Opened], changes: Sequence[Changed] = ()) -> DocumentSet:
    """The page of all doors."""
    meta = tuple(
        (name, line(said))
        for name, said in (("Date", engagement.date), ("Author", engagement.author))
        if said
    )
    about: Blocks = (Paragraph(line(engagement.about)),) if engagement.about else ()
    cards = Cards(tuple(_card(opened) for opened in doors))
    joined = _joined(engagement, doors)
    document = Document(
        "start",
        engagement.engagement,
        "Where things stand, and what is proposed",
        meta,
        (*about, cards, *_what_changed(changes)),
        tuple(_chapter(opened, joined if "site" in opened.handed else ()) for opened in doors),
    )
    return DocumentSet(engagement.engagement, "Start", meta, (document,), ())


def _card(opened: Opened) -> Card:
    design, site = opened.handed.get("design"), opened.handed.get("site")
    target = f"#door-{ident(opened.door.name)}"
    if site is not None:
        return Card(opened.door.title, _let_in(site), _site_found(site), target)
    found = _found(opened)
    if design is not None and "cost/month" in design.ledger:
        return Card(
            opened.door.title,
            line(_quoted(design, "cost/month")),
            line("for what is proposed. ", *_holds(design), " ", *found),
            target,
        )
    if design is not None and not found:
        words = Quote("design", "Not all that is asked can be had together", design.page)
        return Card(opened.door.title, line(words), (), target)
    return Card(opened.door.title, found or line("Not written yet"), (), target)


def _found(opened: Opened) -> Inlines:
    """What a survey found, in a sentence: what it costs as it is, and what it needs."""
    survey = opened.handed.get("survey")
    if survey is None:
        return ()
    said: list[Inline | str] = []
    cost = survey.ledger.figures.get("survey/cost")
    if cost is not None and cost.status != "not shown":
        said += ["What was found costs ", _quoted(survey, "survey/cost"), " as it is. "]
    verdict = survey.ledger.figures.get("survey/verdict")
    if verdict is not None:
        said += ["What it needs: ", _quoted(survey, "survey/verdict"), "."]
    return line(*said)


def _let_in(site: Handed) -> Inlines:
    """How many crawlers of search may read the whole website: what decides first whether it is found."""
    return line(
        _quoted(site, "site/crawlers-let-in"),
        " of ",
        _quoted(site, "site/crawlers"),
        " search crawlers let in",
    )


def _site_found(site: Handed) -> Inlines:
    return line(
        _quoted(site, "site/indexable"),
        " of ",
        _quoted(site, "site/pages"),
        " pages may be found. ",
        _quoted(site, "site/causes"),
        " causes, ",
        _quoted(site, "site/errors"),
        " of them errors.",
    )


def _joined(engagement: Engagement, doors: Sequence[Opened]) -> Blocks:
    """Where the website's causes stand among those of the business, and what an enquiry brings there."""
    door = engagement.site.joins if engagement.site is not None else None
    survey = next((o.handed["survey"] for o in doors if o.door.name == door and "survey" in o.handed), None)
    if survey is None or ENQUIRY not in survey.ledger:
        return ()
    words = line(
        "What it costs stands among the causes of ", Link(survey.page, line(_title_of(doors, door))), ". "
    )
    if survey.ledger[ENQUIRY].status == "not shown":
        return (
            Paragraph(
                line(words, "What an enquiry brings ", Quote(ENQUIRY, "isn't stated", survey.page), ".")
            ),
        )
    money = line(
        "One enquiry brings ", _quoted(survey, ENQUIRY), " on average, by what the business said of itself"
    )
    lost = [
        name
        for name in survey.ledger.figures
        if name.startswith("survey/website-") and name.endswith("/cost")
    ]
    unknown = [name for name in lost if survey.ledger[name].status == "not shown"]
    if not lost:
        return (Paragraph(line(words, money, ".")),)
    if unknown:
        so = Quote(unknown[0], "how many the website loses isn't known", survey.page)
        return (Paragraph(line(words, money, "; ", so, ", so no money is named.")),)
    return (
        Paragraph(line(words, money, "; enquiries that don't come cost ", _quoted(survey, lost[0]), ".")),
    )


def _title_of(doors: Sequence[Opened], name: str | None) -> str:
    return next(opened.door.title for opened in doors if opened.door.name == name)


def _holds(design: Handed) -> Inlines:
    """How many of the needs hold, or that no design meets them."""
    needs = [need for need in design.ledger.needs if not need.accompanies]
    met = sum(need.verdict == "met" for need in needs)
    if met == len(needs):
        words = (
            f"All {len(needs)} things that were asked for hold."
            if len(needs) > 1
            else "What was asked for holds."
        )
    else:
        words = f"{met} of {len(needs)} things that were asked for hold."
    return line(Quote("design", words, design.page))


def _chapter(opened: Opened, joined: Blocks = ()) -> Section:
    blocks: list[Block] = []
    if opened.door.asks:
        blocks.append(Paragraph(line(Strong(line(opened.door.asks)))))
    if found := _found(opened):
        blocks.append(Paragraph(found))
    site = opened.handed.get("site")
    if site is not None:
        blocks += [Paragraph(line(_let_in(site), ". ", _site_found(site))), *joined]
    design = opened.handed.get("design")
    if design is not None and design.ledger.needs:
        blocks.append(_needs(design))
    blocks.append(Bullets(tuple(_where(handed) for handed in opened.handed.values())))
    return Section(f"door-{ident(opened.door.name)}", opened.door.title, 1, tuple(blocks))


def _where(handed: Handed) -> Inlines:
    """A folder's page, and its documents as files."""
    said: list[Inline | str] = [Link(handed.page, line(handed.title))]
    for nth, (title, file) in enumerate(handed.documents):
        said += [": " if nth == 0 else ", ", Link(f"{handed.folder}/{file}", line(title))]
    return line(*said)


def _needs(design: Handed) -> Table:
    columns = (
        Column("What is asked"),
        Column("Wanted", align="right"),
        Column("Is", align="right"),
        Column("So it"),
    )
    rows = tuple(_need(design, need) for need in design.ledger.needs if not need.accompanies)
    return Table(columns, rows)


def _need(design: Handed, need: NeedResult) -> Row:
    unit = design.ledger[need.figure].unit if need.figure in design.ledger else "1"
    title = plain_words(need.figure) or (
        design.ledger[need.figure].title if need.figure in design.ledger else need.need
    )
    return Row(
        (
            line(Quote(need.figure, title, design.page)),
            line(Quote(f"need/{need.need}/target", target_text(need.target, unit), design.page)),
            line(_quoted(design, need.figure)),
            line(Quote(f"need/{need.need}", VERDICTS[need.verdict], design.page)),
        )
    )


def _quoted(handed: Handed, name: str) -> Quote:
    return Quote(name, figure_text(handed.ledger.figures.get(name)), handed.page)


def _what_changed(changes: Sequence[Changed]) -> Blocks:
    if not changes:
        return ()
    rows = tuple(
        Row(
            (
                line(change.door),
                line(Quote(change.ref, change.title, f"{change.folder}/index.html")),
                line(Quote(change.ref, change.before, f"{change.folder}/index.html")),
                line(Quote(change.ref, change.after, f"{change.folder}/index.html")),
            )
        )
        for change in changes
    )
    columns = (
        Column("Door"),
        Column("What is different"),
        Column("Before", align="right"),
        Column("Now", align="right"),
    )
    return (
        Paragraph(
            line(
                "Since these pages were written before, something was asked otherwise. This is what it changes:"
            )
        ),
        Table(columns, rows),
    )


def changes_between(door: str, folder: str, before: Ledger, after: Ledger) -> tuple[Changed, ...]:
    """Needs whose target differs, and the figures (bill, people's time, what needs ask for) that moved with them."""
    old = {need.need: need for need in before.needs}
    made: list[Changed] = []
    for need in after.needs:
        known = old.get(need.need)
        if known is None or need.accompanies or known.target == need.target:
            continue
        unit = after[need.figure].unit if need.figure in after else "1"
        made.append(
            Changed(door, folder, f"need/{need.need}/target", f"asked of {need.need}",
                    target_text(known.target, unit), target_text(need.target, unit))
        )  # fmt: skip
    for name in dict.fromkeys(("cost/month", "people/month", *(need.figure for need in after.needs))):
        now, then = after.figures.get(name), before.figures.get(name)
        if now is not None and then is not None and _moved(then.value, now.value):
            made.append(Changed(door, folder, name, now.title, figure_text(then), figure_text(now)))
    made += [
        Changed(door, folder, name, figure.title, before[name].words or "", figure.words or "")
        for name, figure in after.figures.items()
        if name.startswith("choice/") and name in before and before[name].words != figure.words
    ]
    return tuple(made)


def _moved(then: float | None, now: float | None) -> bool:
    if then is None or now is None:
        return then is not now
    return not math.isclose(then, now, rel_tol=1e-6)
