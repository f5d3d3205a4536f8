"""Everything that a log of calls tells, as figures of a ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from groma.analyses.usage.calls import Bill, Call
from groma.analyses.usage.growth import FACTORS, Growth, growth, growth_of_bills
from groma.analyses.usage.savings import BY_INPUT, Saving, cost, savings, tokens_each_turn
from groma.catalog import Catalog, OutputRatios, load_catalog
from groma.model.figure import Figure, Input, Ledger, Line

MOST_PAYERS = 5
WORDS = {
    "requests": "more or fewer requests",
    "mix": "another mix of models",
    "tokens": "longer or shorter requests",
    "price": "another price of a token",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a log says. `payers` are users or teams with what they cost, dearest first; `blind` what it can't say."""

    calls: int
    cost: float
    unpriced: int
    growth: Growth | None
    slope: float | None
    savings: tuple[Saving, ...]
    payers: tuple[tuple[str, float], ...]
    bills: tuple[tuple[str, float], ...]
    blind: tuple[str, ...]


def looked_at(
    calls: Sequence[Call],
    bills: Sequence[Bill] = (),
    ledger: Ledger | None = None,
    catalog: Catalog | None = None,
) -> Usage:
    """What calls and bills tell; a call that is logged twice under one id counts once. Figures go into `ledger`."""
    once = tuple({c.ident or f"#{n}": c for n, c in enumerate(calls)}.values())
    ratios = (load_catalog() if catalog is None else catalog).output_ratios
    found, blind = savings(once, ratios)
    paid: dict[str, float] = defaultdict(float)
    for call in once:
        if call.team or call.user:
            paid[call.team or call.user] += cost((call,))
    usage = Usage(
        len(once),
        cost(once),
        sum(c.cost is None for c in once),
        growth(once),
        tokens_each_turn(once),
        found,
        tuple(sorted(paid.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_PAYERS]),
        growth_of_bills(bills),
        blind,
    )
    if ledger is not None:
        _written(usage, ledger, ratios)
    return usage


def _written(usage: Usage, ledger: Ledger, ratios: OutputRatios) -> None:
    assumed = Input(
        "assumption/usage/output_ratio",
        f"{ratios.low:.3g} to {ratios.high:.3g} times",
        f"prices of {ratios.models} models: a token written against a token read, nine of ten",
        ratios.source,
        ratios.as_of,
        ratios.low,
        ratios.high,
    )

    def write(name: str, title: str, low: float, high: float | None, how: str, *inputs: Input) -> None:
        value = low if low == high else None
        ledger.write(
            Figure(
                f"usage/{name}",
                title,
                "USD",
                value,
                low,
                high,
                method="usage log",
                inputs=tuple(ledger.enter(each) for each in inputs),
                derivation=(Line(how, ""),),
            )
        )

    open_end = f"{usage.unpriced} calls without a cost aren't in it"
    if usage.calls:
        write(
            "cost", "What the logged calls cost", usage.cost, None if usage.unpriced else usage.cost, open_end
        )
    if usage.growth is not None:
        for factor in FACTORS:
            effect = usage.growth.effects[factor]
            title = f"Change of cost by {WORDS[factor]}, {usage.growth.periods[1]} against {usage.growth.periods[0]}"
            write(
                f"growth/{factor}", title, effect, effect, "logarithmic mean Divisia index (Ang 2005), exact"
            )
    for saving in usage.savings:
        weighed = (assumed,) if saving.id in BY_INPUT else ()
        write(f"saving/{saving.id}", saving.title, saving.low, saving.high, saving.how, *weighed)
