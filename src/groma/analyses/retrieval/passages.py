"""`passages/DATA`: how many passages the texts that data are cut from make; vectors of an index that keeps them."""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.registry import figure as worked_out
from groma.model.elements import Component
from groma.model.figure import Figure
from groma.model.quantity import Quantity
from groma.solvers.retrieval.passages import mean_passages, passages_of


def figure(context: Context, measure: str) -> Figure:
    """`passages/DATA`, a count."""
    name = measure.partition("/")[2]
    data = context.model.data[name]
    evidence = Evidence(context)
    found = Interval(0.0, None, math.inf)
    if data.cut is None:
        evidence.miss(
            f"data.{name}.cut", "state how texts are cut: `{texts: 25000, length: 800, passage: 400}`"
        )
    else:
        cut = data.cut
        texts = evidence.mean(f"data.{name}.cut.texts", cut.texts, "state how many texts there are")
        length = evidence.mean(f"data.{name}.cut.length", cut.length, "state how many tokens a text has")
        evidence.line("a passage moves on by", f"{cut.passage - cut.overlap} of {cut.passage} tokens")
        if not evidence.missing:
            found = _count(texts, length, _exact(cut.length), cut.passage, cut.overlap)
    known = not evidence.missing
    return Figure(
        measure,
        f"Passages of {data.title or name}",
        "1",
        found.value if known else None,
        found.low if known else None,
        found.high if known else None,
        method="texts cut by a moving window",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        missing=evidence.missing,
        reason="" if known else "not stated how texts are cut",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """The least and the most there can be."""
    return figure(context, measure).ends()


def _exact(length: object) -> int | None:
    """The length of every text, where all are equally long."""
    if not isinstance(length, Quantity) or length.exact is None or length.exact != int(length.exact):
        return None
    return int(length.exact)


def _count(texts: Interval, length: Interval, exact: int | None, passage: int, overlap: int) -> Interval:
    if exact is not None:
        each = float(passages_of(exact, passage, overlap))
        return Interval(
            texts.low * each, None if texts.value is None else texts.value * each, texts.high * each
        )
    low, high = (
        mean_passages(length.low, passage, overlap)[0],
        mean_passages(length.high, passage, overlap)[1],
    )
    return Interval(texts.low * low, None, texts.high * high)


def kept_by(component: Component, evidence: Evidence) -> Interval:
    """Vectors that an index keeps: as stated, else one for each passage of the data that it holds."""
    context, index = evidence.context, component.index
    path = f"components.{component.name}.index.vectors"
    stated = None if index is None else index.vectors
    cut = [d.name for d in context.model.data.values() if d.cut is not None and component.name in d.held_by]
    if stated is not None or not cut:
        return evidence.mean(
            path, stated, "state how many vectors it keeps, or how what it holds is cut (`cut`)"
        )
    found = [worked_out(context, f"passages/{name}") for name in cut]
    for each in found:
        evidence.use(each.name)
    if any(each.low is None for each in found):
        evidence.miss(path, "state how many vectors it keeps, or how what it holds is cut (`cut`)")
        return Interval(0.0, None, math.inf)
    evidence.line("vectors: one a passage", ", ".join(cut), *(each.name for each in found))
    known = None not in [each.value for each in found]
    value = sum(each.value or 0.0 for each in found) if known else None
    high = sum(math.inf if each.high is None else each.high for each in found)
    return Interval(sum(each.low or 0.0 for each in found), value, high)
