"""How many times as much as a token read a token written costs, over every model whose price the catalog knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.catalog.model_prices import model_price, models, snapshot
from groma.catalog.tables import Tables

TAILS = 0.05
"""Share of the models on either side that the band leaves out: speech, images and teasers priced another way."""


@dataclass(frozen=True, slots=True)
class OutputRatios:
    """`low` to `high`: what nine models of ten ask; `by_model`: least and most of what sellers of one model ask.

    Models are under their name and under `provider/name`, in small letters. `models` are counted; `source`, `as_of`:
    where the prices are from.
    """

    low: float
    high: float
    by_model: Mapping[str, tuple[float, float]]
    models: int
    source: str
    as_of: str

    def of(self, model: str) -> tuple[float, float]:
        """The ratio of a model as a log names it, least and most; the band of all where the catalog doesn't know it."""
        name = model.strip().lower()
        return self.by_model.get(name) or self.by_model.get(name.rpartition("/")[2]) or (self.low, self.high)


def output_ratios(tables: Tables) -> OutputRatios:
    """Ratios of the snapshot's prices of short prompts. Raises UnknownEntryError for a snapshot without a date."""
    found: dict[tuple[str, str], float] = {}
    for provider, model, _ in models():
        price = model_price(tables, provider, model)
        if price.input and price.output:
            found[provider, model] = float(price.output / price.input)
    by_model: dict[str, tuple[float, float]] = {}
    for (provider, model), ratio in found.items():
        for name in {f"{provider}/{model}".lower(), model.lower(), model.lower().rpartition("/")[2]}:
            low, high = by_model.get(name, (ratio, ratio))
            by_model[name] = (min(low, ratio), max(high, ratio))
    ordered = sorted(found.values())
    cut = int(len(ordered) * TAILS)
    source, as_of = snapshot(tables)
    return OutputRatios(ordered[cut], ordered[-1 - cut], by_model, len(ordered), source, as_of)
