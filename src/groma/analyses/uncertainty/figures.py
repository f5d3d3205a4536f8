"""What is known of measures over the ranges of their facts, as figures of the ledger.

spread/MEASURE/mean|p5|p50|p95       as the measure
spread/MEASURE/most                  as the measure, the range of nine cases in ten or more
chance/NEED                          1    that the need is met
swing/MEASURE/base                   as the measure, all facts at their stated values
swing/MEASURE/INPUT/low|high         as the measure, one fact at an end of its range
variance/MEASURE/INPUT/alone|all     1    share of the variance
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from groma.analyses.uncertainty.drawn import Effort
from groma.analyses.uncertainty.spread import SEED, Swung, Uncertain
from groma.model.figure import Figure, Ledger, Line, NeedResult
from groma.solvers.sampling import Estimate, estimate, quantile_of
from groma.solvers.sampling.estimate import LEVEL

STATISTICS: dict[str, tuple[str, Callable[[NDArray[np.float64]], float]]] = {
    "mean": ("mean", lambda values: float(np.mean(values))),
    "p5": ("5th percentile", lambda values: quantile_of(values, 0.05)),
    "p50": ("median", lambda values: quantile_of(values, 0.5)),
    "p95": ("95th percentile", lambda values: quantile_of(values, 0.95)),
}
LAWS = (
    "each fact follows the law assumed for its range (uniform over a bare range, triangular about a stated value), "
    "independently of the others"
)
CATALOG = "ranges of the catalog are kept as intervals"
ONE_AT_A_TIME = "facts moved one at a time, the others at their stated values"


def figures(found: Uncertain, ledger: Ledger, effort: Effort, *, seed: str = SEED) -> Iterator[Figure]:
    """The figures of one measure. `ledger` holds the figure itself and the needs that ask for it."""
    known = ledger[found.measure]
    inputs = (found.measure, *(c.input for c in found.coordinates))
    laws = {c.range.law for c in found.coordinates}
    method = (
        f"quasi-Monte Carlo: {effort.repeats} scramblings of {2 * effort.points} Sobol points, seed `{seed}`"
    )
    valid = (LAWS, *((CATALOG,) if _of_catalog(ledger, found.measure) else ()))
    lines = [Line(f"{len(found.coordinates)} facts with a range, {' or '.join(sorted(laws))}")]
    if found.failed:
        lines.append(
            Line("points without a figure, taken as not bounded", f"{found.failed} of {effort.sample}")
        )
    outer: list[float | None] = []
    for name, (words, statistic) in STATISTICS.items():
        low, value, high = _estimated(found.sample, statistic)
        outer += {"p5": [_inside(low, known)], "p95": [_inside(high, known)]}.get(name, [])
        yield Figure(
            f"spread/{found.measure}/{name}", f"{known.title}: {words} over what isn't known", known.unit,
            value=value, low=_inside(low, known), high=_inside(high, known), method=method, inputs=inputs,
            derivation=tuple(lines), valid=valid, reason="" if value is not None else "only bounded at each point",
        )  # fmt: skip
    ends = tuple(f"spread/{found.measure}/{name}" for name in ("p5", "p95"))
    yield Figure(
        f"spread/{found.measure}/most", f"{known.title}: where nine cases in ten or more lie", known.unit, low=outer[0],
        high=outer[1], method=method, inputs=(*inputs[:1], *ends), valid=valid,
        derivation=(Line("from the low end of the 5th to the high end of the 95th percentile", refs=ends),),
    )  # fmt: skip
    for need in ledger.needs:
        if need.figure == found.measure and need.target.value is not None:
            yield _chance(found, need, method, inputs, valid)
    yield from _swings(found, known)
    for name, shares in found.shares.items():
        for kind, repeats, words in (
            ("alone", shares.first, "by itself"),
            ("all", shares.total, "with all that it acts on together with others"),
        ):
            share = estimate(repeats)
            yield Figure(
                f"variance/{found.measure}/{name}/{kind}", f"Share of the variance of {known.title}: {name}, {words}",
                "1", value=_share(share.value), low=_share(share.low), high=_share(share.high),
                method=f"{'Saltelli' if kind == 'alone' else 'Jansen'} estimate, {method}",
                inputs=(found.measure, name), valid=valid,
            )  # fmt: skip


def _swings(found: Uncertain, known: Figure) -> Iterator[Figure]:
    low, value, high = found.base
    yield Figure(
        f"swing/{found.measure}/base", f"{known.title} with every fact at its stated value", known.unit, value=value,
        low=low, high=high, method=ONE_AT_A_TIME, inputs=(found.measure,),
    )  # fmt: skip
    for swing in moving(found.swings):
        name = swing.coordinate.input
        for end, ends in (("low", swing.at_low), ("high", swing.at_high)):
            yield Figure(
                f"swing/{found.measure}/{name}/{end}", f"{known.title} with {name} at the {end} end of its range",
                known.unit, value=ends[1], low=ends[0], high=ends[2], method=ONE_AT_A_TIME,
                inputs=(found.measure, name),
            )  # fmt: skip


def moving(swings: Sequence[Swung]) -> list[Swung]:
    """The swings that can be told from none: wider than a millionth of the figure."""
    return [
        s for s in swings if s.width > 1e-6 * max(abs(x) for x in (*s.at_low, *s.at_high) if x is not None)
    ]


def _estimated(
    sample: NDArray[np.float64], statistic: Callable[[NDArray[np.float64]], float]
) -> tuple[float, float | None, float]:
    """(low, value, high) of a statistic over the scramblings: of the values, widened to the bounds and by the error."""

    def over(column: int) -> Estimate:
        return estimate([statistic(row[:, column]) for row in sample])

    low, high = over(0).low, over(2).high
    if np.isnan(sample[:, :, 1]).any():
        return low, None, high
    value = over(1)
    return min(low, value.low), value.value, max(high, value.high)


def _inside(end: float, known: Figure) -> float | None:
    """An end no wider than the interval that is guaranteed; None where nothing bounds it."""
    if math.isnan(end):
        return None
    least, most = known.ends(-math.inf)
    kept = min(max(end, least), most)
    return kept if math.isfinite(kept) else None


def _chance(
    found: Uncertain, need: NeedResult, method: str, inputs: tuple[str, ...], valid: tuple[str, ...]
) -> Figure:
    """The share of points at which a need is met; certain only where the interval of its figure says so."""
    wanted = need.target.value
    assert wanted is not None
    slack = 1e-12 * abs(wanted)
    low, high = found.sample[:, :, 0], found.sample[:, :, 2]
    if need.target.sense == "at_least":
        surely, perhaps = low >= wanted - slack, high >= wanted - slack
    else:
        surely, perhaps = high <= wanted + slack, low <= wanted + slack
    least, most = _share_of(surely), _share_of(perhaps)
    ends = {"met": (1.0, 1.0), "missed": (0.0, 0.0)}.get(need.verdict)
    if ends is None:
        rare = (1 - LEVEL) ** (1 / surely.size)  # what n points out of n support (Clopper and Pearson 1934)
        ends = (max(min(least.low, rare), 0.0), min(max(most.high, 1 - rare), 1.0))
    sharp = ends[0] == ends[1] or bool(np.array_equal(surely, perhaps))
    return Figure(
        f"chance/{need.need}", f"Chance that {need.need} is met, over what isn't known", "1",
        value=min(max(least.value, ends[0]), ends[1]) if sharp else None, low=ends[0], high=ends[1],
        method=method, inputs=inputs, valid=valid,
        reason="" if sharp else "at some points the figure is only bounded",
    )  # fmt: skip


def _share_of(true: NDArray[np.bool_]) -> Estimate:
    """The share of points for which something is true, by scrambling."""
    shares: list[float] = np.mean(true, axis=1).tolist()
    return estimate(shares)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _of_catalog(ledger: Ledger, measure: str) -> bool:
    return any(
        given.name.startswith("catalog/")
        and given.low is not None
        and given.high is not None
        and given.low < given.high
        for given in ledger.inputs_of(measure)
    )
