"""Vector indexes: the memory that one takes, and the share of the ten nearest that it finds.

Memory counts the arrays of known implementations (`solvers/retrieval/index_memory`). Recall of a graph is enclosed by
the
measured table `hnsw-recall`; a flat index of whole numbers finds all; of an `ivf` index and of shortened codes nothing
is measured here, so a stated quality `recall` is needed.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.retrieval.passages import kept_by
from groma.model.elements import Component, Index
from groma.model.figure import Figure
from groma.solvers.retrieval import Measured, Shape, bytes_of, comparisons, recall_of

TABLE = "hnsw-recall"
LOSSY = frozenset({"int8", "binary", "product"})


def shape_of(index: Index, vectors: float) -> Shape:
    """What the solver counts."""
    return Shape(index.kind, vectors, index.dimensions, index.code, index.code_bytes, index.m, index.lists)


def memory_of(component: Component, evidence: Evidence) -> Interval:
    """Bytes of one replica's index; nothing known where what it takes isn't stated."""
    index = component.index
    path = f"components.{component.name}.index"
    if index is None:
        evidence.miss(path, "state the index")
        return Interval(0.0, None, math.inf)
    vectors = kept_by(component, evidence)
    try:
        low = bytes_of(shape_of(index, vectors.low))[0]
        if not math.isfinite(vectors.high):
            return Interval(low, None, math.inf)
        high = bytes_of(shape_of(index, vectors.high))[2]
        value = None if vectors.value is None else bytes_of(shape_of(index, vectors.value))[1]
    except ValueError as error:
        evidence.miss(path, str(error))
        return Interval(0.0, None, math.inf)
    code = shape_of(index, 1.0).bytes_of_code
    evidence.line(f"{index.dimensions} dimensions as {index.code}", f"{code} bytes a vector")
    if index.kind == "hnsw":
        evidence.line(f"links: {index.m} a layer, {2 * (index.m or 0)} at the bottom")
    evidence.assume("texts, spare room of the allocator and what building takes beside are not in it")
    return Interval(low, value, high)


def figure(context: Context, measure: str) -> Figure:
    """`memory/COMPONENT` (bytes) or `recall/COMPONENT` (share)."""
    kind, name = measure.split("/")
    evidence = Evidence(context)
    found = [
        memory_of(c, evidence) if kind == "memory" else _recall(context, c, evidence)
        for c in context.candidates(name)
    ]
    held = _around(found) if found else Interval(0.0, None, math.inf)
    title = (
        f"Memory of the index of {name}"
        if kind == "memory"
        else f"Share of the ten nearest that {name} finds"
    )
    value = None if evidence.missing else held.value
    known = held.low > 0.0 or math.isfinite(held.high)
    if kind == "recall" and held.low == 0.0 and held.high == 1.0:
        known = False
    return Figure(
        measure, title, "B" if kind == "memory" else "1", value if known else None,
        held.low if known else None, held.high if known and math.isfinite(held.high) else None,
        method="arrays counted" if kind == "memory" else "measured graphs around it",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=evidence.valid, missing=evidence.missing,
        reason="" if known else "nothing that is stated or was measured bounds it",
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """(least, most) of memory, (most, least) of recall: the good end first."""
    if measure.startswith("recall/"):
        least, most = figure(context, measure).ends(most=1.0)
        return most, least
    return figure(context, measure).ends()


def searched(context: Context, name: str) -> Interval | None:
    """Vectors that one search compares with; None where nothing says it."""
    ends: list[Interval] = []
    for component in context.candidates(name):
        index = component.index
        vectors = kept_by(component, Evidence(context))
        if index is None or not math.isfinite(vectors.high):
            return None
        least, most = vectors.low, vectors.high
        if index.kind == "hnsw":
            found = recall_of(least, index.m or 0, index.ef or 0, measurements(context))
            wider = recall_of(most, index.m or 0, index.ef or 0, measurements(context))
            if found.fewest is None or wider.most is None:
                return None
            ends.append(Interval(found.fewest, None, wider.most))
        else:
            low, high = (comparisons(shape_of(index, n), index.probes) for n in (least, most))
            if low is None or high is None:
                return None
            ends.append(Interval(low, low if low == high else None, high))
    return _around(ends) if ends else None


def measurements(context: Context) -> tuple[Measured, ...]:
    """The measured table."""
    if TABLE not in context.memo:
        context.memo[TABLE] = tuple(
            Measured(
                *(int(row.text(c)) for c in ("vectors", "m", "ef")),
                *(float(row.text(c)) for c in ("recall", "error", "distances")),
            )
            for row in context.catalog.entries(TABLE)
        )
    return context.memo[TABLE]


def _recall(context: Context, component: Component, evidence: Evidence) -> Interval:
    path = f"components.{component.name}"
    stated = component.qualities.get("recall")
    if stated is not None:
        return evidence.share(f"{path}.qualities.recall", stated)
    index = component.index
    if index is None or index.kind == "ivf" or index.code in LOSSY:
        evidence.miss(f"{path}.qualities.recall", "measure it on a sample of your own questions and state it")
        return Interval(0.0, None, 1.0)
    if index.kind == "flat":
        if index.code == "float32":
            evidence.line("a flat index compares with all", "finds all")
            return Interval(1.0, 1.0, 1.0)
        evidence.miss(f"{path}.qualities.recall", "measure what rounding to float16 loses and state it")
        return Interval(0.0, None, 1.0)
    vectors = kept_by(component, evidence)
    if index.m is None or index.ef is None:
        evidence.miss(f"{path}.index", "state `m` and `ef`")
        return Interval(0.0, None, 1.0)
    if not math.isfinite(vectors.high):
        return Interval(0.0, None, 1.0)
    best = recall_of(vectors.low, index.m, index.ef, measurements(context)).high
    worst = recall_of(vectors.high, index.m, index.ef, measurements(context)).low
    evidence.assume(
        "texts lie as vectors of an intrinsic dimension between 8 and 64 do, clustered or not; "
        f"measured (table {TABLE}); a sample of your own questions narrows it"
    )
    if worst is None:
        evidence.miss(
            f"{path}.qualities.recall", "no graph as large or as sparse was measured: measure it and state it"
        )
    return Interval(worst or 0.0, None, 1.0 if best is None else best)


def _around(found: list[Interval]) -> Interval:
    values = {each.value for each in found}
    value = values.pop() if len(values) == 1 else None
    return Interval(min(e.low for e in found), value, max(e.high for e in found))
