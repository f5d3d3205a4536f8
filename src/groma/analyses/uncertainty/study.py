"""A whole study of a model: spread, chances, swings, shares of variance and envelopes, as figures beside its others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from groma.analyses.context import Context
from groma.analyses.envelope import envelopes
from groma.analyses.envelope import figures as envelope_figures
from groma.analyses.uncertainty.drawn import Effort, Shared
from groma.analyses.uncertainty.figures import figures as spread_figures
from groma.analyses.uncertainty.spread import SEED, dear, measures_of, uncertain
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.program import walk
from groma.workers import Outcome, spread

QUICK, SLOW = (Effort(8, 16, 4, 1), Effort(8, 2, 0, 0)), (Effort(8, 4, 0, 0), Effort(8, 2, 0, 0))
LARGE = 24
"""Steps of flows and operations from which a model takes long whatever is asked of it."""


def glance(model: Model) -> tuple[Effort, Effort]:
    """What a document can wait for: efforts for quick measures, and for those that take long."""
    own = [operation.steps for part in model.components.values() for operation in part.offers.values()]
    steps = sum(1 for several in (*own, *(f.steps for f in model.flows.values())) for _ in walk(several))
    return SLOW if steps > LARGE else QUICK


def thorough(samples: int) -> tuple[Effort, Effort]:
    """Efforts of at least so many points for each figure, its variance split among its eight widest facts."""
    points = 1 << max((-(-samples // 16) - 1).bit_length(), 1)
    return Effort(8, points, 8), Effort(8, points, 8)


def studied(
    model: Model,
    ledger: Ledger,
    catalog: Catalog,
    efforts: tuple[Effort, Effort] | None = None,
    *,
    shared: Shared | None = None,
    seed: str = SEED,
) -> Ledger:
    """A copy of an assessed model's ledger with the study in it; the same where choices of the design are open.

    `efforts` are for quick measures and for those that take long (`uncertainty.dear`); `glance` unless given.
    """
    copy = ledger.extended(())
    context = Context(model, catalog, copy)
    if not context.closed:
        return copy
    for effort, slow in zip(efforts or glance(model), (False, True), strict=True):
        asked = [m for m in measures_of(model) if dear(m) == slow]
        for found in uncertain(context, asked, effort, shared or _here, seed=seed):
            for made in spread_figures(found, copy, effort, seed=seed):
                copy.write(made)
    for envelope in envelopes(context, list(copy.needs)):
        for made in envelope_figures(context, envelope):
            copy.write(made)
    return copy


def _here(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Outcome]:
    return spread(function, items)
