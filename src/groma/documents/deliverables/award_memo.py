"""Advice on the award, on one page: whom to take, why, what to clear before signing, what would change the advice.

For the CIO who decides. Good when nothing else has to be read to decide, and everything can be looked up.
"""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Callout, Document, Paragraph
from groma.documents.deliverables.bid_price_sections import leaving_table
from groma.documents.deliverables.bid_standing_sections import result, standing
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Inlines, Strong, line
from groma.procurement import Evaluated, Evaluation, abnormal

ID = "award-memo"
MOST_TO_CLEAR = 6


def write(subject: Subject, evaluation: Evaluation) -> Document:
    """The memo."""
    return Document(
        ID,
        "Advice on the award",
        f"{subject.model.system}",
        subject.meta(),
        _page(subject, evaluation),
        (),
        "For the CIO",
        "Whom do we take, and what has to be cleared first?",
    )


def _page(subject: Subject, evaluation: Evaluation) -> Blocks:
    first = evaluation.winner
    blocks: list[Block] = [_advice(subject, evaluation, first), standing(subject, evaluation)]
    why = (
        *(_because(subject, evaluation, first) if first is not None else ()),
        *_rejections(subject, evaluation),
    )
    if why:
        blocks.append(subject.because(Bullets(why)))
    clear = _to_clear(subject, evaluation, first) if first is not None else ()
    if clear:
        blocks += [Paragraph(line(Strong(line("To clear before signing")))), subject.because(Bullets(clear))]
    blocks += [Paragraph(line(Strong(line("What leaving costs")))), *leaving_table(subject, evaluation)]
    return tuple(blocks)


def _advice(subject: Subject, evaluation: Evaluation, first: Evaluated | None) -> Block:
    if first is None:
        words = line(
            result(subject, evaluation),
            " Advice: ask again with other needs, or negotiate what each bid fails.",
        )
        return subject.because(Callout("open", words, "No award"))
    name = subject.quoter.say(f"bid/{first.bid.name}/total", first.bid.bidder)
    if evaluation.provisional and not evaluation.decided:
        words = line("No award yet: ", *result(subject, evaluation))
        return subject.because(Callout("open", words, "Not decided"))
    condition = ", once what stands below is cleared" if first.open or _asks(first) else ""
    return subject.because(
        Callout("decision", line("Award to ", Strong(line(name)), condition, "."), "Advice")
    )


def _because(subject: Subject, evaluation: Evaluation, first: Evaluated) -> tuple[Inlines, ...]:
    quoter, prefix = subject.quoter, f"bid/{first.bid.name}/"
    items: list[Inlines] = [result(subject, evaluation)]
    if first.paid is not None:
        words = line("It is paid ", quoter.exact(f"{prefix}price"), " over ", quoter.figure("rfp/months"))
        if first.whole is not None:
            words = line(
                words,
                "; with all that the buyer pays besides, its people's time included, it comes to ",
                quoter.figure(f"{prefix}whole"),
            )
        items.append(line(words, "."))
    nearest = evaluation.leads[0] if evaluation.leads else None
    if nearest is not None:
        ref = f"{prefix}total"
        items.append(
            line(
                quoter.say(ref, evaluation.named(nearest.rival).bid.bidder),
                " would draw level only if ",
                quoter.ratio(ref, float(nearest.moved)),
                " of all weight moved to ",
                quoter.say(ref, evaluation.request.scales[nearest.to].title.lower()),
                ".",
            )
        )
    same = [case for case in evaluation.cases if case.order and case.order[0] == evaluation.order[0]]
    if evaluation.cases:
        turned = [case.name for case in evaluation.cases if case not in same]
        words = (
            "It stays first whatever of what isn't known better turns out."
            if not turned
            else f"It would not be first with {'; nor with '.join(turned)}."
        )
        items.append(line(quoter.say(f"{prefix}total", words)))
    return tuple(items)


def _rejections(subject: Subject, evaluation: Evaluation) -> tuple[Inlines, ...]:
    found: list[Inlines] = []
    for each in evaluation.bids:
        if each.rejected:
            clauses = "; ".join(f"{gate.requirement.id} ({gate.why.rstrip('.')})" for gate in each.failed)
            found.append(
                line(
                    Strong(line(each.bid.bidder)),
                    " is rejected: it fails ",
                    subject.quoter.say(f"bid/{each.bid.name}/total", clauses),
                    ".",
                )
            )
    return tuple(found)


def _asks(each: Evaluated) -> tuple[str, ...]:
    return tuple(
        remark.text
        for remark in each.bid.remarks
        if remark.kind in ("ask", "deviation", "changed", "missing")
    )


def _to_clear(subject: Subject, evaluation: Evaluation, first: Evaluated) -> tuple[Inlines, ...]:
    ref = f"bid/{first.bid.name}/total"
    texts = [f"{gate.requirement.id}: {gate.why}" for gate in first.open]
    if abnormal(evaluation.request, first):
        texts.append("its price is unusually low beside our own estimate: have it explained")
    texts += _asks(first)
    shown = texts[:MOST_TO_CLEAR]
    if len(texts) > len(shown):
        shown.append(f"{len(texts) - len(shown)} more, in the evaluation under what was found in the files")
    return tuple(line(subject.quoter.say(ref, text)) for text in shown)
